"""The problem in whole numbers: locks taken out, absences as bit masks, everything else as capacities.

Decides how a lock reduces what is left for the others, and nothing else. Slots are bits here: slot 1 is
bit 0. Banks, firms and pairs are positions in the canonical problem.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from ipfin.events.timetable.problem import MeetingProblem, PairKey


@dataclass(frozen=True, slots=True)
class Board:
    """What is left to plan after the locks, as numbers.

    Args:
        problem: the canonical problem.
        open_slots: mask of the slots that are no break.
        desks: for each bank, by slot, how many more meetings it can hold then.
        tables: by slot, how many more tables the hall has; 0 in a break.
        firm_free: for each firm, mask of the slots in which it can still meet.
        bank_cap, firm_cap: how many more meetings each may have, never more than it has slots for.
        bank_of, firm_of, value: of each pair.
        pair_free: of each pair, the slots in which it could be held; 0 for a locked or hopeless one.
        locked: slot (counted from 0) of each locked pair.
        must: of each pair, whether it comes before the value of all others.
        bank_min, firm_min: how many meetings beside the locked ones come before the value of others.
        before, after: of a pair, those that must be in smaller and in larger slots if both are held.
    """

    problem: MeetingProblem
    open_slots: int
    desks: list[list[int]]
    tables: list[int]
    firm_free: list[int]
    bank_cap: list[int]
    firm_cap: list[int]
    bank_of: list[int]
    firm_of: list[int]
    value: list[int]
    pair_free: list[int]
    locked: dict[int, int]
    before: dict[int, list[int]]
    after: dict[int, list[int]]
    must: list[bool]
    bank_min: list[int]
    firm_min: list[int]

    @property
    def demands(self) -> int:
        """How many must-haves and meetings up to a minimum are asked for, beside the locked ones."""
        musts = sum(1 for pair, must in enumerate(self.must) if must and pair not in self.locked)
        return musts + sum(self.bank_min) + sum(self.firm_min)

    @property
    def slots(self) -> int:
        """Number of slots, breaks included."""
        return self.problem.slots

    @property
    def hall_cap(self) -> int:
        """How many more meetings the hall can hold in all its slots."""
        return sum(self.tables)

    @property
    def is_uniform(self) -> bool:
        """Whether any slot suits any pair (nobody away, nothing locked, no order): the plan is exact."""
        return (
            not self.locked
            and not self.before
            and all(pair.slots is None for pair in self.problem.pairs)
            and all(free == self.open_slots for free in self.firm_free)
            and not any(
                gone - self.problem.breaks
                for bank in self.problem.banks
                for gone in (bank.away, *bank.desk_away)
            )
        )


def mask(slots: frozenset[int]) -> int:
    """Return slots counted from 1 as a mask."""
    return sum(1 << (slot - 1) for slot in slots)


def bits(slots: int) -> list[int]:
    """Return the slots of a mask, counted from 0, in order."""
    found = []
    while slots:
        low = slots & -slots
        found.append(low.bit_length() - 1)
        slots ^= low
    return found


def lay_out(problem: MeetingProblem) -> Board:
    """Return the board of a problem that `problem.check` has accepted."""
    ordered = problem.canonical()
    bank_at = {bank.id: place for place, bank in enumerate(ordered.banks)}
    firm_at = {firm.id: place for place, firm in enumerate(ordered.firms)}
    pair_at = {(pair.bank_id, pair.firm_id): place for place, pair in enumerate(ordered.pairs)}
    open_slots = ((1 << ordered.slots) - 1) & ~mask(ordered.breaks)
    desks = [
        [bank.desks_in(slot + 1) if open_slots >> slot & 1 else 0 for slot in range(ordered.slots)]
        for bank in ordered.banks
    ]
    tables = _presence(ordered.tables, open_slots, ordered.slots)
    firm_free = [open_slots & ~mask(firm.away) for firm in ordered.firms]
    locked = {}
    for lock in ordered.locks:
        locked[pair_at[lock.bank_id, lock.firm_id]] = lock.slot - 1
        desks[bank_at[lock.bank_id]][lock.slot - 1] -= 1
        tables[lock.slot - 1] -= 1
        firm_free[firm_at[lock.firm_id]] &= ~(1 << (lock.slot - 1))
    bank_of = [bank_at[pair.bank_id] for pair in ordered.pairs]
    firm_of = [firm_at[pair.firm_id] for pair in ordered.pairs]
    bank_left = _limits([bank.max_meetings for bank in ordered.banks], [bank_of[pair] for pair in locked])
    firm_left = _limits([firm.max_meetings for firm in ordered.firms], [firm_of[pair] for pair in locked])
    hall = _present(tables)
    bank_free = [_present(by_slot) & hall for by_slot in desks]
    pair_free = [
        0
        if pair in locked or not bank_left[bank] or not firm_left[firm]
        else bank_free[bank] & firm_free[firm]
        for pair, (bank, firm) in enumerate(zip(bank_of, firm_of, strict=True))
    ]
    before, after = _orders(ordered, pair_at)
    banks_locked, firms_locked = (Counter(of[pair] for pair in locked) for of in (bank_of, firm_of))
    for place, pair in enumerate(ordered.pairs):
        if pair.slots is not None:
            pair_free[place] &= mask(pair.slots)
    for place, slot in locked.items():
        for later in after.get(place, ()):
            pair_free[later] &= ~((2 << slot) - 1)
        for earlier in before.get(place, ()):
            pair_free[earlier] &= (1 << slot) - 1
    return Board(
        problem=ordered,
        open_slots=open_slots,
        desks=desks,
        tables=tables,
        firm_free=firm_free,
        bank_cap=_bank_caps(desks, bank_left, bank_of, pair_free),
        firm_cap=_firm_caps(firm_left, firm_of, pair_free),
        bank_of=bank_of,
        firm_of=firm_of,
        value=[pair.value for pair in ordered.pairs],
        pair_free=pair_free,
        locked=locked,
        before=before,
        after=after,
        must=[pair.must for pair in ordered.pairs],
        bank_min=[max(one.min_meetings - banks_locked[at], 0) for at, one in enumerate(ordered.banks)],
        firm_min=[max(one.min_meetings - firms_locked[at], 0) for at, one in enumerate(ordered.firms)],
    )


def _orders(
    problem: MeetingProblem, pair_at: dict[PairKey, int]
) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    before: dict[int, list[int]] = defaultdict(list)
    after: dict[int, list[int]] = defaultdict(list)
    for order in problem.precedences:
        earlier, later = pair_at[order.earlier], pair_at[order.later]
        before[later].append(earlier)
        after[earlier].append(later)
    return dict(before), dict(after)


def _presence(size: int, present: int, slots: int) -> list[int]:
    return [size if present >> slot & 1 else 0 for slot in range(slots)]


def _present(by_slot: list[int]) -> int:
    return sum(1 << slot for slot, left in enumerate(by_slot) if left)


def _limits(limits: list[int | None], locked: list[int]) -> list[int]:
    """What each limit leaves after the locks; without a limit, more than could ever be used."""
    used = Counter(locked)
    return [1 << 30 if limit is None else limit - used[place] for place, limit in enumerate(limits)]


def _firm_caps(left: list[int], firm_of: list[int], pair_free: list[int]) -> list[int]:
    reach = [0] * len(left)
    for firm, free in zip(firm_of, pair_free, strict=True):
        reach[firm] |= free
    return [min(most, slots.bit_count()) for most, slots in zip(left, reach, strict=True)]


def _bank_caps(desks: list[list[int]], left: list[int], bank_of: list[int], free: list[int]) -> list[int]:
    """A bank fills no more desks in a slot than there are firms that could come in it."""
    callers: list[Counter[int]] = [Counter() for _ in desks]
    for bank, slots in zip(bank_of, free, strict=True):
        callers[bank][slots] += 1
    caps = []
    for by_slot, most, groups in zip(desks, left, callers, strict=True):
        filled = 0
        for slot, size in enumerate(by_slot):
            could = sum(count for slots, count in groups.items() if slots >> slot & 1)
            filled += min(size, could)
        caps.append(min(most, filled))
    return caps
