"""L1 to L4, T3 and T5 of many firms at once: what follows from rights, kinds and years of filing.

Decides nothing of its own: what `indicators` says of each firm alone, as whole numbers.
"""

from __future__ import annotations

from datetime import date
from itertools import count, takewhile
from typing import TYPE_CHECKING

from ipfin.kernel.calendar import add_years
from ipfin.whitelist.engine.columns import NO_NUMBER
from ipfin.whitelist.engine.firms import MILLION, UNKNOWN, FirmColumns, Values, middles, ratio, sorted_within
from ipfin.whitelist.indicators import CONTINUITY_YEARS, UTILITY_CEILING
from ipfin.whitelist.notes import Note

if TYPE_CHECKING:
    from ipfin.whitelist.engine.columns import Ints

_LAST_DAY = date.max.toordinal()


def effective_patents(firms: FirmColumns) -> Values:
    """L1 of every firm."""
    import numpy as np

    # Halves: a patent counts two, one that was acquired of late counts one.
    inventions, utility = 2 * firms.inventions_count, 2 * firms.utility_count
    acquired = firms.patents.half_until > firms.on.toordinal()
    if acquired.any():
        inventions = inventions - firms.count(firms.inventions & acquired)
        utility = utility - firms.count(firms.utility & acquired)
    return firms.of_rights((4 * inventions + np.minimum(utility, 2 * UTILITY_CEILING)) * (MILLION // 8))


def remaining_years(firms: FirmColumns) -> Values:
    """L2 of every firm; notes how many patents told only their year."""
    import numpy as np

    patents = firms.patents
    chosen = firms.inventions | (firms.utility & (firms.inventions_count == 0)[firms.firm_of])
    told = np.flatnonzero(chosen & (patents.end != 0))
    owners = firms.firm_of[told]
    # Days told from the first of them: the fewer bits, the faster they are sorted.
    ends = patents.end[told]
    first = int(ends.min(initial=_LAST_DAY))
    days = sorted_within(owners, ends - first, int(ends.max(initial=first) - first).bit_length())
    some, low, high = middles(days, firms.count_of(owners))
    part, whole = _years_until(firms.on, np.concatenate((low, high)) + first)
    n = len(low)
    values = np.zeros(patents.firms, dtype=np.int64)
    values[some] = ratio(part[:n] * whole[n:] + part[n:] * whole[:n], 2 * whole[:n] * whole[n:])
    if patents.only_year.any():
        firms.only_years = firms.count(chosen & patents.only_year)
    is_none = (firms.inventions_count == 0) & (firms.utility_count == 0)
    notes = np.where(firms.only_years > 0, int(Note.ONLY_YEAR), firms.left_out)
    notes = np.where(some, notes, np.where(is_none, int(Note.NO_LONG_RIGHT), int(Note.NO_TERM)))
    return firms.of_rights(np.where(some | is_none, values, UNKNOWN), notes)


def _years_until(on: date, days: Ints) -> tuple[Ints, Ints]:
    """Return the years from `on` to each day (ordinals) as part and whole: `indicators.years_between`."""
    import numpy as np

    latest = int(days.max(initial=0))
    before = takewhile(lambda day: day <= latest, (add_years(on, years).toordinal() for years in count()))
    anniversaries = [*before]
    anniversaries.append(add_years(on, len(anniversaries)).toordinal())
    if len(anniversaries) == 1:  # every day is over
        return np.zeros_like(days), np.ones_like(days)
    at = np.array(anniversaries, dtype=np.int64)
    years = np.maximum(np.searchsorted(at, days, side="right") - 1, 0)
    whole = (at[1:] - at[:-1])[years]
    return np.maximum(years * whole + days - at[years], 0), whole


def maintenance_ratio(firms: FirmColumns) -> Values:
    """L3 of every firm."""
    import numpy as np

    validity = firms.patents.validity
    granted = firms.count((validity == 0) | (firms.patents.was_granted & (validity != 3)))
    notes = np.where(granted > 0, firms.left_out, int(Note.NEVER_GRANTED))
    return firms.of_rights(
        np.where(firms.lapsed_listed, ratio(firms.in_force, granted), UNKNOWN),
        np.where(firms.lapsed_listed, notes, int(Note.NO_LAPSED_LISTED)),
    )


def unencumbered_ratio(firms: FirmColumns) -> Values:
    """L4 of every firm."""
    import numpy as np

    told = firms.effective & firms.patents.tells_flags
    looked_at = firms.count(told)
    free = looked_at - firms.count(told & firms.patents.is_burdened)
    none, silent = firms.in_force == 0, looked_at == 0
    notes = np.where(silent, int(Note.NO_EVENTS), firms.left_out)
    return firms.of_rights(
        np.where(silent & ~none, UNKNOWN, ratio(free, looked_at)),
        np.where(none, int(Note.NONE_IN_FORCE), notes),
    )


def invention_share(firms: FirmColumns) -> Values:
    """T3 of every firm."""
    import numpy as np

    known = firms.in_force - firms.count(firms.effective & (firms.patents.kind == 3))
    none, silent = firms.in_force == 0, known == 0
    notes = np.where(silent, int(Note.NO_KIND), firms.left_out)
    return firms.of_rights(
        np.where(silent & ~none, UNKNOWN, ratio(firms.inventions_count, known)),
        np.where(none, int(Note.NONE_IN_FORCE), notes),
    )


def filing_continuity(firms: FirmColumns) -> Values:
    """T5 of every firm."""
    import numpy as np

    year = firms.patents.year
    standing = firms.count(firms.alive)
    told = standing - firms.count(firms.alive & (year == NO_NUMBER))
    first = firms.on.year - CONTINUITY_YEARS
    recent = np.flatnonzero(firms.alive & (year >= first) & (year < firms.on.year))
    filed = np.zeros((firms.patents.firms, CONTINUITY_YEARS), dtype=np.bool_)
    filed[firms.firm_of[recent], year[recent] - first] = True
    silent = (standing > 0) & (told == 0)
    return firms.of_rights(
        np.where(silent, UNKNOWN, filed.sum(axis=1) * MILLION),
        np.where(silent, int(Note.NO_YEAR), firms.left_out),
    )
