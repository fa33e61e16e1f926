"""A firm's name in its four parts (行政区划 + 字号 + 行业 + 组织形式) and the keys that spellings share.

Decides where one part ends and the next begins; the order is that of the 企业名称登记管理规定. Does not
decide whether two names are one firm. Traditional characters are not turned into simplified ones: no
library for it is part of the product.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ipfin.registry.applicants import canonical_name, name_key, parse_form
from ipfin.registry.resolution.divisions import Divisions

# Words that name a trade (行业), as they stand at the end of a stem.
TRADES: Final = frozenset(Path(__file__).with_name("trades.txt").read_text(encoding="utf-8").split())
_LONGEST_TRADE: Final = max(map(len, TRADES))
_SHORTEST_TRADE_NAME: Final = 2  # 字号: two characters or more
_BRACKETED: Final = re.compile(r"（([^（）]*)）")
_LEFT_OVER: Final = re.compile(r"[（）]")
_GROUP_WORDS: Final = ("集团",)
_VENDOR_GROUP: Final = re.compile(r"-[A-Z]$")


@dataclass(frozen=True, slots=True)
class FirmName:
    """A name in its parts. `full` is what two spellings of one name share, `key` is it without the form."""

    full: str
    key: str
    divisions: tuple[str, ...]  # from the widest on, each in its one spelling
    trade_name: str  # 字号
    trades: tuple[str, ...]  # 行业, in the order of the name
    form: str  # 组织形式, "" when there is none
    is_group_label: bool = False  # a vendor's mark of a group of firms (名称-C)


def is_group_label(name: str) -> bool:
    """Whether a vendor wrote a group of firms, not a firm: incoPat ends those with a mark (中国电科-T)."""
    return _VENDOR_GROUP.search(name.strip()) is not None


def plain(name: str) -> str:
    """Return a canonical name without the marks of its brackets: what is in them stays in its place."""
    return _LEFT_OVER.sub("", name_key(name))


def parse_firm_name(name: str, divisions: Divisions) -> FirmName:
    """Return the parts of a firm's name in any spelling.

    Brackets may hold a division (神画科技（深圳）有限公司), a word of the form (（集团）) or a trade. What is
    not known as a division or a trade belongs to the 字号, which keeps two characters at least.
    """
    written = canonical_name(name)
    labelled = is_group_label(written)
    body = name_key(_VENDOR_GROUP.sub("", written))
    found: list[str] = []
    outside = _BRACKETED.sub(lambda match: _outside(match[1], divisions, found), body)
    parts = parse_form(outside)
    stem, form = parts.stem, parts.form
    for word in _GROUP_WORDS:
        if stem.endswith(word) and len(stem) >= len(word) + _SHORTEST_TRADE_NAME:
            stem, form = stem[: -len(word)], word + form
    front, stem = _divisions_in_front(_LEFT_OVER.sub("", stem), divisions)
    trade_name, trades = _trades_behind(stem)
    full = plain(body)
    return FirmName(
        full=full,
        key=full.removesuffix(form) if form and full.endswith(form) else plain(parts.stem),
        divisions=tuple(dict.fromkeys((*front, *found))),
        trade_name=trade_name,
        trades=trades,
        form=form,
        is_group_label=labelled,
    )


def _outside(inner: str, divisions: Divisions, found: list[str]) -> str:
    """Return what stands in brackets as it belongs outside of them; a division goes to `found`."""
    known, length = divisions.begins(inner)
    if known and length == len(inner):
        found.append(known)
        return ""
    return inner


def _divisions_in_front(stem: str, divisions: Divisions) -> tuple[list[str], str]:
    """Return the divisions that `stem` begins with, and the rest; a 字号 of two characters must remain."""
    front: list[str] = []
    while True:
        known, length = divisions.begins(stem)
        rest = stem[length:]
        if not known or len(rest) < _SHORTEST_TRADE_NAME or (len(rest) <= _LONGEST_TRADE and rest in TRADES):
            return front, stem
        front.append(known)
        stem = rest


def _trades_behind(stem: str) -> tuple[str, tuple[str, ...]]:
    """Return the 字号 and the trades behind it, taking known words from the end, longest first."""
    trades: list[str] = []
    while True:
        for length in range(min(_LONGEST_TRADE, len(stem) - _SHORTEST_TRADE_NAME), 1, -1):
            if stem[-length:] in TRADES:
                trades.insert(0, stem[-length:])
                stem = stem[:-length]
                break
        else:
            return stem, tuple(trades)
