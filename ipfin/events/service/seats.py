"""Giving free seats to those who wait, the oldest first. Called under the event's lock only.

With a reply clock a seat is offered and held until the deadline; without one it is confirmed at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.config import Settings
from ipfin.events.lifecycle import REGISTRATION_LIFECYCLE, RegistrationState, Side
from ipfin.events.models import Event, Registration
from ipfin.events.queries import oldest_waiting, side_counts
from ipfin.events.registration import may_be_left, promotions
from ipfin.events.replying import reply_deadline
from ipfin.events.service.news import tell_confirmed, tell_offered
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.text import _
from ipfin.reference import work_calendar


def seats_for(event: Event, side: Side) -> int:
    """Return how many of a side may be confirmed."""
    return event.enterprise_seats if side is Side.ENTERPRISE else event.institution_seats


def fill_seats(
    session: Session,
    actor: Actor,
    event: Event,
    side: Side,
    *,
    settings: Settings | None = None,
    now: datetime | None = None,
) -> list[Registration]:
    """Give as many of those who wait a seat, or the offer of one, as are free; tell them, return them."""
    if not may_be_left(event.state):
        return []
    taken, waiting = side_counts(session, event.id, side)
    free = promotions(seats=seats_for(event, side), taken=taken, waiting=waiting)
    if not free:
        return []
    rows = list(oldest_waiting(session, event.id, side, free))
    until = _deadline(session, event, now or now_utc())
    if until is None:
        _confirm(session, actor, event, rows, settings)
    else:
        _offer(session, actor, event, rows, until, settings)
    return rows


def _deadline(session: Session, event: Event, now: datetime) -> datetime | None:
    if not event.reply_hours:
        return None
    return reply_deadline(now, event.reply_hours, event.starts_at, work_calendar(session))


def _confirm(
    session: Session, actor: Actor, event: Event, rows: Sequence[Registration], settings: Settings | None
) -> None:
    for row in rows:
        row.state = REGISTRATION_LIFECYCLE.advance(row.state, RegistrationState.CONFIRMED)
    session.flush()
    tell_confirmed(session, event, rows, _("有名额空出，贵单位已由候补转为确认。"), settings=settings)
    for row in rows:
        note(session, actor, event, row, "events.registration.promoted")


def _offer(
    session: Session,
    actor: Actor,
    event: Event,
    rows: Sequence[Registration],
    until: datetime,
    settings: Settings | None,
) -> None:
    for row in rows:
        row.state = REGISTRATION_LIFECYCLE.advance(row.state, RegistrationState.OFFERED)
        row.offered_until = until
    session.flush()
    tell_offered(session, event, rows, until, settings=settings)
    for row in rows:
        note(session, actor, event, row, "events.registration.offered", until=until.isoformat())


def note(session: Session, actor: Actor, event: Event, row: Registration, action: str, **detail: str) -> None:
    """Record what happened to a registration. No name of a person goes into the log."""
    record(
        session,
        actor,
        action,
        f"event:{event.id}",
        name=row.display_name,
        title=event.title,
        registration=row.id,
        **detail,
    )
