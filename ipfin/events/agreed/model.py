"""The question put to the solver: a slot for every talk, each participant busy in one of its patterns.

x[talk, slot] says when a talk is held; of each participant one pattern is chosen, and its talks stand exactly
in the slots of the pattern. Breaks are not counted by constraints but chosen with the pattern; who may have
how many is the caller's decision. Participants with too many patterns count the starts of their runs instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ipfin.events.agreed.hall import Hall, Plan, bits
from ipfin.events.agreed.patterns import Patterns

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

Allowance = Sequence[tuple[int, int]]  # the fewest and the most breaks of each participant


@dataclass(slots=True)
class Question:
    """A model with its variables; `cost` is the sum of all breaks."""

    model: cp_model.CpModel
    at: dict[tuple[int, int], Any]
    cost: Any = 0
    choices: list[tuple[int, dict[int, Any]]] = field(default_factory=list)
    busy: dict[int, list[Any]] = field(default_factory=dict)

    def busy_in(self, slot: int) -> Any:
        """Say whether one participant is busy in the slot: a new variable."""
        variable = self.model.new_bool_var("")
        self.busy.setdefault(slot, []).append(variable)
        return variable

    def plan(self, hall: Hall, value: Any) -> Plan:
        """The plan that a solution means; `value` tells the value of a variable."""
        slots: list[int | None] = [None] * len(hall.ends)
        for (talk, slot), variable in self.at.items():
            if value(variable):
                slots[talk] = slot
        return tuple(slots)

    def hint(self, hall: Hall, plan: Plan) -> None:
        """Tell the solver a plan that is known already, as far as the question allows it."""
        for (talk, slot), variable in self.at.items():
            self.model.add_hint(variable, plan[talk] == slot)
        busy = hall.busy(plan)
        for who, patterns in self.choices:
            for pattern, variable in patterns.items():
                self.model.add_hint(variable, pattern == busy[who])


def ask(
    hall: Hall, patterns: Patterns, allowance: Allowance, *, at_most: int | None = None, least: bool = False
) -> Question:
    """Return the question whether all talks can be held within the breaks allowed to each participant.

    Args:
        at_most: no more breaks than this in all.
        least: ask for the fewest breaks in all, not only whether there is a plan.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    question = Question(model, {})
    for talk in hall.talks:
        for slot in bits(patterns.domain[talk]):
            question.at[talk, slot] = model.new_bool_var("")
        model.add_exactly_one(question.at[talk, slot] for slot in bits(patterns.domain[talk]))
    _tables(hall, question)
    _order(hall, patterns.domain, question)
    costs: list[Any] = []
    for who in range(len(hall.talks_of)):
        if hall.talks_of[who]:
            costs += _participant(hall, patterns, question, who, allowance[who])
    _people(hall, question)
    question.cost = cp_model.LinearExpr.sum(costs) if costs else 0
    if at_most is not None and costs:
        model.add(question.cost <= at_most)
    if least and costs:
        model.minimize(question.cost)
    return question


def _tables(hall: Hall, question: Question) -> None:
    for slot in range(hall.slots):
        held = [question.at[talk, slot] for talk in hall.talks if (talk, slot) in question.at]
        if len(held) > hall.tables:
            question.model.add(sum(held) <= hall.tables)


def _people(hall: Hall, question: Question) -> None:
    """What follows from the tables for people: so the patterns meet the tables without the talks."""
    for busy in question.busy.values():
        if len(busy) > 2 * hall.tables:
            question.model.add(sum(busy) <= 2 * hall.tables)


def _order(hall: Hall, domain: Sequence[int], question: Question) -> None:
    """Not the later one up to a slot and the earlier one from it on."""
    at = question.at
    for earlier, later in hall.order:
        for slot in range(hall.slots):
            clash = [at[later, before] for before in bits(domain[later]) if before <= slot]
            clash += [at[earlier, after] for after in bits(domain[earlier]) if after >= slot]
            if len(clash) > 1:
                question.model.add_at_most_one(clash)


def _participant(
    hall: Hall, patterns: Patterns, question: Question, who: int, allowed: tuple[int, int]
) -> list[Any]:
    """Bind the talks of one participant to a pattern; return the terms of its breaks."""
    model, talks = question.model, hall.talks_of[who]
    if len(talks) == 1:
        return []
    standing = [
        [question.at[talk, slot] for talk in talks if (talk, slot) in question.at]
        for slot in range(hall.slots)
    ]
    listed = patterns.between(who, *allowed)
    if listed is None:
        return _starts(question, standing, len(talks), allowed)
    choice = {pattern: model.new_bool_var("") for pattern, _ in listed}
    question.choices.append((who, choice))
    model.add_exactly_one(choice.values())
    for slot, here in enumerate(standing):
        chosen = [variable for pattern, variable in choice.items() if pattern >> slot & 1]
        if here or chosen:
            busy = question.busy_in(slot)
            model.add(sum(here) == busy)
            model.add(sum(chosen) == busy)
    return [breaks * choice[pattern] for pattern, breaks in listed if breaks]


def _starts(question: Question, standing: list[list[Any]], count: int, allowed: tuple[int, int]) -> list[Any]:
    """Count the runs by their first slots."""
    model = question.model
    starts: list[Any] = []
    before: Any = None
    for slot, here in enumerate(standing):
        busy = question.busy_in(slot)
        model.add(sum(here) == busy)
        start = model.new_bool_var("")
        if before is None:
            model.add(start == busy)
        else:
            model.add_implication(start, busy)
            model.add_implication(start, before.negated())
            model.add_bool_or([busy.negated(), before, start])
        before = busy
        starts.append(start)
    fewest, most = allowed
    model.add(sum(starts) >= fewest + 1)
    model.add(sum(starts) <= min(most, count - 1) + 1)
    over = model.new_int_var(0, max(0, min(most, count - 1)), "")
    model.add(over == sum(starts) - 1)
    return [over]
