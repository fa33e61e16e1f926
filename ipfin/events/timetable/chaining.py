"""Room for one more meeting by exchanging two slots, at the price of as few people told as possible.

A start for `moving`, which looks further: an exchange here stays within two slots.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from random import Random

from ipfin.events.timetable.board import Board, bits
from ipfin.events.timetable.draft import NOWHERE, Draft
from ipfin.events.timetable.remaining import Rest


def chained(rest: Rest, slot_of: dict[int, int], seed: int = 0) -> dict[int, int]:
    """Return `slot_of` with more of what is promised or spare, where an exchange of two slots makes room.

    Args:
        slot_of: slot (from 0) of every pair that is held from now on.
    """
    draft = Draft(_pinned(rest))
    for pair, slot in slot_of.items():
        draft.put(pair, slot)
    value = rest.board.value
    order = [*sorted(rest.wanted, key=lambda pair: -value[pair])]
    order += sorted(rest.spare, key=lambda pair: -value[pair])
    told = {one for pair in rest.hurt for one in _ends(rest.board, pair)}
    dice = Random(seed)  # noqa: S311 (a search, not a secret)
    for pair in order:
        if draft.slot_of[pair] != NOWHERE or not draft.has_room(pair):
            continue
        exchange = _cheapest(draft, pair, told, dice)
        if exchange is not None:
            meetings, here, there = exchange
            draft.exchange(meetings, here, there)
            told.update(_all_ends(rest.board, meetings))
    return {pair: slot for pair, slot in enumerate(draft.slot_of) if slot != NOWHERE}


def _pinned(rest: Rest) -> Board:
    """Return the board on which a locked meeting fits nowhere but where it is."""
    free = list(rest.board.pair_free)
    for pair in rest.pinned:
        free[pair] = 1 << (rest.standing[pair].slot - 1)
    return replace(rest.board, pair_free=free)


def _cheapest(
    draft: Draft, pair: int, told: set[tuple[bool, int]], dice: Random
) -> tuple[list[int], int, int] | None:
    found = [
        (len(_all_ends(draft.board, meetings) - told), len(meetings), here, there, meetings)
        for meetings, here, there in _exchanges(draft, pair, dice)
    ]
    if not found:
        return None
    _new, _moved, here, there, meetings = min(found)
    return meetings, here, there


def _exchanges(draft: Draft, pair: int, dice: Random) -> Iterator[tuple[list[int], int, int]]:
    for there in bits(draft.board.pair_free[pair]):
        for here in bits(draft.board.open_slots):
            meetings = draft.chain(pair, here, there, dice) if here != there else None
            if meetings is not None:
                yield meetings, here, there


def _ends(board: Board, pair: int) -> tuple[tuple[bool, int], tuple[bool, int]]:
    return (True, board.bank_of[pair]), (False, board.firm_of[pair])


def _all_ends(board: Board, pairs: Iterable[int]) -> set[tuple[bool, int]]:
    return {one for pair in pairs for one in _ends(board, pair)}
