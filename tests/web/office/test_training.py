"""Training records in a browser: the office makes and revokes them, a firm takes its certificate."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from ipfin.accounts.models import OrganisationKind
from ipfin.audit.models import AuditEntry
from ipfin.events.lifecycle import EventKind, EventState
from ipfin.events.models import Event, TrainingRecord
from ipfin.events.service import revoke_record
from ipfin.kernel.actor import SYSTEM, Role
from ipfin.kernel.clock import now_utc
from tests.factories import Make
from tests.web.conftest import Browser

Audited = Callable[[str], list[AuditEntry]]


def held(make: Make, **overrides: object) -> Event:
    """Return a training that ended a minute ago."""
    ends = now_utc() - timedelta(minutes=1)
    when = {"starts_at": ends - timedelta(hours=3), "ends_at": ends, "talks_start_at": ends}
    kind = {"kind": EventKind.TRAINING, "slot_count": 0, "state": EventState.CLOSED}
    return make.event(**{**when, **kind, **overrides})


def test_the_office_sets_the_hours_makes_the_records_and_revokes_one(
    client: Browser, make: Make, session: Session
) -> None:
    event = held(make)
    for name in ("王芳", "李明"):
        make.attendance(make.registration(event, contact_name=name))
    office, place = client.sign_in(make.officer()), f"/office/events/{event.public_id}/training"
    assert "生成培训记录（2条）" in office.get(place).text
    said = {"gives_records": "y", "hours": "2.5", "version": "0"}
    assert office.post(place, data=said).status_code == 303
    assert office.post(place, data=said).status_code == 409
    assert office.post(place, data={**said, "hours": "2.55", "version": "1"}).status_code == 422
    page = office.post(f"{place}/make", follow_redirects=True).text
    assert "已生成2条培训记录" in page
    assert page.count("有效") == 2
    assert office.post(f"{place}/make").status_code == 409
    first = session.query(TrainingRecord).order_by(TrainingRecord.id).first()
    assert first is not None
    assert office.post(f"{place}/{first.id}/revoke", data={"reason": ""}).status_code == 422
    page = office.post(f"{place}/{first.id}/revoke", data={"reason": "代签"}, follow_redirects=True).text
    assert "代签" in page
    again = office.post(f"{place}/{first.id}/revoke", data={"reason": "代签"})
    assert again.status_code == 409
    assert f'<a href="{place}">返回</a>' in again.text, "whoever comes too late is led back"
    assert office.post(f"{place}/{first.id}/certificate").status_code == 409
    again = f"{place}/{first.id}/remake"
    assert again in page
    assert 'value="王芳"' in office.get(again).text
    assert office.post(again, data={"person": "王芳", "reason": ""}).status_code == 422
    page = office.post(again, data={"person": "王方", "reason": "误撤"}, follow_redirects=True).text
    assert f"已由编号2026-{first.id + 2:06d}代替" in page
    assert ("王方" in page, again in page) == (True, False)
    assert office.post(again, data={"person": "王方", "reason": "误撤"}).status_code == 409


def test_all_records_are_listed_narrowed_and_exported(client: Browser, make: Make, audited: Audited) -> None:
    event = held(make, title="样例宣讲", kind=EventKind.BRIEFING)
    for name in ("王芳", "李明"):
        make.training_record(make.registration(event, contact_name=name))
    office = client.sign_in(make.officer())
    page = office.get("/office/events/training?q=王芳&year=2026").text
    assert ("王芳" in page, "李明" in page, "合计3学时" in page) == (True, False, True)
    taken = office.post("/office/events/training/export?q=王芳", follow_redirects=True)
    assert taken.mimetype.endswith("spreadsheetml.sheet")
    assert json.loads(audited("exports.made")[-1].detail)["rows"] == 1
    assert "没有符合条件" in office.get("/office/events/training?year=1999").text
    county = client.sign_in(make.user(Role.COUNTY_OFFICER))
    assert "王芳" not in county.get("/office/events/training").text, "of firms of another county"


def test_a_firm_takes_the_certificate_of_its_own_record_until_it_is_revoked(
    client: Browser, make: Make, session: Session
) -> None:
    event = held(make, title="样例培训")
    row = make.registration(event, contact_name="王芳")
    record = make.training_record(row)
    foreign = make.training_record(make.registration(event))
    account = make.organisation(OrganisationKind.ENTERPRISE, enterprise=row.enterprise)
    user = make.user(Role.ENTERPRISE, organisation=account)
    firm = client.sign_in(user)
    assert "下载证书" in firm.get(f"/ent/events/{event.public_id}").text
    listed = firm.get("/ent/events/training").text
    assert ("样例培训" in listed, "共1条" in listed) == (True, True)
    paper = firm.post(f"/ent/events/training/{record.id}/certificate", follow_redirects=True)
    assert (paper.mimetype, paper.data[:5]) == ("application/pdf", b"%PDF-")
    assert firm.post(f"/ent/events/training/{foreign.id}/certificate").status_code == 404
    foreign.revoked_at, foreign.revoked_by, foreign.revoked_reason = now_utc(), "用户", "样例理由"
    office, place = client.sign_in(make.officer()), f"/office/events/{event.public_id}/training"
    assert office.post(f"{place}/certificates", follow_redirects=True).mimetype == "application/zip"
    assert "已打包" in office.get(place).text
    firm = client.sign_in(user)
    address = paper.request.path
    revoke_record(session, SYSTEM, session.get_one(TrainingRecord, record.id), "代签", now=now_utc())
    session.commit()
    for page in (f"/ent/events/{event.public_id}", "/ent/events/training"):
        told = firm.get(page).text
        assert ("已撤销" in told, "撤销：代签" in told, "/certificate" in told) == (True, True, False)
    refused = firm.get(address)
    assert (refused.status_code, "已作废，不能下载" in refused.text) == (409, True)
    assert "文件已撤回" in firm.get(f"/verify/{address.rpartition('/')[2]}").text


def test_who_came_along_is_noted_at_the_door_and_from_the_paper_sheet(client: Browser, make: Make) -> None:
    event = held(make)
    first, second = (make.registration(event, contact_name=name, second_name=f"{name}乙") for name in "王李")
    for row in (first, second):
        make.attendance(row)
    office, place = client.sign_in(make.officer()), f"/office/events/{event.public_id}"
    door = f"{place}/check-in?who={first.id}"
    assert 'value="王乙"' in office.get(door).text
    said = {"companion": "王乙"}
    noted = office.post(f"{place}/check-in/{first.id}/companion", data=said, follow_redirects=True)
    assert "王<br>王乙" in noted.text
    assert (
        office.post(f"{place}/check-in/{first.id}/companion", data={"companion": "长" * 61}).status_code
        == 422
    )
    page = office.get(f"{place}/training").text
    assert ("生成培训记录（3条）" in page, "李乙 · " in page, "王乙 · " in page) == (True, True, False)
    assert office.post(f"{place}/training/companions").status_code == 422
    sheet = {"who": [str(second.id)]}
    assert (
        "生成培训记录（4条）"
        in office.post(f"{place}/training/companions", data=sheet, follow_redirects=True).text
    )


@pytest.mark.parametrize("word", ["sNaN", "NaN", "1e40", "-1", "Infinity"])
def test_hours_that_are_no_number_are_refused_in_words(client: Browser, make: Make, word: str) -> None:
    place = f"/office/events/{held(make).public_id}/training"
    office = client.sign_in(make.officer())
    assert office.post(place, data={"hours": word, "version": "0"}).status_code == 422
