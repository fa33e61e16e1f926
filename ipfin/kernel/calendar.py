"""Working days in China (工作日) and whole months and years between days.

Decides which day is a working day and how a term is counted: 民法典 arts. 201-203, the day on which a
term begins does not count, and a last day that is a day off moves to the next working day. Does not
decide any term's length, and does not store days: the office keeps the table that it enters from the
State Council's notice each November, and `seed_workdays` fills it for the first time.
"""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Mapping
from datetime import MINYEAR, date, timedelta
from typing import Final

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _

_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
_WEEK: Final = 7
# A notice about a year begins with its New Year holiday, which may reach back into the old December:
# since 2004 never before the 29th (make-up days in 2007 and 2018).
_NEXT_NOTICE_FROM: Final = (12, 29)


def _is_weekday(day: date) -> bool:
    return day.weekday() < _SATURDAY


class WorkCalendar:
    """The working days that are known, and the plain week for all others.

    Args:
        overrides: whether one works on a day; only days that differ from the plain week matter.
        known_through: the last year whose notice is in `overrides`, 0 if none is. Days of later years are
            counted by the plain week and are provisional; no day is ever refused.
    """

    def __init__(self, overrides: Mapping[date, bool], known_through: int) -> None:
        self._overrides = {day: works for day, works in overrides.items() if works != _is_weekday(day)}
        self._make_up_days = sorted(day for day, works in self._overrides.items() if works)
        self._days_off = sorted(day for day, works in self._overrides.items() if not works)
        self.known_through = known_through
        self._provisional_from = date(max(known_through, MINYEAR), *_NEXT_NOTICE_FROM)

    def is_working_day(self, day: date) -> bool:
        """Return whether offices work on `day`."""
        return self._overrides.get(day, _is_weekday(day))

    def is_provisional(self, day: date) -> bool:
        """Return whether a notice still to come may change `day`, and with it a term that ends then.

        That is so from 29 December of the last known year on.
        """
        return day >= self._provisional_from

    def next_working_day(self, day: date) -> date:
        """Return `day` itself or, when it is a day off, the first working day after it (顺延)."""
        while not self.is_working_day(day):
            day += _DAY
        return day

    def add_working_days(self, start: date, count: int) -> date:
        """Return the `count`-th working day after `start`; `start` itself never counts.

        A negative `count` goes back before `start`; zero is `next_working_day(start)`.
        """
        if count == 0:
            return self.next_working_day(start)
        step = _DAY if count > 0 else -_DAY
        day = start
        for _done in range(abs(count)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Return the number of working days from `start` on and before `end` (算头不算尾).

        Negative when `end` is before `start`, so that swapping the two changes the sign only.
        """
        if end < start:
            return -self.working_days_between(end, start)
        weekdays = _weekdays_before(end) - _weekdays_before(start)
        return weekdays + _count(self._make_up_days, start, end) - _count(self._days_off, start, end)


def _weekdays_before(day: date) -> int:
    """Return how many Mondays to Fridays lie between the first Monday of all and `day`."""
    weeks, rest = divmod(day.toordinal() - 1, _WEEK)  # 1 January of year 1 was a Monday
    return weeks * _SATURDAY + min(rest, _SATURDAY)


def _count(days: list[date], start: date, end: date) -> int:
    return bisect_left(days, end) - bisect_left(days, start)


def seed_workdays(first_year: int, last_year: int) -> Mapping[date, bool]:
    """Return whether one works on each day of these years that differs from the plain week.

    Source: the package chinesecalendar, which knows 2004 to the year of its last release (2026 here).

    Raises:
        BadInput: a year that the source does not know. The days must then come from the notice.
    """
    from chinese_calendar import is_workday

    days: dict[date, bool] = {}
    day = date(first_year, 1, 1)
    while day.year <= last_year:
        try:
            works = bool(is_workday(day))
        except NotImplementedError as unknown:
            raise BadInput(
                _("没有%(year)s年的放假调休安排，请按国务院办公厅通知录入。", year=day.year)
            ) from unknown
        if works != _is_weekday(day):
            days[day] = works
        day += _DAY
    return days


def add_months(day: date, months: int) -> date:
    """Return the same day of the month `months` later (earlier if negative).

    A month without that day ends the term on its last day (29 Feb in leap years, 28 Feb in others).
    Steps do not add up: 31 Jan + 1 + 1 months is 28 Mar, so always count from the original day.
    """
    years, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(years, month + 1, min(day.day, monthrange(years, month + 1)[1]))


def add_years(day: date, years: int) -> date:
    """Return the same day `years` later; 29 February becomes 28 February outside leap years."""
    return add_months(day, 12 * years)
