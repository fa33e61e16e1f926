"""Whatever is planned keeps every rule, is the same each time, and ends when it is told to."""

from __future__ import annotations

import json
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from ipfin.events.timetable import checker
from ipfin.events.timetable.certificate import Condition, Ending, Meeting, Progress, Stage, Status
from ipfin.events.timetable.exchange import problem_from_json, timetable_as_json, timetable_from_json
from ipfin.events.timetable.plan import plan
from ipfin.events.timetable.problem import Bank, Firm, Lock, MeetingProblem, Pair
from ipfin.kernel.text import translate
from tests.unit.events.timetable_cases import dice, fair, problems


@settings(max_examples=30)
@given(problems(with_absences=True, with_locks=True))
def test_no_rule_is_ever_broken(problem: MeetingProblem) -> None:
    timetable = plan(problem, time_limit_s=0.01)

    assert checker.violations(problem, timetable.meetings) == []


@settings(max_examples=30)
@given(problems(with_absences=True, with_locks=True))
def test_the_certificate_says_what_an_independent_count_says(problem: MeetingProblem) -> None:
    timetable = plan(problem, time_limit_s=0.01)

    proof = timetable.certificate
    held = {(meeting.bank_id, meeting.firm_id) for meeting in timetable.meetings}
    assert proof.value == checker.value_of(problem, timetable.meetings) <= proof.bound
    assert (proof.firm_idle, proof.bank_idle) == checker.waiting_of(problem, timetable.meetings)
    assert proof.idle == 3 * proof.firm_idle + proof.bank_idle >= proof.idle_bound
    assert {(pair.bank_id, pair.firm_id) for pair in proof.left_out} | held == {
        (pair.bank_id, pair.firm_id) for pair in problem.pairs
    }
    assert proof.inputs_sha256 == problem.sha256()


@pytest.mark.parametrize(
    "problem",
    [
        fair(40, 10, 9, desks=2, tables=14),
        fair(40, 10, 9, tables=6, breaks=frozenset({6})),
        fair(40, 10, 9, absent=0.3, tables=6, breaks=frozenset({6, 7})),
        fair(40, 10, 9, absent=0.6, desks=2, tables=8),
    ],
    ids=["few tables for the desks", "few tables and a break", "absences", "many absences"],
)
def test_a_whole_fair_keeps_every_rule_also_when_half_of_it_is_locked_and_planned_again(
    problem: MeetingProblem,
) -> None:
    first = plan(problem, time_limit_s=2)
    chosen = dice(0).sample(first.meetings, len(first.meetings) // 2)
    locks = tuple(
        Lock(m.bank_id, m.firm_id, m.slot, m.table if number % 2 else None) for number, m in enumerate(chosen)
    )

    second = plan(replace(problem, locks=locks), time_limit_s=2)

    assert checker.violations(problem, first.meetings) == []
    assert checker.violations(replace(problem, locks=locks), second.meetings) == []
    assert second.certificate.value == first.certificate.value
    assert second.certificate.idle >= second.certificate.idle_bound


@settings(max_examples=30)
@given(problems(with_absences=True, with_locks=True))
def test_the_order_of_the_input_changes_nothing(problem: MeetingProblem) -> None:
    mixed = dice(5)
    shuffled = replace(
        problem,
        banks=tuple(mixed.sample(problem.banks, len(problem.banks))),
        firms=tuple(mixed.sample(problem.firms, len(problem.firms))),
        pairs=tuple(mixed.sample(problem.pairs, len(problem.pairs))),
        locks=tuple(mixed.sample(problem.locks, len(problem.locks))),
    )

    assert plan(shuffled, time_limit_s=0).meetings == plan(problem, time_limit_s=0).meetings
    assert shuffled.sha256() == problem.sha256()


@pytest.mark.parametrize("absent", [0.0, 0.5])
def test_two_runs_give_the_same_bytes(absent: float) -> None:
    """Where the steps end the search. The clock must not: it also counts while others have the processor,
    and the time that loading the solvers takes.
    """
    never = 1e6

    def once() -> str:
        timetable = plan(fair(6, 4, 4, absent=absent), time_limit_s=never, seed=3)
        proof = replace(timetable.certificate, seconds=0.0)
        return json.dumps(timetable_as_json(replace(timetable, certificate=proof)), ensure_ascii=False)

    assert once() == once()


def test_a_timetable_comes_back_from_json_as_it_was() -> None:
    timetable = plan(fair(25, 6, 8, absent=0.4), time_limit_s=0.2)

    stored = json.dumps(timetable_as_json(timetable))
    back = timetable_from_json(json.loads(stored))

    assert back == timetable
    reasons = [pair.reason for pair in back.certificate.left_out]
    assert reasons == [translate(reason, "zh_CN") for reason in reasons]


def test_progress_never_goes_back_and_ends_at_one() -> None:
    told: list[Progress] = []
    problem = fair(20, 6, 8, absent=0.5)
    first = plan(problem, time_limit_s=0).meetings[0]
    locked = replace(problem, locks=(Lock(first.bank_id, first.firm_id, first.slot),))

    plan(locked, time_limit_s=1, on_progress=told.append)

    assert [step.done for step in told] == sorted(step.done for step in told)
    assert told[0].stage is Stage.CHOOSING
    assert (told[-1].stage, told[-1].done) == (Stage.DONE, 1.0)
    assert all(step.value <= step.bound for step in told)


def test_whoever_is_asked_to_stop_at_once_still_gives_a_clean_timetable() -> None:
    problem = fair(60, 15, 12, absent=0.5, tables=6)

    timetable = plan(problem, should_stop=lambda: True)

    assert timetable.certificate.ending is Ending.ASKED
    assert timetable.certificate.status is Status.FEASIBLE
    assert timetable.meetings
    assert checker.violations(problem, timetable.meetings) == []


def test_the_search_stops_soon_after_it_is_asked() -> None:
    asked = iter([False] * 5)

    timetable = plan(fair(60, 15, 12, tables=9), should_stop=lambda: next(asked, True))

    assert timetable.certificate.ending is Ending.ASKED
    assert timetable.certificate.seconds < 5


def test_a_machine_too_slow_for_its_steps_is_ended_by_the_clock_and_it_is_named() -> None:
    def slow() -> bool:
        time.sleep(0.05)
        return False

    timetable = plan(fair(40, 10, 9, tables=6), time_limit_s=0.5, should_stop=slow)

    assert timetable.certificate.ending is Ending.CLOCK


def test_an_event_without_wishes_has_an_empty_timetable_that_is_the_best_possible() -> None:
    problem = MeetingProblem((Bank("b"),), (Firm("f"),), (), slots=3, tables=1)

    timetable = plan(problem)

    assert timetable.meetings == ()
    assert timetable.certificate.status is Status.PROVEN_OPTIMAL
    assert timetable.certificate.statement == "已证明最优：已安排价值0，理论上限0（100.00%）；空等0，下限0。"


def one_bank(
    *firms: Firm, slots: int = 2, tables: int = 1, values: tuple[int, ...] = (3, 2, 1)
) -> MeetingProblem:
    pairs = tuple(Pair("b", firm.id, value) for firm, value in zip(firms, values, strict=False))
    return MeetingProblem((Bank("b", "甲银行"),), firms, pairs, slots=slots, tables=tables)


def left_out(problem: MeetingProblem) -> dict[str, tuple[Condition, str]]:
    return {
        pair.firm_id: (pair.condition, str(pair.reason))
        for pair in plan(problem, time_limit_s=1).certificate.left_out
    }


def test_who_never_meets_the_bank_is_told_so() -> None:
    problem = replace(one_bank(Firm("f", "一厂", away=frozenset({2}))), breaks=frozenset({1}))

    assert left_out(problem) == {"f": (Condition.NO_COMMON_SLOT, "“甲银行”与“一厂”没有共同在场的时段。")}


def test_a_limit_of_zero_is_named() -> None:
    problem = one_bank(Firm("f", "一厂", max_meetings=0))

    assert left_out(problem) == {"f": (Condition.LIMIT_IS_ZERO, "“一厂”的场次上限为0。")}


def test_a_full_bank_is_named_when_it_keeps_what_is_worth_more() -> None:
    problem = one_bank(Firm("f1", "一厂"), Firm("f2", "二厂"), Firm("f3", "三厂"))

    assert left_out(problem) == {
        "f3": (Condition.BANK_FULL, "银行“甲银行”可安排的2场已满，且所留各场分值都不低于本对。")
    }


def test_a_full_bank_is_named_also_when_it_keeps_what_is_worth_the_same() -> None:
    problem = one_bank(Firm("f1"), Firm("f2"), Firm("f3"), values=(2, 2, 2))

    assert [condition for condition, _ in left_out(problem).values()] == [Condition.BANK_FULL]


def test_a_full_firm_is_named() -> None:
    firm = Firm("f", "一厂", max_meetings=1)
    pairs = (Pair("b", "f", 1), Pair("c", "f", 2))
    problem = MeetingProblem((Bank("b"), Bank("c")), (firm,), pairs, slots=2, tables=2)

    assert left_out(problem) == {
        "f": (Condition.FIRM_FULL, "企业“一厂”可安排的1场已满，且所留各场分值都不低于本对。")
    }


def test_a_full_hall_is_named() -> None:
    banks, firms = (Bank("b"), Bank("c")), (Firm("f"), Firm("g"))
    problem = MeetingProblem(banks, firms, (Pair("b", "f", 2), Pair("c", "g", 1)), slots=1, tables=1)

    assert left_out(problem) == {
        "g": (Condition.TABLES_FULL, "全场洽谈桌可容纳的1场已满，且所留各场分值都不低于本对。")
    }


def test_slots_that_do_not_meet_are_named() -> None:
    # b is free in 1 and 2, both firms only in 1: each side has room, the slots clash.
    away = frozenset({2})
    problem = one_bank(Firm("f", "一厂", away), Firm("g", "二厂", away), tables=2)

    assert left_out(problem) == {
        "g": (Condition.SLOTS_CLASH, "双方剩余的空闲时段不重合，任何调整都不能提高总价值。")
    }


def test_a_pair_that_would_cost_more_elsewhere_is_called_less_valuable() -> None:
    # one slot: b-f (5) and c-g (5) beat b-g (9) alone, though 9 is more than either.
    banks, firms = (Bank("b"), Bank("c")), (Firm("f"), Firm("g"))
    pairs = (Pair("b", "f", 5), Pair("c", "g", 5), Pair("b", "g", 9))
    problem = MeetingProblem(banks, firms, pairs, slots=1, tables=2)

    assert left_out(problem) == {
        "g": (Condition.LESS_VALUABLE, "企业“g”可安排的1场已满，换入本对不能提高总价值。")
    }


def test_the_worked_example_of_the_rules_comes_out_as_written() -> None:
    rules = (Path(__file__).parents[3] / "docs" / "rules" / "scheduling.md").read_text(encoding="utf-8")
    problem = problem_from_json(json.loads(re.findall(r"```json\n(.*?)```", rules, re.DOTALL)[0]))
    rows = re.findall(r"^\| (\d) \| (\w) \| (\d) \| (\d+) \|$", rules, re.MULTILINE)

    timetable = plan(problem, time_limit_s=0.2)

    proof = timetable.certificate
    assert [
        (str(m.slot), m.bank_id, m.firm_id) for m in sorted(timetable.meetings, key=_by_slot_and_bank)
    ] == [row[:3] for row in rows]
    assert (proof.value, proof.bound, proof.idle) == (sum(int(row[3]) for row in rows), 315, 3)
    assert [(pair.firm_id, pair.condition) for pair in proof.left_out] == [("4", Condition.NO_COMMON_SLOT)]


def _by_slot_and_bank(meeting: Meeting) -> tuple[int, str]:
    return meeting.slot, meeting.bank_id
