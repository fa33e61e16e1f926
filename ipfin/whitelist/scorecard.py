"""The scorecard (评分卡): which indicators count, how much, and how a value becomes points.

A card is data: a TOML file that the office can read, change, number and publish. This module decides
what a card is, how a value becomes points and how a card is identified (`card_sha256`). Which files are
refused is decided in `scheme`, values in `indicators`, scores in `scoring`; the choice of weights
stands in the card itself, with its origin.

Every indicator is monotone: more never costs points. This keeps a score explainable and appealable.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from ipfin.kernel.text import Text, _

CODES: Final = tuple(
    f"{letter}{place}"
    for letter, size in (("L", 4), ("T", 5), ("M", 5), ("C", 4))
    for place in range(1, size + 1)
)
"""Every indicator that `indicators.raw_values` can compute, in the order of a sheet."""


class Scenario(StrEnum):
    """What a card is for (用途). Every use has its own card in force, and none touches another's."""

    WHITELIST = "whitelist"  # 白名单
    INSURANCE = "insurance"  # 知识产权保险
    LICENSING = "licensing"  # 专利许可与转化


SCENARIO_LABELS: Final[Mapping[Scenario, Text]] = {
    Scenario.WHITELIST: _("白名单"),
    Scenario.INSURANCE: _("知识产权保险"),
    Scenario.LICENSING: _("专利许可与转化"),
}


class Block(StrEnum):
    """The four parts of the card (评分维度)."""

    LEGAL = "legal"  # 法律
    TECHNICAL = "technical"  # 技术
    MARKET = "market"  # 市场
    CREDIT = "credit"  # 信用


BLOCK_LABELS: Final[Mapping[Block, Text]] = {
    Block.LEGAL: _("法律"),
    Block.TECHNICAL: _("技术"),
    Block.MARKET: _("市场"),
    Block.CREDIT: _("信用"),
}


class Provider(StrEnum):
    """Who gives the fact, and so what its absence means (数据来源)."""

    LIST = "list"  # 专利名单
    REGISTER = "register"  # 企业登记
    FIRM = "firm"  # 企业申报


PROVIDER_LABELS: Final[Mapping[Provider, Text]] = {
    Provider.LIST: _("专利名单"),
    Provider.REGISTER: _("企业登记"),
    Provider.FIRM: _("企业申报"),
}


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of the card. `weight` and points are out of 100; `knots` are (value in `unit`, points).

    `step` is the smallest change that a firm can make, in `unit`; `levels` replaces it where only some
    values exist. `effort` is the card's estimate of how hard one step is, relative to the others.
    """

    code: str
    id: str
    block: Block
    name: str
    unit: str
    weight: Decimal
    knots: tuple[tuple[Decimal, Decimal], ...]
    source: str
    provided_by: Provider
    missing: str
    declare: str
    actionable: bool = False
    step: Decimal = Decimal(1)
    levels: tuple[Decimal, ...] = ()
    effort: Decimal = Decimal(1)

    def points(self, value: Decimal) -> Fraction:
        """Return the points, 0 to 100, of `value`: linear between knots, clamped outside, exact."""
        x = Fraction(value)
        before_x, before_y = (Fraction(part) for part in self.knots[0])
        if x <= before_x:
            return before_y
        for knot_x, knot_y in self.knots[1:]:
            next_x, next_y = Fraction(knot_x), Fraction(knot_y)
            if x <= next_x:
                return before_y + (x - before_x) * (next_y - before_y) / (next_x - before_x)
            before_x, before_y = next_x, next_y
        return before_y


@dataclass(frozen=True, slots=True)
class Scorecard:
    """One version of the card (评分卡版本).

    `missing_source` and `missing_undeclared` are the points, out of 100, that an unknown indicator
    stands for in the graded score. `grades` are (letter, lowest score) from the best down; below the
    last comes D. `refuse_below` and `cap_below` are shares of the weight that must be known.
    """

    id: str
    version: str
    title: str
    origin: str
    method: str
    indicators: tuple[Indicator, ...]
    missing_source: Decimal
    missing_undeclared: Decimal
    grades: tuple[tuple[str, Decimal], ...]
    refuse_below: Decimal
    cap_below: Decimal
    scenario: Scenario = Scenario.WHITELIST

    def indicator(self, code: str) -> Indicator:
        """Return the row of `code`; a code that the card does not use is a KeyError."""
        for indicator in self.indicators:
            if indicator.code == code:
                return indicator
        raise KeyError(code)

    def lowest_of(self, letter: str) -> Decimal:
        """Return the lowest graded score that earns grade `letter` (A, B or C)."""
        return dict(self.grades)[letter]


def plain(value: Decimal) -> str:
    """Return `value` in digits, without exponent and trailing zeros, so that equals look equal."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def canonical_json(content: Any) -> bytes:
    """Return the one spelling of `content` that digests are taken of. Decimals and days become text."""
    return json.dumps(
        content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_spell
    ).encode()


def _spell(value: object) -> str:
    return plain(value) if isinstance(value, Decimal) else str(value)


def card_as_json(card: Scorecard) -> dict[str, Any]:
    """Return the card as plain data, every number as text, for storing and for its digest."""
    rows = [
        {
            "code": row.code,
            "id": row.id,
            "block": row.block.value,
            "name": row.name,
            "unit": row.unit,
            "weight": plain(row.weight),
            "knots": [[plain(x), plain(y)] for x, y in row.knots],
            "source": row.source,
            "provided_by": row.provided_by.value,
            "missing": row.missing,
            "declare": row.declare,
            "actionable": row.actionable,
            "step": plain(row.step),
            "levels": [plain(level) for level in row.levels],
            "effort": plain(row.effort),
        }
        for row in card.indicators
    ]
    return {
        "id": card.id,
        "version": card.version,
        "title": card.title,
        "origin": card.origin,
        "method": card.method,
        "indicators": rows,
        "missing": {"source": plain(card.missing_source), "undeclared": plain(card.missing_undeclared)},
        "grades": {letter: plain(lowest) for letter, lowest in card.grades},
        "coverage": {"refuse": plain(card.refuse_below), "cap": plain(card.cap_below)},
        # Left out where it is the usual one: cards from before there were others keep their digest.
        **({} if card.scenario is Scenario.WHITELIST else {"scenario": card.scenario.value}),
    }


@lru_cache(maxsize=16)
def card_sha256(card: Scorecard) -> str:
    """Return the digest that names this configuration; comments and layout of the file do not count."""
    return hashlib.sha256(canonical_json(card_as_json(card))).hexdigest()
