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
from ipfin.kernel.actor import Role
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
    assert office.post(f"{place}/{first.id}/revoke", data={"reason": "代签"}).status_code == 409
    assert office.post(f"{place}/{first.id}/certificate").status_code == 409


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


def test_a_firm_takes_the_certificate_of_its_own_record_only(client: Browser, make: Make) -> None:
    event = held(make, title="样例培训")
    row = make.registration(event, contact_name="王芳")
    record = make.training_record(row)
    foreign = make.training_record(make.registration(event))
    account = make.organisation(OrganisationKind.ENTERPRISE, enterprise=row.enterprise)
    firm = client.sign_in(make.user(Role.ENTERPRISE, organisation=account))
    assert "下载证书" in firm.get(f"/ent/events/{event.public_id}").text
    listed = firm.get("/ent/events/training").text
    assert ("样例培训" in listed, "共1条" in listed) == (True, True)
    paper = firm.post(f"/ent/events/training/{record.id}/certificate", follow_redirects=True)
    assert (paper.mimetype, paper.data[:5]) == ("application/pdf", b"%PDF-")
    assert firm.post(f"/ent/events/training/{foreign.id}/certificate").status_code == 404


@pytest.mark.parametrize("word", ["sNaN", "NaN", "1e40", "-1", "Infinity"])
def test_hours_that_are_no_number_are_refused_in_words(client: Browser, make: Make, word: str) -> None:
    place = f"/office/events/{held(make).public_id}/training"
    office = client.sign_in(make.officer())
    assert office.post(place, data={"hours": word, "version": "0"}).status_code == 422
