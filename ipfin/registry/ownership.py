"""What follows when a list names other owners than those that stand, or another value than a settled one.

Decides which of two statements holds, and whether a person has to look. Pure. The rules, in this order:

1. A value that a person settled (an accepted correction, a decided conflict) is never overwritten by a
   list. A list of its day or before is older and says nothing new; one of a later day that says otherwise
   goes to review, unless it repeats what the person has already turned down.
2. Of one source the later list holds: the former owner's time ends and the new one's begins. So it does
   where the list itself says that the right was transferred.
3. Of two sources the later list holds too, but nobody can tell a transfer from an error: a person is asked.
   On the same day, and where an older list speaks of a day on which the present owner is known to have
   held the patent, what stands stays and a person is asked.
4. Any other older list speaks of the time before, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from ipfin.kernel.lifecycle import Lifecycle
from ipfin.kernel.text import Text, _

HOLDERS: Final = "holders"
CONTESTED: Final = "contested"  # codes of rows whose value a person has to look at,
SETTLED: Final = "settled"  # or that repeat what a person has turned down


class ConflictState(StrEnum):
    """Where a disagreement of two sources stands (来源不一致的状态)."""

    OPEN = "open"  # 待决定
    HELD = "held"  # 保留原值
    TOLD = "told"  # 采用名单
    SUPERSEDED = "superseded"  # 已被后来的名单取代


CONFLICT_LABELS: Final[Mapping[ConflictState, Text]] = {
    ConflictState.OPEN: _("待决定"),
    ConflictState.HELD: _("保留原值"),
    ConflictState.TOLD: _("采用名单"),
    ConflictState.SUPERSEDED: _("已被后来的名单取代"),
}

CONFLICT_LIFECYCLE: Final = Lifecycle[ConflictState](
    {
        ConflictState.OPEN: frozenset({ConflictState.HELD, ConflictState.TOLD, ConflictState.SUPERSEDED}),
        ConflictState.HELD: frozenset({ConflictState.OPEN}),
        ConflictState.TOLD: frozenset({ConflictState.OPEN}),
        ConflictState.SUPERSEDED: frozenset({ConflictState.OPEN}),
    },
    subject=_("来源不一致"),
    labels=CONFLICT_LABELS,
)


class Verdict(StrEnum):
    """What a list's owners do."""

    TAKEN = "taken"  # they hold from the list's day on
    TAKEN_CONTESTED = "taken_contested"  # they hold, and a person is asked
    CONTESTED = "contested"  # what stands stays, and a person is asked
    SETTLED = "settled"  # what stands stays: a person turned this very value down before
    OLDER = "older"  # what stands stays: the list speaks of an earlier day


@dataclass(frozen=True, slots=True)
class Stands:
    """Who holds a patent: since when as far as known, told last by which source on which day."""

    owners: frozenset[str]
    since: date | None
    told_on: date
    source: str
    settled_on: date | None = None  # a person settled it on this day


def judge(
    stands: Stands,
    told: frozenset[str],
    *,
    as_of: date,
    source: str,
    tells_transfer: bool,
    turned_down: Collection[frozenset[str]] = (),
) -> Verdict:
    """Return what a list does that names the owners `told`, which differ from those that stand.

    Args:
        source: who gave the list, in words.
        tells_transfer: the list's row itself says that the right was transferred.
        turned_down: owners that a person decided against.
    """
    if stands.settled_on is not None:
        if told in turned_down:
            return Verdict.SETTLED
        return Verdict.OLDER if as_of <= stands.settled_on else Verdict.CONTESTED
    if not stands.owners:
        return Verdict.TAKEN
    is_same_source = _word(source) == _word(stands.source)
    if as_of < stands.told_on:
        is_within = stands.since is not None and as_of >= stands.since
        return Verdict.CONTESTED if is_within and not is_same_source else Verdict.OLDER
    if is_same_source or (tells_transfer and as_of > stands.told_on):
        return Verdict.TAKEN
    return Verdict.CONTESTED if as_of == stands.told_on else Verdict.TAKEN_CONTESTED


def _word(source: str) -> str:
    return "".join(source.split()).casefold()
