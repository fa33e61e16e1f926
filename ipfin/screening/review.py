"""Criteria and marks: which scales there are, when a review is whole, how far two reviews stand apart. Pure.

Criteria are data of each screening; the ones proposed here are examples that the office changes. How well
reviewers agree over many firms is decided in `agreement`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final

from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.text import Text, _

LONGEST_REASON: Final = 2000
MOST_CRITERIA: Final = 6


class Scale(StrEnum):
    """How a criterion is scored (评分尺度)."""

    ONE_TO_FIVE = "1-5"  # 1至5分
    ZERO_TO_FOUR = "0-4"  # 0至4分
    ZERO_TO_THREE = "0-3"  # 0至3分
    EITHER = "pass"  # 通过或不通过


SCALE_LABELS: Final[Mapping[Scale, Text]] = {
    Scale.ONE_TO_FIVE: _("1至5分"),
    Scale.ZERO_TO_FOUR: _("0至4分"),
    Scale.ZERO_TO_THREE: _("0至3分"),
    Scale.EITHER: _("通过或不通过"),
}
_BOUNDS: Final[Mapping[Scale, tuple[int, int]]] = {
    Scale.ONE_TO_FIVE: (1, 5),
    Scale.ZERO_TO_FOUR: (0, 4),
    Scale.ZERO_TO_THREE: (0, 3),
    Scale.EITHER: (0, 1),
}


def values_of(scale: Scale) -> range:
    """Return the scores of a scale, the worst first."""
    low, high = _BOUNDS[scale]
    return range(low, high + 1)


def score_label(scale: Scale, score: int) -> Text:
    """Return a score as people read it."""
    if scale is Scale.EITHER:
        return _("通过") if score else _("不通过")
    return _("%(score)s分", score=score)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that every reviewer judges (评审要点).

    `id` is the row's, 0 before it is stored. `reason_least` is in characters, blanks at the ends not counted.
    """

    id: int
    title: str
    guidance: str
    scale: Scale
    reason_least: int


PROPOSED: Final = (
    Criterion(
        0, _("专利与主营业务的关联"), _("专利是否用于在产、在售的产品，有何依据。"), Scale.ONE_TO_FIVE, 10
    ),
    Criterion(0, _("专利权利的稳定与清晰"), _("权属、年费、负担和许可是否清楚。"), Scale.ONE_TO_FIVE, 10),
    Criterion(0, _("转化与变现的可能"), _("许可、转让、质押处置时是否有人接手。"), Scale.ONE_TO_FIVE, 10),
)
"""What a form for a new screening is filled with: examples of the platform, not a rule of any office."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A reviewer's score of one criterion and why; `score` is None while none is given."""

    score: int | None
    reason: str = ""


NO_MARK: Final = Mark(None)


class StaleReview(Conflict):
    """The review was saved elsewhere meanwhile; nothing was overwritten."""


def checked_criteria(criteria: Sequence[Criterion]) -> tuple[Criterion, ...]:
    """Return the criteria of a new screening.

    Raises:
        BadInput: none or too many, one twice, or a reason shorter than one character.
    """
    if not criteria:
        raise BadInput(_("至少设一个评审要点。"), field="title1")
    if len(criteria) > MOST_CRITERIA:
        raise BadInput(_("最多设%(most)s个评审要点。", most=MOST_CRITERIA))
    titles = [one.title for one in criteria]
    for place, one in enumerate(criteria, start=1):
        if not 1 <= one.reason_least <= 500:
            raise BadInput(_("理由最少字数须在1至500之间。"), field=f"least{place}")
        if titles.index(one.title) != place - 1:
            raise BadInput(_("评审要点“%(title)s”重复。", title=one.title), field=f"title{place}")
    return tuple(criteria)


def checked_draft(criterion: Criterion, mark: Mark) -> Mark:
    """Return what may be saved of one mark: half a review is kept, an impossible score is not.

    Raises:
        BadInput: the score is not on the scale, or the reason is too long.
    """
    if mark.score is not None and mark.score not in values_of(criterion.scale):
        raise BadInput(
            _("“%(title)s”的评分不在尺度内。", title=criterion.title), field=f"score{criterion.id}"
        )
    reason = mark.reason.strip()
    if len(reason) > LONGEST_REASON:
        raise BadInput(_("不超过%(most)s个字。", most=LONGEST_REASON), field=f"reason{criterion.id}")
    return Mark(mark.score, reason)


def missing_of(criteria: Iterable[Criterion], marks: Mapping[int, Mark]) -> list[tuple[str, Text]]:
    """Return what keeps a review from being submitted: the field and a sentence that names the criterion."""
    found: list[tuple[str, Text]] = []
    for one in criteria:
        mark = marks.get(one.id, NO_MARK)
        if mark.score is None:
            found.append((f"score{one.id}", _("“%(title)s”还没有评分。", title=one.title)))
        if len(mark.reason.strip()) < one.reason_least:
            found.append(
                (
                    f"reason{one.id}",
                    _("“%(title)s”的理由至少写%(least)s个字。", title=one.title, least=one.reason_least),
                )
            )
    return found


def points(criteria: Sequence[Criterion], marks: Mapping[int, Mark]) -> Decimal | None:
    """Return a whole review as 0 to 100 with two decimals, all criteria weighing alike; None if not whole."""
    parts: list[Decimal] = []
    for one in criteria:
        score, scores = marks.get(one.id, NO_MARK).score, values_of(one.scale)
        if score is None:
            return None
        parts.append(Decimal(100) * (score - scores[0]) / (len(scores) - 1))
    if not parts:
        return None
    return (sum(parts, Decimal(0)) / len(parts)).quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Spread:
    """How far the reviews of one firm stand apart on one criterion; `is_wide` from the screening's limit on.

    Passing and failing the same thing is always wide.
    """

    criterion: Criterion
    low: int
    high: int
    is_wide: bool


def spread_of(criterion: Criterion, scores: Sequence[int], limit: int) -> Spread | None:
    """Return the spread of two or more scores, None of fewer. `limit` is in points of the scale."""
    if len(scores) < 2:
        return None
    low, high = min(scores), max(scores)
    least = 1 if criterion.scale is Scale.EITHER else limit
    return Spread(criterion, low, high, high - low >= least)
