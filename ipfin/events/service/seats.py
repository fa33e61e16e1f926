"""Giving free seats to those who wait, the oldest first. Called under the event's lock only."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.config import Settings
from ipfin.events.lifecycle import REGISTRATION_LIFECYCLE, RegistrationState, Side
from ipfin.events.models import Event, Registration
from ipfin.events.queries import oldest_waiting, side_counts
from ipfin.events.registration import may_be_left, promotions
from ipfin.events.service.telling import tell_each
from ipfin.kernel.actor import Actor
from ipfin.kernel.text import _


def seats_for(event: Event, side: Side) -> int:
    """Return how many of a side may be confirmed."""
    return event.enterprise_seats if side is Side.ENTERPRISE else event.institution_seats


def fill_seats(
    session: Session, actor: Actor, event: Event, side: Side, *, settings: Settings | None = None
) -> list[Registration]:
    """Confirm as many of those who wait as there are seats, tell them, and return them."""
    if not may_be_left(event.state):
        return []
    confirmed, waiting = side_counts(session, event.id, side)
    free = promotions(seats=seats_for(event, side), confirmed=confirmed, waiting=waiting)
    if not free:
        return []
    promoted = list(oldest_waiting(session, event.id, side, free))
    for row in promoted:
        row.state = REGISTRATION_LIFECYCLE.advance(row.state, RegistrationState.CONFIRMED)
    session.flush()
    subject = _("“%(title)s”的报名已由候补转为确认", title=event.title)
    body = _("有名额空出，贵单位的参会名额已确认，请按时参会。")
    tell_each(
        session,
        event,
        [(row, subject, body) for row in promoted],
        key=f"event:{event.id}:promoted",
        settings=settings,
    )
    for row in promoted:
        record(
            session,
            actor,
            "events.registration.promoted",
            f"event:{event.id}",
            name=row.display_name,
            title=event.title,
            registration=row.id,
        )
    return promoted
