"""Divisions of the country as they stand in firms' names (行政区划): one spelling for each.

Decides when 安阳 and 安阳市 are the same place and that 安阳县 is another. The list is a value: the
registry's own divisions (down to the county) together with provinces and prefectures.
Source of divisions.txt: GB/T 2260, names only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HIGHER: Final = tuple(Path(__file__).with_name("divisions.txt").read_text(encoding="utf-8").split())
"""Provinces and prefectures, and 中国, which stands in names in the same place."""

_NATIONS: Final = re.compile(r"(?:壮族|回族|维吾尔)?自治区$|省$|市$")
_LOWEST: Final = ("县", "区", "旗")
_SHORTEST_SHORT: Final = 2  # 滑县 is never shortened


@dataclass(frozen=True, slots=True)
class Divisions:
    """Every spelling of a division and the one by which it is known; `longest` bounds a search for one."""

    spellings: Mapping[str, str]
    longest: int

    def begins(self, text: str) -> tuple[str, int]:
        """Return the division that `text` begins with and its length there, or ("", 0); longest first."""
        for length in range(min(self.longest, len(text)), 1, -1):
            known = self.spellings.get(text[:length])
            if known is not None:
                return known, length
        return "", 0


def divisions_of(names: Iterable[str]) -> Divisions:
    """Return the divisions with these full names, besides provinces and prefectures.

    A county keeps its last character (安阳县 is not 安阳市); it may stand without it where no higher
    division has that name. 北京 and 北京市 are one.
    """
    spellings: dict[str, str] = {}
    lower: dict[str, str] = {}
    for name in (*HIGHER, *names):
        if name.endswith(_LOWEST) and not name.endswith("自治区"):
            spellings.setdefault(name, name)
            lower.setdefault(name[:-1], name)
            continue
        short = _NATIONS.sub("", name)
        spellings[name] = spellings[short] = short
    for short, name in lower.items():
        if len(short) >= _SHORTEST_SHORT:
            spellings.setdefault(short, name)
    return Divisions(spellings, max(map(len, spellings)))
