"""Who does not come: the rest of the day keeps every rule and no promise is broken that could be kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.events.timetable import checker
from ipfin.events.timetable.certificate import Meeting
from ipfin.events.timetable.plan import plan
from ipfin.events.timetable.problem import Bank, Firm, Lock, MeetingProblem, Pair
from ipfin.events.timetable.remaining import Party
from ipfin.events.timetable.replanning import ChangeKind, Proposal, replan
from ipfin.kernel.errors import BadInput
from tests.unit.events.timetable_cases import fair, problems

Key = tuple[str, str]
Rank = tuple[int, int, int, int]


def bank(name: str) -> Party:
    return Party(True, name)


def firm(name: str) -> Party:
    return Party(False, name)


@st.composite
def days(draw: st.DrawFn) -> tuple[MeetingProblem, tuple[Meeting, ...], int, dict[str, object]]:
    """A small published timetable, and who fails to come to it."""
    problem = draw(problems(with_absences=draw(st.booleans()), with_orders=draw(st.booleans())))
    base = plan(problem, time_limit_s=0).meetings
    dropped = draw(st.sets(st.sampled_from(base), max_size=1)) if base else set()
    base = tuple(meeting for meeting in base if meeting not in dropped)
    everyone = [bank(one.id) for one in problem.banks] + [firm(one.id) for one in problem.firms]
    absent = draw(st.frozensets(st.sampled_from(everyone), max_size=1))
    late = draw(st.dictionaries(st.sampled_from(everyone), st.integers(1, 4), max_size=1))
    return problem, base, draw(st.integers(1, problem.slots)), {"absent": absent, "late": late}


@settings(max_examples=60)
@given(days())
def test_no_rule_is_broken_and_the_past_stays(
    day: tuple[MeetingProblem, tuple[Meeting, ...], int, dict[str, object]],
) -> None:
    problem, base, from_slot, who = day
    answer = replan(problem, base, from_slot=from_slot, **who)  # type: ignore[arg-type]
    for proposal in (answer.repair, answer.best):
        made = proposal.timetable
        assert checker.violations(proposal.problem, made.meetings) == []
        assert made.certificate.value == checker.value_of(proposal.problem, made.meetings)
        assert made.certificate.inputs_sha256 == proposal.problem.sha256()
        _past_stays(base, made.meetings, from_slot, who)
        _changes_are_the_difference(base, proposal)
    promised = {(m.bank_id, m.firm_id) for m in base}
    moved = {(c.bank_id, c.firm_id) for c in answer.repair.changes if c.kind is ChangeKind.MOVED}
    assert moved <= promised


def _past_stays(base, meetings, from_slot, who) -> None:  # type: ignore[no-untyped-def]
    late = set(who["late"])
    for meeting in base:
        excused = {bank(meeting.bank_id), firm(meeting.firm_id)} & late
        if meeting.slot < from_slot and not excused:
            assert meeting in meetings
    assert not {m for m in meetings if m.slot < from_slot} - set(base)


def _changes_are_the_difference(base: tuple[Meeting, ...], proposal: Proposal) -> None:
    before, after = set(base), set(proposal.timetable.meetings)
    assert before - after == {change.before for change in proposal.changes} - {None}
    assert after - before == {change.after for change in proposal.changes} - {None}


@settings(max_examples=60)
@given(days())
def test_small_days_are_as_good_as_trying_everything(
    day: tuple[MeetingProblem, tuple[Meeting, ...], int, dict[str, object]],
) -> None:
    problem, base, from_slot, who = day
    answer = replan(problem, base, from_slot=from_slot, effort=5, **who)  # type: ignore[arg-type]
    best = max(_ranks(problem, base, from_slot, who))
    made = {(m.bank_id, m.firm_id): m.slot for m in answer.best.timetable.meetings}
    assert _rank(problem, base, from_slot, who, made) == best
    assert answer.best.is_proven
    assert len(answer.best.told) == -best[2]


def _ranks(problem, base, from_slot, who) -> Iterator[Rank]:  # type: ignore[no-untyped-def]
    """The rank of every way to go on, found by trying everything."""
    absent, late = who["absent"], who["late"]
    at = {(m.bank_id, m.firm_id): m.slot for m in base}
    free = {}
    over = {key for key, slot in at.items() if slot < from_slot}
    too_late = {order.earlier for order in problem.precedences if order.later in over}
    for pair in problem.pairs:
        key = (pair.bank_id, pair.firm_id)
        sides = (bank(key[0]), firm(key[1]))
        away = _away(problem, key)
        open_ = [
            slot
            for slot in range(from_slot, problem.slots + 1)
            if slot not in away
            and slot in (pair.slots or range(1, 9))
            and key not in too_late
            and slot not in problem.breaks
            and not absent & set(sides)
            and all(late.get(side, 0) <= slot for side in sides)
        ]
        past = at.get(key, from_slot) < from_slot
        is_missed = past and any(at[key] < late.get(side, 0) for side in sides) and not absent & set(sides)
        free[key] = [at[key]] if past and not is_missed else [at[key], *open_] if past else [0, *open_]
    standing = {key for key, slot in at.items() if slot >= from_slot and slot in free[key]}

    def extend(placed: dict[Key, int], rest: list[Key]) -> Iterator[dict[Key, int]]:
        if not rest:
            yield placed
            return
        for slot in free[rest[0]]:
            if slot or rest[0] not in standing:
                yield from extend(placed | ({rest[0]: slot} if slot else {}), rest[1:])

    for placed in extend({}, sorted(free)):
        if _fits(problem, placed, from_slot, who):
            yield _rank(problem, base, from_slot, who, placed)


def _away(problem: MeetingProblem, key: Key) -> frozenset[int]:
    banks = {one.id: one.away for one in problem.banks}
    return banks[key[0]] | {one.id: one.away for one in problem.firms}[key[1]]


def _missed(key: Key, slot: int, from_slot: int, who) -> bool:  # type: ignore[no-untyped-def]
    sides = {bank(key[0]), firm(key[1])}
    return slot < from_slot and bool(
        sides & who["absent"] or any(slot < who["late"].get(side, 0) for side in sides)
    )


def _fits(problem, placed, from_slot, who) -> bool:  # type: ignore[no-untyped-def]
    banks = {one.id: one for one in problem.banks}
    firms = {one.id: one for one in problem.firms}
    coming = {key: slot for key, slot in placed.items() if slot >= from_slot}
    at_bank = Counter((key[0], slot) for key, slot in coming.items())
    at_firm = Counter((key[1], slot) for key, slot in coming.items())
    held = [key for key, slot in placed.items() if not _missed(key, slot, from_slot, who)]
    in_all = Counter([*(("b", key[0]) for key in held), *(("f", key[1]) for key in held)])
    limits = {("b", one.id): one.max_meetings for one in problem.banks}
    limits |= {("f", one.id): one.max_meetings for one in problem.firms}
    return (
        all(
            placed[order.earlier] < placed[order.later]
            for order in problem.precedences
            if order.earlier in placed and order.later in placed
        )
        and all(times <= banks[one].desks for (one, _), times in at_bank.items())
        and all(times == 1 and one in firms for (one, _), times in at_firm.items())
        and all(times <= problem.tables for times in Counter(coming.values()).values())
        and all(limits[one] is None or times <= limits[one] for one, times in in_all.items())
    )


def _rank(problem, base, from_slot, who, placed: dict[Key, int]) -> Rank:  # type: ignore[no-untyped-def]
    """Promised value that is held, all value that is held, people told, meetings moved."""
    value = {(pair.bank_id, pair.firm_id): pair.value for pair in problem.pairs}
    before = {(m.bank_id, m.firm_id): m.slot for m in base}
    held = [key for key, slot in placed.items() if not _missed(key, slot, from_slot, who)]
    changed = {key for key in before.keys() | placed.keys() if before.get(key) != placed.get(key)}
    told = {side for key in changed for side in (bank(key[0]), firm(key[1]))} - who["absent"]
    moved = sum(1 for key in changed if key in before and key in placed)
    promised = sum(value[key] for key in held if key in before)
    return promised, sum(value[key] for key in held), -len(told), -moved


def one_hall(**changes: object) -> MeetingProblem:
    """Two banks, three firms, four slots; bank a has accepted everybody, b only 1 and 2."""
    wished = (("a", "1"), ("a", "2"), ("a", "3"), ("b", "1"), ("b", "2"))
    problem = MeetingProblem(
        banks=(Bank("a"), Bank("b")),
        firms=(Firm("1"), Firm("2"), Firm("3")),
        pairs=tuple(Pair(*pair, 40) for pair in wished),
        slots=4,
        tables=2,
    )
    return replace(problem, **changes)  # type: ignore[arg-type]


BASE = (Meeting(1, 1, "a", "1"), Meeting(1, 2, "b", "2"), Meeting(2, 1, "a", "2"), Meeting(2, 2, "b", "1"))


def test_who_was_left_out_fills_the_hole_and_nobody_else_moves() -> None:
    answer = replan(one_hall(), BASE, from_slot=2, absent=[firm("2")])
    assert answer.is_one
    assert [(c.kind, c.firm_id) for c in answer.best.changes] == [
        (ChangeKind.LOST, "2"),
        (ChangeKind.ADDED, "3"),
    ]
    assert answer.best.told == {bank("a"), firm("3")}  # who does not come is not told
    assert answer.best.is_proven


def test_what_a_late_one_missed_is_caught_up() -> None:
    answer = replan(one_hall(), BASE, from_slot=2, late={bank("b"): 3})
    held = {(m.bank_id, m.firm_id): m.slot for m in answer.best.timetable.meetings}
    assert {held["b", "1"], held["b", "2"]} == {3, 4}
    assert (held["a", "1"], held["a", "2"], held["a", "3"]) == (1, 2, 3) or held["a", "3"] == 4


def test_who_left_had_its_meetings_and_who_never_came_had_none() -> None:
    problem = one_hall(firms=(Firm("1", max_meetings=2), Firm("2"), Firm("3")))
    problem = replace(problem, banks=(*problem.banks, Bank("c")), tables=3)
    problem = replace(problem, pairs=(*problem.pairs, Pair("c", "1", 40)))
    left = replan(problem, BASE, from_slot=3, gone=[bank("b")])
    never = replan(problem, BASE, from_slot=3, absent=[bank("b")])
    assert ("c", "1") not in {(c.bank_id, c.firm_id) for c in left.best.changes}
    assert ("c", "1") in {(c.bank_id, c.firm_id) for c in never.best.changes}
    assert checker.violations(never.best.problem, never.best.timetable.meetings) == []


def test_a_locked_meeting_does_not_move_for_anybody() -> None:
    problem = one_hall(slots=2, locks=(Lock("a", "1", 1, 1),))
    base = (BASE[0],)
    answer = replan(problem, base, from_slot=1, late={firm("3"): 2})
    held = {(m.bank_id, m.firm_id): m for m in answer.best.timetable.meetings}
    assert held["a", "1"] == BASE[0]
    assert answer.best.problem.locks == (Lock("a", "1", 1, 1),)


def test_moving_others_is_offered_beside_moving_nobody() -> None:
    """Firm 3 can only come in the slot in which its bank is taken: that meeting would have to move."""
    problem = one_hall(
        firms=(Firm("1"), Firm("2", away=frozenset({1})), Firm("3", away=frozenset({1, 3, 4}))), slots=4
    )
    base = (Meeting(2, 1, "a", "1"), Meeting(3, 1, "a", "2"))
    problem = replace(problem, pairs=tuple(pair for pair in problem.pairs if pair.bank_id == "a"))
    answer = replan(problem, base, from_slot=1, absent=[firm("2")])
    assert not answer.is_one
    assert (answer.repair.count(ChangeKind.ADDED), answer.repair.count(ChangeKind.MOVED)) == (0, 0)
    assert (answer.best.count(ChangeKind.ADDED), answer.best.count(ChangeKind.MOVED)) == (1, 1)
    assert answer.best.is_proven
    assert not answer.repair.is_proven


@pytest.mark.parametrize("slot", [0, 5])
def test_a_slot_that_is_none_is_refused(slot: int) -> None:
    with pytest.raises(BadInput, match="1到4"):
        replan(one_hall(), BASE, from_slot=slot)


def test_somebody_unknown_is_refused() -> None:
    with pytest.raises(BadInput, match="不在本场名单"):
        replan(one_hall(), BASE, from_slot=1, absent=[firm("a")])


def test_a_fair_goes_on_without_a_bank_and_two_firms() -> None:
    problem = fair(40, 10, 9, tables=8)
    base = plan(problem, time_limit_s=0).meetings
    answer = replan(problem, base, from_slot=4, absent=[bank("b02"), firm("f007"), firm("f011")])
    again = replan(problem, base, from_slot=4, absent=[bank("b02"), firm("f007"), firm("f011")])
    assert checker.violations(answer.best.problem, answer.best.timetable.meetings) == []
    assert answer.best.timetable.meetings == again.best.timetable.meetings
    stayed = set(base) & set(answer.repair.timetable.meetings)
    assert {m for m in base if m.slot < 4} <= stayed
    assert answer.repair.count(ChangeKind.MOVED) == 0
