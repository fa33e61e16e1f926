"""Who reviews which firm. Pure.

Decides the assignment: two or more people a firm, the least loaded first, of different agencies where there
are such, and never somebody with a known tie to the firm. What ties are known is the caller's to find.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _
from ipfin.screening.phases import LEAST_REVIEWS

MOST_PER_FIRM: Final = 5


class TieKind(StrEnum):
    """What ties a reviewer or his agency to a firm (利益关系)."""

    EMPLOYER = "employer"  # 任职或兼职
    AGENT = "agent"  # 代理其专利
    CONTRACT = "contract"  # 服务合同
    OWNERSHIP = "ownership"  # 持股或关联
    OTHER = "other"  # 其他


TIE_LABELS: Final[Mapping[TieKind, Text]] = {
    TieKind.EMPLOYER: _("任职或兼职"),
    TieKind.AGENT: _("代理其专利"),
    TieKind.CONTRACT: _("服务合同"),
    TieKind.OWNERSHIP: _("持股或关联"),
    TieKind.OTHER: _("其他"),
}


@dataclass(frozen=True, slots=True)
class Reviewer:
    """A person of an agency; `load` is what he has to do already."""

    user_id: int
    organisation_id: int
    load: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is to review what, as (firm, reviewer), and the firms for which too few people may."""

    pairs: tuple[tuple[int, Reviewer], ...]
    short: tuple[int, ...]


def plan(
    firms: Sequence[int],
    reviewers: Sequence[Reviewer],
    per_firm: int,
    *,
    reviewing: Mapping[int, Collection[int]] | None = None,
    barred: Collection[tuple[int, int]] = frozenset(),
) -> Plan:
    """Return an assignment that gives every firm `per_firm` reviewers.

    A firm that cannot get at least two is left without new ones and named in `short`.

    Args:
        reviewing: of each firm, the users whose review counts already.
        barred: (user, firm) that must not meet: a tie, a declared conflict, a task that was taken back.

    Raises:
        BadInput: fewer than two reviewers a firm, or more than five.
    """
    if not LEAST_REVIEWS <= per_firm <= MOST_PER_FIRM:
        raise BadInput(
            _("每家企业的评审人须在%(least)s至%(most)s名之间。", least=LEAST_REVIEWS, most=MOST_PER_FIRM),
            field="per_firm",
        )
    loads = {one.user_id: one.load for one in reviewers}
    houses = {one.user_id: one.organisation_id for one in reviewers}
    pairs: list[tuple[int, Reviewer]] = []
    short: list[int] = []
    for firm in firms:
        there = list((reviewing or {}).get(firm, ()))
        free = [one for one in reviewers if one.user_id not in there and (one.user_id, firm) not in barred]
        chosen: list[Reviewer] = []
        while free and len(there) + len(chosen) < per_firm:
            seen = {one.organisation_id for one in chosen} | {
                houses[user] for user in there if user in houses
            }
            best = min(free, key=lambda one: (one.organisation_id in seen, loads[one.user_id], one.user_id))
            free.remove(best)
            chosen.append(best)
        if len(there) + len(chosen) < LEAST_REVIEWS:
            short.append(firm)
            continue
        for one in chosen:
            loads[one.user_id] += 1
            pairs.append((firm, one))
    return Plan(tuple(pairs), tuple(short))
