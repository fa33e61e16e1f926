"""A sheet or a text file as messages: the facts of the table, pieces of columns, the end.

Runs in the child process. Decides which sheet is read, which rows count, what a cell is as text, and
when to stop; the sentences for people are made by the parent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import chain, islice
from typing import Any, Final

from ipfin.registry.reading.heading import LOOKED_AT, Heading, find_heading
from ipfin.registry.reading.refusals import Reason, Refused
from ipfin.registry.reading.text_rows import TextFile

SEPARATOR: Final = "\x1e"
"""Between the cells of one piece of a column. XML cannot hold it, and it is taken out of text files."""

PIECE: Final = 5_000  # rows that are written at once
Message = dict[str, Any]
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
    """What is counted while rows go by."""

    rows: int = 0
    overlong: list[int] = field(default_factory=list)
    short: list[int] = field(default_factory=list)
    trailing_empty: bool = False  # an always empty field after the last header was dropped
    digits_lost: int = 0


def tabulate(source: str, kind: str, sheet: str | None, limits: dict[str, int]) -> Iterator[Message]:
    """Yield the table in the file `source` as messages.

    Raises:
        Refused: the file cannot be read within the limits, or holds no table.
    """
    if kind == "csv":
        text = TextFile(source, limits["cell_length"])
        yield from _table(enumerate(text.rows(), start=1), text.facts, limits, is_text=True)
        return
    yield from _workbook(source, sheet, limits)


# --- Workbooks -------------------------------------------------------------------------------------

_SURE: Final = 2  # known names in a header that make its sheet the one to read


def _workbook(source: str, wanted: str | None, limits: dict[str, int]) -> Iterator[Message]:
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
    yield from _table(_numbered(sheet), facts, limits, is_text=False)


def _numbered(sheet: Any) -> Iterator[tuple[int, Row]]:
    """Return the rows of a sheet with their numbers as Excel shows them."""
    first = sheet.start[0] if sheet.start else 0
    return enumerate(sheet.iter_rows(), start=first + 1)


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
        head = [[as_text(cell) for cell in row] for _number, row in islice(_numbered(sheet), LOOKED_AT)]
        heading = find_heading([row for row in head if any(row)])
        if heading and heading.known >= _SURE:
            return sheet
        fallback = fallback or (sheet if heading else None)
        if refused.reason is Reason.EMPTY and any(map(any, head)):
            refused = Refused(Reason.NO_HEADER)
    if fallback is None:
        raise refused
    return fallback


# --- Rows to messages ------------------------------------------------------------------------------


def _is_blank(row: Row) -> bool:
    return not any(cell and not (cell.__class__ is str and cell.isspace()) for cell in row)


def _table(
    numbered: Iterable[tuple[int, Row]], facts: Message, limits: dict[str, int], *, is_text: bool
) -> Iterator[Message]:
    rows = ((number, row) for number, row in numbered if not _is_blank(row))
    head = list(islice(rows, LOOKED_AT))
    heading = find_heading([[as_text(cell) for cell in row] for _number, row in head])
    if heading is None:
        raise Refused(Reason.NO_HEADER if head else Reason.EMPTY)
    data: Iterator[tuple[int, Row]] = chain(head[heading.last + 1 :], rows)
    yield {**facts, "names": heading.names, "header_row": head[heading.last][0]}
    tally = _Tally()
    if is_text:
        data = _fitted(data, heading, tally, limits["columns"])
    while piece := list(islice(data, PIECE)):
        tally.rows += len(piece)
        if tally.rows > limits["rows"]:
            raise Refused(Reason.TOO_MANY_ROWS, limit=limits["rows"])
        yield _piece(piece, tally, limits["cell_length"])
    if not tally.rows:
        raise Refused(Reason.NO_ROWS)
    yield {
        "end": tally.rows,
        "overlong": tally.overlong,
        "short": tally.short,
        "trailing_empty": tally.trailing_empty,
        "digits_lost": tally.digits_lost,
    }


def _fitted(
    data: Iterator[tuple[int, Row]], heading: Heading, tally: _Tally, most: int
) -> Iterator[tuple[int, Row]]:
    """Yield rows of a text file as wide as the header; remember those that were not.

    Fields after the last name that are empty are dropped (a comma at the end of every line); a row that
    holds values there, or too few fields, is shifted or torn, and the caller refuses that row.
    """
    width = len(heading.names)
    for number, row in data:
        if len(row) == width:
            yield number, row
            continue
        if len(row) > most:
            raise Refused(Reason.TOO_MANY_COLUMNS, columns=len(row), limit=most)
        if len(row) < width:
            tally.short.append(number)
            yield number, [*row, *[""] * (width - len(row))]
            continue
        if any(cell.strip() for cell in row[width:]):
            tally.overlong.append(number)
        else:
            tally.trailing_empty = True
        yield number, row[:width]


def _piece(piece: list[tuple[int, Row]], tally: _Tally, longest: int) -> Message:
    numbers = [number for number, _row in piece]
    columns = zip(*(row for _number, row in piece), strict=True)
    texts = [_column(column, numbers, tally, longest) for column in columns]
    is_run = numbers[-1] - numbers[0] + 1 == len(numbers)
    return {"rows": [numbers[0], len(numbers)] if is_run else numbers, "run": is_run, "columns": texts}


def _column(column: Sequence[Any], numbers: list[int], tally: _Tally, longest: int) -> str:
    if set(map(type, column)) != {str}:
        tally.digits_lost += sum(
            1 for cell in column if isinstance(cell, float) and abs(cell) >= _SAFE_INTEGER
        )
        column = list(map(as_text, column))
    if max(map(len, column)) > longest:
        row = next(number for number, cell in zip(numbers, column, strict=True) if len(cell) > longest)
        raise Refused(Reason.LONG_CELL, row=row, limit=longest)
    joined = SEPARATOR.join(column)
    if joined.count(SEPARATOR) != len(column) - 1:
        joined = SEPARATOR.join(map(as_text, column))
    return joined
