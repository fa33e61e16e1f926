"""The answers to a push as a sheet. Pure.

Decides the columns; what a copy says of itself is decided in `firm_export`, what was answered in `pushes`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from ipfin.documents.sheet import Column, Kind
from ipfin.kernel.text import SOURCE_LOCALE, Text, _
from ipfin.pushes.answers import FOUND, MATCH_LABELS, STATE_LABELS, Answer, LineState, Match
from ipfin.reports.firm_export import ExportHead, copied_sheet
from ipfin.whitelist.scoring import GRADE_LABELS

COLUMNS: Final = (
    Column(_("行"), Kind.INTEGER, 7),
    Column(_("推送的企业"), Kind.TEXT, 40),
    Column(_("查找结果"), Kind.TEXT, 24),
    Column(_("有效专利"), Kind.INTEGER, 10),
    Column(_("其中发明"), Kind.INTEGER, 10),
    Column(_("白名单等级"), Kind.TEXT, 12),
    Column(_("非正常申请记录"), Kind.TEXT, 14),
    Column(_("办理"), Kind.TEXT, 14),
)
NOT_LISTED: Final = _("不在白名单")
HAS, HAS_NOT = _("有"), _("名册无记录")


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One row of a push with what was answered."""

    row_number: int
    said: str
    match: Match
    answer: Answer
    state: LineState


def register_note(looked_on: date | None) -> Text:
    """Say what "no record" means on the day: whether and when the register was looked into."""
    if looked_on is None:
        return _("非正常专利申请通报尚无查询记录：名册无记录不等于没有。")
    return _("非正常专利申请通报最近查询日期：%(day)s。", day=looked_on.isoformat())


def push_sheet(
    head: ExportHead, lines: Iterable[AnswerLine], looked_on: date | None, *, locale: str = SOURCE_LOCALE
) -> bytes:
    """Return the answers as XLSX."""
    notes = (
        register_note(looked_on),
        _("反馈为推送当日的情况，不构成授信建议；不得向第三方提供。"),
    )
    return copied_sheet(head, COLUMNS, (_row(line) for line in lines), notes, locale)


def _row(line: AnswerLine) -> list[object]:
    answer = line.answer
    return [
        line.row_number,
        line.said,
        MATCH_LABELS[line.match],
        answer.valid,
        answer.inventions,
        _grade(answer) if line.match in FOUND else None,
        None if answer.is_irregular is None else HAS if answer.is_irregular else HAS_NOT,
        STATE_LABELS[line.state],
    ]


def _grade(answer: Answer) -> Text | None:
    if answer.is_admitted is None:
        return None
    return GRADE_LABELS[answer.grade] if answer.grade else NOT_LISTED
