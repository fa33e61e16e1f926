"""Copying an event, its programme, and limits on one institution, with rows."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.audit.models import AuditEntry
from ipfin.config import Settings
from ipfin.events.approval import Clearance
from ipfin.events.copying import COPIED, LEFT, MOVED, PARTS
from ipfin.events.export import badges
from ipfin.events.lifecycle import ApprovalMode, EventState, RegistrationState, Side
from ipfin.events.models import Event, ProgrammeLine, Registration
from ipfin.events.programme import Item
from ipfin.events.queries import answered_counts, answers_of, programme_of, questions_of, task_for
from ipfin.events.questions import MOST_QUESTIONS, Draft, QuestionKind
from ipfin.events.registration import Application
from ipfin.events.service import (
    add_item,
    amend_registration,
    ask,
    change_item,
    change_question,
    copy_event,
    details_of,
    drop_question,
    edit_event,
    register_enterprise,
    register_institution,
    remove_item,
)
from ipfin.events.service.copying import PART_MODELS
from ipfin.kernel.actor import SYSTEM, Role
from ipfin.kernel.errors import BadInput, Conflict, NotFound
from ipfin.kernel.text import Text
from ipfin.notices.models import Notice
from ipfin.registry.models import Enterprise
from tests.factories import TODAY, Make

MONTH = timedelta(days=30)
UNUSUAL: dict[str, Any] = {
    "summary": "说明",
    "contact": "会务0372",
    "slot_minutes": 20,
    "slot_count": 6,
    "desk_count": 9,
    "enterprise_seats": 31,
    "institution_seats": 7,
    "meetings_per_enterprise": 3,
    "approval": ApprovalMode.ALL,
    "reply_hours": 12,
    "breaks": [2],
    "hall": "三楼",
    "directions": "乘1路",
    "desks_per_institution": 2,
    "persons_per_institution": 3,
    "meetings_per_institution": 5,
    "least_per_enterprise": 1,
    "least_per_institution": 2,
    "least_grade": "B",
    "counties": ["410502"],
    "industries": ["27"],
    "enterprise_requests": 4,
    "institution_requests": 9,
    "is_synthetic": True,
}


def test_a_copy_has_every_setting_and_its_own_programme(session: Session, make: Make) -> None:
    event = make.event(state=EventState.FINISHED, **UNUSUAL)
    defaults = {
        column.name: column.default.arg
        for column in Event.__table__.columns
        if column.name in COPIED and column.default is not None and column.default.is_scalar
    }
    forgotten = [name for name, value in defaults.items() if getattr(event, name) == value]
    assert not forgotten, "give them a value in UNUSUAL that no event has by itself"
    make.programme_line(event, title="致辞", speaker="张三", place="二楼")
    make.registration(event)
    starts_at = event.starts_at + MONTH
    made = copy_event(session, SYSTEM, event, starts_at=starts_at, title=event.title)
    assert (made.state, made.is_synthetic) == (EventState.DRAFT, True)
    assert {name: getattr(made, name) for name in COPIED} == {name: getattr(event, name) for name in COPIED}
    assert {name: getattr(made, name) - getattr(event, name) for name in MOVED} == dict.fromkeys(MOVED, MONTH)
    assert made.public_id != event.public_id
    assert set(LEFT) >= {"public_id", "state"}
    (line,) = programme_of(session, made.id)
    assert (line.title, line.speaker, line.place) == ("致辞", "张三", "二楼")
    assert line.starts_at == event.starts_at + MONTH
    assert len(programme_of(session, event.id)) == 1
    own = select(func.count()).select_from(Registration).where(Registration.event_id == made.id)
    assert session.scalar(own) == 0
    assert "events.event.copied" in session.scalars(select(AuditEntry.action)).all()


def test_a_copy_needs_a_title(session: Session, make: Make) -> None:
    event = make.event()
    with pytest.raises(BadInput) as refused:
        copy_event(session, SYSTEM, event, starts_at=event.starts_at + MONTH, title=" ")
    assert refused.value.field == "title"


def test_the_programme_is_kept_within_its_event(session: Session, make: Make) -> None:
    event = make.event()
    item = Item(event.starts_at, event.ends_at, "致辞")
    line = add_item(session, SYSTEM, event, item)
    later = Item(event.starts_at + timedelta(hours=1), event.ends_at, "解读")
    change_item(session, SYSTEM, event, line.id, later)
    assert [one.title for one in programme_of(session, event.id)] == ["解读"]
    details = details_of(event)
    with pytest.raises(Conflict, match="解读"):
        edit_event(session, SYSTEM, event, _ends_earlier(details))
    remove_item(session, SYSTEM, event, line.id)
    edit_event(session, SYSTEM, event, _ends_earlier(details))
    with pytest.raises(NotFound):
        remove_item(session, SYSTEM, event, line.id)


def _ends_earlier(details: Any) -> Any:
    return replace(details, ends_at=details.ends_at - timedelta(minutes=15))


def test_an_item_of_another_event_is_not_changed(session: Session, make: Make) -> None:
    line, other = make.programme_line(), make.event()
    with pytest.raises(NotFound):
        change_item(session, SYSTEM, other, line.id, Item(other.starts_at, other.ends_at, "别人的"))
    assert session.get_one(ProgrammeLine, line.id).title == "样例议程"


def test_the_programme_of_an_event_that_is_over_stays(session: Session, make: Make) -> None:
    event = make.event(state=EventState.FINISHED)
    with pytest.raises(Conflict):
        add_item(session, SYSTEM, event, Item(event.starts_at, event.ends_at, "补记"))


@pytest.mark.parametrize(("desks", "is_taken"), [(2, True), (3, False)])
def test_one_institution_takes_no_more_desks_than_the_event_gives(
    session: Session, make: Make, desks: int, is_taken: bool
) -> None:
    event = make.event(desks_per_institution=2)
    said = Application("张三", "0372-2900000", desks=desks)
    if is_taken:
        row = register_institution(session, SYSTEM, event, make.organisation(), said, on=TODAY)
        with pytest.raises(BadInput, match="每家机构最多2席"):
            amend_registration(session, SYSTEM, row, Application("张三", "0372-2900000", desks=3))
        return
    with pytest.raises(BadInput, match="每家机构最多2席"):
        register_institution(session, SYSTEM, event, make.organisation(), said, on=TODAY)


def test_without_desks_an_institution_brings_none(session: Session, make: Make) -> None:
    event = make.event(slot_count=0, desk_count=0)
    said = Application("张三", "0372-2900000", desks=0)
    assert register_institution(session, SYSTEM, event, make.organisation(), said, on=TODAY).desks == 0


def test_a_limit_is_not_lowered_below_who_signed_up(session: Session, make: Make) -> None:
    event = make.event()
    row = make.registration(event, Side.INSTITUTION, desks=3)
    for field in ("desks_per_institution", "persons_per_institution"):
        with pytest.raises(Conflict, match=row.display_name):
            edit_event(session, SYSTEM, event, _with(event, **{field: 2}))
        edit_event(session, SYSTEM, event, _with(event, **{field: 3}))


def _with(event: Event, **overrides: Any) -> Any:
    return replace(details_of(event), **overrides)


@pytest.mark.parametrize(
    ("grade", "state"),
    [("B", RegistrationState.CONFIRMED), (None, RegistrationState.PENDING), ("C", None)],
)
def test_a_firm_is_confirmed_looked_at_or_refused_by_what_is_known(
    session: Session, make: Make, grade: str | None, state: RegistrationState | None
) -> None:
    event, firm = make.event(least_grade="B"), make.enterprise()
    said = Application("张三", "0372-2900000")
    if state is None:
        with pytest.raises(Conflict, match="贵企业现为C级"):
            register_enterprise(session, SYSTEM, event, firm, said, on=TODAY, grade=grade)
        return
    assert register_enterprise(session, SYSTEM, event, firm, said, on=TODAY, grade=grade).state is state


def test_county_and_industry_come_from_the_register(session: Session, make: Make) -> None:
    there, elsewhere = make.region(), make.region()
    event = make.event(counties=[there.code], industries=["27"])
    inside = make.enterprise(region_code=there.code, industry_code="C2720")
    row = register_enterprise(session, SYSTEM, event, inside, Application("张三", "0372-2900000"), on=TODAY)
    assert row.state is RegistrationState.CONFIRMED
    outside = make.enterprise(region_code=elsewhere.code, industry_code="C2720")
    with pytest.raises(Conflict, match=elsewhere.name):
        register_enterprise(session, SYSTEM, event, outside, Application("李四", "0372-2900001"), on=TODAY)


def test_who_must_be_looked_at_is_told_for_what(session: Session, make: Make) -> None:
    person = make.user(role=Role.ENTERPRISE)
    firm = session.get_one(Enterprise, person.organisation.enterprise_id)
    event = make.event(least_grade="B")
    register_enterprise(session, SYSTEM, event, firm, Application("张三", "0372-2900000"), on=TODAY)
    told = str(Text.from_json(session.scalars(select(Notice)).one().body))
    assert "库中没有贵企业的白名单等级，由主办方核实。" in told


@pytest.mark.parametrize(("most", "planned"), [(0, None), (3, 3)])
def test_the_planner_is_told_the_most_meetings_of_an_institution(
    session: Session, make: Make, most: int, planned: int | None
) -> None:
    event = make.event(meetings_per_institution=most)
    firm, house = make.registration(event), make.registration(event, Side.INSTITUTION)
    make.agreed(firm, house)
    assert [bank.max_meetings for bank in task_for(session, event).problem.banks] == [planned]


def test_a_question_is_copied_and_its_answers_are_not(session: Session, make: Make) -> None:
    event = make.event()
    choice = {"kind": QuestionKind.CHOICE, "options": ["贷款", "保险"]}
    asked = make.question(event, is_required=True, asked_of=Side.ENTERPRISE, **choice)
    make.answer(make.registration(event), asked)
    made = copy_event(session, SYSTEM, event, starts_at=event.starts_at + MONTH, title="第二场")
    (copied,) = questions_of(session, made.id)
    for name in PARTS["event_question"].columns:
        assert getattr(copied, name) == getattr(asked, name)
    assert answered_counts(session, made.id) == {}


def test_answers_are_asked_of_whom_they_concern_kept_and_replaced(session: Session, make: Make) -> None:
    event = make.event()
    parking = make.question(event, kind=QuestionKind.YES_NO, is_required=True, asked_of=Side.ENTERPRISE)
    note = make.question(event)
    said = Application("张三", "0372-2900000", answers={note.id: "自带投影"})
    with pytest.raises(BadInput) as refused:
        register_enterprise(session, SYSTEM, event, make.enterprise(), said, on=TODAY)
    assert refused.value.field == f"question_{parking.id}"
    full = replace(said, answers={parking.id: "yes", note.id: "自带投影"})
    row = register_enterprise(session, SYSTEM, event, make.enterprise(), full, on=TODAY)
    assert answers_of(session, [row.id]) == {row.id: full.answers}
    amend_registration(session, SYSTEM, row, replace(said, answers={parking.id: "no"}))
    assert answers_of(session, [row.id]) == {row.id: {parking.id: "no"}}
    house = replace(said, desks=1, phone="0372-2900001")
    other = register_institution(session, SYSTEM, event, make.organisation(), house, on=TODAY)
    assert answers_of(session, [other.id]) == {other.id: {note.id: "自带投影"}}


def test_the_office_signs_up_without_every_answer(session: Session, make: Make) -> None:
    event = make.event()
    make.question(event, is_required=True)
    said = Application("张三", "0372-2900000")
    by = Clearance.OFFICE
    row = register_enterprise(session, SYSTEM, event, make.enterprise(), said, on=TODAY, clearance=by)
    assert answers_of(session, [row.id]) == {row.id: {}}


def test_a_question_that_was_answered_is_neither_changed_nor_dropped(session: Session, make: Make) -> None:
    event = make.event()
    question = ask(session, SYSTEM, event, Draft("备注", QuestionKind.TEXT))
    change_question(session, SYSTEM, event, question.id, Draft("其他", QuestionKind.TEXT))
    make.answer(make.registration(event), question)
    with pytest.raises(Conflict, match="已有1家回答"):
        change_question(session, SYSTEM, event, question.id, Draft("别的", QuestionKind.TEXT))
    with pytest.raises(Conflict, match="已有1家回答"):
        drop_question(session, SYSTEM, event, question.id)
    with pytest.raises(NotFound):
        drop_question(session, SYSTEM, make.event(), question.id)
    unasked = ask(session, SYSTEM, event, Draft("多余", QuestionKind.TEXT))
    drop_question(session, SYSTEM, event, unasked.id)
    assert [one.text for one in questions_of(session, event.id)] == ["其他"]


@pytest.mark.parametrize(("asked", "is_taken"), [(MOST_QUESTIONS - 1, True), (MOST_QUESTIONS, False)])
def test_an_event_asks_only_so_much(session: Session, make: Make, asked: int, is_taken: bool) -> None:
    event = make.event()
    for _ in range(asked):
        make.question(event)
    with nullcontext() if is_taken else pytest.raises(Conflict, match="最多12个"):
        ask(session, SYSTEM, event, Draft("又一个", QuestionKind.TEXT))


def test_the_printed_programme_has_what_was_written_and_the_slots_in_time(
    session: Session, make: Make
) -> None:
    event = make.event(slot_count=2, breaks=[1], directions="乘1路")
    make.programme_line(event, title="致辞", speaker="张三")
    closing = {"starts_at": event.ends_at - timedelta(minutes=5), "ends_at": event.ends_at}
    make.programme_line(event, title="闭幕", **closing)
    told = badges.programme_of(event, [], Settings(env="test"), said=programme_of(session, event.id))
    assert list(told.lines) == [
        ("09:00—09:15", "致辞 · 张三"),
        ("09:30—09:45", "一对一洽谈 第1时段"),
        ("09:45—10:00", "休息"),
        ("11:55—12:00", "闭幕"),
    ]
    assert told.directions == "乘1路"
    without = badges.programme_of(event, [], Settings(env="test"))
    assert next(what for _time, what in without.lines) == "签到入场，公开环节"


@pytest.mark.parametrize("model", PART_MODELS, ids=lambda model: model.__tablename__)
def test_every_table_of_settings_comes_along_with_its_values(
    session: Session, make: Make, model: type[Any]
) -> None:
    event, part = make.event(), PARTS[model.__tablename__]
    makers = {
        "event_programme_line": make.programme_line,
        "event_question": make.question,
        "event_reminder_plan": make.reminder_plan,
        "event_training": make.training,
    }
    row = makers[model.__tablename__](event)
    made = copy_event(session, SYSTEM, event, starts_at=event.starts_at + MONTH, title="第二场")
    copied = session.scalars(select(model).where(model.event_id == made.id)).one()
    assert {name: getattr(copied, name) for name in part.copied} == {
        name: getattr(row, name) for name in part.copied
    }
    for name in part.moved:
        before = getattr(row, name)
        assert getattr(copied, name) == (before + MONTH if before is not None else None)
