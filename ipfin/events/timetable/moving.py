"""Where the rest of a day goes so that nothing promised is lost and few people must be told.

In this order: as much as possible of the promised value is held; then as much value as possible is added
from pairs that were left out; then as few people as possible are told; then as few meetings as possible move.
Decides slots only, with those meetings fixed that may not move. `settle` is exact when it says so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from ipfin.events.timetable import flow
from ipfin.events.timetable.board import Board, bits
from ipfin.events.timetable.booleans import Programme
from ipfin.events.timetable.remaining import Party, Rest

Slots = dict[int, int]  # slot (from 0) of each pair that is held


@dataclass(frozen=True, slots=True)
class Limits:
    """What no timetable of the rest can exceed: promised value held again, all value that is not standing."""

    kept: int
    value: int


@dataclass(frozen=True, slots=True)
class Settled:
    """Slots of everything that is held from now on, and what is known about them.

    Args:
        kept: value of the promised pairs that lost their slot and have another now.
        value: `kept` and the value of the pairs that are new.
        told: who must be told; `told_least` is the fewest that any equally valuable answer has to tell.
        moved: promised meetings that are held in another slot.
        value_most: the most that `value` could be.
    """

    slot_of: Slots
    kept: int
    value: int
    told: frozenset[Party]
    told_least: int
    moved: int
    value_most: int

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """The larger, the better."""
        return self.kept, self.value, -len(self.told), -self.moved


def limits(rest: Rest) -> Limits:
    """Return what numbers alone allow: everything that stands keeps its place in them."""
    return Limits(_most(rest, rest.wanted), _most(rest, [*rest.wanted, *rest.spare]))


def _most(rest: Rest, pairs: Collection[int]) -> int:
    board = rest.board
    of_firm = Counter(board.firm_of[pair] for pair in rest.standing)
    of_bank = Counter(board.bank_of[pair] for pair in rest.standing)
    in_slot = Counter(meeting.slot - 1 for meeting in rest.standing.values())
    chosen = set(pairs)
    left = replace(
        board,
        pair_free=[free if pair in chosen else 0 for pair, free in enumerate(board.pair_free)],
        firm_cap=[max(cap - of_firm[firm], 0) for firm, cap in enumerate(board.firm_cap)],
        bank_cap=[max(cap - of_bank[bank], 0) for bank, cap in enumerate(board.bank_cap)],
        tables=[max(size - in_slot[slot], 0) for slot, size in enumerate(board.tables)],
    )
    return flow.choose(left).value


def settle(rest: Rest, movable: Collection[int], known: Limits, effort: float, hint: Slots) -> Settled:
    """Return the best answer that was found when only `movable` of what stands may move.

    Args:
        known: as `limits` says.
        effort: for each of two questions, see `booleans`.
        hint: an answer that is possible.
    """
    model = _Model(rest, frozenset(movable) - rest.pinned)
    ones, is_best = model.ones(hint), not model.worth
    if model.worth and model.limits_of(ones) != (known.kept, known.value):
        found = model.programme.largest(model.worth, effort, ones)
        ones = ones if found.ones is None else found.ones
        is_best = found.ones is not None and found.is_settled
    model.demand(ones)
    told_least = len(rest.forced)
    if len(model.told_by(ones)) > told_least:
        quiet = model.quiet()
        found = model.programme.largest(quiet, effort, model.with_told(ones))
        if found.ones is not None:
            ones, told_least = found.ones, model.told_least(found.bound)
    return model.answer(ones, known, is_best=is_best, told_least=told_least)


class _Model:
    """The programme: one variable for each (pair, slot) that is possible beside what stays where it is."""

    def __init__(self, rest: Rest, movable: frozenset[int]) -> None:
        self.rest, self.board, self.movable = rest, rest.board, movable
        self.fixed = {p: m.slot - 1 for p, m in rest.standing.items() if p not in movable}
        self.programme = Programme()
        self.at: dict[tuple[int, int], int] = {}
        room = Room(rest.board, self.fixed)
        for pair in [*sorted(movable), *rest.wanted, *rest.spare]:
            for slot in room.slots(pair):
                self.at[pair, slot] = self.programme.new()
        self._once_each()
        for group, most in room.rows(self.at):
            self.programme.add_sum(group, 0, most)
        for group in orders(rest.board, self.at):
            self.programme.add_sum(group, 0, 1)
        # Promised value outweighs all value that is new.
        self._unit = 1 + sum(rest.board.value[pair] for pair in rest.spare)
        self.worth = self._worth()
        self._told: dict[Party, int] = {}
        self._scale = 1 + len(movable) + len(rest.wanted)

    def _once_each(self) -> None:
        by_pair: dict[int, list[int]] = defaultdict(list)
        for (pair, _), variable in self.at.items():
            by_pair[pair].append(variable)
        for pair, variables in by_pair.items():
            self.programme.add_sum(variables, int(pair in self.movable), 1)

    def _worth(self) -> dict[int, int]:
        wanted, value = set(self.rest.wanted), self.board.value
        return {
            variable: value[pair] * (self._unit if pair in wanted else 1)
            for (pair, _), variable in self.at.items()
            if pair not in self.movable
        }

    def limits_of(self, ones: frozenset[int]) -> tuple[int, int]:
        """Return the promised value and all value of an answer."""
        reached = sum(gain for variable, gain in self.worth.items() if variable in ones)
        kept, new = divmod(reached, self._unit)
        return kept, kept + new

    def ones(self, slot_of: Slots) -> frozenset[int]:
        """Return the variables at 1 in an answer."""
        return frozenset(self.at[pair, slot] for pair, slot in slot_of.items() if (pair, slot) in self.at)

    def demand(self, ones: frozenset[int]) -> None:
        """From now on ask for no less value than `ones` have."""
        reached = sum(gain for variable, gain in self.worth.items() if variable in ones)
        if self.worth:
            self.programme.add(self.worth, reached)

    def quiet(self) -> dict[int, int]:
        """Return the aim of telling few: each person told outweighs all meetings moved."""
        aim = {}
        for (pair, slot), variable in self.at.items():
            stays = pair in self.movable and slot == self.rest.standing[pair].slot - 1
            for party in self._sides(pair):
                if party in self.rest.forced:
                    continue
                told = self._told_of(party)
                if stays:
                    self.programme.add_sum([told, variable], 1)
                elif pair not in self.movable:
                    self.programme.add({told: 1, variable: -1}, 0)
            if stays:
                aim[variable] = 1
            elif pair in self.rest.wanted:
                aim[variable] = -1
        return aim | dict.fromkeys(self._told.values(), -self._scale)

    def _told_of(self, party: Party) -> int:
        if party not in self._told:
            self._told[party] = self.programme.new()
        return self._told[party]

    def _sides(self, pair: int) -> tuple[Party, Party]:
        wish = self.board.problem.pairs[pair]
        return Party(True, wish.bank_id), Party(False, wish.firm_id)

    def with_told(self, ones: frozenset[int]) -> frozenset[int]:
        """Add to `ones` the people whom that answer tells."""
        told = self.told_by(ones)
        return ones | {variable for party, variable in self._told.items() if party in told}

    def told_least(self, bound: int) -> int:
        """Return the fewest people told that a bound on `quiet` allows."""
        people = -((bound + len(self.rest.wanted)) // self._scale)
        return len(self.rest.forced) + max(people, 0)

    def slots(self, ones: frozenset[int]) -> Slots:
        """Return the slots that the variables at 1 stand for, with all that stays."""
        chosen = {pair: slot for (pair, slot), variable in self.at.items() if variable in ones}
        return dict(sorted((self.fixed | chosen).items()))

    def told_by(self, ones: frozenset[int]) -> frozenset[Party]:
        """Return whom an answer has told."""
        told = set(self.rest.forced)
        for pair, slot in self.slots(ones).items():
            stands = self.rest.standing.get(pair)
            if stands is None or stands.slot - 1 != slot:
                told.update(self._sides(pair))
        return frozenset(told)

    def answer(self, ones: frozenset[int], known: Limits, *, is_best: bool, told_least: int) -> Settled:
        """Return what `ones` stand for; what is proved holds for all only if all could move."""
        slot_of = self.slots(ones)
        kept, value = self.limits_of(ones)
        is_whole = len(self.movable) == len(self.rest.standing.keys() - self.rest.pinned)
        shifted = sum(1 for p, m in self.rest.standing.items() if slot_of[p] != m.slot - 1)
        return Settled(
            slot_of=slot_of,
            kept=kept,
            value=value,
            told=self.told_by(ones),
            told_least=told_least if is_whole else len(self.rest.forced),
            moved=shifted + sum(1 for pair in self.rest.wanted if pair in slot_of),
            value_most=value if is_best and is_whole else known.value,
        )


def orders(board: Board, at: Mapping[tuple[int, int], int]) -> Iterator[list[int]]:
    """Yield the variables of which one at most is 1: an earlier pair from a slot on, a later one up to it."""
    slots: dict[int, list[int]] = defaultdict(list)
    for pair, slot in at:
        slots[pair].append(slot)
    for later, befores in board.before.items():
        for earlier in befores:
            for here in slots[later]:
                group = [at[earlier, slot] for slot in slots[earlier] if slot >= here]
                if group:
                    yield group + [at[later, slot] for slot in slots[later] if slot <= here]


class Room:
    """What is free beside the meetings that have a slot; slots are counted from 0."""

    def __init__(self, board: Board, slot_of: Mapping[int, int]) -> None:
        self.board = board
        self.firm_busy: Counter[tuple[int, int]] = Counter()
        self.bank_busy: Counter[tuple[int, int]] = Counter()
        self.in_slot: Counter[int] = Counter()
        self.slot_of: dict[int, int] = {}
        self.of_firm: Counter[int] = Counter()
        self.of_bank: Counter[int] = Counter()
        for pair, slot in slot_of.items():
            self.hold(pair, slot)

    def hold(self, pair: int, slot: int, times: int = 1) -> None:
        """Count a meeting in; `times` -1 takes it out again."""
        bank, firm = self.board.bank_of[pair], self.board.firm_of[pair]
        self.firm_busy[firm, slot] += times
        self.bank_busy[bank, slot] += times
        self.in_slot[slot] += times
        if times > 0:
            self.slot_of[pair] = slot
        else:
            self.slot_of.pop(pair, None)
        self.of_firm[firm] += times
        self.of_bank[bank] += times

    def slots(self, pair: int) -> Iterator[int]:
        """Yield the slots in which `pair` fits."""
        board, bank, firm = self.board, self.board.bank_of[pair], self.board.firm_of[pair]
        if self.of_firm[firm] >= board.firm_cap[firm] or self.of_bank[bank] >= board.bank_cap[bank]:
            return
        for slot in bits(board.pair_free[pair]):
            if (
                not self.firm_busy[firm, slot]
                and self.bank_busy[bank, slot] < board.desks[bank][slot]
                and self.in_slot[slot] < board.tables[slot]
                and self._is_in_order(pair, slot)
            ):
                yield slot

    def _is_in_order(self, pair: int, slot: int) -> bool:
        at, board = self.slot_of, self.board
        return all(at.get(one, -1) < slot for one in board.before.get(pair, ())) and all(
            at.get(one, board.slots) > slot for one in board.after.get(pair, ())
        )

    def rows(self, at: Mapping[tuple[int, int], int]) -> Iterator[tuple[list[int], int]]:
        """Yield every limit that variables share: the variables, and how many of them may be 1."""
        board = self.board
        groups: dict[tuple[str, int, int], list[int]] = defaultdict(list)
        for (pair, slot), variable in at.items():
            bank, firm = board.bank_of[pair], board.firm_of[pair]
            groups["firm", firm, slot].append(variable)
            groups["bank", bank, slot].append(variable)
            groups["hall", 0, slot].append(variable)
            groups["firm in all", firm, 0].append(variable)
            groups["bank in all", bank, 0].append(variable)
        for (kind, one, slot), variables in groups.items():
            most = self._left(kind, one, slot)
            if most < len(variables):
                yield variables, most

    def _left(self, kind: str, one: int, slot: int) -> int:
        board = self.board
        return {
            "firm": 1 - self.firm_busy[one, slot],
            "bank": board.desks[one][slot] - self.bank_busy[one, slot] if kind == "bank" else 0,
            "hall": board.tables[slot] - self.in_slot[slot],
            "firm in all": board.firm_cap[one] - self.of_firm[one] if kind == "firm in all" else 0,
            "bank in all": board.bank_cap[one] - self.of_bank[one] if kind == "bank in all" else 0,
        }[kind]
