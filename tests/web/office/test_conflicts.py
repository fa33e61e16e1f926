"""Two sources stand side by side with their days; a person decides with a reason and can take it back."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from ipfin.audit.models import AuditEntry
from ipfin.kernel.actor import Role
from ipfin.registry.models import Enterprise, SourceConflict
from ipfin.registry.ownership import ConflictState
from tests.lists import row
from tests.service.registry.owning import FIRST, LATER, A, B, owners, taken, the_patent
from tests.web.conftest import Browser


@pytest.fixture
def officer(client, make) -> Browser:
    return client.sign_in(make.officer(name="经办甲"))


@pytest.fixture
def conflict(session, make) -> SourceConflict:
    taken(session, row(1, firm=A))
    taken(session, row(1, firm=B), as_of=LATER, source="乙库")
    return session.scalars(select(SourceConflict)).one()


def test_an_empty_queue_says_so(officer) -> None:
    assert "没有待决定的项" in officer.get("/office/match/conflicts/").text


def test_both_sides_are_shown_with_source_and_day(officer, conflict) -> None:
    assert "来源不一致（1）" in officer.get("/office/match/").text
    for address in ("/office/match/conflicts/", f"/office/match/conflicts/{conflict.id}"):
        text = officer.get(address).text
        for said in (A, B, "甲库", "乙库", FIRST.isoformat(), LATER.isoformat()):
            assert said in text, (address, said)
    assert (
        f"/office/match/conflicts/?batch={conflict.batch_id}"
        in officer.get(f"/office/import/{conflict.batch_id}").text
    )


def test_a_decision_is_shown_on_the_patent_and_taken_back(officer, session, conflict) -> None:
    place = f"/office/match/conflicts/{conflict.id}"
    refused = officer.post(f"{place}/decide", data={"held": "1", "reason": ""})
    assert refused.status_code == 422
    assert "请写明理由" in refused.text
    done = officer.post(f"{place}/decide", data={"held": "1", "reason": "登记簿为甲"})
    assert done.status_code == 303
    session.expire_all()
    assert owners(session) == [(A, FIRST)]
    assert "登记簿为甲" in officer.get(place).text
    number = the_patent(session).application_number
    page = officer.get(f"/office/patents/{number}").text
    assert "现权利人" in page
    assert "保留原值" in page
    assert officer.post(f"{place}/undo", data={"reason": "看错了"}).status_code == 303
    session.expire_all()
    assert owners(session) == [(B, LATER)]
    history = officer.get(f"/office/patents/{number}").text
    assert history.index(B) < history.index(A)


def test_a_second_decision_on_the_same_is_refused_in_words(officer, conflict) -> None:
    place = f"/office/match/conflicts/{conflict.id}/decide"
    officer.post(place, data={"told": "1", "reason": "已核实"})
    again = officer.post(place, data={"held": "1", "reason": "已核实"})
    assert again.status_code == 409
    assert "不能变为" in again.text


def test_the_auditor_reads_and_decides_nothing(client, make, conflict) -> None:
    client.sign_in(make.user(Role.AUDITOR))
    page = client.get(f"/office/match/conflicts/{conflict.id}")
    assert page.status_code == 200
    assert "/decide" not in page.text
    answer = client.post(f"/office/match/conflicts/{conflict.id}/decide", data={"held": "1", "reason": "x"})
    assert answer.status_code == 403
    assert conflict.state is ConflictState.OPEN


def test_a_firm_s_pages_tell_what_it_held_and_what_is_pledged(officer, app, make, session, conflict) -> None:
    former = the_patent(session).holders[0].applicant.enterprise
    pledge = make.patent_pledge(the_patent(session), amount_fen=500_000_000, released_on=None)
    page = officer.get(f"/office/firms/{former.public_id}/patents").text
    assert pledge.registration_number in page
    assert "500" in page
    bank = app.test_client().sign_in(make.banker()).get(f"/bank/firms/{former.public_id}")
    assert pledge.registration_number in bank.text
    assert "质押登记金额" not in bank.text
    left = officer.get(f"/office/firms/{_firm(session, A)}/patents").text
    assert "曾持有的专利" in left


def _firm(session, name: str) -> str:
    return session.scalars(select(Enterprise).where(Enterprise.name == name)).one().public_id


def test_the_queue_of_firms_is_copied_with_purpose_mark_and_log(officer, make, session) -> None:
    pair = make.match_candidate()
    assert "导出这1对" in officer.get("/office/match/").text
    refused = officer.post("/office/match/export", data={})
    assert refused.status_code == 422
    done = officer.post("/office/match/export?state=open", data={"purpose": "visit"})
    assert done.status_code == 303
    sheet = officer.get(done.location)
    assert sheet.data[:2] == b"PK"
    log = session.scalars(select(AuditEntry).where(AuditEntry.action == "exports.made")).one()
    assert json.loads(log.detail)["rows"] == 1
    assert pair.first.name not in log.detail
    empty = officer.post("/office/match/export?state=same", data={"purpose": "visit"})
    assert empty.status_code == 422
