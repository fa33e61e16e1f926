"""How robust a list is, told to a program: shares as exact numbers under names that say what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import sqrt
from typing import Any, Final

from ipfin.whitelist.robustness import (
    FirmRobustness,
    ListRobustness,
    columns_of,
    is_edge,
    rank_acceptability,
    spread_of,
    without_blocks,
)
from ipfin.whitelist.scorecard import Scorecard
from ipfin.whitelist.scoring import Grade, ScoreSheet

MOST_RANKED: Final = 50  # firms; a longer list is told without the table of ranks


def list_as_numbers(
    found: ListRobustness, sheets: Sequence[ScoreSheet], card: Scorecard, names: Sequence[str]
) -> dict[str, Any]:
    """Return what was found of every firm and of the list."""
    ranks: list[list[int]] = [[] for _sheet in sheets]
    if len(sheets) <= MOST_RANKED:
        ranks = rank_acceptability(sheets, card, draws=found.draws, seed=found.seed, kappa=found.kappa)
    firms = [
        {"name": name} | firm_as_numbers(firm, found, sheet, card, rank)
        for name, firm, sheet, rank in zip(names, found.firms, sheets, ranks, strict=True)
    ]
    return {
        "firms": firms,
        "cut": found.cut,
        "rated": found.rated,
        "edge_firms": found.edge_count(),
        "tau_b_without_block": {block.value: tau and _six(tau) for block, tau in found.tau.items()},
    }


def settings_as_numbers(found: ListRobustness, card: Scorecard) -> dict[str, Any]:
    """Return how the weights were drawn."""
    return {
        "draws": found.draws,
        "seed": found.seed,
        "kappa": found.kappa,
        "generator": "PCG64",
        "numpy_version": found.numpy_version,
        "weights": {row.code: row.weight for row in card.indicators},
    }


def firm_as_numbers(
    firm: FirmRobustness, found: ListRobustness, sheet: ScoreSheet, card: Scorecard, ranks: Sequence[int]
) -> dict[str, Any]:
    """Return one firm's figures; what an unrated firm has none of is null."""
    columns = columns_of([sheet], card)
    mean, deviation = spread_of(columns.points[0], card, found.kappa)
    uniform_mean, uniform_deviation = spread_of(columns.points[0], card, None)
    holds = firm.holds()
    return {
        "grade": firm.grade.value,
        "graded_score": sheet.graded_score,
        "grade_holds": _share(holds, found.draws),
        "grade_holds_error": None if holds is None else _error(holds, found.draws),
        "grade_holds_uniform": _share(firm.holds_uniform(), found.draws),
        "grade_probabilities": _shares(firm.around, found.draws),
        "grade_probabilities_uniform": _shares(firm.uniform, found.draws),
        "mean": _six(mean),
        "standard_deviation": _six(deviation),
        "mean_uniform": _six(uniform_mean),
        "standard_deviation_uniform": _six(uniform_deviation),
        "in_list": _share(firm.times_in, found.draws),
        "is_edge": firm.times_in is not None and is_edge(firm.times_in, found.draws),
        "rank_acceptability": [_share(count, found.draws) for count in ranks],
        "without_block": {
            block.value: {
                "score": Decimal(round(float(scores[0]) * 10_000)) / 10_000,
                "grade": firm.without[block].value if firm.without else Grade.UNRATED.value,
            }
            for block, scores in without_blocks(columns, card).items()
        },
        "grade_range": [firm.low_grade.value, firm.high_grade.value],
        "interval": [sheet.lowest, sheet.highest],
    }


def _shares(counts: Mapping[Grade, int] | None, draws: int) -> dict[str, Decimal | None] | None:
    return None if counts is None else {grade.value: _share(count, draws) for grade, count in counts.items()}


def _share(count: int | None, draws: int) -> Decimal | None:
    return None if count is None else Decimal(count) / draws


def _error(count: int, draws: int) -> Decimal:
    """Return the standard error of a drawn share."""
    share = count / draws
    return _six(sqrt(share * (1 - share) / draws))


def _six(value: float) -> Decimal:
    return Decimal(str(round(value, 6)))
