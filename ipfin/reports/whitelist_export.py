"""The whitelist as of a day as a sheet and as a printed list. Pure.

Decides the columns; what a copy says of itself is decided in `firm_export`, which firms it holds by the
page's own query.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from ipfin.documents.listing_pdf import ListingColumn
from ipfin.documents.sheet import Column, Kind
from ipfin.kernel.text import SOURCE_LOCALE, _
from ipfin.reports.firm_export import ExportHead, copied_sheet
from ipfin.reports.printed import copied_listing

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


NOTES: Final = (_("入选不构成担保或授信承诺。"),)
_PRINTED: Final = (
    ListingColumn(_("序号"), 0.5, "right"),
    ListingColumn(_("企业名称"), 3.4),
    ListingColumn(_("统一社会信用代码"), 2.1),
    ListingColumn(_("等级"), 0.6, "center"),
    ListingColumn(_("批次"), 0.6, "center"),
    ListingColumn(_("生效日"), 1.2, "center"),
    ListingColumn(_("有效期至"), 1.2, "center"),
)


def whitelist_sheet(head: ExportHead, lines: Iterable[AdmittedLine], *, locale: str = SOURCE_LOCALE) -> bytes:
    """Return the whitelist as XLSX."""
    return copied_sheet(head, COLUMNS, map(_cells, lines), NOTES, locale)


def whitelist_listing(
    head: ExportHead, lines: Iterable[AdmittedLine], *, font_cache: Path, locale: str = SOURCE_LOCALE
) -> bytes:
    """Return the whitelist as a printed list; `font_cache` is a folder that is kept."""
    rows = ([place, *_cells(line)] for place, line in enumerate(lines, start=1))
    return copied_listing(head, _PRINTED, rows, NOTES, font_cache=font_cache, locale=locale, landscape=False)


def _cells(line: AdmittedLine) -> list[str]:
    return [
        line.firm,
        line.credit_code,
        line.grade,
        str(line.round_number),
        line.valid_from.isoformat(),
        line.last_day.isoformat(),
    ]
