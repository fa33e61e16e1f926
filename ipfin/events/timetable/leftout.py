"""Why an accepted pair has no meeting: the condition that forbids it, in words.

Decides the condition only, from the finished timetable: first what no plan could have changed, then who is
full, then what was worth less than what was kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from ipfin.events.timetable.board import Board, mask
from ipfin.events.timetable.certificate import Condition, LeftOut
from ipfin.events.timetable.problem import Bank, Firm
from ipfin.kernel.text import Text, _, listed


@dataclass(frozen=True, slots=True)
class _Side:
    """What one participant, or the hall, could hold and what it holds (values of its meetings)."""

    label: str
    free: int  # mask of the slots in which it is present
    room: int
    count: int
    lowest: int  # value of its least valuable meeting

    @property
    def is_full(self) -> bool:
        return self.count >= self.room


def left_out(board: Board, slot_of: dict[int, int], *, is_proven: bool) -> tuple[LeftOut, ...]:
    """Return every pair without a meeting, with its condition.

    Args:
        slot_of: slot (from 0) of every pair that has a meeting, locked ones included.
        is_proven: whether the value of the timetable is known to be the optimum.
    """
    judge = _Judge(board, slot_of, is_proven)
    return tuple(
        LeftOut(pair.bank_id, pair.firm_id, pair.value, *judge.condition(place))
        for place, pair in enumerate(board.problem.pairs)
        if place not in slot_of
    )


class _Judge:
    """Knows how full everyone is and says what kept a pair out."""

    def __init__(self, board: Board, slot_of: dict[int, int], is_proven: bool) -> None:
        self.board, self.is_proven = board, is_proven
        problem, slots = board.problem, board.open_slots
        of_bank: list[list[int]] = [[] for _ in problem.banks]
        of_firm: list[list[int]] = [[] for _ in problem.firms]
        in_slot = [0] * board.slots
        for pair, slot in slot_of.items():
            of_bank[board.bank_of[pair]].append(board.value[pair])
            of_firm[board.firm_of[pair]].append(board.value[pair])
            in_slot[slot] += 1
        self.banks = [
            _side(bank, board.slots, slots, kept) for bank, kept in zip(problem.banks, of_bank, strict=True)
        ]
        self.firms = [
            _side(firm, board.slots, slots, kept) for firm, kept in zip(problem.firms, of_firm, strict=True)
        ]
        self.slot_of = slot_of
        self.firm_busy = [0] * len(problem.firms)
        sitting = [[0] * board.slots for _ in problem.banks]
        for pair, slot in slot_of.items():
            self.firm_busy[board.firm_of[pair]] |= 1 << slot
            sitting[board.bank_of[pair]][slot] += 1
        self.bank_full = [
            sum(1 << slot for slot, busy in enumerate(by_slot) if busy >= bank.desks_in(slot + 1))
            for bank, by_slot in zip(problem.banks, sitting, strict=True)
        ]
        held = [board.value[pair] for pair in slot_of]
        self.hall = _Side("", slots, slots.bit_count() * problem.tables, len(held), min(held, default=0))
        self.full_slots = sum(1 << slot for slot, count in enumerate(in_slot) if count >= problem.tables)

    def condition(self, place: int) -> tuple[Condition, Text]:
        """Return what kept the pair at `place` out: what nothing could change comes first."""
        bank, firm = self.banks[self.board.bank_of[place]], self.firms[self.board.firm_of[place]]
        common = bank.free & firm.free
        if not common:
            return Condition.NO_COMMON_SLOT, _(
                "“%(bank)s”与“%(firm)s”没有共同在场的时段。", bank=bank.label, firm=firm.label
            )
        if not (bank.room and firm.room):
            name = firm.label if bank.room else bank.label
            return Condition.LIMIT_IS_ZERO, _("“%(name)s”的场次上限为0。", name=name)
        own = self.board.problem.pairs[place].slots
        allowed = common if own is None else common & mask(own)
        if not allowed:
            return Condition.NO_ALLOWED_SLOT, _(
                "“%(bank)s”与“%(firm)s”约定的时段（%(slots)s）双方不能同时在场。",
                bank=bank.label,
                firm=firm.label,
                slots=listed([str(slot) for slot in sorted(own or ())]),
            )
        return (
            self._fullness(bank, firm, self.board.value[place])
            or self._order(place, allowed)
            or self._clash(allowed)
        )

    def _order(self, place: int, allowed: int) -> tuple[Condition, Text] | None:
        """Both could meet in a slot that is left, were it not for what must be earlier or later."""
        board = self.board
        bank, firm = board.bank_of[place], board.firm_of[place]
        left = allowed & ~(self.firm_busy[firm] | self.bank_full[bank] | self.full_slots)
        if not left:
            return None
        for other in board.before.get(place, ()):
            left &= ~((2 << self.slot_of[other]) - 1) if other in self.slot_of else -1
            if not left:
                return Condition.ORDER, _(
                    "按先后要求应晚于“%(bank)s”与“%(firm)s”的洽谈（第%(slot)d时段），其后没有双方都空闲的时段。",
                    **self._named(other),
                )
        for other in board.after.get(place, ()):
            left &= (1 << self.slot_of[other]) - 1 if other in self.slot_of else -1
            if not left:
                return Condition.ORDER, _(
                    "按先后要求应早于“%(bank)s”与“%(firm)s”的洽谈（第%(slot)d时段），其前没有双方都空闲的时段。",
                    **self._named(other),
                )
        return None

    def _named(self, pair: int) -> dict[str, str | int]:
        problem, board = self.board.problem, self.board
        return {
            "bank": problem.banks[board.bank_of[pair]].label,
            "firm": problem.firms[board.firm_of[pair]].label,
            "slot": self.slot_of[pair] + 1,
        }

    def _fullness(self, bank: _Side, firm: _Side, value: int) -> tuple[Condition, Text] | None:
        """A full side whose meetings are all worth as much is the condition; else the pair was outweighed."""
        sides = ((Condition.FIRM_FULL, firm), (Condition.BANK_FULL, bank), (Condition.TABLES_FULL, self.hall))
        full = [(condition, side) for condition, side in sides if side.is_full]
        for condition, side in full:
            if side.lowest >= value:
                return condition, _("%(what)s，且所留各场分值都不低于本对。", what=_is_full(condition, side))
        if not full:
            return None
        what = _is_full(*full[0])
        if self.is_proven and self.board.demands:
            return Condition.LESS_VALUABLE, _(
                "%(what)s，先保证必排洽谈和最低场次后，换入本对不能提高总价值。", what=what
            )
        if self.is_proven:
            return Condition.LESS_VALUABLE, _("%(what)s，换入本对不能提高总价值。", what=what)
        return Condition.LESS_VALUABLE, _("%(what)s，时限内未找到换入本对而总价值更高的安排。", what=what)

    def _clash(self, common: int) -> tuple[Condition, Text]:
        if not common & ~self.full_slots:
            return Condition.TABLES_FULL, _(
                "双方共同在场的%(slots)d个时段洽谈桌都已用完。", slots=common.bit_count()
            )
        if self.is_proven:
            return Condition.SLOTS_CLASH, _("双方剩余的空闲时段不重合，任何调整都不能提高总价值。")
        return Condition.SLOTS_CLASH, _("双方剩余的空闲时段不重合，时限内未找到更好的调整。")


def _side(one: Bank | Firm, slots: int, open_slots: int, kept: list[int]) -> _Side:
    places = [
        (one.desks_in(slot + 1) if isinstance(one, Bank) else 1) if open_slots >> slot & 1 else 0
        for slot in range(slots)
    ]
    free = sum(1 << slot for slot, count in enumerate(places) if count > 0) & ~mask(one.away)
    room = sum(count for slot, count in enumerate(places) if free >> slot & 1)
    if one.max_meetings is not None:
        room = min(room, one.max_meetings)
    return _Side(one.label, free, room, len(kept), min(kept, default=0))


def _is_full(condition: Condition, side: _Side) -> Text:
    if condition is Condition.FIRM_FULL:
        return _("企业“%(name)s”可安排的%(room)d场已满", name=side.label, room=side.room)
    if condition is Condition.BANK_FULL:
        return _("银行“%(name)s”可安排的%(room)d场已满", name=side.label, room=side.room)
    return _("全场洽谈桌可容纳的%(room)d场已满", room=side.room)
