"""Use cases of the office that looks at registrations before they get a seat."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import true
from sqlalchemy.orm import Session

from ipfin.config import Settings
from ipfin.events.approval import checked_reason
from ipfin.events.lifecycle import REGISTRATION_LIFECYCLE, RegistrationState
from ipfin.events.models import Event, Registration
from ipfin.events.queries import pending_of, side_counts
from ipfin.events.registration import arrival, require_leaving
from ipfin.events.service.events import lock_event
from ipfin.events.service.news import tell_confirmed, tell_rejected, tell_waiting
from ipfin.events.service.seats import note, seats_for
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _


@dataclass(frozen=True, slots=True)
class Decided:
    """What a decision about many came to."""

    confirmed: int = 0
    waiting: int = 0
    rejected: int = 0
    skipped: int = 0  # no longer to be decided: somebody else was quicker, or they called off


def decide_registrations(
    session: Session,
    actor: Actor,
    event: Event,
    ids: Collection[int],
    *,
    approve: bool,
    reason: str = "",
    settings: Settings | None = None,
) -> Decided:
    """Approve or reject registrations that wait for it; each house is told.

    Seats go by arrival: of those approved together the first to arrive comes first, and beyond the quota
    an approved one waits in the place of its arrival, before whoever signed up later.

    Raises:
        BadInput: nobody is chosen, or a rejection has no reason.
        Conflict: the event is over.
    """
    if not ids:
        raise BadInput(_("请先勾选要办理的报名。"), field="ids")
    said = reason.strip()[:300] if approve else checked_reason(reason, what=_("不通过"))
    event = lock_event(session, event.id)
    require_leaving(event.state)
    rows = [row for row in pending_of(session, event.id, true()) if row.id in ids]
    for row in rows:
        row.state = _decided(session, event, row, approve)
        row.decided_by, row.decided_at, row.decision_reason = actor.name, now_utc(), said
        session.flush()
        action = "events.registration.approved" if approve else "events.registration.rejected"
        note(session, actor, event, row, action, reason=said)
    _tell(session, event, rows, settings)
    states = [row.state for row in rows]
    return Decided(
        states.count(RegistrationState.CONFIRMED),
        states.count(RegistrationState.WAITLISTED),
        states.count(RegistrationState.REJECTED),
        len(set(ids)) - len(rows),
    )


def _decided(session: Session, event: Event, row: Registration, approve: bool) -> RegistrationState:
    if not approve:
        return REGISTRATION_LIFECYCLE.advance(row.state, RegistrationState.REJECTED)
    taken, waiting = side_counts(session, event.id, row.side)
    target = arrival(seats=seats_for(event, row.side), taken=taken, waiting=waiting)
    return REGISTRATION_LIFECYCLE.advance(row.state, target)


def _tell(session: Session, event: Event, rows: list[Registration], settings: Settings | None) -> None:
    confirmed = [row for row in rows if row.state is RegistrationState.CONFIRMED]
    waiting = [row for row in rows if row.state is RegistrationState.WAITLISTED]
    lead = _("报名已通过审核，名额已确认。")
    tell_confirmed(session, event, confirmed, lead, settings=settings)
    tell_waiting(session, event, waiting, settings=settings)
    for row in rows:
        if row.state is RegistrationState.REJECTED:
            tell_rejected(session, event, row, settings=settings)
