"""What a copy of an event takes over (复制活动). Pure.

Decides for every column of an event and of every table about it whether a copy takes it as it is, moves
it with the day, or leaves it, and why. A test reads the tables and fails when one is not decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from ipfin.events.details import DETAIL_NAMES, EventDetails
from ipfin.kernel.clock import CHINA, in_china

MOVED: Final = ("starts_at", "ends_at", "talks_start_at", "registration_closes_on")
"""Settings that keep their distance from the beginning of the event."""

COPIED: Final = (*(name for name in DETAIL_NAMES if name not in MOVED), "is_synthetic")
"""What a copy takes over as it is: a copy of a made-up event is made up, too."""

LEFT: Final[Mapping[str, str]] = {
    "id": "a copy is another event",
    "public_id": "it has an address of its own",
    "state": "it is a draft, whatever the other has come to",
    "created_by": "whoever copies made it",
    "created_at": "it is made now",
    "lock_version": "nobody changed it yet",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A table of settings of an event: what its rows in the copy take over, and what moves with the day."""

    copied: tuple[str, ...]
    moved: tuple[str, ...] = ()

    @property
    def columns(self) -> frozenset[str]:
        """All that a row of the copy is made of, besides its key, its event and its version."""
        return frozenset((*self.copied, *self.moved))


PARTS: Final[Mapping[str, Part]] = {
    "event_programme_line": Part(("title", "speaker", "place"), ("starts_at", "ends_at")),
    "event_question": Part(("text", "kind", "is_required", "options", "asked_of")),
    "event_reminder_plan": Part(
        ("closing_days", "wishes_days", "coming_days", "changed_by", "changed_at"), ("wishes_until",)
    ),
    "event_training": Part(("gives_records", "hours_tenths", "changed_by", "changed_at")),
}
"""Tables of settings that belong to one event: a copy gets its own rows."""

OF_THE_DAY: Final[Mapping[str, str]] = {
    "registration": "who signed up for one event did not sign up for the next",
    "event_short_link": "a link that was passed on leads to the event that it was made for",
    "event_invitation": "the office invites anew",
    "event_reminder": "what was sent of that event",
    "event_material": "the files of that event; what is still right is added anew",
    "training_record": "who was trained that day",
    "wish": "wishes are about who came",
    "meeting_proposal": "the office proposes anew for whoever comes",
    "fixed_meeting": "agreed for that day",
    "meeting_minimum": "asked for by name, for who came that day; what is asked of everybody is a setting",
    "meeting_order": "of meetings of that day",
    "event_timetable": "planned for that day",
    "check_in_code": "the badges of that day",
    "attendance": "who was there that day",
    "event_feedback": "opinions of that event",
    "event_minutes": "what was said that day",
    "meeting_result": "what came of the meetings of that day",
    "meeting_follow_up": "what followed the meetings of that day",
}
"""Tables about one event that a copy takes nothing of, each with the reason."""


def shift_between(before: datetime, after: datetime) -> tuple[timedelta, timedelta]:
    """Return how far moments and days move when an event begins at another moment.

    Days move by the days between the two in China, whatever the hours: registration that closed four days
    before the morning of one event closes four days before the afternoon of the next.
    """
    days = in_china(after).date() - in_china(before).date()
    return after - before, days


def copied_details(details: EventDetails, starts_at: datetime, title: str) -> EventDetails:
    """Return the settings of the copy that begins at `starts_at`."""
    moments, days = shift_between(details.starts_at, starts_at)
    changes: dict[str, Any] = {
        name: getattr(details, name) + (days if name == "registration_closes_on" else moments)
        for name in MOVED
    }
    return replace(details, title=title.strip(), **changes)


def next_like(starts_at: datetime, on: date) -> datetime:
    """Return the same weekday and hour four weeks later, or the first such after day `on`."""
    begins = in_china(starts_at)
    day = begins.date() + timedelta(weeks=4)
    while day <= on:
        day += timedelta(weeks=1)
    return datetime.combine(day, time(begins.hour, begins.minute), tzinfo=CHINA)
