"""What came of meetings."""

from __future__ import annotations

from datetime import date
from typing import Any

from ipfin.events.lifecycle import Side, TimetableState
from ipfin.events.models import (
    Event,
    EventFeedback,
    EventMinutes,
    Meeting,
    MeetingFollowUp,
    MeetingResult,
    Registration,
)
from ipfin.events.results import Interest, Stage
from tests.making.base import NOW
from tests.making.events import MakeEvents


class MakeResults(MakeEvents):
    """A held meeting and what was said of it."""

    def held_meeting(self, event: Event | None = None, **overrides: Any) -> Meeting:
        """Save a meeting of the published timetable of an event."""
        event = event or self.event(state="scheduled")
        timetable = overrides.pop("timetable", None) or self.timetable(
            event, state=TimetableState.PUBLISHED, published_at=NOW
        )
        return self.meeting(timetable, **overrides)

    def meeting_result(
        self, meeting: Meeting | None = None, side: Side = Side.INSTITUTION, **overrides: Any
    ) -> MeetingResult:
        """Save what one side said: an open interest."""
        defaults: dict[str, Any] = {
            **_of(meeting or self.held_meeting()),
            "side": side,
            "interest": Interest.OPEN,
            "next_step": "提供近三年报表",
            "said_by": "用户",
            "said_at": NOW,
        }
        return self.save(MeetingResult, defaults, overrides)

    def follow_up(self, meeting: Meeting | None = None, **overrides: Any) -> MeetingFollowUp:
        """Save that a credit was granted."""
        defaults: dict[str, Any] = {
            **_of(meeting or self.held_meeting()),
            "stage": Stage.CREDIT,
            "happened_on": date(2026, 5, 6),
            "amount_fen": 200_000_000,
            "said_by_side": Side.INSTITUTION,
            "said_by": "用户",
            "said_at": NOW,
        }
        return self.save(MeetingFollowUp, defaults, overrides)

    def feedback(self, registration: Registration | None = None, **overrides: Any) -> EventFeedback:
        """Save an opinion of four points each."""
        registration = registration or self.registration()
        defaults: dict[str, Any] = {
            "event_id": registration.event_id,
            "registration_id": registration.id,
            "organisation_points": 4,
            "timetable_points": 4,
            "use_points": 4,
            "would_return": True,
            "said_by": "用户",
            "said_at": NOW,
        }
        return self.save(EventFeedback, defaults, overrides)

    def minutes(self, event: Event | None = None, **overrides: Any) -> EventMinutes:
        """Save the minutes of an event."""
        defaults: dict[str, Any] = {
            "event_id": (event or self.event()).id,
            "body": "一、基本情况",
            "written_by": "用户",
            "written_at": NOW,
        }
        return self.save(EventMinutes, defaults, overrides)


def _of(meeting: Meeting) -> dict[str, Any]:
    return {
        "event_id": meeting.timetable.event_id,
        "enterprise_registration_id": meeting.enterprise_registration_id,
        "institution_registration_id": meeting.institution_registration_id,
    }
