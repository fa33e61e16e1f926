"""Bands of registered capital (注册资本), by which firms are grouped where no size class is on record. Pure.

They are no classes of 划型标准, which asks for staff, revenue and assets that no list here tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from ipfin.kernel.text import Text, _

SMALL, LARGE = Decimal(500_000_000), Decimal(5_000_000_000)  # 分: 500 and 5,000 万元

CAPITAL_LABELS: Final[Mapping[str, Text]] = {
    "below_500": _("不足500万元"),
    "500_to_5000": _("500万元至不足5,000万元"),
    "from_5000": _("5,000万元及以上"),
}


def band(fen: Decimal | int | None, currency: str) -> str:
    """Return the band of a capital, empty where it is not known or not in yuan."""
    if fen is None or currency not in ("", "CNY"):
        return ""
    if fen < SMALL:
        return "below_500"
    return "500_to_5000" if fen < LARGE else "from_5000"
