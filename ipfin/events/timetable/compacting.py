"""Less waiting with the chosen pairs fixed: exchanges between two slots, annealed.

Waiting (空等) of a participant is the number of slots between its first and last meeting in which it has no
meeting; official breaks do not count, its own absences do, for it must come back. A bank waits when none of
its desks is busy. The aim is 3 x firms' waiting + banks' waiting: a firm came for a few meetings, a bank for
the day.

Decides only which meetings change slots. Value, pairs and locks never change here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp
from random import Random

from ipfin.events.timetable.board import bits
from ipfin.events.timetable.draft import NOWHERE, Draft

FIRM_WEIGHT = 3
BANK_WEIGHT = 1
WARM = 5.0  # an exchange that costs this much more is taken with probability 1/e at the start
COLD = 0.5  # and at the end
FOCUS_TRIES = 8
REPORT_EVERY = 256


@dataclass(slots=True)
class Waiting:
    """Slots spent waiting, summed over the firms and over the banks."""

    firms: int
    banks: int

    @property
    def weighted(self) -> int:
        """The sum that is minimised."""
        return FIRM_WEIGHT * self.firms + BANK_WEIGHT * self.banks


def waited(busy: int, open_slots: int) -> int:
    """Return the slots between first and last of `busy` that are open and not busy (all are masks)."""
    if not busy:
        return 0
    return (((1 << busy.bit_length()) - (busy & -busy)) & open_slots & ~busy).bit_count()


class Ledger:
    """Who is busy when, locked meetings included, and how much waiting that makes."""

    def __init__(self, draft: Draft) -> None:
        board = draft.board
        self.draft = draft
        self.open_slots = board.open_slots
        self.firm_busy = [0] * len(board.firm_cap)
        self.bank_locked = [0] * len(board.bank_cap)
        for pair, slot in board.locked.items():
            self.firm_busy[board.firm_of[pair]] |= 1 << slot
            self.bank_locked[board.bank_of[pair]] |= 1 << slot
        self.bank_busy = list(self.bank_locked)
        for pair, slot in enumerate(draft.slot_of):
            if slot != NOWHERE:
                self.firm_busy[board.firm_of[pair]] |= 1 << slot
                self.bank_busy[board.bank_of[pair]] |= 1 << slot

    def waiting(self) -> Waiting:
        """Return the waiting of everyone."""
        return Waiting(
            sum(waited(busy, self.open_slots) for busy in self.firm_busy),
            sum(waited(busy, self.open_slots) for busy in self.bank_busy),
        )

    def outcome(self, meetings: list[int], here: int, there: int) -> tuple[dict[int, int], dict[int, int]]:
        """Return the masks of the firms and banks that an exchange of placed meetings would change."""
        board, slot_of = self.draft.board, self.draft.slot_of
        both = 1 << here | 1 << there
        firms: dict[int, int] = {}
        moved_in: dict[int, int] = {}  # of each bank: meetings that come to `there`, less those that leave it
        for pair in meetings:
            firm, bank = board.firm_of[pair], board.bank_of[pair]
            firms[firm] = firms.get(firm, self.firm_busy[firm]) ^ both
            moved_in[bank] = moved_in.get(bank, 0) + (1 if slot_of[pair] == here else -1)
        banks: dict[int, int] = {}
        for bank, more in moved_in.items():
            busy = self.bank_busy[bank] & ~both | self.bank_locked[bank] & both
            if len(self.draft.bank_at[bank][here]) - more:
                busy |= 1 << here
            if len(self.draft.bank_at[bank][there]) + more:
                busy |= 1 << there
            banks[bank] = busy
        return firms, banks

    def price(self, firms: dict[int, int], banks: dict[int, int]) -> int:
        """Return how much more (weighted) waiting the changed masks mean."""
        open_slots, firm_busy, bank_busy = self.open_slots, self.firm_busy, self.bank_busy
        more = 0
        for firm, busy in firms.items():
            more += waited(busy, open_slots) - waited(firm_busy[firm], open_slots)
        more *= FIRM_WEIGHT
        for bank, busy in banks.items():
            more += BANK_WEIGHT * (waited(busy, open_slots) - waited(bank_busy[bank], open_slots))
        return more

    def book(self, firms: dict[int, int], banks: dict[int, int]) -> None:
        """Take the changed masks over."""
        for firm, busy in firms.items():
            self.firm_busy[firm] = busy
        for bank, busy in banks.items():
            self.bank_busy[bank] = busy


def compact(draft: Draft, steps: int, floor: int, random: Random, spent: Callable[[int, int], float]) -> int:
    """Exchange meetings of `draft` for less waiting; leave it at the best found and return the steps made.

    Args:
        steps: exchanges tried at most.
        floor: weighted waiting below which nothing can go: reaching it ends the search.
        spent: asked now and then with (steps made, weighted waiting) for the share of the time that is
            used up: 1 or more ends the search, less lets it cool down in time if the steps do not.
    """
    ledger, moves = Ledger(draft), _Moves(draft, random)
    now = best = ledger.waiting().weighted
    if steps <= 0 or best <= floor or not moves.pairs:
        return 0
    kept = list(draft.slot_of)
    heat = WARM
    for step in range(steps):
        if best <= floor:
            break
        if step % REPORT_EVERY == 0:
            share = spent(step, best)
            if share >= 1:
                break
            heat = WARM * (COLD / WARM) ** max(step / steps, share)
        now += moves.try_one(ledger, heat)
        if now < best:
            best, kept = now, list(draft.slot_of)
    else:
        step = steps
    draft.rearrange(kept)
    return step


class _Moves:
    """Draws which meeting to move where: half of them of a firm that waits, half next to another of its firm.

    Drawing blindly reaches the same in the end; at 2,000 firms this needs about a tenth of the steps.
    """

    def __init__(self, draft: Draft, random: Random) -> None:
        self.draft, self.board, self.dice, self.random = draft, draft.board, random, random.random
        self.pairs = [pair for pair, slot in enumerate(draft.slot_of) if slot != NOWHERE]
        self.slots = {pair: bits(self.board.pair_free[pair]) for pair in self.pairs}

    def try_one(self, ledger: Ledger, heat: float) -> int:
        """Draw an exchange, make it if it is possible and worth it, and return the waiting that it adds."""
        draft = self.draft
        pair, there = self.draw(ledger)
        here = draft.slot_of[pair]
        meetings = draft.chain(pair, here, there, self.dice) if here != there else None
        if meetings is None:
            return 0
        firms, banks = ledger.outcome(meetings, here, there)
        more = ledger.price(firms, banks)
        if more > 0 and self.random() >= exp(-more / heat):
            return 0
        draft.exchange(meetings, here, there)
        ledger.book(firms, banks)
        return more

    def draw(self, ledger: Ledger) -> tuple[int, int]:
        """Return a placed pair and one of the slots in which it could be."""
        pair = self._any(self.pairs)
        if self.random() < 0.5:
            for _ in range(FOCUS_TRIES):
                if waited(ledger.firm_busy[self.board.firm_of[pair]], ledger.open_slots):
                    break
                pair = self._any(self.pairs)
        if self.random() < 0.5:
            others = ledger.firm_busy[self.board.firm_of[pair]] & ~(1 << self.draft.slot_of[pair])
            beside = (others << 1 | others >> 1) & ~others & self.board.pair_free[pair]
            if beside:
                return pair, self._any(bits(beside))
        return pair, self._any(self.slots[pair])

    def _any(self, things: list[int]) -> int:
        return things[int(self.random() * len(things))]


def least_waiting(draft: Draft) -> int:
    """Return a bound that the weighted waiting of these pairs cannot go below.

    For each participant alone: the fewest open slots without a meeting in any window that is long enough for
    its meetings, given when it and those whom it meets can be there, and that contains its locked meetings.
    """
    board = draft.board
    firms, banks = needs_of(draft)
    least = FIRM_WEIGHT * sum(needs.least([1] * board.slots, board.open_slots) for needs in firms)
    return least + BANK_WEIGHT * sum(
        needs.least(desks, board.open_slots) for needs, desks in zip(banks, board.desks, strict=True)
    )


def needs_of(draft: Draft) -> tuple[list[Needs], list[Needs]]:
    """Return what each firm and each bank needs for the meetings that it has."""
    board = draft.board
    firms = [Needs(board.slots) for _ in board.firm_cap]
    banks = [Needs(board.slots) for _ in board.bank_cap]
    for pair, slot in enumerate(draft.slot_of):
        if slot != NOWHERE:
            firms[board.firm_of[pair]].add_free(board.pair_free[pair])
            banks[board.bank_of[pair]].add_free(board.pair_free[pair])
    for pair, slot in board.locked.items():
        firms[board.firm_of[pair]].add_locked(slot)
        banks[board.bank_of[pair]].add_locked(slot)
    return firms, banks


class Needs:
    """The meetings of one participant: how many, when they could be, where some of them must be."""

    def __init__(self, slots: int) -> None:
        self.count = 0
        self.free = 0
        self.locked = [0] * slots

    def add_free(self, slots: int) -> None:
        """One more meeting that could be in any of `slots`."""
        self.count += 1
        self.free |= slots

    def add_locked(self, slot: int) -> None:
        """One more meeting that is in `slot`."""
        self.count += 1
        self.locked[slot] += 1

    def least(self, desks: list[int], open_slots: int) -> int:
        """Return the fewest open slots without a meeting; `desks` are those not taken by locked ones."""
        if self.count < 2:
            return 0
        slots = range(len(self.locked))
        room = [self.locked[slot] + (desks[slot] if self.free >> slot & 1 else 0) for slot in slots]
        must = [slot for slot in slots if self.locked[slot]]
        fewest = len(self.locked)
        for first in range(must[0] + 1 if must else len(self.locked)):
            seats = usable = present = 0
            for last in range(first, len(self.locked)):
                seats += room[last]
                usable += 1 if room[last] else 0
                present += open_slots >> last & 1
                if seats >= self.count and (not must or last >= must[-1]):
                    fewest = min(fewest, present - min(self.count, usable))
                    break
            if not fewest:
                break
        return fewest
