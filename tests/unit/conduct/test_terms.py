"""How long records count that tell no end: by rules, from the record's first day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.conduct.rules import ConductCode, Standing, counts_on, standing_on
from ipfin.conduct.terms import (
    UNTIL_LIFTED,
    TermRule,
    earliest_counting,
    end_by_rule,
    first_day_without,
    rule_on,
    spans,
)
from ipfin.kernel.calendar import add_months

E05, E02 = ConductCode.E05, ConductCode.E02
SINCE = date(2024, 2, 29)


def rule(months: int | None, valid_from: date = date(2020, 1, 1), code: ConductCode = E05) -> TermRule:
    return TermRule(code, months, "样例办法", valid_from, is_confirmed=True)


@pytest.mark.parametrize("code", ConductCode)
def test_without_a_rule_a_record_stands_until_it_is_lifted_and_says_unconfirmed(code: ConductCode) -> None:
    assert end_by_rule([], code, SINCE) is None
    assert not UNTIL_LIFTED[code].is_confirmed


def test_a_rule_ends_a_record_after_its_months_and_the_day_before_still_counts() -> None:
    end = first_day_without([rule(12)], E05, SINCE, None)
    assert end == date(2025, 2, 28)  # 29 February has no twin a year later
    assert counts_on(SINCE, end, None, date(2025, 2, 27))
    assert not counts_on(SINCE, end, None, date(2025, 2, 28))


def test_the_end_that_a_record_tells_goes_before_the_rule() -> None:
    assert first_day_without([rule(12)], E05, SINCE, date(2030, 1, 1)) == date(2030, 1, 1)


def test_the_records_first_day_decides_which_rule_holds() -> None:
    rules = [rule(36, date(2024, 3, 1)), rule(12, date(2020, 1, 1))]
    assert rule_on(rules, E05, date(2024, 2, 29)).months == 12
    assert rule_on(rules, E05, date(2024, 3, 1)).months == 36
    assert rule_on(rules, E05, date(2019, 12, 31)).months is None
    assert rule_on(rules, E02, date(2024, 3, 1)).months is None


def test_of_two_rules_of_one_day_the_last_said_holds_and_may_take_the_end_away() -> None:
    assert rule_on([rule(12), rule(24)], E05, SINCE).months == 24
    assert end_by_rule([rule(12), rule(None)], E05, SINCE) is None


@given(
    months=st.integers(1, 120),
    on=st.dates(date(2000, 1, 1), date(2100, 12, 31)),
)
@settings(max_examples=200, deadline=None)
def test_the_earliest_day_that_still_counts_is_the_inverse_of_counting_forward(months: int, on: date) -> None:
    day = earliest_counting(months, on)
    assert add_months(day, months) > on
    assert add_months(day - timedelta(days=1), months) <= on


def test_spans_follow_one_another_and_leave_out_what_has_no_end() -> None:
    rules = [rule(12, date(2020, 1, 1)), rule(None, date(2022, 1, 1)), rule(6, date(2023, 1, 1))]
    assert [(one.months, first, until) for one, first, until in spans(rules)] == [
        (12, date(2020, 1, 1), date(2022, 1, 1)),
        (6, date(2023, 1, 1), None),
    ]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2024, 2, 28), Standing.COMING),
        (SINCE, Standing.COUNTING),
        (date(2024, 5, 31), Standing.COUNTING),
        (date(2024, 6, 1), Standing.ENDED),
        (date(2026, 1, 1), Standing.ENDED),
    ],
)
def test_a_record_that_was_lifted_before_its_end_was_lifted(on: date, expected: Standing) -> None:
    assert standing_on(SINCE, date(2025, 1, 1), date(2024, 6, 1), on) is expected


def test_a_record_whose_term_is_over_has_expired_even_if_somebody_lifts_it_later() -> None:
    assert standing_on(SINCE, date(2025, 1, 1), None, date(2025, 1, 1)) is Standing.EXPIRED
    assert standing_on(SINCE, date(2025, 1, 1), date(2025, 3, 1), date(2025, 2, 1)) is Standing.EXPIRED
