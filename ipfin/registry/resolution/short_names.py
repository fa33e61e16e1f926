"""Which full name a short name (简称) stands for: 华联瓷业 -> 湖南华联瓷业股份有限公司. Proposals only.

A short name keeps characters of the full one in their order and drops the others. Every way of laying
its characters into the full name in that order is worth something; the best way counts. The worth of a
character is its rarity among the names, times what the part of the name that it falls into is worth.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ipfin.registry.resolution.divisions import Divisions
from ipfin.registry.resolution.firm_names import FirmName, parse_firm_name, plain

# Marks of exchanges around a short name: *ST, 退市, -U, -W, a share class.
_MARKS: Final = re.compile(r"^(?:\*?S?\*?ST|N|XD|XR|DR|G)(?=[\u4e00-\u9fff])|^\*|(?:-[UWVD]{1,2}|[AB]|退)$")
_MOST_WEIGHED: Final = 200  # full names that share the rarest characters and are looked at closely


@dataclass(frozen=True, slots=True)
class Worth:
    """What a laid-in character is worth by the part it falls into, and what goes off.

    Chosen by `benchmarks.names` on one half of the public pairs and reported on the other.
    """

    trade_name: float = 1.0
    division: float = 0.55
    trade: float = 0.375
    form: float = 0.25
    adjacent: float = 0.35  # more for a character right behind the one laid in before
    beginning: float = 0.4  # more for the first character of the 字号, the division or a trade
    missing: float = 1.0  # off for a character of the short name that the full name does not hold
    uncovered: float = 0.25  # off for a character of the 字号 that the short name leaves out


@dataclass(frozen=True, slots=True)
class Match:
    """One proposal: which full name, and how well the short name lies in it (1: as well as can be)."""

    name: str
    score: float


@dataclass(frozen=True, slots=True)
class _Laid:
    """A full name as the short name is laid into it: characters, the worth of each place, beginnings."""

    text: str
    worth: tuple[float, ...]
    begins: frozenset[int]
    trade_name: range


class ShortNames:
    """The full names among which a short one is looked for. Building it costs once, asking is quick."""

    def __init__(self, names: Iterable[str], divisions: Divisions, worth: Worth | None = None) -> None:
        self._worth = worth or Worth()
        self._laid = {
            name: _lay(parse_firm_name(name, divisions), self._worth) for name in dict.fromkeys(names)
        }
        holds: defaultdict[str, list[str]] = defaultdict(list)
        for name, laid in self._laid.items():
            for character in set(laid.text):
                holds[character].append(name)
        self._holds: Mapping[str, list[str]] = holds
        total = len(self._laid) + 1
        self._rarity = {character: math.log(total / len(found)) + 0.1 for character, found in holds.items()}
        self._rarest = math.log(total) + 0.1

    def matches(self, short: str, *, most: int = 5) -> list[Match]:
        """Return the full names that `short` may stand for, best first; of equal ones the shorter first."""
        text = short_text(short)
        shared: Counter[str] = Counter()
        for character in set(text):
            for name in self._holds.get(character, ()):
                shared[name] += self._rarity[character]  # type: ignore[assignment]
        close = [name for name, _worth in shared.most_common(_MOST_WEIGHED)]
        found = [Match(name, self._score(text, self._laid[name])) for name in close]
        return sorted(found, key=lambda match: (-match.score, len(match.name), match.name))[:most]

    def _score(self, text: str, laid: _Laid) -> float:
        """Return the best way of laying `text` into a full name, of what it could be worth at most."""
        worth = self._worth
        best: dict[int, tuple[float, frozenset[int]]] = {
            -1: (0.0, frozenset())
        }  # last place -> worth, places
        full = 0.0
        for character in text:
            rarity = self._rarity.get(character, self._rarest)
            full += rarity * (worth.trade_name + worth.adjacent)
            places = [place for place, other in enumerate(laid.text) if other == character]
            following = {last: (score - worth.missing * rarity, used) for last, (score, used) in best.items()}
            for last, (score, used) in best.items():
                for place in places:
                    if place <= last:
                        continue
                    more = laid.worth[place] + worth.beginning * (place in laid.begins)
                    more += worth.adjacent * (place == last + 1)
                    gained = score + rarity * more
                    if place not in following or gained > following[place][0]:
                        following[place] = (gained, used | {place})
            best = following
        return max(self._less_uncovered(score, used, laid) for score, used in best.values()) / max(full, 0.1)

    def _less_uncovered(self, score: float, used: frozenset[int], laid: _Laid) -> float:
        left = [laid.text[place] for place in laid.trade_name if place not in used]
        return score - self._worth.uncovered * sum(self._rarity[character] for character in left)


def short_text(short: str) -> str:
    """Return a short name without spaces, widths and the marks of an exchange."""
    text = "".join(unicodedata.normalize("NFKC", short).split())
    bare = _MARKS.sub("", _MARKS.sub("", text))
    return plain(bare or text)


def _lay(name: FirmName, worth: Worth) -> _Laid:
    parts = [
        ("".join(name.divisions), worth.division),
        (name.trade_name, worth.trade_name),
        *((trade, worth.trade) for trade in name.trades),
        (name.form, worth.form),
    ]
    text, weights, begins = "", [], set()
    for part, each in parts:
        if part:
            begins.add(len(text))
        text += part
        weights += [each] * len(part)
    start = len("".join(name.divisions))
    return _Laid(text, tuple(weights), frozenset(begins), range(start, start + len(name.trade_name)))
