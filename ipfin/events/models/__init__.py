"""Events, registrations, wishes and timetables, as rows."""

from ipfin.events.models.event import Event
from ipfin.events.models.proposal import FixedMeeting, MeetingProposal
from ipfin.events.models.registration import Registration
from ipfin.events.models.timetable import EventTimetable, Meeting
from ipfin.events.models.wish import Wish

__all__ = [
    "Event",
    "EventTimetable",
    "FixedMeeting",
    "Meeting",
    "MeetingProposal",
    "Registration",
    "Wish",
]
