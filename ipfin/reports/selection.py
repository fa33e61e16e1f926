"""Which firms an issue of the directory holds, and to whom it goes, as data that the office chose. Pure.

Both are frozen with the issue as plain values and said in words on its papers. How a scope becomes a
condition of the database is decided in `queries`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final, Self

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _, listed
from ipfin.registry.industries import DIVISIONS
from ipfin.reports.directory import LeftReason
from ipfin.reports.tiers import FieldTier

MOST_PATENTS: Final = 9999
MOST_DAYS: Final = 3660


class Holding(StrEnum):
    """Which patents in force count (持有情况)."""

    VALID = "valid"  # 有效专利
    INVENTION = "invention"  # 有效发明专利


HOLDING_LABELS: Final[Mapping[Holding, Text]] = {
    Holding.VALID: _("有效专利"),
    Holding.INVENTION: _("有效发明专利"),
}
RECIPIENT_KINDS: Final[tuple[str, ...]] = ("bank", "insurer", "guarantor")
KIND_LABELS: Final[Mapping[str, Text]] = {
    "bank": _("银行"),
    "insurer": _("保险"),
    "guarantor": _("担保"),
}


@dataclass(frozen=True, slots=True)
class FirmNow:
    """What a firm is on the day of an issue, as far as the scope asks."""

    region: str
    division: str  # two digits, or empty
    valid: int
    inventions: int
    unknown: int
    is_admitted: bool
    is_merged: bool
    as_of: date | None


@dataclass(frozen=True, slots=True)
class IssueScope:
    """Which firms stand in an issue (收录范围).

    Args:
        regions: codes of divisions; empty is the whole city.
        industries: divisions of GB/T 4754, two digits; empty is all.
        least: how many patents of `holding` a firm has at least, from 1.
        admitted_only: only firms that are on the whitelist that day.
        fresh_days: the list that spoke of the firm is at most so many days old; None is any age.
    """

    regions: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    holding: Holding = Holding.VALID
    least: int = 1
    admitted_only: bool = False
    fresh_days: int | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.least <= MOST_PATENTS:
            raise BadInput(_("最少专利件数须在1至%(most)s之间。", most=MOST_PATENTS), field="least")
        if self.fresh_days is not None and not 1 <= self.fresh_days <= MOST_DAYS:
            raise BadInput(_("数据时效须在1至%(most)s天之间。", most=MOST_DAYS), field="fresh_days")
        if unknown := set(self.industries) - set(DIVISIONS):
            raise BadInput(_("没有行业大类%(code)s。", code=min(unknown)), field="industries")

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "regions": list(self.regions),
            "industries": list(self.industries),
            "holding": self.holding.value,
            "least": self.least,
            "admitted_only": self.admitted_only,
            "fresh_days": self.fresh_days,
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        """Return what `as_json` wrote down; an issue of before holds every firm with a patent in force."""
        return cls(
            regions=tuple(said.get("regions", ())),
            industries=tuple(said.get("industries", ())),
            holding=Holding(said.get("holding", Holding.VALID)),
            least=int(said.get("least", 1)),
            admitted_only=bool(said.get("admitted_only")),
            fresh_days=said.get("fresh_days"),
        )

    def oldest(self, on: date) -> date | None:
        """Return the earliest day of data that is fresh enough on day `on`."""
        return None if self.fresh_days is None else on - timedelta(days=self.fresh_days)

    def in_words(self, region_names: Mapping[str, str]) -> list[Text]:
        """Say the scope, a sentence for each thing that it asks."""
        said: list[Text] = [
            _(
                "持有%(holding)s%(least)s件以上（含）",
                holding=HOLDING_LABELS[self.holding],
                least=self.least,
            )
        ]
        if self.admitted_only:
            said.append(_("在白名单有效期内"))
        if self.regions:
            names = listed(region_names.get(code, code) for code in self.regions)
            said.append(_("区县：%(names)s", names=names))
        if self.industries:
            said.append(_("行业大类代码：%(codes)s", codes=listed(self.industries)))
        if self.fresh_days is not None:
            said.append(_("数据日期在编制日前%(days)s天以内", days=self.fresh_days))
        return said

    def left_reason(self, firm: FirmNow, on: date) -> LeftReason:
        """Return why `firm`, which is not in the issue of day `on`, left: the first reason that applies."""
        oldest = self.oldest(on)
        held = firm.valid if self.holding is Holding.VALID else firm.inventions
        reasons: tuple[tuple[LeftReason, Callable[[], bool]], ...] = (
            (LeftReason.MERGED, lambda: firm.is_merged),
            (LeftReason.UNKNOWN, lambda: firm.valid == 0 and firm.unknown > 0),
            (LeftReason.NO_VALID, lambda: firm.valid == 0),
            (LeftReason.NOT_ADMITTED, lambda: self.admitted_only and not firm.is_admitted),
            (LeftReason.REGION, lambda: bool(self.regions) and firm.region not in self.regions),
            (LeftReason.INDUSTRY, lambda: bool(self.industries) and firm.division not in self.industries),
            (LeftReason.TOO_FEW, lambda: held < self.least),
            (LeftReason.STALE, lambda: oldest is not None and (firm.as_of is None or firm.as_of < oldest)),
        )
        return next((reason for reason, applies in reasons if applies()), LeftReason.NO_VALID)


EVERY_FIRM: Final = IssueScope()


def _widest() -> dict[str, FieldTier]:
    return dict.fromkeys(RECIPIENT_KINDS, FieldTier.CONSENTED)


@dataclass(frozen=True, slots=True)
class RecipientChoice:
    """To whom an issue goes (送达对象), and how much of each firm each kind of recipient gets.

    Args:
        kinds: kinds of institutions; all of each, unless `organisation_ids` names single ones.
        organisation_ids: single institutions; empty is everybody of the kinds.
        tiers: the tier of each kind.
    """

    kinds: tuple[str, ...] = RECIPIENT_KINDS
    organisation_ids: tuple[int, ...] = ()
    tiers: Mapping[str, FieldTier] = field(default_factory=_widest)

    def __post_init__(self) -> None:
        if not self.kinds or set(self.kinds) - set(RECIPIENT_KINDS):
            raise BadInput(_("请至少选择一类送达机构。"), field="kinds")

    def takes(self, kind: str, organisation_id: int) -> bool:
        """Whether an institution is among the recipients."""
        if self.organisation_ids:
            return organisation_id in self.organisation_ids
        return kind in self.kinds

    def tier_of(self, kind: str) -> FieldTier:
        """Return how much of each firm an institution of `kind` gets."""
        return self.tiers.get(kind, FieldTier.BASIC)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "kinds": list(self.kinds),
            "organisation_ids": list(self.organisation_ids),
            "tiers": {kind: tier.value for kind, tier in self.tiers.items()},
        }

    @classmethod
    def from_json(cls, said: Mapping[str, Any]) -> Self:
        """Return what `as_json` wrote down; an issue of before went to everybody, with the grades."""
        tiers = said.get("tiers") or dict.fromkeys(RECIPIENT_KINDS, FieldTier.GRADED)
        return cls(
            kinds=tuple(said.get("kinds") or RECIPIENT_KINDS),
            organisation_ids=tuple(int(each) for each in said.get("organisation_ids", ())),
            tiers={kind: FieldTier(tier) for kind, tier in tiers.items()},
        )
