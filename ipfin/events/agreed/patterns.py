"""The sets of slots in which one participant may be busy: its patterns, by the breaks that they have.

A pattern without a break is an interval; with b breaks it is b + 1 intervals. A pattern that some talk cannot
use is left out here already: this is what makes the search short where events are long and sparse.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from ipfin.events.agreed.hall import Hall

# Above this many patterns a participant's breaks are counted by the starts of its runs instead.
MOST_PATTERNS = 3_000


class Patterns:
    """Patterns of the participants of a hall, found once each.

    Args:
        domain: the slots left to each talk, as bits.
    """

    def __init__(self, hall: Hall, domain: tuple[int, ...]) -> None:
        self.hall, self.domain = hall, domain
        self._known: dict[tuple[int, int], list[int] | None] = {}
        self._shape = [_Shape(hall, domain, who) for who in range(len(hall.talks_of))]

    def exactly(self, who: int, breaks: int) -> list[int] | None:
        """All patterns with exactly so many breaks; None when there are too many to list."""
        key = (who, breaks)
        if key not in self._known:
            self._known[key] = self._shape[who].patterns(breaks)
        return self._known[key]

    def between(self, who: int, least: int, most: int) -> list[tuple[int, int]] | None:
        """All (pattern, breaks) with `least` to `most` breaks; None when there are too many to list."""
        found: list[tuple[int, int]] = []
        for breaks in range(least, most + 1):
            patterns = self.exactly(who, breaks)
            if patterns is None or len(found) + len(patterns) > MOST_PATTERNS:
                return None
            found += [(pattern, breaks) for pattern in patterns]
        return found

    def fewest(self, who: int) -> int:
        """The fewest breaks that its own talks, absences and fixed slots allow, others left aside."""
        for breaks in range(len(self.hall.talks_of[who])):
            patterns = self.exactly(who, breaks)
            if patterns is None or patterns:
                return breaks
        return 0


class _Shape:
    """What the talks of one participant ask of a pattern."""

    def __init__(self, hall: Hall, domain: tuple[int, ...], who: int) -> None:
        talks = hall.talks_of[who]
        self.length, self.slots = len(talks), hall.slots
        self.free = self.must = 0
        for talk in talks:
            self.free |= domain[talk]
            if domain[talk].bit_count() == 1:
                self.must |= domain[talk]
        kinds = {domain[talk] for talk in talks}
        kinds |= {one | other for one, other in combinations(kinds, 2)} if len(kinds) <= _FEW_KINDS else set()
        # (slots, n): n talks have no slot outside these, so a pattern needs n of them.
        self.needs = [(kind, sum(1 for talk in talks if not domain[talk] & ~kind)) for kind in kinds]

    def patterns(self, breaks: int) -> list[int] | None:
        if not self.length:
            return [0] if not breaks else []
        found: list[int] = []
        for looked, pattern in enumerate(self.unions(self.length, breaks, 0)):
            if looked > _MOST_LOOKED or len(found) > MOST_PATTERNS:
                return None
            if pattern & self.must == self.must and all(
                (pattern & slots).bit_count() >= count for slots, count in self.needs
            ):
                found.append(pattern)
        return found

    def unions(self, length: int, breaks: int, start: int) -> Iterator[int]:
        """Every set of `length` free slots from `start` on that is made of `breaks` + 1 runs."""
        longest = length - breaks
        if longest < 1:
            return
        for first in range(start, self.slots - length - breaks + 1):
            if self.must & ((1 << first) - 1) & ~((1 << start) - 1):
                return  # a slot that must be used has been passed over
            for size in range(longest if not breaks else 1, longest + 1):
                run = ((1 << size) - 1) << first
                if run & ~self.free:
                    break
                if not breaks:
                    yield run
                    continue
                for rest in self.unions(length - size, breaks - 1, first + size + 1):
                    yield run | rest


_FEW_KINDS = 12
_MOST_LOOKED = 40_000
