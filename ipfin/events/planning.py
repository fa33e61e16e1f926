"""From registrations and wishes to the planner's problem, and from its answer to what is stored. Pure.

Decides who takes part in the planning (those with a seat), how a participant is named in it and what of
the certificate is kept. Slots are counted from 0 in registrations and meetings, from 1 by the planner.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from ipfin.events.lifecycle import Side
from ipfin.events.proposals import FixedPair, locks_with, must_haves
from ipfin.events.timetable.certificate import Condition, Ending, Status, Timetable
from ipfin.events.timetable.problem import Bank, Firm, Lock, MeetingProblem, Pair
from ipfin.events.wishes import WishBook, WishSaid, wish_book
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import Text, _

# Planned while somebody waits for the page: measured at under two seconds, the idle search included.
INLINE_PLACES: Final = 4_800  # pairs x slots
INLINE_SECONDS: Final = 1.5
JOB_SECONDS: Final = 30
LEAST_JOB_SECONDS: Final = 5
MOST_JOB_SECONDS: Final = 120
SEARCHES_A_CORE: Final = 4
MOST_SEARCHES: Final = 8


@dataclass(frozen=True, slots=True)
class Participant:
    """A confirmed registration, as the planner needs it; `absent` slots are counted from 0."""

    id: int
    side: Side
    name: str
    desks: int
    absent: frozenset[int]


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be planned: the problem, and how the wishes fell."""

    problem: MeetingProblem
    wishes: WishBook

    @property
    def is_small(self) -> bool:
        """Whether it is planned at once rather than in a job."""
        return len(self.problem.pairs) * self.problem.slots <= INLINE_PLACES


def task_of(
    participants: Iterable[Participant],
    said: Iterable[WishSaid],
    *,
    slots: int,
    desks: int,
    meetings_per_enterprise: int,
    meetings_per_institution: int = 0,
    fixed: Iterable[FixedPair] = (),
    locks: Iterable[Lock] = (),
) -> Task:
    """Return the problem of an event.

    Args:
        meetings_per_institution: the most talks of one institution; 0 for as many as fit.
        fixed: meetings that the office fixed to a slot, or that must be held in any; one whose pair no
            longer agrees is left out.
        locks: rows of an earlier timetable that keep their slot and table.

    Raises:
        Conflict: the event has no slots or desks, or there is nobody to plan for.
    """
    if slots < 1 or desks < 1:
        raise Conflict(_("本活动没有设置洽谈时段和桌数，无需排期。"))
    banks, firms = [], []
    for one in sorted(participants, key=lambda one: one.id):
        away = frozenset(slot + 1 for slot in one.absent if slot < slots)
        if one.side is Side.INSTITUTION:
            banks.append(Bank(str(one.id), one.name, one.desks, away, meetings_per_institution or None))
        else:
            firms.append(Firm(str(one.id), one.name, away, meetings_per_enterprise))
    if not banks or not firms:
        raise Conflict(_("还没有双方都已确认的参会者，不能排期。"))
    known = {bank.id for bank in banks} | {firm.id for firm in firms}
    book = wish_book(word for word in said if {str(word.institution), str(word.enterprise)} <= known)
    fixed = list(fixed)
    musts = must_haves(fixed)
    pairs = tuple(
        Pair(
            str(pair.institution),
            str(pair.enterprise),
            pair.value,
            must=(pair.institution, pair.enterprise) in musts,
        )
        for pair in book.pairs
    )
    agreed = {(pair.institution, pair.enterprise) for pair in book.pairs}
    kept = locks_with(fixed, agreed, locks)
    problem = MeetingProblem(tuple(banks), tuple(firms), pairs, slots, desks, kept)
    return Task(problem, book)


def searches(cores: int) -> int:
    """Return how many searches of the solver share the processors granted.

    More than processors: they differ, and which one ends it cannot be foreseen.
    """
    return min(MOST_SEARCHES, SEARCHES_A_CORE * cores)


def certificate_as_json(task: Task, timetable: Timetable) -> dict[str, Any]:
    """Return everything that is known about a timetable, as it is stored beside it."""
    certificate, problem = timetable.certificate, task.problem
    stored = {
        field.name: getattr(certificate, field.name)
        for field in fields(certificate)
        if field.name not in ("left_out", "unserved", "witnesses")
    }
    left_out = [
        {
            "bank": int(out.bank_id),
            "firm": int(out.firm_id),
            "value": out.value,
            "condition": out.condition.value,
            "reason": out.reason.as_json(),
        }
        for out in certificate.left_out
    ]
    return stored | {
        "status": certificate.status.value,
        "ending": certificate.ending.value,
        "left_out": left_out,
        "unserved": [one.reason.as_json() for one in certificate.unserved],
        "witnesses": [one.reason.as_json() for one in certificate.witnesses],
        "statement": certificate.statement.as_json(),
        "banks": len(problem.banks),
        "firms": len(problem.firms),
        "desks": sum(bank.desks for bank in problem.banks),
        "pairs": len(problem.pairs),
        "mutual": task.wishes.mutual,
        "one_sided": task.wishes.one_sided,
        "refused": task.wishes.refused,
        "meetings": len(timetable.meetings),
        "locks": [[lock.bank_id, lock.firm_id, lock.slot, lock.table] for lock in problem.locks],
        "unwished": _unwished(problem),
    }


def _unwished(problem: MeetingProblem) -> list[int]:
    """Return the participants of either side with no pair at all: nothing could be planned for them."""
    paired = {pair.bank_id for pair in problem.pairs} | {pair.firm_id for pair in problem.pairs}
    everyone: Sequence[Bank | Firm] = (*problem.banks, *problem.firms)
    return [int(one.id) for one in everyone if one.id not in paired]


@dataclass(frozen=True, slots=True)
class LeftOutLine:
    """A wish that got no meeting, for the office's page."""

    institution: int
    enterprise: int
    value: int
    condition: Condition
    reason: Text


def left_out_of(stored: Mapping[str, Any]) -> list[LeftOutLine]:
    """Return the wishes that got no meeting, the most valuable first, from a stored certificate."""
    lines = [
        LeftOutLine(
            out["bank"],
            out["firm"],
            out["value"],
            Condition(out["condition"]),
            Text.from_json(out["reason"]),
        )
        for out in stored.get("left_out", [])
    ]
    return sorted(lines, key=lambda line: (-line.value, line.institution, line.enterprise))


def unserved_of(stored: Mapping[str, Any]) -> tuple[list[Text], list[Text]]:
    """Return the must-haves that are not met, and why not all of them can be, from a stored certificate."""
    unserved, witnesses = (
        [Text.from_json(one) for one in stored.get(part, [])] for part in ("unserved", "witnesses")
    )
    return unserved, witnesses


def stored_locks(certificate: Mapping[str, Any]) -> tuple[Lock, ...]:
    """Return the locks that a timetable was planned with, from its stored certificate."""
    return tuple(Lock(*lock) for lock in certificate.get("locks", []))


def words_of(certificate: Mapping[str, Any]) -> tuple[Status, Ending]:
    """Return the status and the ending of a stored certificate."""
    return Status(certificate["status"]), Ending(certificate["ending"])
