"""Calibration: both sides of the bounds, bins that never fall, figures worked by hand, signs that hold."""

from __future__ import annotations

from decimal import Decimal
from math import exp, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.whitelist.calibration import (
    FACTOR,
    OFFSET,
    Case,
    calibrate,
    coefficients_borne,
    fit_signed,
    is_enough,
    monotone_bins,
    place_of,
    scaled_points,
    weight_of_evidence,
)


def test_the_sample_bounds_on_both_sides():
    asked = [(29, 1), (30, 1), (30, 3), (39, 4), (40, 4), (49, 5), (50, 5)]
    assert [is_enough(*pair) for pair in asked] == [False, True, True, False, True, False, True]


def test_the_rarer_outcome_decides_how_much_can_be_fitted():
    assert [coefficients_borne(500, bads, 4) for bads in (0, 29, 30, 39, 40, 90)] == [0, 0, 3, 3, 4, 4]
    assert [coefficients_borne(goods, 500, 4) for goods in (29, 30)] == [0, 3]


def test_points_double_the_odds():
    assert (pytest.approx(28.8539, abs=5e-5), pytest.approx(487.1229, abs=5e-5)) == (FACTOR, OFFSET)
    assert scaled_points(log(50)) == pytest.approx(600)
    assert scaled_points(log(100)) == pytest.approx(620)


def test_weight_of_evidence_and_information_by_hand():
    assert weight_of_evidence(80, 100, 5, 20) == pytest.approx(1.1632, abs=5e-5)
    low, high = monotone_bins(
        [Decimal(1)] * 35 + [Decimal(2)] * 85, [True] * 15 + [False] * 20 + [True] * 5 + [False] * 80
    )
    assert (low.low, low.goods, low.bads, high.low, high.goods, high.bads) == (None, 20, 15, 2, 80, 5)
    assert high.woe == pytest.approx(1.1632, abs=5e-5)
    assert low.woe == pytest.approx(log((20 / 100) / (15 / 20)))
    assert low.iv + high.iv == pytest.approx(0.55 * 1.163151 + 0.55 * 1.321756, abs=1e-5)


def test_a_bin_with_an_empty_cell_is_joined_to_its_neighbour():
    points = [Decimal(value) for value in (1, 2, 3) for _each in range(20)]
    is_bad = [True] * 20 + ([True] * 10 + [False] * 10) + [False] * 20
    (only,) = monotone_bins(points, is_bad)
    assert (only.goods, only.bads, only.woe, only.iv) == (30, 30, 0, 0)
    assert monotone_bins(points, [False] * 60) == ()


def test_points_that_point_the_wrong_way_leave_one_bin():
    points = [Decimal(value) for value in (1, 2) for _each in range(20)]
    wrong = [False] * 15 + [True] * 5 + [True] * 15 + [False] * 5
    assert len(monotone_bins(points, wrong)) == 1
    assert len(monotone_bins(points, [not bad for bad in wrong])) == 2


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=20, max_size=120))
def test_bins_are_whole_rise_and_hold_everybody(pairs):
    points, is_bad = [Decimal(value) for value, _bad in pairs], [bad for _value, bad in pairs]
    bins = monotone_bins(points, is_bad)
    if all(is_bad) or not any(is_bad):
        assert bins == ()
        return
    assert (sum(each.bads for each in bins), sum(each.goods for each in bins)) == (
        sum(is_bad),
        len(is_bad) - sum(is_bad),
    )
    assert all(each.goods and each.bads for each in bins)
    assert [each.woe for each in bins] == sorted({each.woe for each in bins})
    assert sum(each.iv for each in bins) >= -1e-12
    counted = [0] * len(bins)
    for value in points:
        counted[place_of(value, bins)] += 1
    assert counted == [each.goods + each.bads for each in bins]


def cases_of(*groups):
    """Return cases of (points of a, points of b, goods, bads)."""
    return [
        Case({"a": Decimal(a), "b": Decimal(b)}, is_bad)
        for a, b, goods, bads in groups
        for is_bad in [False] * goods + [True] * bads
    ]


def test_one_measure_alone_weighs_one_and_its_bins_give_the_odds_back():
    fit = calibrate(cases_of((1, 0, 20, 30), (2, 0, 60, 15), (3, 0, 90, 5)), ["a"])
    assert (fit.goods, fit.bads) == (170, 50)
    assert fit.weights["a"].value == pytest.approx(1, abs=1e-5)
    assert fit.intercept == pytest.approx(log(170 / 50), abs=1e-5)
    assert fit.points_of("a", 2) == pytest.approx(scaled_points(log(90 / 5)), abs=1e-3)
    assert fit.weights["a"].low < 1 < fit.weights["a"].high


def test_below_the_bounds_nothing_is_fitted():
    assert calibrate(cases_of((1, 0, 20, 25), (2, 0, 60, 4)), ["a"]) is None
    assert calibrate(cases_of((1, 0, 20, 25), (2, 0, 60, 5)), ["a"]) is not None
    assert calibrate(cases_of((1, 0, 20, 25), (2, 0, 60, 5)), ["a", "b"]) is not None
    assert calibrate(cases_of((1, 0, 20, 25), (2, 0, 60, 5)), ["a", "b", "a", "b"]) is None


def test_a_measure_that_tells_nothing_keeps_no_weight():
    fit = calibrate(cases_of((1, 5, 20, 25), (2, 5, 60, 5)), ["a", "b"])
    assert (fit.weights["b"].value, fit.weights["b"].is_pinned, fit.information("b")) == (0, True, 0)
    assert not fit.weights["a"].is_pinned


def newton(rows, is_good):
    """Return the unbounded logistic regression by Newton's method, with standard errors."""
    x = np.column_stack([np.ones(len(rows)), np.asarray(rows)])
    y, beta = np.asarray(is_good, dtype=float), np.zeros(x.shape[1])
    for _step in range(50):
        chance = 1 / (1 + np.exp(-(x @ beta)))
        information = (x * (chance * (1 - chance))[:, None]).T @ x
        beta = beta + np.linalg.solve(information, x.T @ (y - chance))
    return beta, np.sqrt(np.diag(np.linalg.inv(information)))


def drawn(slopes, *, count=400, seed=20261123):
    """Return rows of measures that go together, and whether each went well by these slopes."""
    random = np.random.Generator(np.random.PCG64(seed))
    common = random.normal(size=(count, 1))
    rows = 0.7 * common + random.normal(size=(count, len(slopes)))
    chances = 1 / (1 + np.exp(-(0.5 + rows @ np.asarray(slopes))))
    return rows.tolist(), (random.random(count) < chances).tolist()


def test_inside_the_bounds_the_fit_is_newton_s():
    rows, is_good = drawn([0.8, 0.5, 1.1])
    intercept, weights = fit_signed(rows, is_good)
    beta, errors = newton(rows, is_good)
    assert [intercept, *(weight.value for weight in weights)] == pytest.approx(list(beta), abs=1e-4)
    spreads = [(weight.high - weight.low) / 2 for weight in weights]
    assert spreads == pytest.approx([1.959964 * error for error in errors[1:]], rel=1e-3)


def test_a_weight_against_its_sign_is_pinned_and_the_rest_fitted_without_it():
    rows, is_good = drawn([1.2, -0.6])
    assert newton(rows, is_good)[0][2] < -0.2
    intercept, weights = fit_signed(rows, is_good)
    assert (weights[1].value, weights[1].is_pinned) == (0, True)
    alone, _errors = newton([[row[0]] for row in rows], is_good)
    assert (intercept, weights[0].value) == pytest.approx(tuple(alone), abs=1e-4)


def test_odds_come_back_from_points():
    assert exp((scaled_points(log(7)) - OFFSET) / FACTOR) == pytest.approx(7)
