"""A reviewer's own reviews (评审记录) as a sheet. Pure.

Decides the columns; what a copy says of itself is decided in `firm_export`, which reviews it holds by the
reviewer's own list, so nobody else's marks stand on it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from ipfin.documents.sheet import Column, Kind
from ipfin.kernel.clock import in_china
from ipfin.kernel.text import SOURCE_LOCALE, _
from ipfin.reports.firm_export import ExportHead, copied_sheet
from ipfin.screening.phases import TASK_LABELS, TaskState

COLUMNS: Final = (
    Column(_("任务编号"), Kind.INTEGER, 10),
    Column(_("白名单批次"), Kind.INTEGER, 12),
    Column(_("企业名称"), Kind.TEXT, 34),
    Column(_("校准样本"), Kind.TEXT, 10),
    Column(_("状态"), Kind.TEXT, 16),
    Column(_("本人评分（满分100）"), Kind.DECIMAL, 18),
    Column(_("截止日期"), Kind.TEXT, 12),
    Column(_("提交时间"), Kind.TEXT, 18),
    Column(_("说明"), Kind.TEXT, 40, wrap=True),
)


@dataclass(frozen=True, slots=True)
class ReviewLine:
    """One task of a copy; `firm` is empty where the reviewer may not read the name."""

    number: int
    round_number: int
    firm: str
    is_sample: bool
    state: TaskState
    points: Decimal | None
    due_on: date
    submitted_at: datetime | None
    reason: str


def review_sheet(head: ExportHead, lines: Iterable[ReviewLine], *, locale: str = SOURCE_LOCALE) -> bytes:
    """Return the list as XLSX."""
    notes = (_("仅含本人的评审，供工作量结算使用，不得向第三方提供。"),)
    return copied_sheet(head, COLUMNS, (_row(line) for line in lines), notes, locale)


def _row(line: ReviewLine) -> list[object]:
    return [
        line.number,
        line.round_number,
        line.firm or None,
        _("是") if line.is_sample else _("否"),
        TASK_LABELS[line.state],
        line.points,
        line.due_on.isoformat(),
        f"{in_china(line.submitted_at):%Y-%m-%d %H:%M}" if line.submitted_at else None,
        line.reason or None,
    ]
