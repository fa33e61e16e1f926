"""Working days with make-up days, provisional years, whole months and years."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.kernel.calendar import WorkCalendar, add_months, add_years, seed_workdays
from ipfin.kernel.errors import BadInput

HOLIDAYS = Path(__file__).parents[3] / "../shared/data/reference_codes/holiday_cn"

SEED = seed_workdays(2025, 2026)
CALENDAR = WorkCalendar(SEED, known_through=2026)

# Spring Festival 2026: off from Sunday 15 to Monday 23 February, work on Saturdays 14 and 28.
MAKE_UP_SATURDAY = date(2026, 2, 14)
FIRST_DAY_OFF = date(2026, 2, 16)
LAST_DAY_OFF = date(2026, 2, 23)

days = st.dates(date(2024, 1, 1), date(2029, 12, 31))


def test_make_up_days_are_worked_and_holidays_are_not() -> None:
    assert CALENDAR.is_working_day(MAKE_UP_SATURDAY)
    assert not CALENDAR.is_working_day(FIRST_DAY_OFF)
    assert not CALENDAR.is_working_day(LAST_DAY_OFF)
    assert CALENDAR.is_working_day(LAST_DAY_OFF + timedelta(1))


def test_an_unknown_year_is_counted_by_the_plain_week() -> None:
    assert CALENDAR.is_working_day(date(2031, 10, 1))  # a Wednesday
    assert not CALENDAR.is_working_day(date(2031, 10, 4))
    assert CALENDAR.add_working_days(date(2030, 12, 30), 3) == date(2031, 1, 2)


@pytest.mark.parametrize(
    ("day", "provisional"),
    [
        (date(2026, 11, 30), False),
        (date(2026, 12, 28), False),
        (date(2026, 12, 29), True),  # the notice about 2027 may still reach back to it
        (date(2027, 1, 1), True),
        (date(2040, 6, 1), True),
    ],
)
def test_days_that_a_coming_notice_may_change_are_provisional(day: date, provisional: bool) -> None:
    assert CALENDAR.is_provisional(day) is provisional


def test_a_calendar_without_any_notice_is_provisional_throughout() -> None:
    empty = WorkCalendar({}, known_through=0)
    assert empty.is_provisional(date(2026, 1, 5))
    assert empty.is_working_day(date(2026, 1, 5))


def test_a_last_day_off_moves_to_the_next_working_day_and_a_working_day_stays() -> None:
    assert CALENDAR.next_working_day(MAKE_UP_SATURDAY) == MAKE_UP_SATURDAY
    assert CALENDAR.next_working_day(MAKE_UP_SATURDAY + timedelta(1)) == date(2026, 2, 24)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        (date(2026, 3, 2), 5, date(2026, 3, 9)),  # Monday to Monday, over a plain weekend
        (date(2026, 2, 13), 1, MAKE_UP_SATURDAY),
        (date(2026, 2, 13), 2, date(2026, 2, 24)),
        (date(2026, 2, 18), 1, date(2026, 2, 24)),  # begins on a day off
        (date(2026, 2, 18), 0, date(2026, 2, 24)),
        (date(2026, 3, 2), 0, date(2026, 3, 2)),
        (date(2026, 2, 24), -1, MAKE_UP_SATURDAY),
        (date(2026, 2, 24), -2, date(2026, 2, 13)),
    ],
)
def test_a_term_in_working_days_does_not_count_its_first_day(start: date, count: int, end: date) -> None:
    assert CALENDAR.add_working_days(start, count) == end


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        (date(2026, 3, 2), date(2026, 3, 2), 0),
        (date(2026, 3, 2), date(2026, 3, 3), 1),
        (date(2026, 3, 2), date(2026, 3, 9), 5),
        (date(2026, 2, 13), date(2026, 2, 24), 2),
        (date(2026, 2, 24), date(2026, 2, 13), -2),
    ],
)
def test_days_between_count_the_first_and_not_the_last(start: date, end: date, count: int) -> None:
    assert CALENDAR.working_days_between(start, end) == count


@given(days, days)
def test_days_between_are_those_found_by_looking_at_each(one: date, other: date) -> None:
    start, end = sorted((one, other))
    each = [start + timedelta(n) for n in range((end - start).days)]
    assert CALENDAR.working_days_between(start, end) == sum(map(CALENDAR.is_working_day, each))


@given(days, st.integers(1, 300))
def test_going_forth_and_back_by_working_days_agrees_with_counting(start: date, count: int) -> None:
    end = CALENDAR.add_working_days(start, count)
    assert CALENDAR.is_working_day(end)
    assert CALENDAR.working_days_between(start + timedelta(1), end + timedelta(1)) == count
    assert CALENDAR.add_working_days(end, -count) <= start
    assert CALENDAR.add_working_days(end + timedelta(1), -count) > start


@pytest.mark.parametrize(("day", "works"), [(date(2026, 3, 2), True), (date(2026, 3, 1), False)])
def test_entries_that_say_what_the_week_says_change_nothing(day: date, works: bool) -> None:
    noisy = WorkCalendar({**SEED, day: works}, known_through=2026)
    year = (date(2026, 1, 1), date(2027, 1, 1))
    assert noisy.working_days_between(*year) == CALENDAR.working_days_between(*year)


def test_the_seed_holds_only_days_that_differ_from_the_plain_week() -> None:
    assert SEED
    assert all(works is (day.weekday() >= 5) for day, works in SEED.items())
    assert SEED[MAKE_UP_SATURDAY] is True
    assert {day.year for day in SEED} == {2025, 2026}


@pytest.mark.parametrize(("first", "last", "year"), [(2003, 2003, 2003), (2026, 2100, 20)])
def test_a_year_that_the_seed_does_not_know_is_refused_with_the_remedy(
    first: int, last: int, year: int
) -> None:
    with pytest.raises(BadInput, match=f"没有{year}.*放假调休安排"):
        seed_workdays(first, last)


@pytest.mark.skipif(not HOLIDAYS.is_dir(), reason="the shared table of holidays is not here")
def test_the_seed_agrees_with_the_table_made_from_the_notices() -> None:
    official = {}
    for path in sorted(HOLIDAYS.glob("20*.json")):
        for entry in json.loads(path.read_text(encoding="utf-8"))["days"]:
            day, works = date.fromisoformat(entry["date"]), not entry["isOffDay"]
            if works != (day.weekday() < 5) and day.year >= 2019:
                official[day] = works
    assert len(official) > 150
    assert dict(seed_workdays(2019, 2026)) == official


@pytest.mark.parametrize(
    ("day", "months", "end"),
    [
        (date(2026, 1, 15), 1, date(2026, 2, 15)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 31), -1, date(2025, 12, 31)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 5, 5), 0, date(2026, 5, 5)),
    ],
)
def test_months_end_on_the_same_day_or_on_the_last(day: date, months: int, end: date) -> None:
    assert add_months(day, months) == end


@pytest.mark.parametrize(
    ("day", "years", "end"),
    [
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, date(2028, 2, 29)),
        (date(2024, 2, 29), 20, date(2044, 2, 29)),
        (date(2080, 2, 29), 20, date(2100, 2, 28)),  # 2100 is no leap year
        (date(2025, 2, 28), 3, date(2028, 2, 28)),
        (date(2024, 2, 29), -1, date(2023, 2, 28)),
    ],
)
def test_29_february_becomes_28_february_outside_leap_years(day: date, years: int, end: date) -> None:
    assert add_years(day, years) == end


@given(days, st.integers(-400, 400))
def test_months_never_leave_the_month_that_they_reach(day: date, months: int) -> None:
    end = add_months(day, months)
    assert (end.year * 12 + end.month) - (day.year * 12 + day.month) == months
    assert end.day == day.day or (end + timedelta(1)).day == 1
