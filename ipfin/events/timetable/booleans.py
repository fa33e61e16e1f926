"""Small 0/1 programmes, handed to CP-SAT: rows of sums within limits, one sum to be largest.

Decides nothing about meetings. The solver runs in one thread with a limit that does not depend on the speed
of the machine, so that the same programme gets the same answer; the clock is only the second net.

OR-Tools is spoken to below its Python classes: those load pandas, which takes two seconds of a process that
may have to answer on the day of an event within one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

MOST: Final = 1 << 40  # "no upper limit" of a row
_WORK_A_SECOND: Final = 0.8  # of the solver's deterministic units, one worker on an idle processor, about
_SLOWEST: Final = 3.0  # times the seconds, after which one worker is stopped by the clock as well
_ENDLESS: Final = 1e9
_POLL: Final = 0.1  # seconds between two looks whether to stop
_CLOCK: Final = 60.0  # seconds: only so that no request hangs; the other limit ends the search long before


@dataclass(frozen=True, slots=True)
class Answer:
    """What the solver found: the variables at 1, the sum that they reach, and the most that any could.

    `bound` is the solver's word. Without a solution `ones` is None.
    """

    ones: frozenset[int] | None
    reached: int
    bound: int
    is_settled: bool

    @property
    def has_bound(self) -> bool:
        """Whether the solver said anything about what none could exceed."""
        return abs(self.bound) < MOST


@dataclass(frozen=True, slots=True)
class Limits:
    """How a question may be searched when it need not be answered the same each time.

    Args:
        seconds: of the clock.
        workers: searches side by side; one alone is limited by work, so that its answer does not depend on
            the speed of the machine.
        should_stop: asked now and then; on True the best so far is the answer.
    """

    seconds: float
    workers: int
    should_stop: Callable[[], bool] | None = None

    @property
    def effort(self) -> float:
        """Return about the work of one worker in these seconds, or no limit of work for several."""
        return self.seconds * _WORK_A_SECOND if self.workers == 1 else _ENDLESS


@dataclass(slots=True)
class Programme:
    """Variables are 0, 1, 2, … and each is 0 or 1."""

    size: int = 0
    _rows: list[tuple[list[int], list[int], int, int]] = field(default_factory=list)

    def new(self) -> int:
        """Return a new variable."""
        self.size += 1
        return self.size - 1

    def add(self, terms: Mapping[int, int], least: int = 0, most: int = MOST) -> None:
        """Demand least <= sum of coefficient x variable <= most."""
        self._rows.append((list(terms), list(terms.values()), least, most))

    def add_sum(self, variables: Iterable[int], least: int = 0, most: int = MOST) -> None:
        """Demand least <= sum of the variables <= most."""
        self.add(dict.fromkeys(variables, 1), least, most)

    def largest(
        self,
        aim: Mapping[int, int],
        effort: float,
        hint: frozenset[int] | None = None,
        seed: int = 0,
        limits: Limits | None = None,
    ) -> Answer:
        """Return the best that was found for the sum `aim`, all rows kept.

        Args:
            effort: limit in CP-SAT's deterministic units, each a few seconds of a processor.
            hint: the variables at 1 of a solution that is known.
            limits: how else it may be searched; without them one worker and only `effort` count.
        """
        from ortools.sat.python import cp_model_helper as sat

        parameters = sat.SatParameters()
        parameters.num_workers = 1
        parameters.random_seed = seed
        parameters.max_deterministic_time = effort
        parameters.max_time_in_seconds = _CLOCK
        if limits is not None:
            parameters.num_workers = limits.workers
            parameters.max_time_in_seconds = limits.seconds * (_SLOWEST if limits.workers == 1 else 1)
        parameters.symmetry_level = 1
        wrapper = sat.SolveWrapper()
        wrapper.set_parameters(parameters)
        response = _solved(wrapper, self._proto(sat, aim, hint), limits)
        if response.status not in (sat.CpSolverStatus.OPTIMAL, sat.CpSolverStatus.FEASIBLE):
            impossible = response.status == sat.CpSolverStatus.INFEASIBLE
            return Answer(None, 0, _most(response), impossible)
        ones = frozenset(at for at, one in enumerate(response.solution) if one)
        reached = sum(gain for at, gain in aim.items() if at in ones)
        is_settled = response.status == sat.CpSolverStatus.OPTIMAL
        bound = reached if is_settled else _most(response)
        return Answer(ones, reached, bound, is_settled)

    def _proto(self, sat, aim: Mapping[int, int], hint: frozenset[int] | None):  # type: ignore[no-untyped-def]
        model = sat.CpModelProto()
        for _ in range(self.size):
            model.variables.add().domain.extend([0, 1])
        for variables, coefficients, least, most in self._rows:
            row = model.constraints.add().linear
            row.vars.extend(variables)
            row.coeffs.extend(coefficients)
            row.domain.extend([least, most])
        model.objective.vars.extend(list(aim))
        model.objective.coeffs.extend([-gain for gain in aim.values()])
        if hint is not None:
            model.solution_hint.vars.extend(range(self.size))
            model.solution_hint.values.extend([int(at in hint) for at in range(self.size)])
        return model


def _most(response: Any) -> int:
    """Return the most that the aim could reach by the solver's bound, `MOST` when it has none."""
    bound = float(response.best_objective_bound)
    return round(-bound) if abs(bound) < MOST else MOST


def _solved(wrapper: Any, model: Any, limits: Limits | None) -> Any:
    """Solve a model; when somebody may ask to stop, aside, so that he is asked from here."""
    if limits is None or limits.should_stop is None:
        return wrapper.solve(model)
    answers: list[Any] = []
    worker = threading.Thread(target=lambda: answers.append(wrapper.solve(model)), daemon=True)
    worker.start()
    while worker.is_alive():
        worker.join(_POLL)
        if limits.should_stop():
            wrapper.stop_search()
    return answers[0]
