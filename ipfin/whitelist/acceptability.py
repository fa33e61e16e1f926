"""In how many of many weightings a firm's score reaches a line, or its rank is within a cut.

Decides how that is counted cheaply without being wrong by one. Scores are computed in single precision,
block by block, so that a block stays in the processor's cache and memory does not grow with the draws.
Those within a thousandth of a line, more than single precision can be off, are computed again in double
precision and rounded as on a sheet. What a line or a rank means is decided in `robustness`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil, sqrt
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from numpy import bool_, float32, float64, int64
    from numpy.typing import NDArray

    Matrix = NDArray[float64]
    Singles = NDArray[float32]
    Places = NDArray[int64]

_SLACK: Final = 1e-9  # of double precision
ROUNDED: Final = 0.5 + _SLACK
"""floor(x + ROUNDED) rounds half up where x was computed in double precision."""

_NEAR: Final = 1e-3
_HALF: Final = 5e-5  # a score this far below a line is rounded onto it
_FIRMS: Final = 4096  # with _DRAWS: a block of 1.6 MB
_DRAWS: Final = 100  # at a time; at most 255, so that a byte holds a count
_SCORES: Final = 4_000_000  # at a time where all firms are sorted
SAMPLE: Final = 8_192
"""Of more firms than eight times these, the score at a cut is sought where a sample says that it lies."""
_SPREAD: Final = 4  # standard errors of the sample, on each side


def line_counts(points: Matrix, weights: Matrix, lines: Sequence[float]) -> Places:
    """Return in how many of the weightings (rows) each firm's score reaches each line (columns)."""
    import numpy as np

    reached = np.zeros((len(points), len(lines)), dtype=np.int64)
    for firms, draws, scores in _blocks(_single(points.T), weights):
        for place, line in enumerate(lines):
            reached[firms, place] += _reaching(scores, line, points[firms], weights[draws])
    return reached


def _blocks(columns: Singles, weights: Matrix) -> Iterator[tuple[slice, slice, Singles]]:
    """Yield the scores of some firms (columns) in some draws (rows); the next ones are written over them."""
    import numpy as np

    drawn, place = _single(weights), np.empty(_FIRMS * _DRAWS, dtype=np.float32)
    for first in range(0, columns.shape[1], _FIRMS):
        firms = slice(first, first + _FIRMS)
        some = columns[:, firms]
        for start in range(0, len(weights), _DRAWS):
            draws = slice(start, start + _DRAWS)
            shape = len(drawn[draws]), some.shape[1]
            scores = place[: shape[0] * shape[1]].reshape(shape)
            yield firms, draws, np.matmul(drawn[draws], some, out=scores)


def _reaching(scores: Singles, line: float, points: Matrix, weights: Matrix) -> Places:
    import numpy as np

    clear = scores >= line + _NEAR
    draws, near = _marked((scores > line - _NEAR) ^ clear)
    exact = np.einsum("ij,ij->i", points[near], weights[draws])
    found = near[exact >= line - _HALF - _SLACK]
    return _down(clear) + np.bincount(found, minlength=len(points))


def rank_counts(points: Matrix, weights: Matrix, cuts: Sequence[int]) -> Places:
    """Return for each firm, and each cut, in how many weightings its rank is within the cut."""
    import numpy as np

    counts = np.zeros((len(points), len(cuts)), dtype=np.int64)
    inside = [(place, cut) for place, cut in enumerate(cuts) if 0 < cut < len(points)]
    for place, cut in enumerate(cuts):
        if cut >= len(points):
            counts[:, place] = len(weights)
    if len(points) <= 8 * SAMPLE:
        _rank_all(points, weights, inside, counts)
    else:
        columns = _single(points.T)
        for place, cut in inside:
            for start in range(0, len(weights), _DRAWS):
                counts[:, place] += _rank_many(points, columns, weights[start : start + _DRAWS], cut)
    return counts


def _rank_all(points: Matrix, weights: Matrix, inside: Sequence[tuple[int, int]], counts: Places) -> None:
    """Add to `counts` for every (column, cut) of `inside`: all scores of a draw are sorted at the cuts."""
    import numpy as np

    pivots = sorted({len(points) - cut for _place, cut in inside})
    firms = _single(points.T)
    step = min(_DRAWS, max(1, _SCORES // max(1, len(points))))
    for start in range(0, len(weights) if pivots else 0, step):
        drawn = weights[start : start + step]
        scores = _single(drawn) @ firms
        ordered = np.partition(scores, pivots, axis=1)
        for place, cut in inside:
            lines = ordered[:, len(points) - cut]
            counts[:, place] += _within(scores, lines, cut, points, drawn)


def _within(scores: Singles, lines: Singles, cut: int, points: Matrix, weights: Matrix) -> Places:
    """Return in how many draws (a row of `scores` each) each firm's rank is within `cut`.

    `lines` is about the score of the last of them, by draw. Firms near it are ranked by exact scores.
    """
    import numpy as np

    found = scores >= lines[:, None] + np.float32(_NEAR)
    draws, near = _marked((scores > lines[:, None] - np.float32(_NEAR)) ^ found)
    ends = np.searchsorted(draws, np.arange(len(weights) + 1))
    for draw, (first, last) in enumerate(pairwise(ends.tolist())):
        some = near[first:last]
        found[draw, some] = _exactly_within(
            points[some], weights[draw], cut - int(np.count_nonzero(found[draw]))
        )
    return _down(found)


def _exactly_within(points: Matrix, weights: Matrix, cut: int) -> NDArray[bool_]:
    """Return which of a few firms have a rank within `cut` among themselves; equals share the best."""
    import numpy as np

    rounded = np.floor(points @ weights * 10_000 + ROUNDED)
    above: Places = len(rounded) - np.searchsorted(np.sort(rounded), rounded, side="right")
    return above < cut


def _rank_many(points: Matrix, columns: Singles, weights: Matrix, cut: int) -> Places:
    """Return in how many of at most `_DRAWS` weightings each of many firms ranks within `cut`.

    A sample says between which scores the last of them lies in each draw. Firms above are within, firms
    below are not; only the few between are sorted. Where the sample was wrong all are sorted.
    """
    import numpy as np

    lows, highs = _bounds(columns, weights, cut)
    counted = np.zeros(len(points), dtype=np.int64)
    left = np.full(len(weights), cut)
    between: list[tuple[Places, Places, Singles]] = []
    marks = np.empty((2, _FIRMS * _DRAWS), dtype=np.bool_)  # one place for all blocks: pages cost
    for firms, _draws, scores in _blocks(columns, weights):
        clear = np.greater_equal(scores, highs[:, None], out=_like(scores, marks[0]))
        mask = np.greater_equal(scores, lows[:, None], out=_like(scores, marks[1]))
        draws, places = _marked(np.bitwise_xor(mask, clear, out=mask))
        between.append((draws, places + firms.start, scores[draws, places]))
        counted[firms] += _down(clear)
        left -= [np.count_nonzero(row) for row in clear]
    draws, places, scores = (np.concatenate(column) for column in zip(*between, strict=True))
    order = np.argsort(draws.astype(np.uint8), kind="stable")  # bytes are sorted by counting them
    ends = np.searchsorted(draws[order], np.arange(len(weights) + 1))
    places, scores = places[order], scores[order]
    for draw, (first, last) in enumerate(pairwise(ends.tolist())):
        some = slice(first, last)
        found = _last_ones(scores[some], (lows[draw], highs[draw]), int(left[draw]))
        if found is None:
            counted = np.zeros((len(points), 1), dtype=np.int64)
            _rank_all(points, weights, [(0, cut)], counted)
            return counted[:, 0]
        clear, near = places[some][found[0]], places[some][found[1]]
        counted[clear] += 1
        counted[near[_exactly_within(points[near], weights[draw], int(left[draw]) - len(clear))]] += 1
    return counted


def _bounds(columns: Singles, weights: Matrix, cut: int) -> tuple[Singles, Singles]:
    """Return for each draw two scores between which, most likely, the last within `cut` lies."""
    import numpy as np

    firms = columns.shape[1]
    sample = np.linspace(0, firms - 1, SAMPLE).astype(np.int64)
    share = cut / firms
    spread = _SPREAD * sqrt(share * (1 - share) / SAMPLE)
    low = max(0, ceil((1 - share - spread) * SAMPLE) - 1)
    high = min(SAMPLE - 1, ceil((1 - share + spread) * SAMPLE))
    ordered = np.partition(_single(weights) @ columns[:, sample], [low, high], axis=1)
    near = np.float32(2 * _NEAR)
    return ordered[:, low] - near, ordered[:, high] + near


def _last_ones(scores: Singles, bounds: tuple[float, float], left: int) -> tuple[Places, Places] | None:
    """Return which of the scores between `bounds` are clearly among the best `left`, and which nearly.

    None where the last of them is not between the bounds, or so near to one that others may be missing.
    """
    import numpy as np

    if not 0 < left <= len(scores):
        return None
    line = float(np.partition(scores, len(scores) - left)[len(scores) - left])
    if not bounds[0] <= line - _NEAR <= line + _NEAR < bounds[1]:
        return None
    clear = scores >= line + _NEAR
    return np.flatnonzero(clear), np.flatnonzero((scores > line - _NEAR) & ~clear)


def _like(scores: Singles, place: NDArray[bool_]) -> NDArray[bool_]:
    """Return a part of `place` in the shape of `scores`."""
    return place[: scores.size].reshape(scores.shape)


def _marked(mask: NDArray[bool_]) -> tuple[Places, Places]:
    """Return rows and columns of the few marks of a matrix: eight places are looked at together."""
    import numpy as np

    flat = mask.reshape(-1)
    whole = len(flat) // 8 * 8
    words = flat[:whole].view(np.uint64)
    some = np.flatnonzero(words)
    bits = np.flatnonzero(words[some].view(np.bool_))
    places = np.concatenate((8 * some[bits >> 3] + (bits & 7), whole + np.flatnonzero(flat[whole:])))
    rows = places // mask.shape[1]
    return rows, places - rows * mask.shape[1]


def _down(mask: NDArray[bool_]) -> Places:
    """Return how many marks each column has."""
    import numpy as np

    counted: Places = np.add.reduce(mask.view(np.uint8), axis=0, dtype=np.uint8).astype(np.int64)
    return counted


def _single(numbers: Matrix) -> Singles:
    import numpy as np

    return np.ascontiguousarray(numbers, dtype=np.float32)
