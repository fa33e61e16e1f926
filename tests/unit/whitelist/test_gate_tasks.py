"""When a task about the register is due, and what looking at a firm comes to."""

from __future__ import annotations

from datetime import date

import pytest

from ipfin.kernel.calendar import WorkCalendar, seed_workdays
from ipfin.whitelist.gate_tasks import TaskOutcome, due_day, is_late, outcome_of_lift

CALENDAR = WorkCalendar(seed_workdays(2026, 2026), 2026)


@pytest.mark.parametrize(
    ("arose", "due"),
    [
        (date(2026, 3, 5), date(2026, 3, 6)),  # Thursday
        (date(2026, 3, 6), date(2026, 3, 9)),  # Friday: the weekend does not count
        (date(2026, 9, 30), date(2026, 10, 8)),  # the National Day week does not count
        (date(2026, 10, 9), date(2026, 10, 10)),  # a make-up Saturday does
    ],
)
def test_a_task_is_due_on_the_next_working_day(arose: date, due: date) -> None:
    assert due_day(arose, CALENDAR) == due


def test_the_due_day_itself_is_in_time() -> None:
    due = date(2026, 3, 6)
    assert not is_late(due, None, due)
    assert is_late(due, None, date(2026, 3, 7))
    assert not is_late(due, due, date(2026, 4, 1))
    assert is_late(due, date(2026, 3, 7), date(2026, 3, 7))


def test_a_firm_with_another_exclusion_is_not_restored() -> None:
    assert outcome_of_lift(has_blocks=True) is TaskOutcome.STILL_OUT
    assert outcome_of_lift(has_blocks=False) is TaskOutcome.RESTORED
