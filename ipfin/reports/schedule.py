"""When the directory is to be prepared by itself, and when a receipt is overdue. Pure.

A schedule only says on which day of China's calendar a draft falls due; a person submits the draft and a
second one publishes it, as every other. A due day that nobody was there for is made up once: the latest
that passed, not each of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from ipfin.kernel.calendar import WorkCalendar
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _

LAST_DAY: Final = 28  # every month has it
MOST_REMIND_DAYS: Final = 60
_QUARTER: Final = 3


class Frequency(StrEnum):
    """How often the directory is prepared by itself (编制周期)."""

    OFF = "off"  # 不自动编制
    MONTHLY = "monthly"  # 每月
    QUARTERLY = "quarterly"  # 每季度首月


FREQUENCY_LABELS: Final[Mapping[Frequency, Text]] = {
    Frequency.OFF: _("不自动编制"),
    Frequency.MONTHLY: _("每月"),
    Frequency.QUARTERLY: _("每季度首月"),
}


@dataclass(frozen=True, slots=True)
class Timing:
    """On which days a draft falls due.

    Args:
        day: the day of the month, 1 to 28.
        since: the day from which the schedule holds; what fell due before is nobody's business.
    """

    frequency: Frequency
    day: int
    since: date

    def __post_init__(self) -> None:
        if not 1 <= self.day <= LAST_DAY:
            raise BadInput(_("编制日须在1日至%(last)s日之间。", last=LAST_DAY), field="day")

    def latest_due(self, on: date) -> date | None:
        """Return the latest due day up to and with `on`, None when there is none since the schedule holds."""
        if self.frequency is Frequency.OFF:
            return None
        due = self._in_month(on.year, on.month)
        if due > on:
            due = self._before(due)
        return due if due >= self.since else None

    def next_due(self, on: date) -> date | None:
        """Return the first due day after `on`."""
        if self.frequency is Frequency.OFF:
            return None
        due = self._in_month(on.year, on.month)
        while due <= on or due < self.since:
            due = self._after(due)
        return due

    def _in_month(self, year: int, month: int) -> date:
        if self.frequency is Frequency.QUARTERLY:
            month -= (month - 1) % _QUARTER
        return date(year, month, self.day)

    def _before(self, due: date) -> date:
        return self._moved(due, -self._step)

    def _after(self, due: date) -> date:
        return self._moved(due, self._step)

    @property
    def _step(self) -> int:
        return _QUARTER if self.frequency is Frequency.QUARTERLY else 1

    def _moved(self, due: date, months: int) -> date:
        year, month = divmod(due.year * 12 + due.month - 1 + months, 12)
        return date(year, month + 1, self.day)


def period_name(frequency: Frequency, due: date) -> str:
    """Return the name of the period that a due day begins: 2026-03, or 2026-Q1. One draft for each."""
    if frequency is Frequency.QUARTERLY:
        return f"{due.year}-Q{(due.month - 1) // _QUARTER + 1}"
    return f"{due:%Y-%m}"


def is_overdue(delivered_on: date, working_days: int, on: date, calendar: WorkCalendar) -> bool:
    """Whether a receipt that was to come within `working_days` is missing on day `on`.

    The day of the delivery does not count, the last day is still in time.
    """
    return on > calendar.add_working_days(delivered_on, working_days)
