"""What participants think of an event (满意度反馈): what may be said, and the figures of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _

LONGEST_COMMENT: Final = 500
POINTS: Final = (1, 2, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Opinion:
    """One participant's opinion: points from 1 (poor) to 5 (very good), and whether he would come again."""

    organisation_points: int
    timetable_points: int
    use_points: int
    would_return: bool
    comment: str = ""

    def checked(self) -> Opinion:
        """Return it without the blanks around its words.

        Raises:
            BadInput: points that are none, or a comment too long.
        """
        for name in ("organisation_points", "timetable_points", "use_points"):
            if getattr(self, name) not in POINTS:
                raise BadInput(_("请在1至5分中选一项。"), field=name)
        comment = self.comment.strip()
        if len(comment) > LONGEST_COMMENT:
            raise BadInput(_("不超过%(most)s个字。", most=LONGEST_COMMENT), field="comment")
        return replace(self, comment=comment)


@dataclass(frozen=True, slots=True)
class Mood:
    """The opinions together: how many, the mean points to one decimal, how many would come again."""

    opinions: int
    organisation: Decimal
    timetable: Decimal
    use: Decimal
    would_return: int


def mood(opinions: Sequence[Opinion]) -> Mood | None:
    """Return the figures of these opinions; None when there are none."""
    if not opinions:
        return None
    return Mood(
        len(opinions),
        _mean([one.organisation_points for one in opinions]),
        _mean([one.timetable_points for one in opinions]),
        _mean([one.use_points for one in opinions]),
        sum(one.would_return for one in opinions),
    )


def _mean(points: Sequence[int]) -> Decimal:
    return (Decimal(sum(points)) / len(points)).quantize(Decimal("0.1"), ROUND_HALF_UP)
