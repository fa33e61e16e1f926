"""Who breaks: the questions that decide long, sparse events.

A question in which a few named participants may have a break more than they must, and all others may not, is
settled in seconds; the same question with "at most one break, of anybody" is not settled in minutes. So the
names are tried: the busiest first, because a long day is the hardest to keep in one piece.
"""

from __future__ import annotations

from random import Random

from ipfin.events.agreed.model import ask
from ipfin.events.agreed.search import Search

FIRST_SLICE = 5.0  # of the clock, for one question
_GROWTH = 1.6
_AT_ONCE = 6  # so many names are tried before the first is tried again, for longer


def busiest(search: Search) -> list[int]:
    """The participants that can have a break more than they must, those with the most talks first."""
    able = [
        who
        for who, talks in enumerate(search.hall.talks_of)
        if search.base[who] < min(search.most[who], len(talks) - 1)
    ]
    return sorted(able, key=lambda who: (-len(search.hall.talks_of[who]), who))


class Singles:
    """Decides whether the participants' own bounds, or one break more, are enough: a question for each.

    The name None stands for nobody. The answer to one name says nothing about another, so several threads may
    each take one. The first few names go round; what stays open is asked again for longer, with a few more.
    """

    def __init__(self, search: Search) -> None:
        self.search = search
        self.least = sum(search.base)
        self.open: list[int | None] = [None, *busiest(search)]
        self.is_cut = False  # names were left out because a plan with one break more is known
        self.slice = FIRST_SLICE
        self.window, self.cursor = _AT_ONCE, 0

    def work(self) -> bool:
        """Ask for one name; False when there is none to take."""
        with self.search.lock:
            if self.search.is_over or not self._is_open():
                return False
            who = self._next()
            limit = self.slice
        refused = self.ask(who, limit)
        with self.search.lock:
            if refused and who in self.open:
                self._close(who)
        return True

    def _is_open(self) -> bool:
        """Whether names are left; with one break more in hand only nobody's question matters."""
        if self.search.best is not None and self.search.total <= self.least + 1 and not self.is_cut:
            self.is_cut = True
            self.open = [who for who in self.open if who is None]
        return bool(self.open)

    def _next(self) -> int | None:
        if self.cursor >= min(self.window, len(self.open)):
            self.cursor = 0
            self.window += _AT_ONCE
            self.slice *= _GROWTH
        who = self.open[self.cursor]
        self.cursor += 1
        return who

    def _close(self, who: int | None) -> None:
        place = self.open.index(who)
        self.open.remove(who)
        self.cursor -= place < self.cursor
        if who is None:
            self.search.raise_bound(self.least + 1)
        if not self.open and not self.is_cut:
            self.search.raise_bound(self.least + 2)

    def ask(self, who: int | None, limit: float) -> bool:
        """Whether the solver proved that nobody, or only this one with a break more, is not enough."""
        search = self.search
        allowed = list(search.allowed({}))
        if who is not None:
            allowed[who] = (search.base[who] + 1, search.base[who] + 1)
        return search.put(ask(search.hall, search.patterns, allowed), limit).is_refused


class Ladder:
    """Looks for a first plan: the busiest few may break once more, then more, all, whatever is fair.

    Each rung is a question; who has climbed it goes round again with more time, until there is a plan.
    """

    def __init__(self, search: Search) -> None:
        self.search = search
        order = busiest(search)
        sizes = [*(size for size in (8, 16, 32) if size < len(order)), len(order)]
        self.rungs = [search.allowed(dict.fromkeys(order[:size], 1)) for size in sizes]
        self.rungs.append(search.everything)
        self.turn = 0

    @property
    def is_climbed(self) -> bool:
        """Whether every rung had its turn."""
        return self.turn >= len(self.rungs)

    def step(self) -> None:
        """Ask on the next rung."""
        search = self.search
        with search.lock:
            rung, around = self.turn % len(self.rungs), self.turn // len(self.rungs)
            self.turn += 1
        limit = FIRST_SLICE * (_GROWTH ** (2 * around))
        answer = search.put(ask(search.hall, search.patterns, self.rungs[rung]), limit)
        if answer.is_refused and rung == len(self.rungs) - 1:
            search.is_refused = True


class Shrinking:
    """Lets fewer and fewer break: without some of those who do, or with others in their place."""

    def __init__(self, search: Search) -> None:
        self.search = search
        self.draw = Random(search.seed)  # noqa: S311 (no secret)
        self.slice = FIRST_SLICE / _GROWTH
        self.from_total = -1
        self.sets: list[list[int]] = []

    def step(self) -> bool:
        """Ask one question; False when nothing can come of it."""
        search = self.search
        if search.is_over or search.best is None or search.total <= sum(search.base) + 1:
            return False  # one break more than the bounds: whether it can be spared is for `Singles`
        if search.total != self.from_total or not self.sets:
            if search.total == self.from_total or self.from_total < 0:
                self.slice *= _GROWTH
            self.from_total = search.total
            self.sets = _fewer(search, self.draw)
        if not self.sets:
            return False
        chosen = self.sets.pop(0)
        allowed = search.allowed(dict.fromkeys(chosen, 1))
        search.put(ask(search.hall, search.patterns, allowed), self.slice)
        return True


def _fewer(search: Search, draw: Random) -> list[list[int]]:
    """Smaller sets than those who break now, the boldest first."""
    assert search.best is not None  # noqa: S101 (the caller looked)
    counts = search.hall.breaks_of(search.best)
    now = [who for who in busiest(search) if counts[who] > search.base[who]]
    sets = []
    size = len(now) // 2
    while size >= 1:
        sets.append(now[:size])
        size = 0 if size == len(now) - 1 else (size + len(now)) // 2
    sets += [[who for who in now if who != gone] for gone in reversed(now)]
    others = busiest(search)[: 4 * len(now) + 4]
    sets += [sorted(draw.sample(others, min(len(others), len(now) - 1))) for _ in range(4) if len(now) > 1]
    return [chosen for chosen in sets if chosen]
