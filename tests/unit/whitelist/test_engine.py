"""Whole columns say what the readable rules say, to the byte."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.kernel.identifiers import PatentKind
from ipfin.registry.statuses import Flag, Validity
from ipfin.whitelist.cohorts import Measure, build_cohorts
from ipfin.whitelist.engine.firms import MILLION, UNKNOWN
from ipfin.whitelist.engine.rights import _years_until
from ipfin.whitelist.engine.ruler import GRADES, measured, ranks
from ipfin.whitelist.engine.scoring import Scorer
from ipfin.whitelist.engine.technology import _strengths
from ipfin.whitelist.explain import medians_of, peer_medians
from ipfin.whitelist.facts import (
    FirmFacts,
    HeldTitle,
    Missing,
    PatentFacts,
    PledgeHistory,
    Reading,
    TaxCredit,
    Title,
)
from ipfin.whitelist.indicators import raw_values, score_inputs, strength, years_between
from ipfin.whitelist.scheme import DEFAULT_CARD, default_card, load_card
from ipfin.whitelist.scoring import Grade, Ruler, score_many, ten_thousandths

ON = date(2025, 6, 30)
NUMBERS = iter(range(10**9))
MEASURE = Measure(3, "0" * 64)
FLAGS = [*(flag for flag in Flag if flag is not Flag.TWIN_FILING)]
SUBCLASSES = ["G06F", "G06N", "H01M", "A61K", "B"]

# Small ranges on purpose: equal counts, equal days and terms that end today are the hard cases.
days = st.one_of(
    st.none(),
    st.sampled_from([date(2005, 6, 30), date(2005, 7, 1), date(2016, 2, 29)]),
    st.dates(date(2004, 1, 1), ON),
)
patents = st.builds(
    lambda number, **facts: PatentFacts(number=f"{number}{next(NUMBERS)}", **facts),
    number=st.sampled_from(["2020", '专利"\\\u2028']),
    kind=st.sampled_from([PatentKind.INVENTION, PatentKind.INVENTION, *PatentKind, None]),
    validity=st.sampled_from([Validity.VALID, Validity.VALID, *Validity]),
    filed_on=days,
    filing_year=st.one_of(st.none(), st.integers(2018, 2025)),
    granted_on=days,
    was_granted=st.booleans(),
    expires_on=st.one_of(st.none(), st.sampled_from([ON, date(2025, 7, 1), date(2030, 2, 28)])),
    ipc_subclasses=st.lists(st.sampled_from(SUBCLASSES), max_size=4).map(tuple),
    claims_count=st.one_of(st.none(), st.integers(0, 6)),
    cited_by_count=st.one_of(st.none(), st.integers(0, 9)),
    flags=st.one_of(st.just(frozenset[Flag]()), st.frozensets(st.sampled_from(FLAGS), max_size=2)),
    tells_flags=st.booleans(),
    transferred_in_on=st.one_of(st.none(), st.sampled_from([date(2024, 6, 30), date(2024, 7, 1)])),
    twin_number=st.sampled_from([None] * 30 + ["20200"]),
)
counts = st.one_of(st.none(), st.integers(0, 9))
shares = st.one_of(st.none(), st.decimals(-30, 60, places=3))
firms = st.builds(
    FirmFacts,
    patents=st.lists(patents, max_size=7).map(tuple),
    established_on=days,
    filed_products=counts,
    dealings=counts,
    foreign_jurisdictions=counts,
    titles=st.one_of(
        st.none(),
        st.lists(st.builds(HeldTitle, st.sampled_from(Title), days), max_size=2).map(tuple),
    ),
    rd_percent=shares,
    tax_credit=st.one_of(st.none(), st.sampled_from(TaxCredit)),
    revenue_growth_percent=shares,
    pledge_history=st.one_of(st.none(), st.sampled_from(PledgeHistory)),
    asked=st.frozensets(st.sampled_from(["M1", "C2", "C1", "M4"])),
    lapsed_listed=st.booleans(),
)
# Awkward sevenths: the unit of the ruler is far from round.
SEVENTHS = load_card(
    DEFAULT_CARD.read_bytes()
    .replace(
        b"knots = [[0, 0], [3, 30], [6, 60], [10, 85], [15, 100]]", b"knots = [[0, 1], [7, 30], [16, 99]]"
    )
    .replace(b"source = 30 #", b"source = 33.333333 #")
)


@given(
    st.lists(firms, max_size=8), st.lists(patents, max_size=20), st.sampled_from([default_card(), SEVENTHS])
)
@settings(deadline=None, max_examples=60)
def test_many_firms_at_once_have_the_sheets_that_each_has_alone(
    many: list[FirmFacts], others: list[PatentFacts], card: Any
) -> None:
    cohorts = build_cohorts([*others, *(p for facts in many[:2] for p in facts.patents)])
    cases = [(raw_values(facts, ON, cohorts), score_inputs(facts, ON, cohorts)) for facts in many]
    alone = score_many(cases, card, data_as_of=ON, measure=MEASURE)

    scored = Scorer(card, cohorts, MEASURE, ON).score(many)
    assert [row.body for row in scored] == [sheet.as_bytes().decode() for sheet in alone]
    assert [row[:6] for row in scored] == [
        (
            sheet.grade,
            *map(
                ten_thousandths,
                (sheet.score, sheet.graded_score, sheet.lowest, sheet.highest, sheet.coverage),
            ),
        )
        for sheet in alone
    ]
    assert [row.inputs_hash for row in scored] == [sheet.inputs_hash for sheet in alone]


@given(st.lists(st.lists(st.one_of(st.none(), st.integers(0, 4)), min_size=2, max_size=2), max_size=12))
@settings(deadline=None, max_examples=60)
def test_medians_of_counted_points_are_those_of_the_sheets(rows: list[list[int | None]]) -> None:
    codes, card = ("C2", "C4"), default_card()
    silent = Reading(None, Missing.SOURCE)
    readings = [
        {row.code: silent for row in card.indicators}
        | {code: Reading(Decimal(told)) for code, told in zip(codes, row, strict=True) if told is not None}
        for row in rows
    ]
    sheets = score_many([(reading, {}) for reading in readings], card, data_as_of=ON)
    counted = {
        code: Counter(row[place] * 10_000 for row in rows if row[place] is not None)
        for place, code in enumerate(codes)
    }
    assert medians_of(counted) == peer_medians(sheets)


@given(st.lists(st.one_of(st.integers(-3, 3), st.sampled_from([10**9, -(10**9)])), max_size=20))
def test_ranks_are_in_the_middle_of_equals(values: list[int]) -> None:
    (found,) = ranks([np.array(values, dtype=np.int64)])
    assert found.tolist() == [
        2 * sum(other < value for other in values) + values.count(value) for value in values
    ]


# --- Lines that a random case hardly ever stands on ---


def t1_of(citations: list[int]) -> str:
    """Return T1 of a firm with a patent for each count, among patents that are all cited once."""
    made = [
        PatentFacts(
            number=f"2020{place}",
            kind=PatentKind.INVENTION,
            validity=Validity.VALID,
            filing_year=2020,
            ipc_subclasses=("G06F",),
            cited_by_count=count,
        )
        for place, count in enumerate([*citations, *[1] * 40])
    ]
    cohorts = build_cohorts(made[len(citations) :])
    facts = FirmFacts(patents=tuple(made[: len(citations)]))
    (scored,) = Scorer(default_card(), cohorts, MEASURE, ON).score([facts])
    return next(line["value"] for line in json.loads(scored.body)["lines"] if line["code"] == "T1")


@pytest.mark.parametrize(
    ("citations", "value"),
    [
        ([1] * 5, "1"),  # as often as the others: log2(1 + 1)
        ([1] * 6, "1"),
        ([1] * 5 + [0], "1"),
        ([0] + [1] * 5, "1"),  # the best five, wherever they stand
        ([1] * 4 + [0], "0.8"),
        ([1] * 4 + [0] * 2, "0.8"),
    ],
)
def test_the_sixth_citation_counts_for_nothing(citations: list[int], value: str) -> None:
    assert t1_of(citations) == value


def graded_with(cap_below: str, lowest_of_a: str) -> tuple[Grade, bool]:
    """Return grade and cap of a firm that has every point of a known 80 %: 80 + 30 % of 20 = 86."""
    card = default_card()
    silent = {"T5", "C2", "C3", "C4"}  # 4 + 6 + 4 + 6 of 100
    card = replace(card, cap_below=Decimal(cap_below), grades=(("A", Decimal(lowest_of_a)), *card.grades[1:]))
    values = {
        row.code: np.array([UNKNOWN if row.code in silent else int(row.knots[-1][0]) * MILLION])
        for row in card.indicators
    }
    scores = measured(Ruler(card, None), values, {})
    assert (scores.coverage.tolist(), scores.graded.tolist()) == ([8_000], [860_000])
    return GRADES[int(scores.grade[0])], bool(scores.is_capped[0])


@pytest.mark.parametrize(
    ("cap_below", "lowest_of_a", "found"),
    [
        ("0.7999", "75", (Grade.A, False)),
        ("0.80", "75", (Grade.A, False)),  # 80 % is enough for an A where 80 % is asked
        ("0.8001", "75", (Grade.B, True)),
        ("0.8001", "86", (Grade.B, True)),  # on the line of A: held down
        ("0.8001", "86.0001", (Grade.B, False)),  # a B by itself: nothing to hold down
    ],
)
def test_the_cap_holds_below_its_line_and_only_what_would_be_an_a(
    cap_below: str, lowest_of_a: str, found: tuple[Grade, bool]
) -> None:
    assert graded_with(cap_below, lowest_of_a) == found


def breadths(sizes: list[list[int]]) -> tuple[list[str | None], list[str | None]]:
    """Return T4 of firms whose patents have so many subclasses: together, and each alone by the rules."""
    classes = [f"A{place:02d}B" for place in range(40)]
    many = [
        FirmFacts(
            patents=tuple(
                PatentFacts(
                    number=f"{next(NUMBERS)}",
                    kind=PatentKind.INVENTION,
                    validity=Validity.VALID,
                    filing_year=2020,
                    ipc_subclasses=tuple(classes[place % 3 : place % 3 + size]),
                )
                for place, size in enumerate(firm)
            )
        )
        for firm in sizes
    ]
    cohorts = build_cohorts([])
    alone = [raw_values(facts, ON, cohorts)["T4"].value for facts in many]
    lines = [json.loads(row.body)["lines"] for row in Scorer(default_card(), cohorts, None, ON).score(many)]
    found = [next(line["value"] for line in of if line["code"] == "T4") for of in lines]
    return found, [None if value is None else format(value.normalize(), "f") for value in alone]


@pytest.mark.parametrize(
    "patents_count", [71, 72, 73, 300]
)  # 72 * 27,720 parts is the last that 63 bits hold
@pytest.mark.parametrize("others", [[7, 8, 9, 10, 11], [7, 9, 11, 13, 16, 17], [31, 37, 29, 23, 19, 17, 13]])
def test_patents_of_many_subclasses_change_the_breadth_of_no_other_firm(
    patents_count: int, others: list[int]
) -> None:
    found, alone = breadths([[1 + place % 3 for place in range(patents_count)], others, [2]])
    assert found == alone
    assert found[2] == "2"


def test_terms_end_on_an_anniversary_or_a_day_beside_it() -> None:
    for on in (ON, date(2024, 2, 29), date(2023, 2, 28)):
        ends = [on, *(date(on.year + years, month, day) for years in (0, 1, 4, 19, 60) for month, day in
                      ((2, 27), (2, 28), (3, 1), (6, 29), (6, 30), (7, 1)))]  # fmt: skip
        part, whole = _years_until(on, np.array([end.toordinal() for end in ends]))
        found = [Fraction(int(p), int(w)) for p, w in zip(part, whole, strict=True)]
        assert found == [years_between(on, end) for end in ends]


@given(st.lists(st.floats(0, 1e6), max_size=30))
def test_strengths_are_those_of_each_ratio(ratios: list[float]) -> None:
    assert _strengths(np.array(ratios, dtype=np.float64)).tolist() == [strength(ratio) for ratio in ratios]
