"""What somebody writes down becomes readings, or a sentence; the sheet comes back in exact numbers."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.kernel.errors import BadInput
from ipfin.whitelist.facts import Missing
from ipfin.whitelist.scheme import DEFAULT_CARD, default_card, load_card
from ipfin.whitelist.scorecard import CODES
from ipfin.whitelist.short_card import load_trial_card
from ipfin.whitelist.whatif import MOST_BYTES, read_json, read_trial, sheet_as_numbers
from tests.unit.whitelist.scoring_cases import table

CARD = default_card()
ON = date(2026, 3, 5)
FIRM_A = {row["code"]: row["value"] for row in table("Worked example: firm A")}
FIRM_A_JSON = "{" + ",".join(f'"{code}": {value}' for code, value in FIRM_A.items()) + "}"

# The card of the rules, as somebody would jot it down.
SHORT = (
    """
id="anyang-whitelist"; version="1.0.0"; missing={source=30,undeclared=0}; grade={A=75,B=60,C=45}
""".replace("; ", "\n")
    + "coverage={refuse=0.60,cap_B=0.80}\n"
    + "\n".join(
        f'{row.code}={{w={row.weight},k={[[float(x), float(y)] for x, y in row.knots]},src="{row.id}"}}'
        for row in CARD.indicators
    )
)


def trial(text: str | bytes, card=CARD):
    return read_trial(read_json(text if isinstance(text, bytes) else text.encode()), card)


def told(text: str, card=CARD):
    given_values = trial(text, card)
    return sheet_as_numbers(given_values, given_values.sheet(card, ON), card)


def test_firm_a_is_told_exactly():
    sheet = told(FIRM_A_JSON)
    assert sheet["score"] == sheet["graded_score"] == Decimal("69.6825")
    assert (sheet["grade"], sheet["coverage"], sheet["interval"]) == ("B", 1, [Decimal("69.6825")] * 2)
    assert [(reason["code"], reason["loss"]) for reason in sheet["reasons"]] == [
        ("M2", 4), ("C4", 3), ("M3", 3), ("T1", Decimal("2.8")),
    ]  # fmt: skip
    assert sheet["contributions"] == {
        row["code"]: Decimal(row["contribution"]) for row in table("Worked example: firm A")
    }
    assert sum(sheet["blocks"].values()) == Decimal("69.6825")
    assert sheet["next_step"]["effort"] == 9


@pytest.mark.parametrize(
    "text",
    [
        f'{{"values": {FIRM_A_JSON}}}',
        f'{{"facts": {FIRM_A_JSON}, "name": "A"}}',
        "\ufeff" + FIRM_A_JSON,
        FIRM_A_JSON.replace('"L1"', '"effective_patents"'),
        FIRM_A_JSON.replace('"L1": 5', '"L1": 5e0').replace('"M2": 0', '"M2": -0.0'),
    ],
)
def test_other_spellings_of_the_same_values_are_the_same_sheet(text):
    plain, other = told(FIRM_A_JSON), told(text)
    assert other | {"name": ""} == plain


def test_absent_null_and_source_are_one_and_undeclared_is_another():
    absent, null, source = trial("{}"), trial('{"L1": null}'), trial('{"L1": "source"}')
    assert absent.readings == null.readings == source.readings
    assert {reading.missing for reading in absent.readings.values()} == {Missing.SOURCE}
    assert told("{}")["graded_score"] == 30
    assert told('{"L1": "undeclared"}')["graded_score"] == 27


def test_hiding_the_block_of_25_by_not_answering_costs_seven_and_a_half():
    without = {code: value for code, value in FIRM_A.items() if code[0] != "M"}
    source = "{" + ",".join(f'"{code}": {value}' for code, value in without.items()) + "}"
    asked = source[:-1] + "".join(f', "M{n}": "undeclared"' for n in range(1, 6)) + "}"
    assert told(source)["graded_score"] - told(asked)["graded_score"] == Decimal("7.5")


def test_values_outside_the_knots_are_clamped_and_millionths_rounded_half_up():
    def points(code, value):
        return next(x["points"] for x in told(f'{{"{code}": {value}}}')["indicators"] if x["code"] == code)

    assert (points("C3", -30), points("C3", -20), points("C3", 60), points("L1", 1e15)) == (0, 0, 100, 100)
    assert told('{"L1": 5.0000005}')["inputs_hash"] == told('{"L1": 5.000001}')["inputs_hash"]
    assert told('{"L1": 5.0000004}')["inputs_hash"] == told('{"L1": 5}')["inputs_hash"]
    assert told('{"L1": 1e-999999}')["indicators"][0]["value"] == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "不是有效的JSON：第1行第1字附近"),
        ("[1, 2]", "应是一个JSON对象"),
        ('{"values": 3}', "“values”应是一个JSON对象"),
        ('{"values": {}, "L1": 5}', "不认识的项“L1”"),
        ('{"X9": 1}', "没有指标“X9”"),
        ('{"L1": true}', "“true”不是数字"),
        ('{"L1": "5"}', "“5”不是数字"),
        ('{"L1": [5]}', "不是数字"),
        ('{"L1": {"value": 5}}', "不是数字"),
        ('{"L1": NaN}', "“NaN”不是数字"),
        ('{"L1": -Infinity}', "“-Infinity”不是数字"),
        ('{"L1": 1e16}', "的值过大"),
        ('{"L1": -1e999999}', "的值过大"),
        ('{"L1": 1e9999999999999999999999}', ""),
        ('{"L1": 5, "L1": 6}', "写了两次"),
        ('{"L1": 5, "effective_patents": 5}', "给了两次"),
        ("[" * 100_000, "不是有效的JSON"),
        ('{"L1": ' + " " * MOST_BYTES + "1}", "超过1 MB"),
        ('{"L1": 5}'.encode("utf-16"), "不是UTF-8"),
    ],
)
def test_what_is_no_set_of_values_is_refused_in_words(text, said):
    with pytest.raises(BadInput) as refusal:
        trial(text)
    assert said in str(refusal.value)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60) | st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["L1", "values", "x"]), inner, max_size=3),
).map(lambda content: json.dumps(content).encode()))  # fmt: skip
def test_whatever_is_written_is_a_sheet_or_a_sentence(raw):
    try:
        given_values = read_trial(read_json(raw), CARD)
    except BadInput:
        return
    assert given_values.sheet(CARD, ON).lowest <= given_values.sheet(CARD, ON).highest


def test_a_code_that_the_card_does_not_use_is_named_and_counts_nothing():
    text = DEFAULT_CARD.read_text("utf-8")
    without = text[: text.index("[indicators.C4]")].replace("weight = 10\n", "weight = 16\n")
    card = load_card(without.encode())
    sheet = told(FIRM_A_JSON, card)
    assert sheet["ignored"] == ["C4"]
    assert set(sheet["contributions"]) == set(CODES) - {"C4"}


def test_the_short_spelling_of_the_card_scores_the_same():
    sheet, short = told(FIRM_A_JSON), told(FIRM_A_JSON, load_trial_card(SHORT.encode()))
    assert short["config_sha256"] != sheet["config_sha256"]  # its words on the sources are others
    for key in ("score", "graded_score", "grade", "contributions", "reasons", "next_step", "coverage"):
        assert short[key] == sheet[key]


def test_the_whole_spelling_is_untouched_and_a_short_card_cannot_be_activated():
    assert load_trial_card(DEFAULT_CARD) == CARD
    with pytest.raises(BadInput):
        load_card(SHORT.encode())


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("grade={", "grades={A=75,B=60,C=45}\ngrade={", "写了两遍"),
        ("cap_B=0.80", "cap_B=0.80,cap=0.8", "写了两遍"),
        ("L1={w=10", "L1={w=10,weight=10", "写了两遍"),
        ("L1={w=10", "L1={w=11", "权重合计应为100，现为101"),
        ("L1={w=10", "L1={w=10,colour=3", "不认识的项“colour”"),
        ("L1={", "L1=3\nL9={", ""),
        ("w=10", "w=true", "缺少数字“weight”"),
        ("grade={", "gradings={", "不认识的项“gradings”"),
    ],
)
def test_a_short_card_that_is_none_is_refused_in_words(old, new, said):
    with pytest.raises(BadInput) as refusal:
        load_trial_card(SHORT.replace(old, new, 1).encode())
    assert said in str(refusal.value)
