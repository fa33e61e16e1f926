"""What a timetable of agreed talks (已约定的洽谈) is made from, and what makes it unusable.

Decides the shape of the input and which input is refused. Who talks to whom is given here; whether all talks
can be held is decided in `reasons` and `dropping`, when they are held in `arrange`.

Slots are counted from 1, as people count them. A session (上午、下午), an agreed hour or an appointment is
said as the slots that a talk may have; the two participants' absences are taken out of them here.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _

MAX_SLOTS = 200
MAX_TABLES = 5_000
MAX_PARTICIPANTS = 2_000
MAX_TALKS = 5_000


@dataclass(frozen=True, slots=True)
class Participant:
    """Whoever is in one talk at a time: a firm, a person, a desk of a bank. `away` are slots without it."""

    id: str
    name: str = ""
    away: frozenset[int] = frozenset()

    @property
    def label(self) -> str:
        """The name for a sentence, or the id when there is no name."""
        return self.name or self.id


@dataclass(frozen=True, slots=True)
class Talk:
    """One agreed talk of two participants; `slots` None means any slot, one slot means it is fixed."""

    id: str
    one: str
    other: str
    slots: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Precedence:
    """The talk `earlier` ends before the talk `later` begins: its slot is smaller, never equal."""

    earlier: str
    later: str


@dataclass(frozen=True, slots=True)
class TalksTask:
    """Everything that agreed talks are arranged from.

    Args:
        slots: number of slots; they are 1..slots.
        tables: at most so many talks in a slot.
        fairness: no participant may have more breaks than another by more than this; None for no such rule.
            A participant without talks has no breaks.
    """

    participants: tuple[Participant, ...]
    talks: tuple[Talk, ...]
    slots: int
    tables: int
    precedences: tuple[Precedence, ...] = ()
    fairness: int | None = 2

    def sha256(self) -> str:
        """Return the digest of everything that the plan depends on."""
        contents = [
            [[p.id, p.name, sorted(p.away)] for p in self.participants],
            [[t.id, t.one, t.other, None if t.slots is None else sorted(t.slots)] for t in self.talks],
            [[p.earlier, p.later] for p in self.precedences],
            [self.slots, self.tables, self.fairness],
        ]
        return hashlib.sha256(json.dumps(contents, ensure_ascii=False).encode()).hexdigest()


def check(task: TalksTask) -> None:
    """Refuse a task that cannot be read as one.

    Raises:
        BadInput: with the first fault in words.
    """
    fault = next(faults(task), None)
    if fault is not None:
        raise BadInput(fault)


def faults(task: TalksTask) -> Iterator[Text]:
    """Tell every fault of the input; talks that merely cannot be held are none (see `reasons`)."""
    return chain(_of_size(task), _of_names(task), _of_slots(task), _of_order(task))


def _of_size(task: TalksTask) -> Iterator[Text]:
    for what, count, most in (
        (_("时段"), task.slots, MAX_SLOTS),
        (_("洽谈桌"), task.tables, MAX_TABLES),
        (_("参会者"), len(task.participants), MAX_PARTICIPANTS),
        (_("洽谈"), len(task.talks), MAX_TALKS),
    ):
        if count < 1 or count > most:
            yield _("%(what)s的数量须在1到%(most)d之间，现为%(count)d。", what=what, most=most, count=count)
    if task.fairness is not None and task.fairness < 0:
        yield _("空档差的上限不能是负数。")


def _of_names(task: TalksTask) -> Iterator[Text]:
    known = {participant.id for participant in task.participants}
    for ids in ([p.id for p in task.participants], [talk.id for talk in task.talks]):
        for twice in (id_ for id_, count in Counter(ids).items() if count > 1):
            yield _("“%(id)s”出现了不止一次。", id=twice)
    for talk in task.talks:
        for one in (talk.one, talk.other):
            if one not in known:
                yield _("洽谈“%(talk)s”的参会者“%(id)s”不在名单中。", talk=talk.id, id=one)
        if talk.one == talk.other:
            yield _("洽谈“%(talk)s”的双方是同一参会者。", talk=talk.id)


def _of_slots(task: TalksTask) -> Iterator[Text]:
    given = [(p.label, p.away) for p in task.participants]
    given += [(talk.id, talk.slots) for talk in task.talks if talk.slots is not None]
    for who, slots in given:
        for slot in sorted(slots):
            if not 1 <= slot <= task.slots:
                yield _("“%(who)s”写了不存在的时段%(slot)d。", who=who, slot=slot)


def _of_order(task: TalksTask) -> Iterator[Text]:
    known = {talk.id for talk in task.talks}
    for precedence in task.precedences:
        for one in (precedence.earlier, precedence.later):
            if one not in known:
                yield _("先后要求提到了不存在的洽谈“%(talk)s”。", talk=one)
        if precedence.earlier == precedence.later:
            yield _("洽谈“%(talk)s”不能排在自己之前。", talk=precedence.earlier)
