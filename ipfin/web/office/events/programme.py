"""The programme of an event: its items in time, one form to add or to change an item."""

from __future__ import annotations

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P
from ipfin.events.lifecycle import EVENT_LIFECYCLE
from ipfin.events.models import Event
from ipfin.events.queries import programme_line, programme_of
from ipfin.events.service import add_item, change_item, remove_item
from ipfin.kernel.errors import DomainError, NotFound, Stale
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.event_forms import ItemForm
from ipfin.web.event_programme import programme_shown
from ipfin.web.office.events.base import back_to, bp, event_of, only_as_read, page_of
from ipfin.web.paging import row_number
from ipfin.web.signing_in import actor
from ipfin.web.versioned import StepForm


@bp.route("/<public_id>/programme")
@open_to(P.OFFICE_EVENTS_READ)
def programme(public_id: str) -> ResponseReturnValue:
    """Show the programme, with a form for another item, or for the one that `line` names."""
    event, wanted = event_of(public_id), row_number("line")
    if wanted is None:
        lines = programme_of(current_session(), event.id)
        return _shown(event, ItemForm.after(event, lines[-1] if lines else None))
    return _shown(event, ItemForm.of(programme_line(current_session(), event.id, wanted)), wanted)


def _shown(event: Event, form: ItemForm, changed: int | None = None) -> ResponseReturnValue:
    return page_of(
        "programme",
        event,
        form.status,
        programme=programme_shown(current_session(), event),
        form=form,
        changed=changed,
        may_change=event.state in EVENT_LIFECYCLE.open_states,
    )


@bp.route("/<public_id>/programme", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def save_item(public_id: str) -> ResponseReturnValue:
    """Add an item, or change the one that `line` names."""
    event_of(public_id)  # what is not there is not asked about
    form, wanted = ItemForm(), row_number("line")
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                event = event_of(public_id)
                if wanted is None:
                    add_item(session, actor(), event, form.item())
                else:
                    change_item(session, actor(), event, wanted, form.item(), version=form.seen_version)
        except Stale as error:
            line = programme_line(current_session(), event_of(public_id).id, wanted or 0)
            form.set_beside(error, ItemForm.of(line, formdata=None))
        except NotFound as error:  # taken out meanwhile: what was typed can be added anew
            form.refuse(error)
            wanted = None
        except DomainError as error:
            form.refuse(error)
        else:
            flash(_("议程已保存。"), "success")
            return back_to("programme", public_id)
    return _shown(event_of(public_id), form, wanted)


@bp.route("/<public_id>/programme/<int:line_id>/remove", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def drop_item(public_id: str, line_id: int) -> ResponseReturnValue:
    """Take an item out."""
    seen = StepForm().seen_version
    with only_as_read():
        with unit_of_work() as session:
            remove_item(session, actor(), event_of(public_id), line_id, version=seen)
        flash(_("已从议程中删除。"), "success")
    return back_to("programme", public_id)
