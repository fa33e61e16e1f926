"""Tables are exchanged only for fewer changes, and no bound on them is above what is possible."""

from __future__ import annotations

from collections import defaultdict
from itertools import permutations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.events.timetable import tables
from ipfin.events.timetable.sitting import fewest_changes, settled

Sittings = dict[int, list[tuple[int, int]]]


@st.composite
def halls(draw: st.DrawFn) -> tuple[Sittings, int]:
    """Up to four banks of one or two desks in three slots, and two or three tables."""
    size = draw(st.integers(2, 3))
    sittings: Sittings = {}
    meeting = 0
    for slot in range(1, 4):
        here = draw(st.lists(st.integers(0, 3), max_size=size))
        sittings[slot] = [(meeting + at, bank) for at, bank in enumerate(sorted(here))]
        meeting += len(here)
    return sittings, size


def count(sittings: Sittings, table_of: dict[int, int]) -> int:
    by_bank: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for slot, held in sittings.items():
        for meeting, bank in held:
            by_bank[str(bank)][slot].add(table_of[meeting])
    return tables.changes(by_bank)


@settings(max_examples=40, deadline=None)
@given(halls())
def test_the_exchanges_lie_between_the_bound_and_the_rule(hall: tuple[Sittings, int]) -> None:
    sittings, size = hall
    ways = [permutations(range(1, size + 1), len(held)) for held in sittings.values()]
    best = min(
        count(sittings, {m: t for held, seats in zip(sittings.values(), way, strict=True)
                         for (m, _), t in zip(held, seats, strict=True)})
        for way in product(*ways)
    )  # fmt: skip
    ruled = tables.seat(sittings, size, {})

    found = settled(sittings, size, ruled, ())

    assert fewest_changes(sittings, size) <= best <= count(sittings, found) <= count(sittings, ruled)
    for held in sittings.values():
        assert len({found[meeting] for meeting, _ in held}) == len(held)
        assert all(1 <= found[meeting] <= size for meeting, _ in held)


def test_three_banks_that_meet_in_turn_at_two_tables_change_once() -> None:
    sittings = {1: [(0, 0), (1, 1)], 2: [(2, 1), (3, 2)], 3: [(4, 2), (5, 0)]}

    found = settled(sittings, 2, tables.seat(sittings, 2, {}), ())

    assert fewest_changes(sittings, 2) == count(sittings, found) == 1
    assert fewest_changes(sittings, 3) == 0


def test_what_has_its_table_keeps_it() -> None:
    sittings = {1: [(0, 0)], 2: [(1, 0)]}

    assert settled(sittings, 2, {0: 1, 1: 2}, {0, 1}) == {0: 1, 1: 2}
    assert count(sittings, settled(sittings, 2, {0: 1, 1: 2}, {1})) == 0
