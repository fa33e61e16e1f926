"""From agreed talks to their slots with a certificate: the order of the steps, and how the time is shared.

Decides: first the reasons why not all talks can be held (`reasons`), then, with the talks that can, two
threads side by side. One finds a plan and lets ever fewer break, the other proves how few breaks there can be
(`breakers`); where the patterns are few enough, or many must break, one question for the fewest breaks of all
ends it. When no plan with all talks is found, as many as possible are held (`dropping`) and arranged.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

from ipfin.events.agreed import checker
from ipfin.events.agreed.certificate import (
    Arrangement,
    ArrangementCertificate,
    HeldTalk,
    OnProgress,
    Progress,
    ShouldStop,
)
from ipfin.events.agreed.dropping import Held, against, by_hand, fill, hold_most
from ipfin.events.agreed.hall import Hall, Plan, lay_out
from ipfin.events.agreed.leftover import dropped_talks
from ipfin.events.agreed.patterns import Patterns
from ipfin.events.agreed.reasons import Reason, apart, tighten
from ipfin.events.agreed.search import Clock, Search
from ipfin.events.agreed.task import TalksTask, check
from ipfin.events.agreed.team import Team
from ipfin.events.timetable.certificate import Ending, Status

_TICK_S = 0.05
_RESERVE = 0.04  # of the time, for the last check and a solver that is slow to stop
_GRACE = 0.02  # of the time, of which a solver may use so much to stop
_DROP_SHARE = 0.4


def arrange(
    task: TalksTask,
    *,
    time_limit_s: float = 20,
    seed: int = 0,
    threads: int = 2,
    effort: float | None = None,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> Arrangement:
    """Return the arrangement with the fewest breaks found within the time, and what is proved about it.

    Args:
        time_limit_s: wall time for everything.
        threads: searches side by side; 1 in a request, 2 where two cores may be used.
        effort: instead of the clock, so much of the solver's deterministic time, in one thread: the same
        task,
            seed and effort give the same arrangement (the time limit stays as the second net).
        on_progress: told now and then how far it is, from the calling thread.
        should_stop: asked now and then; on True the best arrangement so far is returned.

    Raises:
        BadInput: the task cannot be read as one (`task.check`).
    """
    check(task)
    run = _Run(task, time_limit_s, seed, 1 if effort is not None else max(1, threads), effort)
    run.told, run.asked = on_progress, should_stop
    return run.arrangement()


@dataclass(slots=True)
class _Run:
    """One arranging: the limits, and what came out so far."""

    task: TalksTask
    time_limit_s: float
    seed: int
    threads: int
    effort: float | None
    told: OnProgress | None = None
    asked: ShouldStop | None = None
    was_asked: bool = False
    started: float = field(default_factory=lambda: monotonic())
    fewest_dropped: int = 0
    partial: Held | None = None
    clock: Clock = field(init=False)

    def arrangement(self) -> Arrangement:
        """Search with all talks, or with those that can be held."""
        hall = lay_out(self.task)
        self.clock = Clock(self.started + self.time_limit_s * (1 - _RESERVE), self.effort)
        tight = tighten(hall)
        search = self.with_all(hall) if not tight.reasons else self.with_some(hall, tight.reasons)
        return self.finish(search, tight.reasons)

    def with_all(self, hall: Hall) -> Search:
        """Search with all talks of the hall; with those that can be held when there is no plan with all."""
        start = by_hand(hall)
        search = self.search(hall)
        self.look(search, start)
        if search.any is not None:
            return search
        held = self.partial or Held(start, 0)
        self.fewest_dropped = max(self.fewest_dropped, held.fewest_dropped)
        return self.with_held(hall, held.plan)

    def with_some(self, hall: Hall, reasons: tuple[Reason, ...]) -> Search:
        """Search without talks that stand against each other; then see whether more of them could be held."""
        self.fewest_dropped = apart(reasons)
        search = self.with_all(hall.without(against(hall)))
        plan = search.any
        if plan is not None and plan.count(None) > self.fewest_dropped:
            held = self.hold(self.search(hall), fill(hall, plan))
            self.fewest_dropped = max(self.fewest_dropped, held.fewest_dropped)
            if held.plan.count(None) < plan.count(None):
                search = self.with_held(hall, held.plan)
        return search

    def search(self, hall: Hall) -> Search:
        """A search whose allowances keep fairness, as far as the participants' own bounds let it."""
        patterns = Patterns(hall, tighten(hall).domain)
        base = [patterns.fewest(who) for who in range(len(hall.talks_of))]
        room = [max(0, len(talks) - 1) for talks in hall.talks_of]
        most, valid_to = room, sum(room)
        if self.task.fairness is not None:
            # Everybody between `low` and `low` + fairness; plans where all have more than `low` are left out.
            low = max(0, max(base, default=0) - self.task.fairness)
            if all(low <= limit for limit in room):
                base = [max(fewest, low) for fewest in base]
                most = [min(limit, low + self.task.fairness) for limit in room]
                valid_to = (low + 1) * len(room) if min(room, default=0) > low else valid_to
        return Search(hall, patterns, base, most, self.clock, self.seed, self.threads, valid_to)

    def with_held(self, hall: Hall, plan: Plan) -> Search:
        """Search on with the talks of a partial plan, which is itself the first plan."""
        plan = fill(hall, plan)
        rest = hall.without(frozenset(talk for talk, slot in enumerate(plan) if slot is None))
        search = self.search(rest)
        search.offer(plan)
        self.look(search, plan)
        return search

    def hold(self, search: Search, start: Plan) -> Held:
        """As many talks as possible, found beside the watch."""
        found: list[Held] = []
        workers = 1 if self.threads == 1 else 8
        limit = _DROP_SHARE * self.clock.left
        self.watch(search, [lambda: found.append(hold_most(search, start, limit, workers))])
        return found[0] if found else Held(start, 0)

    def look(self, search: Search, start: Plan) -> None:
        """Let the threads search until it is over; what can be held at most when not all can."""
        team = Team(search, start)
        works = [team.find, team.prove] if self.threads > 1 else [team.alone]
        self.watch(search, works)
        self.partial = self.partial or team.partial

    def watch(self, search: Search, works: list[Callable[[], None]]) -> None:
        """Run the works in threads; stop them by the clock, when asked, or when nothing is left to do."""
        faults: list[BaseException] = []
        threads = [threading.Thread(target=_guarded, args=(work, faults), daemon=True) for work in works]
        for thread in threads:
            thread.start()
        while (alive := [thread for thread in threads if thread.is_alive()]) and not self.is_late:
            alive[0].join(_TICK_S)
            if self.asked is not None and not self.was_asked and self.asked():
                self.was_asked = True
            self.tell(search)
            if self.was_asked or monotonic() > self.clock.deadline or _is_settled(search):
                search.stop()
        if faults:
            raise faults[0]

    @property
    def is_late(self) -> bool:
        """The deadline has passed and a solver has not heard: its thread is left behind, not the plan."""
        return monotonic() > self.clock.deadline + _GRACE * self.time_limit_s

    def tell(self, search: Search) -> None:
        """Report how far it is."""
        if self.told is not None:
            done = min(1.0, (monotonic() - self.started) / max(0.001, self.time_limit_s))
            breaks = None if search.best is None else search.total
            self.told(Progress(done, breaks, search.bound, self.fewest_dropped))

    def finish(self, search: Search, reasons: tuple[Reason, ...]) -> Arrangement:
        """The arrangement with its certificate, after the last check."""
        plan: Plan = search.any or tuple([None] * len(self.task.talks))
        held = tuple(
            sorted(
                HeldTalk(slot + 1, talk.id)
                for talk, slot in zip(self.task.talks, plan, strict=True)
                if slot is not None
            )
        )
        counts = search.hall.breaks_of(plan)
        dropped = dropped_talks(lay_out(self.task), plan, reasons, is_proven=self.fewest_dropped > 0)
        gap = max(counts, default=0) - min(counts, default=0)
        is_fair = self.task.fairness is None or gap <= self.task.fairness
        self.last_check(held, [one.talk_id for one in dropped], is_fair)
        bound = min(search.bound, sum(counts))
        is_proven = bound == sum(counts) and len(dropped) == self.fewest_dropped
        certificate = ArrangementCertificate(
            status=Status.PROVEN_OPTIMAL if is_proven else Status.FEASIBLE,
            breaks=sum(counts),
            bound=bound,
            bound_by="search" if search.is_searched else "alone",
            fairness_gap=gap,
            is_fair=is_fair,
            dropped=dropped,
            fewest_dropped=self.fewest_dropped,
            reasons=reasons,
            ending=self.ending(search),
            solver=_solver_name(),
            seed=self.seed,
            inputs_sha256=self.task.sha256(),
            seconds=monotonic() - self.started,
        )
        return Arrangement(held, certificate)

    def last_check(self, held: tuple[HeldTalk, ...], dropped: list[str], is_fair: bool) -> None:
        """Hand out nothing that the checker refuses."""
        broken = checker.violations(self.task, held, dropped)
        if len(broken) > (0 if is_fair else 1):
            raise RuntimeError(f"the arrangement breaks a rule: {broken[0]}")

    def ending(self, search: Search) -> Ending:
        """Why the search ended."""
        if self.was_asked:
            return Ending.ASKED
        if _is_settled(search):
            return Ending.FINISHED
        if self.effort is not None and monotonic() < self.clock.deadline:
            return Ending.BUDGET
        return Ending.CLOCK


def _is_settled(search: Search) -> bool:
    return search.best is not None and search.total <= search.bound


def _guarded(work: Callable[[], None], faults: list[BaseException]) -> None:
    try:
        work()
    except BaseException as fault:  # raised again in the calling thread
        faults.append(fault)


def _solver_name() -> str:
    from importlib.metadata import version

    return f"CP-SAT {version('ortools')}"
