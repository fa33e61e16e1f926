"""Krippendorff's alpha: the worked matrix of its paper, its bounds, and when it says nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.screening.agreement import Metric, alpha

# Four observers, twelve units (Krippendorff 2011, section C); a dot is no score.
OBSERVERS = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
UNITS = [[int(row[place]) for row in OBSERVERS if row[place] != "."] for place in range(12)]


@pytest.mark.parametrize(
    ("metric", "value"), [(Metric.NOMINAL, "0.7434"), (Metric.ORDINAL, "0.8154"), (Metric.INTERVAL, "0.8491")]
)
def test_the_worked_matrix_of_the_paper_comes_out(metric: Metric, value: str) -> None:
    found = alpha(UNITS, metric)
    assert found.alpha == Decimal(value)
    # The last unit has one observer only: it pairs with nobody.
    assert (found.units, found.scores) == (11, 40)


def test_perfect_agreement_is_one_and_systematic_disagreement_is_below_zero() -> None:
    assert alpha([[1, 1], [3, 3], [5, 5]]).alpha == 1
    assert alpha([[1, 5], [5, 1]], Metric.NOMINAL).alpha == Decimal("-0.5")


@pytest.mark.parametrize("units", [[], [[3]], [[3], [4]], [[3, 3], [3, 3]]])
def test_without_pairs_or_without_variation_nothing_is_said(units: list[list[int]]) -> None:
    assert alpha(units).alpha is None


def test_nine_firms_are_too_few_and_ten_are_not() -> None:
    assert alpha([[1, 2]] * 9).is_too_few
    assert not alpha([[1, 2]] * 10).is_too_few


@settings(max_examples=60)
@given(st.lists(st.lists(st.integers(1, 5), max_size=4), max_size=12), st.sampled_from(Metric))
def test_it_is_at_most_one_and_knows_no_order(units: list[list[int]], metric: Metric) -> None:
    found = alpha(units, metric)
    assert found == alpha([scores[::-1] for scores in reversed(units)], metric)
    assert found.alpha is None or found.alpha <= 1
