"""Measures of lists and shares that several rules need (统计量): order, drift, intervals, separation.

Decides how each is computed and what it says of ties and empty groups; what follows from a figure (a
warning, a signature) is decided where it is used. Plain Python but for tau-b and concordances.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Any, Final

Z95: Final = 1.959963984540054  # the two-sided 95 % point of the normal distribution
Bands = tuple[Sequence[int], Sequence[int]]  # of the positives and of the negatives
SMALLEST_BAND: Final = 0.005  # a band of fewer than 0.5 % counts as 0.5 % (Siddiqi, 2017)


def tau_b(left: Sequence[float], right: Sequence[float]) -> float | None:
    """Return Kendall's tau-b of two orders of the same things, -1 to 1; None where one has no order.

    Ties in either are taken out of its denominator (Kendall, Biometrika 33, 1945).
    """
    if len(left) < 2 or len(set(left)) < 2 or len(set(right)) < 2:
        return None
    from scipy.stats import kendalltau

    return float(kendalltau(left, right, variant="b").statistic)


def psi(observed: Sequence[float], expected: Sequence[float]) -> float:
    """Return the population stability index Σ(o - e)·ln(o/e) over bands, from the shares of each band.

    A share below half a percent counts as half a percent; the shares are not brought back to 1, so the
    bands of the reference list must be frozen. Below 0.10 stable, from 0.25 stop.
    """
    pairs = [(max(o, SMALLEST_BAND), max(e, SMALLEST_BAND)) for o, e in zip(observed, expected, strict=True)]
    return sum((o - e) * log(o / e) for o, e in pairs)


def wilson(successes: int, trials: int, z: float = Z95) -> tuple[float, float]:
    """Return Wilson's interval of a share (JASA 22, 1927), 0 to 1 where nothing was tried."""
    if trials == 0:
        return 0.0, 1.0
    share, square = successes / trials, z * z / trials
    centre = share + square / 2
    spread = z * sqrt(share * (1 - share) / trials + square / (4 * trials))
    low, high = (centre - spread) / (1 + square), (centre + spread) / (1 + square)
    return (0.0 if successes == 0 else low), (1.0 if successes == trials else high)


def mid_rank(value: float, ordered: Sequence[float]) -> float:
    """Return the share of `ordered` (ascending, not empty) below `value`, those equal counting half."""
    return (bisect_left(ordered, value) + bisect_right(ordered, value)) / (2 * len(ordered))


@dataclass(frozen=True, slots=True)
class Separation:
    """How well a score puts the positives first: AUC, its standard error and 95 % interval."""

    auc: float
    error: float
    low: float
    high: float
    positives: int
    negatives: int


def separation(positives: Sequence[float], negatives: Sequence[float]) -> Separation | None:
    """Return the AUC, P(a positive scores higher) + P(equal)/2, None where one side is empty.

    The standard error is Hanley and McNeil's (Radiology 143, 1982); the interval is cut to [0, 1].
    """
    n, m = len(positives), len(negatives)
    if not n or not m:
        return None
    ordered = sorted(negatives)
    auc = sum(mid_rank(value, ordered) for value in positives) / n
    both_positive, both_negative = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    square = auc * auc
    variance = auc * (1 - auc) + (n - 1) * (both_positive - square) + (m - 1) * (both_negative - square)
    error = sqrt(max(variance, 0.0) / (n * m))
    return Separation(auc, error, max(0.0, auc - Z95 * error), min(1.0, auc + Z95 * error), n, m)


@dataclass(frozen=True, slots=True)
class Concordance:
    """A share of pairs of a positive and a negative, or a difference of two, with its 95 % interval.

    `pairs` is how many pairs were compared.
    """

    value: float
    error: float
    low: float
    high: float
    pairs: int


def concordance(
    positives: Sequence[float], negatives: Sequence[float], *, bands: Bands | None = None
) -> Concordance | None:
    """Return the AUC with DeLong's interval, cut to [0, 1]; None with fewer than two on a side.

    Where `bands` are given only pairs of one band are compared: the AUC among alike. The error is that
    of DeLong, DeLong and Clarke-Pearson (Biometrics 44, 1988), for bands by the same parts of each
    positive and each negative around the ratio (delta method).
    """
    return _of_pairs(positives, negatives, None, bands)


def concordance_gain(
    positives: Sequence[tuple[float, float]], negatives: Sequence[tuple[float, float]]
) -> Concordance | None:
    """Return by how much the AUC of the first measure exceeds that of the second, on the same things.

    The error allows for both being measured on the same positives and negatives (DeLong, paired).
    """
    firsts, seconds = ([pair[place] for pair in positives] for place in (0, 1))
    others = ([pair[place] for pair in negatives] for place in (0, 1))
    return _of_pairs(firsts, next(others), (seconds, next(others)), None)


def _of_pairs(
    positives: Sequence[float],
    negatives: Sequence[float],
    less: tuple[Sequence[float], Sequence[float]] | None,
    bands: Bands | None,
) -> Concordance | None:
    n, m = len(positives), len(negatives)
    if n < 2 or m < 2:
        return None
    import numpy as np

    sums, counts = np.zeros(n), np.zeros(n)
    column_sums, column_counts = np.zeros(m), np.zeros(m)
    right = np.asarray(negatives, dtype=float)
    right_less = np.asarray([] if less is None else less[1], dtype=float)
    right_bands = np.asarray([] if bands is None else bands[1])
    for place in range(n):
        kernel = _above(positives[place], right)
        if less is not None:
            kernel = kernel - _above(less[0][place], right_less)
        alike = np.ones(m) if bands is None else 1.0 * np.equal(right_bands, bands[0][place])
        kernel = kernel * alike
        sums[place], counts[place] = kernel.sum(), alike.sum()
        column_sums += kernel
        column_counts += alike
    pairs = counts.sum()
    if not pairs:
        return None
    value = sums.sum() / pairs
    of_positives = ((sums - value * counts) ** 2).sum() * n / (n - 1)
    of_negatives = ((column_sums - value * column_counts) ** 2).sum() * m / (m - 1)
    error = float(np.sqrt(of_positives + of_negatives) / pairs)
    lowest = 0.0 if less is None else -1.0
    return Concordance(
        float(value),
        error,
        max(lowest, float(value) - Z95 * error),
        min(1.0, float(value) + Z95 * error),
        int(pairs),
    )


def _above(value: float, others: Any) -> Any:
    """Return for each of `others` whether `value` is above it, 1/2 where they are equal."""
    return (value > others) * 1.0 + (value == others) * 0.5
