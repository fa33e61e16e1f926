"""Who signed up: for the office's list, for the participant himself, for whoever is to be told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation, User
from ipfin.events.lifecycle import LIVING, RegistrationState, Side
from ipfin.events.models import Registration, Substitution
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import NotFound
from ipfin.kernel.paging import Page, decode_cursor, page_of
from ipfin.kernel.text import _
from ipfin.registry.models import Enterprise
from ipfin.registry.queries import keyset


@dataclass(frozen=True, slots=True)
class RegistrationFilter:
    """What the list of registrations is narrowed to; None and empty narrow nothing."""

    side: Side | None = None
    state: RegistrationState | None = None
    query: str = ""  # in the name


def registrations_page(
    session: Session,
    event_id: int,
    visible: ColumnElement[bool],
    wanted: RegistrationFilter,
    *,
    cursor: str | None = None,
    size: int = 100,
) -> Page[Registration]:
    """Return one page of an event's registrations in the order of arrival.

    Raises:
        BadInput: the cursor belongs to another list.
    """
    where = [Registration.event_id == event_id, visible]
    if wanted.side:
        where.append(Registration.side == wanted.side)
    if wanted.state:
        where.append(Registration.state == wanted.state)
    if wanted.query:
        where.append(Registration.display_name.contains(wanted.query, autoescape=True))
    place = decode_cursor(cursor, order="arrival", types=(int,)) if cursor else None
    statement = keyset(
        select(Registration).where(*where), Registration.id, Registration.id, place, ascending=True, size=size
    )
    rows = session.scalars(statement).all()
    total = session.scalar(select(func.count()).select_from(Registration).where(*where))
    return page_of(
        rows, size=size, cursor=place, place=lambda row: ((row.id,), row.id), order="arrival", total=total
    )


def registrations_of(session: Session, event_id: int, visible: ColumnElement[bool]) -> Sequence[Registration]:
    """Return all visible registrations of an event: firms first, each side in the order of arrival."""
    return session.scalars(
        select(Registration)
        .where(Registration.event_id == event_id, visible)
        .order_by(Registration.side, Registration.id)
    ).all()


def registration_by_id(
    session: Session, visible: ColumnElement[bool], event_id: int, registration_id: int
) -> Registration:
    """Return a registration of an event.

    Raises:
        NotFound: there is none, or not for this actor.
    """
    found = session.scalar(
        select(Registration).where(
            Registration.id == registration_id, Registration.event_id == event_id, visible
        )
    )
    if found is None:
        raise NotFound(_("没有这条报名，或您无权查看。"))
    return found


def own_registration(session: Session, actor: Actor, event_id: int) -> Registration | None:
    """Return the actor's own living registration of an event; None when there is none."""
    return session.scalar(
        select(Registration).where(
            Registration.event_id == event_id,
            Registration.state.in_(sorted(LIVING)),
            _of_actor(actor),
        )
    )


def own_registrations(
    session: Session, actor: Actor, event_ids: Collection[int]
) -> Mapping[int, Registration]:
    """Return event id -> the actor's own living registration."""
    rows = session.scalars(
        select(Registration).where(
            Registration.event_id.in_(list(event_ids)),
            Registration.state.in_(sorted(LIVING)),
            _of_actor(actor),
        )
    )
    return {row.event_id: row for row in rows}


def former_registration(session: Session, actor: Actor, event_id: int) -> Registration | None:
    """Return how the actor's last registration of an event ended, while no other lives; None without one."""
    last = session.scalar(
        select(Registration)
        .where(Registration.event_id == event_id, _of_actor(actor))
        .order_by(Registration.id.desc())
        .limit(1)
    )
    return None if last is None or last.state in LIVING else last


def _of_actor(actor: Actor) -> ColumnElement[bool]:
    if actor.enterprise_id is not None:
        return Registration.enterprise_id == actor.enterprise_id
    if actor.organisation_id is not None:
        return Registration.organisation_id == actor.organisation_id
    return false()


def last_registration_of(session: Session, actor: Actor) -> Registration | None:
    """Return what the actor's organisation said when it last signed up for anything, to fill the form."""
    return session.scalar(
        select(Registration).where(_of_actor(actor)).order_by(Registration.id.desc()).limit(1)
    )


def waiting_place(session: Session, registration: Registration) -> int:
    """Return how many stand before a waiting registration, itself included: 1 is the next."""
    statement = select(func.count()).select_from(Registration)
    return (
        session.scalar(
            statement.where(
                Registration.event_id == registration.event_id,
                Registration.side == registration.side,
                Registration.state == RegistrationState.WAITLISTED,
                Registration.id <= registration.id,
            )
        )
        or 0
    )


def oldest_waiting(session: Session, event_id: int, side: Side, limit: int) -> Sequence[Registration]:
    """Return those who wait, the oldest first."""
    return session.scalars(
        select(Registration)
        .where(
            Registration.event_id == event_id,
            Registration.side == side,
            Registration.state == RegistrationState.WAITLISTED,
        )
        .order_by(Registration.id)
        .limit(limit)
    ).all()


def pending_of(session: Session, event_id: int, visible: ColumnElement[bool]) -> Sequence[Registration]:
    """Return those who are to be approved, in the order of arrival."""
    return session.scalars(
        select(Registration)
        .where(Registration.event_id == event_id, Registration.state == RegistrationState.PENDING, visible)
        .order_by(Registration.id)
    ).all()


def events_with_lapsed_offers(session: Session, now: datetime) -> Sequence[int]:
    """Return the ids of events with an offer whose deadline has passed, in order."""
    return session.scalars(
        select(Registration.event_id)
        .where(Registration.state == RegistrationState.OFFERED, Registration.offered_until <= now)
        .distinct()
        .order_by(Registration.event_id)
    ).all()


def lapsed_offers(session: Session, event_id: int, now: datetime) -> Sequence[Registration]:
    """Return the offers of an event whose deadline has passed, the oldest arrival first."""
    return session.scalars(
        select(Registration)
        .where(
            Registration.event_id == event_id,
            Registration.state == RegistrationState.OFFERED,
            Registration.offered_until <= now,
        )
        .order_by(Registration.id)
    ).all()


def substitutions_of(session: Session, registration_id: int) -> Sequence[Substitution]:
    """Return who came in whose place, the latest last."""
    return session.scalars(
        select(Substitution).where(Substitution.registration_id == registration_id).order_by(Substitution.id)
    ).all()


def people_of(session: Session, registrations: Collection[Registration]) -> dict[int, list[User]]:
    """Return registration id -> the active users of whoever registered."""
    firms = {row.enterprise_id for row in registrations if row.enterprise_id is not None}
    houses = {row.organisation_id for row in registrations if row.organisation_id is not None}
    rows = session.execute(
        select(User, Organisation.enterprise_id, Organisation.id)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(User.is_active, or_(Organisation.enterprise_id.in_(firms), Organisation.id.in_(houses)))
        .order_by(User.id)
    ).all()
    found: dict[int, list[User]] = {row.id: [] for row in registrations}
    for registration in registrations:
        for user, enterprise_id, organisation_id in rows:
            is_theirs = (
                enterprise_id == registration.enterprise_id
                if registration.side is Side.ENTERPRISE
                else organisation_id == registration.organisation_id
            )
            if is_theirs:
                found[registration.id].append(user)
    return found


def confirmed_of(session: Session, event_id: int, side: Side | None = None) -> Sequence[Registration]:
    """Return the confirmed registrations of an event, or of one side of it, in the order of arrival."""
    where = [Registration.event_id == event_id, Registration.state == RegistrationState.CONFIRMED]
    if side is not None:
        where.append(Registration.side == side)
    return session.scalars(select(Registration).where(*where).order_by(Registration.id)).all()


def enterprise_called(session: Session, word: str) -> Enterprise:
    """Return the firm with this credit code or full name, as somebody says it on the phone.

    Raises:
        NotFound: there is none.
    """
    wanted = word.strip()
    found = session.scalar(
        select(Enterprise).where((Enterprise.credit_code == wanted.upper()) | (Enterprise.name == wanted))
    )
    if found is None:
        raise NotFound(_("库中没有企业“%(name)s”，请核对信用代码或全称。", name=wanted))
    return found


def institution_called(session: Session, name: str) -> Organisation:
    """Return the organisation with this full name.

    Raises:
        NotFound: there is none in use.
    """
    found = session.scalar(
        select(Organisation).where(Organisation.name == name.strip(), Organisation.is_active)
    )
    if found is None:
        raise NotFound(_("没有名为“%(name)s”的机构。", name=name.strip()))
    return found
