"""At which table each meeting is held: banks keep their tables, firms walk.

Each desk of a bank returns to the table that it had last, unless someone else sits there now. Then it takes
the table that will be missed last. With a table for every desk nobody moves at all; in a smaller hall this is
a good rule, not a proof (keeping the most seats is a colouring problem). Slots and tables are counted from 1.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from itertools import pairwise

Desk = tuple[int, int]  # position of the bank, number of the desk
NEVER = 1 << 30


def seat(
    sittings: Mapping[int, Sequence[tuple[int, int]]], tables: int, fixed: Mapping[int, int]
) -> dict[int, int]:
    """Return the table of each meeting.

    Args:
        sittings: by slot, the (meeting, bank) held in it, at most `tables` of them.
        tables: number of tables of the hall.
        fixed: the table of each meeting that has one already.
    """
    floor = _Floor(sittings, tables, fixed)
    table_of: dict[int, int] = {}
    for slot in sorted(sittings):
        of_bank: dict[int, list[int]] = defaultdict(list)
        for meeting, bank in sorted(sittings[slot]):
            of_bank[bank].append(meeting)
        named = {fixed[meeting]: bank for meeting, bank in sittings[slot] if meeting in fixed}
        free = floor.arrange(slot, {bank: len(held) for bank, held in of_bank.items()}, named)
        for bank, held in of_bank.items():
            for meeting in held:
                if meeting in fixed:
                    table_of[meeting] = fixed[meeting]
                    free[bank].remove(fixed[meeting])
            for meeting in held:
                if meeting not in fixed:
                    table_of[meeting] = free[bank].pop(0)
    return table_of


class _Floor:
    """Which table each desk had last, as the slots go by."""

    def __init__(
        self, sittings: Mapping[int, Sequence[tuple[int, int]]], tables: int, fixed: Mapping[int, int]
    ) -> None:
        self.tables = tables
        self.uses: dict[Desk, list[int]] = defaultdict(list)
        for slot in sorted(sittings):
            busy: dict[int, int] = defaultdict(int)
            for _, bank in sittings[slot]:
                self.uses[bank, busy[bank]].append(slot)
                busy[bank] += 1
        # Before the first slot, a bank stands at the table that a lock gives it, the others beside.
        self.last: dict[Desk, int] = {}
        for slot in sorted(sittings):
            for meeting, bank in sittings[slot]:
                if meeting in fixed:
                    self.last.setdefault((bank, 0), fixed[meeting])
        if len(self.uses) <= tables:
            spare = sorted(set(range(1, tables + 1)) - set(self.last.values()))
            self.last.update(zip(sorted(self.uses.keys() - self.last.keys()), spare, strict=False))

    def arrange(self, slot: int, busy: Mapping[int, int], named: Mapping[int, int]) -> dict[int, list[int]]:
        """Return the tables of each bank that is busy in `slot`, those that locks name among them."""
        waiting = sorted((bank, number) for bank, count in busy.items() for number in range(count))
        taken: dict[int, Desk] = {}
        for table, bank in sorted(named.items()):
            own = [desk for desk in waiting if desk[0] == bank]
            taken[table] = min(own, key=lambda desk: (self.last.get(desk) != table, desk in self.last))
            waiting.remove(taken[table])
        for desk in list(waiting):
            if desk in self.last and self.last[desk] not in taken:
                taken[self.last[desk]] = desk
                waiting.remove(desk)
        if waiting:
            missed = self._missed(slot)
            free = sorted(set(range(1, self.tables + 1)) - taken.keys(), key=lambda at: (-missed[at], at))
            taken.update(zip(free, waiting, strict=False))
        found: dict[int, list[int]] = defaultdict(list)
        for table, desk in taken.items():
            self.last[desk] = table
            found[desk[0]].append(table)
        return found

    def _missed(self, slot: int) -> dict[int, int]:
        """For each table, the next slot in which a desk that had it last is busy again."""
        missed = dict.fromkeys(range(1, self.tables + 1), NEVER)
        for desk, table in self.last.items():
            later = bisect_right(self.uses[desk], slot)
            if later < len(self.uses[desk]):
                missed[table] = min(missed[table], self.uses[desk][later])
        return missed


def changes(tables_by_slot: Mapping[str, Mapping[int, Set[int]]]) -> int:
    """Return how often a bank changes tables from one of its slots to its next.

    Args:
        tables_by_slot: for each bank, its tables in each slot in which it meets. A desk that opens more is
            no change.
    """
    changed = 0
    for by_slot in tables_by_slot.values():
        order = sorted(by_slot)
        for before, after in pairwise(order):
            new = len(by_slot[after] - by_slot[before])
            changed += max(0, new - max(0, len(by_slot[after]) - len(by_slot[before])))
    return changed
