"""What will be sent when, and what was sent: the reminders of an event."""

from __future__ import annotations

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P
from ipfin.events.models import Event
from ipfin.events.queries.reminders import frame_of, plan_of, plan_row, reminders_of
from ipfin.events.reminding import OUTLOOK_LABELS, REMINDER_LABELS, due, outlook, planned, wishes_day
from ipfin.events.service import save_reminder_plan
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import DomainError, Stale
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.event_forms import ReminderForm
from ipfin.web.office.events.base import back_to, bp, event_of, page_of
from ipfin.web.signing_in import actor


@bp.route("/<public_id>/reminders")
@open_to(P.OFFICE_EVENTS_READ)
def reminders(public_id: str) -> ResponseReturnValue:
    """Show the plan of an event and what was sent of it."""
    event = event_of(public_id)
    return _shown(event, _stored(event), 200)


def _stored(event: Event) -> ReminderForm:
    row = plan_row(current_session(), event.id)
    return ReminderForm.of(plan_of(row), row.lock_version if row else 0, formdata=None)


@bp.route("/<public_id>/reminders", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def plan_reminders(public_id: str) -> ResponseReturnValue:
    """Change the plan of an event."""
    event, form = event_of(public_id), ReminderForm()
    if not form.validate_on_submit():
        return _shown(event, form, form.status)
    try:
        with unit_of_work() as session:
            save_reminder_plan(session, actor(), event, form.plan(), version=form.seen_version, now=now_utc())
    except Stale as error:
        form.set_beside(error, _stored(event_of(public_id)))
        return _shown(event_of(public_id), form, form.status)
    except DomainError as error:
        form.refuse(error)
        return _shown(event_of(public_id), form, status_of(error))
    flash(_("提醒计划已保存。"), "success")
    return back_to("reminders", public_id)


def _shown(event: Event, form: ReminderForm, status: int) -> ResponseReturnValue:
    session, now, frame = current_session(), now_utc(), frame_of(event)
    row = plan_row(session, event.id)
    plan, sent = plan_of(row), reminders_of(session, event.id)
    keys = {(one.kind, one.days, one.counts_to) for one in sent}
    wanted = due(plan, frame, keys, now)
    return page_of(
        "reminders",
        event,
        status,
        form=form,
        plan=row,
        lines=[(one, outlook(one, frame, keys, wanted, now)) for one in planned(plan, frame)],
        sent=sorted(sent, key=lambda one: -one.id),
        kinds=REMINDER_LABELS,
        outlooks=OUTLOOK_LABELS,
        wishes_until=wishes_day(plan, frame),
    )
