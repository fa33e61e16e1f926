"""A task laid out in numbers: talks and participants by place, slots as bits, breaks counted.

Decides how breaks are counted (空档): the runs of slots without a talk between the first and the last talk of
a participant; a run counts one however long it is, and slots in which it is away count like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ipfin.events.agreed.task import TalksTask

Plan = tuple[int | None, ...]  # slot (from 0) of every talk, None when it is dropped


def bits(mask: int) -> Iterator[int]:
    """The places of the ones in `mask`, from the smallest."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def runs(mask: int) -> int:
    """The number of maximal runs of ones."""
    return (mask & ~(mask << 1)).bit_count()


def breaks(mask: int) -> int:
    """The breaks of a participant that is busy in the slots of `mask`."""
    return max(0, runs(mask) - 1)


@dataclass(frozen=True, slots=True)
class Hall:
    """A task by places.

    Args:
        ends: the two participants of every talk.
        domain: the slots that each talk may have, absences of both taken out, as bits.
        talks_of: the talks of every participant.
        order: (earlier, later) talks.
    """

    task: TalksTask
    slots: int
    tables: int
    ends: tuple[tuple[int, int], ...]
    domain: tuple[int, ...]
    talks_of: tuple[tuple[int, ...], ...]
    order: tuple[tuple[int, int], ...]

    def busy(self, plan: Sequence[int | None]) -> list[int]:
        """The slots of each participant's talks as bits."""
        masks = [0] * len(self.talks_of)
        for (one, other), slot in zip(self.ends, plan, strict=True):
            if slot is not None:
                masks[one] |= 1 << slot
                masks[other] |= 1 << slot
        return masks

    def breaks_of(self, plan: Sequence[int | None]) -> list[int]:
        """The breaks of each participant."""
        return [breaks(mask) for mask in self.busy(plan)]

    def without(self, dropped: frozenset[int]) -> Hall:
        """The same hall where the talks `dropped` need no slot: nobody waits for them."""
        return Hall(
            self.task,
            self.slots,
            self.tables,
            self.ends,
            self.domain,
            tuple(tuple(talk for talk in talks if talk not in dropped) for talks in self.talks_of),
            tuple(pair for pair in self.order if dropped.isdisjoint(pair)),
        )

    @property
    def talks(self) -> list[int]:
        """The talks that need a slot."""
        return sorted({talk for talks in self.talks_of for talk in talks})


def lay_out(task: TalksTask) -> Hall:
    """Return `task` by places; it must have passed `task.check`."""
    place = {participant.id: number for number, participant in enumerate(task.participants)}
    talk_place = {talk.id: number for number, talk in enumerate(task.talks)}
    every = (1 << task.slots) - 1
    here = [every & ~mask_of(participant.away) for participant in task.participants]
    ends = tuple((place[talk.one], place[talk.other]) for talk in task.talks)
    talks_of: list[list[int]] = [[] for _ in task.participants]
    domain = []
    for number, (talk, (one, other)) in enumerate(zip(task.talks, ends, strict=True)):
        allowed = every if talk.slots is None else mask_of(talk.slots)
        domain.append(allowed & here[one] & here[other])
        talks_of[one].append(number)
        talks_of[other].append(number)
    order = {(talk_place[p.earlier], talk_place[p.later]) for p in task.precedences}
    talks = tuple(tuple(talks) for talks in talks_of)
    return Hall(task, task.slots, task.tables, ends, tuple(domain), talks, tuple(sorted(order)))


def mask_of(slots: frozenset[int]) -> int:
    """Slots counted from 1 as bits counted from 0."""
    return sum(1 << (slot - 1) for slot in slots)
