"""Patents of many firms, marked and counted once for all rules: what `portfolio.FirmView` is of one firm.

Decides how numbers of patents become numbers of firms. Every sum is of whole numbers, so that no order of
adding can change a digit; values are in millionths of their unit, half up. Twin pairs are not dealt with
here (`columns.is_plain`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from ipfin.whitelist.cohorts import Cohorts
from ipfin.whitelist.engine.columns import PatentColumns
from ipfin.whitelist.notes import Note

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from ipfin.whitelist.engine.columns import Ints, Truths

    Floats = NDArray[np.float64]

MILLION: Final = 1_000_000
_SHORT: Final = 32  # bits of a short number, one of which is the sign
UNKNOWN: Final = -(2**62)
"""Stands in a column of values where there is none; no value comes near it."""


@dataclass(frozen=True)
class Values:
    """One indicator of every firm: millionths or `UNKNOWN`, and the case (`Note`) that is told of it."""

    values: Ints
    notes: Ints


@dataclass(frozen=True)
class CellFigures:
    """What the cohorts say of each of `PatentColumns.cells`: citations to be expected, deciding group.

    Chunks that share their cells share this, too.
    """

    means: Floats
    group: Ints

    @classmethod
    def of(cls, cells: list[tuple[int, str]], cohorts: Cohorts) -> CellFigures:
        """Look every cell up."""
        import numpy as np

        return cls(
            np.array([cohorts.mean_at(cell) for cell in cells], dtype=np.float64),
            np.array([cohorts.group_at(cell) for cell in cells], dtype=np.int64),
        )


class FirmColumns:
    """The groups of patents that several rules ask for, made once for all firms.

    Args:
        lapsed_listed: for each firm, whether its lists name lapsed patents.
        figures: of the cells of `patents`, where the caller has them already.
    """

    def __init__(
        self,
        patents: PatentColumns,
        on: date,
        cohorts: Cohorts,
        lapsed_listed: Truths,
        figures: CellFigures | None = None,
    ) -> None:
        """Mark the patents in force, alive, and technical, and count those of unknown status."""
        import numpy as np

        self.patents, self.on, self.cohorts, self.lapsed_listed = patents, on, cohorts, lapsed_listed
        self._figures = figures
        self._running = np.zeros(len(patents.kind) + 1, dtype=np.int32)
        today = on.toordinal()
        self.total = np.diff(patents.starts)
        self.firm_of = np.repeat(np.arange(patents.firms), self.total)
        over = ~patents.only_year & (patents.end != 0) & (patents.end <= today)
        is_unknown = patents.validity == 3
        self.effective = (patents.validity == 0) & ~over
        self.alive = (patents.validity == 1) | self.effective
        self.technical = (patents.kind <= 1) & (is_unknown | self.alive)
        self.inventions = self.effective & (patents.kind == 0)
        self.utility = self.effective & (patents.kind == 1)
        self.unknown = self.count(is_unknown)
        self.in_force = self.count(self.effective)
        self.technicals = self.count(self.technical)
        self.inventions_count = self.count(self.inventions)
        self.utility_count = self.count(self.utility)
        self.only_years = np.zeros(patents.firms, dtype=np.int64)  # filled by L2
        self._rights_unknown = 2 * self.unknown > self.total
        self._left_out = np.where(self.unknown > 0, int(Note.LEFT_OUT), int(Note.NONE))

    @cached_property
    def figures(self) -> CellFigures:
        """What the cohorts say of the cells of these patents."""
        return self._figures or CellFigures.of(list(self.patents.cells), self.cohorts)

    def count(self, mask: Truths) -> Ints:
        """Return for each firm how many of its patents are marked: a running count, read where firms end."""
        import numpy as np

        np.cumsum(mask, dtype=np.int32, out=self._running[1:])
        found: Ints = np.diff(self._running[self.patents.starts]).astype(np.int64)
        return found

    def count_of(self, owners: Ints) -> Ints:
        """Return how often each firm is named among `owners`."""
        import numpy as np

        return np.bincount(owners, minlength=self.patents.firms)

    def of_rights(self, values: Ints, notes: Ints | int | None = None) -> Values:
        """Return an indicator of rights: unknown where the status of most patents is, else as computed."""
        import numpy as np

        said = self._left_out if notes is None else notes
        return Values(
            np.where(self._rights_unknown, UNKNOWN, values),
            np.where(self._rights_unknown, int(Note.STATUS_UNKNOWN), said),
        )

    def of_technology(self, held: Ints, told: Ints, values: Ints, cases: tuple[Note, Note]) -> Values:
        """Return an indicator of technology: 0 without such patents, unknown where none of them tells it."""
        import numpy as np

        none, silent = int(cases[0]), int(cases[1])
        return Values(
            np.where(held == 0, 0, np.where(told == 0, UNKNOWN, values)),
            np.where(held == 0, none, np.where(told == 0, silent, int(Note.NONE))),
        )

    def all_alike(self, value: int, note: Note) -> Values:
        """Return an indicator that is the same for every firm."""
        import numpy as np

        return Values(np.full(self.patents.firms, value), np.full(self.patents.firms, int(note)))

    @property
    def left_out(self) -> Ints:
        """The case that is told of a known value: patents were left out, or nothing."""
        return self._left_out


def ratio(part: Ints, whole: Ints) -> Ints:
    """Return part/whole in millionths, half up; 0 where the whole is 0."""
    import numpy as np

    safe = np.maximum(whole, 1)
    found: Ints = (2 * part * MILLION + safe) // (2 * safe)
    return np.where(whole > 0, found, 0)


def narrow(bits: int) -> Any:
    """Return the narrower kind of whole numbers that hold so many bits: half as wide sorts twice as fast."""
    import numpy as np

    return np.int32 if bits < _SHORT else np.int64


def sorted_within(owners: Ints, numbers: Ints, bits: int) -> Ints:
    """Return `numbers`, each below 2^bits, rising within each owner; owners rise.

    Owner and number are sorted as one whole number: a twentieth of what sorting by two keys costs.
    """
    import numpy as np

    kind = narrow(int(owners[-1]).bit_length() + bits) if len(owners) else np.int64
    key = owners.astype(kind)
    key <<= bits
    key |= numbers.astype(kind)
    key.sort()
    key &= (1 << bits) - 1
    return key.astype(np.int64)


def middles(ordered: Ints, counted: Ints) -> tuple[Truths, Ints, Ints]:
    """Return which firms have numbers in `ordered`, and the lower and the upper middle one of each."""
    import numpy as np

    some = counted > 0
    first = np.cumsum(counted) - counted
    return some, ordered[(first + (counted - 1) // 2)[some]], ordered[(first + counted // 2)[some]]
