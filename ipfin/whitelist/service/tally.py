"""What a run says of all its sheets: firms by grade, one digest of all inputs, the median of each indicator.

Decides what a sheet adds to that, kept beside it as its gist, so that a run of which most sheets are those
of another run need not read them.
"""

from __future__ import annotations

import hashlib
import struct
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from ipfin.whitelist.engine.scoring import Scored
from ipfin.whitelist.explain import medians_of
from ipfin.whitelist.models import ScoreRun
from ipfin.whitelist.scorecard import Scorecard, plain
from ipfin.whitelist.scoring import Grade

_DIGEST: Final = 32
_UNKNOWN: Final = -1
_POINTS: Final = "<i4"


def gist_of(sheet: Scored) -> bytes:
    """Return the digest of a sheet's inputs, then its points in ten-thousandths, four bytes each."""
    points = (_UNKNOWN if each is None else each for each in sheet.points)
    return bytes.fromhex(sheet.inputs_hash) + struct.pack(f"<{len(sheet.points)}i", *points)


class Tally:
    """The sum of sheets, added in the order of their firms."""

    def __init__(self, card: Scorecard) -> None:
        """Begin with nothing."""
        self._grades: Counter[Grade] = Counter()
        self._points: dict[str, Counter[int]] = {row.code: Counter() for row in card.indicators}
        self._digest = hashlib.sha256()

    def add(self, grades: Iterable[Grade], gists: Sequence[bytes]) -> None:
        """Add some sheets."""
        import numpy as np

        self._grades.update(grades)
        for gist in gists:
            self._digest.update(gist[:_DIGEST].hex().encode())
        joined = b"".join(gist[_DIGEST:] for gist in gists)
        table = np.frombuffer(joined, dtype=_POINTS).reshape(len(gists), len(self._points))
        for counted, column in zip(self._points.values(), table.T, strict=True):
            values, times = np.unique(column[column != _UNKNOWN], return_counts=True)
            counted.update(dict(zip(values.tolist(), times.tolist(), strict=True)))

    def write(self, run: ScoreRun) -> None:
        """Write the sums on the run."""
        run.firms_count = self._grades.total()
        run.grade_counts = {grade.value: self._grades[grade] for grade in Grade}
        run.inputs_hash = self._digest.hexdigest()
        run.peer_medians = {code: plain(points) for code, points in medians_of(self._points).items()}
