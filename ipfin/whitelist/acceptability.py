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
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from numpy import bool_, float32, float64, int64, uint8
    from numpy.typing import NDArray

    Matrix = NDArray[float64]
    Singles = NDArray[float32]
    Places = NDArray[int64]
    Marks = NDArray[bool_]

_SLACK: Final = 1e-9  # of double precision
ROUNDED: Final = 0.5 + _SLACK
"""floor(x + ROUNDED) rounds half up where x was computed in double precision."""

_NEAR: Final = 1e-3
_HALF: Final = 5e-5  # a score this far below a line is rounded onto it
_WIDE_BITS: Final = 9
_WIDE: Final = 1 << _WIDE_BITS  # firms of a block; at most 8 * 255 (`_across`)
_STACK: Final = 4  # blocks at a time, each with the scores of `_DRAWS`: 1.6 MB
_DRAWS: Final = 200  # at a time; at most 255, so that a byte holds a count
_NOWHERE: Final = -1e6  # points that bring a score below every line
_SCORES: Final = 4_000_000  # at a time where all firms are sorted
MANY: Final = 65_536
"""Of more firms than these, the score at a cut is sought where a sample says that it lies."""
_SAMPLE_EVERY: Final = 24  # firms
_SPREAD: Final = 4  # standard errors of the sample, on each side
_PILOTS: Final = 16  # draws in which the score at a cut is sought among all firms


def line_counts(points: Matrix, weights: Matrix, lines: Sequence[float]) -> Places:
    """Return in how many of the weightings (rows) each firm's score reaches each line (columns)."""
    import numpy as np

    columns = _columns(points)
    reached = np.zeros((len(columns) * _WIDE, len(lines)), dtype=np.int64)
    marks = _marks()
    for first, draws, scores in _blocks(columns, weights):
        for place, line in enumerate(lines):
            clear, near = _apart(scores, np.float32(line + _NEAR), np.float32(line - _NEAR), marks)
            counts = _down(clear)
            told, firms = _whose(_marked(near), scores.shape[1])
            exact = np.einsum("ij,ij->i", points[first + firms], weights[draws][told])
            counts += np.bincount(firms[exact >= line - _HALF - _SLACK], minlength=len(counts))
            reached[first : first + len(counts), place] += counts
    return reached[: len(points)]


def _columns(points: Matrix, *, ones: int = 0) -> Singles:
    """Return the points as blocks of `_WIDE` firms; firms that reach nothing fill up the last one.

    Args:
        ones: 1 for a last column of ones, those firms' too.
    """
    import numpy as np

    indicators = points.shape[1]
    padded = np.full((-(-len(points) // _WIDE), _WIDE, indicators + ones), _NOWHERE, dtype=np.float32)
    padded.reshape(-1, indicators + ones)[: len(points), :indicators] = points
    padded[:, :, indicators:] = 1
    return np.ascontiguousarray(padded.transpose(0, 2, 1))


def _blocks(columns: Singles, weights: Matrix) -> Iterator[tuple[int, slice, Singles]]:
    """Yield the scores of some firms in some draws, and the first of the firms and the draws.

    Scores are of (block of firms, draw, firm of the block); the next ones are written over them.
    """
    import numpy as np

    drawn, place = _single(weights), np.empty((_STACK, _DRAWS, _WIDE), dtype=np.float32)
    for first in range(0, len(columns), _STACK):
        some = columns[first : first + _STACK]
        for start in range(0, len(drawn), _DRAWS):
            draws = slice(start, min(start + _DRAWS, len(drawn)))
            shape = (len(some), draws.stop - start, _WIDE)
            scores = place.reshape(-1)[: shape[0] * shape[1] * _WIDE].reshape(shape)
            yield first * _WIDE, draws, np.matmul(drawn[draws], some, out=scores)


def rank_counts(points: Matrix, weights: Matrix, cuts: Sequence[int]) -> Places:
    """Return for each firm, and each cut, in how many weightings its rank is within the cut."""
    import numpy as np

    counts = np.zeros((len(points), len(cuts)), dtype=np.int64)
    inside = [(place, cut) for place, cut in enumerate(cuts) if 0 < cut < len(points)]
    for place, cut in enumerate(cuts):
        if cut >= len(points):
            counts[:, place] = len(weights)
    if len(points) <= MANY:
        _rank_all(points, weights, inside, counts)
    else:
        # With a column of ones, by which the product itself takes a draw's line off its scores: to compare
        # them with one number for all costs half of comparing them with one for each draw.
        columns = _columns(points, ones=1)
        for place, cut in inside:
            lows, width = _bounds(points, weights, cut)
            for start in range(0, len(weights), _DRAWS):
                some = slice(start, start + _DRAWS)
                counts[:, place] += _rank_many(points, columns, weights[some], cut, lows[some], width)
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
    marks: Marks = (scores > lines[:, None] - np.float32(_NEAR)) ^ found
    draws, near = np.divmod(np.flatnonzero(marks.reshape(-1)), len(points))
    left = cut - np.count_nonzero(found, axis=1)
    inside = _exactly_within(points[near], weights[draws], draws, left)
    found[draws[inside], near[inside]] = True
    return _down(found[None])


def _exactly_within(points: Matrix, weights: Matrix, draws: Places, left: Places) -> Marks:
    """Return which of a few firms have a rank within what is `left` in their draw; equals share the best.

    A row of `points` and of `weights` belongs to each; a firm is ranked among those of the same draw.
    """
    import numpy as np

    rounded = np.floor(np.einsum("ij,ij->i", points, weights) * 10_000 + ROUNDED)
    order = np.lexsort((-rounded, draws))
    place = np.arange(len(order))
    is_first = np.diff(draws[order], prepend=-1) != 0  # of its draw
    is_lower = is_first | (np.diff(rounded[order], prepend=0) != 0)  # than the one before it
    first = np.maximum.accumulate(np.where(is_first, place, 0))
    above = np.maximum.accumulate(np.where(is_lower, place, 0)) - first
    inside = np.empty(len(order), dtype=np.bool_)
    inside[order] = above < left[draws[order]]
    return inside


def _rank_many(
    points: Matrix, columns: Singles, weights: Matrix, cut: int, lows: Matrix, width: float
) -> Places:
    """Return in how many of at most `_DRAWS` weightings each of many firms ranks within `cut`.

    Most likely the last of them lies less than `width` above `lows` in each draw. Firms further above are
    within, firms below are not; only the few between are looked through. Draws in which it lies elsewhere
    are looked through as a whole. All scores here are told from the low of their draw.

    Args:
        columns: the points, with a column of ones.
    """
    import numpy as np

    counted, left = np.zeros(len(columns) * _WIDE, dtype=np.int64), np.full(len(weights), cut)
    between: list[tuple[NDArray[uint8], Places, Singles]] = []
    marks = _marks()
    upper, lower = np.float32(width), np.float32(0)
    for first, _draws, scores in _blocks(columns, np.column_stack((weights, -lows))):
        clear, near = _apart(scores, upper, lower, marks)
        counts = _down(clear)
        counted[first : first + len(counts)] += counts
        left -= _across(clear)
        flat = _marked(near)
        draws, places = _whose(flat, len(weights))
        between.append((draws, first + places, scores.reshape(-1)[flat]))
    draws, places, found = (np.concatenate(column) for column in zip(*between, strict=True))
    lines = _last_lines(found, draws, left, width)
    wrong = np.isnan(lines)
    if wrong.any():
        alone = np.zeros((len(points), 1), dtype=np.int64)
        _rank_all(points, weights[wrong], [(0, cut)], alone)
        right = ~wrong
        if not right.any():
            return alone[:, 0]
        return alone[:, 0] + _rank_many(points, columns, weights[right], cut, lows[right], width)
    clear = found >= (lines + np.float32(_NEAR))[draws]
    rest = np.flatnonzero((found > (lines - np.float32(_NEAR))[draws]) & ~clear)
    left -= np.bincount(draws[clear], minlength=len(weights))
    of, at = draws[rest].astype(np.int64), places[rest]
    inside = _exactly_within(points[at], weights[of], of, left)
    within = np.concatenate((places[clear], at[inside]))
    counted += np.bincount(within, minlength=len(counted))
    return counted[: len(points)]


def _last_lines(scores: Singles, draws: NDArray[uint8], left: Places, width: float) -> Singles:
    """Return for each draw about the score of the last of the best `left` among those from 0 to `width`.

    None (nan) where it is not among them, or so near to a bound that others may be missing.
    """
    import numpy as np

    ordered = scores[np.argsort(draws, kind="stable")]  # bytes are sorted by counting them
    ends = np.cumsum(np.bincount(draws, minlength=len(left))).tolist()
    lines = np.full(len(left), np.nan, dtype=np.float32)
    for draw, (begin, end) in enumerate(pairwise([0, *ends])):
        place = end - begin - int(left[draw])
        if 0 <= place < end - begin:
            line = np.partition(ordered[begin:end], place)[place]
            if line - _NEAR >= 0 and line + _NEAR < width:
                lines[draw] = line
    return lines


def _bounds(points: Matrix, weights: Matrix, cut: int) -> tuple[Matrix, float]:
    """Return for each draw the score above which, within a width, the last within `cut` most likely lies.

    How far above the mean of all scores it lies, in standard deviations of them, hardly changes from draw to
    draw: a few draws are looked through for it. Where it does change, so that more firms would lie between
    than a sample of firms leaves there, the sample says it.
    """
    import numpy as np

    firms, single, drawn = len(points), _single(points), _single(weights)
    share, size = cut / firms, -(-firms // _SAMPLE_EVERY)
    spread = _SPREAD * sqrt(share * (1 - share) / size)
    mean = single.mean(axis=0, dtype=np.float64)
    means = weights @ mean
    together = (single.T @ single).astype(np.float64) / firms - np.outer(mean, mean)
    deviations = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", weights, together, weights), 0))
    pilots = np.linspace(0, len(weights) - 1, min(_PILOTS, len(weights))).astype(np.int64)
    scores = drawn[pilots] @ single.T
    lines = np.partition(scores, firms - cut, axis=1)[:, firms - cut]
    steps = (lines - means[pilots]) / np.maximum(deviations[pilots], _SLACK)
    middle, half = (steps.max() + steps.min()) / 2, 3 * (steps.max() - steps.min())
    among = [
        np.count_nonzero(np.abs(row - line) < half * deviation + 2 * _NEAR) / firms
        for row, line, deviation in list(zip(scores, lines, deviations[pilots], strict=True))[::4]
    ]
    if max(among) > 2 * spread:
        lows, highs = _sampled(single, drawn, share, size, spread)
    else:
        lows, highs = (
            (means + side * deviations).astype(np.float64) for side in (middle - half, middle + half)
        )
    return lows - 2 * _NEAR, float((highs - lows).max()) + 4 * _NEAR


def _sampled(
    points: Singles, weights: Singles, share: float, size: int, spread: float
) -> tuple[Matrix, Matrix]:
    """Return what a sample of the firms says of each draw: `spread` of them on each side of the cut."""
    import numpy as np

    sample = points[np.linspace(0, len(points) - 1, size).astype(np.int64)].T
    low = max(0, ceil((1 - share - spread) * size) - 1)
    high = min(size - 1, ceil((1 - share + spread) * size))
    ordered = [
        np.partition(weights[start : start + _DRAWS] @ sample, [low, high], axis=1)[:, [low, high]]
        for start in range(0, len(weights), _DRAWS)
    ]
    found = np.concatenate(ordered).astype(np.float64)
    return found[:, 0], found[:, 1]


def _marks() -> Marks:
    """Return two places for the marks of scores, used for all of them: new pages cost."""
    import numpy as np

    return np.empty((2, _STACK * _DRAWS * _WIDE), dtype=np.bool_)


def _apart(scores: Singles, upper: Any, lower: Any, marks: Marks) -> tuple[Marks, Marks]:
    """Return which scores reach the upper line, and which are only above the lower one; both in `marks`."""
    import numpy as np

    clear, near = (one[: scores.size].reshape(scores.shape) for one in marks)
    np.greater_equal(scores, upper, out=clear)
    np.greater(scores, lower, out=near)
    return clear, np.bitwise_xor(clear, near, out=near)


def _marked(mask: Marks) -> Places:
    """Return the places of the few marks of some scores: eight are looked at together."""
    import numpy as np

    words = mask.reshape(-1).view(np.uint64)
    some = np.flatnonzero(words != 0)  # of truths: numbers are looked for more slowly
    bits = np.flatnonzero(words[some].view(np.bool_))
    found: Places = (some[bits >> 3] << 3) + (bits & 7)
    return found


def _whose(flat: Places, draws: int) -> tuple[NDArray[uint8], Places]:
    """Return of which draw and of which firm the scores at some places are."""
    import numpy as np

    rows = np.arange(_STACK * draws)  # a row: the scores of a block in a draw
    draw_of, firm_of = (rows % draws).astype(np.uint8), rows // draws * _WIDE
    row = flat >> _WIDE_BITS
    return draw_of[row], firm_of[row] + (flat & (_WIDE - 1))


def _across(mask: Marks) -> Places:
    """Return how many marks each draw has: bytes are added eight at a time, and no sum passes 255."""
    import numpy as np

    eighths = np.add.reduce(mask.view(np.uint64), axis=2).view(np.uint8).reshape(*mask.shape[:2], 8)
    counted: Places = np.add.reduce(eighths, axis=(0, 2), dtype=np.int64)
    return counted


def _down(mask: Marks) -> Places:
    """Return how many marks each firm has."""
    import numpy as np

    counted: Places = np.add.reduce(mask.view(np.uint8), axis=1, dtype=np.uint8).reshape(-1).astype(np.int64)
    return counted


def _single(numbers: Matrix) -> Singles:
    import numpy as np

    return np.ascontiguousarray(numbers, dtype=np.float32)
