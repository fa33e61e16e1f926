"""Setting an event up by its kind, copying it, and its programme, on the pages of everybody."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from icalendar import Calendar
from openpyxl import load_workbook
from sqlalchemy import select

from ipfin.events.lifecycle import EventKind, EventState, Side
from ipfin.events.models import Event, EventQuestion, ProgrammeLine, Registration, RegistrationAnswer
from ipfin.events.questions import QuestionKind
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import today_in_china
from ipfin.registry.models import Enterprise
from tests.factories import Make
from tests.web.conftest import Browser
from tests.web.event_form import EVENT

ITEM = {
    "starts_at": "2026-04-16T09:00",
    "ends_at": "2026-04-16T09:20",
    "title": "领导致辞",
    "speaker": "张三",
    "place": "二楼报告厅",
}
OF_TALKS = (
    *("talks_start_at", "slot_count", "slot_minutes", "breaks", "desk_count"),
    *("meetings_per_enterprise", "desks_per_institution", "meetings_per_institution"),
    *("least_per_enterprise", "least_per_institution"),
)


@pytest.fixture
def office(client: Browser, make: Make) -> Browser:
    return client.sign_in(make.officer())


@pytest.mark.parametrize("kind", EventKind)
def test_the_form_of_a_new_event_depends_on_its_kind(office: Browser, kind: EventKind) -> None:
    page = office.get(f"/office/events/new?kind={kind.value}")
    has_talks = kind is EventKind.MATCHMAKING
    assert all((f'name="{name}"' in page.text) == has_talks for name in OF_TALKS)
    assert f'name="kind" value="{kind.value}"' in page.text
    assert 'name="persons_per_institution"' in page.text


def test_a_kind_that_is_none_is_taken_for_the_first(office: Browser) -> None:
    assert 'name="kind" value="matchmaking"' in office.get("/office/events/new?kind=ball").text


def test_a_round_of_visits_needs_no_desks_and_has_no_tabs_for_talks(office: Browser, session: Any) -> None:
    said = {name: value for name, value in EVENT.items() if name not in OF_TALKS} | {"kind": "visit"}
    assert office.post("/office/events/new?kind=visit", data=said).status_code == 303
    event = session.scalars(select(Event)).one()
    assert (event.kind, event.slot_count, event.desk_count) == (EventKind.VISIT, 0, 0)
    page = office.get(f"/office/events/{event.public_id}").text
    assert "企业走访" in page
    assert not any(f"/{tab}" in page for tab in ("wishes", "proposals", "timetable", "results"))
    assert "/programme" in page


def test_a_draft_becomes_a_matchmaking_event_once_its_talks_are_set(office: Browser, session: Any) -> None:
    said = {name: value for name, value in EVENT.items() if name not in OF_TALKS} | {"kind": "briefing"}
    office.post("/office/events/new?kind=briefing", data=said)
    event = session.scalars(select(Event)).one()
    address = f"/office/events/{event.public_id}/edit"
    assert 'name="slot_count"' not in office.get(address).text
    seen = {"version": str(event.lock_version)}
    refused = office.post(address, data=said | {"kind": "matchmaking"} | seen)
    assert refused.status_code == 422
    assert 'name="slot_count"' in refused.text
    assert office.post(address, data=EVENT | seen).status_code == 303
    assert session.get_one(Event, event.id, populate_existing=True).slot_count == 4


def test_breaks_are_said_by_number_or_by_the_time_they_begin(office: Browser, session: Any) -> None:
    for words in ("9:20", "25:00", "9"):
        answer = office.post("/office/events/new", data=EVENT | {"breaks": words})
        assert (answer.status_code, 'href="#breaks"' in answer.text) == (422, True)
    assert office.post("/office/events/new", data=EVENT | {"breaks": "09：30、1 9:15"}).status_code == 303
    event = session.scalars(select(Event)).one()
    assert event.breaks == [0, 1, 2]
    page = office.get(f"/office/events/{event.public_id}/edit").text
    assert "1 · 09:00—09:15" in page
    assert page.count("休息</li>") == 3


def test_an_event_is_copied_to_another_day(office: Browser, make: Make, session: Any) -> None:
    event = make.event(state=EventState.FINISHED)
    make.programme_line(event)
    address = f"/office/events/{event.public_id}/copy"
    assert address in office.get(f"/office/events/{event.public_id}").text
    assert "1项议程" in office.get(address).text
    refused = office.post(address, data={"title": "", "starts_at": "2099-05-14T09:00"})
    assert refused.status_code == 422
    assert office.post(address, data={"title": "第二场", "starts_at": "2099-05-14T09:00"}).status_code == 303
    made = session.scalars(select(Event).where(Event.id != event.id)).one()
    assert (made.title, made.state, made.registration_closes_on.isoformat()) == (
        "第二场",
        EventState.DRAFT,
        "2099-05-08",
    )


def test_the_programme_is_written_changed_and_read_by_everybody(
    office: Browser, make: Make, session: Any
) -> None:
    event = make.event(hall="三楼", directions="乘1路到市政府站")
    base = f"/office/events/{event.public_id}/programme"
    assert "还没有议程" in office.get(base).text
    outside = office.post(base, data=ITEM | {"ends_at": "2026-04-16T12:01"})
    assert (outside.status_code, 'href="#ends_at"' in outside.text) == (422, True)
    assert office.post(base, data=ITEM).status_code == 303
    line = session.scalars(select(ProgrammeLine)).one()
    assert 'value="领导致辞"' in office.get(f"{base}?line={line.id}").text
    assert (
        office.post(f"{base}?line={line.id}", data=ITEM | {"title": "政策解读", "version": "1"}).status_code
        == 303
    )
    assert "政策解读" in office.get(f"/office/events/{event.public_id}").text
    office.sign_out()
    page = office.get(f"/events/{event.public_id}").text
    assert all(word in page for word in ("政策解读", "张三", "二楼报告厅", "三楼", "乘1路到市政府站"))
    entry = Calendar.from_ical(office.get(f"/events/{event.public_id}.ics").data).walk("VEVENT")[0]
    assert "09:00—09:20 政策解读 · 张三 · 二楼报告厅" in entry["description"]
    assert entry["location"] == "样例会议中心一楼 三楼"


def test_an_item_is_taken_out_and_stays_when_the_event_is_over(
    office: Browser, make: Make, session: Any
) -> None:
    line = make.programme_line()
    event = session.get_one(Event, line.event_id)
    address = f"/office/events/{event.public_id}/programme"
    over = make.programme_line(make.event(state=EventState.FINISHED))
    closed = f"/office/events/{session.get_one(Event, over.event_id).public_id}/programme"
    assert "添加一项" not in office.get(closed).text
    assert office.post(f"{closed}/{over.id}/remove", data={"version": "1"}).status_code == 409
    unseen = office.post(f"{address}/{line.id}/remove", follow_redirects=True)
    assert "没有删除" in unseen.text, "of no version that was seen"
    assert office.post(f"{address}/{line.id}/remove", data={"version": "1"}).status_code == 303
    assert "还没有议程" in office.get(address).text


def test_both_calendar_files_say_the_same_event_once(client: Browser, make: Make) -> None:
    person = make.banker()
    event = make.event()
    make.registration(event, Side.INSTITUTION, organisation=person.organisation)
    public = Calendar.from_ical(client.get(f"/events/{event.public_id}.ics").data).walk("VEVENT")[0]
    client.sign_in(person)
    own = Calendar.from_ical(client.get(f"/bank/events/{event.public_id}/agenda.ics").data).walk("VEVENT")[0]
    same = ("uid", "sequence", "summary", "location", "description", "url")
    assert {name: str(public[name]) for name in same} == {name: str(own[name]) for name in same}


def test_who_signs_up_without_desks_is_not_asked_for_them(client: Browser, make: Make) -> None:
    client.sign_in(make.banker())
    open_today = {"registration_closes_on": today_in_china()}
    talks = make.event(desks_per_institution=2, **open_today)
    briefing = make.event(slot_count=0, desk_count=0, **open_today)
    asked = client.get(f"/bank/events/{talks.public_id}/register").text
    assert "本场每家最多2席" in asked
    assert 'name="desks"' not in client.get(f"/bank/events/{briefing.public_id}/register").text
    said = {"contact_name": "张三", "phone": "0372-2900000", "desks": "3"}
    refused = client.post(f"/bank/events/{talks.public_id}/register", data=said)
    assert (refused.status_code, "每家机构最多2席" in refused.text) == (422, True)
    assert client.post(f"/bank/events/{briefing.public_id}/register", data=said).status_code == 303


def test_whom_an_event_is_for_is_typed_in_words_and_read_by_everybody(
    office: Browser, make: Make, session: Any
) -> None:
    city = make.region()
    county = make.region(parent_code=city.code)
    said = EVENT | {
        "least_grade": "B",
        "counties": [county.code],
        "industries": "酒、饮料和精制茶制造业，c、 27",
    }
    office.post("/office/events/new", data=said)
    event = session.scalars(select(Event)).one()
    assert (event.least_grade, event.counties, event.industries) == ("B", [county.code], ["15", "C", "27"])
    page = office.get(f"/office/events/{event.public_id}/edit").text
    assert 'value="15、C、27"' in page
    refused = office.post("/office/events/new", data=EVENT | {"industries": "炼丹"})
    assert (refused.status_code, "“炼丹”不是行业门类或大类" in refused.text) == (422, True)
    office.post(f"/office/events/{event.public_id}/step/publish")
    office.sign_out()
    public = office.get(f"/events/{event.public_id}").text
    assert all(word in public for word in ("白名单B级及以上", f"县区：{county.name}", "医药制造业"))


def test_a_firm_is_refused_in_words_or_waits_until_somebody_looked(client: Browser, make: Make) -> None:
    person = make.user(role=Role.ENTERPRISE)
    firm = make.session.get_one(Enterprise, person.organisation.enterprise_id)
    firm.region_code, elsewhere = make.region().code, make.region()
    open_today = {"registration_closes_on": today_in_china()}
    graded, local = (
        make.event(least_grade="B", **open_today),
        make.event(counties=[elsewhere.code], **open_today),
    )
    client.sign_in(person)
    said = {"contact_name": "张三", "phone": "0372-2900000", "need": "", "amount": ""}
    assert "白名单B级及以上" in client.get(f"/ent/events/{graded.public_id}/register").text
    assert client.post(f"/ent/events/{graded.public_id}/register", data=said).status_code == 303
    refused = client.post(f"/ent/events/{local.public_id}/register", data=said)
    assert (refused.status_code, f"本场限{elsewhere.name}的企业" in refused.text) == (422, True)
    client.sign_out()
    client.sign_in(make.officer())
    assert "待核：白名单等级" in client.get(f"/office/events/{graded.public_id}/approvals").text


QUESTION = {
    "text": "哪类产品",
    "kind": "choice",
    "options": "贷款\r\n保险",
    "asked_of": "",
    "is_required": "y",
}


def test_a_question_is_asked_answered_and_read_by_the_office(
    client: Browser, make: Make, session: Any
) -> None:
    office, person = make.officer(), make.user(role=Role.ENTERPRISE)
    event = make.event(registration_closes_on=today_in_china())
    base = f"/office/events/{event.public_id}"
    client.sign_in(office)
    refused = client.post(f"{base}/questions", data=QUESTION | {"options": "贷款"})
    assert (refused.status_code, 'href="#options"' in refused.text) == (422, True)
    assert client.post(f"{base}/questions", data=QUESTION).status_code == 303
    question = session.scalars(select(EventQuestion)).one()
    assert 'value="哪类产品"' in client.get(f"{base}/questions?question={question.id}").text
    client.sign_out().sign_in(person)
    address = f"/ent/events/{event.public_id}/register"
    said = {"contact_name": "张三", "phone": "0372-2900000", "need": "", "amount": ""}
    unsaid = client.post(address, data=said)
    assert (unsaid.status_code, f'href="#question_{question.id}"' in unsaid.text) == (422, True)
    assert client.post(address, data=said | {f"question_{question.id}": "保险"}).status_code == 303
    assert "保险" in client.get(f"/ent/events/{event.public_id}").text
    assert re.search(r"<option selected[^>]*>保险", client.get(address).text)
    client.sign_out().sign_in(office)
    row = session.scalars(select(Registration)).one()
    assert all(word in client.get(f"{base}/registrations").text for word in ("哪类产品", "保险"))
    assert "保险" in client.get(f"{base}/registrations/{row.id}").text
    assert "已有回答，不能再改" in client.get(f"{base}/questions").text
    assert client.post(f"{base}/questions/{question.id}/remove", data={"version": "1"}).status_code == 409
    export = client.post(f"{base}/registrations/export", data={"purpose": "会务联络"})
    sheet = load_workbook(io.BytesIO(client.get(export.location).data)).active
    cells = [[cell.value for cell in line] for line in sheet.iter_rows()]
    column = next(line.index("哪类产品") for line in cells if "哪类产品" in line)
    assert "保险" in [line[column] for line in cells]


def test_the_office_asks_on_the_phone(office: Browser, make: Make, session: Any) -> None:
    event = make.event(registration_closes_on=today_in_china())
    question = make.question(event, text="是否停车", kind=QuestionKind.YES_NO, is_required=True)
    address = f"/office/events/{event.public_id}/registrations/new"
    assert "是否停车" in office.get(address).text
    firm = make.enterprise()
    said = {"side": "enterprise", "name": firm.name, "contact_name": "张三", "phone": "0372-2900000"}
    assert office.post(address, data=said | {f"question_{question.id}": "no"}).status_code == 303
    assert session.scalars(select(RegistrationAnswer)).one().answer == "no"
