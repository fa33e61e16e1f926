"""CP-SAT shortens the waiting without touching anything else, and its bound is one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from ipfin.events.timetable import checker
from ipfin.events.timetable.board import lay_out
from ipfin.events.timetable.certificate import Ending
from ipfin.events.timetable.compacting import Ledger, least_waiting
from ipfin.events.timetable.draft import Draft
from ipfin.events.timetable.plan import plan
from ipfin.events.timetable.problem import Lock, MeetingProblem
from ipfin.events.timetable.waiting import shorten
from tests.unit.events.timetable_cases import Placing, every_placing, fair, problems


def waiting(problem: MeetingProblem, placed: Placing) -> int:
    firms: dict[str, set[int]] = {}
    banks: dict[str, set[int]] = {}
    for (bank, firm), slot in placed.items():
        firms.setdefault(firm, set()).add(slot)
        banks.setdefault(bank, set()).add(slot)
    return 3 * sum(map(_gaps(problem), firms.values())) + sum(map(_gaps(problem), banks.values()))


def _gaps(problem: MeetingProblem):  # type: ignore[no-untyped-def]
    return lambda busy: sum(
        1 for slot in range(min(busy), max(busy)) if slot not in busy and slot not in problem.breaks
    )


@settings(max_examples=25, deadline=None)
@given(problems(with_absences=True, with_locks=True, with_orders=True))
def test_of_the_chosen_pairs_no_timetable_waits_less(problem: MeetingProblem) -> None:
    timetable = plan(problem, time_limit_s=2, workers=1)

    held = {(meeting.bank_id, meeting.firm_id) for meeting in timetable.meetings}
    least = min(waiting(problem, placed) for placed in every_placing(problem) if set(placed) == held)
    proof = timetable.certificate
    assert (proof.idle, proof.idle_bound) == (least, least)
    assert checker.violations(problem, timetable.meetings) == []


def test_a_bank_of_several_desks_waits_only_when_none_of_them_is_busy() -> None:
    problem = fair(14, 4, 6, absent=0.3, desks=2, tables=5, breaks=frozenset({4}))

    timetable = plan(problem, time_limit_s=2, workers=1)

    proof = timetable.certificate
    assert (proof.firm_idle, proof.bank_idle) == checker.waiting_of(problem, timetable.meetings)
    assert proof.idle_bound <= proof.idle
    assert checker.violations(problem, timetable.meetings) == []


def test_one_search_alone_gives_the_same_each_time_and_the_proof() -> None:
    problem = fair(16, 6, 6, absent=0.2)
    first, again = (plan(problem, time_limit_s=3, workers=1) for _ in range(2))

    assert first.meetings == again.meetings
    assert first.certificate.idle == first.certificate.idle_bound
    assert "CP-SAT" in first.certificate.solver


def test_a_bound_that_the_search_found_is_said_to_be_its_word() -> None:
    problem = fair(16, 6, 6, absent=0.3, seed=4)
    proof = plan(problem, time_limit_s=3, workers=1).certificate
    alone = plan(problem, time_limit_s=0).certificate

    assert alone.idle_by == "alone"
    assert proof.idle_by == ("search" if proof.idle_bound > alone.idle_bound else "alone")


def test_who_asks_to_stop_gets_the_best_so_far() -> None:
    problem = fair(30, 8, 10, absent=0.3)
    asked = 0

    def should_stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 20

    timetable = plan(problem, time_limit_s=30, workers=2, should_stop=should_stop)

    assert timetable.certificate.ending is Ending.ASKED
    assert checker.violations(problem, timetable.meetings) == []


@pytest.mark.parametrize("seconds", [0.0, 0.4])
def test_without_time_nothing_is_asked_and_nothing_claimed(seconds: float) -> None:
    problem = fair(16, 6, 6, absent=0.2)
    timetable = plan(problem, time_limit_s=0)
    first = timetable.meetings[0]
    board = lay_out(replace(problem, locks=(Lock(first.bank_id, first.firm_id, first.slot),)))
    draft = Draft(board)
    slot_of = {(m.bank_id, m.firm_id): m.slot - 1 for m in timetable.meetings}
    for place, pair in enumerate(board.problem.pairs):
        if pair.key in slot_of and place not in board.locked:
            draft.put(place, slot_of[pair.key])
    floor, before = least_waiting(draft), Ledger(draft).waiting().weighted

    found = shorten(draft, floor, seconds=seconds, workers=1)

    assert (found.bound, found.is_searched, found.is_settled) == (floor, False, False)
    assert Ledger(draft).waiting().weighted == before > floor
