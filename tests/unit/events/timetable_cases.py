"""Meeting problems small enough to be solved by trying everything, and the trying."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from hypothesis import strategies as st

from ipfin.events.timetable.contradictions import contradictions
from ipfin.events.timetable.problem import Bank, Firm, Lock, MeetingProblem, Pair, Precedence

Placing = dict[tuple[str, str], int]  # slot of each (bank, firm) that meets


def dice(seed: int) -> Random:
    """The same draws for the same seed."""
    return Random(seed)  # noqa: S311 (no secret)


@st.composite
def problems(
    draw: st.DrawFn,
    *,
    with_absences: bool,
    with_locks: bool = False,
    with_orders: bool = False,
    with_demands: bool = False,
    top_value: int = 4,
) -> MeetingProblem:
    """Up to three banks, four firms, three slots and six pairs; some in a session, some before others."""
    slots = draw(st.integers(1, 3))
    away = st.frozensets(st.integers(1, slots), max_size=slots - 1) if with_absences else st.just(frozenset())
    limit = st.one_of(st.none(), st.integers(0, 3))
    banks = tuple(
        Bank(f"b{n}", f"银行{n}", draw(st.integers(1, 2)), draw(away), draw(limit))
        for n in range(draw(st.integers(1, 3)))
    )
    firms = tuple(Firm(f"f{n}", f"企业{n}", draw(away), draw(limit)) for n in range(draw(st.integers(1, 4))))
    every = [(bank.id, firm.id) for bank in banks for firm in firms]
    wished = draw(st.lists(st.sampled_from(every), unique=True, min_size=1, max_size=6))
    session = st.none() | st.frozensets(st.integers(1, slots), min_size=1) if with_orders else st.none()
    if with_demands:
        banks = tuple(replace(one, min_meetings=_least(draw, one)) for one in banks)
        firms = tuple(replace(one, min_meetings=_least(draw, one)) for one in firms)
    must = st.booleans() if with_demands else st.just(False)
    problem = MeetingProblem(
        banks=banks,
        firms=firms,
        pairs=tuple(
            Pair(bank, firm, draw(st.integers(1, top_value)), draw(session), draw(must))
            for bank, firm in wished
        ),
        slots=slots,
        tables=draw(st.integers(1, 3)),
        breaks=draw(st.frozensets(st.integers(1, slots), max_size=1)),
        precedences=_orders(draw, wished) if with_orders else (),
    )
    return draw(st.just(problem) if not with_locks else _locked(problem))


def _least(draw: st.DrawFn, one: Bank | Firm) -> int:
    return draw(st.integers(0, 2 if one.max_meetings is None else min(2, one.max_meetings)))


def served_of(problem: MeetingProblem, placed: Placing) -> int:
    """How many must-haves are held and how many meetings count towards a minimum."""
    of_bank, of_firm = Counter(bank for bank, _ in placed), Counter(firm for _, firm in placed)
    return (
        sum(1 for pair in problem.pairs if pair.must and pair.key in placed)
        + sum(min(of_bank[bank.id], bank.min_meetings) for bank in problem.banks)
        + sum(min(of_firm[firm.id], firm.min_meetings) for firm in problem.firms)
    )


def _orders(draw: st.DrawFn, wished: list[tuple[str, str]]) -> tuple[Precedence, ...]:
    """Some pairs before others; never in a circle, because the order of the list decides."""
    places = st.integers(0, len(wished) - 1)
    ends = draw(st.lists(st.tuples(places, places), max_size=3))
    return tuple(Precedence(wished[min(two)], wished[max(two)]) for two in ends if two[0] != two[1])


@st.composite
def _locked(draw: st.DrawFn, problem: MeetingProblem) -> MeetingProblem:
    for pair in problem.pairs:
        if draw(st.booleans()):
            table = draw(st.one_of(st.none(), st.integers(1, problem.tables)))
            lock = Lock(pair.bank_id, pair.firm_id, draw(st.integers(1, problem.slots)), table)
            more = replace(problem, locks=(*problem.locks, lock))
            problem = problem if contradictions(more) else more
    return problem


def every_placing(problem: MeetingProblem) -> Iterator[Placing]:
    """Every timetable of the problem (without tables), found by trying everything."""
    locked = {(lock.bank_id, lock.firm_id): lock.slot for lock in problem.locks}
    pairs = [(pair.bank_id, pair.firm_id) for pair in problem.pairs]
    allowed = {pair.key: pair.slots or range(1, problem.slots + 1) for pair in problem.pairs}

    def extend(placed: Placing, rest: list[tuple[str, str]]) -> Iterator[Placing]:
        if not rest:
            yield dict(placed)
            return
        options = [locked[rest[0]]] if rest[0] in locked else [0, *allowed[rest[0]]]
        for slot in options:
            grown = placed | ({rest[0]: slot} if slot else {})
            if not slot or _is_allowed(problem, grown):
                yield from extend(grown, rest[1:])

    yield from extend({}, pairs)


def _is_allowed(problem: MeetingProblem, placed: Placing) -> bool:
    banks = {bank.id: bank for bank in problem.banks}
    firms = {firm.id: firm for firm in problem.firms}
    of_bank = Counter(bank for bank, _ in placed)
    of_firm = Counter(firm for _, firm in placed)
    return (
        not any(slot in problem.breaks for slot in placed.values())
        and all(
            placed[order.earlier] < placed[order.later]
            for order in problem.precedences
            if order.earlier in placed and order.later in placed
        )
        and not any(slot in banks[bank].away | firms[firm].away for (bank, firm), slot in placed.items())
        and max(Counter((firm, slot) for (_, firm), slot in placed.items()).values()) == 1
        and all(
            times <= banks[bank].desks
            for (bank, _), times in Counter((bank, slot) for (bank, _), slot in placed.items()).items()
        )
        and max(Counter(placed.values()).values()) <= problem.tables
        and all(banks[one].max_meetings in (None, *range(times, 9)) for one, times in of_bank.items())
        and all(firms[one].max_meetings in (None, *range(times, 9)) for one, times in of_firm.items())
    )


def value_of(problem: MeetingProblem, placed: Placing) -> int:
    return sum(pair.value for pair in problem.pairs if (pair.bank_id, pair.firm_id) in placed)


def meetings_of_firms(problem: MeetingProblem, placed: Placing) -> list[int]:
    """How many meetings each firm has, fewest first."""
    return sorted(sum(1 for _, firm in placed if firm == one.id) for one in problem.firms)


def fair(
    firms: int,
    banks: int,
    slots: int,
    *,
    absent: float = 0.0,
    desks: int = 1,
    tables: int | None = None,
    breaks: frozenset[int] = frozenset(),
    seed: int = 1,
) -> MeetingProblem:
    """A whole fair: six wishes and at most four meetings for each firm, some banks sought by all."""
    draw = dice(seed)

    def away() -> frozenset[int]:
        return frozenset(slot for slot in range(1, slots + 1) if draw.random() < absent)

    pairs = []
    for firm in range(firms):
        sought: set[int] = set()
        while len(sought) < min(6, banks):
            sought.add(draw.choices(range(banks), [(n + 1) ** -0.7 for n in range(banks)])[0])
        pairs += [Pair(f"b{bank:02}", f"f{firm:03}", draw.randint(1, 100)) for bank in sorted(sought)]
    return MeetingProblem(
        banks=tuple(Bank(f"b{n:02}", f"银行{n}", desks, away()) for n in range(banks)),
        firms=tuple(Firm(f"f{n:03}", f"企业{n}", away(), 4) for n in range(firms)),
        pairs=tuple(pairs),
        slots=slots,
        tables=tables or banks * desks,
        breaks=breaks,
    )
