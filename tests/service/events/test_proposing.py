"""The office proposes and fixes; both sides answer; nobody is placed against his will."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.config import Settings
from ipfin.events.lifecycle import EventState, RegistrationState, Side
from ipfin.events.models import Registration
from ipfin.events.proposals import Answer
from ipfin.events.queries import (
    fixed_meetings_of,
    proposals_of,
    proposals_to,
    registrations_visible_to,
    task_for,
    wishes_of,
)
from ipfin.events.service import (
    answer_proposal,
    fix_meeting,
    make_timetable,
    propose_meeting,
    release_meeting,
    set_wish,
    withdraw_proposal,
)
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.errors import BadInput, Conflict, DomainError, NotFound
from ipfin.notices.models import Notice
from tests.factories import Make

HOUSE = Settings(env="test", secret_key="secret of the event tests")
Pair = tuple[Registration, Registration]


@pytest.fixture
def pair(make: Make) -> Pair:
    event = make.event(slot_count=4, desk_count=2)
    bank = make.banker()
    return make.registration(event), make.registration(
        event, Side.INSTITUTION, organisation=bank.organisation
    )


def propose(session: Session, make: Make, pair: Pair):
    event = make.event_of(pair[0])
    return propose_meeting(session, SYSTEM, event, *pair, reason="金额与期限相合", settings=HOUSE)


def test_both_are_asked_and_a_pair_is_made_by_two_yeses_only(
    session: Session, make: Make, pair: Pair
) -> None:
    firm, house = pair
    proposal = propose(session, make, pair)
    event = make.event_of(firm)
    told = session.scalars(select(Notice)).one()
    assert told.body["params"] == {"name": firm.display_name, "reason": "金额与期限相合"}
    assert [one.answer for one in proposals_to(session, house)] == [Answer.NONE]
    assert task_for(session, event).problem.pairs == ()
    answer_proposal(session, SYSTEM, house, proposal, accepts=True)
    assert task_for(session, event).problem.pairs == ()
    assert [(one.answer, one.asks) for one in proposals_to(session, firm)] == [(Answer.NONE, True)]
    answer_proposal(session, SYSTEM, firm, proposal, accepts=True)
    assert [one.value for one in task_for(session, event).problem.pairs] == [40]
    assert proposals_of(session, event.id, registrations_visible_to(SYSTEM))[0].is_agreed


def test_who_declines_is_not_told_to_the_other_and_never_placed(
    session: Session, make: Make, pair: Pair
) -> None:
    firm, house = pair
    proposal = propose(session, make, pair)
    answer_proposal(session, SYSTEM, firm, proposal, accepts=False)
    answer_proposal(session, SYSTEM, house, proposal, accepts=True)
    assert wishes_of(session, firm.id) == {house.id: 0}
    assert task_for(session, make.event_of(firm)).problem.pairs == ()
    assert [(one.answer, one.asks) for one in proposals_to(session, house)] == [(Answer.ACCEPTED, False)]
    line = proposals_of(session, firm.event_id, registrations_visible_to(SYSTEM))[0]
    assert (line.by_enterprise, line.by_institution, line.is_refused) == (
        Answer.DECLINED,
        Answer.ACCEPTED,
        True,
    )


def test_a_proposal_is_made_once_and_not_about_what_was_answered(
    session: Session, make: Make, pair: Pair
) -> None:
    firm, house = pair
    proposal = propose(session, make, pair)
    with pytest.raises(Conflict, match="已有提议"):
        propose(session, make, pair)
    withdraw_proposal(session, SYSTEM, proposal)
    assert proposals_to(session, firm) == []
    with pytest.raises(NotFound):
        answer_proposal(session, SYSTEM, firm, proposal, accepts=True)
    set_wish(session, SYSTEM, house, firm, 0)
    with pytest.raises(Conflict, match="不见"):
        propose(session, make, pair)


def test_only_the_confirmed_of_both_sides_are_proposed_while_wishes_are_taken(
    session: Session, make: Make, pair: Pair
) -> None:
    firm, house = pair
    event = make.event_of(firm)
    waiting = make.registration(event, state=RegistrationState.WAITLISTED)
    for refused in ((house, firm), (firm, make.registration(side=Side.INSTITUTION)), (waiting, house)):
        with pytest.raises(DomainError) as error:
            propose_meeting(session, SYSTEM, event, *refused, reason="样例", settings=HOUSE)
        assert isinstance(error.value, BadInput | Conflict)
    proposal = propose(session, make, pair)
    with pytest.raises(NotFound):
        answer_proposal(session, SYSTEM, make.registration(event), proposal, accepts=True)
    event.state = EventState.SCHEDULED
    with pytest.raises(Conflict, match="日程已发布"):
        answer_proposal(session, SYSTEM, firm, proposal, accepts=True)


def test_an_agreed_pair_is_fixed_to_a_slot_and_desk_until_one_refuses(
    session: Session, make: Make, pair: Pair
) -> None:
    firm, house = pair
    event = make.event_of(firm)
    with pytest.raises(Conflict, match="双方都同意"):
        fix_meeting(session, SYSTEM, event, firm, house, slot=2)
    make.agreed(firm, house)
    fixed = fix_meeting(session, SYSTEM, event, firm, house, slot=2, desk=2, reason="重点企业")
    planned = make_timetable(session, SYSTEM, event).meetings
    assert [(one.slot, one.desk, one.is_locked) for one in planned] == [(2, 2, True)]
    with pytest.raises(Conflict, match="已指定过"):
        fix_meeting(session, SYSTEM, event, firm, house, slot=1)
    set_wish(session, SYSTEM, house, firm, 0)
    assert make_timetable(session, SYSTEM, event).meetings == []
    release_meeting(session, SYSTEM, fixed)
    session.refresh(planned[0])
    assert not planned[0].is_locked, "else the row of the old timetable would hold it all the same"
    assert list(fixed_meetings_of(session, event.id)) == []


def test_a_must_have_is_planned_before_value_and_the_certificate_says_so(
    session: Session, make: Make, pair: Pair
) -> None:
    firm, house = pair
    event = make.event_of(firm)
    event.slot_count = 1
    dear = make.registration(event)
    make.agreed(firm, house)
    make.wish(dear, house, strength=3)
    make.wish(house, dear, strength=3)
    with pytest.raises(BadInput, match="同时指定时段"):
        fix_meeting(session, SYSTEM, event, firm, house, slot=None, desk=1)
    kept = fix_meeting(session, SYSTEM, event, firm, house, slot=None)

    made = make_timetable(session, SYSTEM, event)

    assert [one.enterprise_registration_id for one in made.meetings] == [firm.id]
    assert (made.certificate["demands"], made.certificate["served"]) == (1, 1)
    release_meeting(session, SYSTEM, kept)
    again = make_timetable(session, SYSTEM, event)
    assert [one.enterprise_registration_id for one in again.meetings] == [dear.id]


@pytest.mark.parametrize(
    ("slot", "desk", "words"),
    [(1, None, "缺席"), (4, None, "本场没有这个时段"), (0, 3, "没有这张桌"), (3, None, "被锁定了两场")],
)
def test_what_cannot_be_is_refused_by_name(
    session: Session, make: Make, pair: Pair, slot: int, desk: int | None, words: str
) -> None:
    firm, house = pair
    event = make.event_of(firm)
    other = make.registration(event, Side.INSTITUTION)
    make.agreed(firm, house)
    make.agreed(firm, other)
    firm.absent_slots = [1]
    fix_meeting(session, SYSTEM, event, firm, other, slot=3)
    with pytest.raises(Conflict) as refused:
        fix_meeting(session, SYSTEM, event, firm, house, slot=slot, desk=desk)
    assert words in str(refused.value)
    assert firm.display_name in str(refused.value)
    assert len(fixed_meetings_of(session, event.id)) == 1
