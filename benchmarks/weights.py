"""Other weights: how often a grade and a place in the list hold, and TOPSIS beside the card.

Floors: the bare product of the same matrices in single precision, twenty draws of all firms at a time and
nothing counted; for TOPSIS the pipeline of scikit-criteria, where it is installed (a large package, so it is
not in the lock files: `pip install scikit-criteria`). On one thread: one that waits burns processor seconds.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from benchmarks.lines import Line, cost_of, forget_peak, peak_mb, watched
from benchmarks.material import Size

DRAWS = 1_000
_AT_ONCE = 20  # draws of which the floor has the scores of all firms at once
_CRITERIA = 20
_PROVINCE = 20  # firms, as many times the city's


def measure(_folder: Path, size: Size) -> list[Line]:
    """Return the lines of a province of firms."""
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read when NumPy is loaded, below
    firms = size.firms * _PROVINCE
    return [*_weightings(firms), _topsis(firms)]


def _weightings(firms: int) -> list[Line]:
    import numpy as np

    from ipfin.whitelist.acceptability import rank_counts
    from ipfin.whitelist.robustness import Columns, draw_weights, grade_counts
    from ipfin.whitelist.scheme import default_card

    card = default_card()
    points = _points(firms, len(card.indicators))
    weights = draw_weights(card, draws=DRAWS, seed=1)
    single, drawn = points.astype(np.float32), weights.astype(np.float32)

    def bare() -> None:
        columns = np.ascontiguousarray(single.T)
        for start in range(0, DRAWS, _AT_ONCE):
            drawn[start : start + _AT_ONCE] @ columns

    floor = min(cost_of(bare) for _ in range(3))
    held = forget_peak()
    with watched() as decile:
        inside = rank_counts(points, weights, [firms // 10])
    with watched() as graded:
        columns = Columns(points, np.ones(firms, dtype=np.bool_), np.zeros(firms, dtype=np.bool_))
        grades = grade_counts(columns, weights, card)
    most = peak_mb()
    if inside.sum() < DRAWS * (firms // 10) or not (grades.sum(axis=1) == DRAWS).all():
        raise RuntimeError("what was measured is not the work: every draw has its decile and its grades")
    named = "bare product, single precision"
    memory = f"{most - held:,.0f} MB beside the points"
    return [
        Line(f"SMAA top decile, {firms:,}, {DRAWS:,} draws", decile.seconds, floor, named, 2.5, note=memory),
        Line("SMAA five grades, the same", graded.seconds, floor, named, 5),
    ]


def _topsis(firms: int) -> Line:
    import numpy as np

    from ipfin.whitelist.mcda import topsis

    points = _points(firms, _CRITERIA)
    weights = np.full(_CRITERIA, 1 / _CRITERIA)
    closeness = topsis(points, weights)
    cost = min(cost_of(lambda: topsis(points, weights)) for _ in range(3))
    title = f"TOPSIS {firms:,} x {_CRITERIA}"
    try:
        from skcriteria import mkdm
        from skcriteria.agg.topsis import TOPSIS
        from skcriteria.pipelines import mkpipe
        from skcriteria.preprocessing.scalers import VectorScaler
    except ModuleNotFoundError:
        return Line(title, cost, note="no floor: scikit-criteria is not installed")
    asked: Any = mkdm(points, [max] * _CRITERIA, weights=weights)
    pipeline = mkpipe(VectorScaler(target="matrix"), TOPSIS())
    with watched() as floor:
        found = pipeline.evaluate(asked)
    if not np.allclose(found.e_.similarity, closeness, atol=1e-9):
        raise RuntimeError("what was measured is not the work: both libraries find the same closeness")
    return Line(title, cost, floor.seconds, "scikit-criteria", 0.1)


def _points(firms: int, indicators: int) -> Any:
    import numpy as np

    levels = np.array([0, 30, 40, 60, 65, 85, 100], dtype=np.float64)
    return np.random.default_rng(20261123).choice(levels, (firms, indicators))
