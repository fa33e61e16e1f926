"""Which records are compared at all: those that share a key. Never all pairs.

Decides the keys of a record. A key that too many records share says little; `MOST_SHARED` is where it
stops bringing records together; keys that are an identity or nearly one may bring more (`MOST_CERTAIN`).
"""

from __future__ import annotations

from typing import Final

from ipfin.registry.resolution.evidence import FirmRecord
from ipfin.registry.search import pinyin_key

MOST_SHARED: Final = 60
"""Records under one key that still are compared with each other: at most 1,770 pairs."""

MOST_CERTAIN: Final = 400
"""The same for keys that are an identity or nearly one: here a block this large is a fault of the data."""

LONGEST: Final = 120
_LONG_TRADE_NAME: Final = 4
CERTAIN: Final = ("code:", "full:", "key:")
"""Beginnings of the keys that are an identity or nearly one."""


def block_keys(record: FirmRecord) -> frozenset[str]:
    """Return the keys of a record: code, names, 字号 whole, its two ends, and its sound with the county."""
    name = record.name
    keys = {f"full:{name.full}", f"key:{name.key}"} | {f"full:{former}" for former in record.former}
    if record.credit_code:
        keys.add(f"code:{record.credit_code}")
    if name.trade_name and not name.is_group_label:
        keys.add(f"trade:{name.trade_name}")
        keys |= {f"trade:{name.trade_name}@{division}" for division in name.divisions}
        if name.trades:
            keys.add(f"trade:{name.trade_name}+{name.trades[0]}")
        if len(name.trade_name) >= _LONG_TRADE_NAME:
            keys.add(f"ends:{name.trade_name[:2]}{name.trade_name[-2:]}")
        if record.region_code:
            keys.add(f"sound:{pinyin_key(name.trade_name)}@{record.region_code}")
    return frozenset(key[:LONGEST] for key in keys)
