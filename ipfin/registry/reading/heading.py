"""Where the table begins in a sheet: the header row, in one row or two, below whatever stands above it.

Decides by the first rows only. A row that names fields which the registry knows is preferred; without
one, the first row that looks like names above rows that look like values.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from ipfin.registry.header_names import JOIN, is_known_name

LOOKED_AT: Final = 40  # rows from the top in which a header is sought
_LEAST_COLUMNS: Final = 2
_LONGEST_NAME: Final = 60  # characters
_SURE: Final = 2  # known names that make a row a header
_WIDE_ENOUGH: Final = 0.5  # of the widest row, for a header without known names
_VALUE: Final = re.compile(
    r"[\d\s,.:/\-+%年月日￥$()（）]+|(?:CN|ZL|US|WO|EP|JP|KR)\s?\d[\d.,/A-Z]*|[0-9A-HJ-NPQRTUWXY]{18}"
)


@dataclass(frozen=True, slots=True)
class Heading:
    """Names of the columns; `first` and `last` are the places of the header's rows, from 0."""

    names: tuple[str, ...]
    first: int
    last: int
    known: int  # how many names the registry knows


def find_heading(rows: Sequence[Sequence[str]]) -> Heading | None:
    """Return the header of a sheet from its first rows, None when there is none."""
    place = _place_of_header(rows)
    if place is None:
        return None
    row = _tidy(rows[place])
    below = _tidy(rows[place + 1]) if place + 1 < len(rows) else []
    if _continues(row, below):
        names = _joined(_filled(row, below), below)
        return _heading(names, place, place + 1)
    above = _tidy(rows[place - 1]) if place else []
    if _groups(above, row):
        return _heading(_joined(_filled(above, row), row), place - 1, place)
    return _heading(row, place, place)


def _tidy(row: Sequence[str]) -> list[str]:
    return [" ".join(cell.split()) for cell in row]


def _heading(names: Sequence[str], first: int, last: int) -> Heading:
    names = list(names)
    while names and not names[-1]:
        names.pop()
    return Heading(tuple(names), first, last, _known(names))


def _known(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell and len(cell) <= _LONGEST_NAME and is_known_name(cell))


def _place_of_header(rows: Sequence[Sequence[str]]) -> int | None:
    head = rows[:LOOKED_AT]
    known = [_known(_tidy(row)) for row in head]
    if known and max(known) >= _SURE:
        return known.index(max(known))
    widest = max((_filled_count(row) for row in head), default=0)
    for place, row in enumerate(head[:-1]):
        if _filled_count(row) >= max(_LEAST_COLUMNS, widest * _WIDE_ENOUGH):
            return place if _looks_like_names(row) and _has_values(head[place + 1 :]) else None
    return None


def _filled_count(row: Sequence[str]) -> int:
    return sum(1 for cell in row if cell.strip())


def _looks_like_names(row: Sequence[str]) -> bool:
    cells = [cell.strip() for cell in row if cell.strip()]
    return all(len(cell) <= _LONGEST_NAME and not _VALUE.fullmatch(cell) for cell in cells) and len(
        set(cells)
    ) == len(cells)


def _has_values(rows: Sequence[Sequence[str]]) -> bool:
    return any(_VALUE.fullmatch(cell.strip()) or len(cell) > _LONGEST_NAME for row in rows for cell in row)


def _continues(row: Sequence[str], below: Sequence[str]) -> bool:
    """Return whether the row below is the second row of the header: it names only what `row` left open."""
    named = [place for place, cell in enumerate(below) if cell]
    if not named or not _looks_like_names(below) or len(named) == _filled_count(row):
        return False
    opens = [place for place in named if place >= len(row) or not row[place]]
    idle = [place for place, cell in enumerate(row) if cell and (place >= len(below) or not below[place])]
    return bool(opens) and bool(idle) and _known(row) >= _SURE


def _groups(above: Sequence[str], row: Sequence[str]) -> bool:
    """Return whether the row above names groups of columns, or columns that reach over both rows."""
    named = [place for place, cell in enumerate(above) if cell]
    if len(named) < _LEAST_COLUMNS or not _looks_like_names(above):
        return False
    over_nothing = [place for place in named if place >= len(row) or not row[place]]
    followed_by_gap = len(named) < _filled_count(row)
    return bool(over_nothing) or followed_by_gap


def _filled(above: Sequence[str], below: Sequence[str]) -> list[str]:
    """Return group names over each column that they span; a merged cell holds its text in its first."""
    width = max(len(above), len(below))
    row = list(above) + [""] * (width - len(above))
    under = list(below) + [""] * (width - len(below))
    for place in range(1, width):
        if not row[place] and under[place]:
            row[place] = row[place - 1]
    return row


def _joined(above: Sequence[str], below: Sequence[str]) -> list[str]:
    under = list(below) + [""] * (len(above) - len(below))
    return [_join(group, name) for group, name in zip(above, under, strict=False)]


def _join(group: str, name: str) -> str:
    if not group or not name or group == name:
        return name or group
    return name if is_known_name(name) and not is_known_name(group + name) else group + JOIN + name


def unique_names(names: Sequence[str], width: int, unnamed: Callable[[int], str]) -> tuple[str, ...]:
    """Return `width` names: repeated ones end in （2）, （3） …, empty ones are named by their place."""
    counts: Counter[str] = Counter()
    taken: set[str] = set()
    result = []
    for place in range(width):
        name = (names[place] if place < len(names) else "") or unnamed(place)
        counts[name] += 1
        unique = name if counts[name] == 1 else f"{name}（{counts[name]}）"
        while unique in taken:
            counts[name] += 1
            unique = f"{name}（{counts[name]}）"
        taken.add(unique)
        result.append(unique)
    return tuple(result)
