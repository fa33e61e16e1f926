"""Hours of a training, on both sides of each bound; when its records may be made."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from ipfin.events.lifecycle import EventKind, EventState
from ipfin.events.training import (
    checked_tenths,
    counts_by_itself,
    hours_in_words,
    is_settled,
    require_over,
    usual_tenths,
)
from ipfin.kernel.errors import BadInput, Conflict

START = datetime(2026, 4, 16, 1, tzinfo=UTC)
END = START + timedelta(hours=3)


@pytest.mark.parametrize(
    ("minutes", "hours"), [(10, "0.5"), (59, "0.5"), (60, "1"), (179, "2.5"), (180, "3"), (1440, "8")]
)
def test_an_event_counts_its_length_in_half_hours_and_at_most_a_day(minutes: int, hours: str) -> None:
    assert hours_in_words(usual_tenths(START, START + timedelta(minutes=minutes))) == hours


def test_briefings_and_trainings_count_by_themselves() -> None:
    assert [kind for kind in EventKind if counts_by_itself(kind)] == [EventKind.BRIEFING, EventKind.TRAINING]


@pytest.mark.parametrize(("hours", "tenths"), [("0.5", 5), ("2.5", 25), ("3.0", 30), ("80", 800)])
def test_hours_are_kept_in_tenths(hours: str, tenths: int) -> None:
    assert checked_tenths(Decimal(hours)) == tenths


@pytest.mark.parametrize("hours", ["0.4", "80.1", "2.55", "-3", "NaN", "Infinity"])
def test_impossible_hours_are_refused(hours: str) -> None:
    with pytest.raises(BadInput):
        checked_tenths(Decimal(hours))


def test_records_are_made_once_the_event_is_over() -> None:
    require_over(EventState.SCHEDULED, END, END)
    for state, now in (
        (EventState.SCHEDULED, END - timedelta(seconds=1)),
        (EventState.DRAFT, END),
        (EventState.CANCELLED, END),
    ):
        with pytest.raises(Conflict):
            require_over(state, END, now)


def test_nobody_asks_for_records_before_the_door_is_closed() -> None:
    midnight = datetime(2026, 4, 16, 16, tzinfo=UTC)  # in China
    assert not is_settled(date(2026, 4, 16), EventState.CLOSED, midnight - timedelta(seconds=1))
    assert is_settled(date(2026, 4, 16), EventState.CLOSED, midnight)
    assert is_settled(date(2026, 4, 16), EventState.FINISHED, END)
