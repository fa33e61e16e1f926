"""What a meeting is worth, from what both sides said (会谈意愿的分值). Pure.

Decides the value of a pair, and that a pair may meet only when both sides said yes. Does not decide who
meets: that is planned from the values by `timetable`. The rule stands in docs/rules/meeting-values.md.

Each side says of the other nothing, 1 (愿意), 2 (希望) or 3 (很希望), or 0 (不见). Both said yes: 20 points
and 10 for each step of either. Anything else is no pair: silence is no consent, and a refusal is final. A
proposal of the office that a side accepts is its yes like any other (`proposals`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ipfin.events.lifecycle import Side
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _

REFUSES: Final = 0
MUTUAL_BASE: Final = 20
MUTUAL_STEP: Final = 10

STRENGTH_LABELS: Mapping[int, Text] = {
    3: _("很希望"),
    2: _("希望"),
    1: _("愿意"),
    0: _("不见"),
}


class DayPart(StrEnum):
    """When a side would meet the other (洽谈时段意愿)."""

    ANY = "any"  # 不限
    MORNING = "morning"  # 上午
    AFTERNOON = "afternoon"  # 下午


DAY_PART_LABELS: Mapping[DayPart, Text] = {
    DayPart.ANY: _("不限"),
    DayPart.MORNING: _("上午"),
    DayPart.AFTERNOON: _("下午"),
}


Word = tuple[int, DayPart] | None
"""What one side says of another: how strongly and when; None says nothing."""


def word_of(strength: int | None, part: DayPart) -> Word:
    """Return a word; when to meet is nobody's question once a side refuses."""
    if strength is None:
        return None
    return (strength, DayPart.ANY if strength == REFUSES else part)


def touched(seen: Mapping[int, Word], wanted: Mapping[int, Word]) -> dict[int, Word]:
    """Return of what is wanted only what the person changed from what he saw."""
    return {other: word for other, word in wanted.items() if other not in seen or word != seen[other]}


def clashes(seen: Mapping[int, Word], wanted: Mapping[int, Word], stands: Mapping[int, Word]) -> set[int]:
    """Return whom a colleague said something else of since it was read, and this person, too."""
    return {
        other
        for other, word in touched(seen, wanted).items()
        if other in seen and stands.get(other) not in (seen[other], word)
    }


@dataclass(frozen=True, slots=True)
class WishSaid:
    """One side's word about the other; ids are those of registrations, `strength` 0 to 3."""

    by: Side
    institution: int
    enterprise: int
    strength: int
    part: DayPart = DayPart.ANY


@dataclass(frozen=True, slots=True)
class PairValue:
    """A pair that may meet because both sides said yes, what it is worth, points, and when each would."""

    institution: int
    enterprise: int
    value: int
    parts: frozenset[DayPart] = frozenset()  # morning, afternoon, or both when they said different things


@dataclass(frozen=True, slots=True)
class WishBook:
    """All pairs of an event that may meet, and how many may not.

    Args:
        one_sided: pairs that one side asked for and the other has not answered.
        refused: pairs that one side or both refused.
    """

    pairs: tuple[PairValue, ...]
    one_sided: int
    refused: int

    @property
    def mutual(self) -> int:
        """How many pairs both sides said yes to."""
        return len(self.pairs)


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
    if not by_enterprise or not by_institution:
        return 0
    return MUTUAL_BASE + MUTUAL_STEP * (by_enterprise + by_institution)


def wish_book(said: Iterable[WishSaid]) -> WishBook:
    """Return the pairs that may meet, in the order of their ids.

    Args:
        said: what was said, each side at most once about each other.
    """
    words: dict[tuple[int, int], dict[Side, int]] = {}
    parts: dict[tuple[int, int], set[DayPart]] = {}
    for word in said:
        pair = (word.institution, word.enterprise)
        words.setdefault(pair, {})[word.by] = word.strength
        parts.setdefault(pair, set()).add(word.part)
    pairs = []
    refused = 0
    for (institution, enterprise), by in sorted(words.items()):
        value = pair_value(by.get(Side.ENTERPRISE), by.get(Side.INSTITUTION))
        refused += REFUSES in by.values()
        if value:
            when = frozenset(parts[institution, enterprise] - {DayPart.ANY})
            pairs.append(PairValue(institution, enterprise, value, when))
    return WishBook(tuple(pairs), len(words) - len(pairs) - refused, refused)
