"""Which annual fee is due when, and what it costs to pay late: to the day, over sixty years of filings."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.kernel.calendar import WorkCalendar, add_months, add_years, seed_workdays
from ipfin.kernel.identifiers import PatentKind
from ipfin.kernel.money import Fen
from ipfin.registry.maintenance.loading import default_fee_table
from ipfin.registry.maintenance.years import (
    AnnualFee,
    anniversary,
    fee_calendar,
    fees_between,
    grant_year,
    late_fee,
    late_rate_bp,
    months_late,
    year_of,
)
from ipfin.registry.patents import expiry_on, term_years
from tests.unit.registry.fee_cases import rows

TABLE = default_fee_table()
RULE = TABLE.late_payment(date(2024, 8, 31))
CALENDAR = WorkCalendar(seed_workdays(2019, 2026), known_through=2026)
INVENTION, UTILITY_MODEL, DESIGN = PatentKind.INVENTION, PatentKind.UTILITY_MODEL, PatentKind.DESIGN
DAY = timedelta(days=1)

kinds = st.sampled_from(PatentKind)
leap_days = st.sampled_from([date(year, 2, 29) for year in range(1988, 2045, 4)])
filings = st.dates(date(1985, 4, 1), date(2045, 12, 31)) | leap_days


@st.composite
def patents(draw: st.DrawFn) -> tuple[PatentKind, date, date]:
    """A kind, a filing day and a day of grant within the term."""
    kind, filed_on = draw(kinds), draw(filings)
    last = expiry_on(kind, filed_on) - DAY
    return kind, filed_on, draw(st.dates(filed_on, last))


# --- Worked ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "filed", "granted", "year", "due"), rows("Worked: due days"))
def test_a_fee_is_due_on_the_day_that_the_rules_say(
    kind: str, filed: str, granted: str, year: str, due: str
) -> None:
    filed_on, granted_on = date.fromisoformat(filed), date.fromisoformat(granted)
    fees = {fee.year: fee for fee in fee_calendar(PatentKind(kind), filed_on, granted_on, TABLE)}
    assert fees[int(year)].due_on == date.fromisoformat(due)


@pytest.mark.parametrize(("paid", "yuan"), rows("Worked: paying late"))
def test_paying_late_costs_what_the_rules_say(paid: str, yuan: str) -> None:
    fee = AnnualFee(7, date(2024, 8, 31), False, Fen(200_000), RULE)
    expected = None if yuan == "too late" else int(yuan) * 100
    assert late_fee(fee, date.fromisoformat(paid)) == expected


def test_the_example_of_the_guidelines() -> None:
    fees = fee_calendar(INVENTION, date(1997, 6, 3), date(2001, 8, 1), TABLE)
    first, second = fees[:2]
    assert (first.year, first.is_with_grant, first.amount_fen) == (5, True, 120_000)
    assert (second.year, second.due_on, second.amount_fen) == (6, date(2002, 6, 3), 120_000)
    assert second.grace_ends_on == date(2002, 12, 3)
    assert len(fees) == 16


def test_the_first_year_of_the_guidelines_ends_on_the_last_day_of_may() -> None:
    filed_on = date(1999, 6, 1)
    assert [year_of(filed_on, day) for day in (filed_on, date(2000, 5, 31), date(2000, 6, 1))] == [1, 1, 2]


@pytest.mark.parametrize(
    ("day", "year"),
    [(date(2004, 2, 29), 1), (date(2005, 2, 27), 1), (date(2005, 2, 28), 2), (date(2008, 2, 28), 4),
     (date(2008, 2, 29), 5)],
)  # fmt: skip
def test_a_year_from_29_february_begins_on_28_february_in_common_years(day: date, year: int) -> None:
    assert year_of(date(2004, 2, 29), day) == year


@pytest.mark.parametrize(("filed_on", "fees"), [(date(2021, 5, 31), 10), (date(2021, 6, 1), 15)])
def test_a_design_has_ten_fees_until_may_2021_and_fifteen_from_june_on(filed_on: date, fees: int) -> None:
    assert len(fee_calendar(DESIGN, filed_on, filed_on, TABLE)) == fees


# --- Laws --------------------------------------------------------------------------------------------


@given(patents())
def test_there_are_as_many_fees_as_years_from_the_grant_on(patent: tuple[PatentKind, date, date]) -> None:
    kind, filed_on, granted_on = patent
    fees = fee_calendar(kind, filed_on, granted_on, TABLE)
    first = grant_year(kind, filed_on, granted_on)
    assert [fee.year for fee in fees] == list(range(first, term_years(kind, filed_on) + 1))
    assert [fee.is_with_grant for fee in fees] == [True] + [False] * (len(fees) - 1)


@given(patents())
def test_due_days_rise_by_a_year_and_stay_within_the_term(patent: tuple[PatentKind, date, date]) -> None:
    kind, filed_on, granted_on = patent
    fees = fee_calendar(kind, filed_on, granted_on, TABLE)
    assert all(before.due_on < after.due_on for before, after in pairwise(fees))
    assert all(365 <= (after.due_on - before.due_on).days <= 366 for before, after in pairwise(fees[1:]))
    assert granted_on <= fees[0].due_on
    assert fees[-1].due_on < expiry_on(kind, filed_on)


@given(patents())
def test_a_due_day_has_the_day_and_month_of_the_filing(patent: tuple[PatentKind, date, date]) -> None:
    kind, filed_on, granted_on = patent
    for fee in fee_calendar(kind, filed_on, granted_on, TABLE)[1:]:
        expected = (filed_on.month, filed_on.day)
        if expected == (2, 29) and add_years(filed_on, fee.year - 1).day == 28:
            expected = (2, 28)
        assert (fee.due_on.month, fee.due_on.day) == expected


@given(kinds, filings)
def test_after_the_last_year_the_term_is_over(kind: PatentKind, filed_on: date) -> None:
    assert anniversary(filed_on, term_years(kind, filed_on) + 1) == expiry_on(kind, filed_on)


@given(filings, st.integers(0, 9_000))
def test_each_day_lies_in_exactly_one_patent_year(filed_on: date, days: int) -> None:
    day = filed_on + timedelta(days=days)
    year = year_of(filed_on, day)
    assert anniversary(filed_on, year) <= day < anniversary(filed_on, year + 1)


def test_a_day_before_the_filing_has_no_year() -> None:
    with pytest.raises(ValueError, match="before its filing"):
        year_of(date(2020, 1, 2), date(2020, 1, 1))


@given(patents(), st.integers(-400, 8_000), st.integers(0, 2_000))
def test_a_stretch_holds_the_calendar_s_fees_of_its_days_and_no_other(
    patent: tuple[PatentKind, date, date], offset: int, length: int
) -> None:
    kind, filed_on, granted_on = patent
    first = filed_on + timedelta(days=offset)
    last = first + timedelta(days=length)
    whole = fee_calendar(kind, filed_on, granted_on, TABLE)
    assert list(fees_between(kind, filed_on, granted_on, first, last, TABLE)) == [
        fee for fee in whole if first <= fee.due_on <= last
    ]


@given(kinds, filings)
def test_without_a_usable_day_of_grant_every_later_year_is_listed(kind: PatentKind, filed_on: date) -> None:
    years = list(range(2, term_years(kind, filed_on) + 1))
    for granted_on in (None, filed_on - DAY, expiry_on(kind, filed_on)):
        assert [fee.year for fee in fee_calendar(kind, filed_on, granted_on, TABLE)] == years


# --- Late --------------------------------------------------------------------------------------------


@given(filings, st.integers(1, 8))
def test_a_month_late_ends_on_its_day_and_the_next_begins_after_it(due_on: date, months: int) -> None:
    edge = add_months(due_on, months)
    assert months_late(due_on, edge) == months
    assert months_late(due_on, edge + DAY) == months + 1
    assert months_late(due_on, due_on) == months_late(due_on, due_on - DAY) == 0
    assert months_late(due_on, due_on + DAY) == 1


@given(filings, st.integers(0, 250))
def test_the_late_fee_never_falls_and_never_passes_a_quarter(due_on: date, days: int) -> None:
    today = late_rate_bp(due_on, due_on + timedelta(days=days), RULE)
    tomorrow = late_rate_bp(due_on, due_on + timedelta(days=days + 1), RULE)
    if today is None:
        assert tomorrow is None
    else:
        assert today in (0, 500, 1_000, 1_500, 2_000, 2_500)
        assert tomorrow is None or tomorrow >= today


@given(filings)
def test_the_last_day_of_grace_costs_a_quarter_and_the_next_is_too_late(due_on: date) -> None:
    end = add_months(due_on, 6)
    assert late_rate_bp(due_on, end, RULE) == 2_500
    assert late_rate_bp(due_on, end + DAY, RULE) is None


def test_the_late_fee_stops_at_the_most_that_the_rule_allows() -> None:
    due_on, capped = date(2024, 8, 31), replace(RULE, max_bp=1_200)
    paid = [add_months(due_on, months) for months in range(1, 7)]
    assert [late_rate_bp(due_on, day, capped) for day in paid] == [0, 500, 1_000, 1_200, 1_200, 1_200]


def test_where_amount_or_rule_are_not_known_no_late_fee_is_told() -> None:
    due_on = date(2024, 8, 31)
    assert late_fee(AnnualFee(7, due_on, False, None, RULE), due_on) is None
    assert late_fee(AnnualFee(7, due_on, False, Fen(1), None), due_on) is None
    assert AnnualFee(7, due_on, False, Fen(1), None).grace_ends_on is None


# --- Working days ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due_on", "pay_by"),
    [
        (date(2026, 3, 5), date(2026, 3, 5)),  # a Thursday
        (date(2026, 3, 7), date(2026, 3, 9)),  # a Saturday
        (date(2025, 10, 1), date(2025, 10, 9)),  # the National Day holiday
        (date(2025, 9, 28), date(2025, 9, 28)),  # a Sunday worked for it
    ],
)
def test_a_day_off_moves_the_payment_but_not_the_due_day(due_on: date, pay_by: date) -> None:
    fee = AnnualFee(7, due_on, False, Fen(200_000), RULE)
    assert fee.pay_by(CALENDAR) == pay_by
    assert fee.due_on == due_on
    assert fee.last_chance(CALENDAR) == CALENDAR.next_working_day(add_months(due_on, 6))
