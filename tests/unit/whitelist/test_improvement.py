"""The cheapest next step against every combination there is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.whitelist.facts import Reading
from ipfin.whitelist.improvement import StepKind, apply_step, next_step
from ipfin.whitelist.scheme import default_card
from ipfin.whitelist.scoring import Grade, ScoreSheet, score
from tests.unit.whitelist.scoring_cases import firm_a

CARD = default_card()


def scored(values, card=CARD):
    return score(values, card, data_as_of=date(2025, 6, 30), inputs={})


def ways_of(row, present: Decimal) -> list[tuple[Decimal, Decimal]]:
    """Return (value, effort) of all that a firm can do about one indicator, nothing included."""
    if row.levels:
        higher = [level for level in row.levels if level > present]
        return [(present, Decimal(0))] + [(level, n * row.effort) for n, level in enumerate(higher, 1)]
    ways, value, effort = [(present, Decimal(0))], present, Decimal(0)
    while value < row.knots[-1][0]:
        value, effort = value + row.step, effort + row.effort
        ways.append((value, effort))
    return ways


def cheapest_by_trying_all(sheet: ScoreSheet, card, line: Decimal) -> Decimal | None:
    """Return the least effort that brings the rounded score to `line`; by looking at every combination."""
    rows = [row for row in card.indicators if row.actionable and sheet.line(row.code).value is not None]
    moving = {row.code for row in rows}
    fixed = sum(
        card.indicator(known.code).points(known.value) * Fraction(known.weight) / 100
        for known in sheet.lines
        if known.code not in moving
    )
    best: list[Decimal | None] = [None]

    def look(place: int, total: Fraction, effort: Decimal) -> None:
        if best[0] is not None and effort >= best[0]:
            return
        if place == len(rows):
            if total + Fraction(1, 20_000) >= line:
                best[0] = effort
            return
        row = rows[place]
        for value, cost in ways_of(row, sheet.line(row.code).value):
            look(place + 1, total + row.points(value) * Fraction(row.weight) / 100, effort + cost)

    look(0, fixed, Decimal(0))
    return best[0]


# Few dealings, so that the oracle has few combinations: one or two indicators may move far.
values = st.fixed_dictionaries(
    {
        "L1": st.sampled_from(["12", "15", "19.25", "20"]),
        "M1": st.integers(0, 8).map(str),
        "M2": st.integers(0, 3).map(str),
        "M3": st.integers(1, 3).map(str),
        "M4": st.sampled_from(["0", "40", "70", "80", "100"]),
        "M5": st.sampled_from(["10", "13.25", "15"]),
        "C2": st.sampled_from(["0", "20", "60", "80", "100"]),
        "T1": st.sampled_from(["0", "0.5", "1", "2"]),
        "C4": st.sampled_from(["0", "30", "50", "100"]),
    }
)


@settings(max_examples=40, deadline=None)
@given(values)
def test_no_combination_reaches_the_next_grade_with_less_effort(changed):
    sheet = scored(firm_a() | {code: Reading(Decimal(value)) for code, value in changed.items()})
    if sheet.grade is Grade.A:
        return
    target = "ABCD"["ABCD".index(sheet.grade.value) - 1]
    expected = cheapest_by_trying_all(sheet, CARD, CARD.lowest_of(target))
    step = next_step(sheet, CARD)
    assert (step.effort if step else None) == expected
    if step:
        assert step.kind is StepKind.IMPROVE
        assert apply_step(sheet, CARD, step).grade is step.target


def test_firm_a_s_step_is_the_cheapest_of_all():
    assert cheapest_by_trying_all(scored(firm_a()), CARD, Decimal(75)) == 9


def test_a_card_of_very_fine_steps_is_still_answered_at_once():
    rows = tuple(
        replace(row, step=Decimal("0.000001")) if row.code == "M5" else row for row in CARD.indicators
    )
    card = replace(CARD, indicators=rows)
    started = process_time()
    step = next_step(scored(firm_a(), card), card)
    assert process_time() - started < 10
    assert apply_step(scored(firm_a(), card), card, step).grade is Grade.A
