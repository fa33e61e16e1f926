"""Proposals and fixed meetings: an answer is a wish, and nothing fixed outlives a refusal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.events.lifecycle import Side
from ipfin.events.planning import Participant, task_of
from ipfin.events.proposals import (
    Answer,
    FixedPair,
    answer_of,
    answered,
    check_reason,
    locks_with,
    require_agreed,
    require_proposable,
)
from ipfin.events.timetable.problem import Lock
from ipfin.events.wishes import WishSaid, pair_value
from ipfin.kernel.errors import BadInput, Conflict

said = st.one_of(st.none(), st.integers(0, 3))


@given(said, said)
def test_accepting_on_both_sides_makes_a_pair_and_declining_on_one_never_does(
    firm: int | None, house: int | None
) -> None:
    accepted = answered(firm, accepts=True), answered(house, accepts=True)
    assert pair_value(*accepted) == pair_value(max(firm or 1, 1), max(house or 1, 1)) >= 40
    assert answer_of(accepted[0]) is Answer.ACCEPTED
    assert pair_value(answered(firm, accepts=False), accepted[1]) == 0
    assert answer_of(answered(firm, accepts=False)) is Answer.DECLINED


def test_silence_is_no_answer() -> None:
    assert answer_of(None) is Answer.NONE


@given(said, said)
def test_what_is_open_may_be_proposed_and_what_is_agreed_may_be_fixed(
    firm: int | None, house: int | None
) -> None:
    is_agreed = pair_value(firm, house) > 0
    if 0 in (firm, house) or is_agreed:
        with pytest.raises(Conflict):
            require_proposable(firm, house)
    else:
        require_proposable(firm, house)
    if is_agreed:
        require_agreed(firm, house)
    else:
        with pytest.raises(Conflict):
            require_agreed(firm, house)


@pytest.mark.parametrize(
    ("reason", "is_good"), [("", False), ("  ", False), ("理" * 300, True), ("理" * 301, False)]
)
def test_a_proposal_needs_a_reason(reason: str, is_good: bool) -> None:
    if is_good:
        assert check_reason(f" {reason} ") == reason
    else:
        with pytest.raises(BadInput):
            check_reason(reason)


@pytest.mark.parametrize(("house_says", "locks"), [(1, (Lock("1", "2", 3, 4),)), (None, ()), (0, ())])
def test_a_fixed_meeting_holds_only_while_both_agree(house_says: int | None, locks: tuple[Lock, ...]) -> None:
    words = [WishSaid(Side.ENTERPRISE, 1, 2, 3)]
    if house_says is not None:
        words.append(WishSaid(Side.INSTITUTION, 1, 2, house_says))
    people = [
        Participant(1, Side.INSTITUTION, "银行", 1, frozenset()),
        Participant(2, Side.ENTERPRISE, "企业", 0, frozenset()),
    ]
    task = task_of(people, words, slots=4, desks=4, meetings_per_enterprise=1, fixed=[FixedPair(1, 2, 2, 4)])
    assert task.problem.locks == locks


def test_a_must_have_leaves_the_slot_to_the_planner_and_holds_only_while_both_agree() -> None:
    people = [
        Participant(1, Side.INSTITUTION, "银行", 1, frozenset()),
        Participant(2, Side.ENTERPRISE, "企业", 0, frozenset()),
        Participant(3, Side.ENTERPRISE, "企业", 0, frozenset()),
    ]
    words = [WishSaid(side, 1, 2, 1) for side in (Side.ENTERPRISE, Side.INSTITUTION)]
    fixed = [FixedPair(1, 2, None, None), FixedPair(1, 3, None, None)]

    problem = task_of(people, words, slots=4, desks=4, meetings_per_enterprise=1, fixed=fixed).problem

    assert problem.locks == ()
    assert [(pair.key, pair.must) for pair in problem.pairs] == [(("1", "2"), True)]


def test_what_is_fixed_counts_more_than_an_earlier_row_of_the_same_pair() -> None:
    earlier = [Lock("1", "2", 1, 1), Lock("1", "3", 2, 2)]
    fixed = [FixedPair(1, 2, 2, None)]
    assert locks_with(fixed, {(1, 2), (1, 3)}, earlier) == (Lock("1", "3", 2, 2), Lock("1", "2", 3))
    assert locks_with(fixed, {(1, 3)}, earlier) == (Lock("1", "3", 2, 2),)
