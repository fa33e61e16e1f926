"""What makes a problem unusable: every contradiction that can be seen before planning, as a sentence.

Decides the refusals only. A wish that cannot be met is no contradiction: it is left out with its condition
(`leftout`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import chain
from typing import TypeVar

from ipfin.events.timetable.problem import (
    MAX_PAIRS,
    MAX_PARTICIPANTS,
    MAX_SLOTS,
    MAX_TABLES,
    MAX_VALUE,
    Bank,
    Firm,
    Lock,
    MeetingProblem,
    Pair,
    PairKey,
)
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _, listed


def check(problem: MeetingProblem) -> None:
    """Refuse a problem that contradicts itself.

    Raises:
        BadInput: with the first contradiction in words, and how many more there are.
    """
    found = contradictions(problem)
    if not found:
        return
    if len(found) == 1:
        raise BadInput(found[0])
    raise BadInput(_("%(first)s（另有%(more)d处问题）", first=found[0], more=len(found) - 1))


def contradictions(problem: MeetingProblem) -> list[Text]:
    """Return every contradiction as a sentence: first of the sizes, then of people, pairs and locks."""
    sizes = list(_about_sizes(problem))
    if sizes:  # nothing else can be judged against slots or tables that make no sense
        return sizes
    people = list(chain(_about_participants(problem), _about_pairs(problem)))
    return people or list(chain(_about_locks(problem), _about_precedences(problem)))


def _about_sizes(problem: MeetingProblem) -> Iterator[Text]:
    limits = (
        (_("时段数"), problem.slots, 1, MAX_SLOTS),
        (_("洽谈桌数"), problem.tables, 1, MAX_TABLES),
        (_("银行数"), len(problem.banks), 0, MAX_PARTICIPANTS),
        (_("企业数"), len(problem.firms), 0, MAX_PARTICIPANTS),
        (_("意向对数"), len(problem.pairs), 0, MAX_PAIRS),
    )
    for what, size, least, most in limits:
        if not least <= size <= most:
            yield _(
                "%(what)s应在%(least)d到%(most)d之间，现为%(size)d。",
                what=what,
                least=least,
                most=most,
                size=size,
            )
    for slot in sorted(problem.breaks):
        if not 1 <= slot <= problem.slots:
            yield _("休息时段%(slot)d不存在，本场共%(slots)d个时段。", slot=slot, slots=problem.slots)


Thing = TypeVar("Thing", str, int, tuple[str, str], tuple[str, int])


def _repeated(things: Iterable[Thing]) -> list[Thing]:
    return sorted(thing for thing, times in Counter(things).items() if times > 1)


def _about_participants(problem: MeetingProblem) -> Iterator[Text]:
    for bank_id in _repeated(bank.id for bank in problem.banks):
        yield _("银行编号“%(id)s”重复，请合并为一行。", id=bank_id)
    for firm_id in _repeated(firm.id for firm in problem.firms):
        yield _("企业编号“%(id)s”重复，请合并为一行。", id=firm_id)
    for bank in problem.banks:
        if bank.desks < 1:
            yield _("银行“%(name)s”的席位数应至少为1，现为%(desks)d。", name=bank.label, desks=bank.desks)
        yield from _about_windows(bank, problem.slots)
    everyone: tuple[Bank | Firm, ...] = (*problem.banks, *problem.firms)
    for one in everyone:
        yield from _about_one(one, problem.slots)


def _about_windows(bank: Bank, slots: int) -> Iterator[Text]:
    if len(bank.desk_away) > bank.desks:
        yield _(
            "银行“%(name)s”只有%(desks)d个席位，却写了%(windows)d个席位的缺席时段。",
            name=bank.label,
            desks=bank.desks,
            windows=len(bank.desk_away),
        )
    for slot in sorted(frozenset().union(*bank.desk_away)):
        if not 1 <= slot <= slots:
            yield _(
                "“%(name)s”的缺席时段%(slot)d不存在，本场共%(slots)d个时段。",
                name=bank.label,
                slot=slot,
                slots=slots,
            )


def _about_one(one: Bank | Firm, slots: int) -> Iterator[Text]:
    if one.max_meetings is not None and one.max_meetings < 0:
        yield _("“%(name)s”的场次上限不能为负数。", name=one.label)
    if one.min_meetings < 0:
        yield _("“%(name)s”的最低场次不能为负数。", name=one.label)
    if one.max_meetings is not None and one.min_meetings > max(one.max_meetings, 0):
        yield _(
            "“%(name)s”的最低场次%(least)d大于场次上限%(most)d。",
            name=one.label,
            least=one.min_meetings,
            most=one.max_meetings,
        )
    for slot in sorted(one.away):
        if not 1 <= slot <= slots:
            yield _(
                "“%(name)s”的缺席时段%(slot)d不存在，本场共%(slots)d个时段。",
                name=one.label,
                slot=slot,
                slots=slots,
            )


def _about_pairs(problem: MeetingProblem) -> Iterator[Text]:
    banks = {bank.id: bank.label for bank in problem.banks}
    firms = {firm.id: firm.label for firm in problem.firms}
    for bank_id, firm_id in _repeated((pair.bank_id, pair.firm_id) for pair in problem.pairs):
        yield _(
            "“%(bank)s”与“%(firm)s”的意向重复，请只保留一行。",
            bank=banks.get(bank_id, bank_id),
            firm=firms.get(firm_id, firm_id),
        )
    for pair in problem.pairs:
        if pair.bank_id not in banks:
            yield _("意向中的银行“%(id)s”不在参会银行中。", id=pair.bank_id)
        if pair.firm_id not in firms:
            yield _("意向中的企业“%(id)s”不在参会企业中。", id=pair.firm_id)
        if not 1 <= pair.value <= MAX_VALUE:
            yield _(
                "“%(bank)s”与“%(firm)s”的分值应为1到%(most)d的整数，现为%(value)s。",
                bank=banks.get(pair.bank_id, pair.bank_id),
                firm=firms.get(pair.firm_id, pair.firm_id),
                most=MAX_VALUE,
                value=pair.value,
            )
        yield from _about_slots(pair, problem, banks, firms)


def _about_slots(
    pair: Pair, problem: MeetingProblem, banks: dict[str, str], firms: dict[str, str]
) -> Iterator[Text]:
    if pair.slots is None:
        return
    named = {
        "bank": banks.get(pair.bank_id, pair.bank_id),
        "firm": firms.get(pair.firm_id, pair.firm_id),
    }
    if not pair.slots:
        yield _("“%(bank)s”与“%(firm)s”的可用时段为空，请至少写一个时段；不限时段就不写。", **named)
    for slot in sorted(pair.slots):
        if not 1 <= slot <= problem.slots:
            yield _(
                "“%(bank)s”与“%(firm)s”的可用时段%(slot)d不存在，本场共%(slots)d个时段。",
                slot=slot,
                slots=problem.slots,
                **named,
            )


def _about_locks(problem: MeetingProblem) -> Iterator[Text]:
    banks = {bank.id: bank for bank in problem.banks}
    firms = {firm.id: firm for firm in problem.firms}
    wished = {pair.key: pair for pair in problem.pairs}
    usable = []
    for lock in problem.locks:
        if (lock.bank_id, lock.firm_id) in wished:
            usable.append(lock)
            yield from _about_lock(lock, banks[lock.bank_id], firms[lock.firm_id], problem)
            allowed = wished[lock.bank_id, lock.firm_id].slots
            if allowed is not None and lock.slot not in allowed:
                yield _(
                    "锁定的洽谈“%(bank)s”与“%(firm)s”在第%(slot)d时段，不在其可用时段内。",
                    bank=banks[lock.bank_id].label,
                    firm=firms[lock.firm_id].label,
                    slot=lock.slot,
                )
        else:
            yield _(
                "锁定的洽谈“%(bank)s”与“%(firm)s”不在双方同意的意向中，不能安排。",
                bank=banks[lock.bank_id].label if lock.bank_id in banks else lock.bank_id,
                firm=firms[lock.firm_id].label if lock.firm_id in firms else lock.firm_id,
            )
    for bank_id, firm_id in _repeated((lock.bank_id, lock.firm_id) for lock in usable):
        yield _(
            "“%(bank)s”与“%(firm)s”的洽谈被锁定了两次，请只保留一次。",
            bank=banks[bank_id].label,
            firm=firms[firm_id].label,
        )
    yield from _locks_of_firms(usable, firms)
    yield from _locks_of_banks(usable, banks)
    yield from _locks_of_the_hall(usable, problem.tables)


def _about_lock(lock: Lock, bank: Bank, firm: Firm, problem: MeetingProblem) -> Iterator[Text]:
    named = {"bank": bank.label, "firm": firm.label, "slot": lock.slot}
    if not 1 <= lock.slot <= problem.slots:
        yield _("锁定的洽谈“%(bank)s”与“%(firm)s”在第%(slot)d时段，本场没有这个时段。", **named)
    if lock.slot in problem.breaks:
        yield _("锁定的洽谈“%(bank)s”与“%(firm)s”在第%(slot)d时段，该时段为休息。", **named)
    if lock.slot in bank.away:
        yield _("锁定的洽谈“%(bank)s”与“%(firm)s”在第%(slot)d时段，但“%(bank)s”该时段缺席。", **named)
    if lock.slot in firm.away:
        yield _("锁定的洽谈“%(bank)s”与“%(firm)s”在第%(slot)d时段，但“%(firm)s”该时段缺席。", **named)
    if lock.table is not None and not 1 <= lock.table <= problem.tables:
        yield _(
            "锁定的洽谈“%(bank)s”与“%(firm)s”在%(table)d号桌，本场没有这张桌。", table=lock.table, **named
        )


def _locks_of_firms(locks: list[Lock], firms: dict[str, Firm]) -> Iterator[Text]:
    for firm_id, slot in _repeated((lock.firm_id, lock.slot) for lock in locks):
        yield _(
            "企业“%(firm)s”在第%(slot)d时段被锁定了两场洽谈，请改动其中一场。",
            firm=firms[firm_id].label,
            slot=slot,
        )
    yield from _locks_above_limits(Counter(lock.firm_id for lock in locks), firms)


def _locks_of_banks(locks: list[Lock], banks: dict[str, Bank]) -> Iterator[Text]:
    for (bank_id, slot), times in sorted(Counter((lock.bank_id, lock.slot) for lock in locks).items()):
        if times > (desks := banks[bank_id].desks_in(slot) or banks[bank_id].desks):
            yield _(
                "银行“%(bank)s”在第%(slot)d时段锁定了%(times)d场洽谈，但只有%(desks)d个席位。",
                bank=banks[bank_id].label,
                slot=slot,
                times=times,
                desks=desks,
            )
    yield from _locks_above_limits(Counter(lock.bank_id for lock in locks), banks)


def _locks_above_limits(locked: Counter[str], ones: dict[str, Bank] | dict[str, Firm]) -> Iterator[Text]:
    for one_id, times in sorted(locked.items()):
        one = ones[one_id]
        if one.max_meetings is not None and times > one.max_meetings:
            yield _(
                "“%(name)s”锁定了%(times)d场洽谈，超过其上限%(most)d场。",
                name=one.label,
                times=times,
                most=one.max_meetings,
            )


def _locks_of_the_hall(locks: list[Lock], tables: int) -> Iterator[Text]:
    for slot, times in sorted(Counter(lock.slot for lock in locks).items()):
        if times > tables:
            yield _(
                "第%(slot)d时段锁定了%(times)d场洽谈，但全场只有%(tables)d张桌。",
                slot=slot,
                times=times,
                tables=tables,
            )
    placed = Counter((lock.slot, lock.table) for lock in locks if lock.table is not None)
    for (slot, table), times in sorted(placed.items()):
        if times > 1:
            yield _("第%(slot)d时段%(table)d号桌锁定了%(times)d场洽谈。", slot=slot, table=table, times=times)


def _about_precedences(problem: MeetingProblem) -> Iterator[Text]:
    banks = {bank.id: bank.label for bank in problem.banks}
    firms = {firm.id: firm.label for firm in problem.firms}
    wished = {pair.key for pair in problem.pairs}

    def said(pair: PairKey) -> Text:
        bank, firm = pair
        return _("“%(bank)s”与“%(firm)s”", bank=banks.get(bank, bank), firm=firms.get(firm, firm))

    after: dict[PairKey, set[PairKey]] = {}
    for order in problem.precedences:
        for pair in (order.earlier, order.later):
            if pair not in wished:
                yield _("先后要求中的%(pair)s不在双方同意的意向中。", pair=said(pair))
        if order.earlier == order.later:
            yield _("先后要求写的是同一场洽谈：%(pair)s。", pair=said(order.earlier))
        else:
            after.setdefault(order.later, set()).add(order.earlier)
    try:
        TopologicalSorter(after).prepare()
    except CycleError as error:
        around = [said(pair) for pair in sorted(set(error.args[1]))]
        yield _("先后要求成环：%(pairs)s。", pairs=listed(around))
    yield from _locks_in_order(problem, said)


def _locks_in_order(problem: MeetingProblem, said: Callable[[PairKey], Text]) -> Iterator[Text]:
    locked = {(lock.bank_id, lock.firm_id): lock.slot for lock in problem.locks}
    for order in problem.precedences:
        first, then = locked.get(order.earlier), locked.get(order.later)
        if first is not None and then is not None and first >= then:
            yield _(
                "锁定的洽谈%(later)s在第%(then)d时段，按先后要求应晚于%(earlier)s（第%(first)d时段）。",
                later=said(order.later),
                then=then,
                earlier=said(order.earlier),
                first=first,
            )
