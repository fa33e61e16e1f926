"""Which column of a list holds which field: by its name, checked against its content, else by content.

Decides a proposal; somebody confirms it once, and it is remembered under the fingerprint of the header.
A name alone is never trusted: a column called 申请号 that holds titles (shifted columns) is not taken.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import Any, Final

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _
from ipfin.registry.column_content import are_days, bears_out, fits, guess, sample, share_of_filing_years
from ipfin.registry.fields import LABELS, ListField
from ipfin.registry.header_names import fields_named, is_about_other_patents, is_known_name, normal_name
from ipfin.registry.header_stems import fields_stemmed
from ipfin.registry.reading.table import RawTable

F = ListField


class Confidence(StrEnum):
    """How a column was found (把握)."""

    EXACT = "exact"  # 列名相符: the first name of the field
    ALIAS = "alias"  # 常用别名: another name that lists use
    SIMILAR = "similar"  # 列名相近: an unknown name with the stem of the field, and values that bear it out
    CONTENT = "content"  # 按内容识别: the name says nothing, the values do
    CONFIRMED = "confirmed"  # 人工确认


CONFIDENCE_LABELS: Table[Confidence, Text] = {
    Confidence.EXACT: _("列名相符"),
    Confidence.ALIAS: _("常用别名"),
    Confidence.SIMILAR: _("列名相近，请核对"),
    Confidence.CONTENT: _("按内容识别，请核对"),
    Confidence.CONFIRMED: _("人工确认"),
}


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """One field and its column. `alternatives` are the other columns that could be meant."""

    field: ListField
    column: int  # from 0
    header: str
    confidence: Confidence
    alternatives: tuple[int, ...] = ()


def require_distinct_columns(choices: Iterable[int | None], *, width: int) -> list[int]:
    """Return the columns that a person chose for fields; None, no column, is left out.

    Args:
        width: how many columns the list has.

    Raises:
        BadInput: a column that the list does not have, or one column for two fields.
    """
    chosen = [column for column in choices if column is not None]
    if any(not 0 <= column < width for column in chosen):
        raise BadInput(_("所选的列不在文件中，请重新选择。"))
    if len(set(chosen)) != len(chosen):
        raise BadInput(_("同一列不能对应两个字段，请重新选择。"))
    return chosen


@dataclass(frozen=True, slots=True)
class Mapping:
    """The columns of a list and the fields that they hold."""

    header: tuple[str, ...]
    matches: Table[ListField, ColumnMatch]
    doubts: tuple[Text, ...] = ()  # columns whose content does not bear out their name

    @property
    def fingerprint(self) -> str:
        """Under which the mapping is remembered."""
        return fingerprint(self.header)

    @property
    def unmapped(self) -> tuple[int, ...]:
        """The columns that no field takes."""
        taken = {match.column for match in self.matches.values()}
        return tuple(index for index in range(len(self.header)) if index not in taken)

    def column_of(self, field: ListField) -> int | None:
        """Return the column of a field, None when the list has none."""
        match = self.matches.get(field)
        return match.column if match else None

    def confirmed(self, choices: Table[ListField, int | None]) -> Mapping:
        """Return the mapping with a person's choices: a column for a field, or None for no column.

        A column that is chosen for one field is taken from the field that had it.

        Raises:
            BadInput: a column that the list does not have, or one column for two fields.
        """
        chosen = require_distinct_columns(choices.values(), width=len(self.header))
        kept = {f: m for f, m in self.matches.items() if f not in choices and m.column not in chosen}
        for field, column in choices.items():
            if column is not None:
                kept[field] = ColumnMatch(field, column, self.header[column], Confidence.CONFIRMED)
        return replace(self, matches={field: kept[field] for field in ListField if field in kept})

    def as_json(self) -> dict[str, Any]:
        """Return a form that JSON can hold and `from_json` reads back."""
        return {
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
        }

    @classmethod
    def from_json(cls, stored: Table[str, Any]) -> Mapping:
        """Return the mapping that `as_json` stored."""
        header = tuple(stored["header"])
        matches = [
            ColumnMatch(
                ListField(match["field"]),
                match["column"],
                header[match["column"]],
                Confidence(match["confidence"]),
                tuple(match["alternatives"]),
            )
            for match in stored["matches"]
        ]
        doubts = tuple(map(Text.from_json, stored["doubts"]))
        return cls(header, {match.field: match for match in matches}, doubts)


def fingerprint(header: Sequence[str]) -> str:
    """Return the SHA-256, in hex, of the normal names of a header in their order."""
    names = json.dumps([normal_name(name) for name in header], ensure_ascii=False)
    return hashlib.sha256(names.encode("utf-8", "surrogatepass")).hexdigest()


def missing_essentials(mapping: Mapping) -> tuple[ListField, ...]:
    """Return the fields without which a list cannot be used; empty when it can.

    Whose patent it is (applicants or owners) and which patent it is (application or publication number).
    """
    missing = []
    if not {F.APPLICANTS, F.CURRENT_OWNERS} & set(mapping.matches):
        missing.append(F.APPLICANTS)
    if not {F.APPLICATION_NUMBER, F.PUBLICATION_NUMBER, F.GRANT_NUMBER} & set(mapping.matches):
        missing.append(F.APPLICATION_NUMBER)
    return tuple(missing)


_EMPTY_LAST: Final = 1_000  # an empty column is chosen only when no other has the name


def propose_mapping(table: RawTable) -> Mapping:
    """Return the columns that a list most likely means, by name and content."""
    samples = [sample(column) for column in table.columns]
    by_name, doubts = _by_name(table.header, samples)
    matches = _by_content(table.header, samples, _by_stem(table.header, samples, by_name))
    _find_filing_date(table, samples, matches)
    return Mapping(table.header, {f: matches[f] for f in ListField if f in matches}, tuple(doubts))


def _by_name(
    header: Sequence[str], samples: Sequence[Sequence[str]]
) -> tuple[dict[ListField, ColumnMatch], list[Text]]:
    """Return the matches by name whose content bears the name out, and a sentence for each that does not."""
    candidates: dict[ListField, list[tuple[int, int]]] = {}
    doubts: list[Text] = []
    for column, name in enumerate(header):
        for field, rank in fields_named(name):
            if not fits(field, samples[column]):
                doubts.append(
                    _("列“%(name)s”的内容不像“%(field)s”，未按列名采用。", name=name, field=LABELS[field])
                )
                continue
            place = rank if samples[column] else rank + _EMPTY_LAST
            candidates.setdefault(field, []).append((place, column))
    return _choose(header, candidates), doubts


def _choose(
    header: Sequence[str], candidates: dict[ListField, list[tuple[int, int]]]
) -> dict[ListField, ColumnMatch]:
    """Return the best column of each field; a column that two fields may be goes to the earlier field."""
    matches: dict[ListField, ColumnMatch] = {}
    taken: set[int] = set()
    for field in ListField:
        free = [pair for pair in sorted(candidates.get(field, [])) if pair[1] not in taken]
        if not free:
            continue
        rank, column = free[0]
        confidence = Confidence.EXACT if rank % _EMPTY_LAST == 0 else Confidence.ALIAS
        others = tuple(other for _rank, other in free[1:])
        matches[field] = ColumnMatch(field, column, header[column], confidence, others)
        taken.add(column)
    return matches


def _by_stem(
    header: Sequence[str], samples: Sequence[Sequence[str]], by_name: dict[ListField, ColumnMatch]
) -> dict[ListField, ColumnMatch]:
    """Return the matches with the columns whose unknown names have the stem of a field still open."""
    matches = dict(by_name)
    taken = {match.column for match in by_name.values()}
    for column, values in enumerate(samples):
        if column in taken or not values or is_known_name(header[column]):
            continue
        for field in fields_stemmed(header[column]):
            if field not in matches and bears_out(field, values):
                matches[field] = ColumnMatch(field, column, header[column], Confidence.SIMILAR)
                taken.add(column)
                break
    return matches


def _by_content(
    header: Sequence[str], samples: Sequence[Sequence[str]], by_name: dict[ListField, ColumnMatch]
) -> dict[ListField, ColumnMatch]:
    """Return the matches with the fields that only the values tell, for columns whose names say nothing."""
    matches = dict(by_name)
    taken = {match.column for match in by_name.values()}
    for column, values in enumerate(samples):
        if column in taken or not values or is_about_other_patents(header[column]):
            continue
        if _is_borne_out(header[column], values):
            continue  # a second column of a field that has one: an alternative, never a guess
        field = guess(values, frozenset(matches))
        if field is not None:
            matches[field] = ColumnMatch(field, column, header[column], Confidence.CONTENT)
            taken.add(column)
    return matches


def _is_borne_out(header: str, values: Sequence[str]) -> bool:
    """Return whether a column has a known name that its content does not contradict."""
    return any(fits(field, values) for field, _rank in fields_named(header))


_ROWS_COMPARED: Final = 500
_YEARS_AGREEING: Final = 0.8


def _find_filing_date(
    table: RawTable, samples: Sequence[Sequence[str]], matches: dict[ListField, ColumnMatch]
) -> None:
    """Add the column of days whose years are those of the application numbers, when no name told it."""
    number = matches.get(F.APPLICATION_NUMBER)
    if F.FILING_DATE in matches or number is None:
        return
    taken = {match.column for match in matches.values()}
    for column, values in enumerate(samples):
        if column in taken or not values or _is_borne_out(table.header[column], values):
            continue
        if not are_days(values):
            continue
        pairs = zip(table.columns[number.column], table.columns[column], strict=True)
        if share_of_filing_years(list(islice(pairs, _ROWS_COMPARED))) >= _YEARS_AGREEING:
            matches[F.FILING_DATE] = ColumnMatch(
                F.FILING_DATE, column, table.header[column], Confidence.CONTENT
            )
            return
