"""How one patent is told: three layers, its life, its pledge grounds."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from ipfin.kernel.identifiers import PatentKind
from ipfin.registry.statuses import Flag, LegalStatus, Validity
from ipfin.whitelist.facts import PatentFacts
from ipfin.whitelist.gates import PledgeFlag
from ipfin.whitelist.patent_view import PatentRecord, patent_line, year_chart, years_between

ON = date(2026, 3, 5)


def line(**overrides):
    facts = {
        "number": "201910000001.X",
        "kind": PatentKind.INVENTION,
        "validity": Validity.VALID,
        "filed_on": date(2019, 6, 3),
        "filing_year": 2019,
        "was_granted": True,
        "expires_on": date(2039, 6, 3),
        "tells_flags": True,
    } | overrides
    return patent_line(PatentRecord(PatentFacts(**facts), "CN1", "装置", LegalStatus.GRANTED, ON, "名单"), ON)


def test_a_pledged_patent_is_valid_and_burdened_and_shows_the_ground():
    told = line(flags=frozenset({Flag.PLEDGED}))
    assert (told.validity_label, told.legal_label, told.burden_words) == ("有效", "授权", ("质押",))
    assert [ground.code for ground in told.grounds] == [PledgeFlag.P09]
    assert not told.grounds[0].is_waivable


def test_a_ground_that_may_be_waived_says_so():
    told = line(flags=frozenset({Flag.INVALIDATION_PENDING}))
    assert [(ground.code, ground.is_waivable) for ground in told.grounds] == [(PledgeFlag.P11, True)]


def test_silence_is_freedom_only_where_the_list_speaks_of_burdens():
    assert line(tells_flags=True).burden_words == ("名单未列负担",)
    assert line(tells_flags=False).burden_words == ("名单不含负担信息",)


def test_the_last_day_of_the_term_is_the_day_before_its_end():
    assert line().last_day == date(2039, 6, 2)


@pytest.mark.parametrize(
    ("end", "years"),
    [(ON, None), (ON + timedelta(days=1), Decimal("0.0")), (date(2027, 3, 5), Decimal("0.9"))],
)
def test_years_left_are_told_while_the_right_is_in_force(end, years):
    assert line(expires_on=end).years_left == years


def test_a_right_that_ended_has_no_years_left():
    assert line(validity=Validity.LAPSED).years_left is None
    assert line(validity=Validity.PENDING).last_day is None


def test_with_only_a_year_the_end_is_the_earliest_and_said_to_be():
    told = line(filed_on=None, expires_on=None, filing_year=2019)
    assert told.is_end_conservative
    assert (told.filed, told.last_day) == ("2019", date(2038, 12, 31))


@pytest.mark.parametrize(
    ("days", "years"), [(0, "0.0"), (36, "0.0"), (37, "0.1"), (3652, "9.9"), (3653, "10.0")]
)
def test_years_are_cut_to_a_tenth(days, years):
    assert str(years_between(ON, ON + timedelta(days=days))) == years


def test_no_year_is_left_out_of_the_chart_and_its_table_sums_to_the_counts():
    counts = [(2018, PatentKind.INVENTION, 2), (2021, PatentKind.DESIGN, 1), (2021, None, 3)]
    chart = year_chart(counts)
    assert [row[0] for row in chart.table[1:]] == ["2018", "2019", "2020", "2021"]
    assert sum(int(cell) for row in chart.table[1:] for cell in row[1:]) == 6
    assert "类型不明（件）" in chart.table[0]


def test_without_patents_there_is_no_chart():
    assert year_chart([]) is None


def test_a_chart_of_a_century_shows_its_last_thirty_years():
    chart = year_chart([(1985, PatentKind.INVENTION, 1), (2025, PatentKind.INVENTION, 1)])
    assert chart.table[1][0] == "1996"
    assert "1996年以前的未画出" in chart.description
