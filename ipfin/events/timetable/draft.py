"""A timetable under construction: who sits where in which slot, and what must move when one meeting moves.

Decides which exchanges of two slots keep every rule; which of them are worth making is decided by the
caller (`placing` for more value, `compacting` for less waiting). Slots are counted from 0 here, pairs as on
the board.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from random import Random

from ipfin.events.timetable.board import Board

NOWHERE = -1


class Draft:
    """The pairs that have a slot so far. Locked pairs are not in it: the board has no room where they are."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.slot_of = [NOWHERE] * len(board.value)
        self.firm_at = [[NOWHERE] * board.slots for _ in board.firm_cap]
        self.bank_at: list[list[list[int]]] = [[[] for _ in range(board.slots)] for _ in board.bank_cap]
        self.in_slot: list[list[int]] = [[] for _ in range(board.slots)]
        self.firm_load = [0] * len(board.firm_cap)
        self.bank_load = [0] * len(board.bank_cap)
        self.value = 0

    def put(self, pair: int, slot: int) -> None:
        """Give `pair` the slot; the caller knows that it fits."""
        bank, firm = self.board.bank_of[pair], self.board.firm_of[pair]
        self.slot_of[pair] = slot
        self.firm_at[firm][slot] = pair
        self.bank_at[bank][slot].append(pair)
        self.in_slot[slot].append(pair)
        self.firm_load[firm] += 1
        self.bank_load[bank] += 1
        self.value += self.board.value[pair]

    def take(self, pair: int) -> int:
        """Take `pair` out of the timetable and return the slot that it had."""
        bank, firm = self.board.bank_of[pair], self.board.firm_of[pair]
        slot = self.slot_of[pair]
        self.slot_of[pair] = NOWHERE
        self.firm_at[firm][slot] = NOWHERE
        self.bank_at[bank][slot].remove(pair)
        self.in_slot[slot].remove(pair)
        self.firm_load[firm] -= 1
        self.bank_load[bank] -= 1
        self.value -= self.board.value[pair]
        return slot

    @property
    def served(self) -> int:
        """How many must-haves are held and how many meetings count towards a minimum."""
        board = self.board
        musts = sum(1 for pair, must in enumerate(board.must) if must and self.slot_of[pair] != NOWHERE)
        banks = sum(map(min, self.bank_load, board.bank_min))
        return musts + banks + sum(map(min, self.firm_load, board.firm_min))

    def has_room(self, pair: int) -> bool:
        """Whether firm, bank and hall may have one more meeting at all, whatever the slot."""
        bank, firm = self.board.bank_of[pair], self.board.firm_of[pair]
        return (
            self.firm_load[firm] < self.board.firm_cap[firm]
            and self.bank_load[bank] < self.board.bank_cap[bank]
        )

    def free_slots(self, pair: int) -> list[int]:
        """Return the slots in which `pair` could be put without moving anything."""
        board, bank, firm = self.board, self.board.bank_of[pair], self.board.firm_of[pair]
        desks, sitting, busy = board.desks[bank], self.bank_at[bank], self.firm_at[firm]
        return [
            slot
            for slot in range(board.slots)
            if board.pair_free[pair] >> slot & 1
            and busy[slot] == NOWHERE
            and len(sitting[slot]) < desks[slot]
            and len(self.in_slot[slot]) < board.tables[slot]
            and self.is_in_order(pair, slot)
        ]

    def is_in_order(self, pair: int, slot: int, moved: Mapping[int, int] | None = None) -> bool:
        """Whether `pair` in `slot` comes after all that must be before it, and before all that must be after.

        Args:
            moved: new slots of other pairs, which count instead of those that they have.
        """
        board, slot_of, moved = self.board, self.slot_of, moved or {}
        for earlier in board.before.get(pair, ()):
            if moved.get(earlier, slot_of[earlier]) >= slot:
                return False
        for later in board.after.get(pair, ()):
            if NOWHERE < moved.get(later, slot_of[later]) <= slot:
                return False
        return True

    def chain(self, pair: int, here: int, there: int, random: Random) -> list[int] | None:
        """Return the meetings that must change between two slots so that `pair` can be held in `there`.

        `pair` stands first; it is in `here`, or nowhere yet. Whoever is pushed out of one slot goes to the
        other, until nobody is doubled. None when someone is absent or the tables do not suffice.
        """
        busy = self.firm_at[self.board.firm_of[pair]]
        if self.slot_of[pair] == NOWHERE and busy[here] != NOWHERE and busy[there] != NOWHERE:
            return None  # three meetings of one firm do not fit into two slots
        chain = _Chain(self, pair, here, there)
        if not chain.settle([(pair, there)], random):
            return None
        if not self._tables_suffice(chain, random):
            return None
        return chain.meetings if self._keeps_order(chain) else None

    def _keeps_order(self, chain: _Chain) -> bool:
        if not self.board.before:
            return True
        moved = {
            pair: chain.here if self.slot_of[pair] == chain.there else chain.there for pair in chain.meetings
        }
        return all(self.is_in_order(pair, slot, moved) for pair, slot in moved.items())

    def _tables_suffice(self, chain: _Chain, random: Random) -> bool:
        """Whether the hall holds the outcome, if need be after more meetings went the other way."""
        tables, tries = self.board.tables, 3
        while tries:
            over, other = chain.there, chain.here
            if len(self.in_slot[other]) + chain.growth(other) > tables[other]:
                over, other = other, over
            if len(self.in_slot[over]) + chain.growth(over) <= tables[over]:
                return True
            stayed = random.choice(self.in_slot[over] or chain.meetings)
            if stayed not in chain.seen and not chain.settle([(stayed, other)], random):
                return False
            tries -= 1
        return False

    def exchange(self, meetings: list[int], here: int, there: int) -> None:
        """Move each of `meetings` to the other of the two slots; one without a slot goes `there`."""
        targets = []
        for pair in meetings:
            slot = self.slot_of[pair]
            targets.append(here if slot == there else there)
            if slot != NOWHERE:
                self.take(pair)
        for pair, slot in zip(meetings, targets, strict=True):
            self.put(pair, slot)

    def rearrange(self, slot_of: list[int]) -> None:
        """Move every meeting to the slot that an earlier state of this draft had."""
        moving = [pair for pair, slot in enumerate(slot_of) if slot != self.slot_of[pair]]
        for pair in moving:
            if self.slot_of[pair] != NOWHERE:
                self.take(pair)
        for pair in moving:
            if slot_of[pair] != NOWHERE:
                self.put(pair, slot_of[pair])


class _Chain:
    """The meetings that change between two slots, growing until nobody is doubled."""

    def __init__(self, draft: Draft, pair: int, here: int, there: int) -> None:
        self.draft, self.here, self.there = draft, here, there
        self.seen = {pair}
        self.meetings: list[int] = []
        self._came: defaultdict[tuple[int, int], int] = defaultdict(int)  # by bank and slot, less those gone
        self._growth = 0  # of slot `there`
        self._inserted = draft.slot_of[pair] == NOWHERE

    def growth(self, slot: int) -> int:
        """How many meetings more than now `slot` would have."""
        if slot == self.there:
            return self._growth
        return int(self._inserted) - self._growth

    def settle(self, waiting: list[tuple[int, int]], random: Random) -> bool:
        """Move the (meeting, slot) that wait and all whom they push out; False when someone cannot go."""
        draft, board = self.draft, self.draft.board
        self.seen.update(pair for pair, _ in waiting)
        while waiting:
            pair, slot = waiting.pop()
            if not board.pair_free[pair] >> slot & 1:
                return False
            other = self.here if slot == self.there else self.there
            self._count(pair, slot, other)
            pushed = draft.firm_at[board.firm_of[pair]][slot]
            if pushed != NOWHERE and pushed not in self.seen:
                self.seen.add(pushed)
                waiting.append((pushed, other))
            bank = board.bank_of[pair]
            sitting = draft.bank_at[bank][slot]
            leaving = sum(1 for one, to in waiting if to == other and board.bank_of[one] == bank)
            if len(sitting) + self._came[bank, slot] - leaving > board.desks[bank][slot]:
                staying = [one for one in sitting if one not in self.seen]
                if not staying:
                    return False
                pushed = staying[0] if len(staying) == 1 else random.choice(staying)
                self.seen.add(pushed)
                waiting.append((pushed, other))
        return True

    def _count(self, pair: int, slot: int, other: int) -> None:
        bank = self.draft.board.bank_of[pair]
        self.meetings.append(pair)
        self._came[bank, slot] += 1
        self._growth += 1 if slot == self.there else 0
        if self.draft.slot_of[pair] != NOWHERE:
            self._came[bank, other] -= 1
            self._growth -= 1 if other == self.there else 0
