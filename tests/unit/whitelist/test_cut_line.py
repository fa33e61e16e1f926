"""Where a round's cut falls: bins begin at the line, no bar lies on both sides of it."""

from __future__ import annotations

import re

import pytest

from ipfin.whitelist.admission import EntryOutcome
from ipfin.whitelist.cut_line import WIDTH_E4, cut_chart, distance_words, line_of, offset_of, points
from ipfin.whitelist.scheme import default_card
from ipfin.whitelist.scoring import Grade

IN, BELOW = EntryOutcome.ADMITTED, EntryOutcome.BELOW_LINE


@pytest.mark.parametrize(("grade", "line"), [("A", 750_000), ("B", 600_000), ("C", 450_000), ("D", 0)])
def test_the_line_is_the_lowest_score_of_the_rounds_grade(grade: str, line: int) -> None:
    assert line_of(default_card(), Grade(grade)) == line


@pytest.mark.parametrize("line", [600_000, 625_000, 600_001, 0])
def test_a_bin_begins_exactly_at_the_line(line: int) -> None:
    assert (line + offset_of(line)) % WIDTH_E4 == 0
    assert (line - 1 + offset_of(line)) // WIDTH_E4 == (line + offset_of(line)) // WIDTH_E4 - 1


def test_the_chart_draws_the_line_between_the_bars_and_tells_it_in_words() -> None:
    chart = cut_chart({(11, BELOW): 3, (12, IN): 2, (13, IN): 1}, 600_000)
    assert chart is not None
    assert [row[0] for row in chart.table[1:]] == ["55–60", "60–65", "65–70"]
    assert "入选线60分" in chart.description
    along = float(re.search(r'<line x1="([0-9.]+)"', chart.svg)[1])
    bars = [float(x) for x in re.findall(r'<rect x="([0-9.]+)"', chart.svg)]
    assert max(x for x in bars if x < along) < along < max(bars)
    assert "入选线60" in chart.svg


def test_without_candidates_or_a_line_nothing_is_invented() -> None:
    assert cut_chart({}, 600_000) is None
    lone = cut_chart({(3, IN): 1}, 0)
    assert lone is not None
    assert "<line" not in lone.svg
    far = cut_chart({(19, IN): 1}, 450_000)
    assert far is not None
    assert len(far.table) == 1 + 12  # from 40 to 100, the two bins beside the line among them


def test_distances_are_told_both_ways_and_on_the_line() -> None:
    assert str(distance_words(600_000, 600_000)) == "正在线上"
    assert str(distance_words(605_000, 600_000)) == "高0.5分"
    assert str(distance_words(599_999, 600_000)) == "低0.0001分"
    assert (points(600_000), points(625_000), points(0)) == ("60", "62.5", "0")
