"""Training records: of an event, of a firm or institution, of all, by page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from ipfin.accounts.scopes import Thing
from ipfin.bulk import in_chunks
from ipfin.events.attendance import Mark
from ipfin.events.lifecycle import EventState, RegistrationState
from ipfin.events.models import (
    Attendance,
    Event,
    EventTraining,
    Registration,
    Substitution,
    TrainingRecord,
)
from ipfin.events.queries.visible import own_or_below
from ipfin.events.training import LAST_MADE, counts_by_itself, is_settled, usual_tenths
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import in_china
from ipfin.kernel.errors import NotFound
from ipfin.kernel.paging import Page, decode_cursor, page_of
from ipfin.kernel.text import _
from ipfin.registry.queries import keyset


def records_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return which records the actor may see: all, those of the county's firms, or his own house's."""
    return own_or_below(
        actor, Thing.REGISTRATION, TrainingRecord.enterprise_id, TrainingRecord.organisation_id
    )


def training_row(session: Session, event_id: int) -> EventTraining | None:
    """Return what the office said of an event's records; None while the usual holds."""
    return session.scalar(
        select(EventTraining)
        .where(EventTraining.event_id == event_id)
        .execution_options(populate_existing=True)
    )


def training_of(event: Event, row: EventTraining | None) -> tuple[bool, int]:
    """Return whether an event gives records, and its hours in tenths."""
    if row is not None:
        return row.gives_records, row.hours_tenths
    return counts_by_itself(event.kind), usual_tenths(event.starts_at, event.ends_at)


@dataclass(frozen=True, slots=True)
class Attendee:
    """A person who was at an event for the house of a registration."""

    registration: Registration
    person: str
    is_companion: bool


def without_record(session: Session, event_id: int) -> list[Attendee]:
    """Return the persons who were there and have no record, not even a revoked one."""
    came = _came(session, Registration.event_id == event_id)
    statement = select(TrainingRecord.registration_id, TrainingRecord.is_companion)
    known = {
        (row_id, along)
        for row_id, along in session.execute(statement.where(TrainingRecord.event_id == event_id))
    }
    return [one for one in came if (one.registration.id, one.is_companion) not in known]


def attendee_of(session: Session, record: TrainingRecord) -> Attendee | None:
    """Return the person of a record as the door knows him now; None when it says that he was not there."""
    came = _came(session, Registration.id == record.registration_id)
    return next((one for one in came if one.is_companion == record.is_companion), None)


def _came(session: Session, which: ColumnElement[bool]) -> list[Attendee]:
    rows = session.execute(
        select(Registration, Attendance.companion_name)
        .join(Attendance, Attendance.registration_id == Registration.id)
        .where(
            which,
            Registration.state == RegistrationState.CONFIRMED,
            Attendance.undone_at.is_(None),
            Attendance.mark == Mark.PRESENT,
        )
        .order_by(Registration.id)
    ).all()
    names = persons_checked_in(session, [row for row, _companion in rows])
    found: list[Attendee] = []
    for row, companion in rows:
        found.append(Attendee(row, names[row.id], is_companion=False))
        if companion:
            found.append(Attendee(row, companion, is_companion=True))
    return found


def companions_unseen(
    session: Session, event_id: int, visible: ColumnElement[bool]
) -> Sequence[Registration]:
    """Return whose registration names somebody who comes along and of whom the door says nothing."""
    seen = exists().where(
        Attendance.registration_id == Registration.id,
        Attendance.undone_at.is_(None),
        Attendance.mark == Mark.PRESENT,
        Attendance.companion_name == "",
    )
    return session.scalars(
        select(Registration)
        .where(
            Registration.event_id == event_id,
            Registration.state == RegistrationState.CONFIRMED,
            Registration.second_name != "",
            seen,
            visible,
        )
        .order_by(Registration.id)
    ).all()


def persons_checked_in(session: Session, registrations: Sequence[Registration]) -> dict[int, str]:
    """Return registration id -> who was named when it was checked in, whoever was named since.

    Who comes can still be changed once the door is closed; that makes nobody have been there.
    """
    found = {row.id: row.contact_name for row in registrations}
    for chunk in in_chunks(sorted(found)):
        replaced = session.execute(
            select(Substitution.registration_id, Substitution.former_name)
            .join(Attendance, Attendance.registration_id == Substitution.registration_id)
            .where(
                Substitution.registration_id.in_(chunk),
                Attendance.undone_at.is_(None),
                Attendance.mark == Mark.PRESENT,
                Substitution.replaced_at > Attendance.marked_at,
            )
            .order_by(Substitution.id.desc())  # the first after the check-in is written last
        )
        found.update((row_id, name) for row_id, name in replaced)
    return found


def count_standing(session: Session, event_id: int) -> int:
    """Return how many records of an event hold."""
    statement = select(func.count()).select_from(TrainingRecord)
    where = (TrainingRecord.event_id == event_id, TrainingRecord.revoked_at.is_(None))
    return session.scalar(statement.where(*where)) or 0


def events_to_record(session: Session, now: datetime) -> list[int]:
    """Return the ids of events whose door is closed and where somebody lacks a record, in order."""
    over = session.scalars(
        select(Event)
        .where(
            Event.state.not_in([EventState.DRAFT, EventState.CANCELLED]),
            Event.ends_at <= now,
            Event.ends_at > now - LAST_MADE,
        )
        .order_by(Event.id)
    ).all()
    settled = [one for one in over if is_settled(in_china(one.ends_at).date(), one.state, now)]
    return [
        one.id
        for one in settled
        if training_of(one, training_row(session, one.id))[0] and without_record(session, one.id)
    ]


def records_of(session: Session, event_id: int, visible: ColumnElement[bool]) -> Sequence[TrainingRecord]:
    """Return the records of an event, those revoked included."""
    return session.scalars(
        select(TrainingRecord).where(TrainingRecord.event_id == event_id, visible).order_by(TrainingRecord.id)
    ).all()


def records_of_registration(session: Session, registration_id: int) -> Sequence[TrainingRecord]:
    """Return the records of one registration, those revoked included: whom it names comes first."""
    return session.scalars(
        select(TrainingRecord)
        .where(TrainingRecord.registration_id == registration_id)
        .order_by(TrainingRecord.is_companion, TrainingRecord.id)
    ).all()


def standing_record(session: Session, registration_id: int, *, is_companion: bool) -> TrainingRecord | None:
    """Return the record of one person that holds; None when there is none."""
    return session.scalar(
        select(TrainingRecord).where(
            TrainingRecord.registration_id == registration_id,
            TrainingRecord.is_companion == is_companion,
            TrainingRecord.revoked_at.is_(None),
        )
    )


def replacements_of(session: Session, record_ids: Collection[int]) -> dict[int, TrainingRecord]:
    """Return id of a revoked record -> the one that was made instead of it, where there is one."""
    found: dict[int, TrainingRecord] = {}
    for chunk in in_chunks(sorted(record_ids)):
        rows = session.scalars(select(TrainingRecord).where(TrainingRecord.replaces_id.in_(chunk)))
        found.update((row.replaces_id, row) for row in rows if row.replaces_id is not None)
    return found


def record_by_id(session: Session, visible: ColumnElement[bool], record_id: int) -> TrainingRecord:
    """Return a record.

    Raises:
        NotFound: there is none, or not for this actor.
    """
    found = session.scalar(select(TrainingRecord).where(TrainingRecord.id == record_id, visible))
    if found is None:
        raise NotFound(_("没有这条培训记录，或您无权查看。"))
    return found


def matching(
    visible: ColumnElement[bool], *, query: str = "", year: int | None = None
) -> list[ColumnElement[bool]]:
    """Return the conditions of a list of records: a word in a name or title, a year."""
    where = [visible]
    if query:
        columns = (TrainingRecord.holder, TrainingRecord.person_name, TrainingRecord.event_title)
        found = columns[0].contains(query, autoescape=True)
        for column in columns[1:]:
            found = found | column.contains(query, autoescape=True)
        where.append(found)
    if year is not None:
        where.append(TrainingRecord.held_on.between(date(year, 1, 1), date(year, 12, 31)))
    return where


def records_page(
    session: Session, where: Sequence[ColumnElement[bool]], *, cursor: str | None = None, size: int = 50
) -> Page[TrainingRecord]:
    """Return one page of records, the latest day first.

    Raises:
        BadInput: the cursor belongs to another list.
    """
    place = decode_cursor(cursor, order="held", types=(date,)) if cursor else None
    rows = session.scalars(
        keyset(
            select(TrainingRecord).where(*where),
            TrainingRecord.held_on,
            TrainingRecord.id,
            place,
            ascending=False,
            size=size,
        )
    ).all()
    total = session.scalar(select(func.count()).select_from(TrainingRecord).where(*where))
    return page_of(
        rows,
        size=size,
        cursor=place,
        place=lambda row: ((row.held_on,), row.id),
        order="held",
        total=total,
    )


def all_records(
    session: Session, where: Sequence[ColumnElement[bool]], *, most: int
) -> Sequence[TrainingRecord]:
    """Return at most so many records in the order of the list."""
    return session.scalars(
        select(TrainingRecord)
        .where(*where)
        .order_by(TrainingRecord.held_on.desc(), TrainingRecord.id.desc())
        .limit(most)
    ).all()


def standing_hours(session: Session, where: Sequence[ColumnElement[bool]]) -> int:
    """Return the hours of the records that stand, in tenths."""
    total = session.scalar(
        select(func.coalesce(func.sum(TrainingRecord.hours_tenths), 0)).where(
            *where, TrainingRecord.revoked_at.is_(None)
        )
    )
    return int(total or 0)


def years_of(session: Session, visible: ColumnElement[bool]) -> list[int]:
    """Return the years that have a record, the latest first."""
    days = session.execute(
        select(func.min(TrainingRecord.held_on), func.max(TrainingRecord.held_on)).where(visible)
    ).one()
    if days[0] is None:
        return []
    return list(range(days[1].year, days[0].year - 1, -1))
