"""Measures against figures worked by hand or known from their papers."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.whitelist.statistics import (
    concordance,
    concordance_gain,
    mid_rank,
    psi,
    separation,
    tau_b,
    wilson,
)


def test_tau_b_takes_ties_out():
    assert tau_b([1, 2, 2, 3, 4], [1, 3, 2, 2, 4]) == pytest.approx(2 / 3)
    assert tau_b([1, 2, 3], [3, 2, 1]) == pytest.approx(-1)
    assert tau_b([1, 1, 1], [1, 2, 3]) is None
    assert tau_b([1], [1]) is None


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=12))
def test_tau_b_is_what_counting_all_pairs_gives(pairs):
    left, right = [a for a, _b in pairs], [b for _a, b in pairs]
    signs = [((a > c) - (a < c), (b > d) - (b < d)) for (a, b), (c, d) in combinations(pairs, 2)]
    net = sum(x * y for x, y in signs)
    untied = sum(x != 0 for x, _y in signs) * sum(y != 0 for _x, y in signs)
    assert tau_b(left, right) == (pytest.approx(net / untied**0.5) if untied else None)


def test_psi_floors_empty_bands_and_does_not_bring_shares_back_to_one():
    even = [0.1] * 10
    assert psi(even, even) == 0
    assert psi(even, [0.05, 0.05, *[0.1] * 6, 0.15, 0.15]) == pytest.approx(0.1099, abs=5e-5)
    assert psi([0, 0.2, *[0.1] * 8], even) == pytest.approx(0.3539, abs=5e-5)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),
        (40, 50, 0.6696, 0.8876),
        (0, 10, 0, 0.2775),
        (10, 10, 0.7225, 1),
        (0, 0, 0, 1),
    ],
)
def test_wilson_s_interval(successes, trials, low, high):
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_a_mid_rank_counts_equals_half():
    assert [mid_rank(x, [1, 2, 2, 3]) for x in (0, 1, 2, 3, 4)] == [0, 0.125, 0.5, 0.875, 1]


def test_separation_is_hanley_and_mcneil_s():
    found = separation([3, 2], [1, 2, 0])
    assert found.auc == pytest.approx(5.5 / 6)
    assert (found.positives, found.negatives) == (2, 3)
    assert separation([], [1]) is None
    assert separation([1], []) is None


def test_fourteen_positives_say_little():
    """14 against 500 at an AUC of 0.7: a standard error of .079 and an interval from .54 to .86."""
    negatives = list(range(500))
    found = separation([349.5] * 14, negatives)
    assert found.auc == pytest.approx(0.7)
    assert (found.error, found.low, found.high) == pytest.approx((0.079, 0.54, 0.86), abs=0.005)


def test_delong_s_error_is_that_of_the_placements():
    found = concordance([3, 1], [2, 0])  # placements 1, 1/2 of the positives and 1/2, 1 of the negatives
    assert (found.value, found.pairs) == (0.75, 4)
    assert found.error == pytest.approx((0.125 / 2 + 0.125 / 2) ** 0.5)
    assert (found.low, found.high) == (pytest.approx(0.75 - 1.959964 * 0.125**0.5), 1)
    assert concordance([1], [2, 0]) is None
    assert concordance([1, 2], [0]) is None


SIDE = st.lists(st.integers(0, 5), min_size=2, max_size=8)


@settings(max_examples=40, deadline=None)
@given(SIDE, SIDE)
def test_a_concordance_is_mann_and_whitney_s(positives, negatives):
    from scipy.stats import mannwhitneyu

    found = concordance(positives, negatives)
    pairs = len(positives) * len(negatives)
    assert found.value == pytest.approx(mannwhitneyu(positives, negatives).statistic / pairs)
    one_band = ([1] * len(positives), [1] * len(negatives))
    assert concordance(positives, negatives, bands=one_band) == found


def test_only_pairs_of_one_band_are_compared():
    found = concordance([5, 1], [9, 0, 2], bands=([1, 2], [2, 1, 1]))
    assert (found.value, found.pairs) == (2 / 3, 3)  # 5 over 0 and 2, 1 under 9
    assert concordance([5, 1], [9, 0], bands=([1, 1], [2, 2])) is None


def test_a_gain_is_the_difference_of_two_concordances_and_of_a_measure_over_itself_nothing():
    positives, negatives = [(3, 1), (1, 2)], [(2, 1), (0, 3)]
    found = concordance_gain(positives, negatives)
    assert found.value == pytest.approx(0.75 - 0.375)
    same = concordance_gain([(3, 3), (1, 1)], [(2, 2), (0, 0)])
    assert (same.value, same.error) == (0, 0)
