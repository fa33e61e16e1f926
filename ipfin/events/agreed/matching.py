"""Can the talks of one participant stand in slots of their own; if not, which of them contend for too few.

Augmenting paths; the witness is the set of Hall's theorem: talks that together have fewer slots than talks.
"""

from __future__ import annotations

from collections.abc import Mapping

from ipfin.events.agreed.hall import bits


def contenders(domain: Mapping[int, int]) -> tuple[tuple[int, ...], int]:
    """Return talks that have fewer slots together than they are, and those slots; ((), 0) when all can stand.

    Args:
        domain: the slots of each talk, as bits.
    """
    holder: dict[int, int] = {}
    for talk in domain:
        seen: set[int] = set()
        if not _place(talk, domain, holder, seen):
            talks = {talk} | {holder[slot] for slot in seen}
            return tuple(sorted(talks)), sum(1 << slot for slot in seen)
    return (), 0


def _place(talk: int, domain: Mapping[int, int], holder: dict[int, int], seen: set[int]) -> bool:
    for slot in bits(domain[talk]):
        if slot in seen:
            continue
        seen.add(slot)
        if slot not in holder or _place(holder[slot], domain, holder, seen):
            holder[slot] = talk
            return True
    return False
