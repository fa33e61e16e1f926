"""Least numbers of meetings and orders: set, dropped, read by the planner, told by the certificate."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from sqlalchemy.orm import Session

from ipfin.events.demands import Order
from ipfin.events.lifecycle import EventState, Side
from ipfin.events.models import Event, Registration
from ipfin.events.planning import left_out_of
from ipfin.events.proof_lines import proof_of
from ipfin.events.queries import task_for
from ipfin.events.queries.demands import minimum_of, minimums_of, order_rows, orders_of
from ipfin.events.service import make_timetable, set_wish
from ipfin.events.service.demands import drop_minimum, drop_order, set_minimum, set_order
from ipfin.events.timetable.certificate import Condition
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.errors import BadInput, Conflict, NotFound, Stale
from tests.factories import Make


class Hall(NamedTuple):
    """Two slots, one table: a firm that both institutions like best, and one that agreed with one of them."""

    event: Event
    loved: Registration
    other: Registration
    first: Registration
    second: Registration

    def pair(self, firm: Registration, house: Registration) -> tuple[int, int]:
        return house.id, firm.id


@pytest.fixture
def hall(make: Make) -> Hall:
    event = make.event(slot_count=2, desk_count=1, state=EventState.CLOSED)
    loved, other = make.registration(event), make.registration(event)
    first, second = (make.registration(event, Side.INSTITUTION) for _ in range(2))
    for house in (first, second):
        make.agreed(loved, house, strength=3)
    make.agreed(other, first, strength=1)
    return Hall(event, loved, other, first, second)


def test_a_minimum_comes_before_all_value_and_the_certificate_says_so(session: Session, hall: Hall) -> None:
    def met() -> set[int]:
        made = make_timetable(session, SYSTEM, hall.event)
        return {row.enterprise_registration_id for row in made.meetings}

    assert met() == {hall.loved.id}
    row = set_minimum(session, SYSTEM, hall.other, 1, version=0)
    assert met() == {hall.loved.id, hall.other.id}
    made = make_timetable(session, SYSTEM, hall.event)
    certificate = made.certificate
    assert (certificate["minimums"], certificate["served"], certificate["demands"]) == (1, 1, 1)
    lines = {str(label): str(text) for label, text in proof_of(certificate, made.inputs_hash).reached}
    assert "1家有最低场次要求" in lines["最低场次"]
    with pytest.raises(Stale):
        set_minimum(session, SYSTEM, hall.other, 0, version=0)
    set_minimum(session, SYSTEM, hall.other, 0, version=row.lock_version)
    assert [one.least for one in minimums_of(session, hall.event.id)] == [0]
    with pytest.raises(Stale):
        drop_minimum(session, SYSTEM, hall.other, version=1)
    drop_minimum(session, SYSTEM, hall.other, version=2)
    assert minimum_of(session, hall.other.id) is None
    with pytest.raises(NotFound):
        drop_minimum(session, SYSTEM, hall.other)


def test_what_cannot_be_served_is_told_and_everybody_s_minimum_stops_at_agreement(
    session: Session, hall: Hall
) -> None:
    set_minimum(session, SYSTEM, hall.other, 2)
    certificate = make_timetable(session, SYSTEM, hall.event).certificate
    assert (certificate["served"], certificate["demands"]) == (1, 2)
    assert certificate["unserved"] or certificate["witnesses"]
    drop_minimum(session, SYSTEM, hall.other)
    hall.event.least_per_enterprise = 2
    session.flush()
    firms = {one.id: one.min_meetings for one in task_for(session, hall.event).problem.firms}
    assert firms == {str(hall.loved.id): 2, str(hall.other.id): 1}


@pytest.mark.parametrize(("least", "words"), [(3, "只够2场"), (5, "最多4场")])
def test_a_minimum_above_the_slots_or_the_most_is_refused(
    session: Session, hall: Hall, least: int, words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        set_minimum(session, SYSTEM, hall.other, least)


def test_an_order_is_kept_by_the_planner_and_names_what_it_left_out(session: Session, hall: Hall) -> None:
    one, two = hall.pair(hall.loved, hall.first), hall.pair(hall.loved, hall.second)
    for order in (Order(one, two), Order(two, one)):
        row = set_order(session, SYSTEM, hall.event, order, reason="先易后难")
        made = make_timetable(session, SYSTEM, hall.event)
        slot_of = {
            (m.institution_registration_id, m.enterprise_registration_id): m.slot for m in made.meetings
        }
        assert slot_of[order.earlier] < slot_of[order.later]
        assert made.certificate["orders"] == 1
        drop_order(session, SYSTEM, hall.event, row.id, version=row.lock_version)
    assert order_rows(session, hall.event.id) == []
    set_order(session, SYSTEM, hall.event, Order(two, one))
    set_wish(session, SYSTEM, hall.first, hall.other, 0)
    hall.second.absent_slots = [0]  # only in the last slot, and the other should come later still
    session.flush()
    left = left_out_of(make_timetable(session, SYSTEM, hall.event).certificate)
    assert Condition.ORDER in {line.condition for line in left}


def test_orders_in_a_circle_and_of_who_did_not_agree_are_refused(session: Session, hall: Hall) -> None:
    one, two = hall.pair(hall.loved, hall.first), hall.pair(hall.loved, hall.second)
    row = set_order(session, SYSTEM, hall.event, Order(one, two))
    with pytest.raises(Conflict, match="成了环"):
        set_order(session, SYSTEM, hall.event, Order(two, one))
    with pytest.raises(Stale):
        set_order(session, SYSTEM, hall.event, Order(two, one), order_id=row.id, version=9)
    set_order(session, SYSTEM, hall.event, Order(two, one), order_id=row.id, version=row.lock_version)
    assert orders_of(session, hall.event.id) == [Order(two, one)]
    with pytest.raises(Conflict, match="双方都同意"):
        set_order(session, SYSTEM, hall.event, Order(one, hall.pair(hall.other, hall.second)))
    set_wish(session, SYSTEM, hall.second, hall.loved, 0)
    assert task_for(session, hall.event).problem.precedences == (), "of no effect while a side refuses"
    with pytest.raises(NotFound):
        set_order(session, SYSTEM, hall.event, Order(one, two), order_id=row.id + 1)


def test_nothing_is_demanded_once_the_timetable_is_out(session: Session, hall: Hall) -> None:
    row = set_order(
        session,
        SYSTEM,
        hall.event,
        Order(hall.pair(hall.loved, hall.first), hall.pair(hall.loved, hall.second)),
    )
    hall.event.state = EventState.SCHEDULED
    session.flush()
    with pytest.raises(Conflict, match="日程已发布"):
        set_minimum(session, SYSTEM, hall.other, 1)
    with pytest.raises(Conflict, match="日程已发布"):
        drop_order(session, SYSTEM, hall.event, row.id)
