"""Moving single talks by hand: where a talk could go in a plan, and a plan made fair before any search.

Without the solver, in milliseconds: so that a plan that keeps every rule is there even if the time is short.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from ipfin.events.agreed.hall import Hall, Plan, bits, breaks

_ROUNDS = 60
_UNFAIR = 100  # weight of a break too many beside one that is allowed


def free_slots(hall: Hall, slots: Sequence[int | None], talk: int, busy: Sequence[int]) -> int:
    """The slots (bits) that the talk could have instead of its own; tables are not looked at.

    Args:
        busy: the slots of each participant without this talk.
    """
    one, other = hall.ends[talk]
    free = hall.domain[talk] & ~busy[one] & ~busy[other]
    for earlier, later in hall.order:
        if later == talk and (before := slots[earlier]) is not None:
            free &= ~((1 << (before + 1)) - 1)
        if earlier == talk and (after := slots[later]) is not None:
            free &= (1 << after) - 1
    return free


def fill(hall: Hall, plan: Plan) -> Plan:
    """Put dropped talks of the hall where there is room in the plan after all."""
    slots = list(plan)
    for talk in hall.talks:
        if slots[talk] is None:
            free = free_slots(hall, slots, talk, hall.busy(slots))
            slots[talk] = next((slot for slot in bits(free) if slots.count(slot) < hall.tables), None)
    return tuple(slots)


def smooth(hall: Hall, plan: Plan, most: Sequence[int], seed: int) -> Plan:
    """Move talks one by one until nobody has more breaks than his `most`, or patience ends."""
    draw = Random(seed)  # noqa: S311 (no secret)
    slots, busy = list(plan), hall.busy(plan)
    talks = [talk for talk in hall.talks if slots[talk] is not None]
    for _round in range(_ROUNDS):
        if all(breaks(mask) <= limit for mask, limit in zip(busy, most, strict=True)):
            break
        draw.shuffle(talks)
        for talk in talks:
            _move(hall, slots, busy, most, talk)
    return tuple(slots)


def _move(hall: Hall, slots: list[int | None], busy: list[int], most: Sequence[int], talk: int) -> None:
    """Give the talk the slot that is best for its two participants; of equal ones not the old."""
    own, ends = slots[talk], hall.ends[talk]
    assert own is not None  # noqa: S101 (only talks that are held are moved)
    for who in ends:
        busy[who] &= ~(1 << own)
    slots[talk] = None

    def cost(slot: int) -> tuple[int, int]:
        total = 0
        for who in ends:
            count = breaks(busy[who] | 1 << slot)
            total += count + _UNFAIR * max(0, count - most[who])
        return total, slot == own

    room = [slot for slot in bits(free_slots(hall, slots, talk, busy)) if slots.count(slot) < hall.tables]
    slot = min(room, key=cost)
    slots[talk] = slot
    for who in ends:
        busy[who] |= 1 << slot
