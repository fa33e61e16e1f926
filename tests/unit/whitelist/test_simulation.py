"""What a draft would change: who enters and leaves, how far it drifts, which groups fall behind."""

from dataclasses import replace
from decimal import Decimal

import pytest

from ipfin.registry.industries import DIVISIONS, section
from ipfin.whitelist.capital import band
from ipfin.whitelist.facts import Missing, Reading
from ipfin.whitelist.scheme import default_card
from ipfin.whitelist.scoring import Grade, score
from ipfin.whitelist.simulation import (
    Concern,
    Grouping,
    concerns_of,
    digest_of,
    drift_words,
    impact,
    readings_of,
    simulate,
)
from tests.unit.whitelist.test_card_workshop import TODAY

CARD = default_card()
HALF = {row.code: (row.knots[0][0] + row.knots[-1][0]) / 2 for row in CARD.indicators}


def sheet(**values: object):
    readings = {code: Reading(Decimal(str(values.get(code, value)))) for code, value in HALF.items()}
    readings["T1"] = Reading(None, Missing.SOURCE)
    readings["C2"] = Reading(None, Missing.UNDECLARED) if "C2" not in values else readings["C2"]
    return score(readings, CARD, data_as_of=TODAY, inputs={})


SHEETS = [sheet(L1=number, C2=100 if number % 2 else 0) for number in range(12)]
CODES = [row.code for row in CARD.indicators]
GROUPS = {Grouping.COUNTY: ["a"] * 6 + ["b"] * 5 + ["c"]}


def tried(draft, line: Grade = Grade.B):
    readings = readings_of([one.as_json() for one in SHEETS], CODES)
    return simulate(readings, list(range(12)), CARD, draft, line, GROUPS)


def test_the_card_in_force_tried_on_itself_changes_nothing_and_finds_the_stored_scores() -> None:
    found = tried(CARD)
    assert (found["entered"], found["left"], found["psi"], found["tau_b"]) == ([], [], 0.0, 1.0)
    stored = [one.grade for one in SHEETS]
    assert {g.value: sum(row.values()) for g, row in zip(Grade, found["matrix"].values(), strict=True)} == {
        grade.value: stored.count(grade) for grade in Grade
    }
    assert found["missing"]["T1"] == 1.0
    assert digest_of(found) == digest_of(tried(CARD))


def test_a_lower_line_lets_firms_in_and_a_higher_one_out_with_their_scores() -> None:
    letters = dict(CARD.grades)
    lower = replace(CARD, grades=tuple((g, Decimal(50) if g == "B" else low) for g, low in CARD.grades))
    higher = replace(CARD, grades=tuple((g, Decimal(74) if g == "B" else low) for g, low in CARD.grades))
    let_in, let_out = tried(lower), tried(higher)
    assert {row[0] for row in let_in["entered"]} == {
        place for place, one in enumerate(SHEETS) if 50 <= one.graded_score < letters["B"]
    }
    assert {row[0] for row in let_out["left"]} == {
        place for place, one in enumerate(SHEETS) if letters["B"] <= one.graded_score < 74
    }
    for place, _was, _is, before, after in (*let_in["entered"], *let_out["left"]):
        assert before == after == int(SHEETS[place].graded_score * 10_000)


def test_an_indicator_that_was_never_read_is_named_and_unknown() -> None:
    stored = [one.as_json() for one in SHEETS]
    for one in stored:
        one["lines"] = [line for line in one["lines"] if line["code"] != "M3"]
    readings = readings_of(stored, CODES)
    found = simulate(readings, list(range(12)), CARD, CARD, Grade.C, {})
    assert (found["unread"], found["missing"]["M3"]) == (["M3"], 1.0)


def test_groups_below_five_are_not_told_and_are_nobodys_yardstick() -> None:
    groups = ["a"] * 5 + ["b"] * 10 + ["c"] * 4 + [""] * 5
    now = [True] * 4 + [False] + [True] * 6 + [False] * 4 + [True] * 4 + [False] * 5
    found = impact(groups, [True] * 24, now)
    told = {row["group"]: row for row in found["told"]}
    assert found["hidden"] == 4
    assert set(told) == {"a", "b", ""}
    assert (told["a"]["share"], told["a"]["ratio"], told["b"]["ratio"]) == (0.8, 1.0, 0.75)
    assert (told["b"]["low"], told["b"]["high"]) == (0.312674, 0.831820)
    assert told[""]["ratio"] is None  # nothing is known of it that could be fair or not


@pytest.mark.parametrize(
    ("psi", "tau_b", "ratio", "concerns"),
    [
        (0.2499, 0.8, 0.8, []),
        (0.25, 0.8, 0.8, [Concern.PSI]),
        (0.1, 0.7999, 0.8, [Concern.ORDER]),
        (0.1, None, 0.7999, [Concern.IMPACT]),
    ],
)
def test_what_wants_a_word(psi: float, tau_b: float | None, ratio: float, concerns: list[Concern]) -> None:
    groups = {"county": {"told": [{"ratio": ratio}, {"ratio": None}], "hidden": 0}}
    assert concerns_of({"psi": psi, "tau_b": tau_b, "groups": groups}) == concerns


def test_the_words_of_a_drift_change_at_its_two_lines() -> None:
    assert len({str(drift_words(value)) for value in (0.0999, 0.1, 0.25)}) == 3
    assert str(drift_words(0.1)) == str(drift_words(0.2499))


def test_sections_and_bands_of_capital_on_both_sides_of_their_lines() -> None:
    assert [section(code) for code in ("C3489", "3489", "13", "43", "44", "A", "99", "")] == [
        *("C", "C", "C", "C", "D", "", "", "")
    ]
    assert {section(code) for code in DIVISIONS} == set("ABCDEFGHIJKLMNOPQR")
    wan = Decimal(1_000_000)
    assert [band(value * wan, "CNY") for value in (0, 499, 500, 4999, 5000)] == [
        *("below_500", "below_500", "500_to_5000", "500_to_5000", "from_5000")
    ]
    assert (band(None, ""), band(wan, "USD")) == ("", "")
