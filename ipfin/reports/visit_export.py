"""A list of visits to firms (入企服务记录) as a sheet. Pure.

Decides the columns; what a copy says of itself is decided in `firm_export`, which visits it holds by the
list's own query.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from ipfin.documents.sheet import Column, Kind
from ipfin.kernel.text import SOURCE_LOCALE, _
from ipfin.liaison.visits import FOLLOW_UP_LABELS, FollowUp
from ipfin.reports.firm_export import ExportHead, copied_sheet

COLUMNS: Final = (
    Column(_("走访日期"), Kind.TEXT, 12),
    Column(_("企业名称"), Kind.TEXT, 34),
    Column(_("统一社会信用代码"), Kind.TEXT, 21),
    Column(_("区县"), Kind.TEXT, 12),
    Column(_("我方人员"), Kind.TEXT, 20, wrap=True),
    Column(_("会见人员"), Kind.TEXT, 20, wrap=True),
    Column(_("交流内容"), Kind.TEXT, 46, wrap=True),
    Column(_("发现的需求"), Kind.TEXT, 40, wrap=True),
    Column(_("跟进事项"), Kind.TEXT, 32, wrap=True),
    Column(_("跟进期限"), Kind.TEXT, 12),
    Column(_("跟进状态"), Kind.TEXT, 12),
    Column(_("完成日期"), Kind.TEXT, 12),
    Column(_("完成情况"), Kind.TEXT, 32, wrap=True),
    Column(_("登记人"), Kind.TEXT, 14),
)


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One visit of a copy."""

    visited_on: date
    firm: str
    credit_code: str
    region: str
    officers: str
    persons: str
    topics: str
    needs: str
    follow_up: str
    due_on: date | None
    state: FollowUp
    done_on: date | None
    done_note: str
    recorded_by: str


def visit_sheet(head: ExportHead, lines: Iterable[VisitLine], *, locale: str = SOURCE_LOCALE) -> bytes:
    """Return the list as XLSX."""
    notes = (_("含会见人员姓名，仅供工作使用，不得向第三方提供。"),)
    return copied_sheet(head, COLUMNS, (_row(line) for line in lines), notes, locale)


def _row(line: VisitLine) -> list[object]:
    return [
        line.visited_on.isoformat(),
        line.firm,
        line.credit_code,
        line.region,
        line.officers,
        line.persons,
        line.topics,
        line.needs,
        line.follow_up,
        line.due_on.isoformat() if line.due_on else None,
        FOLLOW_UP_LABELS[line.state],
        line.done_on.isoformat() if line.done_on else None,
        line.done_note,
        line.recorded_by,
    ]
