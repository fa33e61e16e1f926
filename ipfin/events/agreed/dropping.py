"""When not all talks can be held, or no plan with all of them was found: as many as possible.

A first plan by hand (most constrained first, without search) is there at once; the solver then holds as many
talks as it can. Its bound tells how many must be dropped in any plan.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from ipfin.events.agreed.hall import Hall, Plan, bits
from ipfin.events.agreed.model import Question
from ipfin.events.agreed.reasons import tighten
from ipfin.events.agreed.search import Search


@dataclass(frozen=True, slots=True)
class Held:
    """The largest plan found, and how many talks any plan must drop at least."""

    plan: Plan
    fewest_dropped: int


def by_hand(hall: Hall) -> Plan:
    """Place the talk with the fewest slots first, each in its emptiest; talks without one are dropped."""
    plan: list[int | None] = [None] * len(hall.ends)
    open_ = list(hall.domain)
    held = [0] * hall.slots
    todo = set(hall.talks)
    while todo:
        talk = min(todo, key=lambda one: (open_[one].bit_count(), _need(hall, one), one))
        todo.remove(talk)
        free = [slot for slot in bits(open_[talk]) if held[slot] < hall.tables]
        if not free:
            continue
        slot = min(free, key=lambda one: (held[one], one))
        plan[talk] = slot
        held[slot] += 1
        _close(hall, open_, talk, slot)
    return tuple(plan)


def fill(hall: Hall, plan: Plan) -> Plan:
    """Put dropped talks of the hall where there is room in the plan after all."""
    slots = list(plan)
    for talk in hall.talks:
        if slots[talk] is not None:
            continue
        busy = hall.busy(slots)
        one, other = hall.ends[talk]
        free = hall.domain[talk] & ~busy[one] & ~busy[other]
        for earlier, later in hall.order:
            if later == talk and (before := slots[earlier]) is not None:
                free &= ~((1 << (before + 1)) - 1)
            if earlier == talk and (after := slots[later]) is not None:
                free &= (1 << after) - 1
        room = [slot for slot in bits(free) if slots.count(slot) < hall.tables]
        if room:
            slots[talk] = room[0]
    return tuple(slots)


def against(hall: Hall) -> frozenset[int]:
    """Talks without which no contradiction is seen: those that are part of the most, and the busiest."""
    place = {talk.id: number for number, talk in enumerate(hall.task.talks)}
    gone: frozenset[int] = frozenset()
    while reasons := tighten(hall.without(gone)).reasons:
        parts = Counter(place[name] for reason in reasons for name in reason.talks)
        gone |= {min(parts, key=lambda talk: (-parts[talk], _need(hall, talk), talk))}
    return gone


def _need(hall: Hall, talk: int) -> int:
    one, other = hall.ends[talk]
    return -len(hall.talks_of[one]) - len(hall.talks_of[other])


def _close(hall: Hall, open_: list[int], talk: int, slot: int) -> None:
    """Take out what the talk in the slot forbids to the others."""
    for who in hall.ends[talk]:
        for other in hall.talks_of[who]:
            open_[other] &= ~(1 << slot)
    for earlier, later in hall.order:
        if talk == earlier:
            open_[later] &= ~((1 << (slot + 1)) - 1)
        if talk == later:
            open_[earlier] &= (1 << slot) - 1


def hold_most(search: Search, start: Plan, limit: float, workers: int) -> Held:
    """Return the plan with the most talks; `search.hall` gives the talks and its clock the time."""
    hall = search.hall
    question = _question(hall, start)
    holder = _Holder(search, start)
    answer = holder.put(question, limit, workers)
    most = len(hall.talks) - max(0, answer)
    return Held(holder.plan, most)


def _question(hall: Hall, start: Plan) -> Question:
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    question = Question(model, {})
    at = question.at
    for talk in hall.talks:
        for slot in bits(hall.domain[talk]):
            at[talk, slot] = model.new_bool_var("")
            model.add_hint(at[talk, slot], start[talk] == slot)
        model.add_at_most_one(at[talk, slot] for slot in bits(hall.domain[talk]))
    for slot in range(hall.slots):
        for talks in hall.talks_of:
            model.add_at_most_one(at[talk, slot] for talk in talks if (talk, slot) in at)
        model.add(sum(at[talk, slot] for talk in hall.talks if (talk, slot) in at) <= hall.tables)
    for earlier, later in hall.order:
        for slot in range(hall.slots):
            model.add_at_most_one(
                [at[later, one] for one in bits(hall.domain[later]) if one <= slot]
                + [at[earlier, one] for one in bits(hall.domain[earlier]) if one >= slot]
            )
    model.maximize(cp_model.LinearExpr.sum(list(at.values())))
    return question


class _Holder:
    """Keeps the largest plan."""

    def __init__(self, search: Search, start: Plan) -> None:
        self.search, self.plan = search, start

    def put(self, question: Question, limit: float, workers: int) -> int:
        """Ask, and return the most talks that any plan can hold by the solver's bound."""
        from ortools.sat.python import cp_model

        if limit <= 0 or self.search.stopped:
            return len(self.search.hall.talks)
        solver: Any = self.search.enter(limit, workers)
        try:
            status = solver.solve(question.model)
        finally:
            self.search.leave(solver)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            plan = question.plan(self.search.hall, solver.boolean_value)
            if _held(plan) >= _held(self.plan):
                self.plan = plan
            return int(solver.best_objective_bound + 1e-6)
        return len(self.search.hall.talks)


def _held(plan: Plan) -> int:
    return sum(1 for slot in plan if slot is not None)
