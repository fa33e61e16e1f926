"""Marks, whole reviews, spreads, days and phases."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import product

import pytest

from ipfin.kernel.errors import BadInput, InvalidTransition
from ipfin.screening.phases import (
    PHASES,
    TASKS,
    Phase,
    TaskState,
    Urgency,
    reads_others,
    reads_sample,
    urgency,
)
from ipfin.screening.review import (
    PROPOSED,
    Criterion,
    Mark,
    Scale,
    checked_criteria,
    checked_draft,
    missing_of,
    points,
    score_label,
    spread_of,
    values_of,
)

FIVE = Criterion(1, "关联", "", Scale.ONE_TO_FIVE, 10)
COMPLIANT = Criterion(2, "合规", "", Scale.EITHER, 1)


@pytest.mark.parametrize(
    ("scale", "scores"),
    [
        (Scale.ONE_TO_FIVE, [1, 2, 3, 4, 5]),
        (Scale.ZERO_TO_FOUR, [0, 1, 2, 3, 4]),
        (Scale.ZERO_TO_THREE, [0, 1, 2, 3]),
        (Scale.EITHER, [0, 1]),
    ],
)
def test_every_scale_has_its_scores(scale: Scale, scores: list[int]) -> None:
    assert list(values_of(scale)) == scores


def test_passing_reads_as_words() -> None:
    assert [str(score_label(Scale.EITHER, score)) for score in (0, 1)] == ["不通过", "通过"]
    assert str(score_label(Scale.ONE_TO_FIVE, 4)) == "4分"


@pytest.mark.parametrize("score", [0, 6])
def test_a_score_off_the_scale_is_not_saved(score: int) -> None:
    with pytest.raises(BadInput, match="不在尺度内"):
        checked_draft(FIVE, Mark(score))


@pytest.mark.parametrize(("reason", "fields"), [("一" * 9, ["reason1"]), ("一" * 10, [])])
def test_a_reason_must_have_its_characters(reason: str, fields: list[str]) -> None:
    assert [field for field, _say in missing_of([FIVE], {1: Mark(3, f"  {reason} ")})] == fields


def test_what_is_missing_names_its_criterion() -> None:
    (score, reason) = missing_of([FIVE], {})
    assert (score[0], reason[0]) == ("score1", "reason1")
    assert "关联" in str(score[1])


def test_half_a_review_may_be_saved() -> None:
    assert checked_draft(FIVE, Mark(None, " 想到一半 ")) == Mark(None, "想到一半")


@pytest.mark.parametrize(
    ("marks", "told"),
    [
        ({1: Mark(1), 2: Mark(0)}, "0.00"),
        ({1: Mark(5), 2: Mark(1)}, "100.00"),
        ({1: Mark(4), 2: Mark(1)}, "87.50"),
    ],
)
def test_a_whole_review_is_put_on_one_scale(marks: dict[int, Mark], told: str) -> None:
    assert points([FIVE, COMPLIANT], marks) == Decimal(told)


def test_half_a_review_has_no_points() -> None:
    assert points([FIVE, COMPLIANT], {1: Mark(4)}) is None


@pytest.mark.parametrize(("scores", "is_wide"), [([3, 4], False), ([2, 4], True), ([1, 5, 3], True)])
def test_two_points_apart_is_wide_and_one_is_not(scores: list[int], is_wide: bool) -> None:
    found = spread_of(FIVE, scores, 2)
    assert found is not None
    assert found.is_wide is is_wide


def test_to_pass_and_to_fail_the_same_is_always_wide() -> None:
    found = spread_of(COMPLIANT, [0, 1], 4)
    assert found is not None
    assert found.is_wide
    assert spread_of(COMPLIANT, [1], 2) is None


def test_criteria_are_not_twice_the_same_and_ask_for_a_reason() -> None:
    assert checked_criteria(PROPOSED) == PROPOSED
    for wrong in ([], [FIVE, FIVE], [Criterion(1, "空", "", Scale.EITHER, 0)]):
        with pytest.raises(BadInput):
            checked_criteria(wrong)


@pytest.mark.parametrize(
    ("day", "told"),
    [(7, Urgency.IN_TIME), (8, Urgency.SOON), (10, Urgency.SOON), (11, Urgency.OVERDUE)],
)
def test_the_due_day_is_still_in_time(day: int, told: Urgency) -> None:
    due = date(2026, 3, 10)
    assert urgency(TaskState.OPEN, due, date(2026, 3, day)) is told
    assert urgency(TaskState.SUBMITTED, due, date(2026, 3, day)) is Urgency.DONE


def test_nobody_reads_others_before_the_review_ends_nor_without_his_own() -> None:
    allowed = {(phase, state) for phase, state in product(Phase, TaskState) if reads_others(phase, state)}
    later = (Phase.DELIBERATION, Phase.FINAL)
    assert allowed == set(product(later, (TaskState.SUBMITTED, TaskState.RETURNED)))
    assert [state for state in TaskState if reads_sample(state)] == [TaskState.SUBMITTED]


def test_the_steps_of_a_task_are_these_and_no_others() -> None:
    allowed = {(a, b) for a, b in product(TaskState, TaskState) if b in TASKS.following(a)}
    t = TaskState
    ways_out = {t.SUBMITTED, t.CONFLICTED, t.ABSTAINED, t.WITHDRAWN}
    assert allowed == (
        {(t.ASSIGNED, after) for after in (t.OPEN, t.CONFLICTED, t.WITHDRAWN)}
        | set(product((t.OPEN, t.RETURNED), ways_out))
        | {(t.SUBMITTED, t.RETURNED)}
    )


def test_a_phase_goes_forward_only() -> None:
    assert PHASES.advance(Phase.REVIEW, Phase.DELIBERATION) is Phase.DELIBERATION
    for now, wanted in [
        (Phase.REVIEW, Phase.FINAL),
        (Phase.DELIBERATION, Phase.REVIEW),
        (Phase.FINAL, Phase.REVIEW),
    ]:
        with pytest.raises(InvalidTransition):
            PHASES.advance(now, wanted)
