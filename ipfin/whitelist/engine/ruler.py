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

from ipfin.whitelist.engine.values import UNKNOWN
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
    scales = ruler.scales
    known = np.array([values[scale.code] != UNKNOWN for scale in scales])
    shares = np.array(
        [_shares(scale, values[scale.code], undeclared.get(scale.code), kind) for scale in scales], dtype=kind
    )
    full = np.array([[scale.full] for scale in scales], dtype=kind)
    earned = np.where(known, shares, 0).sum(axis=0)
    reach = np.where(known, full, 0).sum(axis=0)
    whole = 100 * ruler.unit
    graded, parts = _split(shares, ruler.unit)
    coverage = _half_up(reach * SCALE, whole)
    grade, is_capped = _grades(ruler, graded, coverage)
    return Scores(
        points=np.where(known, _half_up(100 * SCALE * shares, full), UNKNOWN),
        parts=parts,
        score=np.where(reach > 0, _half_up(100 * SCALE * earned, np.where(reach > 0, reach, 1)), 0),
        graded=graded,
        low=_half_up(earned * SCALE, ruler.unit),
        high=_half_up((earned + whole - reach) * SCALE, ruler.unit),
        coverage=coverage,
        grade=grade,
        is_capped=is_capped,
    )


def _shares(scale: Scale, values: Ints, undeclared: Truths | None, kind: Any) -> Ints:
    import numpy as np

    starts = np.array(scale.starts, dtype=np.int64)
    within = np.clip(values, starts[0], starts[-1])  # outside the knots a curve is flat
    place = np.searchsorted(starts, within, side="right") - 1
    bases, slopes = np.array(scale.bases, dtype=kind), np.array(scale.slopes, dtype=kind)
    found = bases[place] + (within - starts[place]).astype(kind) * slopes[place]
    granted: Any = scale.granted[Missing.SOURCE]
    if undeclared is not None:
        granted = np.where(undeclared, scale.granted[Missing.UNDECLARED], granted)
    shares: Ints = np.where(values == UNKNOWN, granted, found)
    return shares


def _split(shares: Ints, unit: int) -> tuple[Ints, Ints]:
    """Return the rounded sums and the parts that sum to them: largest remainder, ties to the earlier."""
    import numpy as np

    graded = _half_up(shares.sum(axis=0) * SCALE, unit)
    parts, rest = shares * SCALE // unit, shares * SCALE % unit
    order = np.argsort(-rest, axis=0, kind="stable")
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.arange(len(shares))[:, None], axis=0)
    return graded, parts + (place < graded - parts.sum(axis=0))


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
