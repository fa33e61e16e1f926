"""Events of the office: who may, what is refused in words, and a whole event from draft to pack."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

import pytest
from sqlalchemy import select

from ipfin.documents.models import Document, DocumentKind
from ipfin.events import planning
from ipfin.events.lifecycle import EventState, RegistrationState, Side, TimetableState
from ipfin.events.models import Event, EventTimetable, Registration
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import today_in_china
from ipfin.registry.models import Enterprise
from tests.factories import Make
from tests.web.conftest import Browser
from tests.web.event_form import EVENT

TABS = ("", "/registrations", "/wishes", "/timetable", "/pack")


@pytest.fixture
def office(client: Browser, make: Make) -> Browser:
    return client.sign_in(make.officer())


def hall(make: Make, *, firms: int = 3, banks: int = 2, state: EventState = EventState.CLOSED) -> Event:
    """Save an event whose participants all wish to meet each other."""
    event = make.event(state=state, slot_count=4, desk_count=4)
    rows = [make.registration(event) for _ in range(firms)]
    houses = [make.registration(event, Side.INSTITUTION) for _ in range(banks)]
    for row in rows:
        for house in houses:
            make.wish(row, house)
            make.wish(house, row)
    return event


def test_an_event_is_drafted_published_and_closed(office: Browser, session: Any) -> None:
    assert "新建活动" in office.get("/office/events/").text
    made = office.post("/office/events/new", data=EVENT)
    assert made.status_code == 303
    event = session.scalars(select(Event)).one()
    assert (event.state, event.slot_count, event.talks_start_at) == (EventState.DRAFT, 4, event.starts_at)
    base = f"/office/events/{event.public_id}"
    for word, state in (
        ("publish", EventState.OPEN),
        ("close", EventState.CLOSED),
        ("reopen", EventState.OPEN),
    ):
        assert office.post(f"{base}/step/{word}").status_code == 303
        assert session.get_one(Event, event.id, populate_existing=True).state is state
    assert "报名中" in office.get("/office/events/?state=open").text
    assert office.post(f"{base}/step/finish").status_code == 409
    assert office.post(f"{base}/step/nonsense").status_code == 404


def test_a_contradiction_stands_at_its_field(office: Browser) -> None:
    reply = office.post("/office/events/new", data=EVENT | {"slot_count": "99"})
    assert reply.status_code == 422
    reply = office.post("/office/events/new", data=EVENT | {"slot_count": "13"})
    assert reply.status_code == 422
    assert "晚于活动结束时间" in reply.text
    assert 'href="#slot_count"' in reply.text


@pytest.mark.parametrize("missing", ["title", "starts_at", "registration_closes_on", "slot_count"])
def test_what_is_missing_is_said(office: Browser, missing: str) -> None:
    reply = office.post("/office/events/new", data=EVENT | {missing: ""})
    assert reply.status_code == 422
    assert f'href="#{missing}"' in reply.text


def test_breaks_are_typed_as_people_count(office: Browser, session: Any) -> None:
    office.post("/office/events/new", data=EVENT | {"breaks": "2、 3"})
    event = session.scalars(select(Event)).one()
    assert event.breaks == [1, 2]
    assert 'value="2、3"' in office.get(f"/office/events/{event.public_id}/edit").text
    assert "第2时段休息" in office.get(f"/office/events/{event.public_id}").text
    for words, why in (("5", "请填1到4之间"), ("茶歇", "请填时段的序号"), ("1,2,3,4", "至少留一个")):
        refused = office.post("/office/events/new", data=EVENT | {"breaks": words})
        assert refused.status_code == 422
        assert why in refused.text


def test_a_briefing_has_no_talks_and_no_tabs_for_them(office: Browser, session: Any) -> None:
    office.post("/office/events/new", data=EVENT | {"kind": "briefing"})
    event = session.scalars(select(Event)).one()
    assert (event.slot_count, event.desk_count) == (0, 0)
    page = office.get(f"/office/events/{event.public_id}").text
    assert "排期" not in page


def test_two_who_edit_at_once_are_told(office: Browser, make: Make) -> None:
    event = make.event()
    address = f"/office/events/{event.public_id}/edit"
    assert "样例会议中心一楼" in office.get(address).text
    data = EVENT | {"version": str(event.lock_version), "enterprise_seats": "60", "institution_seats": "15"}
    data["talks_start_at"] = "2099-04-16T09:00"
    assert office.post(address, data=data).status_code == 303
    stale = office.post(address, data=data | {"venue": "另一处"})
    assert stale.status_code == 409
    assert "他人刚刚修改过" in stale.text
    assert '<dt><a href="#venue">地点</a></dt>' in stale.text
    told = re.findall(r'<dt><a href="#(\w+)"', stale.text)
    assert told == ["venue"], "what is the same in both is not told"
    assert 'name="venue" required type="text" value="另一处"' in stale.text
    saved = re.search(r'name="version" type="hidden" value="(\d+)"', stale.text)
    assert saved, "the form speaks of what is saved now"
    assert office.post(address, data=data | {"venue": "另一处", "version": saved[1]}).status_code == 303


def test_calling_off_needs_a_reason(office: Browser, make: Make) -> None:
    event = make.event()
    address = f"/office/events/{event.public_id}/cancel"
    refused = office.post(address, data={"reason": ""})
    assert refused.status_code == 422
    assert "请写明取消的理由" in refused.text
    assert office.post(address, data={"reason": "场地停电"}).status_code == 303


def test_every_tab_of_every_state_reads_well(office: Browser, make: Make) -> None:
    for state in EventState:
        event = hall(make, state=state, firms=2)
        make.registration(event, state=RegistrationState.WAITLISTED, need="购置设备", amount_fen=300_000_000)
        make.registration(event, Side.INSTITUTION, state=RegistrationState.CANCELLED, absent_slots=[0, 2])
        for tab in TABS:
            assert office.get(f"/office/events/{event.public_id}{tab}").status_code == 200


def test_an_event_without_anybody_has_empty_states(office: Browser, make: Make) -> None:
    event = make.event(state=EventState.DRAFT)
    for tab in TABS:
        assert office.get(f"/office/events/{event.public_id}{tab}").status_code == 200


def test_the_office_signs_up_who_called(office: Browser, make: Make, session: Any) -> None:
    event = make.event(enterprise_seats=1, registration_closes_on=today_in_china())
    firm, bank = make.enterprise(), make.organisation()
    address = f"/office/events/{event.public_id}/registrations/new"
    person = {"contact_name": "张三", "phone": "13800001234", "need": "", "amount": "", "desks": "1"}
    first = {**person, "side": "enterprise", "name": firm.credit_code}
    assert office.post(address, data=first).status_code == 303
    host = {**person, "phone": "0372-2900000", "side": "institution", "name": bank.name}
    assert office.post(address, data=host).status_code == 303
    again = office.post(address, data={**person, "side": "enterprise", "name": firm.name})
    assert again.status_code == 422
    assert "已报名" in again.text
    unknown = office.post(address, data={**person, "side": "enterprise", "name": "没有这家公司"})
    assert "库中没有企业" in unknown.text
    third = {**person, "side": "enterprise", "name": make.enterprise().name}
    shared = office.post(address, data=third)
    assert "分机号" in shared.text, "one phone, one place"
    office.post(address, data={**third, "shared_phone_reason": "同一财务代理两家"})
    states = [row.state for row in session.scalars(select(Registration).order_by(Registration.id))]
    assert states == [RegistrationState.CONFIRMED] * 2 + [RegistrationState.WAITLISTED]
    listed = office.get(f"/office/events/{event.public_id}/registrations").text
    assert "138****1234" in listed
    assert "13800001234" not in listed


def test_a_phone_is_shown_by_a_logged_act_on_the_page_asked_for(office: Browser, make: Make, audited) -> None:
    event = make.event(registration_closes_on=today_in_china())
    base = f"/office/events/{event.public_id}/registrations"
    person = {"contact_name": "张三", "phone": "13800001234", "need": "", "amount": "", "desks": "1"}
    firm, bank = make.enterprise(), make.organisation()
    office.post(f"{base}/new", data={**person, "side": "enterprise", "name": firm.name})
    host = {**person, "phone": "0372-2900000", "side": "institution", "name": bank.name}
    office.post(f"{base}/new", data=host)
    row = make.session.scalars(select(Registration).order_by(Registration.id)).first()
    office.get(base)  # reads what was told
    shown = office.post(f"{base}/reveal?q={firm.name[:4]}", data={"registration": str(row.id)})
    assert shown.status_code == 200
    assert shown.text.count("13800001234") == 1
    assert bank.name not in shown.text, "the page that was asked from"
    entry = audited("events.registration.revealed")[0]
    assert (entry.subject, entry.actor_user_id is None) == (f"enterprise:{firm.id}", False)
    assert "13800001234" not in office.get(base).text
    for nobody, status in (("0", 404), ("999999", 404), ("x", 303), ("", 303)):
        assert office.post(f"{base}/reveal", data={"registration": nobody}).status_code == status


def test_the_auditor_never_sees_a_phone_and_a_county_its_own_firms_only(client: Browser, make: Make) -> None:
    event, county = make.event(), make.user(Role.COUNTY_OFFICER)
    far, near = make.registration(event), make.registration(event)
    region = county.organisation.region_code
    make.session.get_one(Enterprise, near.enterprise_id).region_code = region
    base = f"/office/events/{event.public_id}/registrations"
    client.sign_in(county)
    assert client.post(f"{base}/reveal", data={"registration": str(far.id)}).status_code == 404
    assert client.post(f"{base}/reveal", data={"registration": str(near.id)}).status_code == 200
    client.sign_in(make.user(Role.AUDITOR))
    assert client.post(f"{base}/reveal", data={"registration": str(near.id)}).status_code == 403
    assert "reveal" not in client.get(base).text


def test_cancelling_one_promotes_the_next_and_says_whom(office: Browser, make: Make) -> None:
    event = make.event(enterprise_seats=1)
    seated = make.registration(event)
    make.registration(event, state=RegistrationState.WAITLISTED, display_name="样例候补有限公司")
    base = f"/office/events/{event.public_id}/registrations"
    reply = office.post(f"{base}/{seated.id}/cancel", follow_redirects=True)
    assert "样例候补有限公司由候补转为确认" in reply.text
    assert office.post(f"{base}/{seated.id}/cancel").status_code == 409
    assert office.post(f"{base}/999999/cancel").status_code == 404


@pytest.mark.parametrize("query", ["side=enterprise", "state=waitlisted", "q=候补", "side=nonsense&state=x"])
def test_registrations_are_filtered_by_the_address(office: Browser, make: Make, query: str) -> None:
    event = make.event()
    make.registration(event, state=RegistrationState.WAITLISTED, display_name="样例候补有限公司")
    make.registration(event, Side.INSTITUTION)
    assert "样例候补有限公司" in office.get(f"/office/events/{event.public_id}/registrations?{query}").text


def test_registrations_go_out_for_a_purpose(office: Browser, make: Make, session: Any) -> None:
    event = hall(make)
    address = f"/office/events/{event.public_id}/registrations/export"
    refused = office.post(address, data={"purpose": "消遣"})
    assert refused.status_code == 422
    assert "导出全部报名" in refused.text, "on the list, with what was wrong"
    reply = office.post(address, data={"purpose": "会务联络"}, follow_redirects=True)
    assert reply.data.startswith(b"PK")
    document = session.scalars(select(Document)).one()
    assert (document.kind, document.purpose, document.row_count) == (
        DocumentKind.EXPORT_SHEET,
        "会务联络",
        5,
    )


def test_a_timetable_is_made_published_and_packed(office: Browser, make: Make, session: Any) -> None:
    event = hall(make, firms=2, banks=1)
    base = f"/office/events/{event.public_id}"
    made = office.post(f"{base}/timetable/make", follow_redirects=True)
    assert "已证明最优" in made.text
    kept = session.scalars(select(EventTimetable)).one()
    assert (len(kept.meetings), kept.value) == (2, kept.bound)
    paper = office.post(f"{base}/timetable/1/proof", follow_redirects=True)
    assert paper.data.startswith(b"%PDF")
    proof = session.scalars(select(Document).where(Document.kind == DocumentKind.TIMETABLE_PROOF)).one()
    assert "第1版排期证明" in proof.title
    published = office.post(f"{base}/timetable/1/publish", follow_redirects=True)
    assert "已发布" in published.text
    again = office.post(f"{base}/timetable/1/publish")
    assert again.status_code == 409
    packed = office.post(f"{base}/pack/make", follow_redirects=True)
    assert packed.status_code == 200
    pack = session.scalars(select(Document).where(Document.kind == DocumentKind.EVENT_PACK)).one()
    archive = zipfile.ZipFile(io.BytesIO(office.get(f"/files/{pack.verify_code}").data))
    assert len([name for name in archive.namelist() if name.startswith("单个日程/")]) == 3


def test_what_one_side_never_answered_is_not_planned(office: Browser, make: Make, session: Any) -> None:
    event = make.event(state=EventState.CLOSED, slot_count=2, desk_count=2)
    firm, house = make.registration(event), make.registration(event, Side.INSTITUTION)
    make.wish(firm, house, strength=3)
    base = f"/office/events/{event.public_id}"
    assert "3·— 待答复" in office.get(f"{base}/wishes").text
    page = office.post(f"{base}/timetable/make", data={"only_mutual": ""}, follow_redirects=True).text
    assert "一方提出、对方未答复1对，不排" in page
    assert session.scalars(select(EventTimetable)).one().meetings == []


def test_nothing_to_plan_is_said_in_words(office: Browser, make: Make) -> None:
    event = make.event(state=EventState.CLOSED)
    reply = office.post(f"/office/events/{event.public_id}/timetable/make")
    assert reply.status_code == 409
    assert "不能排期" in reply.text


def test_a_thorough_planning_and_a_large_pack_are_jobs(office: Browser, make: Make, session: Any) -> None:
    event = hall(make)
    base = f"/office/events/{event.public_id}"
    asked = office.post(f"{base}/timetable/make", data={"thorough": "y"})
    assert "/office/jobs/" in asked.headers["Location"]
    assert "已完成" in office.get(asked.headers["Location"]).text
    assert len(session.scalars(select(EventTimetable)).one().meetings) == 6
    office.post(f"{base}/timetable/1/publish")
    make.registration(event)
    packing = office.post(f"{base}/pack/make")
    assert "已完成" in office.get(packing.headers["Location"]).text
    assert "会务包" in office.get(f"{base}/pack").text
    pack = session.scalars(select(Document).where(Document.kind == DocumentKind.EVENT_PACK)).one()
    assert pack.row_count == 5


def test_many_pairs_are_planned_in_the_background(
    office: Browser, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "INLINE_PLACES", 5)
    reply = office.post(f"/office/events/{hall(make).public_id}/timetable/make")
    assert "/office/jobs/" in reply.headers["Location"]


def test_sign_in_sheets_are_made_before_a_timetable(office: Browser, make: Make) -> None:
    event = hall(make, state=EventState.OPEN)
    reply = office.post(f"/office/events/{event.public_id}/pack/sheet/sign_in", follow_redirects=True)
    assert reply.data.startswith(b"%PDF")
    refused = office.post(f"/office/events/{event.public_id}/pack/sheet/signs")
    assert (refused.status_code, "日程尚未发布" in refused.text) == (409, True)
    assert office.post(f"/office/events/{event.public_id}/pack/sheet/nonsense").status_code == 404


def test_a_county_reads_its_own_firms_only_and_writes_nothing(
    client: Browser, make: Make, session: Any
) -> None:
    county = make.user(Role.COUNTY_OFFICER)
    event = hall(make)
    mine = session.scalars(
        select(Registration).where(Registration.side == Side.ENTERPRISE).order_by(Registration.id)
    ).first()
    session.get_one(Enterprise, mine.enterprise_id).region_code = county.organisation.region_code
    timetable = make.timetable(event, state=TimetableState.PUBLISHED)
    timetable.certificate = CERTIFICATE
    houses = session.scalars(select(Registration).where(Registration.side == Side.INSTITUTION)).all()
    others = session.scalars(
        select(Registration).where(Registration.side == Side.ENTERPRISE, Registration.id != mine.id)
    ).all()
    for slot, firm in enumerate([mine, *others]):
        make.meeting(
            timetable,
            slot=slot,
            desk=1,
            enterprise_registration=firm,
            institution_registration=houses[0],
        )
    client.sign_in(county)
    base = f"/office/events/{event.public_id}"
    for tab in TABS[1:4]:
        page = client.get(base + tab).text
        assert mine.display_name in page, tab
        assert all(row.display_name not in page for row in others), tab
    for address in ("/step/close", "/timetable/make", "/pack/make", "/cancel", "/timetable/1/publish"):
        assert client.post(base + address).status_code == 403
    assert client.get("/office/events/new").status_code == 403


CERTIFICATE = {
    "status": "proven_optimal", "ending": "finished", "meetings": 3, "value": 0, "bound": 0, "idle": 0,
    "idle_bound": 0, "firms_met": 3, "firms": 3, "table_changes": 0, "left_out": [], "pairs": 3, "mutual": 3,
    "one_sided": 0, "refused": 0, "firm_idle": 0, "bank_idle": 0, "solver": "flow",
    "seed": 0, "seconds": 0.1, "unwished": [],
}  # fmt: skip


@pytest.mark.parametrize("role", [Role.BANK, Role.INSURER, Role.ENTERPRISE, Role.AGENCY, Role.ADMIN])
def test_nobody_else_enters_the_office_s_pages(client: Browser, make: Make, role: Role) -> None:
    event = make.event()
    client.sign_in(make.user(role))
    for tab in TABS:
        assert client.get(f"/office/events/{event.public_id}{tab}").status_code == 403


def test_an_event_that_is_none_is_not_found(office: Browser) -> None:
    for tab in TABS:
        assert office.get(f"/office/events/nosuchevent{tab}").status_code == 404
