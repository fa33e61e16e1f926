"""What the bounded reader hands back, what it refuses, and how far it will go.

Decides the limits and the shape of a table of text. Nothing is interpreted here: every cell is a string.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """How much of a file is read before it is refused (reliability.md §0.4, ASVS 5.2.3)."""

    file_bytes: int = 64 * 2**20
    inflated_bytes: int = 2**30  # of all parts of a zipped workbook together
    parts: int = 2_000  # files inside a zipped workbook
    rows: int = 200_000  # data rows, blank ones not counted
    columns: int = 256
    cell_length: int = 32_767  # characters; Excel's own limit
    seconds: int = 120  # wall and CPU time of the child process
    memory_bytes: int = 680 * 2**20  # address space of the child process


@dataclass(frozen=True, slots=True)
class RawTable:
    """One table of text out of a file, column by column, blank rows left out.

    `row_numbers[i]` is the Excel row (first row of the sheet = 1) of the i-th value of every column.
    """

    filename: str
    sheet: str  # "" for a text file
    header: tuple[str, ...]  # unique; a second column of one name ends in （2）
    header_row: int  # Excel row; the lower one of a header in two rows
    first_data_row: int  # Excel row
    columns: list[list[str]] = field(repr=False)
    row_numbers: Sequence[int] = field(repr=False)
    overlong_rows: tuple[int, ...]  # Excel rows that hold values beyond the last header (text files)
    short_rows: tuple[int, ...]  # Excel rows with fewer fields than the header (text files)
    encoding: str  # of a text file: "utf-8", "gb18030", "utf-16"; "" for a workbook
    notes: tuple[Text, ...]
    sha256: str  # of the file, lower-case hex
    size_bytes: int

    @property
    def row_count(self) -> int:
        """How many data rows the table has."""
        return len(self.row_numbers)


class UnreadableFile(BadInput):
    """The file was refused before or while it was read; nothing of it was kept.

    Args:
        message: a Chinese sentence that names the file and the remedy.
        code: a stable word for the reason, e.g. `encrypted`, `too_many_rows`.
    """

    def __init__(self, message: str, *, code: str, field: str | None = None) -> None:
        super().__init__(message, field=field)
        self.code = code
