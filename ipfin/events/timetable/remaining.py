"""What is left of a published timetable on the day: what was held, what still stands, what somebody misses.

Decides which meetings of the published timetable count as held, which still stand, which were promised but
cannot be held as promised, and which accepted pairs could fill a hole. Does not decide where anything goes
(`moving`).

Slots are counted from 1 in meetings and problems, from 0 on the board. Before `from_slot` nothing is planned
any more: on the board of the rest these slots are closed like breaks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass, replace
from typing import NamedTuple

from ipfin.events.timetable.board import Board, lay_out, mask
from ipfin.events.timetable.certificate import Meeting
from ipfin.events.timetable.contradictions import check
from ipfin.events.timetable.problem import Bank, Firm, Lock, MeetingProblem
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _


class Party(NamedTuple):
    """One participant; a bank and a firm may share an id."""

    is_bank: bool
    id: str


@dataclass(frozen=True, slots=True)
class Turnout:
    """Who is not there as planned.

    Args:
        absent: do not come at all; what they had before `from_slot` was not held.
        late: are there from this slot on (counted from 1); what they had before it was not held.
        gone: have left or will have before `from_slot`; what they had before it was held.
    """

    absent: Set[Party] = frozenset()
    late: Mapping[Party, int] | None = None
    gone: Set[Party] = frozenset()

    def missing(self, party: Party, from_slot: int, slots: int) -> frozenset[int]:
        """Return the slots from `from_slot` on in which `party` is not there for these reasons."""
        if party in self.absent or party in self.gone:
            return frozenset(range(from_slot, slots + 1))
        return frozenset(range(from_slot, min(self.comes(party), slots + 1)))

    def comes(self, party: Party) -> int:
        """Return the slot in which a late one is there first; 0 for one who is not late."""
        return (self.late or {}).get(party, 0)

    def missed(self, meeting: Meeting) -> bool:
        """Whether one side of a past meeting was not there for it."""
        return any(party in self.absent or meeting.slot < self.comes(party) for party in sides(meeting))

    def is_over(self, party: Party) -> bool:
        """Whether `party` is not to be expected any more."""
        return party in self.absent or party in self.gone


@dataclass(frozen=True, slots=True)
class Rest:
    """The rest of the day; meetings to plan are positions of pairs on the board.

    Args:
        board: only the slots from `from_slot` on are open; pairs that were held are not on it.
        day_slots: mask of all slots of the day that are no break.
        past: meetings before `from_slot` that stay as they are.
        missed: past meetings that a late one missed: they stay too, unless they can be held later.
        standing: promised meetings that can be held as promised.
        pinned: those of `standing` that are locked.
        hurt: promised meetings whose slot is not possible any more; `lost` those that no slot suits.
        spare: pairs that both sides accepted, were not in the timetable and could be held now.
        forced: who must be told whatever is decided: one of its meetings cannot be held as promised.
    """

    board: Board
    day_slots: int
    from_slot: int
    turnout: Turnout
    past: tuple[Meeting, ...]
    missed: dict[int, Meeting]
    standing: dict[int, Meeting]
    pinned: frozenset[int]
    hurt: dict[int, Meeting]
    lost: tuple[Meeting, ...]
    spare: tuple[int, ...]
    forced: frozenset[Party]

    @property
    def wanted(self) -> list[int]:
        """Promised pairs without a slot: to be held again before anything new is."""
        return sorted([*self.hurt, *self.missed])


def sides(meeting: Meeting) -> tuple[Party, Party]:
    """Return the bank and the firm of a meeting."""
    return Party(True, meeting.bank_id), Party(False, meeting.firm_id)


def rest_of(problem: MeetingProblem, base: Collection[Meeting], from_slot: int, turnout: Turnout) -> Rest:
    """Return what is left to plan from `from_slot` on.

    Raises:
        BadInput: a slot that the event does not have, somebody unknown, a meeting of no accepted pair.
    """
    _check(problem, base, from_slot, turnout)
    before = [meeting for meeting in base if meeting.slot < from_slot]
    missed = [meeting for meeting in before if _may_be_caught_up(meeting, turnout)]
    past = tuple(meeting for meeting in before if meeting not in set(missed))
    over = {(meeting.bank_id, meeting.firm_id) for meeting in before}
    board = lay_out(_rest_problem(_in_order(problem, over), past, from_slot, turnout))
    at = {(pair.bank_id, pair.firm_id): place for place, pair in enumerate(board.problem.pairs)}
    promised = {at[m.bank_id, m.firm_id]: m for m in sorted(base) if m.slot >= from_slot}
    standing = {p: m for p, m in promised.items() if board.pair_free[p] >> (m.slot - 1) & 1}
    locked = {(lock.bank_id, lock.firm_id) for lock in problem.locks}
    taken = {**promised, **{at[m.bank_id, m.firm_id]: m for m in missed}}
    upset = [meeting for place, meeting in promised.items() if place not in standing]
    return Rest(
        board=board,
        day_slots=((1 << problem.slots) - 1) & ~mask(problem.breaks),
        from_slot=from_slot,
        turnout=turnout,
        past=past,
        missed={at[m.bank_id, m.firm_id]: m for m in sorted(missed)},
        standing=standing,
        pinned=frozenset(p for p, m in standing.items() if (m.bank_id, m.firm_id) in locked),
        hurt={p: m for p, m in promised.items() if p not in standing and board.pair_free[p]},
        lost=tuple(m for p, m in promised.items() if p not in standing and not board.pair_free[p]),
        spare=_spare(board, standing, taken),
        forced=frozenset(one for m in upset for one in sides(m) if not turnout.is_over(one)),
    )


def _may_be_caught_up(meeting: Meeting, turnout: Turnout) -> bool:
    return turnout.missed(meeting) and not any(turnout.is_over(party) for party in sides(meeting))


def _spare(board: Board, standing: Collection[int], taken: Collection[int]) -> tuple[int, ...]:
    """Return the other pairs whose firm and bank have room beside what stands."""
    of_firm = Counter(board.firm_of[pair] for pair in standing)
    of_bank = Counter(board.bank_of[pair] for pair in standing)
    return tuple(
        pair
        for pair, free in enumerate(board.pair_free)
        if free
        and pair not in taken
        and of_firm[board.firm_of[pair]] < board.firm_cap[board.firm_of[pair]]
        and of_bank[board.bank_of[pair]] < board.bank_cap[board.bank_of[pair]]
    )


def _in_order(problem: MeetingProblem, over: Set[tuple[str, str]]) -> MeetingProblem:
    """Return the problem without must-haves and minimums, and with the order that is left to keep.

    What was promised comes first on the day, so nothing else does. A pair whose later one is over already
    cannot be held any more.
    """
    too_late = {order.earlier for order in problem.precedences if order.later in over}
    plain = _without_demands(problem)
    return replace(
        plain,
        pairs=tuple(
            replace(pair, slots=frozenset()) if pair.key in too_late else pair for pair in plain.pairs
        ),
        precedences=tuple(
            order for order in problem.precedences if order.earlier not in over and order.later not in over
        ),
    )


def _without_demands(problem: MeetingProblem) -> MeetingProblem:
    return replace(
        problem,
        banks=tuple(replace(bank, min_meetings=0) for bank in problem.banks),
        firms=tuple(replace(firm, min_meetings=0) for firm in problem.firms),
        pairs=tuple(replace(pair, must=False) for pair in problem.pairs),
    )


def _rest_problem(
    problem: MeetingProblem, past: Iterable[Meeting], from_slot: int, turnout: Turnout
) -> MeetingProblem:
    """Return the problem of the slots to come: past pairs are gone, what was held counts against limits."""
    past = list(past)
    gone = {(meeting.bank_id, meeting.firm_id) for meeting in past}
    held = Counter(party for meeting in past if not turnout.missed(meeting) for party in sides(meeting))

    def limit(party: Party, most: int | None) -> int | None:
        return None if most is None else max(most - held[party], 0)

    changed = _absences(problem, from_slot, turnout)
    return replace(
        changed,
        banks=tuple(
            replace(bank, max_meetings=limit(Party(True, bank.id), bank.max_meetings))
            for bank in changed.banks
        ),
        firms=tuple(
            replace(firm, max_meetings=limit(Party(False, firm.id), firm.max_meetings))
            for firm in changed.firms
        ),
        pairs=tuple(pair for pair in problem.pairs if (pair.bank_id, pair.firm_id) not in gone),
        locks=(),
        breaks=problem.breaks | frozenset(range(1, from_slot)),
    )


def _absences(problem: MeetingProblem, from_slot: int, turnout: Turnout) -> MeetingProblem:
    def away(one: Bank | Firm, party: Party) -> frozenset[int]:
        return one.away | turnout.missing(party, from_slot, problem.slots)

    return replace(
        problem,
        banks=tuple(replace(bank, away=away(bank, Party(True, bank.id))) for bank in problem.banks),
        firms=tuple(replace(firm, away=away(firm, Party(False, firm.id))) for firm in problem.firms),
    )


def day_problem(
    problem: MeetingProblem, rest: Rest, kept_past: Collection[Meeting], pinned: Iterable[Meeting]
) -> MeetingProblem:
    """Return the problem that the whole new timetable answers: past and locks fixed, absences as they are.

    Who sat before an empty chair may have one meeting more for it: its past meeting stays in the list.
    """
    extra = Counter(
        party for meeting in kept_past if rest.turnout.missed(meeting) for party in sides(meeting)
    )

    def limit(party: Party, most: int | None) -> int | None:
        return None if most is None else most + extra[party]

    changed = _without_demands(_absences(problem, rest.from_slot, rest.turnout))
    return replace(
        changed,
        banks=tuple(
            replace(bank, max_meetings=limit(Party(True, bank.id), bank.max_meetings))
            for bank in changed.banks
        ),
        firms=tuple(
            replace(firm, max_meetings=limit(Party(False, firm.id), firm.max_meetings))
            for firm in changed.firms
        ),
        locks=tuple(Lock(m.bank_id, m.firm_id, m.slot, m.table) for m in sorted([*kept_past, *pinned])),
    )


def _check(problem: MeetingProblem, base: Iterable[Meeting], from_slot: int, turnout: Turnout) -> None:
    check(replace(problem, locks=()))
    if not 1 <= from_slot <= problem.slots:
        raise BadInput(_("起始时段应在1到%(slots)d之间，现为%(slot)d。", slots=problem.slots, slot=from_slot))
    known = {Party(True, bank.id) for bank in problem.banks}
    known |= {Party(False, firm.id) for firm in problem.firms}
    for party in sorted({*turnout.absent, *turnout.gone, *(turnout.late or {})}):
        if party not in known:
            raise BadInput(_("参会者“%(id)s”不在本场名单中，请刷新后重选。", id=party.id))
    accepted = {(pair.bank_id, pair.firm_id) for pair in problem.pairs}
    for meeting in base:
        if (meeting.bank_id, meeting.firm_id) not in accepted:
            raise BadInput(
                _(
                    "原日程中“%(bank)s”与“%(firm)s”的洽谈不在双方同意的意向中。",
                    bank=meeting.bank_id,
                    firm=meeting.firm_id,
                )
            )
