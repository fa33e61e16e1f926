"""What the threads of one search do, one after the other.

Decides the order of the questions: who finds, who proves, and when the whole is asked at once.
"""

from __future__ import annotations

import threading

from ipfin.events.agreed.breakers import Ladder, Shrinking, Singles
from ipfin.events.agreed.dropping import Held, hold_most
from ipfin.events.agreed.hall import Plan
from ipfin.events.agreed.model import Allowance, ask
from ipfin.events.agreed.search import Search

# More workers of the solver than processors: its strategies differ, and which one ends it cannot be foreseen.
_WORKERS = 8
# Up to so many patterns the whole is asked at once; above, names are tried first (`breakers`).
_FEW_PATTERNS = 6_000
_FALLBACK_SHARE = 0.25  # of the time left, for holding as many talks as possible
_PATIENCE = 0.5  # of the time left after that, kept for arranging the talks that can be held


class Team:
    """The works of a search with all talks of its hall; `start` is a plan by hand, perhaps partial."""

    def __init__(self, search: Search, start: Plan) -> None:
        self.search, self.start = search, start
        self.singles, self.ladder = Singles(search), Ladder(search)
        self.ready = threading.Event()
        self.partial: Held | None = None

    def find(self) -> None:
        """A first plan, then fewer breaks."""
        try:
            self.first()
        finally:
            self.ready.set()
        self.better(_WORKERS)

    def prove(self) -> None:
        """What cannot be; beside `find`, which it helps while there is no plan."""
        self.singles.work()
        while not self.ready.is_set() and not self.search.is_over and self.search.best is None:
            self.ladder.step()
        self.ready.wait()
        if self.is_wide:
            while self.singles.work():
                pass
            self.least(_WORKERS // 2)
        else:
            self.all_at_once(self.search.everything, _WORKERS // 2)

    def alone(self) -> None:
        """Both in one thread, with one worker."""
        self.singles.work()
        self.first()
        self.better(1)

    def first(self) -> None:
        """A plan with all talks, or what can be held of them."""
        search = self.search
        while search.best is None and not search.is_over and not self.ladder.is_climbed:
            self.ladder.step()
        if search.best is not None or self.search.stopped or search.clock.left <= 0:
            return
        limit = _FALLBACK_SHARE * search.clock.left
        held = hold_most(search, self.start, limit, 1 if search.workers == 1 else _WORKERS)
        if all(held.plan[talk] is not None for talk in search.hall.talks):
            search.offer(held.plan)
        elif held.fewest_dropped > 0 or search.best is None:
            self.partial = held
        patience = _PATIENCE * search.clock.left
        while search.best is None and not search.is_over and search.clock.left > patience:
            if self.partial is not None and self.partial.fewest_dropped:
                break
            self.ladder.step()
        if search.any is None:
            search.stop()

    def better(self, workers: int) -> None:
        """Fewer breaks until it is over."""
        if self.is_wide:
            shrinking = Shrinking(self.search)
            while not self.search.is_over:
                shrunk = shrinking.step()
                if not self.singles.work() and not shrunk:
                    break
            workers = max(1, workers // 2)
        self.least(workers)

    @property
    def is_wide(self) -> bool:
        """Whether the patterns are too many to ask for the whole at once, so that names are tried."""
        search = self.search
        width = 0
        for who, allowed in enumerate(search.everything):
            patterns = search.patterns.between(who, *allowed)
            width += _FEW_PATTERNS if patterns is None else len(patterns)
        return width > _FEW_PATTERNS

    def least(self, workers: int) -> None:
        """The fewest breaks in one question: first with one more each, which is quicker, then with all."""
        search = self.search
        one_more = search.allowed(dict.fromkeys(range(len(search.base)), 1))
        if one_more != search.everything:
            self.all_at_once(one_more, workers)
        self.all_at_once(search.everything, workers)

    def all_at_once(self, allowance: Allowance, workers: int) -> None:
        """Ask for the fewest breaks; only where nothing that is fair is left out the answer is a proof."""
        search = self.search
        if search.is_over:
            return
        is_whole = allowance == search.everything
        question = ask(search.hall, search.patterns, allowance, least=True)
        if search.best is not None:
            question.hint(search.hall, search.best)
        answer = search.put(question, search.clock.left, workers=workers, use_bound=is_whole)
        if not is_whole or not answer.is_final:
            return
        if search.best is None:
            search.is_refused = True
        else:
            search.raise_bound(search.total)
