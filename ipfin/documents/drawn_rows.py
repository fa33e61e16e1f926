"""Rows of a printed directory that were drawn once, to be placed into further copies of it.

Copies for several recipients hold nearly the same rows; breaking and drawing them is nine tenths of the
work. A drawing knows neither its page nor its height on it, so that it fits wherever the row stands in
another copy. What differs in a copy is drawn for it alone. The drawings lie on disk.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from types import TracebackType
from typing import Self


class DrawnRows:
    """The drawings of one directory: kept by its first copy, taken by the others, row by row in order."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed by __exit__
        self._key: object = None
        self._is_kept = False
        self.alphabet = ""
        """The characters of the rows, in the order in which every copy's font must learn them."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def start(self, key: object, alphabet: str) -> None:
        """Begin a copy. With another `key` (columns, paper, fonts) than before, everything is drawn anew."""
        self._file.seek(0)
        self._is_kept = self._key == key
        if not self._is_kept:
            self._file.truncate()
            self._key, self.alphabet = key, alphabet

    def take(self, row: Sequence[str]) -> tuple[int, str] | None:
        """Return the drawing of the next row and its number of lines, None when this row has none."""
        if not self._is_kept:
            return None
        kept = self._file.readline()
        if not kept:
            return None
        cells, lines, code = json.loads(kept)
        return (lines, code) if cells == list(row) and code else None

    def keep(self, row: Sequence[str], lines: int, code: str) -> None:
        """Keep the drawing of the next row; an empty one says that the row has to be drawn each time."""
        if not self._is_kept:
            self._file.write(json.dumps([row, lines, code], ensure_ascii=False))
            self._file.write("\n")
