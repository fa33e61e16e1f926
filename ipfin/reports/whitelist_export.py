"""The whitelist as of a day as a sheet. Pure.

Decides the columns; what a copy says of itself is decided in `firm_export`, which firms it holds by the
page's own query.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from ipfin.documents.sheet import Column, Kind
from ipfin.kernel.text import SOURCE_LOCALE, _
from ipfin.reports.firm_export import ExportHead, copied_sheet

COLUMNS: Final = (
    Column(_("企业名称"), Kind.TEXT, 34),
    Column(_("统一社会信用代码"), Kind.TEXT, 21),
    Column(_("等级"), Kind.TEXT, 8),
    Column(_("批次"), Kind.TEXT, 10),
    Column(_("生效日"), Kind.TEXT, 12),
    Column(_("有效期至"), Kind.TEXT, 12),
)


@dataclass(frozen=True, slots=True)
class AdmittedLine:
    """One firm of the whitelist; `last_day` is the last day on which its term holds."""

    firm: str
    credit_code: str
    grade: str
    round_number: int
    valid_from: date
    last_day: date


def whitelist_sheet(head: ExportHead, lines: Iterable[AdmittedLine], *, locale: str = SOURCE_LOCALE) -> bytes:
    """Return the whitelist as XLSX."""
    rows = (
        [
            line.firm,
            line.credit_code,
            line.grade,
            str(line.round_number),
            line.valid_from.isoformat(),
            line.last_day.isoformat(),
        ]
        for line in lines
    )
    return copied_sheet(head, COLUMNS, rows, (_("入选不构成担保或授信承诺。"),), locale)
