"""An xlsx sheet that is written plainly, as messages: at a quarter of what calamine needs.

Runs in the child process, under its limits, before calamine does. Either it yields just what calamine's path
would have (tests hold both to the same cells), or it raises `NotPlain` and what it yielded does not hold.
"""

from __future__ import annotations

import zipfile
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, dropwhile
from operator import lt
from typing import IO, Any, Final, cast

from ipfin.registry.reading.heading import LOOKED_AT, Heading, find_heading
from ipfin.registry.reading.refusals import Reason, Refused
from ipfin.registry.reading.row_shapes import RowShapes, Values, holds_cells
from ipfin.registry.reading.workbook_parts import NotPlain, Parts, require_utf8, unified

Message = dict[str, Any]

_SEPARATOR: Final = b"\x1e"  # as in tabulate
_CHUNK: Final = 2**20  # bytes of a sheet that are taken apart together
_MOST_WAITING: Final = 16 * _CHUNK  # bytes that may come without a row that ends
_BEGIN, _END, _ROW_END = b"<sheetData>", b"</sheetData>", b"</row>"
_FIRST_ROWS: Final = LOOKED_AT * 2
_SURE: Final = 2  # known names in a header that make its sheet the one to read
_MAYBE_BLANK: Final = frozenset({b"", *(bytes([code]) for code in (*range(33), 0xC2, 0xE1, 0xE2, 0xE3))})


def plain_table(source: str, wanted: str | None, limits: dict[str, int]) -> Iterator[Message]:
    """Yield the table in the workbook `source` as messages.

    Args:
        wanted: the sheet that is to be read; None for the first, if its header is known.

    Raises:
        NotPlain: calamine has to read it; what was yielded does not hold.
        Refused: the table goes beyond the limits.
    """
    try:
        parts = Parts(source)
        name = parts.names[0] if wanted is None else wanted
        if name not in parts.names:
            raise NotPlain
        with parts.sheet(name) as sheet:
            facts = {"sheet": name, "other_sheets": [one for one in parts.names if one != name]}
            yield from _table(_blocks(sheet, parts, limits), {**facts, "encoding": ""}, limits)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, KeyError, UnicodeDecodeError) as problem:
        raise NotPlain from problem
    except (NotImplementedError, RuntimeError, ValueError) as problem:  # of zipfile: methods, passwords
        raise NotPlain from problem


@dataclass(frozen=True, slots=True)
class _Block:
    """Some rows of a sheet, column by column as text in UTF-8; each row has some cell."""

    numbers: Sequence[int]
    columns: Sequence[Sequence[bytes]]

    def at(self, places: Sequence[int]) -> _Block:
        """Return the rows at these places."""
        columns = [[column[place] for place in places] for column in self.columns]
        return _Block([self.numbers[place] for place in places], columns)


# --- From bytes to blocks --------------------------------------------------------------------------


def _blocks(sheet: IO[bytes], parts: Parts, limits: dict[str, int]) -> Iterator[_Block]:
    shapes, values = RowShapes(parts.styles, limits["columns"]), Values(parts)
    last = 0
    for chunk in _chunks(sheet):
        rows = shapes.rows(chunk) if chunk.strip() else []
        if not last:  # calamine's table begins with the first row that has a cell
            rows = list(dropwhile(lambda row: not holds_cells(row), rows))
        if rows:
            told, *cells = zip(*rows, strict=True)
            numbers = _numbered(told, last)
            last = numbers[-1]
            values.is_marked = b"&" in chunk or b"_x" in chunk
            yield _Block(numbers, _columns(shapes, values, cells, len(rows)))


def _columns(
    shapes: RowShapes, values: Values, written: Sequence[Sequence[bytes | None]], count: int
) -> list[Sequence[bytes]]:
    columns: list[Sequence[bytes]] = []
    cells = iter(written)
    for column in shapes.columns:
        if column is None or not column.ways:
            columns.append([b""] * count)
            continue
        raw = next(cells)
        texts = [cell or b"" for cell in raw] if column.is_gappy else cast("Sequence[bytes]", raw)
        columns.append(values.texts(column, texts))
    return columns


def _chunks(sheet: IO[bytes]) -> Iterator[bytes]:
    """Yield the rows of a sheet as they are written: whole ones, many at a time, at first a whole head."""
    head = sheet.read(_CHUNK)
    require_utf8(head)
    _before, found, rest = head.partition(_BEGIN)
    if not found:
        raise NotPlain
    is_head = True
    while _END not in rest:
        cut = rest.rfind(_ROW_END) + len(_ROW_END)
        if cut > len(_ROW_END) and (not is_head or rest.count(_ROW_END) >= _FIRST_ROWS):
            yield unified(rest[:cut])
            rest, is_head = rest[cut:], False
        more = sheet.read(_CHUNK)
        if not more or len(rest) > _MOST_WAITING:
            raise NotPlain
        rest += more
    yield unified(rest.partition(_END)[0])
    while sheet.read(_CHUNK):
        pass  # to the end, where the check sum is looked at


def _numbered(told: Sequence[bytes], last: int) -> Sequence[int]:
    """Return the numbers of rows, which rise."""
    numbers = list(map(int, told))
    run = range(numbers[0], numbers[0] + len(numbers))
    rises = numbers == list(run) or all(map(lt, numbers, numbers[1:]))
    if not rises or numbers[0] <= last:
        raise NotPlain
    return run if numbers[-1] == run[-1] else numbers


# --- From blocks to messages -----------------------------------------------------------------------


def _table(blocks: Iterator[_Block], facts: Message, limits: dict[str, int]) -> Iterator[Message]:
    first = next(blocks, None)
    if first is None:
        raise NotPlain
    heading = _heading(first)
    yield {**facts, "names": heading.names, "header_row": first.numbers[0] + heading.last}
    below = bisect_right(first.numbers, first.numbers[0] + heading.last)
    data = first.at(range(below, len(first.numbers)))
    count = 0
    for block in chain([data], blocks):
        said = _without_blank(block)
        count += len(said.numbers)
        if count > limits["rows"]:
            raise Refused(Reason.TOO_MANY_ROWS, limit=limits["rows"])
        if said.numbers:
            yield _piece(said, limits["cell_length"])
    if not count:
        raise Refused(Reason.NO_ROWS)
    yield {"end": count, "overlong": [], "short": [], "trailing_empty": False, "digits_lost": 0}


def _heading(first: _Block) -> Heading:
    """Return the header of a sheet that has a well-known one and begins in its first column.

    Raises:
        NotPlain: it has not: calamine then looks at the other sheets too, or cuts empty columns off.
    """
    places = {number: place for place, number in enumerate(first.numbers)}
    top = first.numbers[0]
    head = []
    for number in range(top, min(top + LOOKED_AT, first.numbers[-1] + 1)):
        place = places.get(number)
        head.append([column[place].decode() if place is not None else "" for column in first.columns])
    heading = find_heading(head)
    if heading is None or heading.known < _SURE or not any(row[0] for row in head):
        raise NotPlain
    return heading


def _without_blank(block: _Block) -> _Block:
    """Return the rows that say something. Only rows that begin empty are looked at."""
    suspects = [place for place, cell in enumerate(block.columns[0]) if cell[:1] in _MAYBE_BLANK]
    blank = {place for place in suspects if not any(map(_says_something, _row(block, place)))}
    if not blank:
        return block
    return block.at([place for place in range(len(block.numbers)) if place not in blank])


def _row(block: _Block, place: int) -> Iterator[bytes]:
    return (column[place] for column in block.columns)


def _says_something(cell: bytes) -> bool:
    return bool(cell) and not cell.decode().isspace()


def _piece(block: _Block, longest: int) -> Message:
    numbers = block.numbers
    columns = [_joined(column, numbers, longest) for column in block.columns]
    is_run = isinstance(numbers, range)
    return {
        "rows": [numbers[0], len(numbers)] if is_run else list(numbers),
        "run": is_run,
        "columns": columns,
    }


def _joined(column: Sequence[bytes], numbers: Sequence[int], longest: int) -> bytes:
    joined = _SEPARATOR.join(column)
    if len(joined) > longest and max(map(len, column)) > longest:  # bytes; characters are fewer
        for number, cell in zip(numbers, column, strict=True):
            if len(cell.decode()) > longest:
                raise Refused(Reason.LONG_CELL, row=number, limit=longest)
    joined.decode()  # what is no UTF-8 is not plain
    return joined
