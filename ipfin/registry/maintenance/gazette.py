"""The event codes of the patent gazette (PE01, CF01 …) and the words that they stand for.

Decides which code has which word and in which layer it counts. What a word means is decided in
`registry.patents`, which asks here when a list gives a bare code; a test holds both to the same meaning.
A code whose word was not read clearly (IP01) has none: it is handed back for a person to look at.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final

from ipfin.registry.maintenance.table import Standing
from ipfin.registry.statuses import Flag, LegalStatus

_FILE: Final = Path(__file__).parent / "gazette_events.toml"
_AROUND: Final = " \t;；,，.。、|()（）[]"  # what may stand beside a code in a history


class Layer(StrEnum):
    """Which layer of a patent's state an event belongs to (层)."""

    LEGAL_STATUS = "legal_status"  # 法律状态
    FLAG = "flag"  # 权利负担与事件
    BIBLIOGRAPHY = "bibliography"  # 著录事项，不影响状态


class Effect(StrEnum):
    """What an event does in its layer (作用)."""

    SETS = "sets"  # 成为法律状态
    LAYS = "lays"  # 设立
    LIFTS = "lifts"  # 解除
    SILENT = "silent"  # 不改变状态
    ASK = "ask"  # 用语不明，交人核对


@dataclass(frozen=True, slots=True)
class GazetteCode:
    """One code. `legal_status` or `flag` is what it sets, lays or lifts; both None for the others."""

    code: str
    word: str
    layer: Layer
    effect: Effect
    legal_status: LegalStatus | None
    flag: Flag | None


@dataclass(frozen=True, slots=True)
class GazetteCodes:
    """One version of the code table, with the day on which its source was read."""

    id: str
    version: str
    read_on: date
    source: str
    standing: Standing
    codes: Mapping[str, GazetteCode]


@lru_cache(maxsize=1)
def gazette_codes() -> GazetteCodes:
    """Return the code table that ships with the product.

    Raises:
        ValueError: a row with a value that its effect has no use for; a fault of the program.
    """
    content = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    codes = {}
    for code, row in content["codes"].items():
        layer, effect, value = Layer(row["layer"]), Effect(row["effect"]), row.get("value")
        if (value is not None) != (effect in (Effect.SETS, Effect.LAYS, Effect.LIFTS)):
            raise ValueError(f"{code}: a value belongs to what sets, lays or lifts")
        codes[code] = GazetteCode(
            code,
            row["word"],
            layer,
            effect,
            LegalStatus(value) if value and layer is Layer.LEGAL_STATUS else None,
            Flag(value) if value and layer is Layer.FLAG else None,
        )
    return GazetteCodes(
        content["id"],
        content["version"],
        content["read_on"],
        content["source"],
        Standing(content["standing"]),
        codes,
    )


def word_of(code: str) -> str | None:
    """Return the gazette's word for a bare code in any case; None for others and for unclear ones.

    Marks around the code do not count: a history's word may end with its separator.
    """
    found = gazette_codes().codes.get(code.strip(_AROUND).upper())
    return None if found is None or found.effect is Effect.ASK else found.word
