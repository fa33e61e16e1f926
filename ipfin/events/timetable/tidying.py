"""Less waiting on the day for those who must be told anyway.

Decides among the free slots of moved and new meetings only: nobody else is touched, so neither the value nor
the people told nor the meetings moved change.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

from ipfin.events.timetable.certificate import Meeting
from ipfin.events.timetable.compacting import BANK_WEIGHT, FIRM_WEIGHT, waited
from ipfin.events.timetable.moving import Room, Slots
from ipfin.events.timetable.remaining import Party, Rest, sides


def tidied(rest: Rest, slot_of: Slots, past: Collection[Meeting]) -> Slots:
    """Return the slots with every moved or new meeting where bank and firm wait least; one after the other.

    Args:
        slot_of: of everything from now on, from 0.
        past: the meetings before, which count for the waiting.
    """
    day = _Day(rest, slot_of, past)
    arranged = dict(slot_of)
    for pair, slot in slot_of.items():
        stands = rest.standing.get(pair)
        own = None if stands is None else stands.slot - 1
        if slot != own:
            arranged[pair] = day.rearrange(pair, slot, own)
    return arranged


class _Day:
    """Who is busy when, past meetings included."""

    def __init__(self, rest: Rest, slot_of: Slots, past: Collection[Meeting]) -> None:
        self.board, self.open_slots = rest.board, rest.day_slots
        self.room = Room(rest.board, slot_of)
        self.busy: Counter[tuple[Party, int]] = Counter(
            (party, meeting.slot - 1) for meeting in past for party in sides(meeting)
        )
        for pair, slot in slot_of.items():
            self._count(pair, slot, 1)

    def rearrange(self, pair: int, here: int, own: int | None) -> int:
        """Move a meeting to the best of its free slots but `own`, and return it."""
        self._count(pair, here, -1)
        self.room.hold(pair, here, -1)
        options = [slot for slot in self.room.slots(pair) if slot != own]
        there = min(options, key=lambda slot: (self._waiting(pair, slot), slot != here, slot))
        self._count(pair, there, 1)
        self.room.hold(pair, there)
        return there

    def _parties(self, pair: int) -> tuple[Party, Party]:
        wish = self.board.problem.pairs[pair]
        return Party(True, wish.bank_id), Party(False, wish.firm_id)

    def _count(self, pair: int, slot: int, times: int) -> None:
        for party in self._parties(pair):
            self.busy[party, slot] += times

    def _waiting(self, pair: int, slot: int) -> int:
        return sum(
            (BANK_WEIGHT if party.is_bank else FIRM_WEIGHT) * waited(self._mask(party, slot), self.open_slots)
            for party in self._parties(pair)
        )

    def _mask(self, party: Party, slot: int) -> int:
        return sum(1 << at for at in range(self.board.slots) if at == slot or self.busy[party, at])
