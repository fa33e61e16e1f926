"""From a problem to a timetable with its certificate: the order of the steps, and how the time is shared.

Decides: without absences and locks the exact way (`flow`, then `colouring`); otherwise the same flow as a
bound, `placing`, and `polish` while a gap is left. Then, in both cases, `compacting` with the pairs fixed,
`tables`, and the certificate. What is guaranteed in each case stands in docs/rules/scheduling.md.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random
from time import monotonic

from ipfin.events.timetable import colouring, flow, leftout, placing
from ipfin.events.timetable.board import Board, bits, lay_out
from ipfin.events.timetable.certificate import (
    Certificate,
    Ending,
    Meeting,
    OnProgress,
    Progress,
    ShouldStop,
    Stage,
    Timetable,
)
from ipfin.events.timetable.compacting import Ledger, compact, least_waiting
from ipfin.events.timetable.contradictions import check
from ipfin.events.timetable.draft import NOWHERE, Draft
from ipfin.events.timetable.polish import polish, serve
from ipfin.events.timetable.problem import MeetingProblem
from ipfin.events.timetable.proving import all_slots, certify, seated
from ipfin.events.timetable.waiting import shorten

# The number of steps, not the clock, ends the idle search on a machine of ordinary speed: so that the same
# input gives the same timetable. The clock is the second net. Measured: 35,000 steps a second.
STEPS_PER_SECOND = 20_000
STEPS_PER_MEETING = 2_000
GRACE = 0.2  # share of the time in which being behind the clock means nothing yet
SERVE_SHARE = 0.2  # of the time limit, for must-haves and minimums that were not met at once
ANNEALING_SHARE = 0.4  # of the time limit, when CP-SAT goes on afterwards
POLISH_SHARE = 0.6  # of the time limit, at most


def plan(
    problem: MeetingProblem,
    *,
    time_limit_s: float = 20,
    seed: int = 0,
    workers: int = 0,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> Timetable:
    """Return the best timetable found within the time, and what is proved about it.

    Args:
        time_limit_s: seconds for improvements; with 0 the first complete timetable is returned at once.
        seed: of the searches; the same input and seed give the same meetings unless the clock ended it.
        workers: searches of CP-SAT side by side for less waiting; 0 leaves it out. With more than one, two
            runs may differ.
        on_progress: told now and then how far it is.
        should_stop: asked now and then; on True the best timetable so far is returned.

    Raises:
        BadInput: the problem contradicts itself, in words that name the participant.
    """
    check(problem)
    run = _Run(lay_out(problem), time_limit_s, seed, workers, on_progress, should_stop)
    return run.timetable()


@dataclass(slots=True)
class _Run:
    """One planning: the board, the limits, and what is known so far."""

    board: Board
    time_limit_s: float
    seed: int
    workers: int
    on_progress: OnProgress | None
    asked: ShouldStop | None
    started: float = 0.0
    bound: int = 0
    bound_by: str = "flow"
    served_bound: int = 0
    fair_pairs: frozenset[int] | None = None
    was_asked: bool = False

    def timetable(self) -> Timetable:
        """Go through all steps."""
        self.started = monotonic()
        draft = self._valuable()
        alone = least_waiting(draft)
        ending = self._compact(draft, alone)
        least, ending = self._shorten(draft, alone, ending)
        self._tell(Stage.DONE, 1.0, draft.value, Ledger(draft).waiting().weighted)
        locks = self.board.problem.locks
        named = {(lock.bank_id, lock.firm_id): lock.table for lock in locks if lock.table is not None}
        meetings = seated(draft, named)
        certificate = self._certificate(draft, meetings, least, ending)
        return Timetable(meetings, replace(certificate, idle_by="alone" if least == alone else "search"))

    @property
    def _locked_value(self) -> int:
        return sum(self.board.value[pair] for pair in self.board.locked)

    def _valuable(self) -> Draft:
        """Choose the pairs and give them slots; sets the bound."""
        board = self.board
        self._tell(Stage.CHOOSING, 0.0, 0, None)
        choice = flow.choose(board)
        self.bound, self.served_bound = choice.value, choice.served
        self.fair_pairs = frozenset(choice.pairs) if choice.is_fair else None
        self._tell(Stage.PLACING, 0.1, 0, None)
        if board.is_uniform:
            return _colour(board, choice.pairs)
        draft = placing.place(board, choice.pairs, self._random(), self._should_stop)
        draft = self._serve(draft)
        if draft.value < self.bound and self.time_limit_s > 0 and not self._should_stop():
            self._tell(Stage.POLISHING, 0.2, draft.value, Ledger(draft).waiting().weighted)
            seconds = POLISH_SHARE * self.time_limit_s
            polished = polish(draft, self.bound, seconds, self._ask)
            draft, self.bound, self.bound_by = polished.draft, polished.bound, polished.bound_by
        return draft

    def _serve(self, draft: Draft) -> Draft:
        """Meet more must-haves and minimums if some are left; without all of them value has another bound."""
        hoped = self.served_bound
        if not self.board.demands or draft.served >= hoped:
            return draft
        if self.time_limit_s > 0 and not self._should_stop():
            self._tell(Stage.SERVING, 0.15, draft.value, None)
            served = serve(draft, self.served_bound, SERVE_SHARE * self.time_limit_s, self._ask)
            draft, self.served_bound = served.draft, served.bound
            placing.fill(draft, self._random(), self._should_stop)
        if draft.served < hoped:
            self.bound, self.fair_pairs = flow.choose(self.board, demands=False).value, None
        return draft

    def _compact(self, draft: Draft, least: int) -> Ending:
        """Shorten the waiting and say why the search ended."""
        held = sum(1 for slot in draft.slot_of if slot != NOWHERE)
        seconds = self.time_limit_s * (ANNEALING_SHARE if self.workers else 1)
        steps = min(int(seconds * STEPS_PER_SECOND), held * STEPS_PER_MEETING)
        start = 0.4 if self.bound_by != "flow" else 0.2
        began, hurried = monotonic(), False
        allowed = self.started + seconds - began

        def spent(step: int, waiting: int) -> float:
            """Nothing while the steps are ahead of the clock: then the outcome does not depend on it."""
            nonlocal hurried
            self._tell(Stage.COMPACTING, start + (1 - start) * step / steps, draft.value, waiting)
            share = (monotonic() - began) / allowed if allowed > 0 else 1.0
            hurried = hurried or share > max(step / steps, GRACE)
            return 1.0 if self._should_stop() else share if hurried else 0.0

        made = compact(draft, steps, least, self._random(), spent)
        if self.was_asked:
            return Ending.ASKED
        if hurried:
            return Ending.CLOCK
        return Ending.BUDGET if made == steps and steps else Ending.FINISHED

    def _shorten(self, draft: Draft, alone: int, ending: Ending) -> tuple[int, Ending]:
        """Ask CP-SAT for less waiting in the time that is left; return the bound and why the search ended."""
        left = self.started + self.time_limit_s - monotonic()
        if not self.workers or self._should_stop():
            return alone, ending
        left = self.time_limit_s * (1 - ANNEALING_SHARE) if self.workers == 1 else left
        self._tell(Stage.SHORTENING, 0.5, draft.value, Ledger(draft).waiting().weighted)
        found = shorten(
            draft, alone, seconds=left, workers=self.workers, seed=self.seed, should_stop=self._ask
        )
        if self.was_asked:
            return found.bound, Ending.ASKED
        if found.is_settled:
            return found.bound, Ending.FINISHED
        return (
            found.bound,
            Ending.BUDGET if self.workers == 1 and ending is not Ending.CLOCK else Ending.CLOCK,
        )

    def _certificate(
        self, draft: Draft, meetings: tuple[Meeting, ...], least: int, ending: Ending
    ) -> Certificate:
        return certify(
            draft,
            meetings,
            bound=self.bound + self._locked_value,
            bound_by=self.bound_by,
            idle_bound=least,
            left_out=leftout.left_out(self.board, all_slots(draft), is_proven=draft.value == self.bound),
            served_bound=self.served_bound,
            fair_pairs=self.fair_pairs,
            ending=ending,
            solver=_solver(self.board, self.bound_by) + (" + CP-SAT" if self.workers else ""),
            seed=self.seed,
            seconds=round(monotonic() - self.started, 3),
        )

    def _random(self) -> Random:
        return Random(self.seed)  # noqa: S311 (a search, not a secret; a draw is many times faster than numpy's)

    @property
    def _ask(self) -> ShouldStop | None:
        return None if self.asked is None else self._should_stop

    def _should_stop(self) -> bool:
        self.was_asked = self.was_asked or (self.asked is not None and self.asked())
        return self.was_asked

    def _tell(self, stage: Stage, done: float, value: int, idle: int | None) -> None:
        if self.on_progress is not None:
            locked = self._locked_value
            self.on_progress(Progress(stage, done, value + locked, self.bound + locked, idle))


def _colour(board: Board, chosen: list[int]) -> Draft:
    """Give slots to pairs that may sit in any open slot."""
    order = sorted(chosen, key=lambda pair: (board.firm_of[pair], pair))
    rows = colouring.split_desks(
        [board.bank_of[pair] for pair in order], [bank.desks for bank in board.problem.banks]
    )
    edges = [(row, board.firm_of[pair]) for row, pair in zip(rows, order, strict=True)]
    open_slots = bits(board.open_slots)
    draft = Draft(board)
    for pair, slot in zip(order, colouring.colour(edges, len(open_slots), board.problem.tables), strict=True):
        draft.put(pair, open_slots[slot])
    return draft


def _solver(board: Board, bound_by: str) -> str:
    way = "flow + edge colouring" if board.is_uniform else "flow + placing"
    return way if bound_by == "flow" else f"{way} + HiGHS"
