"""What is told of a list under other weights."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ipfin.kernel.text import translate
from ipfin.whitelist.panel import (
    BANDS,
    Method,
    band_chart,
    band_counts,
    band_labels,
    holds_sentence,
    panel,
    percent_told,
    share_bp,
)
from ipfin.whitelist.robustness import examine
from ipfin.whitelist.scheme import default_card
from ipfin.whitelist.scoring import Grade
from tests.unit.whitelist.scoring_cases import firm_a, only
from tests.unit.whitelist.test_robustness import BARE, scored, some_firms

CARD = default_card()


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (0, 0),
        (1, 1),
        (149, 1),
        (150, 2),
        (9649, 96),
        (9650, 97),
        (9667, 97),
        (9950, 99),
        (9999, 99),
        (10_000, 100),
    ],
)
def test_a_hundred_per_cent_means_all_and_nought_means_none(share, told):
    assert percent_told(share) == told
    assert holds_sentence(share) == f"{told}%的权重下等级不变"


def test_what_was_not_examined_has_no_sentence():
    assert holds_sentence(None) is None
    assert share_bp(9999, 10_001) == 9998


def test_bands_count_every_rated_firm_once():
    (firm,) = examine([scored(firm_a())], CARD, draws=10_000).firms
    held = [10_000, 9_999, 9_500, 9_499, 8_000, 7_999, 5_000, 4_999, 0]
    firms = [replace(firm, around={**dict.fromkeys(firm.around, 0), Grade.B: count}) for count in held]
    (unrated,) = examine([scored(only(BARE))], CARD, draws=100).firms
    assert band_counts([*firms, unrated], 10_000) == [1, 2, 2, 2, 2]
    assert len(BANDS) == len(band_labels()) == len(band_chart([1, 2, 2, 2, 2]).table) - 1


def test_the_panel_compares_and_weighs_but_grades_nobody():
    sheets = [*some_firms(20), scored(only(BARE))]
    rows = panel(sheets, CARD, 8)
    assert [row.method for row in rows] == list(Method)
    for row in rows:
        assert -1 <= row.tau <= 1
        assert 0 <= row.stay <= 8
        assert sum(row.blocks.values()) == pytest.approx(1)
    assert rows[0].blocks["legal"] == pytest.approx(0.30)
    assert panel([scored(only(BARE))], CARD, 0) == []


def test_the_sentence_has_its_english():
    assert "97%" in translate(holds_sentence(9667), "en")
