"""The arithmetic of the score: worked numbers, lines on both sides, invariants."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _
from ipfin.whitelist.facts import Missing, Reading
from ipfin.whitelist.scheme import default_card
from ipfin.whitelist.scorecard import CODES
from ipfin.whitelist.scoring import (
    GRADE_ORDER,
    Grade,
    ScoreSheet,
    grade_for,
    inputs_digest,
    score,
    score_many,
    ten_thousandths,
)
from tests.unit.whitelist.scoring_cases import firm_a, only, table

AS_OF = date(2025, 6, 30)
CARD = default_card()


def scored(values):
    return score(values, CARD, data_as_of=AS_OF, inputs={"firm": 1})


@pytest.mark.parametrize("row", table("Worked example: firm A"), ids=lambda row: row["code"])
def test_firm_a_earns_the_points_and_contributions_of_the_rules(row):
    line = scored(firm_a()).line(row["code"])
    assert (line.points, line.contribution) == (Decimal(row["points"]), Decimal(row["contribution"]))


@pytest.mark.parametrize("row", table("Worked example: firm A", 1), ids=lambda row: row["figure"])
def test_firm_a_has_the_figures_of_the_rules(row):
    assert str(getattr(scored(firm_a()), row["figure"])) == row["firm A"]


@pytest.mark.parametrize("row", table("Worked example: a bare list"), ids=lambda row: row["coverage"])
def test_a_bare_list_is_scored_but_not_graded(row):
    sheet = scored(only(set(row.pop("known").split())))
    assert {figure: str(getattr(sheet, figure)) for figure in row} == row


@pytest.mark.parametrize("row", table("Grades and coverage: both sides of every line"))
def test_grades_change_exactly_on_their_lines(row):
    grade, is_capped = grade_for(Decimal(row["graded score"]), Decimal(row["coverage"]), CARD)
    assert (grade.value, is_capped) == (row["grade"], row["capped"] == "yes")


def test_what_was_asked_for_and_not_declared_counts_nothing():
    asked = {code: Reading(None, Missing.UNDECLARED) for code in ("M1", "M2", "M3", "M4", "M5")}
    unasked = {code: Reading(None, Missing.SOURCE) for code in asked}
    hidden, unknown = scored(firm_a() | asked), scored(firm_a() | unasked)
    assert unknown.graded_score - hidden.graded_score == Decimal("7.5")  # 30 points on a weight of 25
    assert unknown.score == hidden.score


def test_hiding_a_weak_figure_never_raises_the_graded_score():
    weak = firm_a() | {"C2": Reading(Decimal(0))}
    hidden = firm_a() | {"C2": Reading(None, Missing.UNDECLARED)}
    assert scored(hidden).score > scored(weak).score
    assert scored(hidden).graded_score == scored(weak).graded_score


def test_nothing_known_is_not_rated_and_has_no_score():
    sheet = scored({code: Reading(None, Missing.SOURCE) for code in CODES})
    assert (sheet.grade, sheet.score, sheet.coverage) == (Grade.UNRATED, 0, 0)
    assert (sheet.graded_score, sheet.lowest, sheet.highest) == (30, 0, 100)


def card_in_thirds(*codes):
    """Return the default card in which a value of 1 earns a third of the points of `codes`."""
    thirds = ((Decimal(0), Decimal(0)), (Decimal(3), Decimal(100)))
    rows = tuple(replace(row, knots=thirds) if row.code in codes else row for row in CARD.indicators)
    return replace(CARD, indicators=rows)


def scored_in_thirds(*codes):
    values = {code: Reading(None, Missing.UNDECLARED) for code in CODES}
    values |= {code: Reading(Decimal(1)) for code in codes}
    return score(values, card_in_thirds(*codes), data_as_of=AS_OF, inputs={})


def test_thirds_are_not_rounded_before_they_are_summed():
    """10/3 + 4/3 + 4/3 is 6, on the line; rounded one by one they would give 5.9999, below it."""
    assert scored_in_thirds("L1", "T5", "C1").graded_score == 6


def test_contributions_share_the_rounding_by_largest_remainder_and_then_by_order():
    sheet = scored_in_thirds("L1", "T5", "C1")
    parts = [sheet.line(code).contribution for code in ("L1", "T5", "C1")]
    assert parts == [Decimal("3.3334"), Decimal("1.3333"), Decimal("1.3333")]


def test_the_largest_remainder_comes_before_the_order():
    sheet = scored_in_thirds("T5", "M4")  # 4/3 + 8/3
    assert [sheet.line(code).contribution for code in ("T5", "M4")] == [Decimal("1.3333"), Decimal("2.6667")]


def test_a_third_alone_is_rounded_half_up():
    assert scored_in_thirds("M4").graded_score == Decimal("2.6667")


@pytest.mark.parametrize("bad", ["NaN", "Infinity", "-Infinity"])
def test_a_value_that_is_no_number_is_refused(bad):
    with pytest.raises(BadInput, match="指标L1"):
        scored(firm_a() | {"L1": Reading(Decimal(bad))})


def test_a_reading_is_known_or_missing_and_never_both_or_neither():
    for value, missing in ((None, None), (Decimal(1), Missing.SOURCE)):
        with pytest.raises(ValueError):
            Reading(value, missing)


def test_a_sheet_comes_back_from_its_bytes_with_notes():
    values = firm_a() | {
        "L2": Reading(Decimal("11"), note=_("其中%(count)s件只有申请年。", count=2)),
        "M1": Reading(None, Missing.UNDECLARED, _("未申报。")),
    }
    sheet = scored(values)
    again = ScoreSheet.from_json(sheet.as_bytes())
    assert again == sheet
    assert again.as_bytes() == sheet.as_bytes()
    assert ScoreSheet.from_json(sheet.as_json()) == sheet
    assert again.line("L2").note.params == {"count": 2}


def test_a_sheet_of_another_format_is_refused():
    with pytest.raises(BadInput, match="格式版本“9”"):
        ScoreSheet.from_json(scored(firm_a()).as_json() | {"format": 9})


def test_a_sheet_names_model_version_day_and_inputs():
    sheet = scored(firm_a())
    assert (sheet.model_id, sheet.config_version, sheet.data_as_of) == ("anyang-whitelist", "1.0.0", AS_OF)
    assert sheet.inputs_hash == inputs_digest({"firm": 1}) != inputs_digest({"firm": 2})
    assert inputs_digest({"a": 1, "b": 2}) == inputs_digest({"b": 2, "a": 1})


def test_rows_keep_scores_as_whole_ten_thousandths():
    assert ten_thousandths(Decimal("69.6825")) == 696825
    assert ten_thousandths(Decimal(0)) == 0


def test_grades_are_ordered_from_best_to_unrated():
    assert sorted(GRADE_ORDER, key=GRADE_ORDER.__getitem__) == ["A", "B", "C", "D", "unrated"]


def readings_of(row):
    low, high = row.knots[0][0], row.knots[-1][0]
    values = st.decimals(low - 5, high + 5, places=6)
    return st.one_of(values.map(Reading), st.sampled_from([Reading(None, missing) for missing in Missing]))


firms = st.fixed_dictionaries({row.code: readings_of(row) for row in CARD.indicators})


@given(firms)
@settings(deadline=None, max_examples=40)
def test_contributions_sum_to_the_graded_score_and_the_interval_holds_it(values):
    sheet = scored(values)
    assert sum(line.contribution for line in sheet.lines) == sheet.graded_score
    assert 0 <= sheet.lowest <= sheet.graded_score <= sheet.highest <= 100
    assert sheet.lowest <= sheet.score + Decimal("0.0001") or sheet.coverage == 0
    assert sheet.highest >= sheet.score or sheet.coverage == 0
    known = sum(line.weight for line in sheet.lines if line.value is not None)
    assert sheet.coverage * 100 == known


@given(firms)
@settings(deadline=None, max_examples=40)
def test_points_on_the_sheet_are_those_of_the_card(values):
    for line in scored(values).lines:
        if line.value is not None:
            exact = CARD.indicator(line.code).points(line.value)
            assert abs(exact - Fraction(line.points)) <= Fraction(1, 20_000)


@given(firms, st.sampled_from(CODES), st.decimals(0, 100, places=6))
@settings(deadline=None, max_examples=40)
def test_more_of_an_indicator_never_lowers_a_score_or_a_grade(values, code, more):
    start = values[code].value if values[code].value is not None else Decimal(0)
    before = scored(values | {code: Reading(start)})
    after = scored(values | {code: Reading(start + more)})
    assert after.graded_score >= before.graded_score
    assert after.score >= before.score
    assert GRADE_ORDER[after.grade] <= GRADE_ORDER[before.grade]


@given(st.lists(firms, min_size=1, max_size=5), firms)
@settings(deadline=None, max_examples=25)
def test_a_further_firm_changes_no_other_sheet_and_a_batch_equals_single_firms(many, further):
    cases = [(values, {"place": place}) for place, values in enumerate(many)]
    alone = [score(values, CARD, data_as_of=AS_OF, inputs=inputs) for values, inputs in cases]
    together = score_many([(further, {}), *cases], CARD, data_as_of=AS_OF)[1:]
    assert [sheet.as_bytes() for sheet in together] == [sheet.as_bytes() for sheet in alone]


@given(firms)
@settings(deadline=None, max_examples=25)
def test_same_inputs_give_same_bytes_in_any_order_of_readings(values):
    turned = dict(reversed(values.items()))
    assert scored(values).as_bytes() == scored(turned).as_bytes()


@given(firms, st.sampled_from(CODES))
@settings(deadline=None, max_examples=40)
def test_losing_an_indicator_never_narrows_the_interval(values, code):
    full, less = scored(values), scored(values | {code: Reading(None, Missing.SOURCE)})
    assert less.lowest <= full.lowest
    assert less.highest >= full.highest
    assert replace(less, lines=()).coverage <= full.coverage
