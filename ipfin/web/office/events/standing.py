"""Deciding on registrations: approving many at once, and what the office does about a single one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ipfin.accounts.policy import P
from ipfin.events.eligibility import Facts, unknown_of
from ipfin.events.lifecycle import APPROVAL_LABELS, REGISTRATION_LABELS
from ipfin.events.models import Event, Registration
from ipfin.events.queries import (
    pending_of,
    registration_by_id,
    registrations_visible_to,
    substitutions_of,
    waiting_place,
)
from ipfin.events.registration import may_be_left
from ipfin.events.service import (
    Decided,
    answer_for,
    decide_registrations,
    extend_offer,
    restore_registration,
    substitute,
)
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.kernel.errors import DomainError, Stale
from ipfin.kernel.text import Text
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.event_answers import answers_told
from ipfin.web.event_forms import AnswerForForm, DecisionForm, ExtendForm, RestoreForm, SubstituteForm
from ipfin.web.forms import BaseForm
from ipfin.web.office.events.base import back_to, bp, event_of, page_of
from ipfin.web.office.events.registrations import shown_phone
from ipfin.web.seat_pages import person_standing
from ipfin.web.signing_in import actor, settings
from ipfin.whitelist.queries import grades_in_force
from ipfin.whitelist.scoring import GRADE_LABELS, Grade


@bp.route("/<public_id>/approvals")
@open_to(P.OFFICE_EVENTS_WRITE)
def approvals(public_id: str) -> ResponseReturnValue:
    """List who waits for a decision, in the order of arrival, with what speaks for each."""
    return _approvals(public_id, DecisionForm())


@bp.route("/<public_id>/approvals", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def decide(public_id: str) -> ResponseReturnValue:
    """Approve or reject all that are ticked."""
    event_of(public_id)  # what is not there is not asked about
    form = DecisionForm()
    if not form.validate_on_submit():
        return _approvals(public_id, form)
    try:
        with unit_of_work() as session:
            decided = decide_registrations(
                session,
                actor(),
                event_of(public_id),
                form.ids.data or [],
                approve=form.verdict.data == "approve",
                reason=form.reason.data or "",
                settings=settings(),
            )
    except DomainError as error:
        form.refuse(error)
        return _approvals(public_id, form)
    flash(_said(decided), "warning" if decided.skipped else "success")
    return back_to("approvals", public_id)


def _said(decided: Decided) -> Any:
    if decided.skipped:
        return _(
            "确认%(confirmed)s家，候补%(waiting)s家，不通过%(rejected)s家；"
            "另有%(skipped)s家已由他人办理或已取消，未变动。",
            confirmed=decided.confirmed,
            waiting=decided.waiting,
            rejected=decided.rejected,
            skipped=decided.skipped,
        )
    return _(
        "确认%(confirmed)s家，候补%(waiting)s家，不通过%(rejected)s家；已通知各单位。",
        confirmed=decided.confirmed,
        waiting=decided.waiting,
        rejected=decided.rejected,
    )


def _approvals(public_id: str, form: DecisionForm) -> ResponseReturnValue:
    event, session = event_of(public_id), current_session()
    rows = pending_of(session, event.id, registrations_visible_to(actor()))
    firms = [row.enterprise_id for row in rows if row.enterprise_id is not None]
    grades = grades_in_force(session, firms, today_in_china())
    return page_of(
        "approvals",
        event,
        form.status,
        rows=rows,
        form=form,
        chosen=set(form.ids.data or []),
        grades=grades,
        unknown={row.id: _unknown(event, row, grades) for row in rows} if event.criteria else {},
        grade_labels=GRADE_LABELS,
        approval=APPROVAL_LABELS[event.approval],
    )


def _unknown(event: Event, row: Registration, grades: Mapping[int, Grade]) -> list[Text]:
    """Return what the event asks of firms and is not known of this one as of today."""
    if row.enterprise is None:
        return []
    grade = grades.get(row.enterprise.id)
    facts = Facts(grade.value if grade else None, row.enterprise.region_code, row.enterprise.industry_code)
    return unknown_of(event.criteria, facts)


@bp.route("/<public_id>/registrations/<int:registration_id>")
@open_to(P.OFFICE_EVENTS_WRITE)
def registration(public_id: str, registration_id: int) -> ResponseReturnValue:
    """Show one registration with what can be done about it."""
    return _one(public_id, registration_id)


@bp.route("/<public_id>/registrations/<int:registration_id>/answer", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def answer_one(public_id: str, registration_id: int) -> ResponseReturnValue:
    """Answer an offer for a house that called."""
    form = AnswerForForm()

    def act(session: Session, row: Registration) -> None:
        answer_for(
            session,
            actor(),
            row,
            accepts=form.answer.data == "accept",
            reason=form.answer_reason.data or "",
            now=now_utc(),
            settings=settings(),
        )

    return _acted(public_id, registration_id, form, act, _("已代为答复。"), answer=form)


@bp.route("/<public_id>/registrations/<int:registration_id>/extend", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def extend_one(public_id: str, registration_id: int) -> ResponseReturnValue:
    """Hold an offered seat longer."""
    form = ExtendForm()

    def act(session: Session, row: Registration) -> None:
        reason = form.extend_reason.data or ""
        extend_offer(session, actor(), row, form.instant(), reason=reason, now=now_utc(), settings=settings())

    return _acted(public_id, registration_id, form, act, _("答复期限已更改并告知单位。"), extend=form)


@bp.route("/<public_id>/registrations/<int:registration_id>/restore", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def restore_one(public_id: str, registration_id: int) -> ResponseReturnValue:
    """Take a rejected or lapsed registration back to the place of its arrival."""
    form = RestoreForm()

    def act(session: Session, row: Registration) -> None:
        reason = form.restore_reason.data or ""
        restore_registration(session, actor(), row, reason=reason, now=now_utc(), settings=settings())

    return _acted(public_id, registration_id, form, act, _("已按原报名先后恢复。"), restore=form)


@bp.route("/<public_id>/registrations/<int:registration_id>/substitute", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def substitute_one(public_id: str, registration_id: int) -> ResponseReturnValue:
    """Let another person of the house come, as it said on the phone."""
    form = SubstituteForm()

    def act(session: Session, row: Registration) -> None:
        reason, seen = form.reason.data or "", form.seen_version
        substitute(session, actor(), row, form.person(), reason=reason, version=seen, settings=settings())

    return _acted(public_id, registration_id, form, act, _("参会人已更换。"), instead=form)


def _acted(
    public_id: str,
    registration_id: int,
    form: BaseForm,
    act: Callable[[Session, Registration], None],
    done: str,
    **shown: BaseForm,
) -> ResponseReturnValue:
    _row(public_id, registration_id)  # what is not there is not asked about
    if not form.validate_on_submit():
        return _one(public_id, registration_id, **shown)
    try:
        with unit_of_work() as session:
            act(session, _row(public_id, registration_id))
    except Stale as error:
        if isinstance(form, SubstituteForm):
            row = _row(public_id, registration_id)
            form.set_beside(error, person_standing(row, form, shown_phone(row, is_revealed=False)))
        else:
            form.refuse(error)
        return _one(public_id, registration_id, **shown)
    except DomainError as error:
        form.refuse(error)
        return _one(public_id, registration_id, **shown)
    flash(done, "success")
    return back_to("registration", public_id, registration_id=registration_id)


def _row(public_id: str, registration_id: int) -> Registration:
    event = event_of(public_id)
    return registration_by_id(current_session(), registrations_visible_to(actor()), event.id, registration_id)


def _one(public_id: str, registration_id: int, **shown: BaseForm) -> ResponseReturnValue:
    event, session = event_of(public_id), current_session()
    row = _row(public_id, registration_id)
    waits = row.state.value == "waitlisted"
    forms = {
        "answer": AnswerForForm(formdata=None),
        "extend": ExtendForm(formdata=None),
        "restore": RestoreForm(formdata=None),
        "instead": SubstituteForm.over(row),
    } | shown
    return page_of(
        "registration",
        event,
        max((form.status for form in shown.values()), default=200),
        row=row,
        phone=shown_phone(row, is_revealed=False),
        place=waiting_place(session, row) if waits else 0,
        former=substitutions_of(session, row.id),
        answers=answers_told(session, event, [row])[row.id],
        registration_states=REGISTRATION_LABELS,
        may_act=may_be_left(event.state),
        refused=next(iter(shown.values()), None),
        **forms,
    )
