"""Which column of a list holds which field of its shape: by name, checked against content, else by content.

Decides a proposal that a person confirms; the same rules as for patent lists, on any shape. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ipfin.kernel.text import Text, _
from ipfin.lists.shape import Field, Question, Shape
from ipfin.registry.column_content import sample
from ipfin.registry.header_names import JOIN, normal_name
from ipfin.registry.headers import Confidence, fingerprint, require_distinct_columns
from ipfin.registry.reading import RawTable
from ipfin.registry.returned import columns_by_name

_ENOUGH_TO_FIT: Final = 0.1  # broken rows are refused one by one later
_LEAST_FOR_GUESS: Final = 2  # distinct values
_EMPTY_LAST: Final = 1_000  # an empty column is taken only when no other has the name


@dataclass(frozen=True, slots=True)
class Match:
    """One field and its column, counted from 0."""

    field: Field
    column: int
    header: str
    confidence: Confidence
    alternatives: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a list, the fields they hold, and what was told of the list as a whole."""

    shape: Shape
    header: tuple[str, ...]
    matches: Table[str, Match]
    doubts: tuple[Text, ...] = ()
    told: Table[str, str] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Under which the mapping is remembered."""
        return fingerprint(self.header)

    @property
    def unmapped(self) -> tuple[int, ...]:
        """The columns that no field takes."""
        taken = {match.column for match in self.matches.values()}
        return tuple(index for index in range(len(self.header)) if index not in taken)

    @property
    def missing(self) -> tuple[Field, ...]:
        """Kept fields that the list has no column for."""
        return tuple(f for f in self.shape.fields if f.is_kept and f.value not in self.matches)

    @property
    def open_needs(self) -> tuple[tuple[Field, ...], ...]:
        """The groups of fields of which the list lacks every one."""
        lacking = (group for group in self.shape.needs if not set(group) & set(self.matches))
        return tuple(tuple(map(self.shape.field, group)) for group in lacking)

    @property
    def questions(self) -> tuple[Question, ...]:
        """What is to be told of the whole list, because no column tells it."""
        return tuple(ask for ask in self.shape.asks if ask.told_by not in self.matches)

    def column_of(self, value: str) -> int | None:
        """Return the column of a field, None when the list has none."""
        match = self.matches.get(value)
        return match.column if match else None

    def confirmed(self, choices: Table[str, int | None]) -> Columns:
        """Return the mapping with a person's choices: a column for a field, or None for no column.

        Raises:
            BadInput: a column that the list does not have, or one column for two fields.
        """
        chosen = require_distinct_columns(choices.values(), width=len(self.header))
        kept = {f: m for f, m in self.matches.items() if f not in choices and m.column not in chosen}
        for value, column in choices.items():
            if column is not None:
                named = self.shape.field(value)
                kept[value] = Match(named, column, self.header[column], Confidence.CONFIRMED)
        return replace(self, matches=_in_order(self.shape, kept))

    def by_name(self, header: Sequence[str]) -> Columns:
        """Return the mapping for another header that has the same names, in any order."""
        found = columns_by_name({word: match.header for word, match in self.matches.items()}, header)
        matches = {
            word: replace(self.matches[word], column=column, header=header[column], alternatives=())
            for word, column in found.items()
        }
        return replace(self, header=tuple(header), matches=matches, doubts=())

    def as_json(self) -> dict[str, Any]:
        """Return a form that JSON can hold and `from_json` reads back."""
        return {
            "kind": self.shape.kind.value,
            "header": list(self.header),
            "matches": [
                {
                    "field": match.field.value,
                    "column": match.column,
                    "confidence": match.confidence.value,
                    "alternatives": list(match.alternatives),
                }
                for match in self.matches.values()
            ],
            "doubts": [doubt.as_json() for doubt in self.doubts],
            "told": dict(self.told),
        }

    @classmethod
    def from_json(cls, shape: Shape, stored: Table[str, Any]) -> Columns:
        """Return the mapping that `as_json` stored; fields that the shape has no more are left out."""
        header, known = tuple(stored["header"]), shape.labels
        matches = {
            m["field"]: Match(
                shape.field(m["field"]),
                m["column"],
                header[m["column"]],
                Confidence(m["confidence"]),
                tuple(m["alternatives"]),
            )
            for m in stored["matches"]
            if m["field"] in known
        }
        doubts = tuple(map(Text.from_json, stored["doubts"]))
        return cls(shape, header, matches, doubts, dict(stored.get("told", {})))


def _in_order(shape: Shape, matches: Table[str, Match]) -> dict[str, Match]:
    return {field.value: matches[field.value] for field in shape.fields if field.value in matches}


Samples = Sequence[Sequence[str]]
"""Some distinct values of every column."""


def samples_of(table: RawTable) -> Samples:
    """Return the samples of a table; they cost most of a proposal, so several shapes share them."""
    return [sample(column) for column in table.columns]


def names_known(header: Sequence[str], shape: Shape) -> list[Field]:
    """Return the fields of a shape that a header may name, whatever the columns hold."""
    ranks = _ranks(shape)
    found = (named for name in header for named, _rank in ranks.get(_known_part(name, ranks), ()))
    return list(dict.fromkeys(found))


def propose_columns(table: RawTable, shape: Shape, samples: Samples | None = None) -> Columns:
    """Return the columns that a list of this shape most likely means, and what its title tells."""
    samples = samples_of(table) if samples is None else samples
    matches, doubts = _by_name(table.header, samples, shape)
    _by_content(table.header, samples, shape, matches)
    return Columns(shape, table.header, _in_order(shape, matches), tuple(doubts), told_by_title(table, shape))


def told_by_title(table: RawTable, shape: Shape) -> dict[str, str]:
    """Return what the names of file and sheet answer of the questions about the whole list."""
    title = " ".join((table.filename, table.sheet))
    guessed = {ask.value: ask.guess(title) for ask in shape.asks}
    return {value: word for value, word in guessed.items() if word}


def _by_name(
    header: Sequence[str], samples: Sequence[Sequence[str]], shape: Shape
) -> tuple[dict[str, Match], list[Text]]:
    ranks = _ranks(shape)
    candidates: dict[str, list[tuple[int, int]]] = {}
    doubts: list[Text] = []
    for column, name in enumerate(header):
        for named, rank in ranks.get(_known_part(name, ranks), ()):
            if not _fits(named, samples[column], _ENOUGH_TO_FIT):
                doubts.append(
                    _("列“%(name)s”的内容不像“%(field)s”，未按列名采用。", name=name, field=named.label)
                )
                continue
            place = rank if samples[column] else rank + _EMPTY_LAST
            candidates.setdefault(named.value, []).append((place, column))
    return _choose(header, shape, candidates), doubts


def _known_part(header: str, ranks: Table[str, Any]) -> str:
    """Return the normal name of a header; of one in two rows the lower name, when only that is known."""
    whole = normal_name(header)
    return normal_name(header.rsplit(JOIN, 1)[1]) if whole not in ranks and JOIN in header else whole


def _ranks(shape: Shape) -> dict[str, list[tuple[Field, int]]]:
    ranks: dict[str, list[tuple[Field, int]]] = {}
    for named in shape.fields:
        names = [*named.names.split("|"), str(named.label)]
        for rank, name in enumerate(dict.fromkeys(map(normal_name, filter(None, names)))):
            ranks.setdefault(name, []).append((named, rank))
    return ranks


def _choose(
    header: Sequence[str], shape: Shape, candidates: Table[str, list[tuple[int, int]]]
) -> dict[str, Match]:
    matches: dict[str, Match] = {}
    taken: set[int] = set()
    for named in shape.fields:
        free = [pair for pair in sorted(candidates.get(named.value, [])) if pair[1] not in taken]
        if not free:
            continue
        rank, column = free[0]
        confidence = Confidence.EXACT if rank % _EMPTY_LAST == 0 else Confidence.ALIAS
        others = tuple(other for _rank, other in free[1:])
        matches[named.value] = Match(named, column, header[column], confidence, others)
        taken.add(column)
    return matches


def _by_content(
    header: Sequence[str], samples: Sequence[Sequence[str]], shape: Shape, matches: dict[str, Match]
) -> None:
    """Add the fields that only the values tell, for columns whose names say nothing."""
    known = _ranks(shape)
    taken = {match.column for match in matches.values()}
    for column, values in enumerate(samples):
        if column in taken or len(values) < _LEAST_FOR_GUESS or _known_part(header[column], known) in known:
            continue
        for named in shape.fields:
            if named.value not in matches and named.fits and _fits(named, values, named.guessed_from):
                matches[named.value] = Match(named, column, header[column], Confidence.CONTENT)
                break


def _fits(named: Field, values: Sequence[str], share: float) -> bool:
    if named.fits is None or not values:
        return share <= 1
    return sum(map(named.fits, values)) / len(values) >= share
