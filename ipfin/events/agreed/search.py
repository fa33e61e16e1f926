"""One search for the fewest breaks: what is known so far, the time that is left, and how the solver is asked.

Several threads work on the same search; each asks the solver its own questions and tells what came of it
here. Decides nothing about the questions (`steps`, `breakers`).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from ipfin.events.agreed.hall import Hall, Plan
from ipfin.events.agreed.model import Allowance, Question
from ipfin.events.agreed.patterns import Patterns

_NO_LIMIT = 1e9
_WORK_A_SECOND = 0.8  # deterministic time of one worker in a second of an idle processor, about
_SLOWEST = 3.0


@dataclass(slots=True)
class Clock:
    """What may still be spent: seconds to the deadline or, with `effort`, deterministic time."""

    deadline: float
    effort: float | None = None
    spent: float = 0.0

    @property
    def left(self) -> float:
        """What is left, 0 when nothing is."""
        wall = self.deadline - monotonic()
        if wall <= 0:
            return 0.0
        return wall if self.effort is None else max(0.0, self.effort - self.spent)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the solver said: `is_final` when it searched everything; `bound` of the cost when it was asked."""

    plan: Plan | None
    is_final: bool
    bound: int = 0

    @property
    def is_refused(self) -> bool:
        """There is no such plan."""
        return self.plan is None and self.is_final


@dataclass(slots=True)
class Search:
    """The state of one search.

    Args:
        base: the fewest breaks of each participant, all others left aside.
        most: the most breaks that a participant may have.
        valid_to: a bound on breaks above this is not proved, because the allowances leave such plans out.
    """

    hall: Hall
    patterns: Patterns
    base: list[int]
    most: list[int]
    clock: Clock
    seed: int
    workers: int
    valid_to: int
    best: Plan | None = None
    spare: Plan | None = None  # a plan that is not fair: better than none
    total: int = 0
    bound: int = 0
    is_searched: bool = False  # the bound is the solver's word, not only the sum of the participants'
    is_refused: bool = False  # the solver proved that there is no plan at all within the allowances
    stopped: bool = False
    lock: threading.RLock = field(default_factory=threading.RLock)
    solvers: list[Any] = field(default_factory=list)
    asked: int = 0

    def __post_init__(self) -> None:
        """Begin with the sum of the participants' own bounds."""
        self.bound = sum(self.base)

    @property
    def is_over(self) -> bool:
        """Nothing more to do: proven, stopped, impossible or out of time."""
        is_best = self.best is not None and self.total <= self.bound
        return is_best or self.stopped or self.is_refused or self.clock.left <= 0

    @property
    def any(self) -> Plan | None:
        """The best plan, else one that is not fair."""
        return self.best if self.best is not None else self.spare

    def allowed(self, extra: dict[int, int]) -> Allowance:
        """Everybody the fewest breaks of its own, some so many more."""
        return [
            (fewest, min(fewest + extra.get(who, 0), max(fewest, self.most[who])))
            for who, fewest in enumerate(self.base)
        ]

    @property
    def everything(self) -> Allowance:
        """Everybody as many breaks as fairness lets him."""
        return [(fewest, max(fewest, most)) for fewest, most in zip(self.base, self.most, strict=True)]

    def offer(self, plan: Plan) -> None:
        """Take a plan if it has fewer breaks than the best; a fair one stays fair because `most` is kept."""
        counts = self.hall.breaks_of(plan)
        with self.lock:
            if any(count > most for count, most in zip(counts, self.most, strict=True)):
                self.spare = self.spare or plan
                return
            if self.best is None or sum(counts) < self.total:
                self.best, self.total = plan, sum(counts)

    def raise_bound(self, bound: int) -> None:
        """No plan has fewer breaks than `bound`."""
        with self.lock:
            bound = min(bound, self.valid_to)
            if bound > self.bound:
                self.bound, self.is_searched = bound, True

    def stop(self) -> None:
        """End all questions now."""
        with self.lock:
            self.stopped = True
            for solver in self.solvers:
                solver.stop_search()

    def put(self, question: Question, limit: float, *, workers: int = 1, use_bound: bool = False) -> Answer:
        """Ask the solver for at most `limit` of the clock; every plan that it finds on the way is offered.

        Args:
            workers: the solver's own; 1 is the search that was quickest on questions without a cost.
            use_bound: the question has a cost and leaves nothing out, so that its bound is one of the search.
        """
        if limit <= 0 or self.is_over:
            return Answer(None, is_final=False)
        solver = self.enter(limit, workers)
        if use_bound:
            solver.best_bound_callback = lambda bound: self.raise_bound(_ceiling(bound))
        try:
            status = solver.solve(question.model, _watcher(self, question))
        finally:
            self.leave(solver)
        return self._answer(question, solver, status)

    def enter(self, limit: float, workers: int) -> Any:
        """A solver for at most `limit` of the clock that `stop` can reach; `leave` must follow."""
        solver = self._solver(min(limit, self.clock.left), workers)
        with self.lock:
            self.solvers.append(solver)
            if self.stopped:
                solver.parameters.max_time_in_seconds = 0.0
        return solver

    def leave(self, solver: Any) -> None:
        """The solver has answered."""
        with self.lock:
            self.solvers.remove(solver)
            self.clock.spent += solver.response_proto.deterministic_time

    def _solver(self, limit: float, workers: int) -> Any:
        from ortools.sat.python import cp_model

        with self.lock:
            self.asked += 1
            number = self.asked
        solver = cp_model.CpSolver()
        given = solver.parameters
        given.num_workers = workers
        given.random_seed = (self.seed * 1_000 + number) % 2_000_000_000
        given.max_time_in_seconds = max(0.01, self.clock.deadline - monotonic())
        if self.clock.effort is not None:
            given.max_deterministic_time = limit
        elif workers == 1:
            # Work and not time, so that a busy machine asks the same questions as long; but not for ever.
            given.max_deterministic_time = limit * _WORK_A_SECOND
            given.max_time_in_seconds = min(_SLOWEST * limit, given.max_time_in_seconds)
        else:
            given.max_time_in_seconds = min(limit, given.max_time_in_seconds)
        if workers == 1:
            given.linearization_level = 0
        return solver

    def _answer(self, question: Question, solver: Any, status: Any) -> Answer:
        from ortools.sat.python import cp_model

        if status == cp_model.INFEASIBLE:
            return Answer(None, is_final=True)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return Answer(None, is_final=False)
        plan = question.plan(self.hall, solver.boolean_value)
        self.offer(plan)
        return Answer(plan, status == cp_model.OPTIMAL, _ceiling(solver.best_objective_bound))


def _watcher(search: Search, question: Question) -> Any:
    """What the solver calls at every plan that it finds."""
    from ortools.sat.python import cp_model

    class Watcher(cp_model.CpSolverSolutionCallback):
        def on_solution_callback(self) -> None:
            search.offer(question.plan(search.hall, self.boolean_value))
            if search.is_over:
                self.stop_search()

    return Watcher()


def _ceiling(bound: float) -> int:
    """A bound of the solver as a whole number, which breaks are."""
    if abs(bound) > _NO_LIMIT:
        return 0
    return -int(-(bound - 1e-6) // 1)
