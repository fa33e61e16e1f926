"""How an amount of money in a list is read: in fen, with its currency, never without a unit. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _
from ipfin.registry.values import clean_code, shown

_AMOUNT: Final = re.compile(
    r"(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?\s*\(?\s*(亿|万|千)?\s*\(?\s*(?:元)?\s*\(?\s*([^\d()]{0,6})\s*\)?\s*\)?"
)
_SCALE: Final = {"亿": 10**10, "万": 10**6, "千": 10**5, "": 100}  # fen in one unit of the number
_CURRENCIES: Final = {
    "": "CNY", "元": "CNY", "人民币": "CNY", "人民币元": "CNY", "元人民币": "CNY", "美元": "USD",
    "港元": "HKD", "港币": "HKD", "香港元": "HKD", "欧元": "EUR", "日元": "JPY", "英镑": "GBP",
    "新台币": "TWD", "韩元": "KRW", "新加坡元": "SGD",
}  # fmt: skip
_MOST_FEN: Final = 10**14  # a billion yuan a thousand times over: more is a slip of the pen


@dataclass(frozen=True, slots=True)
class Capital:
    """An amount: fen (hundredths of the currency), and the currency's code."""

    amount: Decimal
    currency: str


def capital_rule(header: str) -> Callable[[str], Capital | None]:
    """Return the rule for capital under a header, which may name the unit: 注册资本（万元）."""
    unit = "万" if "万" in header else "元" if "元" in header else ""

    def rule(text: str) -> Capital | None:
        return parse_capital(text, unit=unit)

    return rule


def parse_capital(text: str, *, unit: str = "") -> Capital | None:
    """Return the capital that a cell tells, None when it tells none: `5,711.19(万元)`, `100万美元`.

    Args:
        unit: of a bare number, from the column's name: 万 or 元, "" when that does not say.

    Raises:
        BadInput: no amount, no unit or a currency that is not known.
    """
    code = clean_code(text).replace("，", ",")
    if not code:
        return None
    found = _AMOUNT.fullmatch(code)
    if not found:
        raise BadInput(_("“%(text)s”不是金额，请写成 500万元人民币。", text=shown(text)))
    whole, part, scale, words = found[1].replace(",", ""), found[2] or "", found[3] or "", found[4] or ""
    if not scale and "元" not in code and "币" not in code:
        if not unit:
            raise BadInput(_("“%(text)s”没有写明单位，请写成 500万元人民币。", text=shown(text)))
        scale = "万" if unit == "万" else ""
    currency = _CURRENCIES.get(words.strip())
    if currency is None:
        raise BadInput(_("“%(text)s”的币种无法识别，请写成 500万元人民币。", text=shown(text)))
    amount = (Decimal(whole + part) * _SCALE[scale]).to_integral_value()
    if amount > _MOST_FEN:
        raise BadInput(_("“%(text)s”过大，请核对单位。", text=shown(text)))
    return Capital(amount, currency)
