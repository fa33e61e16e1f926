"""The weights of evidence: read from data that says where each number comes from.

Decides what a table of weights must hold to be one; the numbers are in weights.toml.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

TABLE: Final = Path(__file__).with_name("weights.toml")
UNKNOWN: Final = "unknown"
"""The level of a feature that nothing is known of: it weighs nothing, either way."""

_TOLERANCE: Final = 1e-6


class Feature(StrEnum):
    """What two records of firms are compared in (比对项)."""

    TRADE_NAME = "trade_name"  # 字号
    TRADES = "trades"  # 行业
    DIVISIONS = "divisions"  # 名称中的行政区划
    FORM = "form"  # 组织形式
    PLACE = "place"  # 所在区县
    ADDRESS = "address"  # 地址
    PARTNERS = "partners"  # 共同申请人
    SIDE_BY_SIDE = "side_by_side"  # 同列一件专利


LEVELS: Final[Mapping[Feature, tuple[str, ...]]] = {
    Feature.TRADE_NAME: ("same", "contained", "near", "different"),
    Feature.TRADES: ("same", "overlapping", "one_missing", "different"),
    Feature.DIVISIONS: ("same", "nested", "one_missing", "different"),
    Feature.FORM: ("same", "compatible", "one_missing", "different"),
    Feature.PLACE: ("same", "different"),
    Feature.ADDRESS: ("same", "different"),
    Feature.PARTNERS: ("shared", "none"),
    Feature.SIDE_BY_SIDE: ("yes", "no"),
}


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights in bits by feature and level; `review_from` is the sum from which a person is asked."""

    version: str
    review_from: float
    bits: Mapping[tuple[Feature, str], float]
    sources: Mapping[Feature, str]

    def of(self, feature: Feature, level: str) -> float:
        """Return the weight of a level in bits; what is unknown weighs nothing."""
        return 0.0 if level == UNKNOWN else self.bits[feature, level]


def weights_from(text: str) -> Weights:
    """Return the weights that a table spells.

    Raises:
        ValueError: a feature or level is missing, a share is not above 0, or shares do not add up to 1.
    """
    table = tomllib.loads(text)
    bits: dict[tuple[Feature, str], float] = {}
    for feature, levels in LEVELS.items():
        rows = {level: table[feature.value].get(level) for level in levels}
        if None in rows.values() or any(min(row["m"], row["u"]) <= 0 for row in rows.values()):
            raise ValueError(f"{feature.value}: every level needs a share above 0 in both columns")
        for column in ("m", "u"):
            if abs(sum(row[column] for row in rows.values()) - 1) > _TOLERANCE:
                raise ValueError(f"{feature.value}: the shares of {column} do not add up to 1")
        bits |= {(feature, level): math.log2(row["m"] / row["u"]) for level, row in rows.items()}
    sources = {feature: str(table[feature.value]["source"]) for feature in Feature}
    return Weights(table["version"], float(table["review_from_bits"]), bits, sources)


@cache
def default_weights() -> Weights:
    """Return the weights that the product ships with."""
    return weights_from(TABLE.read_text(encoding="utf-8"))
