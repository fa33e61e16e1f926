"""Events, registrations, wishes and timetables, as rows."""

from ipfin.events.models.attendance import Attendance, CheckInCode
from ipfin.events.models.event import Event
from ipfin.events.models.registration import Registration
from ipfin.events.models.timetable import EventTimetable, Meeting
from ipfin.events.models.wish import Wish

__all__ = ["Attendance", "CheckInCode", "Event", "EventTimetable", "Meeting", "Registration", "Wish"]
