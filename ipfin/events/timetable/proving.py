"""The certificate of a finished draft: counted from the draft, whoever made it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from ipfin.events.timetable import sitting, tables
from ipfin.events.timetable.certificate import Certificate, Ending, LeftOut, Meeting, Status
from ipfin.events.timetable.compacting import Ledger
from ipfin.events.timetable.draft import NOWHERE, Draft
from ipfin.events.timetable.witness import unserved, witnesses


def all_slots(draft: Draft) -> dict[int, int]:
    """Return the slot (from 0) of every pair that is held, locked ones included."""
    held = {pair: slot for pair, slot in enumerate(draft.slot_of) if slot != NOWHERE}
    return dict(sorted((held | draft.board.locked).items()))


def seated(draft: Draft, fixed: Mapping[tuple[str, str], int]) -> tuple[Meeting, ...]:
    """Return all meetings with their tables.

    Args:
        fixed: the table of each (bank id, firm id) that has one already.
    """
    problem = draft.board.problem
    slot_of, sittings = all_slots(draft), _sittings(draft)
    named = {}
    for pair in slot_of:
        table = fixed.get((problem.pairs[pair].bank_id, problem.pairs[pair].firm_id))
        if table is not None:
            named[pair] = table
    table_of = tables.seat(sittings, problem.tables, named)
    table_of = sitting.settled(sittings, problem.tables, table_of, named)
    return tuple(
        sorted(
            Meeting(slot + 1, table_of[pair], problem.pairs[pair].bank_id, problem.pairs[pair].firm_id)
            for pair, slot in slot_of.items()
        )
    )


def _sittings(draft: Draft) -> dict[int, list[tuple[int, int]]]:
    """Return by slot (from 1) the pairs held in it, with their banks."""
    sittings: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for pair, slot in all_slots(draft).items():
        sittings[slot + 1].append((pair, draft.board.bank_of[pair]))
    return sittings


def certify(
    draft: Draft,
    meetings: tuple[Meeting, ...],
    *,
    bound: int,
    bound_by: str,
    idle_bound: int,
    left_out: tuple[LeftOut, ...],
    ending: Ending,
    solver: str,
    seed: int,
    seconds: float,
    served_bound: int = 0,
    fair_pairs: frozenset[int] | None = None,
) -> Certificate:
    """Return what is known about a draft.

    Args:
        bound: on the value of all meetings, locked ones included.
        served_bound: on the must-haves and minimums that are met, without what locks meet.
        fair_pairs: the fairest of the most valuable choices beside the locked ones, when it is known.
    """
    board, waiting = draft.board, Ledger(draft).waiting()
    value = draft.value + sum(board.value[pair] for pair in board.locked)
    loads = [0] * len(board.firm_cap)
    for pair in all_slots(draft):
        loads[board.firm_of[pair]] += 1
    reachable = [load for load, cap in zip(loads, board.firm_cap, strict=True) if load or cap]
    served = draft.served
    by_locks = board.problem.demands - board.demands
    chosen = frozenset(pair for pair, slot in enumerate(draft.slot_of) if slot != NOWHERE)
    is_proven = value == bound and served == served_bound
    return Certificate(
        status=Status.PROVEN_OPTIMAL if is_proven else Status.FEASIBLE,
        value=value,
        bound=bound,
        bound_by=bound_by,
        firm_idle=waiting.firms,
        bank_idle=waiting.banks,
        idle=waiting.weighted,
        idle_bound=idle_bound,
        table_changes=_table_changes(meetings),
        table_bound=sitting.fewest_changes(_sittings(draft), board.problem.tables),
        firms_met=sum(1 for load in loads if load),
        fewest=min(reachable, default=0),
        left_out=left_out,
        ending=ending,
        solver=solver,
        seed=seed,
        inputs_sha256=board.problem.sha256(),
        seconds=seconds,
        demands=board.problem.demands,
        served=served + by_locks,
        served_bound=served_bound + by_locks,
        unserved=unserved(draft, {(out.bank_id, out.firm_id): out.reason for out in left_out}),
        witnesses=witnesses(board) if served < board.demands else (),
        is_fairest=is_proven and fair_pairs == chosen,
    )


def _table_changes(meetings: tuple[Meeting, ...]) -> int:
    by_bank: dict[str, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for meeting in meetings:
        by_bank[meeting.bank_id][meeting.slot].add(meeting.table)
    return tables.changes(by_bank)
