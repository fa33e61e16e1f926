"""What institutions look for, the versions of the weights, and the facts that suggestions are made of."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.audit.models import AuditEntry
from ipfin.events.lifecycle import EventState, RegistrationState, Side
from ipfin.events.preferences import IpKind, Preference
from ipfin.events.queries import (
    firms_at,
    preference_from,
    preference_of,
    preferences_of,
    settled_pairs,
    weights_in_force,
    weights_set,
)
from ipfin.events.service import set_preference, set_weights
from ipfin.events.suggestions import DEFAULT_WEIGHTS, Criterion
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.money import Fen
from tests.factories import TODAY, Make

WANTED = Preference(
    Fen(100),
    Fen(200),
    6,
    12,
    frozenset({"35"}),
    frozenset({"410522"}),
    frozenset({IpKind.DESIGN}),
    "B",
    True,
    2,
)
OTHERS = {**DEFAULT_WEIGHTS, Criterion.AMOUNT: 20, Criterion.TERM: 15}


def test_a_preference_is_kept_as_it_was_said_and_the_next_event_starts_from_it(
    session: Session, make: Make
) -> None:
    house = make.organisation()
    first = make.registration(side=Side.INSTITUTION, organisation=house)
    set_preference(session, SYSTEM, first, WANTED)
    assert preferences_of(session, first.event_id) == {first.id: WANTED}
    second = make.registration(side=Side.INSTITUTION, organisation=house)
    row = preference_of(session, second)
    assert row is not None
    assert (row.registration_id, preference_from(row)) == (first.id, WANTED)
    assert preferences_of(session, second.event_id) == {}  # not said at this event
    set_preference(session, SYSTEM, second, Preference())
    later = preference_of(session, first)
    assert later is not None
    assert later.registration_id == first.id


def test_a_preference_is_an_institution_s_with_a_seat_before_the_timetable_is_out(
    session: Session, make: Make
) -> None:
    with pytest.raises(BadInput):
        set_preference(session, SYSTEM, make.registration(), WANTED)
    waits = make.registration(side=Side.INSTITUTION, state=RegistrationState.WAITLISTED)
    late = make.registration(make.event(state=EventState.SCHEDULED), Side.INSTITUTION)
    for row in (waits, late):
        with pytest.raises(Conflict):
            set_preference(session, SYSTEM, row, WANTED)


def test_every_version_of_the_weights_stays_and_a_stale_one_is_refused(session: Session) -> None:
    assert weights_in_force(session).number == 0
    assert set_weights(session, SYSTEM, OTHERS, reason="期限更要紧", version=0)
    assert not set_weights(session, SYSTEM, OTHERS, reason="期限更要紧", version=1)
    with pytest.raises(Conflict):
        set_weights(session, SYSTEM, DEFAULT_WEIGHTS, reason="样例", version=0)
    with pytest.raises(BadInput, match="理由"):
        set_weights(session, SYSTEM, DEFAULT_WEIGHTS, reason=" ", version=1)
    with pytest.raises(BadInput, match="100"):
        set_weights(session, SYSTEM, {**OTHERS, Criterion.TERM: 16}, reason="样例", version=1)
    assert set_weights(session, SYSTEM, DEFAULT_WEIGHTS, reason="改回", version=1)
    assert [row.number for row in weights_set(session)] == [2, 1]
    assert (weights_in_force(session).number, weights_in_force(session).points) == (2, DEFAULT_WEIGHTS)
    last = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc())).first()
    assert last == "events.weights.set"


def test_what_is_not_known_of_a_firm_is_not_made_up(session: Session, make: Make) -> None:
    event = make.event()
    county = make.region(parent_code=make.region().code)
    bare = make.registration(
        event, enterprise=make.enterprise(region_code=None, as_of=None, industry_code="")
    )
    known = make.registration(
        event,
        amount_fen=500,
        months=6,
        enterprise=make.enterprise(
            region_code=county.code,
            as_of=TODAY,
            industry_code="C35",
            patent_count=4,
            granted_count=3,
            valid_count=3,
            valid_utility_count=3,
            unknown_count=1,
        ),
    )
    facts = firms_at(session, event.id, {known.enterprise_id: "unrated"})
    first, second = facts[bare.id], facts[known.id]
    assert (first.amount, first.months, first.patents, first.divisions, first.is_listed) == (
        None,
        None,
        None,
        frozenset(),
        False,
    )
    assert (second.amount, second.months, second.patents, second.has_unclear) == (500, 6, 3, True)
    assert second.divisions == {county.code, county.parent_code}
    assert (second.is_listed, second.grade, second.kinds) == (True, None, {IpKind.UTILITY})


def test_pairs_that_are_settled_are_not_brought_together_again(session: Session, make: Make) -> None:
    event = make.event()
    firms = [make.registration(event) for _ in range(4)]
    house = make.registration(event, Side.INSTITUTION)
    make.agreed(firms[0], house)
    make.wish(house, firms[1], strength=0)
    make.wish(firms[2], house)  # only asked: still open
    make.meeting_proposal(firms[3], house)
    assert settled_pairs(session, event.id) == {(house.id, firms[n].id) for n in (0, 1, 3)}
