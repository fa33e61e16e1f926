"""The parts of the planner: colouring, exchanges of slots, waiting, tables."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.events.timetable import flow, placing
from ipfin.events.timetable.board import lay_out
from ipfin.events.timetable.certificate import share_in_words
from ipfin.events.timetable.colouring import colour, split_desks
from ipfin.events.timetable.compacting import Ledger, compact, least_waiting, waited
from ipfin.events.timetable.draft import NOWHERE, Draft
from ipfin.events.timetable.problem import Bank, Firm, Lock, MeetingProblem, Pair
from ipfin.events.timetable.tables import changes, seat
from tests.unit.events.timetable_cases import dice, every_placing, fair, problems

# --- Colouring -------------------------------------------------------------------------------------------


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[tuple[int, int]], int, int]:
    """Edges between rows and firms with the fewest slots and tables that can hold them."""
    edges = draw(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 9)), unique=True, max_size=40))
    degrees = Counter(row for row, _ in edges), Counter(firm for _, firm in edges)
    slots = max([1, *degrees[0].values(), *degrees[1].values()]) + draw(st.integers(0, 3))
    return edges, slots, max(1, -(-len(edges) // slots))


@settings(max_examples=80)
@given(graphs())
def test_as_many_slots_as_the_busiest_needs_and_the_fewest_tables_always_suffice(
    graph: tuple[list[tuple[int, int]], int, int],
) -> None:
    edges, slots, tables = graph

    slot_of = colour(edges, slots, tables)

    assert len({(row, slot) for (row, _), slot in zip(edges, slot_of, strict=True)}) == len(edges)
    assert len({(firm, slot) for (_, firm), slot in zip(edges, slot_of, strict=True)}) == len(edges)
    assert all(times <= tables for times in Counter(slot_of).values())
    assert all(0 <= slot < slots for slot in slot_of)


def test_more_meetings_than_the_hall_holds_are_refused() -> None:
    with pytest.raises(ValueError, match="more meetings"):
        colour([(0, 0), (1, 1), (2, 2)], slots=2, tables=1)


def test_meetings_of_a_bank_are_dealt_out_over_its_desks() -> None:
    assert split_desks([0, 1, 1, 0, 1, 1], desks=[1, 3]) == [0, 1, 2, 0, 3, 1]


# --- Exchanges of slots ----------------------------------------------------------------------------------


@settings(max_examples=30)
@given(problems(with_absences=True, with_locks=True), st.integers(0, 9))
def test_an_exchange_of_slots_keeps_every_rule(problem: MeetingProblem, seed: int) -> None:
    draft, random = _placed(problem), dice(seed)
    for _ in range(30):
        pairs = [pair for pair, free in enumerate(draft.board.pair_free) if free]
        if not pairs:
            return
        pair = random.choice(pairs)
        here, there = random.randrange(problem.slots), random.randrange(problem.slots)
        if draft.slot_of[pair] not in (here, NOWHERE) or here == there:
            continue
        if draft.slot_of[pair] == NOWHERE and not draft.has_room(pair):
            continue
        meetings = draft.chain(pair, here, there, random)
        if meetings is not None:
            draft.exchange(meetings, here, there)
            assert draft.slot_of[pair] == there
            _keeps_every_rule(draft)


@settings(max_examples=30)
@given(problems(with_absences=True, with_locks=True))
def test_the_ledger_of_waiting_agrees_with_a_fresh_count_after_the_search(problem: MeetingProblem) -> None:
    draft = _placed(problem)
    before, value = Ledger(draft).waiting().weighted, draft.value

    seen: list[int] = []
    compact(draft, 300, 0, dice(1), lambda step, waiting: seen.append(waiting) or 0.0)

    _keeps_every_rule(draft)
    assert draft.value == value
    assert Ledger(draft).waiting().weighted <= before
    assert all(waiting >= Ledger(draft).waiting().weighted for waiting in seen)


def test_prices_of_exchanges_add_up_to_the_fresh_count() -> None:
    draft, random = _placed(fair(20, 5, 8, absent=0.2, desks=2, tables=7)), dice(2)
    ledger, made = Ledger(draft), 0
    now = ledger.waiting().weighted
    for _ in range(500):
        pair = random.choice([pair for pair, slot in enumerate(draft.slot_of) if slot != NOWHERE])
        here, there = draft.slot_of[pair], random.randrange(8)
        meetings = draft.chain(pair, here, there, random) if here != there else None
        if meetings is None:
            continue
        firms, banks = ledger.outcome(meetings, here, there)
        now += ledger.price(firms, banks)
        draft.exchange(meetings, here, there)
        ledger.book(firms, banks)
        made += 1
        assert now == Ledger(draft).waiting().weighted
    assert made > 50


def _placed(problem: MeetingProblem) -> Draft:
    board = lay_out(problem)
    return placing.place(board, flow.choose(board).pairs, dice(0), lambda: False)


def _keeps_every_rule(draft: Draft) -> None:
    board = draft.board
    held = {pair: slot for pair, slot in enumerate(draft.slot_of) if slot != NOWHERE}
    assert all(board.pair_free[pair] >> slot & 1 for pair, slot in held.items())
    firms = Counter((board.firm_of[pair], slot) for pair, slot in held.items())
    assert max(firms.values(), default=0) <= 1
    for (bank, slot), times in Counter((board.bank_of[p], slot) for p, slot in held.items()).items():
        assert times <= board.desks[bank][slot]
    for slot, times in Counter(held.values()).items():
        assert times <= board.tables[slot]
        assert times == len(draft.in_slot[slot])
    for firm, times in Counter(board.firm_of[pair] for pair in held).items():
        assert times == draft.firm_load[firm] <= board.firm_cap[firm]
    for bank, times in Counter(board.bank_of[pair] for pair in held).items():
        assert times == draft.bank_load[bank] <= board.bank_cap[bank]
    assert draft.value == sum(board.value[pair] for pair in held)


# --- Waiting ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("busy", "open_slots", "expected"),
    [
        (0b0, 0b11111, 0),
        (0b100, 0b11111, 0),
        (0b110, 0b11111, 0),
        (0b101, 0b11111, 1),
        (0b10001, 0b11111, 3),
        (0b10001, 0b11011, 2),  # a break in between does not count
        (0b101, 0b101, 0),
    ],
)
def test_waiting_is_what_is_open_between_first_and_last(busy: int, open_slots: int, expected: int) -> None:
    assert waited(busy, open_slots) == expected


@settings(max_examples=30)
@given(problems(with_absences=True, with_locks=True))
def test_no_timetable_of_the_same_pairs_waits_less_than_the_bound(problem: MeetingProblem) -> None:
    draft = _placed(problem)
    board = draft.board
    chosen = {
        (problem.canonical().pairs[pair].bank_id, problem.canonical().pairs[pair].firm_id)
        for pair, slot in enumerate(draft.slot_of)
        if slot != NOWHERE or pair in board.locked
    }

    least = min(_weighted(problem, placed) for placed in every_placing(problem) if placed.keys() == chosen)

    assert least_waiting(draft) <= least
    compact(draft, 2_000, 0, dice(0), lambda step, waiting: 0.0)
    assert Ledger(draft).waiting().weighted >= least


def _weighted(problem: MeetingProblem, placed: dict[tuple[str, str], int]) -> int:
    total = 0
    for side, weight, ones in ((1, 3, problem.firms), (0, 1, problem.banks)):
        for one in ones:
            busy = {slot for pair, slot in placed.items() if pair[side] == one.id}
            between = range(min(busy, default=0), max(busy, default=-1) + 1)
            total += weight * sum(1 for slot in between if slot not in busy and slot not in problem.breaks)
    return total


def test_the_bound_counts_what_locked_meetings_make_one_wait() -> None:
    # the firm is held in 1 and 4 and may fill 2 or 3, not both: one slot of waiting, three points.
    problem = MeetingProblem(
        banks=(Bank("b"), Bank("c"), Bank("d")),
        firms=(Firm("f"),),
        pairs=tuple(Pair(bank, "f", 1) for bank in "bcd"),
        slots=5,
        tables=3,
        locks=(Lock("b", "f", 1), Lock("c", "f", 4)),
    )

    assert least_waiting(_placed(problem)) == 3


def test_the_bound_counts_an_absence_that_cuts_the_day_in_two() -> None:
    # two meetings, there in 1 and 4 only; slot 2 is a break.
    firm = Firm("f", away=frozenset({3}))
    pairs = (Pair("b", "f", 1), Pair("c", "f", 1))
    problem = MeetingProblem((Bank("b"), Bank("c")), (firm,), pairs, 4, 2, breaks=frozenset({2}))

    assert least_waiting(_placed(problem)) == 3


def test_a_fair_without_absences_is_packed_without_any_waiting() -> None:
    problem = fair(40, 10, 10)
    draft = _placed(problem)

    compact(draft, 40_000, 0, dice(0), lambda step, waiting: 0.0)

    assert Ledger(draft).waiting().weighted == least_waiting(draft) == 0


# --- Tables ----------------------------------------------------------------------------------------------


def test_with_a_table_for_every_desk_nobody_moves() -> None:
    sittings = {1: [(0, 0), (1, 1)], 2: [(2, 1), (3, 2)], 4: [(4, 0), (5, 2), (6, 0)]}

    table_of = seat(sittings, tables=4, fixed={})

    assert _moves(sittings, table_of) == 0


@st.composite
def halls(draw: st.DrawFn) -> tuple[dict[int, list[tuple[int, int]]], int]:
    """Up to four banks of one desk over up to five slots, in a hall as small as it can be."""
    busy = draw(st.lists(st.sets(st.integers(0, 3), min_size=1), min_size=1, max_size=5))
    sittings: dict[int, list[tuple[int, int]]] = {}
    meeting = 0
    for slot, banks in enumerate(busy, start=1):
        sittings[slot] = [(meeting + number, bank) for number, bank in enumerate(sorted(banks))]
        meeting += len(banks)
    return sittings, max(len(banks) for banks in busy) + draw(st.integers(0, 1))


@settings(max_examples=50)
@given(halls())
def test_nobody_shares_a_table_and_none_is_invented(
    hall: tuple[dict[int, list[tuple[int, int]]], int],
) -> None:
    sittings, tables = hall

    table_of = seat(sittings, tables, fixed={})

    for held in sittings.values():
        assert len({table_of[meeting] for meeting, _ in held}) == len(held)
    assert all(1 <= table <= tables for table in table_of.values())


def test_a_bank_comes_back_to_its_table_though_another_sat_there_meanwhile() -> None:
    sittings = {1: [(0, 0), (1, 2)], 2: [(2, 1)], 3: [(3, 0), (4, 2)]}

    assert _moves(sittings, seat(sittings, tables=2, fixed={})) == 0


def test_who_must_move_takes_the_table_that_is_missed_last() -> None:
    # bank 2 has no table yet; bank 0 is back at once, bank 1 never: it takes the table of bank 1.
    sittings = {1: [(0, 0), (1, 1)], 2: [(2, 2)], 3: [(3, 0), (4, 2)]}

    assert _moves(sittings, seat(sittings, tables=2, fixed={})) == 0


def _moves(sittings: dict[int, list[tuple[int, int]]], table_of: dict[int, int]) -> int:
    of_bank: dict[str, dict[int, set[int]]] = {}
    for slot, held in sittings.items():
        for meeting, bank in held:
            of_bank.setdefault(str(bank), {}).setdefault(slot, set()).add(table_of[meeting])
    return changes(of_bank)


def test_a_table_named_by_a_lock_is_kept_free_for_it() -> None:
    # three meetings in slot 1; the last has table 1, which the first would have taken.
    table_of = seat({1: [(0, 0), (1, 1), (2, 2)]}, tables=3, fixed={2: 1})

    assert table_of[2] == 1
    assert sorted(table_of.values()) == [1, 2, 3]


def test_a_bank_with_a_locked_table_sits_there_from_the_start() -> None:
    sittings = {1: [(0, 0), (1, 1)], 2: [(2, 0), (3, 1)], 3: [(4, 0), (5, 1)]}

    table_of = seat(sittings, tables=2, fixed={5: 1})

    assert (table_of[5], _moves(sittings, table_of)) == (1, 0)


def test_a_lock_takes_its_capacity_off_the_board() -> None:
    problem = fair(4, 2, 3, desks=2, tables=3)
    pair = problem.pairs[0]
    board = lay_out(replace(problem, locks=(Lock(pair.bank_id, pair.firm_id, 2),)))

    bank, firm = board.bank_of[0], board.firm_of[0]
    assert board.locked == {0: 1}
    assert board.desks[bank] == [2, 1, 2]
    assert board.tables == [3, 2, 3]
    assert board.firm_free[firm] == 0b101
    assert board.pair_free[0] == 0
    assert not board.is_uniform


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [({1}, {1}, 0), ({1}, {2}, 1), ({1}, {1, 2}, 0), ({1}, {2, 3}, 1), ({1, 2}, {2}, 0), ({1, 2}, {3, 4}, 2)],
)
def test_a_further_desk_is_no_change_of_table(before: set[int], after: set[int], expected: int) -> None:
    assert changes({"b": {1: before, 5: after}}) == expected


@pytest.mark.parametrize(
    ("value", "bound", "words"),
    [
        (10, 10, "100.00"),
        (0, 0, "100.00"),
        (999_928, 1_000_000, "99.992"),
        (999_999, 1_000_000, "99.99990"),
        (1, 3, "33.33"),
        (0, 3, "0.00"),
    ],
)
def test_a_share_says_100_only_when_nothing_is_missing(value: int, bound: int, words: str) -> None:
    assert share_in_words(value, bound) == words
