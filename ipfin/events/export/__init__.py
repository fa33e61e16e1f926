"""What leaves the house about an event: agendas, badges, signs, sheets, pack, spreadsheet, calendar."""

from __future__ import annotations

from ipfin.events.export.badges import badge_address
from ipfin.events.export.calendars import CALENDAR, agenda_calendar, event_calendar
from ipfin.events.export.issuing import issue_agendas
from ipfin.events.export.packs import INLINE_PAPERS, issue_pack, issue_sheets
from ipfin.events.export.printing import SHEET_LABELS, Sheet
from ipfin.events.export.proofs import issue_proof
from ipfin.events.export.registrations import issue_registrations
from ipfin.events.export.reports import issue_ledger, issue_minutes, issue_report_paper, issue_report_sheet

__all__ = [
    "CALENDAR",
    "INLINE_PAPERS",
    "SHEET_LABELS",
    "Sheet",
    "agenda_calendar",
    "badge_address",
    "event_calendar",
    "issue_agendas",
    "issue_ledger",
    "issue_minutes",
    "issue_pack",
    "issue_proof",
    "issue_registrations",
    "issue_report_paper",
    "issue_report_sheet",
    "issue_sheets",
]
