"""The readings of many firms at once: what `indicators` says of each firm alone, as whole numbers.

Decides nothing of its own. Values are in millionths of their unit, half up, and every sum before that is
of whole numbers, so that no order of adding can change a digit. Twin pairs are not dealt with here
(`columns.is_plain`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import lcm
from typing import TYPE_CHECKING, Final

from ipfin.whitelist.cohorts import NO_GROUP, Cohorts
from ipfin.whitelist.engine.columns import NO_NUMBER, PatentColumns
from ipfin.whitelist.indicators import (
    BEST_CITED,
    CONTINUITY_YEARS,
    FINE,
    UTILITY_CEILING,
    strength,
    years_between,
)
from ipfin.whitelist.notes import Note

if TYPE_CHECKING:
    from ipfin.whitelist.engine.columns import Ints, Truths

MILLION: Final = 1_000_000
UNKNOWN: Final = -(2**62)
"""Stands in a column of values where there is none; no value comes near it."""

OF_PATENTS: Final = ("L1", "L2", "L3", "L4", "T1", "T2", "T3", "T4", "T5")
"""The indicators that are computed here; the others are what a firm or a register says."""


@dataclass(frozen=True)
class Values:
    """One indicator of every firm: millionths or `UNKNOWN`, and the case (`Note`) that is told of it."""

    values: Ints
    notes: Ints


class FirmColumns:
    """The groups of patents that several rules ask for, made once for all firms.

    Args:
        lapsed_listed: for each firm, whether its lists name lapsed patents.
    """

    def __init__(self, patents: PatentColumns, on: date, cohorts: Cohorts, lapsed_listed: Truths) -> None:
        """Mark the patents in force, alive, and technical, and count those of unknown status."""
        import numpy as np

        self.patents, self.on, self.cohorts, self.lapsed_listed = patents, on, cohorts, lapsed_listed
        today = on.toordinal()
        self.firm_of = np.repeat(np.arange(patents.firms), np.diff(patents.starts))
        over = ~patents.only_year & (patents.end != 0) & (patents.end <= today)
        self.effective = (patents.validity == 0) & ~over
        self.alive = (patents.validity == 1) | self.effective
        self.technical = (patents.kind <= 1) & ((patents.validity == 3) | self.alive)
        self.total = np.diff(patents.starts)
        self.unknown = self.count(patents.validity == 3)
        self.in_force = self.count(self.effective)
        self.technicals = self.count(self.technical)
        self.only_years = np.zeros(patents.firms, dtype=np.int64)  # filled by L2
        self._rights_unknown = 2 * self.unknown > self.total
        self._left_out = np.where(self.unknown > 0, int(Note.LEFT_OUT), int(Note.NONE))

    def count(self, mask: Truths) -> Ints:
        """Return for each firm how many of its patents are marked."""
        return self.add(mask)

    def add(self, numbers: Ints | Truths) -> Ints:
        """Return for each firm the sum of its patents' numbers."""
        import numpy as np

        running = np.concatenate(([0], np.cumsum(numbers, dtype=np.int64)))
        found: Ints = running[self.patents.starts[1:]] - running[self.patents.starts[:-1]]
        return found

    def of_rights(self, values: Ints, notes: Ints | int | None = None) -> Values:
        """Return an indicator of rights: unknown where the status of most patents is, else as computed."""
        import numpy as np

        said = self._left_out if notes is None else notes
        return Values(
            np.where(self._rights_unknown, UNKNOWN, values),
            np.where(self._rights_unknown, int(Note.STATUS_UNKNOWN), said),
        )

    @property
    def left_out(self) -> Ints:
        """The case that is told of a known value: patents were left out, or nothing."""
        return self._left_out


def values_of_patents(firms: FirmColumns) -> dict[str, Values]:
    """Return the indicators that follow from patents, by code."""
    return {code: rule(firms) for code, rule in zip(OF_PATENTS, _RULES, strict=True)}


def ratio(part: Ints, whole: Ints) -> Ints:
    """Return part/whole in millionths, half up; 0 where the whole is 0."""
    import numpy as np

    safe = np.maximum(whole, 1)
    found: Ints = (2 * part * MILLION + safe) // (2 * safe)
    return np.where(whole > 0, found, 0)


def _effective_patents(firms: FirmColumns) -> Values:
    import numpy as np

    patents = firms.patents
    halves = np.where(patents.half_until > firms.on.toordinal(), 1, 2)
    inventions = firms.add(halves * (firms.effective & (patents.kind == 0)))
    utility = firms.add(halves * (firms.effective & (patents.kind == 1)))
    return firms.of_rights((4 * inventions + np.minimum(utility, 2 * UTILITY_CEILING)) * (MILLION // 8))


def _remaining_years(firms: FirmColumns) -> Values:
    import numpy as np

    patents = firms.patents
    inventions = firms.effective & (patents.kind == 0)
    has_inventions = firms.count(inventions) > 0
    utility = firms.effective & (patents.kind == 1) & ~has_inventions[firms.firm_of]
    chosen = inventions | utility
    told = np.flatnonzero(chosen & (patents.end != 0))
    counted = np.bincount(firms.firm_of[told], minlength=patents.firms)
    ordered = patents.end[told][np.lexsort((patents.end[told], firms.firm_of[told]))]
    first = np.cumsum(counted) - counted
    some = counted > 0
    low = ordered[(first + (counted - 1) // 2)[some]]
    high = ordered[(first + counted // 2)[some]]
    days, back = np.unique(np.concatenate((low, high)), return_inverse=True)
    years = [years_between(firms.on, date.fromordinal(int(day))) for day in days]
    part = np.array([y.numerator for y in years], dtype=np.int64)[back]
    whole = np.array([y.denominator for y in years], dtype=np.int64)[back]
    n = len(low)
    values = np.zeros(patents.firms, dtype=np.int64)
    values[some] = ratio(part[:n] * whole[n:] + part[n:] * whole[:n], 2 * whole[:n] * whole[n:])
    firms.only_years = firms.count(chosen & patents.only_year)
    is_none = firms.count(chosen) == 0
    notes = np.where(firms.only_years > 0, int(Note.ONLY_YEAR), firms.left_out)
    notes = np.where(some, notes, np.where(is_none, int(Note.NO_LONG_RIGHT), int(Note.NO_TERM)))
    return firms.of_rights(np.where(some | is_none, values, UNKNOWN), notes)


def _maintenance_ratio(firms: FirmColumns) -> Values:
    import numpy as np

    patents = firms.patents
    granted = firms.count((patents.validity == 0) | (patents.was_granted & (patents.validity != 3)))
    notes = np.where(granted > 0, firms.left_out, int(Note.NEVER_GRANTED))
    return firms.of_rights(
        np.where(firms.lapsed_listed, ratio(firms.in_force, granted), UNKNOWN),
        np.where(firms.lapsed_listed, notes, int(Note.NO_LAPSED_LISTED)),
    )


def _unencumbered_ratio(firms: FirmColumns) -> Values:
    import numpy as np

    told = firms.effective & firms.patents.tells_flags
    looked_at = firms.count(told)
    free = firms.count(told & ~firms.patents.is_burdened)
    none, silent = firms.in_force == 0, looked_at == 0
    notes = np.where(silent, int(Note.NO_EVENTS), firms.left_out)
    return firms.of_rights(
        np.where(silent & ~none, UNKNOWN, ratio(free, looked_at)),
        np.where(none, int(Note.NONE_IN_FORCE), notes),
    )


def _citation_impact(firms: FirmColumns) -> Values:
    import numpy as np

    patents, cohorts = firms.patents, firms.cohorts
    if not cohorts.citations:
        return _all(firms, UNKNOWN, Note.NO_CITATIONS)
    told = np.flatnonzero(firms.technical & (patents.cited_by != NO_NUMBER) & (patents.year != NO_NUMBER))
    means = np.array([cohorts.mean_at(cell) for cell in patents.cells], dtype=np.float64)
    expected = means[patents.cell[told]] if len(told) else np.zeros(0)
    cited = patents.cited_by[told].astype(np.float64)
    ratios = np.divide(cited, expected, out=np.zeros_like(cited), where=expected != 0)
    distinct, back = np.unique(ratios, return_inverse=True)
    fine = np.array([strength(float(value)) for value in distinct], dtype=np.int64)[back]
    owner = firms.firm_of[told]
    order = np.lexsort((-fine, owner))
    counted = np.bincount(owner, minlength=patents.firms)
    place = np.arange(len(told)) - np.repeat(np.cumsum(counted) - counted, counted)
    best = place < BEST_CITED
    running = np.concatenate(([0], np.cumsum(np.where(best, fine[order], 0))))
    ends = np.cumsum(counted)
    sums = running[ends] - running[ends - counted]
    values = ratio(sums, FINE * np.minimum(counted, BEST_CITED))
    return _of_technical(firms, firms.technicals, counted, values, (Note.NO_TECHNICAL, Note.NO_OWN_CITATIONS))


def _claims_percentile(firms: FirmColumns) -> Values:
    import numpy as np

    patents, cohorts = firms.patents, firms.cohorts
    if not cohorts.claims:
        return _all(firms, UNKNOWN, Note.NO_CLAIMS)
    inventions = firms.technical & (patents.kind == 0)
    asked = np.flatnonzero(inventions & (patents.claims != NO_NUMBER) & (patents.year != NO_NUMBER))
    fine = _fine_ranks(cohorts, patents, asked)
    ranked = fine != UNKNOWN
    fine, owner = fine[ranked], firms.firm_of[asked[ranked]]
    ordered = fine[np.lexsort((fine, owner))]
    counted = np.bincount(owner, minlength=patents.firms)
    some = counted > 0
    first = np.cumsum(counted) - counted
    values = np.zeros(patents.firms, dtype=np.int64)
    middle = ordered[(first + (counted - 1) // 2)[some]] + ordered[(first + counted // 2)[some]]
    values[some] = ratio(middle, np.full_like(middle, 2 * FINE))
    held = firms.count(inventions)
    return _of_technical(firms, held, counted, values, (Note.NO_INVENTION, Note.NO_OWN_CLAIMS))


def _fine_ranks(cohorts: Cohorts, patents: PatentColumns, asked: Ints) -> Ints:
    """Return the mid-ranks of the claims of some patents in 1/FINE, `UNKNOWN` where no group is large enough.

    Every group lies in one long row, (group, claims) rising, with an end that no count reaches
    (`Cohorts.claims_table`).
    """
    import numpy as np

    group_of = np.array([cohorts.group_at(cell) for cell in patents.cells], dtype=np.int64)
    keys, below, whole = cohorts.claims_table
    if not len(whole) or not len(asked):
        return np.full(len(asked), UNKNOWN)
    group = group_of[patents.cell[asked]]
    key = (group << 32) + patents.claims[asked]
    at = np.searchsorted(keys, np.where(group == NO_GROUP, 0, key))
    equal = np.where(keys[at] == key, below[np.minimum(at + 1, len(below) - 1)] - below[at], 0)
    part, of = 2 * below[at] + equal, 2 * whole[group]
    return np.where(group == NO_GROUP, UNKNOWN, (2 * part * FINE + of) // (2 * of))


def _invention_share(firms: FirmColumns) -> Values:
    import numpy as np

    known = firms.count(firms.effective & (firms.patents.kind != 3))
    inventions = firms.count(firms.effective & (firms.patents.kind == 0))
    none, silent = firms.in_force == 0, known == 0
    notes = np.where(silent, int(Note.NO_KIND), firms.left_out)
    return firms.of_rights(
        np.where(silent & ~none, UNKNOWN, ratio(inventions, known)),
        np.where(none, int(Note.NONE_IN_FORCE), notes),
    )


def _technology_breadth(firms: FirmColumns) -> Values:
    import numpy as np

    patents = firms.patents
    classed = firms.technical & (patents.share_of > 0)
    counted = firms.count(classed)
    whole = lcm(1, *(int(size) for size in np.unique(patents.share_of[classed])))
    used = classed[patents.pair_patent]
    holder = patents.pair_patent[used]
    key = firms.firm_of[holder] * (1 + patents.subclass.max(initial=0)) + patents.subclass[used]
    order = np.argsort(key, kind="stable")
    running = np.concatenate(([0], np.cumsum((whole // patents.share_of[holder])[order])))
    last = np.flatnonzero(np.diff(key[order], append=-1))
    sums = np.diff(running[last + 1], prepend=0)
    squares = np.zeros(patents.firms, dtype=np.int64)
    np.add.at(squares, firms.firm_of[holder[order[last]]], sums * sums)
    values = ratio((whole * counted) ** 2, squares)
    return _of_technical(firms, firms.technicals, counted, values, (Note.NO_TECHNICAL, Note.NO_CLASS))


def _filing_continuity(firms: FirmColumns) -> Values:
    import numpy as np

    standing = firms.count(firms.alive)
    told = firms.count(firms.alive & (firms.patents.year != NO_NUMBER))
    window = range(firms.on.year - CONTINUITY_YEARS, firms.on.year)
    years = sum(
        ((firms.count(firms.alive & (firms.patents.year == year)) > 0).astype(np.int64) for year in window),
        np.zeros(firms.patents.firms, dtype=np.int64),
    )
    silent = (standing > 0) & (told == 0)
    return firms.of_rights(
        np.where(silent, UNKNOWN, years * MILLION), np.where(silent, int(Note.NO_YEAR), firms.left_out)
    )


def _all(firms: FirmColumns, value: int, note: Note) -> Values:
    import numpy as np

    return Values(np.full(firms.patents.firms, value), np.full(firms.patents.firms, int(note)))


def _of_technical(
    firms: FirmColumns, held: Ints, told: Ints, values: Ints, cases: tuple[Note, Note]
) -> Values:
    """Return an indicator of technology: 0 without such patents, unknown where none of them tells it."""
    import numpy as np

    none, silent = int(cases[0]), int(cases[1])
    return Values(
        np.where(held == 0, 0, np.where(told == 0, UNKNOWN, values)),
        np.where(held == 0, none, np.where(told == 0, silent, int(Note.NONE))),
    )


_RULES: Final = (
    _effective_patents,
    _remaining_years,
    _maintenance_ratio,
    _unencumbered_ratio,
    _citation_impact,
    _claims_percentile,
    _invention_share,
    _technology_breadth,
    _filing_continuity,
)
