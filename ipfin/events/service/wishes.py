"""Use cases of those who have a seat: whom to meet, whom not, and when not.

Answers are taken under the event's lock, so that none is lost to a timetable that is just published.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.events.lifecycle import RegistrationState
from ipfin.events.models import Registration, Wish
from ipfin.events.queries import wishes_of
from ipfin.events.registration import (
    checked_absences,
    require_wishes,
)
from ipfin.events.service.registrations import lock_registration
from ipfin.events.wishes import check_strength
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _


def set_wishes(
    session: Session, actor: Actor, registration: Registration, strengths: Mapping[int, int | None]
) -> int:
    """Say of several of the other side what a participant wishes; return how many answers changed.

    Args:
        strengths: the other's registration id -> 1 to 3, 0 (refuses), or None (says nothing any more).

    Raises:
        BadInput: a strength that is none, or somebody who is not a confirmed participant across the table.
        Conflict: the wisher has no seat, or the timetable is out.
    """
    event, registration = lock_registration(session, registration)
    require_wishes(event.state, registration.state)
    for strength in strengths.values():
        if strength is not None:
            check_strength(strength)
    _require_counterparts(session, registration, strengths)
    before = wishes_of(session, registration.id)
    new = {other: strength for other, strength in strengths.items() if before.get(other) != strength}
    if not new:
        return 0
    session.execute(
        delete(Wish).where(
            Wish.from_registration_id == registration.id, Wish.to_registration_id.in_(list(new))
        )
    )
    now = now_utc()
    session.add_all(
        Wish(
            event_id=event.id,
            from_registration_id=registration.id,
            to_registration_id=other,
            strength=strength,
            wished_at=now,
        )
        for other, strength in sorted(new.items())
        if strength is not None
    )
    session.flush()
    record(
        session,
        actor,
        "events.wish.set",
        f"registration:{registration.id}",
        registration=registration.id,
        wishes={str(other): strength for other, strength in sorted(new.items())},
    )
    return len(new)


def set_wish(
    session: Session, actor: Actor, registration: Registration, other: Registration, strength: int | None
) -> bool:
    """Say of one of the other side what a participant wishes; see `set_wishes`."""
    return bool(set_wishes(session, actor, registration, {other.id: strength}))


def _require_counterparts(session: Session, registration: Registration, others: Collection[int]) -> None:
    known = set(
        session.scalars(
            select(Registration.id).where(
                Registration.event_id == registration.event_id,
                Registration.side == registration.side.other,
                Registration.state == RegistrationState.CONFIRMED,
            )
        )
    )
    if not set(others) <= known:
        raise BadInput(_("只能对本活动已确认的对方参会者提出意愿，请刷新后再选。"))


def set_absences(session: Session, actor: Actor, registration: Registration, slots: Collection[int]) -> None:
    """Say in which slots (counted from 0) nobody of a participant is there.

    Raises:
        BadInput: a slot that the event does not have.
        Conflict: the participant has no seat, or the timetable is out.
    """
    event, registration = lock_registration(session, registration)
    require_wishes(event.state, registration.state)
    registration.absent_slots = checked_absences(slots, event.slot_count)
    session.flush()
    record(
        session,
        actor,
        "events.absence.set",
        f"registration:{registration.id}",
        name=registration.display_name,
        registration=registration.id,
        slots=[slot + 1 for slot in registration.absent_slots],
    )
