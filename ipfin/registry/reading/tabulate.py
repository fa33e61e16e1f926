"""A sheet or a text file as messages: the facts of the table, pieces of columns, the end.

Runs in the child process. Decides which sheet is read, which rows count, what a cell is as text, and
when to stop; the sentences for people are made by the parent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from typing import Any, Final

from ipfin.registry.reading.heading import LOOKED_AT, find_heading
from ipfin.registry.reading.plain_sheet import plain_table
from ipfin.registry.reading.refusals import Reason, Refused
from ipfin.registry.reading.text_rows import TextFile
from ipfin.registry.reading.workbook_parts import NotPlain

SEPARATOR: Final = "\x1e"
"""Between the cells of one piece of a column. XML cannot hold it, and it is taken out of text files."""

PIECE: Final = 5_000  # rows that are written at once
Message = dict[str, Any]
AGAIN: Final[Message] = {}
"""What was yielded before does not hold; the table begins anew."""

Row = Sequence[Any]

_SAFE_INTEGER: Final = 10**15  # from here on a float has lost digits
_MIDNIGHT: Final = time(0, 0)


def as_text(value: object) -> str:
    """Return a cell as the text that a reader of the sheet would type."""
    if isinstance(value, str):
        return value.replace(SEPARATOR, "")
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 10 * _SAFE_INTEGER else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == _MIDNIGHT else value.isoformat(" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if value is None or isinstance(value, timedelta):
        return "" if value is None else str(value)
    return str(value)


@dataclass
class _Tally:
    """What is counted while rows go by. `width` is that of the header of a text file, None for a sheet."""

    width: int | None
    rows: int = 0
    overlong: list[int] = field(default_factory=list)
    short: list[int] = field(default_factory=list)
    trailing_empty: bool = False  # an always empty field after the last header was dropped
    digits_lost: int = 0

    def fitted(self, piece: list[Row], numbers: Sequence[int], most: int) -> list[Row]:
        """Return rows of a text file as wide as the header; remember those that were not.

        Fields after the last name that are empty are dropped (a comma at the end of every line); a row
        that holds values there, or too few fields, is shifted or torn, and the caller refuses that row.
        """
        if self.width is None or set(map(len, piece)) == {self.width}:
            return piece
        return [self._fit(row, number, most) for row, number in zip(piece, numbers, strict=True)]

    def _fit(self, row: Row, number: int, most: int) -> Row:
        width = self.width or 0
        if len(row) > most:
            raise Refused(Reason.TOO_MANY_COLUMNS, columns=len(row), limit=most)
        if len(row) < width:
            self.short.append(number)
            return [*row, *[""] * (width - len(row))]
        if any(cell.strip() for cell in row[width:]):
            self.overlong.append(number)
        elif len(row) > width:
            self.trailing_empty = True
        return row[:width]

    def end(self) -> Message:
        """Return the last message of a table."""
        return {
            "end": self.rows,
            "overlong": self.overlong,
            "short": self.short,
            "trailing_empty": self.trailing_empty,
            "digits_lost": self.digits_lost,
        }


def tabulate(source: str, kind: str, sheet: str | None, limits: dict[str, int]) -> Iterator[Message]:
    """Yield the table in the file `source` as messages.

    Raises:
        Refused: the file cannot be read within the limits, or holds no table.
    """
    if kind == "csv":
        text = TextFile(source, limits["cell_length"])
        yield from _table(text.rows(), 1, text.facts, limits, is_text=True)
        return
    if kind == "xlsx":
        try:
            yield from plain_table(source, sheet, limits)
        except NotPlain:
            yield AGAIN
        else:
            return
    yield from by_calamine(source, sheet, limits)


# --- Workbooks -------------------------------------------------------------------------------------

_SURE: Final = 2  # known names in a header that make its sheet the one to read


def by_calamine(source: str, wanted: str | None, limits: dict[str, int]) -> Iterator[Message]:
    """Yield the table in a workbook of any kind.

    Raises:
        Refused: as `tabulate`.
    """
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(source)
        names = [sheet.name for sheet in book.sheets_metadata if str(sheet.typ).endswith("WorkSheet")]
        if wanted is not None and wanted not in names:
            raise Refused(Reason.NO_SHEET, sheet=wanted)
        sheet = _choose_sheet(book, [wanted] if wanted is not None else names, limits)
    except calamine.PasswordError as problem:
        raise Refused(Reason.ENCRYPTED) from problem
    except (calamine.CalamineError, OSError) as problem:
        raise Refused(Reason.DAMAGED) from problem
    others = [name for name in names if name != sheet.name]
    facts = {"sheet": sheet.name, "other_sheets": others, "encoding": ""}
    first = sheet.start[0] if sheet.start else 0
    yield from _table(_rows_of(sheet), first + 1, facts, limits, is_text=False)


def _rows_of(sheet: Any) -> Iterator[Row]:
    """Return the rows from the first that holds anything; `iter_rows` begins at the top of the sheet."""
    first = sheet.start[0] if sheet.start else 0
    return islice(sheet.iter_rows(), first, None)


def _choose_sheet(book: Any, names: Sequence[str], limits: dict[str, int]) -> Any:
    """Return the first sheet whose header names fields that the registry knows, else the first with a header.

    Raises:
        Refused: no sheet has a header within the limits.
    """
    fallback: Any = None
    refused = Refused(Reason.EMPTY)
    for name in names:
        sheet = book.get_sheet_by_name(name)
        if sheet.width > limits["columns"]:
            refused = Refused(Reason.TOO_MANY_COLUMNS, columns=sheet.width, limit=limits["columns"])
            continue
        head = [[as_text(cell) for cell in row] for row in islice(_rows_of(sheet), LOOKED_AT)]
        heading = find_heading(head)
        if heading and heading.known >= _SURE:
            return sheet
        fallback = fallback or (sheet if heading else None)
        if refused.reason is Reason.EMPTY and any(map(any, head)):
            refused = Refused(Reason.NO_HEADER)
    if fallback is None:
        raise refused
    return fallback


# --- Rows to messages ------------------------------------------------------------------------------


def _table(
    rows: Iterator[Row], first: int, facts: Message, limits: dict[str, int], *, is_text: bool
) -> Iterator[Message]:
    """Yield the table in `rows`, the first of which Excel shows as row number `first`."""
    head = list(islice(rows, LOOKED_AT))
    widest = max(map(len, head), default=0)
    if widest > limits["columns"]:
        raise Refused(Reason.TOO_MANY_COLUMNS, columns=widest, limit=limits["columns"])
    heading = find_heading([[as_text(cell) for cell in row] for row in head])
    if heading is None:
        raise Refused(Reason.NO_HEADER if any(map(_says_something, head)) else Reason.EMPTY)
    yield {**facts, "names": heading.names, "header_row": first + heading.last}
    tally = _Tally(len(heading.names) if is_text else None)
    data: Iterator[Row] = chain(head[heading.last + 1 :], rows)
    number = first + heading.last + 1
    while piece := list(islice(data, PIECE)):
        numbers: Sequence[int] = range(number, number + len(piece))
        number += len(piece)
        piece, numbers = _without_blank(piece, numbers)
        tally.rows += len(piece)
        if tally.rows > limits["rows"]:
            raise Refused(Reason.TOO_MANY_ROWS, limit=limits["rows"])
        if piece:
            yield _piece(
                tally.fitted(piece, numbers, limits["columns"]), numbers, tally, limits["cell_length"]
            )
    if not tally.rows:
        raise Refused(Reason.NO_ROWS)
    yield tally.end()


def _says_something(row: Row) -> bool:
    # A row of nothing but zeros is no blank one.
    return any(cell not in ("", None) and not (cell.__class__ is str and cell.isspace()) for cell in row)


def _begins(row: Row) -> bool:
    return bool(row) and bool(row[0]) and not (row[0].__class__ is str and row[0].isspace())


def _without_blank(piece: list[Row], numbers: Sequence[int]) -> tuple[list[Row], Sequence[int]]:
    """Return the rows that say something, with their numbers. Only rows that begin empty are looked at."""
    suspects = [place for place, row in enumerate(piece) if not _begins(row)]
    blank = {place for place in suspects if not _says_something(piece[place])}
    if not blank:
        return piece, numbers
    kept = [place for place in range(len(piece)) if place not in blank]
    return [piece[place] for place in kept], [numbers[place] for place in kept]


def _piece(piece: list[Row], numbers: Sequence[int], tally: _Tally, longest: int) -> Message:
    columns = zip(*piece, strict=True)
    texts = [_column(column, numbers, tally, longest) for column in columns]
    is_run = isinstance(numbers, range)
    return {"rows": [numbers[0], len(numbers)] if is_run else list(numbers), "run": is_run, "columns": texts}


def _column(column: Sequence[Any], numbers: Sequence[int], tally: _Tally, longest: int) -> str:
    kinds = set(map(type, column))
    if kinds != {str}:
        column = _texts(column, kinds, tally)
    if max(map(len, column)) > longest:
        row = next(number for number, cell in zip(numbers, column, strict=True) if len(cell) > longest)
        raise Refused(Reason.LONG_CELL, row=row, limit=longest)
    joined = SEPARATOR.join(column)
    if joined.count(SEPARATOR) != len(column) - 1:
        joined = SEPARATOR.join(map(as_text, column))
    return joined


def _texts(column: Sequence[Any], kinds: set[type], tally: _Tally) -> list[str]:
    """Return cells of several types as text, each distinct value once."""
    if bool in kinds:  # True equals 1, so it cannot share a table with numbers
        return list(map(as_text, column))
    known = {cell: as_text(cell) for cell in set(column)}
    lost = {cell for cell in known if cell.__class__ is float and abs(cell) >= _SAFE_INTEGER}
    if lost:
        tally.digits_lost += sum(1 for cell in column if cell in lost)
    return list(map(known.__getitem__, column))
