"""One short digest of all that a list tells of a patent, or that stands of it, to compare both at once. Pure.

Decides what goes into it: the columns of `COMPARED` by name and value, as the database spells them. Equal
digests stand for equal values; where that is not certain (a value holds the mark that parts them) there is
none. Who holds the patent, its registered pledges and the days are not part of it: they are asked each time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Any, Final

from ipfin.registry.fact_columns import DAYS, FACT_COLUMNS

COMPARED: Final = tuple(name for name in FACT_COLUMNS if name not in DAYS)
"""The columns that a list is compared with value by value. The database watches these very ones (034)."""

_FLAGS: Final = frozenset({"was_granted", "tells_flags", "is_pledged"})  # True here and 1 there are one
_WORDS_OR_NONE: Final = frozenset({"application_number", "publication_root", "kind"})
_PART, _NONE = "\x1f", "\x1e"
_SIZE: Final = 16  # bytes: no two patents of a registry share one by chance
# Another set of columns makes other digests: those of an earlier version are not found, nothing more.
_VERSION: Final = blake2b(" ".join(COMPARED).encode(), digest_size=4).hexdigest()


def digests(columns: Mapping[str, Sequence[Any]]) -> list[bytes | None]:
    """Return the digest of each row, None for a row that must be compared value by value.

    Args:
        columns: at least those of `COMPARED`, each value as the database's driver takes it.
    """
    parts: list[str] = [_VERSION]
    own: list[Sequence[Any]] = []
    rows = len(columns[COMPARED[0]])
    for name in COMPARED:
        column, form = columns[name], "%d" if name in _FLAGS else "%s"
        if name in _WORDS_OR_NONE and _NONE in column:  # written like nothing at all: no digest
            column = [_PART if value == _NONE else value for value in column]
        if None in column:
            column = [_NONE if value is None else value for value in column]
        if rows and column[0] == column[-1] and column.count(column[0]) == rows:
            parts.append((form % (column[0],)).replace("%", "%%"))
        else:
            parts.append(form)
            own.append(column)
    line = _PART.join(parts)
    told = map(line.__mod__, zip(*own, strict=True)) if own else [line % ()] * rows
    parting = len(COMPARED)
    return [
        blake2b(one.encode("utf-8", "surrogatepass"), digest_size=_SIZE).digest()
        if one.count(_PART) == parting
        else None
        for one in told
    ]
