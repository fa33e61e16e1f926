"""How long the law protects a patent (专利法 42), to the day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.kernel.identifiers import PatentKind
from ipfin.registry.patents import expiry_on, is_term_over, remaining_days, remaining_years, term_years

INVENTION, UTILITY_MODEL, DESIGN = PatentKind.INVENTION, PatentKind.UTILITY_MODEL, PatentKind.DESIGN


@pytest.mark.parametrize(
    ("kind", "filed_on", "ended_on"),
    [
        (UTILITY_MODEL, date(1999, 9, 6), date(2009, 9, 6)),  # the example of the Guidelines, V-9, 2.1
        (INVENTION, date(2005, 3, 1), date(2025, 3, 1)),
        (DESIGN, date(2021, 5, 31), date(2031, 5, 31)),
        (DESIGN, date(2021, 6, 1), date(2036, 6, 1)),
        (INVENTION, date(2004, 2, 29), date(2024, 2, 29)),
        (UTILITY_MODEL, date(2004, 2, 29), date(2014, 2, 28)),
        (DESIGN, date(2024, 2, 29), date(2039, 2, 28)),
    ],
)
def test_the_first_day_after_the_term(kind: PatentKind, filed_on: date, ended_on: date) -> None:
    assert expiry_on(kind, filed_on) == ended_on
    assert is_term_over(kind, filed_on, ended_on)
    assert not is_term_over(kind, filed_on, ended_on - timedelta(days=1))
    assert remaining_days(kind, filed_on, ended_on - timedelta(days=1)) == 1
    assert remaining_days(kind, filed_on, ended_on) == 0


kinds = st.sampled_from(PatentKind)
days = st.dates(date(1985, 4, 1), date(2060, 1, 1))


@given(kinds, days)
def test_a_term_is_10_15_or_20_years(kind: PatentKind, filed_on: date) -> None:
    assert term_years(kind, filed_on) == expiry_on(kind, filed_on).year - filed_on.year
    assert term_years(kind, filed_on) in (10, 15, 20)


@given(kinds, days, days)
def test_what_is_left_never_grows_and_is_never_negative(kind: PatentKind, filed_on: date, on: date) -> None:
    left = remaining_days(kind, filed_on, on)
    assert left >= 0
    assert remaining_days(kind, filed_on, on + timedelta(days=1)) == max(0, left - 1)
    assert remaining_years(kind, filed_on, on) == pytest.approx(left / 365.25)
    assert is_term_over(kind, filed_on, on) == (left == 0)
