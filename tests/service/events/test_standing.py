"""Approval, offers with a deadline, phones, substitutes; what everybody is told of them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ipfin.audit.models import AuditEntry
from ipfin.config import Settings
from ipfin.db import begin_writing
from ipfin.events.approval import Clearance
from ipfin.events.lifecycle import SEATED, ApprovalMode, EventState, RegistrationState
from ipfin.events.models import Event, Registration
from ipfin.events.queries import (
    events_with_lapsed_offers,
    former_registration,
    people_of,
    substitutions_of,
)
from ipfin.events.registration import Application
from ipfin.events.service import (
    Decided,
    Person,
    amend_registration,
    answer_for,
    answer_offer,
    cancel_registration,
    decide_registrations,
    expire_offers,
    extend_offer,
    register_enterprise,
    reseal_contacts,
    restore_registration,
    substitute,
)
from ipfin.kernel.actor import SYSTEM, Role
from ipfin.kernel.errors import BadInput, Conflict, DomainError, InvalidTransition
from ipfin.kernel.text import Text
from ipfin.notices.models import Notice, OutboxMail
from ipfin.registry.models import Enterprise
from tests.factories import TODAY, Make

HOUSE = Settings(env="test", secret_key="secret of the event tests", public_url="https://ipfin.test")
NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)  # ten o'clock in China, a Thursday
PHONES = (f"137{number:08d}" for number in count())
PENDING, CONFIRMED, OFFERED, WAITING = (
    RegistrationState.PENDING,
    RegistrationState.CONFIRMED,
    RegistrationState.OFFERED,
    RegistrationState.WAITLISTED,
)
LAPSED, CANCELLED, REJECTED = (
    RegistrationState.LAPSED,
    RegistrationState.CANCELLED,
    RegistrationState.REJECTED,
)


def said(**overrides: Any) -> Application:
    return replace(Application("张三", next(PHONES)), **overrides)


def sign_up(
    session: Session,
    event: Event,
    firm: Enterprise,
    *,
    clearance: Clearance = Clearance.NONE,
    house: Settings = HOUSE,
    **overrides: Any,
) -> Registration:
    return register_enterprise(
        session, SYSTEM, event, firm, said(**overrides), on=TODAY, clearance=clearance, settings=house
    )


def firm_with_people(session: Session, make: Make) -> Enterprise:
    user = make.user(Role.ENTERPRISE)
    return session.get_one(Enterprise, user.organisation.enterprise_id)


def told(session: Session, row: Registration) -> list[str]:
    """What the people of a registration were told, in order: the last word of its key."""
    people = [user.id for user in people_of(session, [row])[row.id]]
    keys = session.scalars(
        select(Notice.event_key).where(Notice.user_id.in_(people)).order_by(Notice.id)
    ).all()
    return [key.split(":")[2] for key in keys if key.startswith(f"registration:{row.id}:")]


def body(session: Session, row: Registration, word: str) -> str:
    notice = session.scalars(
        select(Notice).where(Notice.event_key.startswith(f"registration:{row.id}:{word}"))
    ).one()
    return str(Text.from_json(notice.body))


# --- What one is told -------------------------------------------------------------------------------


def test_who_signs_up_is_told_when_where_whom_to_call_and_the_calendar(session: Session, make: Make) -> None:
    event = make.event(contact="会务组 0372-2900001", enterprise_seats=1)
    row = sign_up(session, event, firm_with_people(session, make))
    text = body(session, row, "confirmed")
    for fact in (
        "2026-04-16 09:00至2026-04-16 12:00",
        "样例会议中心一楼",
        "0372-2900001",
        f"https://ipfin.test/events/{event.public_id}.ics",
        "张三",
    ):
        assert fact in text
    second = sign_up(session, event, firm_with_people(session, make))
    assert told(session, second) == ["waiting"]
    waiting = body(session, second, "waiting")
    assert "候补第1位" in waiting
    assert "样例会议中心一楼" in waiting
    assert ".ics" not in waiting, "who has no seat enters nothing in his calendar"


def test_a_mail_goes_out_with_the_notice_where_mail_is_sent(session: Session, make: Make) -> None:
    house = HOUSE.model_copy(update={"mail_server": "mail.invalid"})
    row = sign_up(session, make.event(), firm_with_people(session, make), house=house)
    mail = session.scalars(select(OutboxMail)).one()
    assert mail.key.startswith(f"registration:{row.id}:confirmed")
    assert ".ics" in mail.body
    assert "地点：样例会议中心一楼\n" in mail.body


def test_promoted_after_publication_one_reads_how_to_get_a_talk(session: Session, make: Make) -> None:
    event = make.event(state=EventState.SCHEDULED, enterprise_seats=1)
    first = make.registration(event)
    second = make.registration(event, enterprise=firm_with_people(session, make), state=WAITING)
    cancel_registration(session, SYSTEM, first, settings=HOUSE)
    assert second.state is CONFIRMED
    assert "还没有贵单位的一对一洽谈" in body(session, second, "confirmed")


def test_who_is_called_off_by_the_office_reads_why(session: Session, make: Make) -> None:
    row = make.registration(make.event(), enterprise=firm_with_people(session, make))
    cancel_registration(session, SYSTEM, row, reason="重复报名", settings=HOUSE)
    assert "重复报名" in body(session, row, "cancelled")


# --- One phone, one place ---------------------------------------------------------------------------


def test_a_phone_comes_once_to_an_event_however_it_is_written(session: Session, make: Make) -> None:
    event = make.event()
    first = sign_up(session, event, make.enterprise(), phone="138 0000 1234")
    with pytest.raises(Conflict, match="分机号") as refused:
        sign_up(session, event, make.enterprise(), phone="+8613800001234")
    assert refused.value.field == "phone"
    assert "13800001234" not in first.phone_key
    sign_up(session, make.event(), make.enterprise(), phone="13800001234")  # another event
    other = sign_up(session, event, make.enterprise())
    with pytest.raises(Conflict, match="分机号"):
        amend_registration(session, SYSTEM, other, said(phone="13800001234"), settings=HOUSE)
    amend_registration(session, SYSTEM, first, said(phone="138-0000-1234"), settings=HOUSE)  # his own


def test_the_database_refuses_the_phone_too(session: Session, make: Make) -> None:
    event = make.event()
    make.registration(event, phone_key="k" * 64)
    make.registration(event, phone_key="k" * 64, state=CANCELLED)
    make.registration(event, phone_key="k" * 64, shared_phone_reason="总机无分机")
    make.registration(event), make.registration(event)  # rows of before the digest
    with pytest.raises(IntegrityError):
        make.registration(event, phone_key="k" * 64, state=WAITING)


def test_a_phone_is_free_again_once_its_holder_is_gone(session: Session, make: Make) -> None:
    event = make.event(approval=ApprovalMode.ALL)
    for leave in ("cancel", "reject"):
        row = sign_up(session, event, make.enterprise(), phone="13800001234")
        if leave == "cancel":
            cancel_registration(session, SYSTEM, row, settings=HOUSE)
        else:
            decide_registrations(
                session, SYSTEM, event, [row.id], approve=False, reason="不符", settings=HOUSE
            )
    assert sign_up(session, event, make.enterprise(), phone="13800001234").state is PENDING


def test_the_office_may_let_two_share_a_phone_and_says_why(session: Session, make: Make) -> None:
    event = make.event()
    alone = sign_up(session, event, make.enterprise(), phone="0372-2900000", shared_phone_reason="无分机")
    assert alone.shared_phone_reason == "", "nobody else has it yet"
    second = sign_up(session, event, make.enterprise(), phone="03722900000", shared_phone_reason="无分机")
    assert second.shared_phone_reason == "无分机"


def test_the_digest_survives_a_new_key_before_and_after_resealing(session: Session, make: Make) -> None:
    event = make.event()
    first = sign_up(session, event, make.enterprise(), phone="13800001234")
    newer = Settings(
        env="test", secret_key="the next secret of events", retired_secret_keys=("secret of the event tests",)
    )
    with pytest.raises(Conflict, match="分机号"):
        sign_up(session, event, make.enterprise(), phone="13800001234", house=newer)
    before = first.phone_key
    assert reseal_contacts(session, settings=newer) == 1
    assert first.phone_key != before
    alone = Settings(env="test", secret_key="the next secret of events")
    with pytest.raises(Conflict, match="分机号"):
        sign_up(session, event, make.enterprise(), phone="13800001234", house=alone)


def test_rows_of_before_the_digest_get_theirs_and_the_later_of_two_says_so(
    session: Session, make: Make
) -> None:
    event = make.event()
    rows = [sign_up(session, event, make.enterprise()) for _ in range(2)]
    for row in rows:
        row.phone_key, row.contact_sealed = "", rows[0].contact_sealed
    session.flush()
    assert reseal_contacts(session, settings=HOUSE) == 2
    assert rows[0].phone_key == rows[1].phone_key != ""
    assert [bool(row.shared_phone_reason) for row in rows] == [False, True]


# --- Approval ---------------------------------------------------------------------------------------


def test_where_all_are_approved_nobody_gets_a_seat_by_himself(session: Session, make: Make) -> None:
    event = make.event(approval=ApprovalMode.ALL)
    row = sign_up(session, event, firm_with_people(session, make), clearance=Clearance.WHITELISTED)
    assert row.state is PENDING
    decided = decide_registrations(session, SYSTEM, event, [row.id], approve=True, settings=HOUSE)
    assert decided == Decided(confirmed=1)
    assert (row.state, row.decided_by) == (CONFIRMED, SYSTEM.name)
    assert told(session, row) == ["pending", "confirmed"]


def test_the_whitelist_speaks_for_its_firms(session: Session, make: Make) -> None:
    event = make.event(approval=ApprovalMode.WHITELISTED)
    listed = sign_up(session, event, make.enterprise(), clearance=Clearance.WHITELISTED)
    assert listed.state is CONFIRMED
    assert sign_up(session, event, make.enterprise()).state is PENDING


def test_beyond_the_quota_the_approved_wait_by_arrival_not_by_approval(session: Session, make: Make) -> None:
    event = make.event(enterprise_seats=2, approval=ApprovalMode.WHITELISTED)
    early = [sign_up(session, event, make.enterprise()) for _ in range(2)]
    quick = [sign_up(session, event, make.enterprise(), clearance=Clearance.WHITELISTED) for _ in range(3)]
    assert [row.state for row in quick] == [CONFIRMED, CONFIRMED, WAITING]
    decide_registrations(session, SYSTEM, event, [early[1].id], approve=True, settings=HOUSE)
    decide_registrations(session, SYSTEM, event, [early[0].id], approve=True, settings=HOUSE)
    assert [row.state for row in early] == [WAITING, WAITING]
    assert cancel_registration(session, SYSTEM, quick[0], settings=HOUSE) == [early[0]]
    assert cancel_registration(session, SYSTEM, quick[1], settings=HOUSE) == [early[1]]


def test_many_are_decided_at_once_and_who_was_decided_meanwhile_is_left_alone(
    session: Session, make: Make
) -> None:
    event = make.event(enterprise_seats=2, approval=ApprovalMode.ALL)
    rows = [sign_up(session, event, make.enterprise()) for _ in range(4)]
    ids = [row.id for row in reversed(rows)]
    decided = decide_registrations(session, SYSTEM, event, ids, approve=True, settings=HOUSE)
    assert decided == Decided(confirmed=2, waiting=2)
    assert [row.state for row in rows] == [CONFIRMED, CONFIRMED, WAITING, WAITING]
    again = decide_registrations(session, SYSTEM, event, ids, approve=False, reason="迟", settings=HOUSE)
    assert again == Decided(skipped=4)
    assert [row.state for row in rows] == [CONFIRMED, CONFIRMED, WAITING, WAITING]


def test_a_rejection_needs_a_reason_is_told_and_lets_one_try_again(session: Session, make: Make) -> None:
    event = make.event(approval=ApprovalMode.ALL)
    user = make.user(Role.ENTERPRISE)
    firm = session.get_one(Enterprise, user.organisation.enterprise_id)
    row = sign_up(session, event, firm)
    with pytest.raises(BadInput):
        decide_registrations(session, SYSTEM, event, [row.id], approve=False, settings=HOUSE)
    decide_registrations(session, SYSTEM, event, [row.id], approve=False, reason="不在本市", settings=HOUSE)
    assert row.state is REJECTED
    assert "不在本市" in body(session, row, "rejected")
    assert former_registration(session, make.actor(user), event.id) is row
    again = sign_up(session, event, firm)
    assert again.state is PENDING
    assert former_registration(session, make.actor(user), event.id) is None


# --- The clock --------------------------------------------------------------------------------------


def queue_with_a_clock(
    session: Session, make: Make, *, seats: int = 1, waiting: int = 2
) -> list[Registration]:
    event = make.event(enterprise_seats=seats, reply_hours=4)
    return [sign_up(session, event, firm_with_people(session, make)) for _ in range(seats + waiting)]


def test_a_freed_seat_is_offered_and_held_until_it_is_answered(session: Session, make: Make) -> None:
    first, second, third = queue_with_a_clock(session, make)
    assert cancel_registration(session, SYSTEM, first, settings=HOUSE, now=NOW) == [second]
    assert (second.state, second.offered_until) == (OFFERED, NOW + timedelta(hours=4))
    assert "2026-03-05 14:00" in body(session, second, "offered")
    event = session.get_one(Event, second.event_id)
    assert sign_up(session, event, make.enterprise()).state is WAITING, "the seat is held"
    answer_offer(session, SYSTEM, second, accepts=True, now=NOW, settings=HOUSE)
    assert (second.state, third.state) == (CONFIRMED, WAITING)
    assert told(session, second) == ["waiting", "offered", "confirmed"]


def test_a_seat_that_is_given_up_goes_to_the_next(session: Session, make: Make) -> None:
    first, second, third = queue_with_a_clock(session, make)
    cancel_registration(session, SYSTEM, first, settings=HOUSE, now=NOW)
    assert answer_offer(session, SYSTEM, second, accepts=False, now=NOW, settings=HOUSE) == [third]
    assert (second.state, third.state) == (CANCELLED, OFFERED)
    with pytest.raises(Conflict, match="没有等待答复"):
        answer_offer(session, SYSTEM, second, accepts=True, now=NOW, settings=HOUSE)


def test_an_offer_that_nobody_answers_runs_out_to_the_next_in_line(session: Session, make: Make) -> None:
    first, second, third = queue_with_a_clock(session, make)
    cancel_registration(session, SYSTEM, first, settings=HOUSE, now=NOW)
    until = NOW + timedelta(hours=4)
    assert events_with_lapsed_offers(session, until - timedelta(seconds=1)) == []
    with pytest.raises(Conflict, match="届满"):
        answer_offer(session, SYSTEM, second, accepts=True, now=until, settings=HOUSE)
    assert events_with_lapsed_offers(session, until) == [second.event_id]
    assert expire_offers(session, SYSTEM, second.event_id, now=until, settings=HOUSE) == 1
    assert expire_offers(session, SYSTEM, second.event_id, now=until, settings=HOUSE) == 0
    assert (second.state, third.state) == (LAPSED, OFFERED)
    assert third.offered_until == until + timedelta(hours=4)
    assert told(session, second) == ["waiting", "offered", "lapsed"]


def test_offers_of_an_event_that_is_over_run_out_in_silence(session: Session, make: Make) -> None:
    first, second, third = queue_with_a_clock(session, make)
    cancel_registration(session, SYSTEM, first, settings=HOUSE, now=NOW)
    session.get_one(Event, second.event_id).state = EventState.CANCELLED
    assert expire_offers(session, SYSTEM, second.event_id, now=NOW + timedelta(days=1), settings=HOUSE) == 1
    assert (second.state, third.state) == (LAPSED, WAITING)
    assert told(session, second) == ["waiting", "offered"]


def test_the_office_answers_for_somebody_also_late_and_says_why(session: Session, make: Make) -> None:
    first, second, _third = queue_with_a_clock(session, make)
    cancel_registration(session, SYSTEM, first, settings=HOUSE, now=NOW)
    late = NOW + timedelta(hours=5)
    with pytest.raises(BadInput):
        answer_for(session, SYSTEM, second, accepts=True, reason=" ", now=late, settings=HOUSE)
    answer_for(session, SYSTEM, second, accepts=True, reason="来电确认", now=late, settings=HOUSE)
    assert second.state is CONFIRMED
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "events.offer.accepted")).one()
    assert json.loads(entry.detail)["reason"] == "来电确认"


def test_the_office_moves_a_deadline_and_the_house_reads_it(session: Session, make: Make) -> None:
    first, second, _third = queue_with_a_clock(session, make)
    cancel_registration(session, SYSTEM, first, settings=HOUSE, now=NOW)
    until = NOW + timedelta(days=2)
    extend_offer(session, SYSTEM, second, until, reason="出差", now=NOW, settings=HOUSE)
    assert events_with_lapsed_offers(session, NOW + timedelta(days=1)) == []
    assert told(session, second) == ["waiting", "offered", "offered"]


def test_who_lapsed_is_taken_back_to_the_place_of_his_arrival(session: Session, make: Make) -> None:
    first, second, third, fourth = queue_with_a_clock(session, make, waiting=3)
    cancel_registration(session, SYSTEM, first, settings=HOUSE, now=NOW)
    late = NOW + timedelta(hours=4)
    expire_offers(session, SYSTEM, second.event_id, now=late, settings=HOUSE)
    assert restore_registration(session, SYSTEM, second, reason="机房断网", now=late, settings=HOUSE) == []
    assert answer_offer(session, SYSTEM, third, accepts=False, now=late, settings=HOUSE) == [second]
    assert fourth.state is WAITING
    with pytest.raises(InvalidTransition):
        restore_registration(session, SYSTEM, second, reason="再来", now=late, settings=HOUSE)


def test_who_signed_up_anew_is_not_taken_back_as_well(session: Session, make: Make) -> None:
    first, second, _third = queue_with_a_clock(session, make)
    cancel_registration(session, SYSTEM, first, settings=HOUSE, now=NOW)
    late = NOW + timedelta(hours=4)
    expire_offers(session, SYSTEM, second.event_id, now=late, settings=HOUSE)
    sign_up(session, session.get_one(Event, second.event_id), second.enterprise)
    with pytest.raises(Conflict, match="已报名"):
        restore_registration(session, SYSTEM, second, reason="机房断网", now=late, settings=HOUSE)


# --- Substitutes ------------------------------------------------------------------------------------


def test_a_substitute_takes_the_seat_and_who_came_before_is_kept(session: Session, make: Make) -> None:
    officer = make.officer()
    event = make.event(state=EventState.SCHEDULED)
    row = make.registration(event, contact_name="张三", contact_post="财务总监")
    substitute(session, SYSTEM, row, Person("李四", "13900000001", "会计"), reason="出差", settings=HOUSE)
    assert (row.contact_name, row.contact_post, row.state) == ("李四", "会计", CONFIRMED)
    kept = substitutions_of(session, row.id)
    assert [(one.former_name, one.former_post, one.name, one.reason) for one in kept] == [
        ("张三", "财务总监", "李四", "出差")
    ]
    assert [notice.user_id for notice in session.scalars(select(Notice))] == [officer.id]
    with pytest.raises(BadInput, match="没有变化"):
        substitute(session, SYSTEM, row, Person("李四", "13900000001"), settings=HOUSE)


def test_an_amendment_with_another_name_is_a_substitution_too(session: Session, make: Make) -> None:
    row = sign_up(session, make.event(), make.enterprise(), second_name="王五", second_post="法务")
    amend_registration(session, SYSTEM, row, said(contact_name="李四"), settings=HOUSE)
    assert [one.name for one in substitutions_of(session, row.id)] == ["李四"]
    assert row.second_name == ""


@pytest.mark.parametrize("state", [CANCELLED, LAPSED])
def test_nobody_takes_a_seat_that_is_gone(session: Session, make: Make, state: RegistrationState) -> None:
    row = make.registration(make.event(), state=state, contact_name="张三")
    with pytest.raises(Conflict):
        substitute(session, SYSTEM, row, Person("李四", "13900000001"), settings=HOUSE)


# --- The queue, whatever happens --------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(st.sampled_from(["come", "listed", "approve", "reject", "leave", "yes", "no", "late", "back"]),
              st.integers(0, 30)),
    min_size=8, max_size=20,
)  # fmt: skip


@settings(max_examples=16, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seats=st.integers(1, 3), hours=st.sampled_from([0, 4]), steps=STEPS)
def test_nobody_waits_beside_a_free_seat_and_nobody_overtakes(
    engine: Engine, seats: int, hours: int, steps: list[tuple[str, int]]
) -> None:
    with Session(engine) as session:
        begin_writing(session)
        make = Make(session)
        event = make.event(enterprise_seats=seats, reply_hours=hours, approval=ApprovalMode.WHITELISTED)
        now = NOW
        for word, choice in steps:
            now += timedelta(minutes=20)
            before = {row.id: row.state for row in rows_of(session, event)}
            try:
                step(session, make, event, word, choice, now)
            except DomainError:
                continue
            watch(session, event, seats, before)
        session.rollback()


def rows_of(session: Session, event: Event) -> list[Registration]:
    return list(
        session.scalars(
            select(Registration).where(Registration.event_id == event.id).order_by(Registration.id)
        )
    )


def step(session: Session, make: Make, event: Event, word: str, choice: int, now: datetime) -> None:
    """Do one thing to one of those whom it can be done to; nothing when there is none."""
    rows = rows_of(session, event)

    def one(*states: RegistrationState) -> Registration | None:
        fitting = [row for row in rows if row.state in states]
        return fitting[choice % len(fitting)] if fitting else None

    if word in ("come", "listed"):
        clearance = Clearance.WHITELISTED if word == "listed" else Clearance.NONE
        sign_up(session, event, make.enterprise(), clearance=clearance)
    elif word in ("approve", "reject") and (row := one(PENDING)):
        approve = word == "approve"
        decide_registrations(session, SYSTEM, event, [row.id], approve=approve, reason="看过", settings=HOUSE)
    elif word == "leave" and (row := one(CONFIRMED, WAITING, OFFERED, PENDING)):
        cancel_registration(session, SYSTEM, row, settings=HOUSE, now=now)
    elif word in ("yes", "no") and (row := one(OFFERED)):
        answer_offer(session, SYSTEM, row, accepts=word == "yes", now=now, settings=HOUSE)
    elif word == "late":
        expire_offers(session, SYSTEM, event.id, now=now + timedelta(hours=3), settings=HOUSE)
    elif word == "back" and (row := one(LAPSED, REJECTED)):
        restore_registration(session, SYSTEM, row, reason="再看", now=now, settings=HOUSE)


def watch(session: Session, event: Event, seats: int, before: dict[int, RegistrationState]) -> None:
    rows = rows_of(session, event)
    taken = [row for row in rows if row.state in SEATED]
    waiting = [row for row in rows if row.state is WAITING]
    assert len(taken) <= seats
    assert not (waiting and len(taken) < seats), "somebody waits beside a free seat"
    given = [row for row in taken if before.get(row.id) is WAITING]
    if given and waiting:
        assert max(row.id for row in given) < min(row.id for row in waiting), "somebody was overtaken"
