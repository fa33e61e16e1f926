"""A list of financing outcomes (融资结果) as a sheet. Pure.

Decides the columns; what a copy says of itself is decided in `firm_export`, which outcomes it holds by the
list's own query.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from ipfin.documents.sheet import Column, Kind
from ipfin.kernel.text import SOURCE_LOCALE, _
from ipfin.outcomes.rules import KIND_LABELS, OutcomeKind
from ipfin.reports.firm_export import ExportHead, copied_sheet

COLUMNS: Final = (
    Column(_("日期"), Kind.TEXT, 12),
    Column(_("企业名称"), Kind.TEXT, 34),
    Column(_("统一社会信用代码"), Kind.TEXT, 21),
    Column(_("结果"), Kind.TEXT, 18),
    Column(_("来源"), Kind.TEXT, 26, wrap=True),
    Column(_("凭据"), Kind.TEXT, 36, wrap=True),
    Column(_("登记人"), Kind.TEXT, 14),
    Column(_("撤回理由"), Kind.TEXT, 32, wrap=True),
)


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """One outcome of a copy; `withdrawn_reason` is empty for one that stands."""

    happened_on: date
    firm: str
    credit_code: str
    kind: OutcomeKind
    source: str
    evidence: str
    entered_by: str
    withdrawn_reason: str


def outcome_sheet(head: ExportHead, lines: Iterable[OutcomeLine], *, locale: str = SOURCE_LOCALE) -> bytes:
    """Return the list as XLSX."""
    notes = (_("含企业贷款情况，仅供工作使用，不得向第三方提供。"),)
    return copied_sheet(head, COLUMNS, (_row(line) for line in lines), notes, locale)


def _row(line: OutcomeLine) -> list[object]:
    return [
        line.happened_on.isoformat(),
        line.firm,
        line.credit_code,
        KIND_LABELS[line.kind],
        line.source,
        line.evidence,
        line.entered_by,
        line.withdrawn_reason,
    ]
