"""Fewer changes of table than the rule of `tables` leaves, by exchange, and how few there could be.

Decides tables only: two tables are exchanged in one slot, or from a slot on, while that makes banks change
less often. What has its table already keeps it. The bound counts banks that cannot all have a table of their
own: of banks that pairwise meet in a common slot, as many must change as there are too many for the hall.
Slots and tables are counted from 1.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from ipfin.events.timetable.tables import changes

TRIES = 4_000  # exchanges that are looked at, so that a large hall takes no longer than a small one

Sittings = Mapping[int, Sequence[tuple[int, int]]]  # by slot, the (meeting, bank) held in it


def settled(
    sittings: Sittings, tables: int, table_of: Mapping[int, int], fixed: Collection[int]
) -> dict[int, int]:
    """Return the tables after exchanges, with no more changes than `table_of` has.

    Args:
        fixed: meetings that keep their table.
    """
    least = fewest_changes(sittings, tables)
    hall = _Hall(sittings, table_of, fixed)
    tries = 0
    gained = True
    while gained and hall.changes > least:
        gained = False
        for slots, one, other in _exchanges(sorted(sittings), tables):
            tries += 1
            if tries > TRIES:
                return hall.table_of
            gained = hall.try_exchange(slots, one, other) or gained
    return hall.table_of


def _exchanges(slots: list[int], tables: int) -> Iterator[tuple[list[int], int, int]]:
    for place, slot in enumerate(slots):
        for one in range(1, tables + 1):
            for other in range(one + 1, tables + 1):
                yield [slot], one, other
                if 0 < place < len(slots) - 1:
                    yield slots[place:], one, other


class _Hall:
    """Who sits where, and how often each bank changes."""

    def __init__(self, sittings: Sittings, table_of: Mapping[int, int], fixed: Collection[int]) -> None:
        self.table_of, self.fixed = dict(table_of), set(fixed)
        self.bank_of = {meeting: bank for held in sittings.values() for meeting, bank in held}
        self.of_bank: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.at: dict[tuple[int, int], int] = {}
        for slot, held in sittings.items():
            for meeting, bank in held:
                self.of_bank[bank].append((slot, meeting))
                self.at[slot, self.table_of[meeting]] = meeting
        self.changes = sum(self._of(bank) for bank in self.of_bank)

    def _of(self, bank: int) -> int:
        by_slot: dict[int, set[int]] = defaultdict(set)
        for slot, meeting in self.of_bank[bank]:
            by_slot[slot].add(self.table_of[meeting])
        return changes({"": by_slot})

    def try_exchange(self, slots: Sequence[int], one: int, other: int) -> bool:
        """Exchange two tables in `slots` if banks then change less often."""
        found = [(slot, table) for slot in slots for table in (one, other) if (slot, table) in self.at]
        moved = [self.at[place] for place in found]
        if not moved or not self.fixed.isdisjoint(moved):
            return False
        banks = {self.bank_of[meeting] for meeting in moved}
        before = sum(map(self._of, banks))
        self._swap(moved, one + other)
        gained = before - sum(map(self._of, banks))
        if gained <= 0:
            self._swap(moved, one + other)
            return False
        for place in found:
            del self.at[place]
        for (slot, _table), meeting in zip(found, moved, strict=True):
            self.at[slot, self.table_of[meeting]] = meeting
        self.changes -= gained
        return True

    def _swap(self, moved: Sequence[int], both: int) -> None:
        for meeting in moved:
            self.table_of[meeting] = both - self.table_of[meeting]


def fewest_changes(sittings: Sittings, tables: int) -> int:
    """Return how many changes of table no arrangement can avoid.

    A bank that is as busy in each of its slots as in the others and never changes keeps the same tables. Two
    of them with a common slot share none. So of a group of which any two have one, as many must change as it
    takes for the rest to fit into the hall; groups without a common bank add up.
    """
    counts: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for slot, held in sittings.items():
        for _meeting, bank in held:
            counts[bank][slot] += 1
    busy = {bank: set(by_slot) for bank, by_slot in counts.items() if len(set(by_slot.values())) == 1}
    size = {bank: next(iter(counts[bank].values())) for bank in busy}
    left = sorted(busy, key=lambda bank: (-len(busy[bank]), bank))
    fewest = 0
    while left:
        group: list[int] = []
        for bank in left:
            if all(busy[bank] & busy[member] for member in group):
                group.append(bank)
        fewest += _too_many([size[bank] for bank in group], tables)
        left = [bank for bank in left if bank not in set(group)]
    return fewest


def _too_many(sizes: list[int], tables: int) -> int:
    """Return how many of a group must go, the largest first, until the rest fits."""
    gone, total = 0, sum(sizes)
    for size in sorted(sizes, reverse=True):
        if total <= tables:
            break
        total -= size
        gone += 1
    return gone
