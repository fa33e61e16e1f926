"""What a timetable of one-to-one meetings (一对一洽谈) is planned from.

Decides the shape of the input, its canonical order and its digest. What contradicts itself is decided in
`contradictions`, who should meet in `flow`, when in `colouring` and `placing`, where in `tables`.

Slots and tables are counted from 1, as people count them. An id is text; a bank and a firm may share one.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

MAX_SLOTS = 200
MAX_TABLES = 5_000
MAX_PARTICIPANTS = 20_000
MAX_PAIRS = 200_000
# Keeps the costs of the flow, value x tie-break x nodes, inside 64 bits for every allowed size.
MAX_VALUE = 100_000

PairKey = tuple[str, str]  # bank id, firm id


@dataclass(frozen=True, slots=True)
class Bank:
    """A side that receives (银行、保险、担保): `desks` meetings at the same time, each at a table of its own.

    `away` are the slots in which nobody of it is present; `desk_away` those without one desk, for each desk
    that does not keep the hours of the others. `max_meetings` None means as many as fit. Up to
    `min_meetings` its meetings come before the value of all others.
    """

    id: str
    name: str = ""
    desks: int = 1
    away: frozenset[int] = frozenset()
    max_meetings: int | None = None
    min_meetings: int = 0
    desk_away: tuple[frozenset[int], ...] = ()

    def desks_in(self, slot: int) -> int:
        """How many of its desks are there in a slot."""
        if slot in self.away:
            return 0
        return self.desks - sum(slot in gone for gone in self.desk_away)

    @property
    def label(self) -> str:
        """The name for a sentence, or the id when there is no name."""
        return self.name or self.id


@dataclass(frozen=True, slots=True)
class Firm:
    """A side that goes from table to table (企业): one meeting at a time."""

    id: str
    name: str = ""
    away: frozenset[int] = frozenset()
    max_meetings: int | None = None
    min_meetings: int = 0

    @property
    def label(self) -> str:
        """The name for a sentence, or the id when there is no name."""
        return self.name or self.id


@dataclass(frozen=True, slots=True)
class Pair:
    """A meeting that both sides accepted, and what it is worth (points, a whole number above 0).

    `slots` are those in which it may be held (a session, an hour that was agreed); None means any.
    `must` (必排): it comes before the value of all others. Nobody is placed against his will by it: a pair is
    here because both sides accepted.
    """

    bank_id: str
    firm_id: str
    value: int
    slots: frozenset[int] | None = None
    must: bool = False

    @property
    def key(self) -> PairKey:
        """Bank and firm."""
        return self.bank_id, self.firm_id


@dataclass(frozen=True, slots=True)
class Lock:
    """A meeting whose slot, and table if one is given, may not be changed (锁定)."""

    bank_id: str
    firm_id: str
    slot: int
    table: int | None = None


@dataclass(frozen=True, slots=True)
class Precedence:
    """Two accepted pairs, (bank id, firm id): if both are held, `earlier` is in a smaller slot (先后)."""

    earlier: PairKey
    later: PairKey


@dataclass(frozen=True, slots=True)
class MeetingProblem:
    """Everything that a timetable is planned from.

    Args:
        slots: number of slots; they are 1..slots.
        tables: number of tables in the hall; at most so many meetings in a slot.
        breaks: slots without meetings for anyone; a break is never counted as waiting.
    """

    banks: tuple[Bank, ...]
    firms: tuple[Firm, ...]
    pairs: tuple[Pair, ...]
    slots: int
    tables: int
    locks: tuple[Lock, ...] = ()
    breaks: frozenset[int] = frozenset()
    precedences: tuple[Precedence, ...] = ()

    @property
    def demands(self) -> int:
        """How many must-haves and meetings up to a minimum are asked for."""
        least = sum(bank.min_meetings for bank in self.banks) + sum(firm.min_meetings for firm in self.firms)
        return least + sum(1 for pair in self.pairs if pair.must)

    def canonical(self) -> MeetingProblem:
        """Return the same problem in the one order that depends on nothing but its contents."""
        return MeetingProblem(
            banks=tuple(sorted(self.banks, key=lambda bank: bank.id)),
            firms=tuple(sorted(self.firms, key=lambda firm: firm.id)),
            pairs=tuple(sorted(self.pairs, key=lambda pair: (pair.bank_id, pair.firm_id))),
            slots=self.slots,
            tables=self.tables,
            locks=tuple(sorted(self.locks, key=lambda lock: (lock.bank_id, lock.firm_id, lock.slot))),
            breaks=self.breaks,
            precedences=tuple(sorted(set(self.precedences), key=lambda order: (order.earlier, order.later))),
        )

    def sha256(self) -> str:
        """Return the digest of the contents; the order in which they were given does not matter."""
        ordered = self.canonical()
        contents: list[Any] = [
            [[b.id, b.name, b.desks, sorted(b.away), b.max_meetings] for b in ordered.banks],
            [[f.id, f.name, sorted(f.away), f.max_meetings] for f in ordered.firms],
            [_pair_contents(pair) for pair in ordered.pairs],
            [[lock.bank_id, lock.firm_id, lock.slot, lock.table] for lock in ordered.locks],
            [ordered.slots, ordered.tables, sorted(ordered.breaks)],
        ]
        if ordered.precedences:
            contents.append([[*order.earlier, *order.later] for order in ordered.precedences])
        least = [
            [[bank.id, bank.min_meetings] for bank in ordered.banks if bank.min_meetings],
            [[firm.id, firm.min_meetings] for firm in ordered.firms if firm.min_meetings],
        ]
        if any(least):
            contents.append({"least": least})
        windows = [[b.id, sorted(map(sorted, b.desk_away))] for b in ordered.banks if any(b.desk_away)]
        if windows:
            contents.append({"desks": windows})
        return hashlib.sha256(json.dumps(contents, ensure_ascii=False).encode()).hexdigest()


def _pair_contents(pair: Pair) -> list[Any]:
    """What a pair adds to the digest; what it does not use is left out, so that older digests still hold."""
    contents: list[Any] = [pair.bank_id, pair.firm_id, pair.value]
    if pair.slots is not None:
        contents.append(sorted(pair.slots))
    return [*contents, "must"] if pair.must else contents
