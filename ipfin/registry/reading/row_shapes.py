"""The shape of a sheet's rows, learnt from the rows, as one pattern that takes a whole row apart.

A sheet of a hundred thousand rows holds few ways in which a cell of a column is written: what stands between
its address and its value is the same over and over. So the ways are learnt and made into one pattern of a
row; a row that does not fit it is learnt from, and what cannot be learnt is `NotPlain`. Rows must stand one
behind the other with nothing between, so that nothing is overlooked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum
from operator import methodcaller
from typing import Final

from ipfin.registry.reading.workbook_parts import SPACES, VALUE, NotPlain, Parts, Styles, text_of


class Kind(Enum):
    """How the value of a cell is to be read."""

    TRIMMED = "trimmed"  # a text in the cell, without white space at its ends
    KEPT = "kept"  # a text in the cell, as it is
    RESULT = "result"  # a text in the cell that a formula could have made
    SHARED = "shared"  # the place of a shared text
    NUMBER = "number"
    DAY = "day"
    TRUTH = "truth"
    ERROR = "error"


_ROW: Final = re.compile(rb"\s*+<row r=\"([0-9]+)\"[^<>]*(?:(/>)|(?<!/)>)")
_FORMULA: Final = rb"<f(?:[^<>]*/>|[^<>]*(?<!/)>[^<]*</f>)"
_CELL: Final = re.compile(
    rb"\s*+<c r=\"([A-Z]{1,3})([0-9]+)\"((?: [st]=\"[0-9A-Za-z]+\"){0,2})"
    rb"(?:( ?/>|></c>)"
    rb"|>("
    + _FORMULA
    + rb")?+(<is><t(?: xml:space=\"preserve\")?>|<v>)("
    + VALUE
    + rb")(?:</t></is>|</v>)</c>)"
)
_BARE: Final = rb"[^<>]*(?:/>|></c>)"
_INLINE: Final = (Kind.TRIMMED, Kind.KEPT)
_TEXTS: Final = (*_INLINE, Kind.RESULT)
_MOST_WAYS: Final = 60  # in which the cells of one column are written
_MOST_LESSONS: Final = 40  # times that may be learnt
_SAMPLE: Final = 60  # rows that are learnt from at first
_ROW_END: Final = b"</row>"
_groups, _start, _end = methodcaller("groups"), methodcaller("start"), methodcaller("end")
_LETTERS: Final = 26


Way = tuple[bytes, bytes]
"""What stands between the address of a cell and its value: attributes, and the tags behind them."""


@dataclass(slots=True)
class Column:
    """How the cells of one column are written."""

    letters: bytes
    ways: dict[Way, Kind] = field(default_factory=dict)
    may_lack: bool = False
    may_be_bare: bool = False  # a style and nothing else
    has_formulas: bool = False  # whose results are taken
    has_edges: bool = False  # white space at the ends of a text that is trimmed

    @property
    def kind(self) -> Kind | None:
        """The one kind of all its cells, None for several."""
        kinds = set(self.ways.values())
        return kinds.pop() if len(kinds) == 1 else None

    @property
    def is_gappy(self) -> bool:
        """Whether a row may have no value in it."""
        return self.may_lack or self.may_be_bare

    def pattern(self) -> bytes:
        """Return the pattern of one cell: a group that holds its value, with its way where there are many.

        It never goes back into what it took: a row that does not fit costs no more than one that does.
        """
        start = rb"<c r=\"" + self.letters + rb"\1\""
        written = [self._body()] if self.ways else []
        if self.may_be_bare:
            written.append(_BARE)
        cell = start + rb"(?:" + rb"|".join(written) + rb")"
        return rb"(?>" + cell + (rb"|)" if self.may_lack else rb")")

    def _body(self) -> bytes:
        formula = rb"(?:" + _FORMULA + rb")?+" if self.has_formulas else b""
        known = sorted(self.ways, reverse=True)
        ways = rb"(?:" + rb"|".join(re.escape(a) + formula + re.escape(b) for a, b in known) + rb")"
        kind = self.kind
        if kind is None:
            return rb"(" + ways + VALUE + rb")(?:</t></is>|</v>)</c>"
        if kind is Kind.TRIMMED and not self.has_edges:
            return ways + rb"((?![ \t\n])" + VALUE + rb"(?<![ \t\n]))</t></is></c>"
        return ways + rb"(" + VALUE + rb")" + (rb"</t></is></c>" if kind in _INLINE else rb"</v></c>")


class RowShapes:
    """The pattern of a sheet's rows as it is learnt; one value for each column of `columns`."""

    def __init__(self, styles: Styles, most_columns: int) -> None:
        self._styles = styles
        self._most = most_columns
        self._columns: dict[int, Column] = {}
        self._pattern: re.Pattern[bytes] | None = None
        self._has_gaps = self._has_empty_rows = False
        self._rows = self._lessons = 0

    @property
    def columns(self) -> Sequence[Column | None]:
        """The columns from the first on, as many as ever held a value; None for one that is never written."""
        last = max((place for place, one in self._columns.items() if one.ways), default=-1)
        return [self._columns.get(place) for place in range(last + 1)]

    def rows(self, chunk: bytes) -> list[tuple[bytes | None, ...]]:
        """Return the rows of a piece of a sheet that have cells: the number, each column's value or None.

        Raises:
            NotPlain: a row is not one that can be learnt.
        """
        found = self._fitting(chunk)
        for most in (_SAMPLE, len(chunk)):
            if found is None:
                self._learn(chunk, most)
                found = self._fitting(chunk)
        if found is None:
            raise NotPlain
        rows = list(map(_groups, found))
        return list(filter(holds_cells, rows)) if self._has_empty_rows else rows

    def _fitting(self, chunk: bytes) -> list[re.Match[bytes]] | None:
        """Return the rows if they are all that the piece holds, one behind the other."""
        if self._pattern is None:
            return None
        found = list(self._pattern.finditer(chunk))
        starts, ends = list(map(_start, found)), [0, *map(_end, found)]
        if starts == ends[:-1]:
            is_whole = not chunk[ends[-1] :].strip()
        else:
            gaps = zip(ends, [*starts, len(chunk)], strict=True)
            is_whole = not any(chunk[end:start].strip() for end, start in gaps)
        return found if is_whole and found else None

    # --- Learning ------------------------------------------------------------------------------

    def _learn(self, chunk: bytes, most: int) -> None:
        """Learn from the first rows of a piece, `most` of them."""
        self._lessons += 1
        if self._lessons > _MOST_LESSONS:
            raise NotPlain
        known = self._pattern
        for piece in chunk.split(_ROW_END, most)[:most]:
            if known is not None and known.fullmatch(piece.lstrip() + _ROW_END):
                continue
            end, row = 0, None
            while row is None or row[2]:  # rows without cells, which end by themselves, stand before it
                row = _ROW.match(piece, end)
                if row is None:
                    if piece[end:].strip():
                        raise NotPlain
                    break
                end = row.end()
                self._has_empty_rows = self._has_empty_rows or bool(row[2])
            if row is not None:
                self._learn_row(row[1], piece, end)
        self._pattern = self._compiled()

    def _learn_row(self, number: bytes, piece: bytes, end: int) -> None:
        last, seen = -1, set()
        while cell := _CELL.match(piece, end):
            place = _place_of(cell[1])
            if cell[2] != number or place <= last:
                raise NotPlain
            self._has_gaps = self._has_gaps or piece[end : end + 1] != b"<"
            end, last = cell.end(), place
            self._learn_cell(place, cell)
            seen.add(place)
        if piece[end:].strip():
            raise NotPlain
        self._has_gaps = self._has_gaps or end < len(piece)
        for place, column in self._columns.items():
            column.may_lack = column.may_lack or place not in seen
        self._rows += 1

    def _learn_cell(self, place: int, cell: re.Match[bytes]) -> None:
        column = self._columns.get(place)
        if column is None:
            if place >= self._most:
                raise NotPlain
            column = self._columns[place] = Column(cell[1], may_lack=self._rows > 0)
        _letters, _number, attributes, bare, formula, tags, value = cell.groups()
        if bare is not None:
            column.may_be_bare = True
            return
        way = (attributes + b">", tags)
        kind = column.ways.get(way)
        if kind is None:
            kind = column.ways[way] = self._kind_of(attributes, tags)
        column.has_formulas = column.has_formulas or formula is not None
        column.has_edges = column.has_edges or (kind is Kind.TRIMMED and value.strip(SPACES) != value)
        if len(column.ways) > _MOST_WAYS:
            raise NotPlain

    def _kind_of(self, attributes: bytes, tags: bytes) -> Kind:
        style, kind = _attribute_of(attributes, b"s"), _attribute_of(attributes, b"t")
        if tags != b"<v>":
            if kind != b"inlineStr":
                raise NotPlain
            return Kind.TRIMMED if tags.endswith(b"<t>") else Kind.KEPT
        if kind in _BY_TYPE:
            return _BY_TYPE[kind]
        if kind in (b"", b"n"):
            if style in self._styles.numbers:
                return Kind.NUMBER
            if style in self._styles.days:
                return Kind.DAY
        raise NotPlain

    def _compiled(self) -> re.Pattern[bytes]:
        gap = rb"\s*+" if self._has_gaps else rb""
        written = [column for _place, column in sorted(self._columns.items())]
        cells = b"".join(gap + column.pattern() for column in written)
        row = rb"<row r=\"([0-9]+)\"[^<>]*"
        body = rb">" + cells + gap + rb"</row>"
        return re.compile(row + (rb"(?:/>|(?<!/)" + body + rb")" if self._has_empty_rows else body))


def holds_cells(row: Sequence[bytes | None]) -> bool:
    """Return whether a row has a cell with a value; the first is its number."""
    return any(value is not None for value in row[1:])


_BY_TYPE: Final = {b"s": Kind.SHARED, b"str": Kind.RESULT, b"b": Kind.TRUTH, b"e": Kind.ERROR}


def _place_of(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * _LETTERS + letter - ord("A") + 1
    return place - 1


def _attribute_of(way: bytes, name: bytes) -> bytes:
    found = re.search(rb" " + name + rb'="([^"]*)"', way)
    return found[1] if found else b""


# --- Values ----------------------------------------------------------------------------------------

_WAY: Final = re.compile(rb"([^<>]*>)(?:" + _FORMULA + rb")?+(<is><t[^<>]*>|<v>)")
_NUMBER: Final = re.compile(rb"-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WHOLE: Final = re.compile(rb"([0-9]{2,7})(?:\.0+)?")
_SAFE: Final = 10**15  # from here on a float has lost digits: calamine's path counts those
_EPOCH: Final = date(1899, 12, 30)
_DAYS: Final = range(61, 2_958_466)  # from March 1900, before which the calendar of Excel errs, to 9999
_TRUTHS: Final = {b"1": b"TRUE", b"0": b"FALSE"}


class Values:
    """Values of cells as text, in UTF-8; what `tabulate.as_text` makes of calamine's values."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.is_marked = True  # whether there may be references or escapes among the cells

    def texts(self, column: Column, cells: Sequence[bytes]) -> Sequence[bytes]:
        """Return the cells of a column as text; b"" is an empty one."""
        kind = column.kind
        if kind in _TEXTS and not column.has_edges and not self.is_marked:
            return cells
        if kind in _TEXTS and not column.has_edges:
            together = b"".join(cells)
            if b"&" not in together and b"_x" not in together:
                return cells
        known = {cell: self._text(column, kind, cell) if cell else b"" for cell in set(cells)}
        return list(map(known.__getitem__, cells))

    def _text(self, column: Column, kind: Kind | None, cell: bytes) -> bytes:
        if kind is None:
            way = _WAY.match(cell)
            if way is None:
                raise NotPlain
            kind, cell = column.ways[way[1], way[2]], cell[way.end() :]
        return self._of(kind, cell)

    def _of(self, kind: Kind, value: bytes) -> bytes:
        if kind in _TEXTS:
            return text_of(value, is_trimmed=kind is Kind.TRIMMED)
        if kind is Kind.ERROR:
            return b""
        try:
            if kind is Kind.SHARED:
                return self._parts.strings[int(value)] if value.isdigit() else _not_plain()
            return _TRUTHS[value] if kind is Kind.TRUTH else _figure(kind, value)
        except LookupError as problem:
            raise NotPlain from problem


def _figure(kind: Kind, value: bytes) -> bytes:
    if kind is Kind.DAY:
        whole = _WHOLE.fullmatch(value)
        day = int(whole[1]) if whole else 0
        return (_EPOCH + timedelta(days=day)).isoformat().encode() if day in _DAYS else _not_plain()
    number = float(value) if _NUMBER.fullmatch(value) else float(_SAFE)
    if abs(number) >= _SAFE:
        raise NotPlain
    return (str(int(number)) if number.is_integer() else repr(number)).encode()


def _not_plain() -> bytes:
    raise NotPlain
