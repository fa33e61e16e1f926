"""What a meeting is worth, from what both sides said (会谈意愿的分值). Pure.

Decides the value of a pair, and that a pair is never placed when one side refused. Does not decide who
meets: that is planned from the values by `timetable`. The rule stands in docs/rules/meeting-values.md.

Each side says of the other nothing, 1 (愿意), 2 (希望) or 3 (很希望), or 0 (不见). Both asked: 20 points and
10 for each step of either. One asked and the other said nothing: 5 points for each step, so that two such
meetings together (at most 30) never push out one that both wanted (at least 40). Who signs up is told that
others may ask him and that he can refuse until the timetable is published; the office can also plan
without one-sided pairs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ipfin.events.lifecycle import Side
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _

REFUSES: Final = 0
MUTUAL_BASE: Final = 20
MUTUAL_STEP: Final = 10
ONE_SIDED_STEP: Final = 5

STRENGTH_LABELS: Mapping[int, Text] = {
    3: _("很希望"),
    2: _("希望"),
    1: _("愿意"),
    0: _("不见"),
}


@dataclass(frozen=True, slots=True)
class WishSaid:
    """One side's word about the other; ids are those of registrations, `strength` 0 to 3."""

    by: Side
    institution: int
    enterprise: int
    strength: int


@dataclass(frozen=True, slots=True)
class PairValue:
    """A pair that may meet, and what it is worth, points."""

    institution: int
    enterprise: int
    value: int
    is_mutual: bool


@dataclass(frozen=True, slots=True)
class WishBook:
    """All pairs of an event that may meet, and how many of each kind there are."""

    pairs: tuple[PairValue, ...]
    mutual: int
    one_sided: int
    refused: int


def check_strength(strength: int) -> None:
    """Refuse a strength that is none.

    Raises:
        BadInput: not a whole number from 0 to 3.
    """
    if strength not in STRENGTH_LABELS:
        raise BadInput(_("意愿应为0（不见）到3（很希望）。"), field="strength")


def pair_value(by_enterprise: int | None, by_institution: int | None) -> int:
    """Return the points of a meeting; 0 when it must not be placed.

    Args:
        by_enterprise, by_institution: what each said of the other; None when it said nothing.
    """
    if REFUSES in (by_enterprise, by_institution):
        return 0
    if by_enterprise is not None and by_institution is not None:
        return MUTUAL_BASE + MUTUAL_STEP * (by_enterprise + by_institution)
    return ONE_SIDED_STEP * (by_enterprise or by_institution or 0)


def wish_book(said: Iterable[WishSaid], *, only_mutual: bool = False) -> WishBook:
    """Return the pairs that may meet, in the order of their ids.

    Args:
        said: what was said, each side at most once about each other.
        only_mutual: leave out pairs that only one side asked for.
    """
    words: dict[tuple[int, int], dict[Side, int]] = {}
    for word in said:
        words.setdefault((word.institution, word.enterprise), {})[word.by] = word.strength
    pairs = []
    refused = 0
    for (institution, enterprise), by in sorted(words.items()):
        value = pair_value(by.get(Side.ENTERPRISE), by.get(Side.INSTITUTION))
        refused += value == 0
        if value:
            pairs.append(PairValue(institution, enterprise, value, len(by) == 2))
    mutual = sum(pair.is_mutual for pair in pairs)
    kept = tuple(pair for pair in pairs if pair.is_mutual or not only_mutual)
    return WishBook(kept, mutual, len(pairs) - mutual, refused)
