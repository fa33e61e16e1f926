"""Slots for chosen pairs when any slot suits any pair: edge colouring, exact and without search.

A bank with d desks is split into d rows of at most as many meetings as there are slots. Then no one has more
meetings than slots, and König's theorem gives a slot to every meeting: where the two have no free slot in
common, the slots of an alternating path are exchanged. Afterwards meetings are moved from overfull to
underfull slots along alternating paths, until no slot needs more tables than there are (Bondy & Murty,
Graph Theory, theorem 6.4: possible whenever all meetings fit into tables x slots).

Of two common free slots the one nearest to what firm and bank already have is taken, so that the idle search
(`compacting`) starts from something good.
"""

from __future__ import annotations

from collections.abc import Sequence

NOBODY = -1


class Rows:
    """Meetings between rows of desks and firms, each with a slot once it is placed.

    Args:
        edges: (row, firm) of each meeting; rows are counted from 0, firms from 0.
        slots: number of slots.
    """

    def __init__(self, edges: Sequence[tuple[int, int]], slots: int) -> None:
        self.slots = slots
        self.slot_of = [NOBODY] * len(edges)
        rows = 1 + max((row for row, _ in edges), default=-1)
        firms = 1 + max((firm for _, firm in edges), default=-1)
        self._ends = [(row, rows + firm) for row, firm in edges]
        self._at = [[NOBODY] * slots for _ in range(rows + firms)]  # meeting of each end by slot
        self._free = [(1 << slots) - 1] * (rows + firms)

    def place(self, meeting: int) -> None:
        """Give `meeting` a slot, exchanging slots along an alternating path if it must be."""
        row, firm = self._ends[meeting]
        common = self._free[row] & self._free[firm]
        if common:
            slot = self._nearest(common, row, firm)
        else:
            slot = (self._free[row] & -self._free[row]).bit_length() - 1
            other = (self._free[firm] & -self._free[firm]).bit_length() - 1
            self.exchange(self.path(firm, slot, other), slot, other)
        self._set(meeting, slot)

    def path(self, end: int, first: int, second: int) -> list[int]:
        """Return the meetings met from `end` by taking slots `first`, `second`, `first`, … in turn."""
        met = []
        slot, other = first, second
        while (meeting := self._at[end][slot]) != NOBODY:
            met.append(meeting)
            row, firm = self._ends[meeting]
            end = firm if end == row else row
            slot, other = other, slot
        return met

    def exchange(self, meetings: list[int], one: int, two: int) -> None:
        """Move each of `meetings` from slot `one` to `two` or back."""
        moved = [(meeting, one + two - self.slot_of[meeting]) for meeting in meetings]
        for meeting in meetings:
            self._clear(meeting)
        for meeting, slot in moved:
            self._set(meeting, slot)

    def surplus_paths(self, full: int, spare: int) -> list[list[int]]:
        """Return the alternating paths between two slots that have one meeting more in `full`."""
        paths = []
        for end, by_slot in enumerate(self._at):
            if by_slot[full] == NOBODY or by_slot[spare] != NOBODY:
                continue
            met = self.path(end, full, spare)
            if len(met) % 2 and end == min(self._outer_ends(met)):  # each path has two ends; take it once
                paths.append(met)
        return paths

    def _outer_ends(self, met: list[int]) -> set[int]:
        seen: set[int] = set()
        for meeting in met:
            seen ^= set(self._ends[meeting])
        return seen

    def _nearest(self, common: int, row: int, firm: int) -> int:
        whole = (1 << self.slots) - 1
        for busy in (whole & ~self._free[firm], whole & ~self._free[row]):
            grown = busy
            while grown and not common & grown:
                grown = (grown | grown << 1 | grown >> 1) & whole
            common = common & grown or common
        return (common & -common).bit_length() - 1

    def _set(self, meeting: int, slot: int) -> None:
        self.slot_of[meeting] = slot
        for end in self._ends[meeting]:
            self._at[end][slot] = meeting
            self._free[end] &= ~(1 << slot)

    def _clear(self, meeting: int) -> None:
        slot = self.slot_of[meeting]
        for end in self._ends[meeting]:
            self._at[end][slot] = NOBODY
            self._free[end] |= 1 << slot


def colour(edges: Sequence[tuple[int, int]], slots: int, tables: int) -> list[int]:
    """Return a slot (from 0) for each (row, firm), nobody twice in a slot, no slot above `tables`.

    Args:
        edges: no row and no firm has more of them than `slots`; in all at most `tables` x `slots`.

    Raises:
        ValueError: the edges do not respect these limits.
    """
    if len(edges) > slots * tables:
        raise ValueError("more meetings than tables and slots can hold")
    rows = Rows(edges, slots)
    for meeting in range(len(edges)):
        rows.place(meeting)
    sizes = [0] * slots
    for slot in rows.slot_of:
        sizes[slot] += 1
    for full in range(slots):
        while sizes[full] > tables:
            spare = sizes.index(min(sizes))
            wanted = min(sizes[full] - tables, tables - sizes[spare])
            for met in rows.surplus_paths(full, spare)[:wanted]:
                rows.exchange(met, full, spare)
                sizes[full] -= 1
                sizes[spare] += 1
    return rows.slot_of


def split_desks(bank_of: Sequence[int], desks: Sequence[int]) -> list[int]:
    """Return the row of desks of each meeting: those of a bank are dealt out evenly over its desks."""
    first = [0]
    for count in desks:
        first.append(first[-1] + count)
    dealt = [0] * len(desks)
    rows = []
    for bank in bank_of:
        rows.append(first[bank] + dealt[bank] % desks[bank])
        dealt[bank] += 1
    return rows
