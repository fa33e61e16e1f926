"""Why not all agreed talks can be held, with the witness; and what the checker and the patterns know."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings

from ipfin.events.agreed.hall import bits, breaks, lay_out
from ipfin.events.agreed.patterns import Patterns
from ipfin.events.agreed.reasons import CONDITION_LABELS, Condition, apart, in_words, tighten
from ipfin.events.agreed.task import TalksTask
from tests.unit.events import agreed_cases as cases
from tests.unit.events.agreed_cases import broken, every_plan, task


def reasons(given_task: TalksTask) -> list[tuple[str, str]]:
    return [(one.condition.value, " ".join(one.talks)) for one in tighten(lay_out(given_task)).reasons]


@pytest.mark.parametrize(
    ("given_task", "condition", "witness"),
    [
        (task("ab", 3, away={"a": {1, 2}, "b": {3}}), "no_slot", "ab"),
        (task("ab", 3, only={"ab": {2}}, away={"a": {2}}), "no_slot", "ab"),
        (task("ab cd", 3, order="ab<cd cd<ab"), "order_is_a_circle", "ab cd"),
        (task("ab cd", 4, only={"ab": {3, 4}, "cd": {1, 2}}, order="ab<cd"), "order_against_slots", "ab cd"),
        (task("ab ac ad", 3, away={"a": {2}}), "too_many_talks", "ab ac ad"),
        (task("ab ac", 3, only={"ab": {2}, "ac": {2}}), "too_many_talks", "ab ac"),
        (task("ab cd ac", 2, only={"ab": {1}, "cd": {2}}), "nothing_left", "ac ab cd"),
        (task("ab cd ef", 1, tables=2), "too_few_tables", "ab cd ef"),
        (task("ab cd ef", 4, tables=1, only={one: {1, 2} for one in ("ab", "cd", "ef")}), "too_few_tables",
         "ab cd ef"),
    ],
)  # fmt: skip
def test_a_contradiction_is_told_with_its_witness(
    given_task: TalksTask, condition: str, witness: str
) -> None:
    assert reasons(given_task) == [(condition, witness)]


@pytest.mark.parametrize(
    "given_task",
    [
        task("ab", 3, away={"a": {1, 2}}),
        task("ab cd", 4, only={"ab": {3, 4}, "cd": {1, 2}}, order="cd<ab"),
        task("ab bc cd", 3, order="ab<bc bc<cd"),
        task("ab ac ad", 4, away={"a": {2}}),
        task("ab cd ac", 3, only={"ab": {1}, "cd": {2}}),
        task("ab cd ef", 1, tables=3),
    ],
)
def test_on_the_other_side_of_each_limit_nothing_is_told(given_task: TalksTask) -> None:
    assert reasons(given_task) == []


def test_an_order_of_three_needs_three_slots() -> None:
    assert [what for what, _ in reasons(task("ab bc cd", 2, order="ab<bc bc<cd"))] == ["order_against_slots"]


@settings(max_examples=30)
@given(cases.tasks())
def test_no_reason_is_told_when_all_can_be_held_and_no_slot_of_a_plan_is_taken_out(
    given_task: TalksTask,
) -> None:
    found = tighten(lay_out(given_task))
    every = list(every_plan(given_task))
    whole = [plan for plan in every if len(plan) == len(given_task.talks)]
    assert not (whole and found.reasons)
    most = max(map(len, every))
    assert apart(found.reasons) <= len(given_task.talks) - most
    for plan in whole:
        for talk, domain in zip(given_task.talks, found.domain, strict=True):
            assert domain >> (plan[talk.id] - 1) & 1


def test_slots_are_said_as_people_say_them() -> None:
    assert in_words(0b1011101) == "第1、3–5、7时段"
    assert in_words(0) == "无时段"
    assert set(CONDITION_LABELS) == set(Condition)


# --- Patterns -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_patterns_are_all_sets_of_slots_with_so_many_breaks(number: int) -> None:
    given_task = task("ab ac ad ae", 7, away={"a": {3}}, only={"ab": {1, 2}, "ac": {6}})
    hall = lay_out(given_task)
    patterns = Patterns(hall, hall.domain).exactly(0, number)
    every = [sum(1 << slot for slot in some) for some in combinations([0, 1, 3, 4, 5, 6], 4)]
    right = [some for some in every if breaks(some) == number and some & 0b11 and some >> 5 & 1]
    assert sorted(patterns or []) == sorted(right)


@pytest.mark.parametrize(("mask", "number"), [(0, 0), (0b1, 0), (0b111, 0), (0b101, 1), (0b1001101, 2)])
def test_a_break_counts_one_however_long_it_is(mask: int, number: int) -> None:
    assert breaks(mask) == number
    assert list(bits(0b1001)) == [0, 3]


# --- The checker --------------------------------------------------------------------------------------

RIGHT = {"ab": 1, "cd": 2, "ac": 3}
RULES = task("ab cd ac", 7, tables=2, away={"a": {2}}, only={"cd": {2, 3}}, order="ab<cd")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ab": 3}, "在第3时段有2场洽谈"),
        ({"ac": 2}, "缺席"),
        ({"cd": 4}, "不能排在第4时段"),
        ({"ac": 8}, "不能排在第8时段"),
        ({"ac": 0}, "不能排在第0时段"),
        ({"ab": 2}, "没有排在“cd”之前"),
    ],
)
def test_the_checker_finds_each_planted_fault(change: dict[str, int], said: str) -> None:
    assert broken(RULES, RIGHT) == []
    found = broken(RULES, RIGHT | change)
    assert any(said in one for one in found), found


def test_the_checker_finds_full_tables_unfair_days_and_strangers() -> None:
    crowd = task("ab cd ef", 2, tables=2)
    assert broken(crowd, {"ab": 1, "cd": 1, "ef": 2}) == []
    assert "多于洽谈桌" in broken(crowd, {"ab": 1, "cd": 1, "ef": 1})[0]
    star = task("ab ac ad ae", 8)
    assert broken(star, {"ab": 1, "ac": 3, "ad": 5, "ae": 6}) == []
    assert "空档差" in broken(star, {"ab": 1, "ac": 3, "ad": 5, "ae": 7})[0]
    assert "不存在的洽谈" in broken(crowd, {"ab": 1, "cd": 1, "ef": 2, "xy": 2})[0]
