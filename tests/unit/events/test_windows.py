"""Morning, afternoon and the hours of single desks, from what was said to what is planned."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.events.details import slots_by_part
from ipfin.events.lifecycle import Side
from ipfin.events.planning import Participant, Task, certificate_as_json, left_out_of, task_of
from ipfin.events.proposals import FixedPair
from ipfin.events.timetable.certificate import Condition
from ipfin.events.timetable.checker import violations
from ipfin.events.timetable.contradictions import contradictions
from ipfin.events.timetable.exchange import problem_as_json, problem_from_json
from ipfin.events.timetable.plan import plan
from ipfin.events.timetable.problem import Bank, Firm, Lock, MeetingProblem, Pair
from ipfin.events.wishes import DayPart, WishSaid

ANY, AM, PM = DayPart.ANY, DayPart.MORNING, DayPart.AFTERNOON
PARTS = {AM: {0, 1}, PM: {2, 3}}


def test_what_begins_at_noon_is_afternoon() -> None:
    nine_thirty = datetime(2026, 4, 16, 1, 30, tzinfo=UTC)
    parts = slots_by_part(nine_thirty, 15, 11)
    assert (max(parts[AM]), parts[PM]) == (9, {10})


def task(by_firm: DayPart, by_house: DayPart, fixed: list[FixedPair] | None = None, **more: object) -> Task:
    people = [
        Participant(1, Side.INSTITUTION, "银行", 1, frozenset()),
        Participant(2, Side.ENTERPRISE, "企业", 0, frozenset()),
    ]
    said = [WishSaid(Side.ENTERPRISE, 1, 2, 2, by_firm), WishSaid(Side.INSTITUTION, 1, 2, 2, by_house)]
    return task_of(people, said, slots=4, desks=2, meetings_per_enterprise=2, fixed=fixed or (), parts=PARTS)


@pytest.mark.parametrize(
    ("by_firm", "by_house", "slots"),
    [
        (ANY, ANY, None),
        (AM, ANY, {1, 2}),
        (AM, AM, {1, 2}),
        (ANY, PM, {3, 4}),
    ],
)
def test_a_pair_meets_when_both_would(by_firm: DayPart, by_house: DayPart, slots: set[int] | None) -> None:
    planned = task(by_firm, by_house)
    assert [pair.slots for pair in planned.problem.pairs] == [slots]
    (meeting,) = plan(planned.problem, time_limit_s=0.05).meetings
    assert slots is None or meeting.slot in slots


def test_who_disagrees_on_the_time_of_day_is_left_out_with_the_reason() -> None:
    planned = task(AM, PM)
    assert (planned.problem.pairs, planned.wishes.mutual) == ((), 1)
    stored = certificate_as_json(planned, plan(planned.problem, time_limit_s=0.05))
    (line,) = left_out_of(stored)
    assert (line.condition, stored["pairs"]) == (Condition.NO_ALLOWED_SLOT, 1)
    assert "双方选择的时间不同" in line.reason


def test_what_the_office_fixed_keeps_its_slot_whatever_is_said_later() -> None:
    planned = task(AM, PM, [FixedPair(1, 2, 3, None)])
    assert not contradictions(planned.problem)
    assert [meeting.slot for meeting in plan(planned.problem, time_limit_s=0.05).meetings] == [4]


def house(*desk_away: frozenset[int], desks: int = 2) -> MeetingProblem:
    firms = tuple(Firm(str(n)) for n in range(6))
    bank = Bank("b", "银行", desks, desk_away=desk_away)
    pairs = tuple(Pair("b", firm.id, 40) for firm in firms)
    return MeetingProblem((bank,), firms, pairs, 3, 4)


@given(st.lists(st.frozensets(st.integers(1, 3)), max_size=2))
@settings(max_examples=30, deadline=None)
def test_no_more_meetings_than_desks_that_are_there(windows: list[frozenset[int]]) -> None:
    problem = house(*windows)
    found = plan(problem, time_limit_s=0.05)
    assert not violations(problem, found.meetings)
    there = sum(2 - sum(slot in gone for gone in windows) for slot in (1, 2, 3))
    assert len(found.meetings) == there
    assert len(found.certificate.left_out) == 6 - there
    assert problem_from_json(problem_as_json(problem)) == problem


def test_windows_that_make_no_sense_are_named() -> None:
    for problem in (house(frozenset({4})), house(frozenset(), frozenset(), desks=1)):
        assert len(contradictions(problem)) == 1
    assert house(frozenset({1})).sha256() != house(frozenset({2})).sha256()
    assert house(frozenset()).sha256() == house().sha256()


def test_locks_are_held_against_the_desks_of_their_slot() -> None:
    problem = house(frozenset({1}))
    locks = (Lock("b", "0", 1), Lock("b", "1", 1))
    locked = MeetingProblem(problem.banks, problem.firms, problem.pairs, 3, 4, locks)
    assert "只有1个席位" in contradictions(locked)[0]


def test_a_participant_s_desks_reach_the_planner_as_far_as_it_still_brings_them() -> None:
    gone = (frozenset({0, 9}), frozenset({0, 1}), frozenset({2}))
    people = [
        Participant(1, Side.INSTITUTION, "银行", 2, frozenset({3}), gone),
        Participant(2, Side.ENTERPRISE, "企业", 0, frozenset()),
    ]
    (bank,) = task_of(people, [], slots=4, desks=2, meetings_per_enterprise=2).problem.banks
    assert bank.away == {4, 1}
    assert bank.desk_away == ({1}, {1, 2})
    assert [bank.desks_in(slot) for slot in (1, 2, 3, 4)] == [0, 1, 2, 0]
