"""The door: one mark of a participant stands, whoever scans how often; nothing that was said is lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, func, select, true
from sqlalchemy.orm import Session

from ipfin.audit.models import AuditEntry
from ipfin.config import Settings
from ipfin.db import begin_writing
from ipfin.events.attendance import How, Mark
from ipfin.events.lifecycle import RegistrationState, Side
from ipfin.events.models import Attendance, CheckInCode, Event, Registration
from ipfin.events.queries.attendance import (
    attendance_counts,
    attendance_history,
    door_page,
    found_by_name,
    late,
    no_shows,
    present_ids,
)
from ipfin.events.registration import Application
from ipfin.events.service import (
    amend_registration,
    cancel_registration,
    check_in,
    codes_are_current,
    found_by_tail,
    mark_late,
    mark_missing,
    prepare_codes,
    register_enterprise,
    registration_with_token,
    reseal_codes,
    reseal_contacts,
    tokens_of,
    undo_attendance,
)
from ipfin.kernel.actor import SYSTEM, Actor
from ipfin.kernel.errors import BadInput, Conflict, NotFound
from tests.factories import TODAY, Make
from tests.service.events.test_many_at_once import all_at_once

OLD = Settings(env="test", secret_key="secret of the event tests")
NEW = Settings(
    env="test", secret_key="another secret of the tests", retired_secret_keys=["secret of the event tests"]
)
MORNING = datetime(2026, 4, 16, 1, 12, tzinfo=UTC)  # 9:12 in China, on the day
STEWARD = Actor(user_id=None, name="王芳", role=None)


@pytest.fixture
def event(make: Make) -> Event:
    return make.event(slot_count=4)


def signed_up(make: Make, event: Event, phone: str, name: str = "张三") -> Registration:
    said = Application(name, phone)
    return register_enterprise(make.session, SYSTEM, event, make.enterprise(), said, on=TODAY, settings=OLD)


def test_a_second_scan_says_when_and_by_whom_and_writes_nothing(
    session: Session, make: Make, event: Event
) -> None:
    row = make.registration(event)
    first = check_in(session, STEWARD, row, How.SCAN, now=MORNING)
    assert first.is_new
    entries = session.scalar(select(func.count()).select_from(AuditEntry))
    again = check_in(session, SYSTEM, row, How.TAIL, now=MORNING.replace(minute=40))
    assert not again.is_new
    assert (again.attendance.id, again.attendance.marked_by) == (first.attendance.id, "王芳")
    assert (again.attendance.marked_at, again.attendance.how) == (MORNING, How.SCAN)
    assert session.scalar(select(func.count()).select_from(Attendance)) == 1
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == entries


def test_what_is_taken_back_keeps_both_rows(session: Session, make: Make, event: Event) -> None:
    row = make.registration(event)
    check_in(session, STEWARD, row, How.SCAN, now=MORNING)
    with pytest.raises(BadInput, match="理由"):
        undo_attendance(session, SYSTEM, row, " ", now=MORNING)
    undone = undo_attendance(session, SYSTEM, row, "认错了人", now=MORNING)
    assert (undone.undone_reason, undone.undone_by) == ("认错了人", SYSTEM.name)
    assert present_ids(session, event.id) == set()
    with pytest.raises(Conflict, match="没有可撤销"):
        undo_attendance(session, SYSTEM, row, "再来一次", now=MORNING)
    assert check_in(session, STEWARD, row, How.BY_HAND, now=MORNING).is_new
    assert [one.undone_reason for one in attendance_history(session, row.id)] == ["", "认错了人"]
    assert present_ids(session, event.id) == {row.id}


def test_who_was_given_up_and_comes_after_all_is_there(session: Session, make: Make, event: Event) -> None:
    missing, slow, here = (make.registration(event) for _ in range(3))
    mark_missing(session, STEWARD, missing, now=MORNING)
    mark_late(session, STEWARD, slow, 2, now=MORNING)
    check_in(session, STEWARD, here, How.SCAN, now=MORNING)
    assert (no_shows(session, event.id), late(session, event.id)) == ({missing.id}, {slow.id: 2})
    for said in (mark_missing, lambda *rest, now: mark_late(*rest, 1, now=now)):
        with pytest.raises(Conflict, match="先撤销签到"):
            said(session, STEWARD, here, now=MORNING)
    with pytest.raises(Conflict, match="已登记为未到"):
        mark_missing(session, STEWARD, missing, now=MORNING)
    mark_late(session, STEWARD, slow, 3, now=MORNING)
    assert late(session, event.id) == {slow.id: 3}
    for row in (missing, slow):
        assert check_in(session, STEWARD, row, How.TAIL, now=MORNING).is_new
    assert (no_shows(session, event.id), late(session, event.id)) == (set(), {})
    assert present_ids(session, event.id) == {missing.id, slow.id, here.id}
    assert len(attendance_history(session, slow.id)) == 3


def test_only_the_confirmed_come_and_only_on_the_day(session: Session, make: Make, event: Event) -> None:
    waiting = make.registration(event, state=RegistrationState.WAITLISTED)
    with pytest.raises(Conflict, match="未确认或已取消"):
        check_in(session, STEWARD, waiting, How.BY_HAND, now=MORNING)
    with pytest.raises(Conflict, match="2026-04-16"):
        check_in(session, STEWARD, make.registration(event), How.SCAN, now=MORNING.replace(day=15))
    assert session.scalar(select(func.count()).select_from(Attendance)) == 0


def test_the_end_of_a_phone_finds_everybody_who_has_it_and_nobody_else(
    session: Session, make: Make, event: Event
) -> None:
    rows = [signed_up(make, event, phone) for phone in ("13800001234", "139 0000-1234", "13800004321")]
    signed_up(make, make.event(), "13800001234")
    wanted = {rows[0].id, rows[1].id}

    def hits(tail: str) -> set[int]:
        return {one.registration.id for one in found_by_tail(session, event, true(), tail, settings=OLD)}

    assert hits("1234") == wanted, "before any code was made, the phones are opened"
    assert not codes_are_current(session, event.id, settings=OLD)
    assert prepare_codes(session, event.id, settings=OLD) == 3
    assert codes_are_current(session, event.id, settings=OLD)
    assert prepare_codes(session, event.id, settings=OLD) == 0
    assert hits("1234") == wanted
    amend_registration(session, SYSTEM, rows[0], Application("李四", "13800007777"), settings=OLD)
    assert (hits("1234"), hits("7777")) == ({rows[1].id}, {rows[0].id})
    token = tokens_of(session, event.id, settings=OLD)[rows[0].id]
    assert prepare_codes(session, event.id, settings=OLD) == 1
    assert tokens_of(session, event.id, settings=OLD)[rows[0].id] == token, "the badge is out"
    cancel_registration(session, SYSTEM, rows[1], settings=OLD)
    assert hits("1234") == set()


def test_the_digest_of_a_phones_end_tells_nothing_without_the_key_nor_across_events(
    session: Session, make: Make, event: Event
) -> None:
    other = make.event()
    for one in (event, other):
        signed_up(make, one, "13800001234")
        prepare_codes(session, one.id, settings=OLD)
    codes = session.scalars(select(CheckInCode)).all()
    assert len({code.tail_digest for code in codes}) == 2
    with_another_key = NEW.model_copy(update={"retired_secret_keys": []})
    make_up = make.event(id=event.id + 1000)
    row = signed_up(make, make_up, "13800001234")
    row.contact_sealed = ""
    prepare_codes(session, make_up.id, settings=with_another_key)
    assert (
        session.scalars(select(CheckInCode).where(CheckInCode.event_id == make_up.id)).one().tail_digest == ""
    )


def test_a_new_key_changes_no_badge_and_finds_everybody(session: Session, make: Make, event: Event) -> None:
    row = signed_up(make, event, "13800001234")
    prepare_codes(session, event.id, settings=OLD)
    token = tokens_of(session, event.id, settings=OLD)[row.id]
    assert len(found_by_tail(session, event, true(), "1234", settings=NEW)) == 1, "under the retired key"
    reseal_contacts(session, settings=NEW)
    assert reseal_codes(session, settings=NEW) == 1
    without_old = NEW.model_copy(update={"retired_secret_keys": []})
    assert tokens_of(session, event.id, settings=without_old)[row.id] == token
    assert codes_are_current(session, event.id, settings=without_old)
    assert len(found_by_tail(session, event, true(), "1234", settings=without_old)) == 1


def test_a_badge_of_another_event_is_refused_in_words(session: Session, make: Make, event: Event) -> None:
    other = make.event(title="去年的对接会")
    row = make.registration(other)
    prepare_codes(session, other.id, settings=OLD)
    token = tokens_of(session, other.id, settings=OLD)[row.id]
    assert registration_with_token(session, other, token).id == row.id
    with pytest.raises(Conflict, match="去年的对接会"):
        registration_with_token(session, event, token)
    with pytest.raises(NotFound):
        registration_with_token(session, event, "aZ09bY18cX27dW36")


def test_namesakes_are_both_listed_and_counted_where_they_stand(
    session: Session, make: Make, event: Event
) -> None:
    rows = [signed_up(make, event, f"1380000000{n}", "王伟") for n in range(2)]
    make.registration(event, Side.INSTITUTION)
    signed_up(make, make.event(), "13800000009", "王伟")
    assert {one.registration.id for one in found_by_name(session, event.id, true(), "王伟")} == {
        row.id for row in rows
    }
    assert found_by_name(session, event.id, true(), "%") == []
    check_in(session, STEWARD, rows[0], How.BY_HAND, now=MORNING)
    counts = attendance_counts(session, event.id, true())
    assert counts[Side.ENTERPRISE] == {None: 1, Mark.PRESENT: 1, Mark.LATE: 0, Mark.NO_SHOW: 0}
    assert counts[Side.INSTITUTION][None] == 1
    page = door_page(session, event.id, true(), mark=Mark.PRESENT)
    assert [one.registration.id for one in page.items] == [rows[0].id]
    assert door_page(session, event.id, true(), only_unmarked=True).total == 2
    assert door_page(session, event.id, true()).total == 3


def scanning(registration_id: int, name: str) -> Callable[[Session], object]:
    steward = Actor(user_id=None, name=name, role=None)
    return lambda session: check_in(
        session, steward, session.get_one(Registration, registration_id), How.SCAN, now=MORNING
    )


def test_two_stewards_who_scan_the_same_badge_at_once_make_one_row(engine: Engine) -> None:
    with Session(engine) as session:
        begin_writing(session)
        make = Make(session)
        event = make.event()
        ids = [make.registration(event).id for _ in range(2)]
        session.commit()
    ends = all_at_once(engine, [scanning(row_id, f"签到员{n}") for n in range(10) for row_id in ids])
    assert ends == {"done": 20}
    with Session(engine) as session:
        rows = session.execute(
            select(Attendance.registration_id, func.count()).group_by(Attendance.registration_id)
        )
        assert dict(rows.all()) == dict.fromkeys(ids, 1)
