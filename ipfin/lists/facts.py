"""Dated facts of a firm that a list tells, compared with those that stand. Pure.

Decides what is written: a value that differs from the latest one up to the list's day. A list that is
older than what stands adds nothing; nothing is overwritten but a fact of the very same day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final, Protocol

from ipfin.lists.plan import FactWrite

FACT_FIELDS: Final[Mapping[str, str]] = {
    "legal_form": "legal_form",
    "operating_status": "status",
    "registered_capital": "capital",
    "former_names": "former_names",
}
"""The kind of a fact and the field of the list under which a change of it is shown."""


@dataclass(frozen=True, slots=True)
class Told:
    """The value of a fact: a word, or a number whose word says its unit."""

    word: str
    number: Decimal | None = None

    def __bool__(self) -> bool:
        return bool(self.word) or self.number is not None

    def shown(self) -> str:
        """Return the value as people read it; capital in units of ten thousand."""
        if self.number is None:
            return self.word
        figure = f"{self.number / 10**6:,.4f}".rstrip("0").rstrip(".")
        return f"{figure}万元" if self.word == "CNY" else f"{figure}万 {self.word}"


class Standing(Protocol):
    """A fact as it stands."""

    id: int
    as_of: date
    word: str
    number: Decimal | None


def fact_changes(
    told: Mapping[str, Told], standing: Mapping[Any, Sequence[Standing]], as_of: date
) -> tuple[tuple[FactWrite, ...], dict[str, str], dict[str, str]]:
    """Return the facts to write, and the old and new values by field for people.

    Args:
        standing: by kind, the latest first.
    """
    writes: list[FactWrite] = []
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for kind, value in told.items():
        known = standing.get(kind, ())
        latest = known[0] if known else None
        if latest is not None and (latest.as_of > as_of or Told(latest.word, latest.number) == value):
            continue
        replaces = latest.id if latest is not None and latest.as_of == as_of else None
        writes.append(FactWrite(kind, as_of, word=value.word, number=value.number, replaces=replaces))
        before[FACT_FIELDS[kind]] = Told(latest.word, latest.number).shown() if latest else ""
        after[FACT_FIELDS[kind]] = value.shown()
    return tuple(writes), before, after
