"""The firms of a round of visits, and what became of each visit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from ipfin.events.attendance import Mark
from ipfin.events.lifecycle import RegistrationState, Side
from ipfin.events.models import Attendance, Event, ProgrammeLine, Registration
from ipfin.events.visiting import Known, origin_of, registration_id_of
from ipfin.kernel.errors import NotFound
from ipfin.kernel.text import _
from ipfin.liaison.models import EnterpriseVisit
from ipfin.registry.models import Enterprise
from ipfin.registry.queries import stands_for_itself


@dataclass(frozen=True, slots=True)
class Visited:
    """A firm of a round of visits: its registration, what the door said, and the record if it was written."""

    registration: Registration
    enterprise: Enterprise
    attendance: Attendance | None
    visit: EnterpriseVisit | None

    @property
    def mark(self) -> Mark | None:
        """What the door said of it."""
        return self.attendance.mark if self.attendance else None


def visited_firms(
    session: Session, event_id: int, visible: ColumnElement[bool], *, registration_id: int | None = None
) -> list[Visited]:
    """Return the confirmed firms of an event, as far as `visible` (on registrations) allows, in order."""
    where = [visible, stands_for_itself(), Registration.event_id == event_id]
    if registration_id is not None:
        where.append(Registration.id == registration_id)
    rows = session.execute(
        select(Registration, Enterprise, Attendance)
        .join(Enterprise, Enterprise.id == Registration.enterprise_id)
        .outerjoin(
            Attendance, and_(Attendance.registration_id == Registration.id, Attendance.undone_at.is_(None))
        )
        .where(*where, Registration.state == RegistrationState.CONFIRMED)
        .order_by(Registration.id)
    ).all()
    written = _written(session, [row.id for row, _firm, _mark in rows])
    return [Visited(row, firm, mark, written.get(row.id)) for row, firm, mark in rows]


def visited_firm(
    session: Session, event_id: int, visible: ColumnElement[bool], registration_id: int
) -> Visited:
    """Return one firm of a round of visits.

    Raises:
        NotFound: there is none, or not for this actor.
    """
    found = visited_firms(session, event_id, visible, registration_id=registration_id)
    if not found:
        raise NotFound(_("没有这家企业的报名，或您无权查看。"))
    return found[0]


def _written(session: Session, registration_ids: Sequence[int]) -> dict[int, EnterpriseVisit]:
    # A round has at most some hundred firms.
    rows = session.scalars(
        select(EnterpriseVisit).where(
            EnterpriseVisit.origin.in_([origin_of(number) for number in registration_ids]),
            EnterpriseVisit.voided_at.is_(None),
        )
    )
    return {registration_id_of(row.origin) or 0: row for row in rows}


def known_of(session: Session, event: Event, one: Visited) -> Known:
    """Return what the event knows of its visit to one firm."""
    row = one.registration
    items = session.scalars(
        select(ProgrammeLine.title)
        .where(ProgrammeLine.event_id == event.id)
        .order_by(ProgrammeLine.starts_at, ProgrammeLine.id)
    ).all()
    missing = select(Attendance.registration_id).where(
        Attendance.event_id == event.id, Attendance.undone_at.is_(None), Attendance.mark == Mark.NO_SHOW
    )
    company = session.scalars(
        select(Registration.display_name)
        .where(
            Registration.event_id == event.id,
            Registration.side == Side.INSTITUTION,
            Registration.state == RegistrationState.CONFIRMED,
            Registration.id.not_in(missing),
        )
        .order_by(Registration.id)
    ).all()
    seen = one.attendance.companion_name if one.attendance else ""
    second = (seen, row.second_post if seen == row.second_name else "") if seen else (
        row.second_name, row.second_post
    )  # fmt: skip
    people = ((row.contact_name, row.contact_post), second)
    return Known(
        title=event.title,
        starts_at=event.starts_at,
        items=items,
        company=company,
        persons=[f"{name}{post}" for name, post in people if name],
        need=row.need,
        amount=row.amount_fen,
        months=row.months,
    )


def event_of_visit(session: Session, visit: EnterpriseVisit, visible: ColumnElement[bool]) -> Event | None:
    """Return the event that a visit was written down from; None when by hand, or not for this actor."""
    number = registration_id_of(visit.origin)
    if number is None:
        return None
    statement = select(Event).join(Registration, Registration.event_id == Event.id)
    return session.scalar(statement.where(Registration.id == number, visible))
