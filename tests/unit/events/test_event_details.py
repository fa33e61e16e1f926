"""Which settings of an event contradict each other, and which are fixed once the agendas are out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from ipfin.events.details import (
    EventDetails,
    changed,
    check_change,
    check_details,
    is_worth_telling,
    slot_times,
)
from ipfin.events.lifecycle import EventKind, EventState
from ipfin.kernel.errors import BadInput, Conflict

NINE = datetime(2026, 4, 16, 1, 0, tzinfo=UTC)  # in China

MATCHMAKING = EventDetails(
    kind=EventKind.MATCHMAKING,
    title="样例银企对接会",
    venue="样例会议中心",
    starts_at=NINE,
    ends_at=NINE + timedelta(hours=3),
    registration_closes_on=date(2026, 4, 10),
    enterprise_seats=60,
    institution_seats=15,
    talks_start_at=NINE + timedelta(hours=1),
    slot_minutes=15,
    slot_count=8,
    desk_count=15,
)


@pytest.mark.parametrize(("breaks", "is_sound"), [([0, 7], True), ([8], False), ([-1], False)])
def test_a_break_is_one_of_the_slots(breaks: list[int], is_sound: bool) -> None:
    if is_sound:
        check_details(replace(MATCHMAKING, breaks=breaks))
        return
    with pytest.raises(BadInput, match="请填1到8之间") as refused:
        check_details(replace(MATCHMAKING, breaks=breaks))
    assert refused.value.field == "breaks"


def test_one_slot_at_least_is_left_for_meetings() -> None:
    check_details(replace(MATCHMAKING, breaks=[0, 1, 2, 3, 4, 5, 6]))
    with pytest.raises(BadInput, match="至少留一个"):
        check_details(replace(MATCHMAKING, breaks=[0, 1, 2, 3, 4, 5, 6, 7]))


def test_sound_settings_are_taken() -> None:
    check_details(MATCHMAKING)


@pytest.mark.parametrize(
    ("overrides", "field"),
    [
        ({"title": " "}, "title"),
        ({"venue": ""}, "venue"),
        ({"ends_at": NINE}, "ends_at"),
        ({"registration_closes_on": date(2026, 4, 17)}, "registration_closes_on"),
        ({"enterprise_seats": -1}, "enterprise_seats"),
        ({"institution_seats": 5001}, "institution_seats"),
        ({"slot_minutes": 4}, "slot_minutes"),
        ({"slot_count": 0}, "slot_count"),
        ({"slot_count": 9}, "slot_count"),
        ({"desk_count": 0}, "desk_count"),
        ({"meetings_per_enterprise": 0}, "meetings_per_enterprise"),
        ({"talks_start_at": NINE - timedelta(minutes=1)}, "talks_start_at"),
    ],
)
def test_a_contradiction_is_refused_at_its_field(overrides: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as refused:
        check_details(replace(MATCHMAKING, **overrides))
    assert refused.value.field == field


@pytest.mark.parametrize(
    "overrides",
    [
        {"registration_closes_on": date(2026, 4, 16)},
        {"slot_count": 8},  # ends with the event
        {"talks_start_at": NINE},
        {"enterprise_seats": 0},
    ],
)
def test_settings_at_their_limits_are_taken(overrides: dict[str, Any]) -> None:
    check_details(replace(MATCHMAKING, **overrides))


def test_a_briefing_needs_no_talks() -> None:
    check_details(replace(MATCHMAKING, kind=EventKind.BRIEFING, slot_count=0, desk_count=0))


def test_slots_follow_each_other_in_chinese_time() -> None:
    assert slot_times(NINE, 20, 3) == ["09:00—09:20", "09:20—09:40", "09:40—10:00"]


def test_changed_names_what_differs() -> None:
    assert changed(MATCHMAKING, replace(MATCHMAKING, venue="另一处", desk_count=9)) == ("venue", "desk_count")
    assert changed(MATCHMAKING, replace(MATCHMAKING)) == ()


@pytest.mark.parametrize("name", ["starts_at", "talks_start_at", "slot_minutes", "slot_count", "desk_count"])
def test_the_grid_is_fixed_once_the_timetable_is_out(name: str) -> None:
    check_change(EventState.CLOSED, (name,))
    with pytest.raises(Conflict) as refused:
        check_change(EventState.SCHEDULED, (name,))
    assert refused.value.field == name


@pytest.mark.parametrize("name", ["title", "venue", "contact", "summary", "enterprise_seats"])
def test_words_and_seats_may_change_to_the_end(name: str) -> None:
    check_change(EventState.SCHEDULED, (name,))


@pytest.mark.parametrize("state", [EventState.FINISHED, EventState.CANCELLED])
def test_an_event_that_is_over_is_not_changed(state: EventState) -> None:
    with pytest.raises(Conflict):
        check_change(state, ("title",))


@pytest.mark.parametrize(("name", "told"), [("venue", True), ("starts_at", True), ("summary", False)])
def test_people_are_told_of_time_and_place_only(name: str, told: bool) -> None:
    assert is_worth_telling((name,)) is told
