"""Where a firm's score stands among firms like it (同类位次). Pure.

Decides what "like it" means, how the place is reckoned, and how much of it each reader is told. Firms are
alike by the division of their industry and by their size; the registry knows no size of a business, so size
is the number of patents in force, and every sentence says so. A group of fewer than eight firms is widened:
a place in a small group tells on its members.

The place is the mid-rank: the share of the group below the firm's score, those of equal score (the firm
itself among them) counting half. Institutions and reviewers read a band, never the place itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Final

from ipfin.kernel.text import Text, _
from ipfin.registry.industries import division, division_code

SMALLEST_GROUP: Final = 8  # firms; below it the next wider group is taken
_TENTH: Final = Decimal("0.1")


class SizeClass(StrEnum):
    """Size of a firm by its patents in force (专利规模)."""

    FEW = "few"  # 不足5件
    SOME = "some"  # 5至19件
    MANY = "many"  # 20件以上


SIZE_LABELS: Final[Mapping[SizeClass, Text]] = {
    SizeClass.FEW: _("有效专利不足5件"),
    SizeClass.SOME: _("有效专利5至19件"),
    SizeClass.MANY: _("有效专利20件以上"),
}
SIZE_BOUNDS: Final[Mapping[SizeClass, tuple[int, int | None]]] = {
    SizeClass.FEW: (0, 5),
    SizeClass.SOME: (5, 20),
    SizeClass.MANY: (20, None),
}
"""First number of patents in the class, and the first beyond it."""


def size_class(valid_patents: int) -> SizeClass:
    """Return the class of a firm with so many patents in force."""
    return next(size for size in reversed(SizeClass) if valid_patents >= SIZE_BOUNDS[size][0])


@dataclass(frozen=True, slots=True)
class PeerGroup:
    """Firms of one division and size; None stands for any."""

    division: str | None
    size: SizeClass | None

    @property
    def label(self) -> Text:
        """The group in words."""
        trade = division(self.division) if self.division else None
        if trade is not None and self.size is not None:
            return _("%(trade)s、%(size)s的企业", trade=trade, size=SIZE_LABELS[self.size])
        if trade is not None:
            return _("%(trade)s的企业", trade=trade)
        if self.size is not None:
            return _("%(size)s的企业", size=SIZE_LABELS[self.size])
        return _("本批次全部评分企业")


def groups_of(industry_code: str, valid_patents: int) -> Iterator[PeerGroup]:
    """Yield the groups that a firm belongs to, the narrowest first; the last one is everybody."""
    trade, size = division_code(industry_code), size_class(valid_patents)
    if trade is not None:
        yield PeerGroup(trade, size)
        yield PeerGroup(trade, None)
    yield PeerGroup(None, size)
    yield PeerGroup(None, None)


@dataclass(frozen=True, slots=True)
class Standing:
    """A firm's place in a group: how many score below it, how many the same (itself too), how many in all."""

    group: PeerGroup
    below: int
    equal: int
    firms: int

    @property
    def percentile(self) -> Decimal:
        """The mid-rank in per cent, cut to a tenth."""
        share = 100 * (Decimal(self.below) + Decimal(self.equal) / 2) / self.firms
        return share.quantize(_TENTH, ROUND_FLOOR)

    @property
    def place(self) -> Text:
        """The place itself, for the office and the firm."""
        return _(
            "在%(group)s（%(count)s家）中，评级用分高于%(percent)s%%的企业（并列各计一半）。",
            group=self.group.label,
            count=self.firms,
            percent=str(self.percentile),
        )

    @property
    def band(self) -> Text:
        """The band of the place, for institutions and reviewers."""
        top = next((top for top in _BANDS if self.percentile >= 100 - top), None)
        said = {"group": self.group.label, "count": self.firms}
        if top is None:
            return _("在%(group)s（%(count)s家）中，评级用分位于后一半。", **said)
        return _("在%(group)s（%(count)s家）中，评级用分位于前%(top)s%%。", **said, top=top)


_BANDS: Final = (10, 25, 50)
"""Per cent of a group, from the best; below the last one is the lower half."""
