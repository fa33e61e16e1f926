"""A text file as rows: its encoding, its delimiter, its records.

The encoding is tried, not guessed by statistics: charset detectors take short GB18030 headers for Korean
(dependencies.md §6). UTF-16 by its mark, then UTF-8 strictly, then GB18030 strictly, else refused.
"""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from ipfin.registry.reading.refusals import Reason, Refused

_BLOCK: Final = 2**20  # bytes
_SNIFFED_LINES: Final = 60
_SNIFFED_CHARACTERS: Final = 200_000
_DELIMITERS: Final = (",", "\t", ";", "|", "；", "，")
_UTF16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class TextFile:
    """One delimited text file, opened by its path.

    Raises:
        Refused: no encoding fits, or there are NUL characters.
    """

    def __init__(self, path: str, cell_length: int) -> None:
        self._path = path
        self._longest = cell_length
        self.encoding = _encoding_of(path)
        self._codec = {"utf-8": "utf-8-sig"}.get(self.encoding, self.encoding)
        self.delimiter = self._sniff()

    @property
    def facts(self) -> dict[str, Any]:
        """What the parent is told of the file."""
        return {"sheet": "", "other_sheets": [], "encoding": self.encoding}

    def rows(self) -> Iterator[list[str]]:
        """Yield the records in order; an empty line is an empty record.

        Raises:
            Refused: a cell is longer than the bounds of the reader allow, in characters.
        """
        csv.field_size_limit(self._longest)
        with open(self._path, encoding=self._codec, newline="") as file:
            reader = csv.reader(file, delimiter=self.delimiter)
            number = 0
            while True:
                try:
                    row = next(reader)
                except StopIteration:
                    return
                except csv.Error as problem:
                    raise Refused(Reason.LONG_CELL, row=number + 1, limit=self._longest) from problem
                number += 1
                yield row

    def _sniff(self) -> str:
        """Return the delimiter that parts the first lines into the most columns, evenly.

        Between quoted names it stands between quotes: line breaks and tabs inside the quotes are no columns.
        """
        with open(self._path, encoding=self._codec, newline="") as file:
            head = file.read(_SNIFFED_CHARACTERS)
        lines = head.splitlines()[:_SNIFFED_LINES]
        is_quoted = head.startswith('"')

        def fitness(delimiter: str) -> tuple[int, int, int]:
            return head.count(f'"{delimiter}"') if is_quoted else 0, *_evenness(lines, delimiter)

        return max(_DELIMITERS, key=fitness)


def _evenness(lines: list[str], delimiter: str) -> tuple[int, int]:
    """Return how many cells the lines of the commonest width above one have, and how many lines those are.

    Cells, not lines: line breaks inside quotes make more lines for a delimiter that is none.
    """
    try:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if len(row) > 1)
    except csv.Error:
        return 0, 0
    if not widths:
        return 0, 0
    width, lines_so_wide = max(widths.items(), key=lambda pair: (pair[1], pair[0]))
    return lines_so_wide * width, lines_so_wide


def _encoding_of(path: str) -> str:
    with open(path, "rb") as file:
        head = file.read(4)
    if head.startswith(_UTF16_MARKS):
        candidates: tuple[str, ...] = ("utf-16",)
    else:
        candidates = ("utf-8", "gb18030")
    for encoding in candidates:
        if _decodes(path, encoding):
            return encoding
    raise Refused(Reason.ENCODING)


def _decodes(path: str, encoding: str) -> bool:
    """Return whether the whole file decodes strictly.

    Raises:
        Refused: it decodes to text with NUL in it.
    """
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with open(path, "rb") as file:
            while block := file.read(_BLOCK):
                if "\x00" in decoder.decode(block):
                    raise Refused(Reason.NUL)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
