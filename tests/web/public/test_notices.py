"""What everybody sees of a round under notice, and how anybody objects to it."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from ipfin.kernel.clock import today_in_china
from ipfin.whitelist.admission import EntryOutcome, RoundState
from ipfin.whitelist.models import RoundObjection

SAID = {"firm": "", "name": "样例市民", "contact": "037200000000", "reason": "该企业的专利已经转让，请核实。"}


@pytest.fixture
def noticed(make):
    """Return a round under notice since today that names one firm and leaves another out."""
    round_ = make.noticed_round(today_in_china(), title="样例公示批")
    make.round_entry(make.enterprise(name="样例入选有限公司"), round=round_)
    left_out = make.enterprise(name="样例排除有限公司")
    make.round_entry(left_out, round=round_, outcome=EntryOutcome.EXCLUDED)
    return round_


def test_everybody_reads_the_names_the_days_and_nothing_else(client, noticed):
    assert "样例公示批" in client.get("/notices/").text
    page = client.get(f"/notices/{noticed.number}").text
    for shown in ("样例入选有限公司", f"{noticed.notice_last_day}", "提出异议", "公示不等于入选"):
        assert shown in page
    assert "样例排除有限公司" not in page


@pytest.mark.parametrize("state", [RoundState.DRAFT, RoundState.SUBMITTED])
def test_what_is_not_under_notice_is_not_there(client, make, state):
    round_ = make.round(state=state)
    assert client.get(f"/notices/{round_.number}").status_code == 404
    assert client.get(f"/notices/{round_.number}/objection").status_code == 404


def test_after_the_last_day_nobody_objects(client, make):
    round_ = make.noticed_round(today_in_china() - timedelta(days=6))
    assert "等待发布" in client.get(f"/notices/{round_.number}").text
    assert client.get(f"/notices/{round_.number}/objection").status_code == 404
    assert client.post(f"/notices/{round_.number}/objection", data=SAID).status_code == 404


def test_anybody_objects_under_his_name_and_gets_a_receipt(client, session, noticed):
    place = f"/notices/{noticed.number}/objection"
    for wrong in (
        SAID | {"name": ""},
        SAID | {"contact": "1"},
        SAID | {"reason": "太短"},
        SAID | {"firm": "nobody"},
        SAID | {"evidence": (io.BytesIO(b"MZ program"), "证明.pdf")},
    ):
        assert client.post(place, data=wrong).status_code == 422
    assert session.query(RoundObjection).count() == 0


def test_an_objection_is_answered_by_the_office(client, app, make, session, noticed, audited):
    place = f"/notices/{noticed.number}/objection"
    proof = {"evidence": (io.BytesIO(b"%PDF-1.7 sample"), "证明.pdf")}
    filed = client.post(place, data=SAID | proof)
    assert filed.status_code == 303, filed.text
    objection = session.query(RoundObjection).one()
    assert objection.public_id in client.get(filed.location).text

    officer = app.test_client().sign_in(make.officer())
    assert "公示异议待答复" in officer.get("/office/").text
    assert "样例市民" in officer.get("/office/objections/").text
    page = f"/office/objections/{objection.public_id}"
    assert SAID["contact"] not in officer.get(page).text
    assert SAID["contact"] in officer.post(f"{page}/contact").text
    assert len(audited("whitelist.objection.revealed")) == 1
    assert officer.get(f"{page}/evidence").data == b"%PDF-1.7 sample"
    assert officer.post(f"{page}/answer", data={"decision": "upheld", "answer": ""}).status_code == 422
    said = {"decision": "dismissed", "answer": "经核实仍归该企业。"}
    assert officer.post(f"{page}/answer", data=said).status_code == 303
    assert "经核实仍归该企业" in officer.get(page).text
    assert "样例市民" in officer.get("/office/objections/?state=closed").text
    told = client.get(f"/notices/objections/?receipt={objection.public_id} ", follow_redirects=True).text
    assert "异议不成立" in told
    assert "经核实仍归该企业" in told
    for kept in (SAID["name"], SAID["contact"], SAID["reason"]):
        assert kept not in told
    assert client.get("/notices/objections/nobodysReceipt00").status_code == 404
    assert officer.post(f"{page}/answer", data=said).status_code == 422


def test_one_address_objects_so_often_and_no_more(client, noticed):
    place = f"/notices/{noticed.number}/objection"
    answers = [client.post(place, data=SAID | {"name": ""}).status_code for _turn in range(6)]
    assert answers[:5] == [422] * 5
    assert answers[5] == 429
