"""More value and a sharper bound when people are away: linear programme of pairs by slot, then whole numbers.

The relaxation x[pair, slot] is nearly whole in practice and its dual gives an upper bound that knows the
absences, which the flow's bound does not. Decides: (1) the relaxation and its bound; (2) a timetable by
fixing what the relaxation says for certain and solving the rest in whole numbers; (3) if a gap is left and
the size permits, the whole problem by branch and bound (HiGHS).

The bound of (1) is not read off the solver: any non-negative prices give a bound by weak duality, so the
solver's prices are rounded and the bound computed from them in whole numbers. The bound of (3) is the
solver's word.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from ipfin.events.timetable.board import Board, bits
from ipfin.events.timetable.certificate import ShouldStop
from ipfin.events.timetable.draft import Draft

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from scipy.sparse import csr_array

MAX_PLACES = 400_000  # pairs x slots above which the relaxation is not attempted
MAX_BRANCHING = 40_000  # pairs x slots above which branch and bound is not attempted
BRANCHING_FROM_S = 1.0  # with less time the solver, which keeps to no limit, is not asked to branch
NODE_LIMIT = 2_000  # of branch and bound: a limit that does not depend on the speed of the machine
PRICE_UNIT = 1 << 24  # prices are whole multiples of a point / PRICE_UNIT
CERTAIN = 0.999

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Model:
    """One column for each (pair, slot), then one for each firm: whether it meets anyone; one row a limit.

    The objective is value x `point` + firms that meet anyone, so that one point of value outweighs all of
    those: among equally valuable timetables the one that serves more firms is better. With demands there is
    a column more for each participant with a minimum, its meetings up to it, and a row that asks for as many
    demands as are met already. Or what is served is itself the objective.
    """

    board: Board
    places: list[tuple[int, int]]
    gain: NDArray[np.int64]
    rows: csr_array
    limits: NDArray[np.int64]
    most: NDArray[np.int64]
    point: int
    is_serving: bool

    def reached(self, draft: Draft) -> int:
        """Return what a draft reaches of the objective."""
        return draft.served if self.is_serving else draft.value


@dataclass(frozen=True, slots=True)
class Polished:
    """The better draft (or the given one), the sharper bound on its value and who says so."""

    draft: Draft
    bound: int
    bound_by: str
    is_settled: bool


def polish(draft: Draft, bound: int, seconds: float, should_stop: ShouldStop | None) -> Polished:
    """Look for a more valuable timetable and a lower bound, for at most about `seconds`.

    Args:
        bound: on the value of the pairs that are not locked, as known so far.
        should_stop: None when nobody can ask: then nothing runs beside the caller.
    """
    return _improve(draft, bound, seconds, should_stop, is_serving=False)


def serve(draft: Draft, bound: int, seconds: float, should_stop: ShouldStop | None) -> Polished:
    """As `polish`, for more must-haves and minimums instead of value; `bound` is on them."""
    return _improve(draft, bound, seconds, should_stop, is_serving=True)


def _improve(
    draft: Draft, bound: int, seconds: float, should_stop: ShouldStop | None, *, is_serving: bool
) -> Polished:
    places = sum(free.bit_count() for free in draft.board.pair_free)
    if not 0 < places <= MAX_PLACES:
        return Polished(draft, bound, "flow", False)
    import scipy.optimize  # noqa: F401 (before the clock starts: loading it can take seconds)

    model = _model(draft.board, draft.served, is_serving=is_serving)
    ends = monotonic() + seconds
    relaxed = _patiently(lambda: _relax(model, seconds), should_stop)
    if relaxed is None:
        return Polished(draft, bound, "flow", False)
    best = Polished(draft, bound, "flow", False)
    shares, dual = relaxed
    if dual < bound:
        best = Polished(draft, dual, "prices", False)
    best = _better(best, _patiently(lambda: _round(model, shares, ends - monotonic()), should_stop), model)
    may_branch = len(model.places) <= MAX_BRANCHING and seconds >= BRANCHING_FROM_S
    if model.reached(best.draft) < best.bound and may_branch:
        found = _patiently(lambda: _branch(model, ends - monotonic()), should_stop)
        best = _better(best, found, model)
    return best


def _better(
    best: Polished, found: tuple[NDArray[np.float64] | None, int, bool] | None, model: Model
) -> Polished:
    """Take over a timetable or a bound that is better than the best so far."""
    if found is None:
        return best
    columns, bound, is_settled = found
    draft = best.draft
    if columns is not None:
        draft = Draft(best.draft.board)
        for (pair, slot), share in zip(model.places, columns.tolist(), strict=False):
            if share > 0.5:
                draft.put(pair, slot)
        if _rank(draft, model) <= _rank(best.draft, model):
            draft = best.draft
    if bound < best.bound:
        return Polished(draft, bound, "search", is_settled)
    return Polished(draft, best.bound, best.bound_by, is_settled)


def _rank(draft: Draft, model: Model) -> tuple[int, int, int]:
    served = draft.served if model.board.demands else 0
    return served, draft.value, sum(1 for load in draft.firm_load if load)


def _model(board: Board, served: int = 0, *, is_serving: bool = False) -> Model:
    import numpy as np
    from scipy.sparse import csr_array

    places = [(pair, slot) for pair, free in enumerate(board.pair_free) for slot in bits(free)]
    firms, point = len(board.firm_cap), len(board.firm_cap) + 1
    row, limits = _limits(board, places)
    columns = np.tile(np.arange(len(places)), len(row))
    entries = np.ones(len(columns))
    entries[-len(places) :] = -1  # the last limits: meets anyone - meetings <= 0
    meets = np.arange(firms)
    demands = _demands(board, places, served) if board.demands else []
    more = [(dict.fromkeys(columns, 1), 1) for columns in _orders(board, places)] + demands
    least = [*filter(None, [*board.bank_min, *board.firm_min])] if demands else []
    met = [
        (len(limits) + row, column, entry)
        for row, (terms, _) in enumerate(more)
        for column, entry in terms.items()
    ]
    extra = np.array(met, dtype=np.int64).reshape(-1, 3)
    width = len(places) + firms + len(least)
    rows = csr_array(
        (
            np.concatenate([entries, np.ones(firms), extra[:, 2]]),
            (
                np.concatenate([*row, len(limits) - firms + meets, extra[:, 0]]),
                np.concatenate([columns, len(places) + meets, extra[:, 1]]),
            ),
        ),
        shape=(len(limits) + len(more), width),
    )
    limits = np.append(limits, np.array([limit for _, limit in more], dtype=np.int64))
    used = np.diff(rows.indptr) > 0
    must = np.array([board.must[pair] for pair, _ in places], dtype=np.int64)
    worth = np.array([board.value[pair] for pair, _ in places], dtype=np.int64)
    sides = np.concatenate([np.full(firms, int(not is_serving)), np.full(len(least), int(is_serving))])
    return Model(
        board=board,
        places=places,
        gain=np.append(must if is_serving else worth * point, sides.astype(np.int64)),
        rows=rows[used],
        limits=limits[used],
        most=np.append(np.ones(len(places) + firms, dtype=np.int64), np.array(least, dtype=np.int64)),
        point=1 if is_serving else point,
        is_serving=is_serving,
    )


def _demands(board: Board, places: list[tuple[int, int]], served: int) -> list[tuple[dict[int, int], int]]:
    """Return the rows of the demands, each sum <= limit: minimums are counted, no fewer met than now."""
    first = len(places) + len(board.firm_cap)
    rows: list[tuple[dict[int, int], int]] = []
    met = {column: -1 for column, (pair, _) in enumerate(places) if board.must[pair]}
    for of, mins in ((board.bank_of, board.bank_min), (board.firm_of, board.firm_min)):
        own: dict[int, list[int]] = {}
        for column, (pair, _) in enumerate(places):
            own.setdefault(of[pair], []).append(column)
        for one, least in enumerate(mins):
            if least:
                counted = first + len(rows)
                rows.append(({counted: 1} | dict.fromkeys(own.get(one, ()), -1), 0))
                met[counted] = -1
    return [*rows, (met, -served)]


def _orders(board: Board, places: list[tuple[int, int]]) -> list[list[int]]:
    """Return the places of which one at most is held: an earlier one from a slot on, a later one up to it."""
    at: dict[int, list[tuple[int, int]]] = {}
    for column, (pair, slot) in enumerate(places):
        at.setdefault(pair, []).append((slot, column))
    return [
        [column for slot, column in at[earlier] if slot >= here]
        + [column for slot, column in at[later] if slot <= here]
        for later, befores in board.before.items()
        for earlier in befores
        if earlier in at and later in at
        for here in bits(board.pair_free[later])
    ]


def _limits(board: Board, places: list[tuple[int, int]]) -> tuple[list[NDArray[np.int64]], NDArray[np.int64]]:
    """Return, for each kind of limit, the row of each place; and the limits of all rows."""
    import numpy as np

    pair, slot = np.array(places, dtype=np.int64).T
    bank, firm = np.array(board.bank_of)[pair], np.array(board.firm_of)[pair]
    firms, slots = len(board.firm_cap), board.slots
    kinds = (
        (pair, np.ones(len(board.value))),
        (firm * slots + slot, np.ones(firms * slots)),
        (bank * slots + slot, np.array(board.desks).reshape(-1)),
        (slot, np.array(board.tables)),
        (firm, np.array(board.firm_cap)),
        (bank, np.array(board.bank_cap)),
        (firm, np.zeros(firms)),
    )
    first = np.cumsum([0, *(len(limits) for _, limits in kinds)])
    rows = [start + group for start, (group, _) in zip(first.tolist(), kinds, strict=False)]
    return rows, np.concatenate([limits for _, limits in kinds]).astype(np.int64)


def _relax(model: Model, seconds: float) -> tuple[NDArray[np.float64], int] | None:
    """Return the shares of the relaxation and the bound on the value that its prices prove."""
    import numpy as np
    from scipy.optimize import linprog

    solved = linprog(  # type: ignore[call-overload]  # the stubs know no sparse limits
        -model.gain / model.point,
        A_ub=model.rows,
        b_ub=model.limits,
        bounds=np.column_stack([np.zeros(len(model.most)), model.most]),
        method="highs",
        options={"time_limit": max(seconds, 0.01)},
    )
    if solved.status != 0:
        return None
    return solved.x, _priced(model, -solved.ineqlin.marginals)


def _priced(model: Model, prices: NDArray[np.float64]) -> int:
    """Return the bound of weak duality: limits at their prices plus what each column earns above them."""
    import numpy as np

    scaled = PRICE_UNIT // model.point or 1
    whole = np.rint(np.maximum(prices, 0) * scaled * model.point).astype(np.int64)
    earned = np.maximum(model.gain * scaled - model.rows.T.astype(np.int64) @ whole, 0)
    total = int(model.limits @ whole) + int(earned @ model.most)
    return total // (scaled * model.point)


def _round(
    model: Model, shares: NDArray[np.float64], seconds: float
) -> tuple[NDArray[np.float64] | None, int, bool] | None:
    """Fix the columns that the relaxation sets to one and solve the rest; proves no bound of its own."""
    import numpy as np

    certain = (shares > CERTAIN).astype(float)
    certain[len(model.places) :] = 0
    found = _integers(model, certain, seconds)
    return None if found is None else (found.x, int(np.iinfo(np.int64).max), False)


def _branch(model: Model, seconds: float) -> tuple[NDArray[np.float64] | None, int, bool] | None:
    """Solve the whole model; the bound is the solver's."""
    import numpy as np

    found = _integers(model, np.zeros(len(model.gain)), seconds)
    if found is None or found.mip_dual_bound is None or not np.isfinite(found.mip_dual_bound):
        return None
    return found.x, int(-found.mip_dual_bound + 1e-6 * model.point) // model.point, found.status == 0


def _integers(model: Model, least: NDArray[np.float64], seconds: float):  # type: ignore[no-untyped-def]
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    if seconds <= 0:
        return None
    return milp(
        -model.gain,
        constraints=LinearConstraint(model.rows, ub=model.limits),
        bounds=Bounds(least, model.most),
        integrality=np.ones(len(model.gain), dtype=np.int64),
        options={"time_limit": seconds, "node_limit": NODE_LIMIT, "mip_rel_gap": 0.0},
    )


def _patiently(call: Callable[[], Result | None], should_stop: ShouldStop | None) -> Result | None:
    """Run `call` aside and return its answer, or None as soon as we are asked to stop.

    The solver cannot be interrupted; left alone it ends at its own time limit and its answer is dropped.
    A web request cannot be asked and must leave no solver behind: there `call` runs here.
    """
    if should_stop is None:
        return call()
    answers: list[Result | None] = []
    faults: list[BaseException] = []

    def work() -> None:
        try:
            answers.append(call())
        except BaseException as fault:  # handed to the caller below
            faults.append(fault)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    while worker.is_alive() and not should_stop():
        worker.join(0.05)
    if faults:
        raise faults[0]
    return answers[0] if answers else None
