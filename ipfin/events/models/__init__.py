"""Events, registrations, wishes, timetables and results, as rows."""

from ipfin.events.models.attendance import Attendance, CheckInCode
from ipfin.events.models.demand import MeetingMinimum, MeetingOrder
from ipfin.events.models.event import Event, ProgrammeLine
from ipfin.events.models.invitation import EventInvitation
from ipfin.events.models.material import EventMaterial
from ipfin.events.models.preference import MeetingPreference, SuggestionWeights
from ipfin.events.models.preparing import EventReminder, EventReminderPlan, EventShortLink
from ipfin.events.models.proposal import FixedMeeting, MeetingProposal
from ipfin.events.models.question import EventQuestion, RegistrationAnswer
from ipfin.events.models.registration import Registration, Substitution
from ipfin.events.models.result import EventFeedback, EventMinutes, MeetingFollowUp, MeetingResult
from ipfin.events.models.timetable import EventTimetable, Meeting
from ipfin.events.models.training import EventTraining, TrainingRecord
from ipfin.events.models.wish import Wish

__all__ = [
    "Attendance",
    "CheckInCode",
    "Event",
    "EventFeedback",
    "EventInvitation",
    "EventMaterial",
    "EventMinutes",
    "EventQuestion",
    "EventReminder",
    "EventReminderPlan",
    "EventShortLink",
    "EventTimetable",
    "EventTraining",
    "FixedMeeting",
    "Meeting",
    "MeetingFollowUp",
    "MeetingMinimum",
    "MeetingOrder",
    "MeetingPreference",
    "MeetingProposal",
    "MeetingResult",
    "ProgrammeLine",
    "Registration",
    "RegistrationAnswer",
    "Substitution",
    "SuggestionWeights",
    "TrainingRecord",
    "Wish",
]
