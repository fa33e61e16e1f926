"""What an event asks beside its fixed form: its questions in order, one form to add or to change one."""

from __future__ import annotations

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P
from ipfin.events.lifecycle import EVENT_LIFECYCLE
from ipfin.events.models import Event
from ipfin.events.queries import answered_counts, question_by_id, questions_of
from ipfin.events.questions import QUESTION_KIND_LABELS
from ipfin.events.service import ask, change_question, drop_question
from ipfin.kernel.errors import DomainError, NotFound, Stale
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.event_forms import QuestionForm
from ipfin.web.office.events.base import back_to, bp, event_of, only_as_read, page_of
from ipfin.web.paging import row_number
from ipfin.web.signing_in import actor
from ipfin.web.versioned import StepForm


@bp.route("/<public_id>/questions")
@open_to(P.OFFICE_EVENTS_READ)
def questions(public_id: str) -> ResponseReturnValue:
    """Show the questions, with a form for another, or for the one that `question` names."""
    event, wanted = event_of(public_id), row_number("question")
    if wanted is None:
        return _shown(event, QuestionForm())
    return _shown(event, QuestionForm.of(question_by_id(current_session(), event.id, wanted)), wanted)


def _shown(event: Event, form: QuestionForm, changed: int | None = None) -> ResponseReturnValue:
    session = current_session()
    return page_of(
        "questions",
        event,
        form.status,
        questions=questions_of(session, event.id),
        counts=answered_counts(session, event.id),
        question_kinds=QUESTION_KIND_LABELS,
        form=form,
        changed=changed,
        may_change=event.state in EVENT_LIFECYCLE.open_states,
    )


@bp.route("/<public_id>/questions", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def save_question(public_id: str) -> ResponseReturnValue:
    """Add a question, or change the one that `question` names."""
    event_of(public_id)  # what is not there is not asked about
    form, wanted = QuestionForm(), row_number("question")
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                event = event_of(public_id)
                if wanted is None:
                    ask(session, actor(), event, form.draft())
                else:
                    change_question(session, actor(), event, wanted, form.draft(), version=form.seen_version)
        except Stale as error:
            stored = question_by_id(current_session(), event_of(public_id).id, wanted or 0)
            form.set_beside(error, QuestionForm.of(stored, formdata=None))
        except NotFound as error:  # dropped meanwhile: what was typed can be asked anew
            form.refuse(error)
            wanted = None
        except DomainError as error:
            form.refuse(error)
        else:
            flash(_("补充问题已保存。"), "success")
            return back_to("questions", public_id)
    return _shown(event_of(public_id), form, wanted)


@bp.route("/<public_id>/questions/<int:question_id>/remove", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def remove_question(public_id: str, question_id: int) -> ResponseReturnValue:
    """Ask a question no more."""
    seen = StepForm().seen_version
    with only_as_read():
        with unit_of_work() as session:
            drop_question(session, actor(), event_of(public_id), question_id, version=seen)
        flash(_("问题已删除。"), "success")
    return back_to("questions", public_id)
