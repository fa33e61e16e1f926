"""Less waiting with the chosen pairs fixed, asked of CP-SAT: it starts where `compacting` ended, and proves.

Each participant gets one window of slots, and all its meetings lie in it: what is open there without a
meeting is its waiting. Windows in which a participant would have to wait longer than the best timetable so
far allows it are left out, so that no timetable that is better is lost and the bound holds for all. Decides
slots only; value, pairs, locks and rules never change. The bound is the solver's word.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ipfin.events.timetable.booleans import MOST, Limits, Programme
from ipfin.events.timetable.certificate import ShouldStop
from ipfin.events.timetable.compacting import BANK_WEIGHT, FIRM_WEIGHT, Ledger, Needs, needs_of
from ipfin.events.timetable.draft import NOWHERE, Draft
from ipfin.events.timetable.moving import Room, orders

MAX_CHOICES = 80_000  # meetings x slots and windows above which the question is not put
SECONDS_AT_LEAST = 0.5


@dataclass(frozen=True, slots=True)
class Shortened:
    """The least weighted waiting that these pairs can have, who says so, and whether it is reached."""

    bound: int
    is_searched: bool
    is_settled: bool


def shorten(
    draft: Draft,
    floor: int,
    *,
    seconds: float,
    workers: int,
    seed: int = 0,
    should_stop: ShouldStop | None = None,
) -> Shortened:
    """Move the meetings of `draft` to slots with less waiting, if any are found.

    Args:
        floor: the waiting that is known to be the least so far.
        seconds: of the clock; with one worker a limit of work instead, so that the answer is always the same.
        workers: searches of the solver side by side.
    """
    now = Ledger(draft).waiting().weighted
    if now <= floor:
        return Shortened(floor, False, True)
    question = _Question(draft, now - floor)
    if seconds < SECONDS_AT_LEAST or question.programme.size > MAX_CHOICES:
        return Shortened(floor, False, False)
    limits = Limits(seconds=seconds, workers=workers, should_stop=should_stop)
    answer = question.programme.largest(question.aim, limits.effort, question.hint(), seed, limits)
    if answer.ones is not None and question.idle(answer.reached) < now:
        draft.rearrange(question.slots(answer.ones))
    bound = max(floor, question.idle(answer.bound)) if answer.has_bound else floor
    best = Ledger(draft).waiting().weighted
    return Shortened(min(bound, best), bound > floor, bound >= best)


@dataclass(frozen=True, slots=True)
class _Party:
    """A participant: weight, needs, busy slots now, desks by slot, variables of its meetings by slot."""

    weight: int
    needs: Needs
    busy: int
    desks: list[int]
    held: list[list[int]] = field(default_factory=list)


class _Question:
    """The programme: a variable for each meeting in each of its slots, for each window, each busy desk."""

    def __init__(self, draft: Draft, slack: int) -> None:
        self.draft, self.board, self.slack = draft, draft.board, slack
        self.programme = Programme()
        self.aim: dict[int, int] = {}
        self.fixed = 0  # busy slots, weighted, that do not depend on anything
        self._hint: set[int] = set()
        self.at: dict[tuple[int, int], int] = {}
        for pair, slot in enumerate(draft.slot_of):
            if slot != NOWHERE:
                self._meeting(pair, slot)
        for group, most in Room(self.board, {}).rows(self.at):
            self.programme.add_sum(group, 0, most)
        for group in orders(self.board, self.at):
            self.programme.add_sum(group, 0, 1)
        for party in self._parties():
            if self.programme.size > MAX_CHOICES:
                return
            if party.needs.count > 1:
                self._bind(party)

    def _meeting(self, pair: int, here: int) -> None:
        own = []
        for slot in range(self.board.slots):
            if self.board.pair_free[pair] >> slot & 1:
                self.at[pair, slot] = self.programme.new()
                own.append(self.at[pair, slot])
                if slot == here:
                    self._hint.add(own[-1])
        self.programme.add_sum(own, 1, 1)

    def _parties(self) -> list[_Party]:
        board, ledger = self.board, Ledger(self.draft)
        firms, banks = needs_of(self.draft)
        ones = [1] * board.slots
        slots = range(board.slots)
        of_firm = [
            _Party(FIRM_WEIGHT, needs, ledger.firm_busy[at], ones, [[] for _ in slots])
            for at, needs in enumerate(firms)
        ]
        of_bank = [
            _Party(BANK_WEIGHT, needs, ledger.bank_busy[at], board.desks[at], [[] for _ in slots])
            for at, needs in enumerate(banks)
        ]
        for (pair, slot), variable in self.at.items():
            of_firm[board.firm_of[pair]].held[slot].append(variable)
            of_bank[board.bank_of[pair]].held[slot].append(variable)
        return [*of_firm, *of_bank]

    def _bind(self, party: _Party) -> None:
        """Give a participant its window, and count what it is busy in it."""
        windows = self._windows(party)
        self.programme.add_sum(windows.values(), 1, 1)
        open_slots = self.board.open_slots
        for (first, last), variable in windows.items():
            inside = ((2 << last) - (1 << first)) & open_slots
            self.aim[variable] = -party.weight * inside.bit_count()
            if (first, last) == _window_of(party.busy):
                self._hint.add(variable)
        is_single = all(
            desks + locked <= 1 for desks, locked in zip(party.desks, party.needs.locked, strict=True)
        )
        self.fixed += party.weight * party.needs.count if is_single else 0
        for slot, held in enumerate(party.held):
            around = [variable for (first, last), variable in windows.items() if first <= slot <= last]
            for group in [held] if is_single and held else [[one] for one in held]:
                terms = dict.fromkeys(group, 1) | dict.fromkeys(around, -1)
                self.programme.add(terms, -MOST, 0)
            if not is_single:
                self._busy(party, slot)

    def _busy(self, party: _Party, slot: int) -> None:
        """Count a slot in which a bank of several desks is busy once."""
        held = party.held[slot]
        if party.needs.locked[slot]:
            self.fixed += party.weight
        elif held:
            busy = self.programme.new()
            self.programme.add({busy: 1} | dict.fromkeys(held, -1), -MOST, 0)
            self.aim[busy] = party.weight
            if party.busy >> slot & 1:
                self._hint.add(busy)

    def _windows(self, party: _Party) -> dict[tuple[int, int], int]:
        """Return a variable for each (first, last) that holds the meetings without too much waiting."""
        needs, open_slots = party.needs, self.board.open_slots
        room = [
            locked + (desks if held else 0)
            for locked, desks, held in zip(needs.locked, party.desks, party.held, strict=True)
        ]
        allowed = needs.least(party.desks, open_slots) + self.slack // party.weight
        must = [slot for slot, locked in enumerate(needs.locked) if locked]
        found = {}
        for first in range(must[0] + 1 if must else len(room)):
            seats = usable = 0
            for last in range(first, len(room)):
                seats += room[last]
                usable += 1 if room[last] else 0
                fits = seats >= needs.count and room[first] and room[last] and (not must or last >= must[-1])
                inside = ((2 << last) - (1 << first)) & open_slots
                if fits and inside.bit_count() - min(needs.count, usable) <= allowed:
                    found[first, last] = self.programme.new()
        return found

    def hint(self) -> frozenset[int]:
        """Return the variables at 1 in the draft."""
        return frozenset(self._hint)

    def idle(self, reached: int) -> int:
        """Return the weighted waiting of an answer, or of a bound on it."""
        return -reached - self.fixed

    def slots(self, ones: frozenset[int]) -> list[int]:
        """Return the slot of each pair in an answer."""
        slot_of = [NOWHERE] * len(self.board.value)
        for (pair, slot), variable in self.at.items():
            if variable in ones:
                slot_of[pair] = slot
        return slot_of


def _window_of(busy: int) -> tuple[int, int]:
    return (busy & -busy).bit_length() - 1, busy.bit_length() - 1
