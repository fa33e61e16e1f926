"""Reasons, strengths, unknowns and the cheapest next step."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.whitelist.explain import grade_sentence, peer_medians, reasons, strengths, unknowns
from ipfin.whitelist.facts import Missing, Reading
from ipfin.whitelist.improvement import StepKind, apply_step, next_step
from ipfin.whitelist.scheme import default_card
from ipfin.whitelist.scorecard import CODES
from ipfin.whitelist.scoring import GRADE_ORDER, Grade, score
from tests.unit.whitelist.scoring_cases import firm_a, only, table

CARD = default_card()
BARE = {"L1", "L2", "L3", "L4", "T3", "T4", "T5", "C1"}


def scored(values, card=CARD):
    return score(values, card, data_as_of=date(2025, 6, 30), inputs={})


def firm(**values):
    return scored(firm_a() | {code: Reading(Decimal(value)) for code, value in values.items()})


def test_the_reasons_of_firm_a_are_those_of_the_rules():
    expected = [(row["code"], Decimal(row["loss"])) for row in table("Worked example: firm A", 2)]
    assert [(reason.code, reason.amount) for reason in reasons(scored(firm_a()), CARD)] == expected


def test_losses_that_are_equal_only_after_rounding_are_still_ties():
    """T3 at 66.6667 points of weight 6 and T4 at 33.3333 of weight 3 both lose exactly 2."""
    full = {row.code: Reading(row.knots[-1][0]) for row in CARD.indicators}
    thirds = replace(CARD.indicator("T4"), knots=((Decimal(0), Decimal(0)), (Decimal(3), Decimal(100))))
    card = replace(CARD, indicators=tuple(thirds if r.code == "T4" else r for r in CARD.indicators))
    sheet = scored(full | {"T3": Reading(Decimal("0.4")), "T4": Reading(Decimal(1))}, card)
    assert [(reason.code, reason.amount) for reason in reasons(sheet, card)] == [("T3", 2), ("T4", 2)]


def test_full_points_are_no_reason():
    full = {row.code: Reading(row.knots[-1][0]) for row in CARD.indicators}
    assert reasons(scored(full), CARD) == []


def test_a_reason_says_indicator_points_weight_and_loss():
    (first, *_rest) = reasons(scored(firm_a()), CARD)
    assert first.sentence == "许可与转让得0分（满分100，权重4），少得4分"


def test_strengths_are_the_three_greatest_leads_over_the_peers():
    peers = [firm(L1=1, L2=6, C2=60, M1=0)] * 5
    leads = strengths(scored(firm_a()), CARD, peer_medians(peers))
    assert [(lead.code, lead.amount) for lead in leads] == [
        ("L1", Decimal("3.3")),
        ("M1", Decimal("3.25")),
        ("L2", Decimal("2.24")),
    ]
    assert leads[0].sentence == "有效专利存量得73分，比同类企业中位数多得3.3分"


def test_a_median_needs_five_firms_that_know_the_figure():
    four = [scored(firm_a())] * 4
    assert peer_medians(four) == {}
    without = scored(firm_a() | {"M1": Reading(None, Missing.SOURCE)})
    medians = peer_medians([*four, without])
    assert medians["L1"] == 73
    assert "M1" not in medians


def test_being_equal_to_the_peers_is_no_strength():
    peers = peer_medians([scored(firm_a())] * 5)
    assert strengths(scored(firm_a()), CARD, peers) == []


def test_unknown_indicators_are_listed_heaviest_first_with_the_way_to_declare():
    listed = unknowns(scored(only(BARE)), CARD)
    assert [unknown.code for unknown in listed] == [
        "M4",
        "T1",
        "C2",
        "C4",
        "M1",
        "M5",
        "C3",
        "M2",
        "T2",
        "M3",
    ]
    assert listed[0].could_add == Decimal("5.6")  # a weight of 8 less the 30 points granted
    assert "资质" in listed[0].how
    assert "企业资质未知，最多可再得5.6分" in listed[0].sentence
    asked = unknowns(scored(only(BARE, Missing.UNDECLARED)), CARD)
    assert asked[0].could_add == 8


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (firm_a(), "评级用分69.6825，评为B级；已知指标占100%。"),
        (only(BARE), "资料不足，不评级：已知指标占47%，低于60%。"),
        (
            {row.code: Reading(row.knots[-1][0]) for row in CARD.indicators}
            | {code: Reading(None, Missing.SOURCE) for code in ("M4", "T1", "C2")},
            "评级用分84.6，已达A级分数；但已知指标只占78%，低于80%，最高评B级。",
        ),
    ],
)
def test_the_grade_is_explained_in_one_sentence(values, said):
    assert grade_sentence(scored(values), CARD) == said


# --- The next step ---------------------------------------------------------------------------------


def test_firm_a_reaches_an_a_at_an_effort_of_nine():
    """5.3175 points are lacking and no indicator alone can add so much.

    C2 to A adds 1.2, two product filings 0.95, two dealings 3.2: 5.35 for 3 + 2 + 4. Taking the largest
    single gain first (M2 to 3, then M1 to 6) would cost 10: the cheapest way is not the greedy one.
    """
    sheet = scored(firm_a())
    step = next_step(sheet, CARD)
    assert [(change.code, change.before, change.after) for change in step.changes] == [
        ("C2", 80, 100),
        ("M1", 2, 4),
        ("M2", 0, 2),
    ]
    assert step.effort == 1 * 3 + 2 * 1 + 2 * 2 == 9
    assert step.sentence == "做到以下3项可达A级。"
    assert apply_step(sheet, CARD, step).grade is Grade.A


def test_one_indicator_is_named_where_one_suffices():
    near = firm(L1=8, M1=3, M4=80, M2=1)  # 74.8325: 0.1675 lacking, a fourth product filing adds 0.2
    step = next_step(near, CARD)
    (change,) = step.changes
    assert near.graded_score == Decimal("74.8325")
    assert (change.code, change.before, change.after) == ("M1", 3, 4)
    assert change.sentence == "专利产品备案由3提高到4（件）"
    assert apply_step(near, CARD, step).grade is Grade.A


def test_one_step_less_would_not_do():
    rows = tuple(replace(row, actionable=row.code == "M2") for row in CARD.indicators)
    card = replace(CARD, indicators=rows)
    near = firm_a() | {"L1": Reading(Decimal(8)), "M1": Reading(Decimal(3))}  # 71.6325: 3.3675 lacking
    assert next_step(scored(near, card), card).changes[0].after == 3
    assert scored(near | {"M2": Reading(Decimal(2))}, card).grade is Grade.B


def test_a_line_that_is_met_exactly_is_met():
    """A third product filing takes M1 from 65 to 80 points of weight 5: 0.75 more, no more and no less."""
    for lacking, filings in (("0.75", 3), ("0.7501", 4)):
        line = ("A", Decimal("69.6825") + Decimal(lacking))
        card = replace(CARD, grades=(line, *CARD.grades[1:]))
        rows = tuple(replace(row, actionable=row.code == "M1") for row in card.indicators)
        card = replace(card, indicators=rows)
        step = next_step(scored(firm_a(), card), card)
        assert [(change.code, change.after) for change in step.changes] == [("M1", filings)]
        assert apply_step(scored(firm_a(), card), card, step).grade is Grade.A


def test_a_score_that_is_rounded_onto_the_line_suffices():
    """One step adds 8/3, 2.66666..., which the sheet rounds to 2.6667."""
    thirds = ((Decimal(0), Decimal(0)), (Decimal(3), Decimal(100)))
    rows = tuple(
        replace(row, knots=thirds, levels=()) if row.code == "M4" else replace(row, actionable=False)
        for row in CARD.indicators
    )
    base = scored(firm_a() | {"M4": Reading(Decimal(0))}).graded_score
    card = replace(CARD, indicators=rows, grades=(("A", base + Decimal("2.6667")), *CARD.grades[1:]))
    step = next_step(scored(firm_a() | {"M4": Reading(Decimal(0))}, card), card)
    assert [change.after for change in step.changes] == [1]
    assert apply_step(scored(firm_a() | {"M4": Reading(Decimal(0))}, card), card, step).grade is Grade.A


def test_levels_move_to_the_next_level_that_suffices_and_not_between():
    rows = tuple(replace(row, actionable=row.code == "M4") for row in CARD.indicators)
    for lacking, level in (("0.8", 80), ("0.81", 100)):  # ten points of weight 8 are 0.8
        line = ("A", Decimal("69.6825") + Decimal(lacking))
        card = replace(CARD, indicators=rows, grades=(line, *CARD.grades[1:]))
        (change,) = next_step(scored(firm_a(), card), card).changes
        assert (change.code, change.before, change.after) == ("M4", 70, level)


def test_an_a_has_no_next_step():
    assert next_step(firm(M2=3, M3=3), CARD) is None


def test_an_unrated_firm_is_told_what_to_declare_first():
    step = next_step(scored(only(BARE)), CARD)
    assert (step.kind, step.target) == (StepKind.DECLARE, None)
    assert [change.code for change in step.changes] == ["M4", "T1"]  # 47 + 8 + 8 >= 60
    assert step.sentence == "补齐2项资料后，已知指标可达60%的要求。"
    assert step.changes[0].after is None


def test_declarations_that_reach_the_coverage_line_exactly_are_enough():
    sheet = scored(only(BARE | {"M1"}))
    assert sheet.coverage == Decimal("0.52")
    assert [change.code for change in next_step(sheet, CARD).changes] == ["M4"]  # 52 + 8 = 60


def test_a_firm_that_coverage_keeps_from_a_is_told_what_to_declare():
    full = {row.code: Reading(row.knots[-1][0]) for row in CARD.indicators}
    capped = scored(full | {code: Reading(None, Missing.SOURCE) for code in ("M4", "T1", "C2")})
    assert capped.is_capped
    assert [change.code for change in next_step(capped, CARD).changes] == ["M4"]
    short = scored(only(set(CODES) - {"M3", "T2", "M5", "C4", "M1"}))
    assert (short.grade, short.is_capped, short.coverage) == (Grade.B, False, Decimal("0.77"))
    assert [change.code for change in next_step(short, CARD).changes] == ["C4"]


def test_nothing_actionable_left_means_no_step():
    card = replace(CARD, indicators=tuple(replace(row, actionable=False) for row in CARD.indicators))
    assert next_step(scored(firm_a(), card), card) is None
    full = {
        row.code: Reading(row.knots[-1][0] if row.actionable else row.knots[0][0]) for row in CARD.indicators
    }
    assert next_step(scored(full), CARD) is None


def test_the_lower_effort_wins_and_a_tie_goes_by_code():
    """Two steps of M1, one of M2 or one level of M4 each add enough; effort decides between them."""
    line = ("A", Decimal("69.6825") + Decimal("0.8"))
    for m1, m2, m4, chosen in ((1, 3, 3, "M1"), (2, 3, 4, "M2"), (2, 9, 1, "M4"), (1, 2, 2, "M1")):
        efforts = {"M1": Decimal(m1), "M2": Decimal(m2), "M4": Decimal(m4)}
        rows = tuple(
            replace(row, actionable=row.code in efforts, effort=efforts.get(row.code, row.effort))
            for row in CARD.indicators
        )
        card = replace(CARD, indicators=rows, grades=(line, *CARD.grades[1:]))
        assert [change.code for change in next_step(scored(firm_a(), card), card).changes] == [chosen]


def readings_of(row):
    if row.levels:
        known = st.sampled_from(row.levels)
    else:
        known = st.decimals(row.knots[0][0], row.knots[-1][0], places=1)
    return st.one_of(known.map(Reading), known.map(Reading), st.just(Reading(None, Missing.SOURCE)))


@given(st.fixed_dictionaries({row.code: readings_of(row) for row in CARD.indicators}))
@settings(deadline=None, max_examples=40)
def test_an_improvement_always_reaches_its_grade_and_a_declaration_its_line(values):
    sheet = scored(values)
    step = next_step(sheet, CARD)
    if step is None:
        return
    if step.kind is StepKind.DECLARE:
        more = sum(CARD.indicator(change.code).weight for change in step.changes) / 100
        line = CARD.refuse_below if sheet.grade is Grade.UNRATED else CARD.cap_below
        assert sheet.coverage < line <= sheet.coverage + more
    else:
        assert GRADE_ORDER[apply_step(sheet, CARD, step).grade] <= GRADE_ORDER[step.target]
        assert all(change.after > change.before for change in step.changes)
        assert len({change.code for change in step.changes}) == len(step.changes)


@given(st.fixed_dictionaries({row.code: readings_of(row) for row in CARD.indicators}))
@settings(deadline=None, max_examples=40)
def test_losses_and_contributions_account_for_every_known_weight(values):
    sheet = scored(values)
    for reason in reasons(sheet, CARD, top=len(CODES)):
        line = sheet.line(reason.code)
        assert abs(line.weight - line.contribution - reason.amount) <= Decimal("0.0002")
