"""Which of two records that are one firm stays, and when none can: the rules of a merge.

1. Two different credit codes that both check are two legal persons; two codes of which none checks
   cannot be told apart by us. Neither is merged. Of a right and a wrong code the right one stays.
2. The record with a code stays: the code is what others refer to.
3. While a whitelist round or directory issue that is not yet published speaks of one of them, nothing
   is merged: what a second person is looking at must not change under his eyes.
4. What only one firm can have (an admission in force, an account of the platform, a conduct record, a
   place at a coming event) stays where it is, so its holder stays. If both have it, one must be ended
   first by the people whose business it is.
5. A line of a published issue is a copy and does not change; the record that stands in one stays. If
   both do, either may: the next issue tells the change.
Rules that name different records are a contradiction, and nothing is merged. What is left is the
office's choice; the record with more patents is proposed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import Text, _


class HoldKind(StrEnum):
    """How a fact above the registry binds a record (约束)."""

    OPEN = "open"  # 办理中: nothing may be merged
    SINGLE = "single"  # 唯一: its holder stays, and only one may hold it
    SHOWN = "shown"  # 已公布: its holder stays, both may hold it


@dataclass(frozen=True, slots=True)
class Hold:
    """One such fact: what it is (the same word for both records), and a sentence that names it."""

    kind: HoldKind
    what: str
    sentence: Text


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two records."""

    id: int
    name: str
    credit_code: str
    code_checks: bool
    patents: int
    holds: tuple[Hold, ...] = ()


def possible_survivors(one: Side, other: Side) -> tuple[int, ...]:
    """Return the ids of the records that may stay, the proposed one first.

    Raises:
        Conflict: none may; the sentence says why and what to do.
    """
    sides = sorted((one, other), key=lambda side: (-side.patents, side.id))
    for side in sides:
        for hold in side.holds:
            if hold.kind is HoldKind.OPEN:
                raise Conflict(_("%(why)s办结之前不能归并。", why=hold.sentence))
    demands = [*_by_code(*sides), *_by_holds(*sides)]
    wanted = {side.id for side, _why in demands}
    if len(wanted) > 1:
        first, second = demands[0], next(d for d in demands if d[0].id != demands[0][0].id)
        raise Conflict(
            _(
                "两条记录都不能并入对方：%(first)s%(second)s请先由经办人处理其中一项。",
                first=first[1],
                second=second[1],
            )
        )
    return tuple(side.id for side in sides if not wanted or side.id in wanted)


def _by_code(a: Side, b: Side) -> list[tuple[Side, Text]]:
    """Return the record that its credit code makes stay (rules 1 and 2)."""
    if a.credit_code and b.credit_code and a.credit_code != b.credit_code:
        if a.code_checks == b.code_checks:
            raise Conflict(
                _(
                    "%(a)s与%(b)s的统一社会信用代码不同（%(code)s，%(other)s），是两家企业，不能归并。",
                    a=a.name,
                    b=b.name,
                    code=a.credit_code,
                    other=b.credit_code,
                )
                if a.code_checks
                else _(
                    "%(a)s与%(b)s的统一社会信用代码不同且都未通过校验，请先核对代码再归并。",
                    a=a.name,
                    b=b.name,
                )
            )
        right = a if a.code_checks else b
        return [(right, _("%(name)s的信用代码通过校验。", name=right.name))]
    return [
        (side, _("%(name)s有信用代码。", name=side.name))
        for side, without in ((a, b), (b, a))
        if side.credit_code and not without.credit_code
    ]


def _by_holds(a: Side, b: Side) -> list[tuple[Side, Text]]:
    """Return the records that something above the registry makes stay (rules 4 and 5)."""
    demands: list[tuple[Side, Text]] = []
    for side, opposite in ((a, b), (b, a)):
        theirs = {hold.what for hold in opposite.holds}
        for hold in side.holds:
            if hold.what not in theirs:
                demands.append((side, hold.sentence))
            elif hold.kind is HoldKind.SINGLE:
                raise Conflict(_("双方都有：%(why)s请先了结其中一方的，再归并。", why=hold.sentence))
    return demands
