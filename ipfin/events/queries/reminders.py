"""Reminders of events: the plan that holds, what was sent, which events have one due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from ipfin.events.lifecycle import EVENT_LIFECYCLE, EventState, RegistrationState
from ipfin.events.models import Event, EventReminder, EventReminderPlan, Registration, Wish
from ipfin.events.reminding import USUAL, Frame, Reminder, ReminderPlan, due

_AHEAD = sorted(EVENT_LIFECYCLE.open_states - {EventState.DRAFT})


def frame_of(event: Event) -> Frame:
    """Return what of an event its reminders depend on."""
    return Frame(event.state, event.starts_at, event.registration_closes_on, event.slot_count > 0)


def plan_row(session: Session, event_id: int) -> EventReminderPlan | None:
    """Return the plan that the office wrote; None while the usual one holds."""
    return session.scalar(
        select(EventReminderPlan)
        .where(EventReminderPlan.event_id == event_id)
        .execution_options(populate_existing=True)
    )


def plan_of(row: EventReminderPlan | None) -> ReminderPlan:
    """Return the plan that a row stands for."""
    if row is None:
        return USUAL
    return ReminderPlan(
        tuple(row.closing_days), tuple(row.wishes_days), tuple(row.coming_days), row.wishes_until
    )


def reminders_of(session: Session, event_id: int) -> Sequence[EventReminder]:
    """Return what was sent, the oldest first."""
    return session.scalars(
        select(EventReminder).where(EventReminder.event_id == event_id).order_by(EventReminder.id)
    ).all()


def events_to_remind_of(session: Session, now: datetime) -> list[int]:
    """Return the ids of events with a reminder that is due, in order."""
    events = session.scalars(
        select(Event).where(Event.state.in_(_AHEAD), Event.starts_at > now).order_by(Event.id)
    ).all()
    ids = [event.id for event in events]
    plans = {
        row.event_id: row
        for row in session.scalars(select(EventReminderPlan).where(EventReminderPlan.event_id.in_(ids)))
    }
    sent: dict[int, set[tuple[Reminder, int, date]]] = {}
    for one in session.scalars(select(EventReminder).where(EventReminder.event_id.in_(ids))):
        sent.setdefault(one.event_id, set()).add((one.kind, one.days, one.counts_to))
    return [
        event.id
        for event in events
        if due(plan_of(plans.get(event.id)), frame_of(event), sent.get(event.id, set()), now)
    ]


def without_wishes(session: Session, event_id: int) -> Sequence[Registration]:
    """Return the confirmed who have said of nobody whether they wish to meet."""
    said = exists().where(Wish.from_registration_id == Registration.id)
    return session.scalars(
        select(Registration)
        .where(Registration.event_id == event_id, Registration.state == RegistrationState.CONFIRMED, ~said)
        .order_by(Registration.id)
    ).all()
