"""From outcomes of loans to odds: when there are enough, in which bins, with which signs (校准).

Decides whether a calibration may be tried at all, how the points of a card are binned, what a bin tells
(WOE, IV), how the bins are weighed (logistic regression, no weight against its sign) and on which scale
odds are shown. It changes no score, no grade and no card, and nothing in the product reads it but one
page: below the bounds the card is an expert card and no probability of default, and above them a person
decides what follows.

Loans are granted to firms that were chosen; those refused have no outcome. No outcome is invented for
them (no reject inference), so that every figure here speaks of firms that got a loan.

Sources: WOE, IV and the points to double the odds as in Siddiqi, Intelligent Credit Scoring (2017); bounds
of 30 and of 10 for each coefficient are ours. scipy and numpy are imported where they are needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import log
from typing import Any, Final

from ipfin.whitelist.statistics import Z95

FEWEST_BADS: Final = 30
BADS_PER_COEFFICIENT: Final = 10
MOST_BINS: Final = 10  # to begin with; neighbours are then joined
SMALLEST_SHARE: Final = 0.05  # of all firms, in a bin

DOUBLING: Final = 20  # points that double the odds
ANCHOR_POINTS: Final = 600
ANCHOR_ODDS: Final = 50  # good to bad, at ANCHOR_POINTS
FACTOR: Final = DOUBLING / log(2)
OFFSET: Final = ANCHOR_POINTS - FACTOR * log(ANCHOR_ODDS)

HIGHEST_WEIGHT: Final = 10.0  # of a WOE; one stands at 1 alone, and this far off nothing is learnt


def bads_needed(coefficients: int) -> int:
    """Return how many bad outcomes a fit with so many coefficients needs."""
    return max(FEWEST_BADS, BADS_PER_COEFFICIENT * coefficients)


def is_enough(bads: int, coefficients: int) -> bool:
    """Whether so many bad outcomes bear a fit with so many coefficients: 30, and 10 for each."""
    return bads >= bads_needed(coefficients)


def coefficients_borne(goods: int, bads: int, wanted: int) -> int:
    """Return how many of `wanted` coefficients can be fitted; the rarer outcome decides, 0 is none."""
    rarer = min(goods, bads)
    return min(wanted, rarer // BADS_PER_COEFFICIENT) if is_enough(rarer, 1) else 0


@dataclass(frozen=True, slots=True)
class Case:
    """One firm with an outcome: the points that it had before, by name, and whether it went bad."""

    points: Mapping[str, Decimal]
    is_bad: bool


@dataclass(frozen=True, slots=True)
class Bin:
    """A stretch of points: from `low` (inclusive), how many went well and badly there, and its WOE.

    WOE is ln((goods here / all goods) / (bads here / all bads)): above 0 better than on the whole.
    """

    low: Decimal | None  # None: no lower bound
    goods: int
    bads: int
    woe: float
    iv: float  # what the bin adds to the information value


@dataclass(frozen=True, slots=True)
class Weight:
    """The weight of a measure's WOE, with its 95 % interval; pinned ones lie at a bound and have none.

    A weight of 0 says that the measure pointed the wrong way beside the others.
    """

    value: float
    low: float | None
    high: float | None

    @property
    def is_pinned(self) -> bool:
        """Whether the fit wanted to go beyond the bound."""
        return self.low is None


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fit. ln(odds of good) = intercept + Σ weight · WOE."""

    goods: int
    bads: int
    bins: Mapping[str, tuple[Bin, ...]]
    weights: Mapping[str, Weight]
    intercept: float

    def information(self, name: str) -> float:
        """Return the information value of a measure: Σ of its bins."""
        return sum(each.iv for each in self.bins[name])

    def points_of(self, name: str, place: int) -> float:
        """Return what a bin adds to the scaled points; the intercept and offset are split evenly."""
        woe = self.bins[name][place].woe
        share = 1 / len(self.bins)
        return FACTOR * (self.weights[name].value * woe + self.intercept * share) + OFFSET * share


def scaled_points(log_odds: float) -> float:
    """Return the points of ln(good : bad): 600 at 50 to 1, 20 more where the odds double."""
    return OFFSET + FACTOR * log_odds


def weight_of_evidence(goods: int, all_goods: int, bads: int, all_bads: int) -> float:
    """Return ln((goods/all_goods) / (bads/all_bads)); neither cell may be empty."""
    return log((goods / all_goods) / (bads / all_bads))


def monotone_bins(points: Sequence[Decimal], is_bad: Sequence[bool]) -> tuple[Bin, ...]:
    """Return bins in which more points never do worse, each with goods and bads in it, rising.

    Begins with up to ten of like size (equal points stay together), joins neighbours of which the higher
    does no better, then those with an empty cell or under 5 % of the firms. One bin is left where
    points tell nothing; none where one of the outcomes did not happen.
    """
    cells = _first_cells(points, is_bad)
    goods, bads = sum(cell.goods for cell in cells), sum(cell.bads for cell in cells)
    if not goods or not bads:
        return ()
    cells = _without_thin_cells(_pooled(cells), SMALLEST_SHARE * len(points))
    return tuple(_bin(cell, place, goods, bads) for place, cell in enumerate(cells))


@dataclass(slots=True)
class _Cell:
    low: Decimal
    goods: int
    bads: int

    def join(self, above: _Cell) -> None:
        self.goods += above.goods
        self.bads += above.bads


def _first_cells(points: Sequence[Decimal], is_bad: Sequence[bool]) -> list[_Cell]:
    """Return cells of about a tenth of the firms each; a new one begins only at a new value."""
    ordered = sorted(zip(points, is_bad, strict=True))
    size = len(ordered) / MOST_BINS
    cells: list[_Cell] = []
    last: Decimal | None = None
    for place, (value, bad) in enumerate(ordered):
        if value != last and place >= len(cells) * size:
            cells.append(_Cell(value, 0, 0))
        cells[-1].bads += bad
        cells[-1].goods += not bad
        last = value
    return cells


def _pooled(cells: Sequence[_Cell]) -> list[_Cell]:
    """Join neighbours until the share of goods rises from each to the next (pool adjacent violators)."""
    kept: list[_Cell] = []
    for cell in cells:
        kept.append(cell)
        while len(kept) > 1 and _does_no_better(kept[-1], kept[-2]):
            above = kept.pop()
            kept[-1].join(above)
    return kept


def _does_no_better(higher: _Cell, lower: _Cell) -> bool:
    """Whether the share of goods in `higher` is at most that in `lower`, in whole numbers."""
    return higher.goods * (lower.goods + lower.bads) <= lower.goods * (higher.goods + higher.bads)


def _without_thin_cells(cells: list[_Cell], fewest: float) -> list[_Cell]:
    """Join a cell without goods, without bads or with too few firms to its smaller neighbour."""
    kept = list(cells)
    while len(kept) > 1:
        thin = next(
            (
                place
                for place, cell in enumerate(kept)
                if not cell.goods or not cell.bads or cell.goods + cell.bads < fewest
            ),
            None,
        )
        if thin is None:
            break
        lower = _lower_of_pair(kept, thin)
        kept[lower].join(kept.pop(lower + 1))
    return kept


def _lower_of_pair(cells: Sequence[_Cell], thin: int) -> int:
    """Return the place of the lower of the two cells that are to be joined."""
    if thin == 0:
        return 0
    if thin == len(cells) - 1:
        return thin - 1
    below, above = cells[thin - 1], cells[thin + 1]
    return thin - 1 if below.goods + below.bads <= above.goods + above.bads else thin


def _bin(cell: _Cell, place: int, goods: int, bads: int) -> Bin:
    woe = weight_of_evidence(cell.goods, goods, cell.bads, bads)
    iv = (cell.goods / goods - cell.bads / bads) * woe
    return Bin(cell.low if place else None, cell.goods, cell.bads, woe, iv)


def place_of(points: Decimal, bins: Sequence[Bin]) -> int:
    """Return the place of the bin that holds `points`."""
    return max(place for place, each in enumerate(bins) if each.low is None or each.low <= points)


def calibrate(cases: Sequence[Case], names: Sequence[str]) -> Calibration | None:
    """Return the fit of these measures, None below the bounds or where they tell nothing.

    Measures of which one bin is left are kept with a weight of 0.
    """
    bads = sum(case.is_bad for case in cases)
    goods = len(cases) - bads
    if not names or coefficients_borne(goods, bads, len(names)) < len(names):
        return None
    is_bad = [case.is_bad for case in cases]
    bins = {name: monotone_bins([case.points[name] for case in cases], is_bad) for name in names}
    telling = [name for name in names if len(bins[name]) > 1]
    if not telling:
        return None
    rows = [[bins[name][place_of(case.points[name], bins[name])].woe for name in telling] for case in cases]
    intercept, weights = fit_signed(rows, [not bad for bad in is_bad])
    fitted = dict(zip(telling, weights, strict=True))
    nothing = Weight(0.0, None, None)
    return Calibration(goods, bads, bins, {name: fitted.get(name, nothing) for name in names}, intercept)


def fit_signed(rows: Sequence[Sequence[float]], is_good: Sequence[bool]) -> tuple[float, list[Weight]]:
    """Return intercept and weights of a logistic regression in which no weight is below 0.

    Maximum likelihood by L-BFGS-B from no weights at all, so that the same rows give the same fit. The
    intervals are Wald's, of the weights that lie inside the bounds, with the others held there.
    """
    import numpy as np
    from scipy.optimize import minimize

    x = np.column_stack([np.ones(len(rows)), np.asarray(rows, dtype=float)])
    y = np.asarray(is_good, dtype=float)

    def loss(beta: Any) -> tuple[float, Any]:
        eta = x @ beta
        return float(np.logaddexp(0, eta).sum() - y @ eta), x.T @ (_chance(eta) - y)

    share = y.mean()
    start = np.zeros(x.shape[1])
    start[0] = np.log(share / (1 - share))
    bounds: Any = [(None, None)] + [(0.0, HIGHEST_WEIGHT)] * (x.shape[1] - 1)
    options: Any = {"maxiter": 500, "ftol": 1e-14, "gtol": 1e-9}
    beta = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options).x
    is_free = np.array([True, *((beta[1:] > 0) & (beta[1:] < HIGHEST_WEIGHT))])
    errors = _errors(x[:, is_free], x @ beta)
    places = np.cumsum(is_free) - 1
    weights = [
        Weight(
            float(beta[i]), float(beta[i] - Z95 * errors[places[i]]), float(beta[i] + Z95 * errors[places[i]])
        )
        if is_free[i]
        else Weight(float(beta[i]), None, None)
        for i in range(1, len(beta))
    ]
    return float(beta[0]), weights


def _chance(eta: Any) -> Any:
    """Return 1 / (1 + e^-eta) without overflow."""
    from scipy.special import expit

    return expit(eta)


def _errors(x: Any, eta: Any) -> Any:
    """Return the standard errors of the coefficients of the columns of `x`."""
    import numpy as np

    chance = _chance(eta)
    information = (x * (chance * (1 - chance))[:, None]).T @ x
    return np.sqrt(np.diag(np.linalg.pinv(information)))
