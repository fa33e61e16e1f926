"""What leaves the house about an event: agendas, badges, signs, sheets, pack, spreadsheet, calendar."""

from __future__ import annotations

from ipfin.events.export.calendars import CALENDAR, agenda_calendar, event_calendar
from ipfin.events.export.issuing import issue_agendas
from ipfin.events.export.packs import INLINE_PAPERS, issue_pack, issue_registrations, issue_sheets
from ipfin.events.export.printing import SHEET_LABELS, Sheet

__all__ = [
    "CALENDAR",
    "INLINE_PAPERS",
    "SHEET_LABELS",
    "Sheet",
    "agenda_calendar",
    "event_calendar",
    "issue_agendas",
    "issue_pack",
    "issue_registrations",
    "issue_sheets",
]
