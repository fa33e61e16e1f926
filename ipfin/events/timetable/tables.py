"""At which table each meeting is held: banks keep their tables, firms walk.

Each desk of a bank holds a table until somebody else needs it. Who must give one up is the desk that is used
again last (Belady's rule, which makes the fewest moves when each bank has one desk and no lock names a
table). With a table for every desk nobody moves at all. Slots and tables are counted from 1 here.
"""

from __future__ import annotations

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
    floor = _Floor(sittings, tables)
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
    """Which desk holds which table as the slots go by."""

    def __init__(self, sittings: Mapping[int, Sequence[tuple[int, int]]], tables: int) -> None:
        self.tables = tables
        self.uses: dict[Desk, list[int]] = defaultdict(list)
        for slot in sorted(sittings):
            busy: dict[int, int] = defaultdict(int)
            for _, bank in sittings[slot]:
                self.uses[bank, busy[bank]].append(slot)
                busy[bank] += 1
        self.held: dict[int, Desk] = {}
        self.table_of: dict[Desk, int] = {}
        if len(self.uses) <= tables:
            for table, desk in enumerate(sorted(self.uses), start=1):
                self._hold(desk, table)

    def arrange(self, slot: int, busy: Mapping[int, int], named: Mapping[int, int]) -> dict[int, list[int]]:
        """Return the tables of each bank that is busy in `slot`, those that locks name among them."""
        needed = {(bank, number) for bank, count in busy.items() for number in range(count)}
        settled: set[Desk] = set()
        for table, bank in sorted(named.items()):
            settled.add(self._claim(table, bank, needed - settled))
        for desk in sorted(needed - settled):
            at = self.table_of.get(desk)
            if at is None or at in named:
                self._hold(desk, self._give_up(slot, needed, named))
        found: dict[int, list[int]] = defaultdict(list)
        for desk in sorted(needed):
            found[desk[0]].append(self.table_of[desk])
        return found

    def _claim(self, table: int, bank: int, desks: set[Desk]) -> Desk:
        """Seat a desk of `bank` at `table`: the one that is there, else one without, else the last."""
        own = sorted(desk for desk in desks if desk[0] == bank)
        if self.held.get(table) in own:
            return self.held[table]
        chosen = next((desk for desk in own if desk not in self.table_of), own[-1])
        self._hold(chosen, table)
        return chosen

    def _give_up(self, slot: int, needed: set[Desk], named: Mapping[int, int]) -> int:
        """Return a table that nobody holds, or the one whose desk is used again last."""

        def used_again(table: int) -> tuple[int, int]:
            desk = self.held.get(table)
            later = (at for at in self.uses[desk] if at > slot) if desk else iter(())
            return (NEVER + 1 if desk is None else next(later, NEVER), -table)

        open_tables = [
            table
            for table in range(1, self.tables + 1)
            if table not in named and self.held.get(table) not in needed
        ]
        return max(open_tables, key=used_again)

    def _hold(self, desk: Desk, table: int) -> None:
        before = self.held.get(table)
        if before is not None:
            del self.table_of[before]
        if desk in self.table_of:
            del self.held[self.table_of[desk]]
        self.held[table], self.table_of[desk] = desk, table


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
