"""What each reader sees of a score sheet, and that a bank cannot read a declared figure from it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.accounts.scopes import ScoreDetail
from ipfin.whitelist.explain import peer_medians
from ipfin.whitelist.facts import Missing, Reading
from ipfin.whitelist.scheme import default_card
from ipfin.whitelist.score_paper import paper_parts
from ipfin.whitelist.score_view import PROTECTED, LineState, cut, score_view, shares, told
from ipfin.whitelist.scorecard import CODES, Block
from ipfin.whitelist.scoring import Grade, ScoreSheet, score
from tests.unit.whitelist.scoring_cases import firm_a, only

CARD = default_card()
BARE = {"L1", "L2", "L3", "L4", "T3", "T4", "T5", "C1"}


def scored(values):
    return score(values, CARD, data_as_of=date(2026, 3, 5), inputs={})


def firm(**values):
    return scored(firm_a() | {code: Reading(Decimal(value)) for code, value in values.items()})


def lines(view):
    return {line.code: line for block in view.blocks for line in block.lines}


def everything_said(view) -> str:
    """Return every word and number of a view, without the digest of the inputs (which is one-way)."""
    return repr(view).replace(view.model.inputs_hash, "")


@pytest.mark.parametrize("detail", [ScoreDetail.FULL, ScoreDetail.OWN_SUMMARY])
def test_the_office_and_the_firm_itself_see_every_figure(detail):
    view = score_view(firm(), CARD, detail)
    assert {line.state for line in lines(view).values()} == {LineState.SHOWN}
    assert lines(view)["M5"].value == "5"
    assert lines(view)["M5"].points == Decimal("71.25")
    assert not view.is_partial


def test_a_bank_sees_that_finances_were_declared_and_not_what():
    view = score_view(firm(), CARD, ScoreDetail.EXPLAINED)
    shown = lines(view)
    for code in PROTECTED:
        assert shown[code].state is LineState.DECLARED
        assert (shown[code].value, shown[code].points, shown[code].contribution) == (None, None, None)
    assert view.is_partial


def test_a_bank_sees_patents_in_figures():
    shown = lines(score_view(firm(), CARD, ScoreDetail.EXPLAINED))
    assert (shown["L1"].value, shown["L1"].points) == ("5", Decimal("73.00"))


def test_a_bank_cannot_subtract_its_way_to_a_declared_figure():
    """In a block with a protected value no indicator tells its part, else total minus parts tells it."""
    view = score_view(firm(), CARD, ScoreDetail.EXPLAINED)
    closed = [block for block in view.blocks if block.is_closed]
    assert {block.block for block in closed} == {Block.MARKET, Block.CREDIT}
    for block in closed:
        assert all(line.contribution is None for line in block.lines)
    assert [item.code for item in view.reasons] == ["M2", "C4", "M3", "T1"]
    for item in view.reasons[:3]:
        assert not any(character.isdigit() for character in item.sentence)
    assert "65" in view.reasons[3].sentence


def test_where_nothing_protected_is_known_nothing_is_withheld():
    view = score_view(scored(only(BARE | {"M4"})), CARD, ScoreDetail.EXPLAINED)
    assert not view.is_partial
    assert lines(view)["M4"].value == "70"
    assert lines(view)["M5"].state is LineState.UNKNOWN


@pytest.mark.parametrize("code", sorted(PROTECTED))
def test_one_declared_figure_closes_its_own_block_only(code):
    view = score_view(scored(only(BARE | {code})), CARD, ScoreDetail.EXPLAINED)
    assert [b.block for b in view.blocks if b.is_closed] == [CARD.indicator(code).block]


def test_a_bank_is_told_no_next_step_because_it_names_present_values():
    assert score_view(firm(), CARD, ScoreDetail.EXPLAINED).step is None
    assert score_view(firm(), CARD, ScoreDetail.OWN_SUMMARY).step is not None


def test_what_is_unknown_is_told_to_all_and_how_to_declare_it_to_those_who_can():
    sheet = scored(only(BARE))
    bank, own = (score_view(sheet, CARD, d) for d in (ScoreDetail.EXPLAINED, ScoreDetail.OWN_SUMMARY))
    assert [item.code for item in bank.unknowns] == [item.code for item in own.unknowns]
    assert len(own.unknowns) == len(CODES) - len(BARE)
    assert all(item.how for item in own.unknowns)
    assert not any(item.how for item in bank.unknowns)


def test_who_may_see_no_score_gets_no_view():
    with pytest.raises(ValueError, match="no score"):
        score_view(firm(), CARD, ScoreDetail.NONE)


def test_strengths_are_told_against_medians_and_without_figures_where_those_are_closed():
    medians = peer_medians([firm(M5="0", T1="0")] * 5)
    own = score_view(firm(), CARD, ScoreDetail.OWN_SUMMARY, medians)
    bank = score_view(firm(), CARD, ScoreDetail.EXPLAINED, medians)
    assert [item.code for item in own.strengths] == [item.code for item in bank.strengths] == ["T1", "M5"]
    assert "71.25" in own.strengths[1].sentence
    assert not any(character.isdigit() for character in bank.strengths[1].sentence)
    assert score_view(firm(), CARD, ScoreDetail.FULL).strengths == ()


def test_the_score_of_firm_a_is_cut_and_stands_beside_the_exact_one_to_which_its_parts_sum():
    view = score_view(firm(), CARD, ScoreDetail.FULL)
    assert (view.score, view.exact) == (Decimal("69.68"), Decimal("69.6825"))
    assert sum(block.contribution for block in view.blocks) == view.exact
    assert [told(lines(view)[code].contribution) for code in ("L1", "M5", "M2")] == ["7.30", "3.5625", "0.00"]


def test_a_bank_reads_the_cut_score_only_also_of_a_firm_that_opened_its_figures():
    for opened in (False, True):
        view = score_view(firm(), CARD, ScoreDetail.EXPLAINED, opened=opened)
        assert (view.exact, view.score) == (None, Decimal("69.68"))
        assert sum(block.contribution for block in view.blocks) == view.score
        assert "69.6825" not in everything_said(view)


@pytest.mark.parametrize(("score_", "shown"), [("74.9999", "74.99"), ("75", "75.00"), ("0", "0.00")])
def test_a_score_never_seems_to_reach_a_line_that_it_misses(score_, shown):
    assert str(cut(Decimal(score_))) == shown


def test_shares_go_to_the_largest_remainders_and_ties_to_the_earlier():
    parts = [Decimal("1.005"), Decimal("1.005"), Decimal("0.99")]
    assert shares(parts, Decimal("3.00")) == [Decimal("1.01"), Decimal("1.00"), Decimal("0.99")]


VALUES = st.decimals(min_value=-30, max_value=150, places=6)


@st.composite
def sheets(draw) -> ScoreSheet:
    readings = {}
    for code in CODES:
        value = draw(st.none() | VALUES)
        missing = draw(st.sampled_from(Missing)) if value is None else None
        readings[code] = Reading(value, missing)
    return scored(readings)


@settings(max_examples=40)
@given(sheets(), st.sampled_from([ScoreDetail.FULL, ScoreDetail.OWN_SUMMARY, ScoreDetail.EXPLAINED]))
def test_what_is_shown_sums_to_what_is_shown(sheet, detail):
    view = score_view(sheet, CARD, detail)
    assert sum(block.contribution for block in view.blocks) == (view.exact or view.score)
    assert view.exact is None or cut(view.exact) == view.score
    for block in view.blocks:
        if not block.is_closed:
            assert sum(line.contribution for line in block.lines) == block.contribution
        assert 0 <= block.contribution <= block.weight
        assert 0 <= block.known_weight <= block.weight


@settings(max_examples=40)
@given(sheets(), st.sampled_from(sorted(PROTECTED)), VALUES)
def test_an_indicator_that_is_protected_leaves_a_bank_s_page_only_through_sums(sheet, code, value):
    """Two firms alike but for one protected value: a bank sees them differ in totals and orders only."""
    if sheet.line(code).value is None:
        return
    readings = {line.code: Reading(line.value, line.missing, line.note) for line in sheet.lines}
    other = scored(readings | {code: Reading(value)})
    one, two = (lines(score_view(each, CARD, ScoreDetail.EXPLAINED)) for each in (sheet, other))
    block = CARD.indicator(code).block
    for line in CARD.indicators:
        if line.block is block:
            assert one[line.code] == two[line.code]


@settings(max_examples=40)
@given(sheets())
def test_a_bank_s_page_holds_no_protected_value(sheet):
    """Values of three decimals and more are told apart from every other number of a page."""
    telling = [sheet.line(code).value for code in sorted(PROTECTED)]
    said = everything_said(score_view(sheet, CARD, ScoreDetail.EXPLAINED))
    for value in telling:
        if value is not None and len(str(abs(value)).rstrip("0")) > 7:
            assert str(value) not in said


@settings(max_examples=40)
@given(sheets(), st.sampled_from([ScoreDetail.OWN_SUMMARY, ScoreDetail.EXPLAINED]))
def test_the_paper_says_what_the_page_says(sheet, detail):
    view = score_view(sheet, CARD, detail)
    paper = paper_parts(view)
    assert paper["total"] == f"{view.score:.2f}"
    assert paper["exact"] == ("" if view.exact is None else told(view.exact))
    assert len(paper["criteria"]) == len(CODES)
    assert all(0 <= criterion["share"] <= 100 for criterion in paper["criteria"])
    assert "专家评分卡，非违约概率。" in paper["notes"]
    for criterion, line in zip(paper["criteria"], lines(view).values(), strict=True):
        assert criterion["known"] is (line.state is not LineState.UNKNOWN)
        assert (criterion["points"] == "—") is (line.contribution is None)


def test_the_grades_that_the_unknown_leaves_are_told_to_all_and_nothing_where_all_is_known():
    known, bare = firm(), scored(only(BARE))
    for detail in (ScoreDetail.FULL, ScoreDetail.EXPLAINED):
        assert score_view(known, CARD, detail).grades_reached is None
        said = str(score_view(bare, CARD, detail).grades_reached)
        assert said == "未知项全部补齐后，等级可能在D级到A级之间。"


def test_every_sentence_of_an_ungraded_firm_promises_no_grade():
    view = score_view(scored(only(BARE)), CARD, ScoreDetail.OWN_SUMMARY)
    assert view.grade is Grade.UNRATED
    assert view.step is not None
    assert view.step.target is None
