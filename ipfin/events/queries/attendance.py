"""Who came: for the door, for planning anew, for whoever writes the report. No phone is opened here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session

from ipfin.events.attendance import Mark
from ipfin.events.lifecycle import RegistrationState, Side
from ipfin.events.models import Attendance, CheckInCode, Event, Registration
from ipfin.kernel.paging import Page, decode_cursor, page_of
from ipfin.registry.queries import keyset

MOST_HITS = 20  # of a search: with more, the steward types more


@dataclass(frozen=True, slots=True)
class AtTheDoor:
    """A confirmed participant, the mark that stands (None: nothing was said), the number of his badge."""

    registration: Registration
    attendance: Attendance | None
    badge: int | None

    @property
    def mark(self) -> Mark | None:
        """What the door says of him."""
        return self.attendance.mark if self.attendance else None


def present_ids(session: Session, event_id: int) -> set[int]:
    """Return the registrations that were checked in."""
    return set(session.scalars(select(Attendance.registration_id).where(*_marked(event_id, Mark.PRESENT))))


def no_shows(session: Session, event_id: int) -> set[int]:
    """Return the registrations of those who did not come."""
    return set(session.scalars(select(Attendance.registration_id).where(*_marked(event_id, Mark.NO_SHOW))))


def late(session: Session, event_id: int) -> dict[int, int]:
    """Return registration id -> the first slot (from 0) in which a late participant is there."""
    rows = session.execute(
        select(Attendance.registration_id, Attendance.late_slot).where(*_marked(event_id, Mark.LATE))
    )
    return {registration_id: slot for registration_id, slot in rows if slot is not None}


def _marked(event_id: int, mark: Mark) -> tuple[ColumnElement[bool], ...]:
    return (
        Attendance.event_id == event_id,
        Attendance.undone_at.is_(None),
        Attendance.mark == mark,
    )


def standing_attendance(session: Session, registration_id: int) -> Attendance | None:
    """Return the mark of a participant that stands; None when the door said nothing, or took it back."""
    return session.scalar(
        select(Attendance)
        .where(Attendance.registration_id == registration_id, Attendance.undone_at.is_(None))
        .execution_options(populate_existing=True)
    )


def attendance_history(session: Session, registration_id: int) -> Sequence[Attendance]:
    """Return every mark of a participant, the latest first, those taken back included."""
    return session.scalars(
        select(Attendance)
        .where(Attendance.registration_id == registration_id)
        .order_by(Attendance.id.desc())
        .limit(20)
    ).all()


def _at_the_door(event_id: int, visible: ColumnElement[bool]) -> Any:  # a row of all three
    return (
        select(Registration, Attendance, CheckInCode.number)
        .outerjoin(
            Attendance,
            and_(Attendance.registration_id == Registration.id, Attendance.undone_at.is_(None)),
        )
        .outerjoin(CheckInCode, CheckInCode.registration_id == Registration.id)
        .where(
            Registration.event_id == event_id,
            Registration.state == RegistrationState.CONFIRMED,
            visible,
        )
    )


def door_page(
    session: Session,
    event_id: int,
    visible: ColumnElement[bool],
    *,
    mark: Mark | None = None,
    only_unmarked: bool = False,
    cursor: str | None = None,
    size: int = 100,
) -> Page[AtTheDoor]:
    """Return one page of the confirmed in the order of arrival, all or those with a mark or with none.

    Raises:
        BadInput: the cursor belongs to another list.
    """
    narrowed = Attendance.id.is_(None) if only_unmarked else Attendance.mark == mark if mark else true()
    place = decode_cursor(cursor, order="arrival", types=(int,)) if cursor else None
    statement = _at_the_door(event_id, visible).where(narrowed)
    total = session.scalar(
        statement.with_only_columns(func.count(Registration.id), maintain_column_froms=True)
    )
    rows = session.execute(
        keyset(statement, Registration.id, Registration.id, place, ascending=True, size=size)
    ).all()
    return page_of(
        [AtTheDoor(*row) for row in rows],
        size=size,
        cursor=place,
        place=lambda one: ((one.registration.id,), one.registration.id),
        order="arrival",
        total=total,
    )


def found_by_name(
    session: Session, event_id: int, visible: ColumnElement[bool], word: str
) -> list[AtTheDoor]:
    """Return the confirmed whose organisation or contact has `word` in the name, namesakes and all."""
    named = or_(
        Registration.display_name.contains(word, autoescape=True),
        Registration.contact_name.contains(word, autoescape=True),
    )
    return _found(session, _at_the_door(event_id, visible).where(named if word else false()))


def found_by_ids(
    session: Session, event_id: int, visible: ColumnElement[bool], ids: Sequence[int]
) -> list[AtTheDoor]:
    """Return those of the confirmed with these ids."""
    return _found(session, _at_the_door(event_id, visible).where(Registration.id.in_(ids)))


def _found(session: Session, statement: Select[Any]) -> list[AtTheDoor]:
    rows = session.execute(statement.order_by(Registration.display_name, Registration.id).limit(MOST_HITS))
    return [AtTheDoor(*row) for row in rows]


def attendance_counts(
    session: Session, event_id: int, visible: ColumnElement[bool]
) -> dict[Side, dict[Mark | None, int]]:
    """Return side -> mark (None: not marked) -> how many of the confirmed."""
    rows = session.execute(
        _at_the_door(event_id, visible)
        .with_only_columns(
            Registration.side, Attendance.mark, func.count(Registration.id), maintain_column_froms=True
        )
        .group_by(Registration.side, Attendance.mark)
    )
    counts: dict[Side, dict[Mark | None, int]] = {side: dict.fromkeys([None, *Mark], 0) for side in Side}
    for side, mark, count in rows:
        counts[side][mark] = count
    return counts


def code_by_digest(session: Session, digest: str) -> tuple[CheckInCode, Registration, Event] | None:
    """Return the badge with this token, whose it is and of which event; None when there is none."""
    row = session.execute(
        select(CheckInCode, Registration, Event)
        .join(Registration, Registration.id == CheckInCode.registration_id)
        .join(Event, Event.id == CheckInCode.event_id)
        .where(CheckInCode.token_digest == digest)
    ).first()
    return None if row is None else (row[0], row[1], row[2])


def codes_of(session: Session, event_id: int) -> dict[int, CheckInCode]:
    """Return registration id -> its badge."""
    rows = session.scalars(select(CheckInCode).where(CheckInCode.event_id == event_id))
    return {code.registration_id: code for code in rows}
