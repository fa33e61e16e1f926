"""The queue of firms that may be one (归并) as a sheet. Pure.

Decides the columns; what a copy says of itself is decided in `firm_export`, which pairs it holds by the
list's own query.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from ipfin.documents.sheet import Column, Kind
from ipfin.kernel.clock import in_china
from ipfin.kernel.text import SOURCE_LOCALE, Text, _, translate
from ipfin.reports.firm_export import ExportHead, copied_sheet

COLUMNS: Final = (
    Column(_("企业"), Kind.TEXT, 34),
    Column(_("统一社会信用代码"), Kind.TEXT, 21),
    Column(_("区县"), Kind.TEXT, 12),
    Column(_("专利件数"), Kind.INTEGER, 10),
    Column(_("另一条记录"), Kind.TEXT, 34),
    Column(_("另一条记录的统一社会信用代码"), Kind.TEXT, 21),
    Column(_("另一条记录的区县"), Kind.TEXT, 12),
    Column(_("另一条记录的专利件数"), Kind.INTEGER, 10),
    Column(_("依据"), Kind.TEXT, 22),
    Column(_("相符程度（比特）"), Kind.DECIMAL, 12),
    Column(_("比对说明"), Kind.TEXT, 60, wrap=True),
    Column(_("结论"), Kind.TEXT, 14),
    Column(_("理由"), Kind.TEXT, 30, wrap=True),
    Column(_("决定人"), Kind.TEXT, 14),
    Column(_("决定时间"), Kind.TEXT, 18),
)


@dataclass(frozen=True, slots=True)
class PairSide:
    """One of the two records of a pair."""

    name: str
    credit_code: str
    region: str
    patents: int


@dataclass(frozen=True, slots=True)
class PairLine:
    """One pair of a copy; `bits_e2` in hundredths of a bit, `features` a sentence each."""

    first: PairSide
    second: PairSide
    tier: Text
    bits_e2: int
    features: tuple[Text, ...]
    verdict: Text
    reason: str
    decided_by: str
    decided_at: datetime | None


def pair_sheet(head: ExportHead, lines: Iterable[PairLine], *, locale: str = SOURCE_LOCALE) -> bytes:
    """Return the queue as XLSX."""
    notes = (_("相符程度是比对项的对数似然比之和，只供人工判断，系统不自动归并。"),)
    return copied_sheet(head, COLUMNS, (_row(line, locale) for line in lines), notes, locale)


def _row(line: PairLine, locale: str) -> list[object]:
    return [
        *_side(line.first),
        *_side(line.second),
        line.tier,
        Decimal(line.bits_e2) / 100,
        "；".join(translate(feature, locale) for feature in line.features),
        line.verdict,
        line.reason,
        line.decided_by,
        f"{in_china(line.decided_at):%Y-%m-%d %H:%M}" if line.decided_at else None,
    ]


def _side(side: PairSide) -> tuple[object, ...]:
    return side.name, side.credit_code, side.region, side.patents
