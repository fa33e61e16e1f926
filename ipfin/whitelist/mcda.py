"""Other ways of weighing the same points, as a panel beside the card (多准则对照).

Decides TOPSIS (Hwang and Yoon, 1981), weights by entropy (Shannon; Zeleny, 1982) and CRITIC (Diakoulaki
et al., 1995). They never give a grade: they weigh by how firms differ, so a firm's place would depend on
who else applies. All take a matrix of points, firms in rows, where more is better.

An indicator on which all firms are equal tells nothing and weighs nothing; where all are so, all weigh
the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from numpy import bool_, float64
    from numpy.typing import NDArray

    Matrix = NDArray[float64]
    Vector = NDArray[float64]

BLOCK: Final = 1024  # rows at a time: fits in the cache, and memory does not grow with the firms
_ABREAST: Final = 32  # divides BLOCK


def topsis(points: Matrix, weights: Vector) -> Vector:
    """Return each firm's closeness to the ideal, 0 to 1; 0.5 for all where no indicator tells them apart.

    Columns are divided by their Euclidean norm; an all-zero column stays zero.
    """
    import numpy as np

    squares, highest, lowest = _columns_told(points)
    norms = np.sqrt(squares)
    scale = np.divide(weights, norms, out=np.zeros_like(norms), where=norms > 0)
    closeness, squared = np.full(len(points), 0.5), scale * scale
    away = np.empty((min(BLOCK, len(points)), points.shape[1]))
    for start in range(0, len(points), BLOCK):
        block = points[start : start + BLOCK]
        to_best, to_worst = (
            _lengths(np.subtract(block, end, out=away[: len(block)]), squared) for end in (highest, lowest)
        )
        whole = to_best + to_worst
        np.divide(to_worst, whole, out=closeness[start : start + BLOCK], where=whole > 0)
    return closeness


def _columns_told(points: Matrix) -> tuple[Vector, Vector, Vector]:
    """Return sum of squares, highest and lowest of each column.

    Rows are taken many side by side, as one long row: short rows cost more to begin than to read.
    """
    import numpy as np

    width = points.shape[1]
    even = len(points) // _ABREAST * _ABREAST
    long = np.ascontiguousarray(points[:even]).reshape(-1, _ABREAST * width)
    squares, rest = np.zeros(width), points[even:]
    highest, lowest = points[0].copy(), points[0].copy()
    for start in range(0, len(long), BLOCK // _ABREAST):
        rows = long[start : start + BLOCK // _ABREAST]
        squares += np.einsum("ij,ij->j", rows, rows).reshape(-1, width).sum(axis=0)
        np.maximum(highest, rows.max(axis=0).reshape(-1, width).max(axis=0), out=highest)
        np.minimum(lowest, rows.min(axis=0).reshape(-1, width).min(axis=0), out=lowest)
    squares += np.einsum("ij,ij->j", rest, rest)
    return squares, np.vstack((rest, highest)).max(axis=0), np.vstack((rest, lowest)).min(axis=0)


def _lengths(rows: Matrix, squared: Vector) -> Vector:
    """Return the length of each row, columns stretched by the roots of `squared`; writes over the rows."""
    import numpy as np

    lengths: Vector = np.sqrt(np.square(rows, out=rows) @ squared)
    return lengths


def entropy_weights(points: Matrix) -> Vector:
    """Return weights, summing to 1, by how unevenly each indicator is spread over the firms."""
    import numpy as np

    if len(points) < 2:
        return _normalised(np.zeros(points.shape[1]))
    sums = points.sum(axis=0)
    shares = np.divide(points, sums, out=np.zeros_like(points), where=sums > 0)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    divergence = 1 + (shares * logs).sum(axis=0) / np.log(len(points))
    return _normalised(np.where(_tells(points), np.maximum(divergence, 0), 0))


def critic_weights(points: Matrix) -> Vector:
    """Return weights, summing to 1, by spread times conflict with the other indicators."""
    import numpy as np

    tells = _tells(points)
    low, span = points.min(axis=0), np.ptp(points, axis=0)
    scaled = np.divide(points - low, span, out=np.zeros_like(points), where=span > 0)
    deviation = scaled.std(axis=0)
    centred = np.divide(
        scaled - scaled.mean(axis=0), deviation, out=np.zeros_like(scaled), where=deviation > 0
    )
    correlation = centred.T @ centred / len(points)
    conflict = (1 - correlation)[:, tells].sum(axis=1)
    return _normalised(np.where(tells, deviation * np.maximum(conflict, 0), 0))


def _tells(points: Matrix) -> NDArray[bool_]:
    import numpy as np

    tells: NDArray[bool_] = np.ptp(points, axis=0) > 0
    return tells


def _normalised(weights: Vector) -> Vector:
    import numpy as np

    total = weights.sum()
    return weights / total if total > 0 else np.full(len(weights), 1 / len(weights))
