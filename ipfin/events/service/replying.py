"""Use cases of an offered seat: answer it, let it run out, and what the office may do about it by hand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from ipfin.config import Settings
from ipfin.events.approval import checked_reason
from ipfin.events.lifecycle import REGISTRATION_LIFECYCLE, RegistrationState
from ipfin.events.models import Event, Registration
from ipfin.events.queries import lapsed_offers
from ipfin.events.registration import may_be_left, require_leaving
from ipfin.events.replying import checked_extension, moment, require_in_time
from ipfin.events.service.contacts import refuse_shared_phone
from ipfin.events.service.events import lock_event
from ipfin.events.service.news import tell_confirmed, tell_lapsed, tell_offered, tell_waiting
from ipfin.events.service.registrations import lock_registration, refuse_second
from ipfin.events.service.seats import fill_seats, note
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import _


def answer_offer(
    session: Session,
    actor: Actor,
    registration: Registration,
    *,
    accepts: bool,
    now: datetime,
    settings: Settings | None = None,
) -> list[Registration]:
    """Take an offered seat, or give it up; return those who were offered it instead.

    Raises:
        Conflict: there is nothing to answer, the deadline has passed, or the event is over.
    """
    event, registration = _offered(session, registration)
    require_in_time(_until(registration), now)
    action = "events.registration.accepted" if accepts else "events.registration.declined"
    return _answered(session, actor, event, registration, accepts, action, "", now, settings)


def answer_for(
    session: Session,
    actor: Actor,
    registration: Registration,
    *,
    accepts: bool,
    reason: str,
    now: datetime,
    settings: Settings | None = None,
) -> list[Registration]:
    """Answer for somebody who told the office on the phone; the deadline binds the house, not the office.

    Raises:
        BadInput: without a reason.
        Conflict: there is nothing to answer, or the event is over.
    """
    said = checked_reason(reason, what=_("代为答复"))
    event, registration = _offered(session, registration)
    action = "events.offer.accepted" if accepts else "events.offer.declined"
    return _answered(session, actor, event, registration, accepts, action, said, now, settings)


def _offered(session: Session, registration: Registration) -> tuple[Event, Registration]:
    event, registration = lock_registration(session, registration)
    require_leaving(event.state)
    if registration.state is not RegistrationState.OFFERED:
        raise Conflict(_("目前没有等待答复的名额。"))
    return event, registration


def _until(registration: Registration) -> datetime:
    if registration.offered_until is None:
        raise ValueError(f"registration {registration.id} is offered nothing")
    return registration.offered_until


def _answered(
    session: Session,
    actor: Actor,
    event: Event,
    registration: Registration,
    accepts: bool,
    action: str,
    reason: str,
    now: datetime,
    settings: Settings | None,
) -> list[Registration]:
    target = RegistrationState.CONFIRMED if accepts else RegistrationState.CANCELLED
    registration.state = REGISTRATION_LIFECYCLE.advance(registration.state, target)
    session.flush()
    note(session, actor, event, registration, action, reason=reason)
    if accepts:
        tell_confirmed(session, event, [registration], _("已答复参会，名额已确认。"), settings=settings)
        return []
    return fill_seats(session, actor, event, registration.side, settings=settings, now=now)


def extend_offer(
    session: Session,
    actor: Actor,
    registration: Registration,
    until: datetime,
    *,
    reason: str,
    now: datetime,
    settings: Settings | None = None,
) -> None:
    """Hold an offered seat longer, or shorter; the house is told the new deadline.

    Raises:
        BadInput: without a reason, or a deadline that cannot be.
        Conflict: there is nothing to answer, or the event is over.
    """
    said = checked_reason(reason, what=_("改期限"))
    event, registration = _offered(session, registration)
    registration.offered_until = checked_extension(until, now=now, starts_at=event.starts_at)
    session.flush()
    note(
        session, actor, event, registration, "events.registration.extended", reason=said, until=moment(until)
    )
    tell_offered(session, event, [registration], until, settings=settings)


def restore_registration(
    session: Session,
    actor: Actor,
    registration: Registration,
    *,
    reason: str,
    now: datetime,
    settings: Settings | None = None,
) -> list[Registration]:
    """Take a rejected or lapsed registration back to the place of its arrival; return who gets a seat now.

    Raises:
        BadInput: without a reason.
        Conflict: the event is over, or the house or the phone is signed up anew.
        InvalidTransition: it is neither rejected nor lapsed.
    """
    said = checked_reason(reason, what=_("恢复"))
    event, registration = lock_registration(session, registration)
    require_leaving(event.state)
    target = REGISTRATION_LIFECYCLE.advance(registration.state, RegistrationState.WAITLISTED)
    refuse_second(session, registration)
    refuse_shared_phone(session, registration, settings=settings)
    registration.state = target
    registration.decided_by, registration.decided_at, registration.decision_reason = actor.name, now, said
    session.flush()
    note(session, actor, event, registration, "events.registration.restored", reason=said)
    moved = fill_seats(session, actor, event, registration.side, settings=settings, now=now)
    if registration.state is RegistrationState.WAITLISTED:
        tell_waiting(session, event, [registration], settings=settings, key=f":{now:%m%d%H%M}")
    return moved


def expire_offers(
    session: Session, actor: Actor, event_id: int, *, now: datetime, settings: Settings | None = None
) -> int:
    """Let the offers of an event that nobody answered run out, offer their seats on; return how many.

    Whoever signed up is told, unless the event is over meanwhile.
    """
    event = lock_event(session, event_id)
    rows = lapsed_offers(session, event.id, now)
    for row in rows:
        row.state = REGISTRATION_LIFECYCLE.advance(row.state, RegistrationState.LAPSED)
        note(session, actor, event, row, "events.registration.lapsed")
    session.flush()
    if may_be_left(event.state):
        for row in rows:
            tell_lapsed(session, event, row, settings=settings)
        for side in sorted({row.side for row in rows}):
            fill_seats(session, actor, event, side, settings=settings, now=now)
    return len(rows)
