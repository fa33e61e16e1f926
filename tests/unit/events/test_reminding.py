"""Which reminder is due when, on both sides of every day; short codes that can be read out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ipfin.events.lifecycle import EventState
from ipfin.events.reminding import (
    USUAL,
    Frame,
    Outlook,
    Planned,
    Reminder,
    ReminderPlan,
    checked_plan,
    due,
    outlook,
    planned,
    wishes_day,
)
from ipfin.events.short_codes import ALPHABET, new_short_code, tidy_short_code
from ipfin.kernel.errors import BadInput

# 9 o'clock in China on Thursday, 16 April; registration closes on the 10th.
EVENT = Frame(EventState.OPEN, datetime(2026, 4, 16, 1, tzinfo=UTC), date(2026, 4, 10), has_talks=True)


def china(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 4, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def kinds(
    now: datetime, sent: object = (), frame: Frame = EVENT, plan: ReminderPlan = USUAL
) -> list[tuple[str, int]]:
    return [(one.kind.value, one.days) for one in due(plan, frame, sent, now)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (china(8, 8, 59), []),
        (china(8, 9), [("closing", 2)]),
        (china(10, 23, 59), [("closing", 2)]),  # the last day of registration is in time
        (china(11, 0), []),
        (china(12, 9), [("wishes", 2)]),  # two days before the 14th
        (china(13, 9), [("wishes", 2), ("coming", 3)]),
        (china(15, 8, 59), [("coming", 3)]),
        (china(15, 9), [("coming", 1)]),  # the one of three days before is not sent after it
        (china(16, 8, 59), [("coming", 1)]),
        (china(16, 9), []),
    ],
)
def test_of_each_kind_the_latest_is_due_until_it_no_longer_helps(
    now: datetime, expected: list[tuple[str, int]]
) -> None:
    assert sorted(kinds(now)) == sorted(expected)


def test_what_was_sent_is_not_sent_again_unless_the_event_moves_to_another_day() -> None:
    sent = {one.key for one in due(USUAL, EVENT, (), china(15, 9))}
    assert kinds(china(15, 10), sent) == []
    later_that_day = replace(EVENT, starts_at=china(16, 14))
    assert kinds(china(15, 10), sent, later_that_day) == []
    next_day = replace(EVENT, starts_at=china(17, 9))
    assert kinds(china(16, 9), sent, next_day) == [("coming", 1)]


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (EventState.DRAFT, []),
        (EventState.OPEN, ["coming", "wishes"]),
        (EventState.CLOSED, ["coming", "wishes"]),
        (EventState.SCHEDULED, ["coming"]),  # the timetable is out
        (EventState.FINISHED, []),
        (EventState.CANCELLED, []),
    ],
)
def test_only_whom_it_still_helps_is_reminded(state: EventState, expected: list[str]) -> None:
    found = kinds(china(13, 9), frame=replace(EVENT, state=state))
    assert sorted(kind for kind, _days in found) == expected


def test_closing_is_reminded_of_only_while_registration_is_open() -> None:
    assert kinds(china(9, 9)) == [("closing", 2)]
    assert kinds(china(9, 9), frame=replace(EVENT, state=EventState.CLOSED)) == []


def test_a_briefing_reminds_nobody_of_wishes() -> None:
    assert {one.kind for one in planned(USUAL, replace(EVENT, has_talks=False))} == {
        Reminder.CLOSING,
        Reminder.COMING,
    }


@pytest.mark.parametrize(
    ("until", "closes_on", "expected"),
    [
        (None, date(2026, 4, 10), date(2026, 4, 14)),
        (None, date(2026, 4, 15), date(2026, 4, 15)),  # who registers last may still wish
        (date(2026, 4, 12), date(2026, 4, 10), date(2026, 4, 12)),
        (date(2026, 4, 20), date(2026, 4, 10), date(2026, 4, 16)),  # the event moved before it
    ],
)
def test_wishes_are_due_two_days_before_unless_the_office_says_otherwise(
    until: date | None, closes_on: date, expected: date
) -> None:
    assert wishes_day(replace(USUAL, wishes_until=until), replace(EVENT, closes_on=closes_on)) == expected


@pytest.mark.parametrize("days", [(0,), (61,), (1, 2, 3, 4, 5)])
def test_impossible_days_are_refused_at_their_field(days: tuple[int, ...]) -> None:
    with pytest.raises(BadInput) as refusal:
        checked_plan(replace(USUAL, coming=days), EVENT)
    assert refusal.value.field == "coming"


def test_a_plan_is_put_in_order_and_may_be_empty() -> None:
    plan = checked_plan(ReminderPlan((), (60, 1, 60), (1, 3), None), EVENT)
    assert (plan.closing, plan.wishes, plan.coming) == ((), (60, 1), (3, 1))


def test_wishes_are_not_asked_for_after_the_event() -> None:
    assert checked_plan(replace(USUAL, wishes_until=date(2026, 4, 16)), EVENT).wishes_until
    with pytest.raises(BadInput):
        checked_plan(replace(USUAL, wishes_until=date(2026, 4, 17)), EVENT)


def test_the_page_says_of_each_reminder_what_becomes_of_it() -> None:
    now, three, one = china(14, 9), *(Planned(Reminder.COMING, days, date(2026, 4, 16)) for days in (3, 1))
    wanted = due(USUAL, EVENT, (), now)
    assert outlook(three, EVENT, {three.key}, (), now) is Outlook.SENT
    assert outlook(three, EVENT, (), wanted, now) is Outlook.LATE
    assert outlook(three, EVENT, (), (), now) is Outlook.DROPPED
    assert outlook(one, EVENT, (), wanted, now) is Outlook.COMING_UP
    cancelled = replace(EVENT, state=EventState.CANCELLED)
    assert outlook(one, cancelled, (), (), now) is Outlook.DROPPED


def test_short_codes_are_read_however_they_are_typed_and_nothing_else_is_a_code() -> None:
    code = new_short_code()
    assert tidy_short_code(f" {code[:3].upper()}-{code[3:].upper()} ") == code
    assert not set("0o1ilaeu") & set(ALPHABET)
    assert [tidy_short_code(typed) for typed in ("", code + "2", code[:5], "k7m2xо", "k7m2x0")] == [""] * 5
