"""Reading the columns of a list by rules, and noting what is held against its rows. Pure.

Decides how an unreadable cell is told: a row is refused at most once, in a sentence with its Excel row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Final, TypeVar

from ipfin.kernel.text import Text, _
from ipfin.lists.columns import Columns
from ipfin.lists.plan import Doubt, Refusal
from ipfin.registry.reading import RawTable
from ipfin.registry.values import read_column, shown

T = TypeVar("T")
_MOST_WARNED: Final = 50  # distinct unreadable values of a column that are told


class Cells:
    """A table with its columns: every field as a whole column, what could not be read noted."""

    def __init__(self, table: RawTable, columns: Columns) -> None:
        self.table = table
        self.columns = columns
        self.count = table.row_count
        self.rows = table.row_numbers
        self.refused: dict[int, Refusal] = {}  # by place
        self.doubts: list[Doubt] = []
        self._check_shape()

    def _check_shape(self) -> None:
        overlong, short = frozenset(self.table.overlong_rows), frozenset(self.table.short_rows)
        for place, row in enumerate(self.rows if overlong or short else ()):
            if row in overlong:
                why = _("该行的值多于列名，各列可能错位；请检查该行是否多了分隔符。")
                self.refuse(place, None, "too_many_fields", why)
            elif row in short:
                why = _("该行的值少于列名，该行可能断开；请检查单元格内是否有换行。")
                self.refuse(place, None, "too_few_fields", why)

    def texts(self, value: str) -> Sequence[str] | None:
        """Return the cells of a field, None when the list has no such column."""
        column = self.columns.column_of(value)
        return None if column is None else self.table.columns[column]

    def header(self, value: str) -> str:
        """Return what the list calls the column of a field, "" without one."""
        match = self.columns.matches.get(value)
        return match.header if match else ""

    def read(self, value: str, rule: Callable[[str], T], absent: T) -> list[T]:
        """Return a field read by a rule that reads anything."""
        column = self.texts(value)
        if column is None:
            return [absent] * self.count
        known = {text: rule(text) for text in set(column)}
        return list(map(known.__getitem__, column))

    def must_read(self, value: str, rule: Callable[[str], T | None], code: str) -> list[T | None]:
        """Return a field read by a rule that may refuse; then the row is refused."""
        column = self.texts(value)
        if column is None:
            return [None] * self.count
        values, refused = read_column(column, rule)
        for place, text in enumerate(column if refused else ()):
            if text in refused:
                self.refuse(place, value, code, _("%(why)s", why=refused[text]), text)
        return values

    def try_read(self, value: str, rule: Callable[[str], T | None]) -> list[T | None]:
        """Return a field read by a rule that may refuse; a refused value is None and is told once."""
        column = self.texts(value)
        if column is None:
            return [None] * self.count
        values, refused = read_column(column, rule)
        waiting = dict(islice(refused.items(), _MOST_WARNED))
        for place, text in enumerate(column if refused else ()):
            why = waiting.pop(text, None)
            if why is not None and place not in self.refused:
                label = self.columns.shape.field(value).label
                said = _("%(field)s%(why)s该值未采用。", field=label, why=why)
                self.doubt(place, value, "unread_value", said, text)
        return values

    def refuse(self, place: int, value: str | None, code: str, why: Text, cell: str = "") -> None:
        """Refuse the row at `place`, unless it is refused already."""
        if place not in self.refused:
            named = self.columns.shape.field(value) if value else None
            said = _("第%(row)s行：%(why)s", row=self.rows[place], why=why)
            self.refused[place] = Refusal(self.rows[place], named, code, said, shown(cell))

    def doubt(self, place: int, value: str | None, code: str, why: Text, cell: str = "") -> None:
        """Note something doubtful about the row at `place`."""
        named = self.columns.shape.field(value) if value else None
        said = _("第%(row)s行：%(why)s", row=self.rows[place], why=why)
        self.doubts.append(Doubt(self.rows[place], named, code, said, shown(cell)))

    def refusals(self) -> list[Refusal]:
        """Return the refused rows in the order of the file."""
        return [self.refused[place] for place in sorted(self.refused)]
