"""Amounts of money in whole fen (分): reading, rounding once, splitting without loss, showing.

Decides how text becomes an amount, how a formula is rounded and who gets the odd fen. Does not know
currencies other than the yuan, and no interest: formulas belong to the packages that own them.
Binary floats are refused everywhere, with `TypeError`, because they are a fault of the program and
not of the person who typed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import Final, NewType

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _

Fen = NewType("Fen", int)

FEN_PER_YUAN: Final = 100
FEN_PER_WAN_YUAN: Final = 1_000_000  # 万元
FEN_PER_YI_YUAN: Final = 10_000_000_000  # 亿元
LARGEST: Final = Fen(2**63 - 1)  # what a 64-bit column holds

_AMOUNT: Final = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,25})(?:\.[0-9]{1,25})?")
_SPACE: Final = re.compile(r"\s+")
_EXACT: Final = Context(prec=80, rounding=ROUND_HALF_UP)
_CENT: Final = Decimal("0.01")


# More decimals than anybody types: `1e-400000000` as a fraction would keep the machine busy for hours.
_MOST_PLACES: Final = 60


def fen_from_yuan(amount: Decimal | str | int) -> Fen:
    """Return an amount given in yuan (元) as fen.

    Text may hold thousands separators, spaces and full-width digits, but no unit.

    Raises:
        BadInput: not a plain number, finer than one fen (never rounded silently), or too large.
        TypeError: a float.
    """
    return _fen(amount, FEN_PER_YUAN)


def fen_from_wan_yuan(amount: Decimal | str | int) -> Fen:
    """Return an amount given in ten thousands of yuan (万元) as fen; raises as `fen_from_yuan`."""
    return _fen(amount, FEN_PER_WAN_YUAN)


def _fen(amount: Decimal | str | int, fen_per_unit: int) -> Fen:
    value = _decimal(amount)
    # copy_abs, because abs() would round and fail on an exponent beyond the context's.
    if not value.is_finite() or value.copy_abs() > LARGEST or _places(value) > _MOST_PLACES:
        raise BadInput(_("金额“%(amount)s”超出可记录的范围。", amount=str(amount)[:40]))
    numerator, denominator = value.as_integer_ratio()
    fen, rest = divmod(numerator * fen_per_unit, denominator)
    if rest:
        raise BadInput(_("金额“%(amount)s”有不足一分的部分，请精确到分。", amount=str(amount)[:40]))
    if abs(fen) > LARGEST:
        raise BadInput(_("金额“%(amount)s”超出可记录的范围。", amount=str(amount)[:40]))
    return Fen(fen)


def _places(value: Decimal) -> int:
    return -int(value.as_tuple().exponent)


def _decimal(amount: Decimal | str | int) -> Decimal:
    if isinstance(amount, str):
        text = _SPACE.sub("", unicodedata.normalize("NFKC", amount))
        if _AMOUNT.fullmatch(text) is None:
            raise BadInput(_("“%(amount)s”不是金额，请只填数字，如 1,234.56。", amount=amount.strip()[:40]))
        return Decimal(text.replace(",", ""))
    if isinstance(amount, bool) or not isinstance(amount, Decimal | int):
        raise TypeError(f"money is Decimal, int or text, never {type(amount).__name__}")
    return Decimal(amount)


def round_half_up_to_fen(fen: Decimal | Fraction | int) -> Fen:
    """Return the result of a formula, in fen and fractions of a fen, as whole fen.

    Halves go away from zero (四舍五入; for negative amounts by their size). To be called once, at the
    end of a formula. A formula in `Fraction` is exact; one in Decimal has 28 digits.

    Raises:
        TypeError: a float.
        ValueError: not a finite number.
    """
    if isinstance(fen, bool) or not isinstance(fen, Decimal | Fraction | int):
        raise TypeError(f"money is Decimal, Fraction or int, never {type(fen).__name__}")
    if isinstance(fen, Decimal) and not fen.is_finite():
        raise ValueError("the formula gave no finite amount")
    exact = Fraction(fen)
    size = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return Fen(-size if exact < 0 else size)


def yuan(fen: Fen) -> Decimal:
    """Return the amount in yuan, exactly, with two decimals."""
    return Decimal(fen).scaleb(-2, _EXACT)


def wan_yuan(fen: Fen) -> Decimal:
    """Return the amount in ten thousands of yuan (万元), exactly, with six decimals."""
    return Decimal(fen).scaleb(-6, _EXACT)


def format_wan_yuan(fen: Fen) -> Text:
    """Return the amount for the screen: `1,234.56万元`, and from one hundred million on `1.23亿元`.

    Rounded half up to two decimals. The unit is chosen after rounding, so that `10,000.00万元` is
    never shown.
    """
    rounded = wan_yuan(fen).quantize(_CENT, context=_EXACT)
    if abs(rounded) < FEN_PER_YI_YUAN // FEN_PER_WAN_YUAN:
        return _("%(amount)s万元", amount=_grouped(rounded))
    in_yi = Decimal(fen).scaleb(-10, _EXACT).quantize(_CENT, context=_EXACT)
    return _("%(amount)s亿元", amount=_grouped(in_yi))


def format_wan_yuan_figure(fen: Fen) -> str:
    """Return the bare figure for a column headed 万元: `12,345.60`, whatever its size."""
    return _grouped(wan_yuan(fen).quantize(_CENT, context=_EXACT))


def _grouped(figure: Decimal) -> str:
    return f"{figure if figure else abs(figure):,}"  # abs: no minus before a zero


def split_fen(total: Fen, shares: Sequence[Decimal | int]) -> tuple[Fen, ...]:
    """Split `total` in proportion to `shares`, so that the parts always add up to it.

    Largest remainder; equal remainders favour the lower index, so the order of `shares` must be a
    settled one (order of the contract, application number). Shares need not add up to 1 or 100. A
    negative total (a reversal) is split like its opposite, so that the two cancel part by part.

    Raises:
        BadInput: no share, a negative one, or only zeros.
        TypeError: a float.
    """
    if any(isinstance(share, bool) or not isinstance(share, Decimal | int) for share in (total, *shares)):
        raise TypeError("totals and shares are int or Decimal, never float")
    if any(not Decimal(share).is_finite() or share < 0 for share in shares) or not any(shares):
        raise BadInput(_("分摊比例不得为负，且至少有一项大于零。"))
    weights = [Fraction(share) for share in shares]
    whole = sum(weights)
    exact = [abs(total) * weight / whole for weight in weights]
    parts = [int(part) for part in exact]
    left = abs(total) - sum(parts)
    by_remainder = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for index in by_remainder[:left]:
        parts[index] += 1
    return tuple(Fen(-part if total < 0 else part) for part in parts)
