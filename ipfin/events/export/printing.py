"""Which papers of an event are set, and in what parts: a thousand lines are too much for one document.

Decides the parts and the order in which they are printed. What stands on a paper is decided in `papers`
and `badges`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Final

from sqlalchemy.orm import Session

from ipfin.config import Settings
from ipfin.documents.event_papers import Badges, badges_job, programme_job, table_signs_job
from ipfin.documents.papers import EventHead, SignInSheet, sign_in_job, wall_chart_job
from ipfin.documents.pdf import PdfJob
from ipfin.events import queries
from ipfin.events.export.badges import addresses_of, badges_of, posts_of, programme_of, signs_of
from ipfin.events.export.papers import desks_of, event_head, sign_in_sheets, wall_chart
from ipfin.events.lifecycle import SIDE_LABELS
from ipfin.events.models import Event, Meeting
from ipfin.events.queries import (
    meetings_of,
    published_timetable,
    registrations_of,
    registrations_visible_to,
)
from ipfin.events.service import phone_of_contact
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.text import Text, _

BADGES_OF_A_PART: Final = 80  # 10 pages
SIGNS_OF_A_PART: Final = 60
LINES_OF_A_PART: Final = 150


class Sheet(StrEnum):
    """A kind of paper of an event (会务材料), in the order of printing."""

    PROGRAMME = "programme"  # 会议议程
    WALL_CHART = "wall_chart"  # 洽谈总表
    SIGNS = "signs"  # 桌签
    BADGES = "badges"  # 参会证
    SIGN_IN = "sign_in"  # 签到表


SHEET_LABELS: Final[Mapping[Sheet, Text]] = {
    Sheet.PROGRAMME: _("会议议程"),
    Sheet.WALL_CHART: _("洽谈总表"),
    Sheet.SIGNS: _("桌签"),
    Sheet.BADGES: _("参会证"),
    Sheet.SIGN_IN: _("签到表"),
}
_NOBODY: Final = _("还没有已确认的报名，没有可打印的内容。")
_UNPLANNED: Final = _("日程尚未发布，或没有会谈，没有可打印的内容。")
NOTHING_TO_PRINT: Final[Mapping[Sheet, Text]] = {
    Sheet.PROGRAMME: _NOBODY,
    Sheet.WALL_CHART: _UNPLANNED,
    Sheet.SIGNS: _UNPLANNED,
    Sheet.BADGES: _NOBODY,
    Sheet.SIGN_IN: _NOBODY,
}
Papers = dict[Text, list[PdfJob]]


def sheet_jobs(
    session: Session, event: Event, settings: Settings, locale: str, *, only: Sheet | None = None
) -> Papers:
    """Return each paper with its parts, by the name of its file; what would be empty is left out."""
    timetable = published_timetable(session, event.id)
    meetings = meetings_of(session, timetable.id, SYSTEM) if timetable else []
    known = _Known(
        event, meetings, settings, locale, event_head(event, settings, timetable=timetable, locale=locale)
    )
    makers: Mapping[Sheet, Callable[[], Papers]] = {
        Sheet.PROGRAMME: partial(_programme, session, known),
        Sheet.WALL_CHART: partial(_wall_chart, known),
        Sheet.SIGNS: partial(_signs, known),
        Sheet.BADGES: partial(_badges, session, known),
        Sheet.SIGN_IN: partial(_sign_in, session, known),
    }
    return {
        name: jobs
        for sheet, make in makers.items()
        if only in (None, sheet)
        for name, jobs in make().items()
        if jobs
    }


@dataclass(frozen=True, slots=True)
class _Known:
    """What all papers of an event are made from; `head` says of which timetable they are."""

    event: Event
    meetings: Sequence[Meeting]
    settings: Settings
    locale: str
    head: EventHead


def _programme(session: Session, known: _Known) -> Papers:
    said = queries.programme_of(session, known.event.id)
    paper = programme_of(known.event, known.meetings, known.settings, said=said, locale=known.locale)
    job = programme_job(replace(paper, event=known.head), locale=known.locale)
    return {SHEET_LABELS[Sheet.PROGRAMME]: [job]}


def _wall_chart(known: _Known) -> Papers:
    if not known.meetings:
        return {}
    chart = wall_chart(known.event, known.meetings, known.settings, locale=known.locale)
    job = wall_chart_job(replace(chart, event=known.head), locale=known.locale)
    return {SHEET_LABELS[Sheet.WALL_CHART]: [job]}


def _signs(known: _Known) -> Papers:
    signs = signs_of(known.meetings)
    parts = [signs[at : at + SIGNS_OF_A_PART] for at in range(0, len(signs), SIGNS_OF_A_PART)]
    return {
        SHEET_LABELS[Sheet.SIGNS]: [table_signs_job(known.head, part, locale=known.locale) for part in parts]
    }


def _badges(session: Session, known: _Known) -> Papers:
    made = badges_of(session, known.event, known.meetings, known.settings, locale=known.locale)
    parts = [
        Badges(known.head, made.badges[at : at + BADGES_OF_A_PART])
        for at in range(0, len(made.badges), BADGES_OF_A_PART)
    ]
    return {SHEET_LABELS[Sheet.BADGES]: [badges_job(part, locale=known.locale) for part in parts]}


def _sign_in(session: Session, known: _Known) -> Papers:
    rows = registrations_of(session, known.event.id, registrations_visible_to(SYSTEM))
    sheets = sign_in_sheets(
        known.event,
        rows,
        desks_of(known.meetings, locale=known.locale),
        partial(phone_of_contact, settings=known.settings),
        known.settings,
        posts=posts_of(session, rows),
        addresses=addresses_of(session, known.event.id, known.settings),
        locale=known.locale,
    )
    return {
        _("签到表（%(side)s）", side=SIDE_LABELS[side]): [
            sign_in_job(part, locale=known.locale) for part in _parts(replace(sheet, event=known.head))
        ]
        for side, sheet in sheets.items()
    }


def _parts(sheet: SignInSheet) -> list[SignInSheet]:
    """Return a long sheet in parts that go on counting; only the last has lines for who comes without."""
    starts = range(0, len(sheet.attendees), LINES_OF_A_PART)
    return [
        SignInSheet(
            sheet.event,
            sheet.attendees[at : at + LINES_OF_A_PART],
            sheet.blank_lines if at == starts[-1] else 0,
            first=at + 1,
        )
        for at in starts
    ]
