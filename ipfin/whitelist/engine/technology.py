"""T1, T2 and T4 of many firms at once: what follows from citations, claims and subclasses.

Decides nothing of its own: what `indicators` says of each firm alone, as whole numbers.
"""

from __future__ import annotations

from collections import Counter
from math import lcm
from typing import TYPE_CHECKING, Final

from ipfin.whitelist.cohorts import LOOKED_UP, NO_GROUP, Cohorts
from ipfin.whitelist.engine.columns import NO_NUMBER
from ipfin.whitelist.engine.firms import (
    MILLION,
    UNKNOWN,
    FirmColumns,
    Values,
    middles,
    narrow,
    ratio,
    sorted_within,
)
from ipfin.whitelist.indicators import BEST_CITED, FINE, strength
from ipfin.whitelist.notes import Note

if TYPE_CHECKING:
    from ipfin.whitelist.engine.columns import Ints, Truths
    from ipfin.whitelist.engine.firms import Floats

_STRENGTH_BITS: Final = 43  # the logarithm of a double is below 2^11, in 1/FINE below 2^43
_DOUBT: Final = 2.0**-48  # by how much of themselves two logarithms may differ: sixteen last places
_RANK_BITS: Final = 33  # a mid-rank is at most FINE
_MOST_PARTS: Final = 2_000_000
"""2 * MILLION * (parts of a firm)^2 stays under 2^63 up to these; above, Python's own whole numbers count."""


def citation_impact(firms: FirmColumns) -> Values:
    """T1 of every firm: the best of its patents, each a multiple of what its cohort expects."""
    import numpy as np

    patents = firms.patents
    if not firms.cohorts.citations:
        return firms.all_alike(UNKNOWN, Note.NO_CITATIONS)
    told = np.flatnonzero(firms.technical & (patents.cited_by != NO_NUMBER) & (patents.year != NO_NUMBER))
    expected = firms.figures.means[patents.cell[told]] if len(told) else np.zeros(0)
    cited = patents.cited_by[told].astype(np.float64)
    fine = _strengths(np.divide(cited, expected, out=np.zeros_like(cited), where=expected != 0))
    owners = firms.firm_of[told]
    ordered = sorted_within(owners, fine, _STRENGTH_BITS)
    counted = firms.count_of(owners)
    sums, ends = np.zeros(patents.firms, dtype=np.int64), np.cumsum(counted)
    for place in range(BEST_CITED):
        has = np.flatnonzero(counted > place)
        sums[has] += ordered[ends[has] - 1 - place]
    values = ratio(sums, FINE * np.minimum(counted, BEST_CITED))
    return firms.of_technology(firms.technicals, counted, values, (Note.NO_TECHNICAL, Note.NO_OWN_CITATIONS))


def _strengths(ratios: Floats) -> Ints:
    """Return `indicators.strength` of each ratio.

    The two logarithms may differ in the last bit. That shows only where a result lies so near to the middle
    between two whole numbers that it may be rounded the other way: these few are computed again, one by one.
    """
    import numpy as np

    exact = np.log2(1 + ratios) * FINE
    whole = np.rint(exact)
    found: Ints = whole.astype(np.int64)
    near = np.flatnonzero(np.abs(np.abs(exact - whole) - 0.5) <= exact * _DOUBT)
    found[near] = [strength(value) for value in ratios[near].tolist()]
    return found


def claims_percentile(firms: FirmColumns) -> Values:
    """T2 of every firm: the median of the mid-ranks of its inventions' claims."""
    import numpy as np

    patents = firms.patents
    if not firms.cohorts.claims:
        return firms.all_alike(UNKNOWN, Note.NO_CLAIMS)
    inventions = firms.technical & (patents.kind == 0)
    asked = np.flatnonzero(inventions & (patents.claims != NO_NUMBER) & (patents.year != NO_NUMBER))
    group = firms.figures.group[patents.cell[asked]] if len(asked) else asked
    fine = _fine_ranks(firms.cohorts, group, patents.claims[asked])
    owners = firms.firm_of[asked]
    if (group == NO_GROUP).any():
        ranked = np.flatnonzero(group != NO_GROUP)
        fine, owners = fine[ranked], owners[ranked]
    counted = firms.count_of(owners)
    some, low, high = middles(sorted_within(owners, fine, _RANK_BITS), counted)
    values = np.zeros(patents.firms, dtype=np.int64)
    values[some] = ratio(low + high, np.full_like(low, 2 * FINE))
    held = firms.count(inventions)
    return firms.of_technology(held, counted, values, (Note.NO_INVENTION, Note.NO_OWN_CLAIMS))


def _fine_ranks(cohorts: Cohorts, group: Ints, claims: Ints) -> Ints:
    """Return the mid-ranks of some counts of claims in 1/FINE; any number where there is no group."""
    import numpy as np

    whole = cohorts.claims_table[2]
    if not len(whole) or not len(group):
        return np.zeros(len(group), dtype=np.int64)
    first, ranks = cohorts.claims_ranks
    group = np.maximum(group, 0)
    part = ranks[np.minimum(first[group] + claims, first[group + 1] - 1)]
    many = np.flatnonzero(claims >= LOOKED_UP)
    if len(many):
        part[many] = cohorts.doubled_ranks(group[many], claims[many])
    of = 2 * whole[group]
    found: Ints = (2 * part * FINE + of) // (2 * of)
    return found


def technology_breadth(firms: FirmColumns) -> Values:
    """T4 of every firm: the effective number of its subclasses."""
    import numpy as np

    patents = firms.patents
    classed = firms.technical & (patents.share_of > 0)
    counted = firms.count(classed)
    # (firm, subclass, how many subclasses the patent has) as one number, sorted; the pairs that count only.
    size_bits = int(patents.share_of.max(initial=1)).bit_length()
    class_bits = int(patents.subclass.max(initial=1)).bit_length()
    kind = narrow(patents.firms.bit_length() + class_bits + size_bits)
    pairs = np.flatnonzero(classed[patents.pair_patent])
    owners = (firms.firm_of.astype(kind) << (class_bits + size_bits)) | patents.share_of.astype(kind)
    key = owners[patents.pair_patent[pairs]]
    key |= patents.subclass[pairs].astype(kind) << size_bits
    key.sort()
    field, size = key >> size_bits, key & ((1 << size_bits) - 1)
    sizes = np.flatnonzero(np.bincount(size))
    whole = lcm(1, *sizes.tolist())  # one patent, in parts that always divide
    if whole > _MOST_PARTS:
        values = np.zeros(patents.firms, dtype=np.int64)
    else:
        part = np.zeros(1 << size_bits, dtype=np.int64)
        part[sizes] = whole // sizes
        last = np.flatnonzero(np.append(field[1:] != field[:-1], len(field) > 0))
        sums = np.diff(np.cumsum(part[size])[last], prepend=0)
        squares = np.concatenate(([0], np.cumsum(sums * sums)))
        ends = np.searchsorted(field[last], np.arange(patents.firms + 1, dtype=kind) << class_bits)
        values = ratio((whole * counted) ** 2, np.diff(squares[ends]))
    for firm in np.flatnonzero(counted > _MOST_PARTS // whole).tolist():
        values[firm] = _breadth_of(firms, classed, firm)
    return firms.of_technology(firms.technicals, counted, values, (Note.NO_TECHNICAL, Note.NO_CLASS))


def _breadth_of(firms: FirmColumns, classed: Truths, firm: int) -> int:
    """Return T4 of one firm in Python's whole numbers, which have no end."""
    import numpy as np

    patents = firms.patents
    first, end = np.searchsorted(patents.pair_patent, patents.starts[firm : firm + 2])
    pairs = [place for place in range(first, end) if classed[patents.pair_patent[place]]]
    holders = [int(patents.pair_patent[place]) for place in pairs]
    sizes = [int(patents.share_of[holder]) for holder in holders]
    whole = lcm(*sizes)
    parts: Counter[int] = Counter()
    for place, size in zip(pairs, sizes, strict=True):
        parts[int(patents.subclass[place])] += whole // size
    squares = sum(part * part for part in parts.values())
    return (2 * MILLION * (whole * len(set(holders))) ** 2 + squares) // (2 * squares)
