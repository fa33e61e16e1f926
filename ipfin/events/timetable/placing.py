"""Slots for chosen pairs when people are away: the most constrained first, then repair by exchanges.

With absences a set of pairs that respects every number may still have no timetable (restricted edge
colouring, NP-complete: Kubale 1992), so this is a search: what it cannot place is left out, and what is left
out is tried again against the least valuable meetings in its way. The flow's value stays the upper bound.
"""

from __future__ import annotations

from random import Random

from ipfin.events.timetable.board import Board, bits
from ipfin.events.timetable.certificate import ShouldStop
from ipfin.events.timetable.draft import NOWHERE, Draft

SHAKES = 20  # rounds of random exchanges after which a stuck pair is tried again


def place(board: Board, chosen: list[int], random: Random, should_stop: ShouldStop) -> Draft:
    """Return a draft that holds as much of `chosen`, and of the value of the others, as was found."""
    draft = Draft(board)
    order = sorted(
        chosen,
        key=lambda pair: (
            not board.must[pair],
            board.pair_free[pair].bit_count(),
            -board.value[pair],
            pair,
        ),
    )
    stuck = [pair for pair in order if not _put_freely(draft, pair) and not insert(draft, pair, random)]
    for _ in range(SHAKES):
        if not stuck or should_stop():
            break
        stuck = [pair for pair in stuck if not _shake_in(draft, pair, random)]
    if stuck:
        fill(draft, random, should_stop)
    return draft


def insert(draft: Draft, pair: int, random: Random) -> bool:
    """Put `pair` into some slot by exchanging two slots; False when no exchange does it."""
    if not draft.has_room(pair):
        return False
    for there in bits(draft.board.pair_free[pair]):
        for here in range(draft.board.slots):
            if here == there:
                continue
            meetings = draft.chain(pair, here, there, random)
            if meetings is not None:
                draft.exchange(meetings, here, there)
                return True
    return False


def _put_freely(draft: Draft, pair: int) -> bool:
    """Put `pair` where nothing must move, as near as possible to what its firm has already."""
    free = draft.free_slots(pair) if draft.has_room(pair) else []
    if not free:
        return False
    firm = draft.board.firm_of[pair]
    held = [slot for slot, at in enumerate(draft.firm_at[firm]) if at != NOWHERE]
    draft.put(pair, min(free, key=lambda slot: min((abs(slot - other) for other in held), default=slot)))
    return True


def _shake_in(draft: Draft, pair: int, random: Random) -> bool:
    """Exchange a few meetings of the firm and the bank of `pair` at random, then try it again."""
    board = draft.board
    bank, firm = board.bank_of[pair], board.firm_of[pair]
    near = [at for at in draft.firm_at[firm] if at != NOWHERE]
    near += [at for sitting in draft.bank_at[bank] for at in sitting]
    for moved in random.sample(near, min(len(near), 6)):
        here, there = draft.slot_of[moved], random.choice(bits(board.pair_free[moved]))
        if here != there:
            meetings = draft.chain(moved, here, there, random)
            if meetings is not None:
                draft.exchange(meetings, here, there)
    return insert(draft, pair, random)


def fill(draft: Draft, random: Random, should_stop: ShouldStop) -> None:
    """Put in what fits now, and exchange meetings for more valuable ones, until nothing gains."""
    board = draft.board
    order = sorted(range(len(board.value)), key=lambda pair: (-board.value[pair], pair))
    gained = True
    while gained and not should_stop():
        gained = False
        for pair in order:
            if draft.slot_of[pair] == NOWHERE and board.pair_free[pair] and _gain(draft, pair, random):
                gained = True


def _gain(draft: Draft, pair: int, random: Random) -> bool:
    """Put `pair` in, at the price of at most one less valuable meeting of its firm and one of its bank."""
    if insert(draft, pair, random):
        return True
    board = draft.board
    bank, firm = board.bank_of[pair], board.firm_of[pair]
    in_the_way = [at for at in draft.firm_at[firm] if at != NOWHERE]
    in_the_way += [at for row in draft.bank_at[bank] for at in row]
    worth = (board.must[pair] or _is_short(draft, pair), board.value[pair])
    cheaper = [at for at in in_the_way if (board.must[at], board.value[at]) < worth]
    has_demands = board.demands > 0
    kept, before = (list(draft.slot_of), (draft.served, draft.value)) if has_demands else ([], (0, 0))
    for dropped in sorted(cheaper, key=lambda at: (board.must[at], board.value[at], at))[:4]:
        slot = draft.take(dropped)
        if not insert(draft, pair, random):
            draft.put(dropped, slot)
            continue
        insert(draft, dropped, random)
        if not has_demands or (draft.served, draft.value) > before:
            return True
        draft.rearrange(kept)
    return False


def _is_short(draft: Draft, pair: int) -> bool:
    """Whether firm or bank has fewer meetings than its minimum."""
    board, bank, firm = draft.board, draft.board.bank_of[pair], draft.board.firm_of[pair]
    return draft.firm_load[firm] < board.firm_min[firm] or draft.bank_load[bank] < board.bank_min[bank]
