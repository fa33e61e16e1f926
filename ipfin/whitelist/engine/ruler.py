"""A card laid on whole columns: shares, contributions, scores and grades of many firms at once.

Decides nothing of its own: the arithmetic is that of `scoring.Ruler`, in whole numbers of 1/unit points.
Where a card's unit is so fine that 63 bits would not hold the sums, the same code runs on Python's own
whole numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from ipfin.whitelist.engine.firms import UNKNOWN
from ipfin.whitelist.facts import Missing
from ipfin.whitelist.scoring import SCALE, Grade, Ruler, Scale

if TYPE_CHECKING:
    from ipfin.whitelist.engine.columns import Ints, Truths

LARGEST_UNIT: Final = 4 * 10**10
"""2 * 100 * 100 * unit * 10,000, the largest product below, stays under 2^63."""

GRADES: Final = tuple(Grade)


@dataclass(frozen=True)
class Scores:
    """Scores of many firms in ten-thousandths; `points` and `parts` have a row for each indicator.

    `points` is `UNKNOWN` where the indicator is; `grade` is a place in `GRADES`.
    """

    points: Ints
    parts: Ints
    score: Ints
    graded: Ints
    low: Ints
    high: Ints
    coverage: Ints
    grade: Ints
    is_capped: Truths


def measured(ruler: Ruler, values: Mapping[str, Ints], undeclared: Mapping[str, Truths]) -> Scores:
    """Return the scores of firms with these values (millionths, or `UNKNOWN`).

    Args:
        undeclared: for some indicators, the firms that were asked for it and did not answer.
    """
    import numpy as np

    kind: Any = np.int64 if ruler.unit <= LARGEST_UNIT else object
    scales, unit, whole = ruler.scales, ruler.unit, 100 * ruler.unit
    firms = len(values[scales[0].code])
    shares = np.empty((len(scales), firms), dtype=kind)
    points = np.empty((len(scales), firms), dtype=kind)
    earned, reach = np.zeros(firms, dtype=kind), np.zeros(firms, dtype=kind)
    # Row by row: a row stays in the cache, and to divide by one number is ten times faster than by many.
    for place, scale in enumerate(scales):
        known = values[scale.code] != UNKNOWN
        if not known.any() and scale.code not in undeclared:  # nothing to lay on the curve
            shares[place], points[place] = scale.granted[Missing.SOURCE], UNKNOWN
            continue
        share = shares[place] = _shares(scale, values[scale.code], known, undeclared.get(scale.code), kind)
        points[place] = np.where(known, _half_up(100 * SCALE * share, scale.full), UNKNOWN)
        earned += share * known
        reach += scale.full * known
    graded = _half_up(shares.sum(axis=0) * SCALE, unit)
    coverage = _half_up(reach * SCALE, whole)
    grade, is_capped = _grades(ruler, graded, coverage)
    return Scores(
        points=points,
        parts=_parts(shares, graded, unit),
        score=np.where(reach > 0, _half_up(100 * SCALE * earned, np.where(reach > 0, reach, 1)), 0),
        graded=graded,
        low=_half_up(earned * SCALE, unit),
        high=_half_up((earned + whole - reach) * SCALE, unit),
        coverage=coverage,
        grade=grade,
        is_capped=is_capped,
    )


def _shares(scale: Scale, values: Ints, known: Truths, undeclared: Truths | None, kind: Any) -> Ints:
    import numpy as np

    starts, bases, slopes = scale.starts, scale.bases, scale.slopes
    within = np.clip(values, starts[0], starts[-1])  # outside the knots a curve is flat
    # The stretch of the curve: how many knots are passed. Few knots: quicker than searching.
    place = np.zeros(len(within), dtype=np.intp)
    for start in starts[1:]:
        place += within >= start
    begun, base, slope = (
        np.array(told, dtype=wanted)[place]
        for told, wanted in ((starts, np.int64), (bases, kind), (slopes, kind))
    )
    granted: Any = scale.granted[Missing.SOURCE]
    if undeclared is not None:
        granted = np.where(undeclared, scale.granted[Missing.UNDECLARED], granted)
    shares: Ints = np.where(known, base + (within - begun).astype(kind) * slope, granted)
    return shares


def _parts(shares: Ints, graded: Ints, unit: int) -> Ints:
    """Return rounded shares that sum to the rounded sums: largest remainder, ties to the earlier row."""
    import numpy as np

    rows = len(shares)
    rest = shares * SCALE
    parts: Ints = rest // unit
    # A remainder and its row as one number: the largest of a firm's are those that reach the last one needed.
    rest -= parts * unit
    rest *= rows
    rest += np.arange(rows)[::-1, None]
    left = graded - parts.sum(axis=0)
    ordered = np.sort(np.ascontiguousarray(rest.T), axis=1)
    last = ordered[np.arange(len(left)), np.minimum(rows - left, rows - 1).astype(np.int64)]
    parts += (rest >= last) & (left > 0)
    return parts


def _grades(ruler: Ruler, graded: Ints, coverage: Ints) -> tuple[Ints, Truths]:
    import numpy as np

    card = ruler.card
    place = np.full(len(graded), GRADES.index(Grade.D))
    for letter, lowest in reversed(card.grades):
        place = np.where(graded >= _line(lowest), GRADES.index(Grade(letter)), place)
    capped = (place == GRADES.index(Grade.A)) & (coverage < _line(card.cap_below))
    place = np.where(capped, GRADES.index(Grade.B), place)
    refused = coverage < _line(card.refuse_below)
    return np.where(refused, GRADES.index(Grade.UNRATED), place), capped & ~refused


def _line(lowest: Decimal) -> int:
    """Return the fewest ten-thousandths that reach a line of the card."""
    return ceil(Fraction(lowest) * SCALE)


def _half_up(numerator: Any, denominator: Any) -> Any:
    return (2 * numerator + denominator) // (2 * denominator)


def ranks(columns: Sequence[Ints]) -> list[Ints]:
    """Return for each column the mid-rank of every firm in it, doubled: by counting, never by sorting pairs.

    The doubled mid-rank is twice the number of smaller values plus the number of equal ones, itself included.
    """
    import numpy as np

    found: list[Ints] = []
    for column in columns:
        low = int(column.min(initial=0))
        span = int(column.max(initial=0)) - low + 1
        if span <= max(4 * len(column), 2**20):
            place = column - low
            counted = np.bincount(place, minlength=span)
        else:
            _values, place, counted = np.unique(column, return_inverse=True, return_counts=True)
        below = np.cumsum(counted) - counted
        found.append((2 * below + counted)[place])
    return found
