"""What is wrong with a plan of agreed talks, from the instance alone: nothing of ipfin is used here."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise

from benchmarks.dzn import AFTERNOON, MORNING, Instance

FAIRNESS = 2  # no participant more breaks than another by more than this (the papers' d)


def violations(instance: Instance, slot_of: Mapping[int, int], dropped: Collection[int]) -> list[str]:
    """Return every broken rule of a plan; talks are counted from 1.

    Args:
        slot_of: the slot of every talk held.
        dropped: the talks that the plan says it does not hold.
    """
    return [
        *_complete(instance, slot_of, dropped),
        *_allowed(instance, slot_of),
        *_clashes(instance, slot_of),
        *_order(instance, slot_of),
        *_fairness(instance, slot_of),
    ]


def breaks(instance: Instance, slot_of: Mapping[int, int]) -> dict[int, int]:
    """The idle gaps of each participant between first and last talk; a gap counts one, however long."""
    mine: dict[int, list[int]] = {person: [] for person in range(1, instance.participants + 1)}
    for talk, slot in slot_of.items():
        for person in instance.requested[talk - 1][:2]:
            mine[person].append(slot)
    return {
        person: sum(1 for one, after in pairwise(slots) if after > one + 1)
        for person, slots in ((person, sorted(slots)) for person, slots in mine.items())
    }


def _complete(instance: Instance, slot_of: Mapping[int, int], dropped: Collection[int]) -> Iterator[str]:
    talks = set(range(1, len(instance.requested) + 1))
    for talk in sorted(talks - set(slot_of) - set(dropped)):
        yield f"talk {talk} is neither held nor dropped"
    for talk in sorted(set(slot_of) & set(dropped)):
        yield f"talk {talk} is held and dropped"
    for talk in sorted((set(slot_of) | set(dropped)) - talks):
        yield f"talk {talk} does not exist"


def _allowed(instance: Instance, slot_of: Mapping[int, int]) -> Iterator[str]:
    for talk, slot in slot_of.items():
        one, other, session = instance.requested[talk - 1]
        fixed = instance.fixed[talk - 1]
        if not 1 <= slot <= instance.slots:
            yield f"talk {talk} in slot {slot}, which does not exist"
        is_late = slot > instance.morning
        if (session == MORNING and is_late) or (session == AFTERNOON and not is_late):
            yield f"talk {talk} in slot {slot}, not in its session"
        if fixed and slot != fixed:
            yield f"talk {talk} in slot {slot}, fixed to {fixed}"
        for person in (one, other):
            if slot in instance.forbidden[person - 1]:
                yield f"talk {talk} in slot {slot}, forbidden for participant {person}"


def _clashes(instance: Instance, slot_of: Mapping[int, int]) -> Iterator[str]:
    at: dict[tuple[int, int], list[int]] = defaultdict(list)
    for talk, slot in slot_of.items():
        for person in instance.requested[talk - 1][:2]:
            at[person, slot].append(talk)
    for (person, slot), talks in at.items():
        if len(talks) > 1:
            yield f"participant {person} has talks {talks} in slot {slot}"
    for slot, count in Counter(slot_of.values()).items():
        if count > instance.tables:
            yield f"{count} talks in slot {slot}, {instance.tables} tables"


def _order(instance: Instance, slot_of: Mapping[int, int]) -> Iterator[str]:
    for later, before in enumerate(instance.earlier, start=1):
        for earlier in before:
            if later in slot_of and earlier in slot_of and slot_of[earlier] >= slot_of[later]:
                yield f"talk {earlier} is not earlier than talk {later}"


def _fairness(instance: Instance, slot_of: Mapping[int, int]) -> Iterator[str]:
    counts = breaks(instance, slot_of).values()
    if counts and max(counts) - min(counts) > FAIRNESS:
        yield f"participants are {max(counts) - min(counts)} breaks apart"
