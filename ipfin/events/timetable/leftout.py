"""Why an accepted pair has no meeting: the condition that forbids it, in words.

Decides the condition only, from the finished timetable: first what no plan could have changed, then who is
full, then what was worth less than what was kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from ipfin.events.timetable.board import Board
from ipfin.events.timetable.certificate import Condition, LeftOut
from ipfin.kernel.text import Text, _


@dataclass(frozen=True, slots=True)
class Held:
    """The slots of all meetings, locked ones included, by pair, and the pairs of each bank and firm."""

    slot_of: dict[int, int]
    of_bank: list[list[int]]
    of_firm: list[list[int]]
    in_slot: list[int]


def hold(board: Board, slot_of: dict[int, int]) -> Held:
    """Return the meetings by pair (slots from 0) with the other ways to look at them."""
    of_bank: list[list[int]] = [[] for _ in board.bank_cap]
    of_firm: list[list[int]] = [[] for _ in board.firm_cap]
    in_slot = [0] * board.slots
    for pair, slot in slot_of.items():
        of_bank[board.bank_of[pair]].append(pair)
        of_firm[board.firm_of[pair]].append(pair)
        in_slot[slot] += 1
    return Held(slot_of, of_bank, of_firm, in_slot)


def left_out(board: Board, held: Held, *, is_proven: bool) -> tuple[LeftOut, ...]:
    """Return every pair without a meeting, with its condition; `is_proven`: the value is the optimum."""
    found = []
    for place, pair in enumerate(board.problem.pairs):
        if place not in held.slot_of:
            condition, reason = _condition(board, held, place, is_proven)
            found.append(LeftOut(pair.bank_id, pair.firm_id, pair.value, condition, reason))
    return tuple(found)


def _condition(board: Board, held: Held, place: int, is_proven: bool) -> tuple[Condition, Text]:
    bank, firm = board.problem.banks[board.bank_of[place]], board.problem.firms[board.firm_of[place]]
    slots = range(1, board.slots + 1)
    present = [slot for slot in slots if slot not in board.problem.breaks]
    common = [slot for slot in present if slot not in bank.away and slot not in firm.away]
    if not common:
        return Condition.NO_COMMON_SLOT, _(
            "“%(bank)s”与“%(firm)s”没有共同在场的时段。", bank=bank.label, firm=firm.label
        )
    for one in (bank, firm):
        if one.max_meetings == 0:
            return Condition.LIMIT_IS_ZERO, _("“%(name)s”的场次上限为0。", name=one.label)
    return _who_is_full(board, held, place, is_proven) or _what_clashes(board, held, place, common, is_proven)


def _who_is_full(board: Board, held: Held, place: int, is_proven: bool) -> tuple[Condition, Text] | None:
    """A side without room whose meetings are all worth as much is the condition; else it was outweighed."""
    bank, firm = board.problem.banks[board.bank_of[place]], board.problem.firms[board.firm_of[place]]
    open_slots = set(range(1, board.slots + 1)) - board.problem.breaks
    of_firm, of_bank = held.of_firm[board.firm_of[place]], held.of_bank[board.bank_of[place]]
    firm_room = _least(firm.max_meetings, len(open_slots - firm.away))
    bank_room = _least(bank.max_meetings, len(open_slots - bank.away) * bank.desks)
    hall_room = len(open_slots) * board.problem.tables
    firm_is_full = _("企业“%(name)s”可安排的%(room)d场已满", name=firm.label, room=firm_room)
    bank_is_full = _("银行“%(name)s”可安排的%(room)d场已满", name=bank.label, room=bank_room)
    hall_is_full = _("全场洽谈桌可容纳的%(room)d场已满", room=hall_room)
    sides = (
        (Condition.FIRM_FULL, of_firm, firm_room, firm_is_full),
        (Condition.BANK_FULL, of_bank, bank_room, bank_is_full),
        (Condition.TABLES_FULL, list(held.slot_of), hall_room, hall_is_full),
    )
    full = [(condition, kept, what) for condition, kept, room, what in sides if len(kept) >= room]
    for condition, kept, what in full:
        if all(board.value[pair] >= board.value[place] for pair in kept):
            return condition, _("%(what)s，且所留各场分值都不低于本对。", what=what)
    if not full:
        return None
    what = full[0][2]
    if is_proven:
        return Condition.LESS_VALUABLE, _("%(what)s，换入本对不能提高总价值。", what=what)
    return Condition.LESS_VALUABLE, _("%(what)s，时限内未找到换入本对而总价值更高的安排。", what=what)


def _what_clashes(
    board: Board, held: Held, place: int, common: list[int], is_proven: bool
) -> tuple[Condition, Text]:
    if all(held.in_slot[slot - 1] >= board.problem.tables for slot in common):
        return Condition.TABLES_FULL, _("双方共同在场的%(slots)d个时段洽谈桌都已用完。", slots=len(common))
    if is_proven:
        return Condition.SLOTS_CLASH, _("双方剩余的空闲时段不重合，任何调整都不能提高总价值。")
    return Condition.SLOTS_CLASH, _("双方剩余的空闲时段不重合，时限内未找到更好的调整。")


def _least(limit: int | None, room: int) -> int:
    return room if limit is None else min(limit, room)
