"""The register of conduct as a sheet (排除名单). Pure.

Decides the columns; what a copy says of itself is decided in `firm_export`, which records it holds by the
page's own query.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from ipfin.conduct.rules import END_LABELS, LABELS, STANDING_LABELS, ConductCode, EndKind, Standing
from ipfin.documents.sheet import Column, Kind
from ipfin.kernel.text import SOURCE_LOCALE, Text, _
from ipfin.reports.firm_export import ExportHead, copied_sheet

COLUMNS: Final = (
    Column(_("企业名称"), Kind.TEXT, 34),
    Column(_("统一社会信用代码"), Kind.TEXT, 21),
    Column(_("代码"), Kind.TEXT, 7),
    Column(_("情形"), Kind.TEXT, 30, wrap=True),
    Column(_("认定机关"), Kind.TEXT, 26, wrap=True),
    Column(_("文号或案号"), Kind.TEXT, 22),
    Column(_("事由"), Kind.TEXT, 36, wrap=True),
    Column(_("列入日期"), Kind.TEXT, 12),
    Column(_("期满日期"), Kind.TEXT, 12),
    Column(_("期满依据"), Kind.TEXT, 24, wrap=True),
    Column(_("状态"), Kind.TEXT, 10),
    Column(_("解除日期"), Kind.TEXT, 12),
    Column(_("解除方式"), Kind.TEXT, 14),
    Column(_("解除理由"), Kind.TEXT, 32, wrap=True),
    Column(_("登记人"), Kind.TEXT, 14),
)


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One record of a copy. `last_day` is the last day on which it counts by time, None for no end."""

    firm: str
    credit_code: str
    code: ConductCode
    source: str
    reference: str
    evidence: str
    effective_on: date
    last_day: date | None
    term_basis: Text | str
    standing: Standing
    withdrawn_on: date | None
    ended_as: EndKind | None
    reason: str
    recorded_by: str


def register_sheet(head: ExportHead, lines: Iterable[RegisterLine], *, locale: str = SOURCE_LOCALE) -> bytes:
    """Return the register as XLSX."""
    notes = (_("仅供主管局办理白名单使用，不得向第三方提供。期限规则标注待核实的，以正式文本为准。"),)
    return copied_sheet(head, COLUMNS, (_row(line) for line in lines), notes, locale)


def _row(line: RegisterLine) -> list[object]:
    return [
        line.firm,
        line.credit_code,
        line.code.value,
        LABELS[line.code],
        line.source,
        line.reference,
        line.evidence,
        line.effective_on.isoformat(),
        line.last_day.isoformat() if line.last_day else None,
        line.term_basis,
        STANDING_LABELS[line.standing],
        line.withdrawn_on.isoformat() if line.withdrawn_on else None,
        END_LABELS[line.ended_as] if line.ended_as else None,
        line.reason,
        line.recorded_by,
    ]
