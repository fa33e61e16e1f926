"""Hours of single desks and times of day, from the rows to the planner."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from ipfin.events.lifecycle import Side
from ipfin.events.queries import task_for
from ipfin.events.service import fix_meeting, set_absences, set_wishes
from ipfin.events.wishes import DayPart
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.errors import BadInput, Conflict
from tests.factories import Make


def test_each_desk_keeps_its_hours_and_no_more_desks_than_there_are(session: Session, make: Make) -> None:
    event = make.event(slot_count=4)
    firm, house = make.registration(event), make.registration(event, Side.INSTITUTION, desks=2)
    make.agreed(firm, house)
    set_absences(session, SYSTEM, house, [3], desks=[[0, 1], [0]])
    (bank,) = task_for(session, event).problem.banks
    assert [bank.desks_in(slot) for slot in (1, 2, 3, 4)] == [0, 1, 2, 0]
    for desks in ([[4]], [[], [], []]):
        with pytest.raises(BadInput):
            set_absences(session, SYSTEM, house, [], desks=desks)
    set_absences(session, SYSTEM, house, [])
    assert task_for(session, event).problem.banks[0].desk_away == ()


def test_a_pair_of_morning_and_afternoon_is_neither_planned_nor_fixed(session: Session, make: Make) -> None:
    event = make.event(slot_count=12)  # the eleventh begins at noon
    firm, house = make.registration(event), make.registration(event, Side.INSTITUTION)
    set_wishes(session, SYSTEM, firm, {house.id: 2}, parts={house.id: DayPart.AFTERNOON})
    set_wishes(session, SYSTEM, house, {firm.id: 2})
    assert [pair.slots for pair in task_for(session, event).problem.pairs] == [{11, 12}]
    with pytest.raises(Conflict):
        fix_meeting(session, SYSTEM, event, firm, house, slot=9)
    set_wishes(session, SYSTEM, house, {firm.id: 2}, parts={firm.id: DayPart.MORNING})
    task = task_for(session, event)
    assert (task.problem.pairs, len(task.apart)) == ((), 1)
    with pytest.raises(Conflict, match="上午、下午不一致"):
        fix_meeting(session, SYSTEM, event, firm, house, slot=11)
    set_wishes(session, SYSTEM, house, {firm.id: 2}, parts={firm.id: DayPart.ANY})
    fix_meeting(session, SYSTEM, event, firm, house, slot=11)
    set_wishes(session, SYSTEM, house, {firm.id: 2}, parts={firm.id: DayPart.MORNING})
    (pair,) = task_for(session, event).problem.pairs  # what is fixed keeps its slot
    assert pair.slots is None
