"""What came of an event: each meeting with what both sides said, later steps, the opinions of who came.

A participant reads his own word and later steps of his own meetings; what the other side said of him at
the table he does not read, nor does a firm read why a bank gave up. Both words together are for the office.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session, aliased, joinedload

from ipfin.accounts.scopes import Scope, Thing, scope_for
from ipfin.events.details import slot_start
from ipfin.events.funnel import Story
from ipfin.events.lifecycle import Side, TimetableState
from ipfin.events.models import (
    Event,
    EventFeedback,
    EventMinutes,
    EventTimetable,
    Meeting,
    MeetingFollowUp,
    MeetingResult,
    Registration,
)
from ipfin.events.queries.visible import own_or_below, registrations_visible_to
from ipfin.events.report_figures import EventFigures, event_figures
from ipfin.events.results import FollowUpSaid, Interest, ResultSaid, Stage
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import in_china
from ipfin.kernel.errors import NotFound
from ipfin.kernel.text import _

Key = tuple[int, int]
"""A firm's registration and an institution's."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One firm at one institution's table, once a timetable: two meetings of a pair are refused everywhere.

    Slot, desk and beginning are None when a new plan took the meeting away.
    """

    enterprise: Registration
    institution: Registration
    slot: int | None
    desk: int | None
    results: Mapping[Side, MeetingResult]
    steps: Sequence[MeetingFollowUp]
    begins_at: datetime | None = None

    def is_silent(self, side: Side) -> bool:
        """Whether a side has its word to say still.

        That a meeting was not held is no last word when a new plan has moved it to a later hour.
        """
        word = self.results.get(side)
        if word is None:
            return True
        moved = self.begins_at is not None and word.said_at < self.begins_at
        return moved and word.interest is Interest.NOT_HELD

    @property
    def key(self) -> Key:
        """The two registrations."""
        return self.enterprise.id, self.institution.id

    @property
    def standing(self) -> list[MeetingFollowUp]:
        """The later steps that were not withdrawn."""
        return [step for step in self.steps if step.withdrawn_at is None]

    @property
    def story(self) -> Story:
        """What is counted of it."""
        return Story(
            self.enterprise.id,
            self.institution.id,
            {side: said_of(row) for side, row in self.results.items()},
            [step_of(row) for row in self.standing],
        )

    def of(self, side: Side) -> Registration:
        """The registration of a side."""
        return self.enterprise if side is Side.ENTERPRISE else self.institution


def held_on(event: Event) -> date:
    """Return the day of an event, in China."""
    return in_china(event.starts_at).date()


def said_of(row: MeetingResult) -> ResultSaid:
    """Return what a stored result says."""
    return ResultSaid(
        row.interest, row.amount_fen, row.product, row.next_step, row.responsible, row.due_on, row.note
    )


def step_of(row: MeetingFollowUp) -> FollowUpSaid:
    """Return what a stored step says."""
    return FollowUpSaid(
        row.stage, row.happened_on, row.amount_fen, row.is_first_loan, row.reference, row.reason
    )


def pairs_of(session: Session, event: Event, actor: Actor) -> list[Pair]:
    """Return the meetings of an event that the actor may see, by slot and desk.

    They are those of the published timetable, and those of earlier ones of which something was said.
    """
    places = _places(session, event, actor)
    results, steps = _results(session, event, actor), _steps(session, event, actor)
    keys = list(dict.fromkeys([*places, *results, *steps]))
    rows = _registrations(session, {row_id for key in keys for row_id in key})
    nowhere: tuple[int | None, int | None] = (None, None)
    found = []
    for key in keys:
        slot, desk = places.get(key, nowhere)
        begins = None if slot is None else slot_start(event.talks_start_at, event.slot_minutes, slot)
        said, later = results.get(key, {}), steps.get(key, [])
        found.append(Pair(rows[key[0]], rows[key[1]], slot, desk, said, later, begins))
    return found


def pair_of(session: Session, event: Event, actor: Actor, counterpart_id: int, side: Side) -> Pair:
    """Return the actor's meeting with somebody across the table.

    Args:
        counterpart_id: the other's registration; side: the actor's.

    Raises:
        NotFound: they have no meeting.
    """
    for pair in pairs_of(session, event, actor):
        if pair.of(side.other).id == counterpart_id:
            return pair
    raise NotFound(_("没有这场洽谈，或它不属于贵单位。"))


def pair_by_key(session: Session, event: Event, actor: Actor, key: Key) -> Pair:
    """Return a meeting by the two registrations.

    Raises:
        NotFound: there is none, or not for this actor.
    """
    for pair in pairs_of(session, event, actor):
        if pair.key == key:
            return pair
    raise NotFound(_("没有这场洽谈，或您无权查看。"))


def follow_up_by_id(session: Session, event: Event, actor: Actor, step_id: int) -> MeetingFollowUp:
    """Return a later step that the actor may see.

    Raises:
        NotFound: there is none, or not for this actor.
    """
    for steps in _steps(session, event, actor).values():
        for step in steps:
            if step.id == step_id:
                return step
    raise NotFound(_("没有这条进展，或您无权查看。"))


def figures_of(pairs: Sequence[Pair], event: Event) -> EventFigures:
    """Return the figures of these meetings."""
    names = {pair.institution.id: pair.institution.display_name for pair in pairs}
    return event_figures([pair.story for pair in pairs], names, held_on(event))


def _seen(actor: Actor, firm: type[Registration], house: type[Registration]) -> ColumnElement[bool]:
    """Return which pairs the actor may see: his own side's, those of the county's firms, or all."""
    if scope_for(actor, Thing.TIMETABLE) is Scope.ALL:
        return true()
    return or_(
        own_or_below(actor, Thing.TIMETABLE, firm.enterprise_id, firm.organisation_id),
        own_or_below(actor, Thing.TIMETABLE, house.enterprise_id, house.organisation_id),
    )


def _places(session: Session, event: Event, actor: Actor) -> dict[Key, tuple[int, int]]:
    firm, house = aliased(Registration), aliased(Registration)
    rows = session.execute(
        select(firm.id, house.id, Meeting.slot, Meeting.desk)
        .select_from(Meeting)
        .join(EventTimetable, EventTimetable.id == Meeting.timetable_id)
        .join(firm, firm.id == Meeting.enterprise_registration_id)
        .join(house, house.id == Meeting.institution_registration_id)
        .where(
            EventTimetable.event_id == event.id,
            EventTimetable.state == TimetableState.PUBLISHED,
            _seen(actor, firm, house),
        )
        .order_by(Meeting.slot, Meeting.desk)
    )
    return {(firm_id, house_id): (slot, desk) for firm_id, house_id, slot, desk in rows}


def _results(session: Session, event: Event, actor: Actor) -> dict[Key, dict[Side, MeetingResult]]:
    firm, house = aliased(Registration), aliased(Registration)
    rows = session.scalars(
        select(MeetingResult)
        .join(firm, firm.id == MeetingResult.enterprise_registration_id)
        .join(house, house.id == MeetingResult.institution_registration_id)
        .where(MeetingResult.event_id == event.id, _seen(actor, firm, house), _own_word(actor))
        .order_by(MeetingResult.id)
    )
    found: dict[Key, dict[Side, MeetingResult]] = defaultdict(dict)
    for row in rows:
        found[row.enterprise_registration_id, row.institution_registration_id][row.side] = row
    return dict(found)


def _own_word(actor: Actor) -> ColumnElement[bool]:
    """Return whose word is read: a participant reads his own only."""
    if scope_for(actor, Thing.TIMETABLE) is not Scope.OWN:
        return true()
    side = Side.ENTERPRISE if actor.enterprise_id is not None else Side.INSTITUTION
    return MeetingResult.side == side


def _steps(session: Session, event: Event, actor: Actor) -> dict[Key, list[MeetingFollowUp]]:
    firm, house = aliased(Registration), aliased(Registration)
    rows = session.scalars(
        select(MeetingFollowUp)
        .join(firm, firm.id == MeetingFollowUp.enterprise_registration_id)
        .join(house, house.id == MeetingFollowUp.institution_registration_id)
        .where(MeetingFollowUp.event_id == event.id, _seen(actor, firm, house), _told_to(actor))
        .order_by(MeetingFollowUp.happened_on, MeetingFollowUp.id)
    )
    found: dict[Key, list[MeetingFollowUp]] = defaultdict(list)
    for row in rows:
        found[row.enterprise_registration_id, row.institution_registration_id].append(row)
    return dict(found)


def _told_to(actor: Actor) -> ColumnElement[bool]:
    """Return which steps are read: why a bank gave up is not told to the firm."""
    if scope_for(actor, Thing.TIMETABLE) is Scope.OWN and actor.enterprise_id is not None:
        return MeetingFollowUp.stage != Stage.ENDED
    return true()


def _registrations(session: Session, ids: Collection[int]) -> dict[int, Registration]:
    found: dict[int, Registration] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), 400):
        rows = session.scalars(
            select(Registration)
            .where(Registration.id.in_(wanted[start : start + 400]))
            .options(joinedload(Registration.enterprise))
        )
        found |= {row.id: row for row in rows}
    return found


def had_meeting(session: Session, event_id: int, key: Key) -> bool:
    """Whether two registrations have or had a meeting in a timetable that was published."""
    statement = (
        select(Meeting.id)
        .join(EventTimetable, EventTimetable.id == Meeting.timetable_id)
        .where(
            EventTimetable.event_id == event_id,
            EventTimetable.published_at.is_not(None),
            and_(Meeting.enterprise_registration_id == key[0], Meeting.institution_registration_id == key[1]),
        )
        .limit(1)
    )
    return session.scalar(statement) is not None


def minutes_of(session: Session, event_id: int) -> EventMinutes | None:
    """Return the minutes of an event; None before they were written."""
    return session.scalar(select(EventMinutes).where(EventMinutes.event_id == event_id))


def feedback_of(session: Session, registration_id: int) -> EventFeedback | None:
    """Return what a participant thought of the event; None when he did not say."""
    return session.scalar(select(EventFeedback).where(EventFeedback.registration_id == registration_id))


def feedback_on(session: Session, event_id: int, actor: Actor) -> Sequence[EventFeedback]:
    """Return the opinions that the actor may see, the latest first."""
    return session.scalars(
        select(EventFeedback)
        .join(Registration, Registration.id == EventFeedback.registration_id)
        .where(EventFeedback.event_id == event_id, registrations_visible_to(actor))
        .options(joinedload(EventFeedback.registration))
        .order_by(EventFeedback.id.desc())
    ).all()
