"""What the threads of one search do, one after the other.

Decides the order of the questions: who finds, who proves, and when the whole is asked at once.
"""

from __future__ import annotations

import threading

from ipfin.events.agreed.breakers import Shrinking, Singles, ladder
from ipfin.events.agreed.dropping import Held, hold_most
from ipfin.events.agreed.hall import Plan
from ipfin.events.agreed.model import ask
from ipfin.events.agreed.search import Search

# More workers of the solver than processors: its strategies differ, and which one ends it cannot be foreseen.
_WORKERS = 8
# Up to so many patterns the whole is asked at once; above, names are tried first (`breakers`).
_FEW_PATTERNS = 6_000
_FALLBACK_SHARE = 0.5


class Team:
    """The works of a search with all talks of its hall; `start` is a plan by hand, perhaps partial."""

    def __init__(self, search: Search, start: Plan) -> None:
        self.search, self.start = search, start
        self.singles = Singles(search)
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
        """What cannot be; beside `find`."""
        self.singles.work()
        self.ready.wait()
        if self.is_wide:
            while self.singles.work():
                pass
            self.least(_WORKERS // 2)

    def alone(self) -> None:
        """Both in one thread, with one worker."""
        self.singles.work()
        self.first()
        self.better(1)

    def first(self) -> None:
        """A plan with all talks, or what can be held of them."""
        search = self.search
        if search.best is None:
            ladder(search)
        if search.best is None and not search.is_over:
            workers = 1 if search.workers == 1 else _WORKERS
            limit = _FALLBACK_SHARE * search.clock.left
            held = hold_most(search, self.start, limit, workers)
            if all(held.plan[talk] is not None for talk in search.hall.talks):
                search.offer(held.plan)
            if search.any is None:
                self.partial = held
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
        for who, (fewest, most) in enumerate(zip(search.base, search.most, strict=True)):
            patterns = search.patterns.between(who, fewest, max(fewest, most))
            width += _FEW_PATTERNS if patterns is None else len(patterns)
        return width > _FEW_PATTERNS

    def least(self, workers: int) -> None:
        """The fewest breaks of all in one question: first with one more each, then with all allowed."""
        search = self.search
        full = [(fewest, max(fewest, most)) for fewest, most in zip(search.base, search.most, strict=True)]
        one_more = search.allowed(dict.fromkeys(range(len(search.base)), 1))
        allowances = [one_more, full] if self.is_wide else [full]
        for allowance in allowances:
            if search.is_over:
                return
            is_whole = list(allowance) == full
            question = ask(search.hall, search.patterns, allowance, least=True)
            if search.best is not None:
                question.hint(search.hall, search.best)
            answer = search.put(question, search.clock.left, workers=workers, use_bound=is_whole)
            if is_whole and answer.is_final:
                if search.best is None:
                    search.is_refused = True
                else:
                    search.raise_bound(search.total)
