"""Meetings that the office proposes or fixes (撮合提议、指定洽谈). Pure.

Decides when a pair may be proposed, what accepting and declining mean, and that only a pair that both sides
agreed to is fixed. The office proposes; it never places the unwilling, and no answer of one side is told to
the other beyond "it wishes to meet you".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ipfin.events.timetable.problem import Lock
from ipfin.events.wishes import REFUSES
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.text import _

ACCEPTS: Final = 1  # 愿意: the least yes
LONGEST_REASON: Final = 300


class Answer(StrEnum):
    """What a side has answered to a proposal (答复)."""

    NONE = "none"  # 待答复
    ACCEPTED = "accepted"  # 同意
    DECLINED = "declined"  # 不见


ANSWER_LABELS = {Answer.NONE: _("待答复"), Answer.ACCEPTED: _("同意"), Answer.DECLINED: _("不见")}


@dataclass(frozen=True, slots=True)
class FixedPair:
    """A meeting fixed to a slot (from 0) and perhaps a desk; ids are those of registrations.

    Without a slot the planner chooses one; the meeting then comes before the value of all others.
    """

    institution: int
    enterprise: int
    slot: int | None
    desk: int | None


def answer_of(strength: int | None) -> Answer:
    """Return what a wish means as an answer: saying yes is one thing however it is said."""
    if strength is None:
        return Answer.NONE
    return Answer.DECLINED if strength == REFUSES else Answer.ACCEPTED


def answered(strength: int | None, *, accepts: bool) -> int:
    """Return the wish that an answer leaves behind: a yes keeps a stronger wish, a no refuses."""
    return max(strength or 0, ACCEPTS) if accepts else REFUSES


def check_reason(reason: str) -> str:
    """Return the reason of a proposal, trimmed.

    Raises:
        BadInput: there is none, or it is too long.
    """
    trimmed = reason.strip()
    if not 0 < len(trimmed) <= LONGEST_REASON:
        raise BadInput(
            _("请写明提议的理由，不超过%(most)d字；双方都会看到。", most=LONGEST_REASON), field="reason"
        )
    return trimmed


def require_proposable(by_enterprise: int | None, by_institution: int | None) -> None:
    """Refuse to propose what was answered already.

    Raises:
        Conflict: a side refused, or both agreed by themselves.
    """
    if REFUSES in (by_enterprise, by_institution):
        raise Conflict(_("这一对有一方已表示不见，不能再提议。"))
    if by_enterprise and by_institution:
        raise Conflict(_("双方都已同意，无需提议。"))


def require_agreed(by_enterprise: int | None, by_institution: int | None) -> None:
    """Refuse to fix a meeting of a pair that has not agreed.

    Raises:
        Conflict: not both sides said yes.
    """
    if not (by_enterprise and by_institution):
        raise Conflict(_("只有双方都同意的洽谈才能指定时段；可以先提议，双方答复后再指定。"))


def locks_with(
    fixed: Iterable[FixedPair], agreed: Collection[tuple[int, int]], locks: Iterable[Lock] = ()
) -> tuple[Lock, ...]:
    """Return the fixed meetings of pairs that still agree, as the planner takes them (slots from 1).

    Args:
        agreed: (institution, enterprise) of every pair that may meet; a refusal beats what was fixed.
        locks: rows of an earlier timetable that keep their place; of a fixed pair only what is fixed counts.
    """
    fixed = [one for one in fixed if one.slot is not None]
    pairs = {(str(one.institution), str(one.enterprise)) for one in fixed}
    return (
        *(lock for lock in locks if (lock.bank_id, lock.firm_id) not in pairs),
        *(
            Lock(str(one.institution), str(one.enterprise), one.slot + 1, one.desk)
            for one in fixed
            if one.slot is not None and (one.institution, one.enterprise) in agreed
        ),
    )


def must_haves(fixed: Iterable[FixedPair]) -> set[tuple[int, int]]:
    """Return (institution, enterprise) of what must be held in whichever slot."""
    return {(one.institution, one.enterprise) for one in fixed if one.slot is None}
