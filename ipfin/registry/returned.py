"""The sheet of refused rows on its way out and back: how it is marked, known again and read. Pure.

Decides what tells a corrected sheet from any other list: a mark in the name of one of its columns, which
names the batch and the head of its file's SHA-256. The columns that the sheet added are never read.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from collections.abc import Mapping as Table
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import LOCALES, Text, _, translate
from ipfin.registry.header_names import normal_name
from ipfin.registry.headers import Mapping
from ipfin.registry.reading.table import RawTable
from ipfin.registry.values import parse_count

FIELD_HEADER: Final = _("退回字段")
REASON_HEADER: Final = _("退回原因")
_ROW_HEADER: Final = _("原行号 %(mark)s")
_MARK: Final = re.compile(r"#(\d{1,9})-([0-9a-f]{8})$")
_HEAD: Final = 8  # characters of the SHA-256 that the mark repeats
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class ReturnMark:
    """Which batch a sheet gives rows back of, and in which column their first row numbers stand."""

    batch_id: int
    sha256_head: str
    column: int

    def is_of(self, sha256: str) -> bool:
        """Return whether the batch whose file has this SHA-256 is the one that is meant."""
        return sha256.startswith(self.sha256_head)


def row_header(batch_id: int, sha256: str) -> Text:
    """Return the name of the column of row numbers, which carries the mark."""
    return Text(_ROW_HEADER.template, {"mark": f"#{batch_id}-{sha256[:_HEAD]}"})


def return_mark(header: Sequence[str]) -> ReturnMark | None:
    """Return the mark of a sheet of refused rows, None for any other list."""
    for column, name in enumerate(header):
        found = _MARK.search(name.strip())
        if found:
            return ReturnMark(int(found[1]), found[2], column)
    return None


def added_columns(header: Sequence[str]) -> frozenset[int]:
    """Return the columns that the sheet of refused rows added to the list's own."""
    names = {translate(text, locale) for text in (FIELD_HEADER, REASON_HEADER) for locale in LOCALES}
    if return_mark(header) is None:
        return frozenset()
    return frozenset(
        column for column, name in enumerate(header) if name in names or _MARK.search(name.strip())
    )


def columns_by_name(names: Table[_Key, str], header: Sequence[str]) -> dict[_Key, int]:
    """Return the columns that have these names in a header, in any order; a name that it lacks has none."""
    added = added_columns(header)
    places = {
        normal_name(name): place for place, name in reversed(list(enumerate(header))) if place not in added
    }
    exact = {name: place for place, name in enumerate(header)}
    found = {key: exact.get(name, places.get(normal_name(name))) for key, name in names.items()}
    return {key: column for key, column in found.items() if column is not None}


def mapping_by_name(mapping: Mapping, header: Sequence[str]) -> Mapping:
    """Return the mapping of one header for another that has the same names, in any order."""
    found = columns_by_name({field: match.header for field, match in mapping.matches.items()}, header)
    matches = {
        field: replace(mapping.matches[field], column=column, header=header[column], alternatives=())
        for field, column in found.items()
    }
    return Mapping(tuple(header), matches)


def only_rows(table: RawTable, mark: ReturnMark, rows: Collection[int]) -> RawTable:
    """Return the table with those of its rows that were refused in the batch; others are noted, not read.

    Args:
        rows: the row numbers of the batch's own list.

    Raises:
        BadInput: no row of the sheet is one of them.
    """
    kept = [place for place, text in enumerate(table.columns[mark.column]) if _row_of(text) in rows]
    if not kept:
        raise BadInput(
            _("“%(file)s”里没有一行是批次%(batch)s退回的行；请勿改动“原行号”一列，或改为上传完整的名单。",
              file=table.filename, batch=mark.batch_id)
        )  # fmt: skip
    others = table.row_count - len(kept)
    notes = list(table.notes)
    if others:
        notes.append(
            _(
                "另有%(count)s行不是批次%(batch)s退回的行，未读入；请另行上传。",
                count=others,
                batch=mark.batch_id,
            )
        )
    return replace(
        table,
        columns=[[column[place] for place in kept] for column in table.columns],
        row_numbers=tuple(table.row_numbers[place] for place in kept),
        first_data_row=table.row_numbers[kept[0]],
        notes=tuple(notes),
    )


def _row_of(text: str) -> int | None:
    try:
        return parse_count(text)
    except BadInput:
        return None
