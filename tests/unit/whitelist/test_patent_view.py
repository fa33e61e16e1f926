"""How one patent is told: three layers, its life, its pledge grounds."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from ipfin.kernel.calendar import WorkCalendar, seed_workdays
from ipfin.kernel.identifiers import PatentKind
from ipfin.kernel.money import Fen
from ipfin.registry.statuses import Flag, LegalStatus, Validity
from ipfin.whitelist.facts import PatentFacts
from ipfin.whitelist.gates import PledgeFlag
from ipfin.whitelist.patent_view import (
    PatentRecord,
    patent_line,
    portfolio_outlook,
    right_of,
    year_chart,
    years_between,
    yuan_words,
)

ON = date(2026, 3, 5)
CALENDAR = WorkCalendar(seed_workdays(2019, 2026), known_through=2026)


def record(*, as_of=ON, **overrides):
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
    return PatentRecord(PatentFacts(**facts), "CN1", "装置", LegalStatus.GRANTED, as_of, "名单")


def line(*, on=ON, **overrides):
    return patent_line(record(**overrides), on, CALENDAR)


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


# --- Annual fees -------------------------------------------------------------------------------------


def test_the_next_fee_is_told_with_year_day_and_full_amount():
    fee = line(granted_on=date(2021, 8, 1)).next_fee
    assert (fee.year, fee.due_on, fee.pay_by, fee.amount) == (8, date(2026, 6, 3), None, "2,000元")


@pytest.mark.parametrize(
    ("filed_on", "pay_by", "is_provisional"),
    [
        (date(2019, 6, 5), None, False),  # a Friday
        (date(2019, 6, 6), date(2026, 6, 8), False),  # a Saturday
        (date(2019, 1, 2), date(2027, 1, 4), True),  # a Saturday of a year without a notice yet
    ],
)
def test_a_day_off_moves_the_payment_and_says_whether_that_is_certain(filed_on, pay_by, is_provisional):
    fee = line(filed_on=filed_on, granted_on=date(2021, 8, 1)).next_fee
    assert (fee.pay_by, fee.is_provisional) == (pay_by, is_provisional)


def test_a_fee_that_may_be_unpaid_is_told_until_its_last_chance():
    lately = {"filed_on": date(2019, 11, 4), "granted_on": date(2021, 8, 1)}
    pending = line(**lately).pending_fee
    assert (pending.year, pending.due_on, pending.last_day) == (7, date(2025, 11, 4), date(2026, 5, 6))
    assert (pending.is_told, pending.is_too_old) == (False, False)
    assert line(**lately, flags=frozenset({Flag.FEE_OVERDUE})).pending_fee.is_told
    assert line(**lately, on=date(2026, 5, 7)).pending_fee.is_too_old


@pytest.mark.parametrize(
    ("on", "is_near"),
    [
        (date(2026, 4, 5), False),  # 31 days before the last one
        (date(2026, 4, 6), True),
        (date(2026, 5, 6), True),
        (date(2026, 5, 7), False),  # over
    ],
)
def test_the_end_of_late_payment_is_marked_in_its_last_thirty_days(on, is_near):
    pending = line(on=on, filed_on=date(2019, 11, 4), granted_on=date(2021, 8, 1)).pending_fee
    assert pending.is_near is is_near


def test_what_is_not_in_force_or_not_dated_has_no_fee():
    for gone in (Validity.LAPSED, Validity.PENDING, Validity.UNKNOWN):
        told = line(validity=gone)
        assert (told.next_fee, told.pending_fee, told.lacks_fee_dates) == (None, None, False)
    bare = line(filed_on=None, expires_on=None, filing_year=2019)
    assert (bare.next_fee, bare.lacks_fee_dates) == (None, True)


def test_what_a_preservation_changes_is_told_beside_the_fee():
    assert ["第一百零五条" in note for note in line(flags=frozenset({Flag.PRESERVED})).upkeep_notes] == [True]


def test_the_fees_ahead_are_counted_by_the_table_that_ships():
    ahead = portfolio_outlook([right_of(record(granted_on=date(2021, 8, 1)))], ON, CALENDAR)
    assert [(window.days, window.fees, window.sum_fen) for window in ahead.windows] == [
        (30, 0, 0),
        (90, 0, 0),
        (365, 1, 200_000),
    ]


@pytest.mark.parametrize(
    ("fen", "words"), [(0, "0元"), (90_000, "900元"), (120_000_000, "1,200,000元"), (13_550, "135.50元")]
)
def test_an_amount_in_yuan_has_no_needless_decimals(fen, words):
    assert yuan_words(Fen(fen)) == words


# --- The chart ---------------------------------------------------------------------------------------


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
