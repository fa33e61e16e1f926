"""Tasks of agreed talks small enough to be solved by trying everything, and the trying."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

from hypothesis import strategies as st

from ipfin.events.agreed import checker
from ipfin.events.agreed.certificate import HeldTalk
from ipfin.events.agreed.task import Participant, Precedence, Talk, TalksTask


def task(
    talks: str,
    slots: int,
    tables: int = 9,
    *,
    away: dict[str, set[int]] | None = None,
    only: dict[str, set[int]] | None = None,
    order: str = "",
    fairness: int | None = 2,
) -> TalksTask:
    """A task in short: talks "ab ac" (each named by its two participants), order "ab<ac"."""
    names = sorted({letter for talk in talks.split() for letter in talk})
    return TalksTask(
        tuple(Participant(name, away=frozenset((away or {}).get(name, ()))) for name in names),
        tuple(
            Talk(talk, talk[0], talk[1], frozenset(only[talk]) if only and talk in only else None)
            for talk in talks.split()
        ),
        slots,
        tables,
        tuple(Precedence(*rule.split("<")) for rule in order.split()),
        fairness,
    )


@st.composite
def tasks(draw: st.DrawFn) -> TalksTask:
    """Up to five participants, six talks and five slots; absences, fixed slots, sessions, an order."""
    slots = draw(st.integers(2, 5))
    names = [f"p{number}" for number in range(draw(st.integers(2, 5)))]
    pairs = draw(st.lists(st.sampled_from(list(combinations(names, 2))), unique=True, min_size=1, max_size=6))
    some = st.frozensets(st.integers(1, slots), max_size=2)
    domain = st.one_of(
        st.none(),
        st.integers(1, slots).map(lambda slot: frozenset([slot])),
        st.just(frozenset(range(1, slots // 2 + 1))),
    )
    talks = tuple(Talk(f"t{n}", one, other, draw(domain)) for n, (one, other) in enumerate(pairs))
    rules = draw(st.lists(st.tuples(*[st.sampled_from(talks)] * 2), max_size=2))
    return TalksTask(
        tuple(Participant(name, away=draw(st.one_of(st.just(frozenset[int]()), some))) for name in names),
        talks,
        slots,
        draw(st.integers(1, 3)),
        tuple(Precedence(one.id, other.id) for one, other in rules if one.id < other.id),
        draw(st.sampled_from([None, 2, 1])),
    )


def every_plan(given: TalksTask) -> Iterator[dict[str, int]]:
    """Every clean plan of a part of the talks, fairness aside, by trying everything."""
    held_in = [(None, *range(1, given.slots + 1))] * len(given.talks)
    for slots in product(*held_in):
        plan = {talk.id: slot for talk, slot in zip(given.talks, slots, strict=True) if slot is not None}
        if is_clean(given, plan):
            yield plan


def is_clean(given: TalksTask, plan: dict[str, int]) -> bool:
    """Whether the plan keeps the hard rules: said once more, in the words of the rules."""
    ends = {talk.id: (talk.one, talk.other) for talk in given.talks}
    away = {participant.id: participant.away for participant in given.participants}
    for talk in given.talks:
        slot = plan.get(talk.id)
        if slot is not None and (
            (talk.slots is not None and slot not in talk.slots) or slot in away[talk.one] | away[talk.other]
        ):
            return False
    for one, other in combinations(plan, 2):
        if plan[one] == plan[other] and set(ends[one]) & set(ends[other]):
            return False
    if any(list(plan.values()).count(slot) > given.tables for slot in plan.values()):
        return False
    return all(
        plan[rule.earlier] < plan[rule.later]
        for rule in given.precedences
        if rule.earlier in plan and rule.later in plan
    )


def breaks(given: TalksTask, plan: dict[str, int]) -> list[int]:
    """The breaks of each participant, by walking through the slots."""
    counts = []
    for participant in given.participants:
        talks = [talk for talk in given.talks if participant.id in (talk.one, talk.other) and talk.id in plan]
        day = "".join("x" if any(plan[talk.id] == slot for talk in talks) else "." for slot in range(1, 99))
        counts.append(max(0, len(day.strip(".").replace(".", " ").split()) - 1))
    return counts


def is_fair(given: TalksTask, plan: dict[str, int]) -> bool:
    """Whether no participant has more breaks than another by more than the task allows."""
    counts = breaks(given, plan)
    return given.fairness is None or max(counts) - min(counts) <= given.fairness


def broken(given: TalksTask, plan: dict[str, int]) -> list[str]:
    """What the checker says of a plan; talks that it leaves out count as dropped."""
    gone = [talk.id for talk in given.talks if talk.id not in plan]
    return list(checker.violations(given, [HeldTalk(slot, talk) for talk, slot in plan.items()], gone))
