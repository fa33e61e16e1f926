"""Other weights, other facts: counts against slow and plain computations, and figures in closed form."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from ipfin.whitelist import acceptability
from ipfin.whitelist.acceptability import line_counts, rank_counts
from ipfin.whitelist.facts import Missing, Reading
from ipfin.whitelist.robustness import (
    Columns,
    columns_of,
    draw_weights,
    examine,
    grade_counts,
    grade_range,
    is_edge,
    letter_of,
    rank_acceptability,
    spread_of,
    without_blocks,
)
from ipfin.whitelist.scheme import default_card
from ipfin.whitelist.scorecard import Block
from ipfin.whitelist.scoring import Grade, score
from tests.unit.whitelist.scoring_cases import firm_a, only

CARD = default_card()
BARE = {"L1", "L2", "L3", "L4", "T3", "T4", "T5", "C1"}


def scored(values, card=CARD):
    return score(values, card, data_as_of=date(2025, 6, 30), inputs={})


def some_firms(count=40):
    chosen = np.random.default_rng(7)
    return [
        scored(
            {code: Reading(Decimal(str(round(float(v), 3)))) for code, v in zip(firm_a(), row, strict=True)}
        )
        for row in chosen.uniform(
            [0] * 18, [20, 15, 1, 1, 3, 1, 1, 4, 5, 8, 3, 3, 100, 15, 10, 100, 50, 100], (count, 18)
        )
    ]


def test_firm_a_holds_as_its_closed_form_says():
    (firm,) = examine([scored(firm_a())], CARD).firms
    assert sum(firm.around.values()) == sum(firm.uniform.values()) == 10_000
    # within four standard errors of the drawn share
    assert firm.around[Grade.A] == pytest.approx(282, abs=70)
    assert firm.holds() == pytest.approx(9667, abs=72)
    assert firm.uniform[Grade.A] == pytest.approx(625, abs=100)
    assert firm.holds_uniform() == pytest.approx(8056, abs=160)
    points = columns_of([scored(firm_a())], CARD).points[0]
    assert spread_of(points, CARD) == pytest.approx((69.6825, 3.1430), abs=5e-5)
    assert spread_of(points, CARD, None) == pytest.approx((66.8565, 6.0369), abs=5e-5)
    assert spread_of(points, CARD, 5000)[1] == pytest.approx(0.316, abs=5e-3)


def test_the_weights_are_shares_and_their_sum_of_alphas_is_fifty():
    drawn = draw_weights(CARD, draws=4000, seed=1)
    assert drawn.sum(axis=1) == pytest.approx(np.ones(4000))
    assert drawn[:, 0].mean() == pytest.approx(0.1, abs=0.003)
    assert drawn[:, 0].std() == pytest.approx((0.1 * 0.9 / 51) ** 0.5, rel=0.05)
    assert draw_weights(CARD, draws=4000, seed=1) == pytest.approx(drawn)
    assert (draw_weights(CARD, draws=10, seed=2) != drawn[:10]).any()


def test_without_its_market_block_firm_a_would_be_an_a():
    found = without_blocks(columns_of([scored(firm_a())], CARD), CARD)
    assert {block: float(scores[0]) for block, scores in found.items()} == {
        Block.LEGAL: 63.2036, Block.TECHNICAL: 69.51, Block.MARKET: 76.36, Block.CREDIT: 69.2531,
    }  # fmt: skip
    (firm,) = examine([scored(firm_a())], CARD, draws=100).firms
    assert firm.without == {
        Block.LEGAL: Grade.B, Block.TECHNICAL: Grade.B, Block.MARKET: Grade.A, Block.CREDIT: Grade.B,
    }  # fmt: skip


def test_counts_of_grades_are_what_scoring_each_weighting_gives():
    sheets = some_firms()
    columns, drawn = columns_of(sheets, CARD), draw_weights(CARD, draws=300, seed=3)
    counts = grade_counts(columns, drawn, CARD)
    for firm, row in zip(columns.points, counts, strict=True):
        rounded = np.floor(firm @ drawn.T * 10_000 + 0.5) / 10_000
        letters = [letter_of(float(value), CARD).value for value in rounded]
        assert [letters.count(letter) for letter in "ABCD"] == row.tolist()


@pytest.mark.parametrize(("points", "grade"), [(75, 0), (74.99995, 0), (74.9999, 1), (60, 1), (59.9999, 2)])
def test_a_line_is_reached_as_on_a_sheet_whatever_single_precision_says(points, grade):
    columns = Columns(np.full((1, 18), float(points)), np.array([True]), np.array([False]))
    counts = grade_counts(columns, draw_weights(CARD, draws=500, seed=4), CARD)
    assert counts[0, grade] == 500


def test_a_firm_that_is_capped_is_never_an_a_and_the_unknown_counts_what_the_card_grants():
    best = {row.code: Reading(Decimal(100)) for row in CARD.indicators}
    capped = scored(best | {code: Reading(None, Missing.SOURCE) for code in ("L1", "L2", "L3")})
    asked = scored(best | {code: Reading(None, Missing.UNDECLARED) for code in ("L1", "L2", "L3")})
    assert capped.is_capped
    points = columns_of([capped, asked], CARD).points
    assert points[0, :3].tolist() == [30, 30, 30]
    assert points[1, :3].tolist() == [0, 0, 0]
    firm, _other = examine([capped, asked], CARD, draws=200).firms
    assert firm.around[Grade.A] == 0
    assert (firm.low_grade, firm.high_grade) == (Grade.A, Grade.A)  # then all is known: no cap


def test_nothing_is_said_of_an_unrated_firm_but_its_range():
    (firm,) = examine([scored(only(BARE))], CARD, draws=100).firms
    assert (firm.around, firm.uniform, firm.times_in, firm.without, firm.holds()) == (None,) * 5
    assert (firm.low_grade, firm.high_grade) == (Grade.D, Grade.A)  # 38.81 to 91.81
    assert grade_range(scored(firm_a()), CARD) == (Grade.B, Grade.B)


def test_ranks_are_what_sorting_gives_and_equals_share_the_best():
    sheets = some_firms(12)
    columns = columns_of([*sheets, sheets[0], sheets[3]], CARD)
    drawn = draw_weights(CARD, draws=200, seed=5)
    cuts = [0, 1, 5, 13, 14, 20]
    counts = rank_counts(columns.points, drawn, cuts)
    expected = np.zeros_like(counts)
    for weights in drawn:
        rounded = np.floor(columns.points @ weights * 10_000 + 0.5)
        ranks = 1 + (rounded[None, :] > rounded[:, None]).sum(axis=1)
        expected += ranks[:, None] <= np.array(cuts)[None, :]
    assert counts.tolist() == expected.tolist()
    assert counts[0].tolist() == counts[12].tolist()


@pytest.mark.parametrize("line", [45, 60, 75])
def test_a_score_on_the_rim_of_what_is_computed_twice_counts_once(line):
    rims = [np.float32(line + side * 1e-3) for side in (-1, 1)]
    rim = [np.nextafter(value, value + step) for value in rims for step in (-1, 0, 1)]
    points = np.array(rim, dtype=np.float64)[:, None]
    assert line_counts(points, np.ones((1, 1)), [line])[:, 0].tolist() == [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize("cut", [1, 70, 699])
# Where the line is sought: by pilots or a sample, by a sample that is nearly always wrong,
# by pilots alone, and by a pilot that is wrong for the other draws.
@pytest.mark.parametrize(("spread", "pilots"), [(4, 16), (4, 2), (0, 16), (50, 16), (50, 1)])
@pytest.mark.parametrize("levels", [(0, 30, 60, 100), (0, 0, 0, 100)])
def test_many_firms_rank_as_few_do_wherever_the_line_is_sought(cut, spread, pilots, levels, monkeypatch):
    points = np.random.default_rng(3).choice(np.array(levels, dtype=np.float64), (700, 18))
    drawn = draw_weights(CARD, draws=150, seed=5)
    expected = rank_counts(points, drawn, [cut])
    monkeypatch.setattr(acceptability, "MANY", 64)
    monkeypatch.setattr(acceptability, "_SPREAD", spread)
    monkeypatch.setattr(acceptability, "_PILOTS", pilots)
    assert rank_counts(points, drawn, [cut]).tolist() == expected.tolist()


@pytest.mark.parametrize("points", [np.zeros((700, 18)), np.full((700, 18), 40.0)])
def test_many_firms_that_are_all_equal_share_the_best_rank(points, monkeypatch):
    monkeypatch.setattr(acceptability, "MANY", 64)
    drawn = draw_weights(CARD, draws=20, seed=5)
    assert rank_counts(points, drawn, [70]).tolist() == [[20]] * 700


def test_rank_acceptability_is_a_share_of_each_rank():
    sheets = [*some_firms(5), scored(only(BARE))]
    table = rank_acceptability(sheets, CARD, draws=300)
    assert [sum(row) for row in table] == [300] * 5 + [0]
    assert [sum(row[rank] for row in table[:5]) for rank in range(5)] == [300] * 5


@pytest.mark.parametrize(
    ("times", "edge"), [(0, False), (200, False), (201, True), (799, True), (800, False), (1000, False)]
)
def test_the_edge_excludes_both_its_ends(times, edge):
    assert is_edge(times, 1000) is edge


def test_a_list_is_told_with_its_length_and_order():
    sheets = some_firms(30)
    found = examine(sheets, CARD, draws=400, cut=10)
    assert (found.cut, found.rated, found.draws) == (10, 30, 400)
    assert sum(firm.times_in for firm in found.firms) == pytest.approx(4000, abs=20)
    assert found.edge_count() == sum(80 < firm.times_in < 320 for firm in found.firms)
    assert all(-1 <= tau <= 1 for tau in found.tau.values())
    assert examine(sheets, CARD, draws=400, cut=10) == found  # same seed, same figures
    assert examine(sheets, CARD, draws=50).cut == sum(sheet.grade in "ABC" for sheet in sheets)


def test_a_card_of_one_block_has_no_block_to_leave_out():
    rows = [replace(row, weight=Decimal(25)) for row in CARD.indicators if row.block is Block.LEGAL]
    card = replace(CARD, indicators=tuple(rows))
    (firm,) = examine([scored(firm_a(), card)], card, draws=100).firms
    assert firm.without == {}
