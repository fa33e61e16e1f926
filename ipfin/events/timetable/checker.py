"""Whether a timetable keeps every rule of its problem, judged without the planner.

Decides nothing: it counts. It shares no code with the planner but the words of problem and meeting, so that a
mistake there cannot hide itself here. It also judges timetables that people changed by hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from ipfin.events.timetable.certificate import Meeting
from ipfin.events.timetable.problem import Bank, Firm, MeetingProblem
from ipfin.kernel.text import Text, _


def violations(problem: MeetingProblem, meetings: Iterable[Meeting]) -> list[Text]:
    """Return a sentence for every rule that the meetings break; an empty list is a clean timetable."""
    held = list(meetings)
    wished = {(pair.bank_id, pair.firm_id) for pair in problem.pairs}
    known, found = [], []
    for meeting in held:
        unknown = list(_unknown(problem, wished, meeting))
        found.extend(unknown)
        if not unknown:
            known.append(meeting)
    for rule in (_absences, _sessions, _doubles, _limits, _hall, _locks, _orders):
        found.extend(rule(problem, known))
    return found


def value_of(problem: MeetingProblem, meetings: Iterable[Meeting]) -> int:
    """Return the points of the meetings, counted from the wishes."""
    worth = {(pair.bank_id, pair.firm_id): pair.value for pair in problem.pairs}
    return sum(worth[meeting.bank_id, meeting.firm_id] for meeting in meetings)


def waiting_of(problem: MeetingProblem, meetings: Iterable[Meeting]) -> tuple[int, int]:
    """Return the slots spent waiting by all firms and by all banks, counted one by one."""
    firms: dict[str, set[int]] = {}
    banks: dict[str, set[int]] = {}
    for meeting in meetings:
        firms.setdefault(meeting.firm_id, set()).add(meeting.slot)
        banks.setdefault(meeting.bank_id, set()).add(meeting.slot)
    return (
        sum(_gaps(problem, busy) for busy in firms.values()),
        sum(_gaps(problem, busy) for busy in banks.values()),
    )


def _gaps(problem: MeetingProblem, busy: set[int]) -> int:
    between = range(min(busy), max(busy) + 1)
    return sum(1 for slot in between if slot not in busy and slot not in problem.breaks)


def _unknown(problem: MeetingProblem, wished: set[tuple[str, str]], meeting: Meeting) -> Iterator[Text]:
    if (meeting.bank_id, meeting.firm_id) not in wished:
        yield _("“%(bank)s”与“%(firm)s”不在双方同意的意向中。", bank=meeting.bank_id, firm=meeting.firm_id)
    if not 1 <= meeting.slot <= problem.slots:
        yield _("第%(slot)d时段不存在。", slot=meeting.slot)
    if not 1 <= meeting.table <= problem.tables:
        yield _("%(table)d号桌不存在。", table=meeting.table)


def _absences(problem: MeetingProblem, meetings: list[Meeting]) -> Iterator[Text]:
    banks = {bank.id: bank for bank in problem.banks}
    firms = {firm.id: firm for firm in problem.firms}
    for meeting in meetings:
        if meeting.slot in problem.breaks:
            yield _("第%(slot)d时段为休息，却安排了洽谈。", slot=meeting.slot)
        sides: tuple[Bank | Firm, ...] = (banks[meeting.bank_id], firms[meeting.firm_id])
        for one in sides:
            if meeting.slot in one.away:
                yield _("“%(name)s”在第%(slot)d时段缺席，却安排了洽谈。", name=one.label, slot=meeting.slot)


def _sessions(problem: MeetingProblem, meetings: list[Meeting]) -> Iterator[Text]:
    allowed = {(pair.bank_id, pair.firm_id): pair.slots for pair in problem.pairs}
    for meeting in meetings:
        slots = allowed[meeting.bank_id, meeting.firm_id]
        if slots is not None and meeting.slot not in slots:
            yield _(
                "“%(bank)s”与“%(firm)s”的洽谈在第%(slot)d时段，不在其可用时段内。",
                bank=meeting.bank_id,
                firm=meeting.firm_id,
                slot=meeting.slot,
            )


def _orders(problem: MeetingProblem, meetings: list[Meeting]) -> Iterator[Text]:
    slot_of = {(meeting.bank_id, meeting.firm_id): meeting.slot for meeting in meetings}
    for order in problem.precedences:
        first, then = slot_of.get(order.earlier), slot_of.get(order.later)
        if first is not None and then is not None and not first < then:
            yield _(
                "“%(bank)s”与“%(firm)s”的洽谈（第%(then)d时段）应晚于“%(bank2)s”与“%(firm2)s”（第%(first)d时段）。",
                bank=order.later[0],
                firm=order.later[1],
                then=then,
                bank2=order.earlier[0],
                firm2=order.earlier[1],
                first=first,
            )


def _doubles(problem: MeetingProblem, meetings: list[Meeting]) -> Iterator[Text]:
    banks = {bank.id: bank for bank in problem.banks}
    pairs = Counter((meeting.bank_id, meeting.firm_id) for meeting in meetings)
    for (bank_id, firm_id), times in sorted(pairs.items()):
        if times > 1:
            yield _("“%(bank)s”与“%(firm)s”见面%(times)d次。", bank=bank_id, firm=firm_id, times=times)
    for (firm_id, slot), times in _counted(meetings, lambda meeting: meeting.firm_id):
        if times > 1:
            yield _("企业“%(firm)s”在第%(slot)d时段有%(times)d场洽谈。", firm=firm_id, slot=slot, times=times)
    for (bank_id, slot), times in _counted(meetings, lambda meeting: meeting.bank_id):
        if slot not in banks[bank_id].away and times > (desks := banks[bank_id].desks_in(slot)):
            yield _(
                "银行“%(bank)s”在第%(slot)d时段有%(times)d场洽谈，但只有%(desks)d个席位。",
                bank=bank_id,
                slot=slot,
                times=times,
                desks=desks,
            )


def _counted(meetings: list[Meeting], who: Callable[[Meeting], str]) -> list[tuple[tuple[str, int], int]]:
    return sorted(Counter((who(meeting), meeting.slot) for meeting in meetings).items())


def _limits(problem: MeetingProblem, meetings: list[Meeting]) -> Iterator[Text]:
    of_bank = Counter(meeting.bank_id for meeting in meetings)
    of_firm = Counter(meeting.firm_id for meeting in meetings)
    everyone: list[tuple[Bank | Firm, int]] = [(bank, of_bank[bank.id]) for bank in problem.banks]
    everyone += [(firm, of_firm[firm.id]) for firm in problem.firms]
    for one, times in everyone:
        if one.max_meetings is not None and times > one.max_meetings:
            yield _(
                "“%(name)s”有%(times)d场洽谈，超过上限%(most)d场。",
                name=one.label,
                times=times,
                most=one.max_meetings,
            )


def _hall(problem: MeetingProblem, meetings: list[Meeting]) -> Iterator[Text]:
    for (slot, table), times in sorted(Counter((m.slot, m.table) for m in meetings).items()):
        if times > 1:
            yield _("第%(slot)d时段%(table)d号桌有%(times)d场洽谈。", slot=slot, table=table, times=times)


def _locks(problem: MeetingProblem, meetings: list[Meeting]) -> Iterator[Text]:
    held = {(m.bank_id, m.firm_id, m.slot): m.table for m in meetings}
    for lock in problem.locks:
        table = held.get((lock.bank_id, lock.firm_id, lock.slot))
        if table is None or lock.table not in (None, table):
            yield _(
                "锁定的洽谈“%(bank)s”与“%(firm)s”（第%(slot)d时段）被改动。",
                bank=lock.bank_id,
                firm=lock.firm_id,
                slot=lock.slot,
            )
