"""Agreed talks are arranged with the fewest breaks, or the reason and the largest plan are told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from ipfin.events.agreed.arrange import arrange
from ipfin.events.agreed.certificate import Arrangement, Progress
from ipfin.events.agreed.dropping import fill
from ipfin.events.agreed.hall import lay_out
from ipfin.events.agreed.task import Participant, Talk, TalksTask
from ipfin.events.timetable.certificate import Ending, Status
from ipfin.kernel.errors import BadInput
from tests.unit.events import agreed_cases as cases
from tests.unit.events.agreed_cases import breaks, broken, every_plan, is_fair, task

# A net only: what ends these searches is that nothing is left to search.
_LONG_S = 60.0


def made(given_task: TalksTask, *, threads: int = 1, effort: float | None = 20) -> Arrangement:
    return arrange(given_task, time_limit_s=_LONG_S, threads=threads, effort=effort)


def slots(arrangement: Arrangement) -> dict[str, int]:
    return {one.talk_id: one.slot for one in arrangement.held}


@settings(max_examples=40)
@given(cases.tasks())
def test_trying_everything_finds_nothing_better(given_task: TalksTask) -> None:
    found = made(given_task)
    plan, proof = slots(found), found.certificate
    every = list(every_plan(given_task))
    most = max(map(len, every))
    assert len(plan) == most
    assert len(proof.dropped) == len(given_task.talks) - most
    assert (proof.reasons != () or proof.dropped != ()) == (most < len(given_task.talks))
    assert proof.fewest_dropped <= len(proof.dropped)
    assert proof.breaks == sum(breaks(given_task, plan))
    # The talks that are held stay the same; among their plans the fewest breaks.
    same = [one for one in every if one.keys() == plan.keys()]
    fair = [one for one in same if is_fair(given_task, one)]
    fewest = min(sum(breaks(given_task, one)) for one in fair or same)
    assert proof.is_fair == bool(fair) == is_fair(given_task, plan)
    assert proof.bound <= fewest
    if fair:
        assert proof.breaks == fewest
    assert not broken(given_task, plan) or not proof.is_fair


def test_a_day_without_breaks_is_found_and_proved() -> None:
    found = made(task("ab bc cd da ac", slots=4))
    assert found.certificate.breaks == 0
    assert found.certificate.status is Status.PROVEN_OPTIMAL


def test_two_threads_find_as_much_as_one() -> None:
    given_task = task("ab ac ad bc bd cd", slots=8, away={"a": {2, 4, 6}, "b": {3}})
    one, two = made(given_task), made(given_task, threads=2, effort=None)
    assert one.certificate.breaks == two.certificate.breaks == one.certificate.bound
    assert two.certificate.status is Status.PROVEN_OPTIMAL


def test_an_absence_inside_the_day_is_a_break_and_its_length_does_not_count() -> None:
    fixed = {"ab": {1}, "ac": {7}}
    found = made(task("ab ac", slots=7, away={"a": {3, 4}}, only=fixed))
    assert (found.certificate.breaks, found.certificate.bound_by) == (1, "alone")


def test_the_earlier_talk_stands_before_the_later_one() -> None:
    there = slots(made(task("ab cd", slots=2, order="ab<cd")))
    back = slots(made(task("ab cd", slots=2, order="cd<ab")))
    assert (there, back) == ({"ab": 1, "cd": 2}, {"ab": 2, "cd": 1})


@pytest.mark.parametrize(("allowed", "slot"), [({1, 2}, 2), ({3, 4}, 3)])
def test_a_session_ends_with_its_last_slot(allowed: set[int], slot: int) -> None:
    found = made(task("ab", slots=4, only={"ab": allowed}, away={"a": {1, 4}}))
    assert slots(found) == {"ab": slot}


@pytest.mark.parametrize(("tables", "held"), [(2, 2), (1, 1)])
def test_no_more_talks_in_a_slot_than_tables(tables: int, held: int) -> None:
    found = made(task("ab cd", slots=1, tables=tables))
    assert len(found.held) == held


def test_fairness_comes_before_fewer_breaks_and_is_told_when_it_cannot_be_kept() -> None:
    only = {"ab": {1}, "ac": {3}, "ad": {5}, "ae": {7}}
    unfair = made(task("ab ac ad ae", slots=7, only=only))
    assert (unfair.certificate.fairness_gap, unfair.certificate.is_fair) == (3, False)
    assert len(unfair.held) == 4
    fair = made(task("ab ac ad ae", slots=7, only=only, fairness=3))
    assert fair.certificate.is_fair


def test_what_cannot_be_held_is_dropped_with_its_reason() -> None:
    found = made(task("ab ac ad", slots=2))
    proof = found.certificate
    assert (len(found.held), proof.fewest_dropped, proof.status) == (2, 1, Status.PROVEN_OPTIMAL)
    assert proof.dropped[0].reason == proof.reasons[0].text
    assert "3场洽谈，却只有2个可用时段" in proof.reasons[0].text


def test_one_talk_that_stands_in_two_contradictions_is_dropped_rather_than_two() -> None:
    found = made(task("ab ac ad be bf", slots=2))
    assert [one.talk_id for one in found.certificate.dropped] == ["ab"]
    assert (len(found.certificate.reasons), found.certificate.fewest_dropped) == (2, 1)


@pytest.mark.parametrize(
    ("tables", "order", "slot"),
    [(2, "", 0), (1, "", 1), (2, "ab<cd", 1), (2, "cd<ab", None)],
)
def test_a_dropped_talk_is_put_where_there_is_room_after_all(
    tables: int, order: str, slot: int | None
) -> None:
    hall = lay_out(task("ab cd", slots=2, tables=tables, order=order))
    assert fill(hall, (0, None)) == (0, slot)


def test_what_only_search_can_refuse_is_said_to_be_so() -> None:
    # Five in a circle, two slots: each has room for its two talks, and yet the circle needs three.
    found = made(task("ab bc cd de ea", slots=2))
    proof = found.certificate
    assert (proof.reasons, len(proof.dropped), proof.fewest_dropped) == ((), 1, 1)
    assert proof.dropped[0].condition.value == "together"


def test_the_same_seed_and_effort_give_the_same_plan() -> None:
    given_task = task("ab ac ad ae bc bd be cd ce de af bf", slots=9, away={"a": {3}, "c": {5}, "f": {1, 2}})
    first = made(given_task, effort=0.3)
    assert first.held == made(given_task, effort=0.3).held


def test_asked_to_stop_it_returns_a_clean_plan() -> None:
    given_task = task("ab ac ad bc bd cd", slots=9, away={"a": {2, 4}, "b": {1, 3, 5}, "c": {4, 6}})
    told: list[Progress] = []
    found = arrange(given_task, time_limit_s=_LONG_S, on_progress=told.append, should_stop=lambda: True)
    assert found.certificate.ending in (Ending.ASKED, Ending.FINISHED)
    assert broken(given_task, slots(found)) == [] or not found.certificate.is_fair
    assert told[-1].bound <= found.certificate.breaks


def test_without_time_there_is_still_a_plan() -> None:
    found = arrange(task("ab ac ad bc bd cd", slots=6), time_limit_s=0)
    assert len(found.held) == 6
    assert found.certificate.ending is Ending.CLOCK


def test_a_participant_without_talks_disturbs_nobody() -> None:
    given_task = task("ab", slots=2)
    given_task = replace(given_task, participants=(*given_task.participants, Participant("z")))
    assert made(given_task).certificate.breaks == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"slots": 0}, "时段"),
        ({"tables": 0}, "洽谈桌"),
        ({"fairness": -1}, "负数"),
        ({"talks": (Talk("t", "a", "a"),)}, "同一参会者"),
        ({"talks": (Talk("t", "a", "x"),)}, "不在名单中"),
        ({"talks": (Talk("t", "a", "b"), Talk("t", "a", "b"))}, "不止一次"),
        ({"talks": (Talk("t", "a", "b", frozenset({4})),)}, "不存在的时段4"),
    ],
)
def test_what_is_no_task_is_refused_in_words(change: dict[str, object], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        arrange(replace(task("ab", slots=3), **change))  # type: ignore[arg-type]


def test_everything_a_plan_depends_on_is_in_the_digest() -> None:
    given_task = task("ab ac", slots=3, away={"a": {1}}, only={"ab": {2}}, order="ab<ac")
    others = [
        replace(given_task, slots=4),
        replace(given_task, tables=1),
        replace(given_task, fairness=1),
        replace(given_task, precedences=()),
        replace(given_task, talks=given_task.talks[::-1]),
        replace(given_task, talks=(replace(given_task.talks[0], slots=None), given_task.talks[1])),
        replace(
            given_task,
            participants=(
                replace(given_task.participants[0], away=frozenset()),
                *given_task.participants[1:],
            ),
        ),
    ]
    assert len({one.sha256() for one in (given_task, *others)}) == 8
