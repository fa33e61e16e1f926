"""The rest of a day when somebody does not come: nothing promised is lost, few are told, few move.

`replan` answers with two proposals: `repair` moves nobody whose meetings can be held as promised and fills
the holes with accepted pairs that were left out; `best` may move others as well if that holds more of what
was promised or adds value. The office chooses. Everything before `from_slot` stays as it is.

Order of the aims: promised value held, value in all, people told, meetings moved, waiting. The first four are
proved where the figures say so (`Proposal.is_proven`); waiting is only made less where nobody else is told.
Decides no slot itself (`moving`) and no table (`tables`). The rules stand in docs/rules/scheduling.md.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from time import monotonic
from typing import Final

from ipfin.events.timetable import checker, leftout
from ipfin.events.timetable.board import lay_out
from ipfin.events.timetable.certificate import Ending, Meeting, Timetable
from ipfin.events.timetable.chaining import chained
from ipfin.events.timetable.compacting import least_waiting
from ipfin.events.timetable.draft import Draft
from ipfin.events.timetable.moving import Limits, Settled, limits, settle
from ipfin.events.timetable.problem import MeetingProblem
from ipfin.events.timetable.proving import certify, seated
from ipfin.events.timetable.remaining import Party, Rest, Turnout, day_problem, rest_of
from ipfin.events.timetable.tidying import tidied
from ipfin.kernel.text import Text, _

EFFORT: Final = 0.25  # of each question to the solver: about a quarter of a second of a processor
MAX_PLACES: Final = 6_000  # pairs x slots to choose from, above which only what is near may move


class ChangeKind(StrEnum):
    """What becomes of a meeting."""

    MOVED = "moved"  # 改期
    LOST = "lost"  # 不能举行
    ADDED = "added"  # 新增


CHANGE_LABELS: Mapping[ChangeKind, Text] = {
    ChangeKind.MOVED: _("改时段"),
    ChangeKind.LOST: _("不能举行"),
    ChangeKind.ADDED: _("新增"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One meeting before and after."""

    bank_id: str
    firm_id: str
    before: Meeting | None
    after: Meeting | None

    @property
    def kind(self) -> ChangeKind:
        """What becomes of it."""
        if self.after is None:
            return ChangeKind.LOST
        return ChangeKind.ADDED if self.before is None else ChangeKind.MOVED

    @property
    def parties(self) -> tuple[Party, Party]:
        """Bank and firm."""
        return Party(True, self.bank_id), Party(False, self.firm_id)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One way to go on.

    Args:
        problem: what the whole new timetable answers: the checker judges it by this.
        timetable: all meetings of the day, past ones included, with their certificate.
        changes: by slot; `told` are those of them who are still to be expected.
        told_least: the fewest people that any proposal of this value has to tell.
    """

    problem: MeetingProblem
    timetable: Timetable
    changes: tuple[Change, ...]
    told: frozenset[Party]
    told_least: int

    def count(self, kind: ChangeKind) -> int:
        """Return how many changes are of a kind."""
        return sum(1 for change in self.changes if change.kind is kind)

    @property
    def is_proven(self) -> bool:
        """Whether no proposal has more value, and none of this value tells fewer people."""
        certificate = self.timetable.certificate
        return certificate.value == certificate.bound and len(self.told) == self.told_least


@dataclass(frozen=True, slots=True)
class Replanning:
    """The two proposals; the same one twice when moving others gains nothing."""

    from_slot: int
    repair: Proposal
    best: Proposal

    @property
    def is_one(self) -> bool:
        """Whether there is nothing to choose from."""
        return self.repair.timetable.meetings == self.best.timetable.meetings


def replan(
    problem: MeetingProblem,
    base: Collection[Meeting],
    *,
    from_slot: int,
    absent: Collection[Party] = (),
    late: Mapping[Party, int] | None = None,
    gone: Collection[Party] = (),
    effort: float = EFFORT,
) -> Replanning:
    """Return how to go on from slot `from_slot` (counted from 1) with those who are there.

    Args:
        problem: participants and accepted pairs; locks that `base` keeps are kept.
        base: the timetable that holds.
        absent: do not come; their meetings before `from_slot` count as not held.
        late: the first slot of each who comes later; what it had before counts as not held.
        gone: are not there from `from_slot` on; their meetings before it count as held.
        effort: of each question to the solver, see `booleans`.

    Raises:
        BadInput: somebody or a slot that the event does not have.
    """
    started = monotonic()
    rest = rest_of(problem, base, from_slot, Turnout(frozenset(absent), dict(late or {}), frozenset(gone)))
    known = limits(rest)
    standing = {pair: meeting.slot - 1 for pair, meeting in rest.standing.items()}
    repaired = settle(rest, (), known, effort, standing)
    best = _with_moves(rest, known, repaired, effort)

    def proposal(settled: Settled) -> Proposal:
        return _proposal(problem, base, rest, settled, started)

    if best.slot_of == repaired.slot_of:
        only = proposal(best)
        return Replanning(from_slot, only, only)
    return Replanning(from_slot, proposal(repaired), proposal(best))


def _with_moves(rest: Rest, known: Limits, repaired: Settled, effort: float) -> Settled:
    """Return what is better than the repair, or the repair itself with what is proved of it now."""
    if (repaired.kept, repaired.value, len(repaired.told)) == (known.kept, known.value, len(rest.forced)):
        return repaired
    start = chained(rest, repaired.slot_of)
    movable = _movable(rest, [pair for pair, m in rest.standing.items() if start[pair] != m.slot - 1])
    if not movable:
        return repaired
    found = settle(rest, movable, known, effort, start)
    if found.rank > repaired.rank:
        return found
    return replace(repaired, value_most=found.value_most, told_least=found.told_least)


def _movable(rest: Rest, moved: Collection[int]) -> list[int]:
    """Return what may move: `moved`, and everything else that stands or what is nearest to the holes."""
    board = rest.board
    touched = {board.bank_of[pair] for pair in (*rest.wanted, *rest.spare)}
    callers = {board.firm_of[pair] for pair in (*rest.wanted, *rest.spare)}
    hurt = {board.bank_of[pair] for pair in rest.hurt} | {
        board.bank_of[pair] for pair in rest.spare if board.firm_of[pair] in _upset(rest)
    }
    order = sorted(
        rest.standing.keys() - rest.pinned,
        key=lambda pair: (
            pair not in moved,
            board.bank_of[pair] not in hurt,
            board.firm_of[pair] not in callers,
            board.bank_of[pair] not in touched,
            pair,
        ),
    )
    chosen, places = [], 0
    for pair in order:
        places += board.pair_free[pair].bit_count()
        if places > MAX_PLACES:
            break
        chosen.append(pair)
    return chosen


def _upset(rest: Rest) -> set[int]:
    at = {firm.id: place for place, firm in enumerate(rest.board.problem.firms)}
    return {at[party.id] for party in rest.forced if not party.is_bank}


def _proposal(
    problem: MeetingProblem, base: Collection[Meeting], rest: Rest, settled: Settled, started: float
) -> Proposal:
    board = rest.board
    past = [*rest.past, *(m for pair, m in rest.missed.items() if pair not in settled.slot_of)]
    pinned = [rest.standing[pair] for pair in sorted(rest.pinned)]
    day = day_problem(problem, rest, past, pinned)
    slot_of = tidied(rest, settled.slot_of, past)
    wish = board.problem.pairs
    draft = _draft(day, {(wish[p].bank_id, wish[p].firm_id): slot for p, slot in slot_of.items()})
    kept = [m for pair, m in rest.standing.items() if slot_of.get(pair) == m.slot - 1]
    meetings = seated(draft, {(m.bank_id, m.firm_id): m.table for m in (*past, *kept)})
    changes = _changes(base, meetings)
    value = checker.value_of(day, meetings)
    bound = value - settled.value + settled.value_most
    certificate = certify(
        draft,
        meetings,
        bound=bound,
        bound_by="flow" if settled.value_most == settled.value else "search",
        idle_bound=least_waiting(draft),
        left_out=leftout.left_out(board, slot_of, is_proven=bound == value),
        ending=Ending.FINISHED,
        solver="CP-SAT",
        seed=0,
        seconds=round(monotonic() - started, 3),
    )
    told = {one for change in changes for one in change.parties if not rest.turnout.is_over(one)}
    return Proposal(day, Timetable(meetings, certificate), changes, frozenset(told), settled.told_least)


def _draft(day: MeetingProblem, slot_of: Mapping[tuple[str, str], int]) -> Draft:
    draft = Draft(lay_out(day))
    for place, pair in enumerate(draft.board.problem.pairs):
        slot = slot_of.get((pair.bank_id, pair.firm_id))
        if slot is not None and place not in draft.board.locked:
            draft.put(place, slot)
    return draft


def _changes(base: Collection[Meeting], meetings: Collection[Meeting]) -> tuple[Change, ...]:
    before = {(m.bank_id, m.firm_id): m for m in base}
    after = {(m.bank_id, m.firm_id): m for m in meetings}
    found = [
        Change(*pair, before.get(pair), after.get(pair))
        for pair in before.keys() | after.keys()
        if before.get(pair) != after.get(pair)
    ]
    return tuple(sorted(found, key=_when))


def _when(change: Change) -> tuple[int, str, str]:
    meetings = [meeting for meeting in (change.before, change.after) if meeting is not None]
    return min(meeting.slot for meeting in meetings), change.bank_id, change.firm_id
