"""Whom participants wish to meet, and whom they meet: wishes, timetables, agendas.

A participant is told what the other side asked of him, never what it refused, and nothing about third
parties. Everything that was said together is read for the office and the planner only.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import and_, or_, select, true
from sqlalchemy.orm import Session, aliased, joinedload

from ipfin.accounts.scopes import Scope, Thing, scope_for
from ipfin.events.details import slot_start, slots_by_part
from ipfin.events.lifecycle import RegistrationState, Side, TimetableState
from ipfin.events.models import Event, EventTimetable, Meeting, Registration, Wish
from ipfin.events.planning import Participant, Task, task_of
from ipfin.events.proposals import FixedPair
from ipfin.events.queries.demands import leasts_of, orders_of
from ipfin.events.queries.proposals import fixed_meetings_of
from ipfin.events.queries.registrations import confirmed_of
from ipfin.events.queries.visible import own_or_below
from ipfin.events.timetable.problem import Lock
from ipfin.events.wishes import DayPart, WishSaid
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import NotFound
from ipfin.kernel.text import _
from ipfin.registry.models import Enterprise


@dataclass(frozen=True, slots=True)
class Counterpart:
    """Somebody of the other side whom a participant may wish to meet.

    `wished` is what the participant said of it (None: nothing); `asks` whether it asked to meet him.
    That it refused him is not told. `part` is when the participant would meet it.
    """

    registration: Registration
    enterprise: Enterprise | None
    wished: int | None
    asks: bool
    part: DayPart = DayPart.ANY


def counterparts_of(
    session: Session, registration: Registration, *, query: str = "", only_wished: bool = False
) -> list[Counterpart]:
    """Return the confirmed participants of the other side by name, with what was said.

    Who has no seat yet is shown nobody: what firms need and for how much is for those who come.
    """
    if registration.state is not RegistrationState.CONFIRMED:
        return []
    said, heard = aliased(Wish), aliased(Wish)
    statement = (
        select(Registration, Enterprise, said.strength, heard.strength, said.part)
        .outerjoin(Enterprise, Enterprise.id == Registration.enterprise_id)
        .outerjoin(
            said,
            and_(said.from_registration_id == registration.id, said.to_registration_id == Registration.id),
        )
        .outerjoin(
            heard,
            and_(heard.to_registration_id == registration.id, heard.from_registration_id == Registration.id),
        )
        .where(
            Registration.event_id == registration.event_id,
            Registration.side == registration.side.other,
            Registration.state == RegistrationState.CONFIRMED,
        )
        .order_by(Enterprise.pinyin_key, Registration.display_name, Registration.id)
    )
    if query:
        statement = statement.where(
            or_(
                Registration.display_name.contains(query, autoescape=True),
                Registration.need.contains(query, autoescape=True),
            )
        )
    if only_wished:
        statement = statement.where(or_(said.id.is_not(None), heard.strength > 0))
    return [
        Counterpart(row, firm, wished, bool(asked), part or DayPart.ANY)
        for row, firm, wished, asked, part in session.execute(statement)
    ]


def wishes_of(session: Session, registration_id: int) -> dict[int, int]:
    """Return the other's registration id -> strength, of everything that a participant said."""
    rows = session.execute(
        select(Wish.to_registration_id, Wish.strength).where(Wish.from_registration_id == registration_id)
    )
    return dict(rows.all())


def wishes_said(session: Session, event_id: int) -> list[WishSaid]:
    """Return everything that the confirmed said of the confirmed. For the office and the planner only."""
    wisher, wished = aliased(Registration), aliased(Registration)
    rows = session.execute(
        select(wisher.id, wisher.side, wished.id, Wish.strength, Wish.part)
        .join(wisher, wisher.id == Wish.from_registration_id)
        .join(wished, wished.id == Wish.to_registration_id)
        .where(
            Wish.event_id == event_id,
            wisher.state == RegistrationState.CONFIRMED,
            wished.state == RegistrationState.CONFIRMED,
        )
        .order_by(Wish.id)
    )
    return [
        WishSaid(side, other, wisher_id, strength, part)
        if side is Side.ENTERPRISE
        else WishSaid(side, wisher_id, other, strength, part)
        for wisher_id, side, other, strength, part in rows
    ]


def task_for(session: Session, event: Event, *, locks: Sequence[Lock] = ()) -> Task:
    """Return what is to be planned for an event as it stands now.

    Args:
        locks: meetings that keep their slot and table.

    Raises:
        Conflict: no slots, or nobody of one side is confirmed.
    """
    participants = [
        Participant(
            row.id,
            row.side,
            row.display_name,
            row.desks,
            frozenset(row.absent_slots),
            tuple(map(frozenset, row.desk_absences)),
        )
        for row in confirmed_of(session, event.id)
    ]
    task = task_of(
        participants,
        wishes_said(session, event.id),
        slots=event.slot_count,
        desks=event.desk_count,
        meetings_per_enterprise=event.meetings_per_enterprise,
        meetings_per_institution=event.meetings_per_institution,
        fixed=[
            FixedPair(row.institution_registration_id, row.enterprise_registration_id, row.slot, row.desk)
            for row in fixed_meetings_of(session, event.id)
        ],
        locks=locks,
        parts=slots_by_part(event.talks_start_at, event.slot_minutes, event.slot_count),
        leasts=leasts_of(session, event),
        orders=orders_of(session, event.id),
    )
    breaks = frozenset(slot + 1 for slot in event.breaks)
    return replace(task, problem=replace(task.problem, breaks=breaks))


def locks_of(session: Session, timetable: EventTimetable) -> tuple[Lock, ...]:
    """Return the locked meetings of a timetable in the planner's words."""
    rows = session.scalars(
        select(Meeting)
        .where(Meeting.timetable_id == timetable.id, Meeting.is_locked)
        .order_by(Meeting.slot, Meeting.desk)
    )
    return tuple(
        Lock(
            str(row.institution_registration_id), str(row.enterprise_registration_id), row.slot + 1, row.desk
        )
        for row in rows
    )


def timetables_of(session: Session, event_id: int) -> Sequence[EventTimetable]:
    """Return an event's timetables, the latest first."""
    return session.scalars(
        select(EventTimetable)
        .where(EventTimetable.event_id == event_id)
        .order_by(EventTimetable.number.desc())
    ).all()


def timetable_by_number(session: Session, event_id: int, number: int) -> EventTimetable:
    """Return one of an event's timetables.

    Raises:
        NotFound: there is none of that number.
    """
    found = session.scalar(
        select(EventTimetable).where(EventTimetable.event_id == event_id, EventTimetable.number == number)
    )
    if found is None:
        raise NotFound(_("没有这一版排期。"))
    return found


def published_timetable(session: Session, event_id: int) -> EventTimetable | None:
    """Return the timetable that holds; None before one was published."""
    return session.scalar(
        select(EventTimetable).where(
            EventTimetable.event_id == event_id, EventTimetable.state == TimetableState.PUBLISHED
        )
    )


def meetings_of(session: Session, timetable_id: int, actor: Actor) -> Sequence[Meeting]:
    """Return the meetings of a timetable that the actor may see, by slot and desk, with both sides."""
    firm, house = aliased(Registration), aliased(Registration)
    scope = scope_for(actor, Thing.TIMETABLE)
    visible = (
        true()
        if scope is Scope.ALL
        else or_(
            own_or_below(actor, Thing.TIMETABLE, firm.enterprise_id, firm.organisation_id),
            own_or_below(actor, Thing.TIMETABLE, house.enterprise_id, house.organisation_id),
        )
    )
    return session.scalars(
        select(Meeting)
        .join(firm, firm.id == Meeting.enterprise_registration_id)
        .join(house, house.id == Meeting.institution_registration_id)
        .where(Meeting.timetable_id == timetable_id, visible)
        .options(joinedload(Meeting.enterprise_registration), joinedload(Meeting.institution_registration))
        .order_by(Meeting.slot, Meeting.desk)
    ).all()


@dataclass(frozen=True, slots=True)
class AgendaLine:
    """One meeting of a participant; `counterpart` is the other side's registration."""

    slot: int
    starts_at: datetime
    ends_at: datetime
    desk: int
    counterpart: Registration

    @property
    def is_called_off(self) -> bool:
        """Whether the other side cancelled after the timetable was published."""
        return self.counterpart.state is RegistrationState.CANCELLED


def agenda_of(session: Session, event: Event, registration: Registration) -> list[AgendaLine]:
    """Return a participant's meetings of the published timetable in order; none before publication."""
    timetable = published_timetable(session, event.id)
    if timetable is None:
        return []
    return agendas_of(session, event, timetable, [registration])[registration.id]


def agendas_of(
    session: Session, event: Event, timetable: EventTimetable, registrations: Collection[Registration]
) -> dict[int, list[AgendaLine]]:
    """Return registration id -> its meetings in a timetable, in order."""
    wanted = {row.id for row in registrations}
    meetings = session.scalars(
        select(Meeting)
        .where(
            Meeting.timetable_id == timetable.id,
            or_(
                Meeting.enterprise_registration_id.in_(wanted),
                Meeting.institution_registration_id.in_(wanted),
            ),
        )
        .options(joinedload(Meeting.enterprise_registration), joinedload(Meeting.institution_registration))
        .order_by(Meeting.slot, Meeting.desk)
    ).all()
    agendas: dict[int, list[AgendaLine]] = {row_id: [] for row_id in wanted}
    for meeting in meetings:
        firm, house = meeting.enterprise_registration, meeting.institution_registration
        for own, other in ((firm, house), (house, firm)):
            if own.id in agendas:
                agendas[own.id].append(_agenda_line(event, meeting, other))
    return agendas


def _agenda_line(event: Event, meeting: Meeting, other: Registration) -> AgendaLine:
    return AgendaLine(
        meeting.slot,
        slot_start(event.talks_start_at, event.slot_minutes, meeting.slot),
        slot_start(event.talks_start_at, event.slot_minutes, meeting.slot + 1),
        meeting.desk,
        other,
    )
