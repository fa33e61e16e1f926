"""What is wrong with a plan of agreed talks: judged from the task alone, without anything of the search.

Counts its own breaks, from sets of slots and not from bits; `arrange` refuses to hand out what this refuses.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from ipfin.events.agreed.certificate import HeldTalk
from ipfin.events.agreed.task import TalksTask
from ipfin.kernel.text import Text, _


def violations(task: TalksTask, held: Iterable[HeldTalk], dropped: Iterable[str] = ()) -> list[Text]:
    """Return every broken rule, fairness included; an empty list is a clean plan."""
    rows, gone = list(held), set(dropped)
    slot_of = {row.talk_id: row.slot for row in rows}
    return [
        *_of_talks(task, rows, gone),
        *_of_people(task, slot_of),
        *_of_tables(task, rows),
        *_of_order(task, slot_of),
        *_of_fairness(task, slot_of),
    ]


def breaks_of(task: TalksTask, slot_of: Mapping[str, int]) -> dict[str, int]:
    """The breaks of each participant: idle runs between its first and last talk, of any length."""
    slots: dict[str, set[int]] = {participant.id: set() for participant in task.participants}
    for talk in task.talks:
        if talk.id in slot_of:
            slots[talk.one].add(slot_of[talk.id])
            slots[talk.other].add(slot_of[talk.id])
    return {
        who: sum(1 for slot in mine if slot + 1 not in mine and slot != max(mine))
        for who, mine in slots.items()
    }


def _of_talks(task: TalksTask, rows: list[HeldTalk], gone: set[str]) -> Iterator[Text]:
    known = {talk.id for talk in task.talks}
    count = Counter(row.talk_id for row in rows)
    for talk_id in (*count, *gone):
        if talk_id not in known:
            yield _("排了不存在的洽谈“%(talk)s”。", talk=talk_id)
    for talk in task.talks:
        if count[talk.id] + (talk.id in gone) != 1:
            yield _("洽谈“%(talk)s”应恰好排一次或列为未排入。", talk=talk.id)


def _of_people(task: TalksTask, slot_of: Mapping[str, int]) -> Iterator[Text]:
    away = {participant.id: participant.away for participant in task.participants}
    busy: dict[tuple[str, int], int] = defaultdict(int)
    for talk in task.talks:
        slot = slot_of.get(talk.id)
        if slot is None:
            continue
        if not 1 <= slot <= task.slots or (talk.slots is not None and slot not in talk.slots):
            yield _("洽谈“%(talk)s”不能排在第%(slot)d时段。", talk=talk.id, slot=slot)
        for who in (talk.one, talk.other):
            busy[who, slot] += 1
            if slot in away[who]:
                yield _("“%(who)s”在第%(slot)d时段缺席。", who=who, slot=slot)
    for (who, slot), count in busy.items():
        if count > 1:
            yield _("“%(who)s”在第%(slot)d时段有%(count)d场洽谈。", who=who, slot=slot, count=count)


def _of_tables(task: TalksTask, rows: list[HeldTalk]) -> Iterator[Text]:
    for slot, count in sorted(Counter(row.slot for row in rows).items()):
        if count > task.tables:
            yield _("第%(slot)d时段有%(count)d场洽谈，多于洽谈桌。", slot=slot, count=count)


def _of_order(task: TalksTask, slot_of: Mapping[str, int]) -> Iterator[Text]:
    for rule in task.precedences:
        if rule.earlier in slot_of and rule.later in slot_of and slot_of[rule.earlier] >= slot_of[rule.later]:
            yield _("洽谈“%(one)s”没有排在“%(other)s”之前。", one=rule.earlier, other=rule.later)


def _of_fairness(task: TalksTask, slot_of: Mapping[str, int]) -> Iterator[Text]:
    if task.fairness is None or not task.participants:
        return
    counts = breaks_of(task, slot_of).values()
    if max(counts) - min(counts) > task.fairness:
        yield _("参会者之间的空档差超过%(most)d个。", most=task.fairness)
