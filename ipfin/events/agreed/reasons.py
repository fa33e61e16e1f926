"""Why not all talks can be held, in words that a person can check; and the slots that are left otherwise.

Decides which contradictions are found without search: a talk without a slot, an order that is a circle or
that the slots forbid, a participant with more talks than slots, talks that fixed ones leave nothing, too few
tables. Each names its witness. What none of these explains is decided by search (`dropping`) and says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from graphlib import CycleError, TopologicalSorter

from ipfin.events.agreed.hall import Hall, bits
from ipfin.events.agreed.matching import contenders
from ipfin.kernel.text import Text, _, listed


class Condition(StrEnum):
    """What forbids that all talks are held."""

    NO_SLOT = "no_slot"  # 没有可用时段
    ORDER_IS_A_CIRCLE = "order_is_a_circle"  # 先后要求成环
    ORDER_AGAINST_SLOTS = "order_against_slots"  # 先后要求与可用时段矛盾
    TOO_MANY_TALKS = "too_many_talks"  # 场次多于可用时段
    NOTHING_LEFT = "nothing_left"  # 时段已被固定的洽谈占用
    TOO_FEW_TABLES = "too_few_tables"  # 洽谈桌不够
    TOGETHER = "together"  # 由搜索证明不能同时满足
    NO_ROOM_FOUND = "no_room_found"  # 时限内未能排入


CONDITION_LABELS: Mapping[Condition, Text] = {
    Condition.NO_SLOT: _("没有可用时段"),
    Condition.ORDER_IS_A_CIRCLE: _("先后要求成环"),
    Condition.ORDER_AGAINST_SLOTS: _("先后要求与可用时段矛盾"),
    Condition.TOO_MANY_TALKS: _("场次多于可用时段"),
    Condition.NOTHING_LEFT: _("时段已被固定的洽谈占用"),
    Condition.TOO_FEW_TABLES: _("洽谈桌不够"),
    Condition.TOGETHER: _("各项要求不能同时满足"),
    Condition.NO_ROOM_FOUND: _("时限内未能排入"),
}


@dataclass(frozen=True, slots=True)
class Reason:
    """A contradiction: the talks and the participant it is about (ids), the slots, and the sentence."""

    condition: Condition
    talks: tuple[str, ...]
    participants: tuple[str, ...]
    slots: tuple[int, ...]
    text: Text


@dataclass(frozen=True, slots=True)
class Tightened:
    """The slots that are left to each talk (bits), or the reasons why not all can be held."""

    domain: tuple[int, ...]
    reasons: tuple[Reason, ...]


def tighten(hall: Hall) -> Tightened:
    """Take out slots that no plan with all talks can use, until nothing changes or a conflict shows."""
    work = _Work(hall)
    while not work.reasons and work.changed:
        work.changed = False
        steps = (work.empty, work.circle, work.order, work.degrees, work.fixed, work.needed, work.tables)
        for step in steps:
            step()
            if work.reasons:
                break
    return Tightened(tuple(work.domain), tuple(work.reasons))


def apart(reasons: Sequence[Reason]) -> int:
    """So many reasons share no talk: at least so many talks must be dropped."""
    seen: set[str] = set()
    count = 0
    for reason in sorted(reasons, key=lambda one: len(one.talks)):
        if seen.isdisjoint(reason.talks):
            seen.update(reason.talks)
            count += 1
    return count


class _Work:
    """Domains that shrink, and what was found impossible; every step finds all of its kind."""

    def __init__(self, hall: Hall) -> None:
        self.hall, self.domain = hall, list(hall.domain)
        self.reasons: list[Reason] = []
        self.changed = True
        self.earlier: dict[int, list[int]] = defaultdict(list)
        for earlier, later in hall.order:
            self.earlier[later].append(earlier)

    def empty(self) -> None:
        """Talks that never had a slot."""
        for talk in self.hall.talks:
            if not self.domain[talk]:
                words = _("洽谈%(talk)s没有双方都能到场的可用时段。", talk=self.said(talk))
                self.add(Condition.NO_SLOT, [talk], self.hall.ends[talk], 0, words)

    def circle(self) -> None:
        """An order in which each waits for the next."""
        try:
            self.sequence = tuple(TopologicalSorter(self.earlier).static_order())
        except CycleError as error:
            around = sorted(set(error.args[1]))
            words = _("先后要求成环：%(talks)s。", talks=listed(map(self.said, around)))
            self.add(Condition.ORDER_IS_A_CIRCLE, around, (), 0, words)

    def order(self) -> None:
        """Earliest and latest slots along the order."""
        for later in self.sequence:
            for earlier in self.earlier[later]:
                if self.domain[earlier]:
                    first = (self.domain[earlier] & -self.domain[earlier]).bit_length()
                    self.narrow(later, ~((1 << first) - 1), (earlier, later))
        for later in reversed(self.sequence):
            for earlier in self.earlier[later]:
                if self.domain[later]:
                    last = self.domain[later].bit_length() - 1
                    self.narrow(earlier, (1 << last) - 1, (earlier, later))

    def narrow(self, talk: int, allowed: int, pair: tuple[int, int]) -> None:
        """Keep the `allowed` slots of a talk; say so when the order of `pair` leaves none."""
        had = self.domain[talk]
        if not had & ~allowed:
            return
        self.changed = True
        self.domain[talk] = had & allowed
        if not self.domain[talk]:
            other = pair[0] if talk == pair[1] else pair[1]
            slots = {talk: had, other: self.domain[other]}
            words = _(
                "洽谈%(first)s须在%(second)s之前，但前者只能在%(one)s，后者只能在%(other)s。",
                first=self.said(pair[0]),
                second=self.said(pair[1]),
                one=in_words(slots[pair[0]]),
                other=in_words(slots[pair[1]]),
            )
            self.add(Condition.ORDER_AGAINST_SLOTS, pair, (), had | self.domain[other], words)

    def degrees(self) -> None:
        """Participants with more talks than slots, all together or some of them."""
        for who, talks in enumerate(self.hall.talks_of):
            many, slots = contenders({talk: self.domain[talk] for talk in talks})
            if not many:
                continue
            words = _(
                "“%(who)s”有%(talks)d场洽谈，却只有%(slots)d个可用时段（%(which)s）。",
                who=self.hall.task.participants[who].label,
                talks=len(many),
                slots=slots.bit_count(),
                which=in_words(slots),
            )
            self.add(Condition.TOO_MANY_TALKS, many, (who,), slots, words)

    def needed(self) -> None:
        """When a participant needs all its slots, one that only one talk can have is that talk's own."""
        for talks in self.hall.talks_of:
            every = 0
            for talk in talks:
                every |= self.domain[talk]
            if len(talks) != every.bit_count():
                continue
            for slot in bits(every):
                able = [talk for talk in talks if self.domain[talk] >> slot & 1]
                if len(able) == 1 and self.domain[able[0]] != 1 << slot:
                    self.domain[able[0]] = 1 << slot
                    self.changed = True

    def fixed(self) -> None:
        """Slots taken by talks that have no choice; those that were given none come first."""
        for talk in sorted(self.hall.talks, key=lambda one: self.hall.domain[one].bit_count() != 1):
            if self.domain[talk].bit_count() != 1:
                continue
            for who in self.hall.ends[talk]:
                for other in self.hall.talks_of[who]:
                    if other != talk and self.domain[other] & self.domain[talk]:
                        self.domain[other] &= ~self.domain[talk]
                        self.changed = True
                        self.say_if_nothing_is_left(other)

    def say_if_nothing_is_left(self, talk: int) -> None:
        """The talk has lost its last slot to fixed ones: name them."""
        if self.domain[talk]:
            return
        takers = [
            other
            for who in self.hall.ends[talk]
            for other in self.hall.talks_of[who]
            if self.domain[other].bit_count() == 1 and self.domain[other] & self.hall.domain[talk]
        ]
        words = _(
            "洽谈%(talk)s没有剩下的共同时段：%(slots)s已被双方别无选择的%(count)d场洽谈占用。",
            talk=self.said(talk),
            slots=in_words(self.hall.domain[talk]),
            count=len(takers),
        )
        slots = self.hall.domain[talk]
        self.add(Condition.NOTHING_LEFT, [talk, *takers], self.hall.ends[talk], slots, words)

    def tables(self) -> None:
        """More talks than places in some set of slots that talks share."""
        kinds: dict[int, int] = defaultdict(int)
        for talk in self.hall.talks:
            kinds[self.domain[talk]] += 1
        for slots in _unions(kinds):
            talks = [talk for talk in self.hall.talks if not self.domain[talk] & ~slots]
            places = self.hall.tables * slots.bit_count()
            if len(talks) > places:
                words = _(
                    "%(talks)d场洽谈只能在%(which)s，那里只有%(places)d个桌次。",
                    talks=len(talks),
                    which=in_words(slots),
                    places=places,
                )
                self.add(Condition.TOO_FEW_TABLES, talks, (), slots, words)
                return

    def add(
        self, condition: Condition, talks: Sequence[int], who: Sequence[int], slots: int, words: Text
    ) -> None:
        """Keep a reason."""
        task = self.hall.task
        self.reasons.append(
            Reason(
                condition,
                tuple(task.talks[talk].id for talk in talks),
                tuple(task.participants[one].id for one in who),
                tuple(slot + 1 for slot in bits(slots)),
                words,
            )
        )

    def said(self, talk: int) -> Text:
        """A talk in words."""
        return talk_in_words(self.hall, talk)


def talk_in_words(hall: Hall, talk: int) -> Text:
    """A talk with its id and both participants."""
    one, other = (hall.task.participants[end].label for end in hall.ends[talk])
    return _("“%(id)s”（%(one)s与%(other)s）", id=hall.task.talks[talk].id, one=one, other=other)


def in_words(slots: int) -> Text:
    """Slots as runs: 第1–3、7时段."""
    said = []
    places = [slot + 1 for slot in bits(slots)]
    while places:
        length = next((n for n in range(1, len(places)) if places[n] != places[0] + n), len(places))
        said.append(str(places[0]) if length == 1 else f"{places[0]}–{places[length - 1]}")
        places = places[length:]
    return _("第%(slots)s时段", slots=listed(said)) if said else _("无时段")


_MOST_KINDS = 8


def _unions(kinds: Mapping[int, int]) -> Iterator[int]:
    """The sets of slots worth counting: each kind, all together, and every union when kinds are few."""
    every = sorted(kinds)
    if len(every) <= _MOST_KINDS:
        for choice in range(1, 1 << len(every)):
            union = 0
            for place in bits(choice):
                union |= every[place]
            yield union
        return
    yield from every
    union = 0
    for slots in every:
        union |= slots
    yield union
