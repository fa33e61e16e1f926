"""Would the grade be the same under other weights, and with other facts? (稳健性)

Decides how weights are varied (SMAA-2: Lahdelma and Salminen, Operations Research 49, 2001), how a grade
and a rank are taken under each, what leaving out a block does, and what the unknown could do.

- Weights are drawn from a Dirichlet distribution: around the card with α = 50·w, w the weight as a share,
  so that Σα = 50; and uniformly over all weights, α = 1, as the case of knowing nothing. The generator is
  PCG64; its seed is kept with the result. Streams may differ between versions of NumPy: kept, too.
- What is unknown stands for the points that the card grants, under the drawn weight. Coverage, and with it
  refusal and the cap at B, is the card's own: it is about what is known, not about taste.
- A score reaches a line as on a sheet: rounded half up to a ten-thousandth (`acceptability` counts).
- A rank is 1 + the number of firms with a higher rounded score: firms that are equal share the best rank.
- A firm is at the edge (边缘) where 0.2 < P(rank ≤ cut) < 0.8, both ends excluded.
- Leaving out a block brings the weights that remain back to 100.
- The unknown at 0 and at 100 points gives a range of grades; then all would be known, so no cap holds.

A firm that is not rated has no grade that could hold; nothing is said of it but the range.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from typing import TYPE_CHECKING, Any, Final

from ipfin.whitelist.acceptability import ROUNDED, line_counts, rank_counts
from ipfin.whitelist.facts import Missing
from ipfin.whitelist.scorecard import Block, Scorecard
from ipfin.whitelist.scoring import Grade, ScoreSheet, grade_for
from ipfin.whitelist.statistics import tau_b

if TYPE_CHECKING:
    from numpy import bool_, float64, int64
    from numpy.typing import NDArray

    Matrix = NDArray[float64]

DRAWS: Final = 10_000
SEED: Final = 20261122
KAPPA: Final = 50
EDGE: Final = (2, 8)  # tenths, both excluded
LETTERS: Final = (Grade.A, Grade.B, Grade.C, Grade.D)


@dataclass(frozen=True, slots=True)
class Columns:
    """Many sheets as a matrix: points of each indicator (unknown: what the card grants), firms in rows."""

    points: Matrix
    is_rated: NDArray[bool_]
    is_capped: NDArray[bool_]  # coverage below the line under which no A is given


def columns_of(sheets: Sequence[ScoreSheet], card: Scorecard) -> Columns:
    """Return the sheets as a matrix, indicators in the order of the card."""
    import numpy as np

    granted = {Missing.SOURCE: float(card.missing_source), Missing.UNDECLARED: float(card.missing_undeclared)}
    points = np.empty((len(sheets), len(card.indicators)))
    for place, row in enumerate(card.indicators):
        lines = [sheet.lines[place] for sheet in sheets]
        values = np.array([np.nan if line.value is None else float(line.value) for line in lines])
        given = np.array([granted[line.missing or Missing.SOURCE] for line in lines])
        known = np.interp(values, [float(x) for x, _y in row.knots], [float(y) for _x, y in row.knots])
        points[:, place] = np.where(np.isnan(values), given, known)
    return Columns(
        points,
        np.array([sheet.grade is not Grade.UNRATED for sheet in sheets], dtype=bool),
        np.array([sheet.coverage < card.cap_below for sheet in sheets], dtype=bool),
    )


def weights_of(card: Scorecard) -> Matrix:
    """Return the card's weights as shares that sum to 1."""
    import numpy as np

    return np.array([float(row.weight) / 100 for row in card.indicators])


def draw_weights(card: Scorecard, *, draws: int, seed: int, kappa: int | None = KAPPA) -> Matrix:
    """Return `draws` weight vectors, one a row: around the card, or uniform where `kappa` is None."""
    import numpy as np

    centre = weights_of(card)
    alpha = np.ones_like(centre) if kappa is None else kappa * centre
    return np.random.Generator(np.random.PCG64(seed)).dirichlet(alpha, size=draws)


def grade_counts(columns: Columns, weights: Matrix, card: Scorecard) -> NDArray[int64]:
    """Return how many of the weightings give each firm A, B, C and D (four columns; rows sum to draws)."""
    import numpy as np

    reached = line_counts(columns.points, weights, [float(lowest) for _letter, lowest in card.grades])
    reached[columns.is_capped, 0] = 0
    counts = np.empty((len(reached), 4), dtype=np.int64)
    counts[:, 0] = reached[:, 0]
    counts[:, 1:3] = reached[:, 1:] - reached[:, :-1]
    counts[:, 3] = len(weights) - reached[:, 2]
    return counts


# --- Without drawing -------------------------------------------------------------------------------


def spread_of(points: Matrix, card: Scorecard, kappa: int | None = KAPPA) -> tuple[float, float]:
    """Return mean and standard deviation of one firm's score over all weights, in closed form.

    Var Σ s·w = (Σ m·s² - (Σ m·s)²)/(Σα + 1) with m the mean weights (Dirichlet).
    """
    import numpy as np

    centre = weights_of(card)
    means = np.full(len(centre), 1 / len(centre)) if kappa is None else centre
    size = len(centre) if kappa is None else kappa
    mean = float(means @ points)
    return mean, sqrt(max(0.0, float(means @ points**2) - mean * mean) / (size + 1))


def without_blocks(columns: Columns, card: Scorecard) -> dict[Block, Matrix]:
    """Return every firm's score, to a ten-thousandth, without each block; the rest brought back to 100."""
    import numpy as np

    found: dict[Block, Matrix] = {}
    weights = weights_of(card)
    for block in Block:
        kept = np.array([row.block is not block for row in card.indicators])
        if kept.any() and not kept.all():
            left = np.where(kept, weights, 0.0)
            found[block] = np.floor(columns.points @ (left / left.sum()) * 10_000 + ROUNDED) / 10_000
    return found


def letter_of(score: float, card: Scorecard, *, is_capped: bool = False) -> Grade:
    """Return the grade of a score that is rounded to a ten-thousandth."""
    exact = Decimal(round(score * 10_000)) / 10_000
    letter, _held_down = grade_for(exact, Decimal(1), card)
    return Grade.B if is_capped and letter is Grade.A else letter


def grade_range(sheet: ScoreSheet, card: Scorecard) -> tuple[Grade, Grade]:
    """Return the grades with everything unknown at 0 and at 100 points, the worse first."""
    full = Decimal(1)
    return grade_for(sheet.lowest, full, card)[0], grade_for(sheet.highest, full, card)[0]


def is_edge(times_in: int, draws: int) -> bool:
    """Return whether a firm is in the list in more than 20 % and less than 80 % of the weightings."""
    low, high = EDGE
    return low * draws < 10 * times_in < high * draws


# --- Together --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FirmRobustness:
    """One firm: counts of weightings, never shares. None where the firm is not rated."""

    grade: Grade
    around: Mapping[Grade, int] | None
    uniform: Mapping[Grade, int] | None
    times_in: int | None
    without: Mapping[Block, Grade] | None
    low_grade: Grade
    high_grade: Grade

    def holds(self) -> int | None:
        """In how many weightings around the card the grade is the one of the sheet."""
        return None if self.around is None else self.around[self.grade]

    def holds_uniform(self) -> int | None:
        """In how many of all weightings the grade is the one of the sheet."""
        return None if self.uniform is None else self.uniform[self.grade]


@dataclass(frozen=True, slots=True)
class ListRobustness:
    """A whole list under other weights. `tau` is tau-b of the order without each block with the card's."""

    draws: int
    seed: int
    kappa: int
    cut: int
    rated: int
    firms: tuple[FirmRobustness, ...]
    tau: Mapping[Block, float | None]
    numpy_version: str

    def edge_count(self) -> int:
        """How many firms a person should look at."""
        return sum(firm.times_in is not None and is_edge(firm.times_in, self.draws) for firm in self.firms)


def examine(
    sheets: Sequence[ScoreSheet],
    card: Scorecard,
    *,
    cut: int | None = None,
    draws: int = DRAWS,
    seed: int = SEED,
    kappa: int = KAPPA,
) -> ListRobustness:
    """Return how sheets of one card stand under other weights.

    Args:
        cut: the length of the list; None for as many as the card itself grades C or better, which is whom a
            round admits unless it says otherwise.
    """
    import numpy as np

    columns = columns_of(sheets, card)
    rated = np.flatnonzero(columns.is_rated)
    some = Columns(columns.points[rated], columns.is_rated[rated], columns.is_capped[rated])
    length = sum(sheet.grade in LETTERS[:3] for sheet in sheets) if cut is None else cut
    weights = draw_weights(card, draws=draws, seed=seed, kappa=kappa)
    around = grade_counts(some, weights, card)
    uniform = grade_counts(some, draw_weights(card, draws=draws, seed=seed, kappa=None), card)
    times_in = rank_counts(some.points, weights, [length])[:, 0]
    without = without_blocks(some, card)
    place_of = {int(firm): place for place, firm in enumerate(rated)}
    base = [float(sheets[int(firm)].graded_score) for firm in rated]

    def firm_at(index: int, sheet: ScoreSheet) -> FirmRobustness:
        low, high = grade_range(sheet, card)
        place = place_of.get(index)
        if place is None:
            return FirmRobustness(sheet.grade, None, None, None, None, low, high)
        is_capped = bool(some.is_capped[place])
        return FirmRobustness(
            sheet.grade,
            _by_letter(around[place]),
            _by_letter(uniform[place]),
            int(times_in[place]),
            {block: letter_of(float(s[place]), card, is_capped=is_capped) for block, s in without.items()},
            low,
            high,
        )

    return ListRobustness(
        draws=draws,
        seed=seed,
        kappa=kappa,
        cut=length,
        rated=len(rated),
        firms=tuple(firm_at(index, sheet) for index, sheet in enumerate(sheets)),
        tau={block: tau_b(base, [float(score) for score in scores]) for block, scores in without.items()},
        numpy_version=np.__version__,
    )


def rank_acceptability(
    sheets: Sequence[ScoreSheet], card: Scorecard, *, draws: int = DRAWS, seed: int = SEED, kappa: int = KAPPA
) -> list[list[int]]:
    """Return for each firm in how many weightings around the card its rank is 1, 2, ... (b_i^r).

    For short lists: its size grows with the square of the firms. Firms that are not rated have none.
    """
    import numpy as np

    columns = columns_of(sheets, card)
    rated = np.flatnonzero(columns.is_rated)
    weights = draw_weights(card, draws=draws, seed=seed, kappa=kappa)
    within = rank_counts(columns.points[rated], weights, range(1, len(rated) + 1))
    exactly = iter(np.diff(within, axis=1, prepend=0).tolist())
    return [next(exactly) if is_rated else [] for is_rated in columns.is_rated]


def _by_letter(counts: Any) -> dict[Grade, int]:
    return {letter: int(count) for letter, count in zip(LETTERS, counts, strict=True)}
