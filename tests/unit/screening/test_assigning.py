"""Who reviews which firm: two or more people, evenly, never somebody who is tied to it."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.kernel.errors import BadInput
from ipfin.screening.assigning import Reviewer, plan

PEOPLE = [Reviewer(1, 10), Reviewer(2, 10), Reviewer(3, 20), Reviewer(4, 20)]


@pytest.mark.parametrize("per_firm", [1, 6])
def test_fewer_than_two_and_more_than_five_reviewers_are_refused(per_firm: int) -> None:
    with pytest.raises(BadInput, match="2至5名"):
        plan([7], PEOPLE, per_firm)


def test_two_reviewers_come_from_two_agencies_where_there_are_two() -> None:
    (first, second) = [reviewer for _firm, reviewer in plan([7], PEOPLE, 2).pairs]
    assert {first.organisation_id, second.organisation_id} == {10, 20}
    # With one agency only, two people of it review.
    assert len(plan([7], PEOPLE[:2], 2).pairs) == 2


def test_who_is_tied_to_a_firm_is_never_given_it() -> None:
    found = plan([7], PEOPLE, 3, barred={(1, 7), (3, 7)})
    assert {reviewer.user_id for _firm, reviewer in found.pairs} == {2, 4}


def test_a_firm_that_only_one_may_review_is_left_and_named() -> None:
    found = plan([7, 8], PEOPLE[:2], 2, barred={(1, 7)})
    assert found.short == (7,)
    assert {firm for firm, _reviewer in found.pairs} == {8}


def test_a_firm_is_filled_up_not_given_twice() -> None:
    found = plan([7], PEOPLE, 2, reviewing={7: [1]})
    ((firm, reviewer),) = found.pairs
    assert (firm, reviewer.organisation_id) == (7, 20)
    assert plan([7], PEOPLE, 2, reviewing={7: [1, 3]}).pairs == ()


def test_who_has_more_to_do_already_gets_less() -> None:
    busy = [Reviewer(1, 10, load=3), Reviewer(2, 10), Reviewer(3, 20), Reviewer(4, 20, load=3)]
    assert {reviewer.user_id for _firm, reviewer in plan([7], busy, 2).pairs} == {2, 3}


@settings(max_examples=60)
@given(
    firms=st.sets(st.integers(1, 30), max_size=12),
    people=st.integers(0, 6),
    per_firm=st.integers(2, 5),
    barred=st.sets(st.tuples(st.integers(1, 6), st.integers(1, 30)), max_size=40),
)
def test_no_plan_gives_one_reviewer_a_tie_or_a_pair_twice(
    firms: set[int], people: int, per_firm: int, barred: set[tuple[int, int]]
) -> None:
    reviewers = [Reviewer(number, number % 2) for number in range(1, people + 1)]
    found = plan(sorted(firms), reviewers, per_firm, barred=barred)
    pairs = [(reviewer.user_id, firm) for firm, reviewer in found.pairs]
    assert len(pairs) == len(set(pairs))
    assert not set(pairs) & barred
    each = Counter(firm for _user, firm in pairs)
    assert all(2 <= count <= per_firm for count in each.values())
    assert set(each) | set(found.short) == firms
    assert not set(each) & set(found.short)
