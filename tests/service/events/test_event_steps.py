"""An event from draft to its end, and what may be changed on the way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.audit.models import AuditEntry
from ipfin.events.lifecycle import EVENT_LIFECYCLE, EventState, RegistrationState, Side
from ipfin.events.models import Event
from ipfin.events.service import (
    cancel_event,
    close_event,
    create_event,
    details_of,
    edit_event,
    finish_event,
    publish_event,
    reopen_event,
)
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.errors import BadInput, Conflict, DomainError, InvalidTransition
from ipfin.notices.models import Notice
from tests.factories import Make
from tests.unit.events.test_event_details import MATCHMAKING


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_new_event_is_a_draft_with_an_address_of_its_own(session: Session) -> None:
    first, second = (create_event(session, SYSTEM, MATCHMAKING) for _ in range(2))
    assert first.state is EventState.DRAFT
    assert details_of(first) == MATCHMAKING
    assert first.public_id != second.public_id
    assert actions(session) == ["events.event.created"] * 2


def test_an_event_goes_from_draft_to_finished(session: Session) -> None:
    event = create_event(session, SYSTEM, MATCHMAKING)
    publish_event(session, SYSTEM, event)
    close_event(session, SYSTEM, event)
    reopen_event(session, SYSTEM, event)
    close_event(session, SYSTEM, event)
    finish_event(session, SYSTEM, event, now=event.starts_at)
    assert event.state is EventState.FINISHED
    assert actions(session)[1:] == [
        "events.event.published",
        "events.event.closed",
        "events.event.reopened",
        "events.event.closed",
        "events.event.finished",
    ]


def test_an_event_does_not_finish_before_it_begins(session: Session, make: Make) -> None:
    event = make.event(state=EventState.CLOSED)
    with pytest.raises(Conflict, match="尚未开始"):
        finish_event(session, SYSTEM, event, now=event.starts_at - timedelta(seconds=1))


def test_publishing_is_not_reopening(session: Session, make: Make) -> None:
    with pytest.raises(InvalidTransition, match="草稿"):
        reopen_event(session, SYSTEM, make.event(state=EventState.DRAFT))
    with pytest.raises(InvalidTransition, match="报名截止"):
        publish_event(session, SYSTEM, make.event(state=EventState.CLOSED))


def test_cancelling_needs_a_reason_and_tells_everybody_who_stands(session: Session, make: Make) -> None:
    event = make.event()
    banker = make.banker()
    make.registration(event, Side.INSTITUTION, organisation=banker.organisation)
    waiting, gone = make.banker(), make.banker()
    for user, state in ((waiting, RegistrationState.WAITLISTED), (gone, RegistrationState.CANCELLED)):
        make.registration(event, Side.INSTITUTION, organisation=user.organisation, state=state)
    with pytest.raises(BadInput):
        cancel_event(session, SYSTEM, event, reason="  ")
    cancel_event(session, SYSTEM, event, reason="场地停电")
    assert set(session.scalars(select(Notice.user_id))) == {banker.id, waiting.id}


STEPS: dict[str, Callable[[Session, Event], None]] = {
    "publish": lambda session, event: publish_event(session, SYSTEM, event),
    "close": lambda session, event: close_event(session, SYSTEM, event),
    "reopen": lambda session, event: reopen_event(session, SYSTEM, event),
    "cancel": lambda session, event: cancel_event(session, SYSTEM, event, reason="样例"),
    "finish": lambda session, event: finish_event(session, SYSTEM, event, now=event.starts_at),
}


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=8))
def test_whatever_is_tried_an_event_only_takes_steps_of_its_table(session: Session, tried: list[str]) -> None:
    event = create_event(session, SYSTEM, MATCHMAKING)
    for step in tried:
        before = event.state
        with suppress(DomainError):
            STEPS[step](session, event)
        assert event.state is before or event.state in EVENT_LIFECYCLE.following(before)


def test_an_edit_says_what_changed_and_refuses_a_stale_form(session: Session, make: Make) -> None:
    event = make.event()
    seen = event.lock_version
    wanted = replace(details_of(event), venue="另一处会议中心")
    assert edit_event(session, SYSTEM, event, wanted, version=seen) == ("venue",)
    with pytest.raises(Conflict, match="他人"):
        edit_event(session, SYSTEM, event, replace(wanted, venue="第三处"), version=seen)
    assert edit_event(session, SYSTEM, event, wanted, version=event.lock_version) == ()


def test_a_new_place_is_told_to_participants_and_not_for_a_draft(session: Session, make: Make) -> None:
    for state, told in ((EventState.DRAFT, 0), (EventState.OPEN, 1)):
        event, banker = make.event(state=state), make.banker()
        make.registration(event, Side.INSTITUTION, organisation=banker.organisation)
        edit_event(session, SYSTEM, event, replace(details_of(event), venue="另一处"))
        assert len(session.scalars(select(Notice).where(Notice.user_id == banker.id)).all()) == told


def test_more_seats_go_to_those_who_wait_the_oldest_first(session: Session, make: Make) -> None:
    event = make.event(enterprise_seats=1)
    make.registration(event)
    waiting = [make.registration(event, state=RegistrationState.WAITLISTED) for _ in range(3)]
    edit_event(session, SYSTEM, event, replace(details_of(event), enterprise_seats=3))
    assert [row.state for row in waiting] == [RegistrationState.CONFIRMED] * 2 + [
        RegistrationState.WAITLISTED
    ]


def test_seats_do_not_fall_below_the_confirmed(session: Session, make: Make) -> None:
    event = make.event()
    for _ in range(2):
        make.registration(event)
    edit_event(session, SYSTEM, event, replace(details_of(event), enterprise_seats=2))
    with pytest.raises(Conflict) as refused:
        edit_event(session, SYSTEM, event, replace(details_of(event), enterprise_seats=1))
    assert refused.value.field == "enterprise_seats"


def test_fewer_slots_forget_absences_that_no_longer_exist(session: Session, make: Make) -> None:
    event = make.event(slot_count=8)
    row = make.registration(event, absent_slots=[0, 3, 7])
    edit_event(session, SYSTEM, event, replace(details_of(event), slot_count=4))
    session.refresh(row)
    assert row.absent_slots == [0, 3]
