"""From registrations and wishes to the planner's problem, and from its answer to what is stored. Pure.

Decides who takes part in the planning (those with a seat), how a participant is named in it and what of
the certificate is kept. Slots are counted from 0 in registrations and meetings, from 1 by the planner.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from ipfin.events.demands import Leasts, Order, precedences
from ipfin.events.lifecycle import Side
from ipfin.events.proposals import FixedPair, locks_with, must_haves
from ipfin.events.timetable.certificate import Condition, Ending, Status, Timetable
from ipfin.events.timetable.problem import Bank, Firm, Lock, MeetingProblem, Pair
from ipfin.events.wishes import DayPart, PairValue, WishBook, WishSaid, wish_book
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
NO_LEASTS: Final = Leasts()
NO_PARTS: Final[Mapping[DayPart, AbstractSet[int]]] = {}


@dataclass(frozen=True, slots=True)
class Participant:
    """A confirmed registration, as the planner needs it; `absent` slots are counted from 0.

    `desk_absent`: for each desk that does not keep the hours of the others the slots without it.
    """

    id: int
    side: Side
    name: str
    desks: int
    absent: frozenset[int]
    desk_absent: tuple[frozenset[int], ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be planned: the problem, and how the wishes fell.

    `apart` are pairs that agreed, but not on a time: one side said morning, the other afternoon, or the event
    has no talks then. They cannot be planned.
    """

    problem: MeetingProblem
    wishes: WishBook
    apart: tuple[PairValue, ...] = ()

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
    parts: Mapping[DayPart, AbstractSet[int]] = NO_PARTS,
    leasts: Leasts = NO_LEASTS,
    orders: Iterable[Order] = (),
) -> Task:
    """Return the problem of an event.

    Args:
        meetings_per_institution: the most talks of one institution; 0 for as many as fit.
        fixed: meetings that the office fixed to a slot, or that must be held in any; one whose pair no
            longer agrees is left out.
        locks: rows of an earlier timetable that keep their slot and table.
        parts: the slots (from 0) of the morning and of the afternoon. A meeting that the office fixed to a
            slot keeps it, whatever a side says later about the time of day.
        leasts: how many meetings are asked for at least.
        orders: of meetings; one of a pair that is not planned is left out.

    Raises:
        Conflict: the event has no slots or desks, or there is nobody to plan for.
    """
    if slots < 1 or desks < 1:
        raise Conflict(_("本活动没有设置洽谈时段和桌数，无需排期。"))
    banks, firms = [], []
    for one in sorted(participants, key=lambda one: one.id):
        away = frozenset(slot + 1 for slot in one.absent if slot < slots)
        if one.side is Side.INSTITUTION:
            banks.append(_bank(one, away, slots, meetings_per_institution or None))
        else:
            firms.append(Firm(str(one.id), one.name, away, meetings_per_enterprise))
    if not banks or not firms:
        raise Conflict(_("还没有双方都已确认的参会者，不能排期。"))
    known = {bank.id for bank in banks} | {firm.id for firm in firms}
    book = wish_book(word for word in said if {str(word.institution), str(word.enterprise)} <= known)
    fixed = list(fixed)
    musts = must_haves(fixed)
    placed = {(one.institution, one.enterprise) for one in fixed if one.slot is not None}
    allowed = {
        pair: None if (pair.institution, pair.enterprise) in placed else _allowed(pair, parts, slots)
        for pair in book.pairs
    }
    apart = tuple(pair for pair, free in allowed.items() if free is not None and not free)
    pairs = tuple(
        Pair(
            str(pair.institution),
            str(pair.enterprise),
            pair.value,
            free,
            must=(pair.institution, pair.enterprise) in musts,
        )
        for pair, free in allowed.items()
        if pair not in apart
    )
    agreed = {(pair.institution, pair.enterprise) for pair in book.pairs}
    kept = locks_with(fixed, agreed, locks)
    problem = MeetingProblem(tuple(banks), tuple(firms), pairs, slots, desks, kept)
    planned = {pair.key for pair in pairs}
    problem = replace(with_leasts(problem, leasts), precedences=precedences(orders, planned))
    return Task(problem, book, apart)


def with_leasts(problem: MeetingProblem, leasts: Leasts) -> MeetingProblem:
    """Return the problem with what is asked of everybody and by name."""
    of_banks = Counter(pair.bank_id for pair in problem.pairs)
    of_firms = Counter(pair.firm_id for pair in problem.pairs)

    def least(one: Bank | Firm, agreed: int) -> int:
        is_firm = isinstance(one, Firm)
        return leasts.of(int(one.id), is_firm=is_firm, agreed=agreed, most=one.max_meetings)

    return replace(
        problem,
        banks=tuple(replace(one, min_meetings=least(one, of_banks[one.id])) for one in problem.banks),
        firms=tuple(replace(one, min_meetings=least(one, of_firms[one.id])) for one in problem.firms),
    )


def _bank(one: Participant, away: frozenset[int], slots: int, most: int | None) -> Bank:
    """Return an institution with the hours of its desks; desks that it no longer brings keep none."""
    gone = tuple(
        frozenset(slot + 1 for slot in desk if slot < slots) for desk in one.desk_absent[: one.desks]
    )
    if len(gone) == one.desks:
        away |= frozenset.intersection(*gone) if gone else frozenset()
    return Bank(str(one.id), one.name, one.desks, away, most, desk_away=gone if any(gone) else ())


def _allowed(pair: PairValue, parts: Mapping[DayPart, AbstractSet[int]], slots: int) -> frozenset[int] | None:
    """Return the slots (from 1) in which both sides would meet; None for any."""
    wanted = [parts[part] for part in pair.parts if part in parts]
    if not wanted:
        return None
    free = frozenset(slot + 1 for slot in range(slots) if all(slot in one for one in wanted))
    return None if len(free) == slots else free


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
    left_out += [
        {
            "bank": pair.institution,
            "firm": pair.enterprise,
            "value": pair.value,
            "condition": Condition.NO_ALLOWED_SLOT.value,
            "reason": _("双方选择的时间不同，或本场在所选的时间没有洽谈；请与双方商定。").as_json(),
        }
        for pair in task.apart
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
        "pairs": len(problem.pairs) + len(task.apart),
        "mutual": task.wishes.mutual,
        "one_sided": task.wishes.one_sided,
        "refused": task.wishes.refused,
        "meetings": len(timetable.meetings),
        "orders": len(problem.precedences),
        "minimums": _minimums(problem),
        "locks": [[lock.bank_id, lock.firm_id, lock.slot, lock.table] for lock in problem.locks],
        "unwished": _unwished(problem),
    }


def _minimums(problem: MeetingProblem) -> int:
    """Return of how many participants a least number of meetings is asked."""
    everyone: Sequence[Bank | Firm] = (*problem.banks, *problem.firms)
    return sum(one.min_meetings > 0 for one in everyone)


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
