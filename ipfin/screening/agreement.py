"""How well reviewers agree over many firms: Krippendorff's alpha. Pure.

Decides the figure, how many firms it rests on and when these are too few to say anything. Source: K.
Krippendorff, Computing Krippendorff's Alpha-Reliability (2011); its worked matrix is the test. Reckoned in
whole fractions and rounded once. It says how reliable marks are, never that they are right.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

TOO_FEW: Final = 10
"""Below so many firms with two reviews or more, the figure is shown as saying little."""


class Metric(StrEnum):
    """What counts as the distance between two scores."""

    NOMINAL = "nominal"  # 类别
    ORDINAL = "ordinal"  # 次序
    INTERVAL = "interval"  # 间距


@dataclass(frozen=True, slots=True)
class Agreement:
    """Alpha with four decimals, at most 1; None where it cannot be said: nothing to compare, or no variation.

    `units` are the firms with two scores or more, `scores` how many scores they have together.
    """

    alpha: Decimal | None
    units: int
    scores: int

    @property
    def is_too_few(self) -> bool:
        """Whether the figure rests on too few firms."""
        return self.units < TOO_FEW


def alpha(units: Sequence[Sequence[int]], metric: Metric = Metric.ORDINAL) -> Agreement:
    """Return the agreement over `units`: the scores that each firm got. Who gave which does not matter."""
    paired = [list(scores) for scores in units if len(scores) >= 2]
    totals = Counter(score for scores in paired for score in scores)
    n = totals.total()
    distance = _distance(metric, totals)
    seen = sum(
        (_disagreement(Counter(scores), distance) / (len(scores) - 1) for scores in paired), Fraction(0)
    )
    expected = _disagreement(totals, distance)
    if n < 2 or expected == 0:
        return Agreement(None, len(paired), n)
    value = 1 - (n - 1) * seen / expected
    told = Decimal(value.numerator) / Decimal(value.denominator)
    return Agreement(told.quantize(Decimal("0.0001"), ROUND_HALF_EVEN), len(paired), n)


_Distance = Callable[[int, int], Fraction]


def _disagreement(counts: Mapping[int, int], distance: _Distance) -> Fraction:
    return sum(
        (counts[a] * counts[b] * distance(a, b) for a in counts for b in counts if a != b), Fraction(0)
    )


def _distance(metric: Metric, totals: Mapping[int, int]) -> _Distance:
    if metric is Metric.NOMINAL:
        return lambda a, b: Fraction(int(a != b))
    if metric is Metric.INTERVAL:
        return lambda a, b: Fraction((a - b) ** 2)

    def ordinal(a: int, b: int) -> Fraction:
        low, high = sorted((a, b))
        between = sum(count for score, count in totals.items() if low <= score <= high)
        return (between - Fraction(totals[low] + totals[high], 2)) ** 2

    return ordinal
