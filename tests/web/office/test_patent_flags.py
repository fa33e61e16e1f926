"""Refusal grounds of one patent: entered with a document, ended with proof, contested by the firm."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from ipfin.accounts.queries import own_enterprise
from ipfin.corrections.models import CorrectionRequest
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import today_in_china
from ipfin.registry.models import Enterprise, EnterpriseChange, PatentFlag
from ipfin.registry.pledge_grounds import FlagWord, PledgeFlag
from ipfin.whitelist.publication import Policy
from ipfin.whitelist.queries.beside import pledgeability_of
from ipfin.whitelist.queries.gate_views import gates_of_firm

TODAY = today_in_china()
PDF = b"%PDF-1.7 sample"


def proof() -> tuple[io.BytesIO, str]:
    return io.BytesIO(PDF), "裁定.pdf"


def said(**more: object) -> dict[str, object]:
    return {
        "code": "P05",
        "word": "there",
        "source": "样例法院",
        "effective_on": TODAY.isoformat(),
        **more,
    }


@pytest.fixture
def patent(make):
    return make.patent(holders=[make.enterprise()], tells_flags=True)


def test_a_ground_is_entered_with_its_document_and_bars_the_patent_until_it_is_ended(
    client, make, patent, audited
) -> None:
    firm = patent.holders[0].applicant.enterprise_id
    place = f"/office/patents/{patent.application_number}"
    browser = client.sign_in(make.officer())
    assert "未核实" in browser.get(place).text
    new = f"{place}/flags/new"
    assert browser.get(f"{new}?code=P05").status_code == 200
    refused = browser.post(new, data=said())
    assert refused.status_code == 422
    assert "请上传凭据" in refused.text
    late = browser.post(new, data=said(effective_on=(TODAY + timedelta(days=1)).isoformat(), proof=proof()))
    assert late.status_code == 422
    free = pledgeability_of(make.session, firm, TODAY).free
    reply = browser.post(new, data=said(proof=proof()))
    assert reply.status_code == 303, reply.text
    assert pledgeability_of(make.session, firm, TODAY).free == free - 1
    assert make.session.scalars(select(EnterpriseChange.enterprise_id)).first() == firm
    view = gates_of_firm(make.session, firm, TODAY, Policy(30, frozenset()))
    assert [(line.code, line.sources, line.as_of) for line in view.flags] == [("P05", ("样例法院",), TODAY)]
    assert browser.post(new, data=said(proof=proof())).status_code == 409
    page = browser.get(reply.location).text
    for words in ("样例法院", "裁定.pdf", "公告第461号", "待核实", "已解除的，凭通知书"):
        assert words in page
    assert browser.get(f"{reply.location}/evidence").data == PDF
    ending = {"kind": "repaired", "on": TODAY.isoformat(), "reason": "已解封"}
    assert browser.post(f"{reply.location}/end", data=ending).status_code == 422
    assert browser.post(f"{reply.location}/end", data=ending | {"proof": proof()}).status_code == 303
    assert pledgeability_of(make.session, firm, TODAY).free == free
    assert browser.post(f"{reply.location}/end", data=ending | {"proof": proof()}).status_code == 409
    assert [len(audited(f"whitelist.flag.{act}")) for act in ("recorded", "ended")] == [1, 1]


def test_what_comes_with_lists_is_not_entered_by_hand(client, make, patent) -> None:
    browser = client.sign_in(make.officer())
    new = f"/office/patents/{patent.application_number}/flags/new"
    assert browser.post(new, data=said(code="P09", proof=proof())).status_code == 422


@pytest.fixture
def own(make):
    """Return a firm's person, and a patent of theirs whose fee the list calls overdue."""
    user = make.user(Role.ENTERPRISE)
    firm = make.session.get_one(Enterprise, user.organisation.enterprise_id)
    patent = make.patent(
        holders=[firm], tells_flags=True, flags="fee_overdue", listed_flags="fee_overdue", flags_as_of=TODAY
    )
    return user, patent


def contest(browser, patent, ground: str):
    data = {
        "item": "patent_flag",
        "patent": patent.application_number,
        "ground": ground,
        "reason": "已缴费",
        "proofs": (io.BytesIO(PDF), "缴费凭证.pdf"),
    }
    return browser.post("/ent/corrections/new", data=data, content_type="multipart/form-data")


def test_a_firm_contests_one_ground_of_one_patent_and_the_answer_clears_it(client, app, make, own) -> None:
    user, patent = own
    client.sign_in(user)
    place = f"/ent/patents/{patent.application_number}"
    assert patent.application_number in client.get("/ent/patents/").text
    assert "有此情形" in client.get(place).text
    assert contest(client, patent, "").status_code == 422
    assert contest(client, patent, "P06").status_code == 422
    assert contest(client, patent, "P04").status_code == 303
    assert contest(client, patent, "P04").status_code == 422
    assert contest(client, patent, "P08").status_code == 303  # another ground of the same patent
    first, second = make.session.scalars(select(CorrectionRequest).order_by(CorrectionRequest.id))
    assert (first.contests, second.contests) == (True, False)
    assert "正在办理" in client.get(place).text
    office = app.test_client().sign_in(make.officer())
    page = office.get(f"/office/corrections/{first.public_id}").text
    assert "没有此情形" in page
    answer = {"decision": "accepted", "reason": "已核对缴费凭证"}
    assert office.post(f"/office/corrections/{first.public_id}/handle", data=answer).status_code == 303
    row = make.session.scalars(select(PatentFlag)).one()
    assert (row.code, row.word, row.request) == (PledgeFlag.P04, FlagWord.NOT_THERE, first.public_id)
    firm = own_enterprise(make.session, make.actor(user))
    assert pledgeability_of(make.session, firm.id, TODAY).barred == 0
    assert "已核查，没有" in client.get(place).text


def test_state_and_pledge_are_corrected_in_their_lists_before_an_answer(client, app, make, own) -> None:
    user, patent = own
    patent.flags, patent.is_pledged = "pledged", True
    make.session.flush()
    client.sign_in(user)
    assert contest(client, patent, "P09").status_code == 303
    request = make.session.scalars(select(CorrectionRequest)).one()
    office = app.test_client().sign_in(make.officer())
    answer = {"decision": "accepted", "reason": "已注销"}
    place = f"/office/corrections/{request.public_id}/handle"
    assert office.post(place, data=answer).status_code in {409, 422}
    assert make.session.scalars(select(PatentFlag)).all() == []
    patent.flags, patent.is_pledged = "", False
    make.session.commit()
    assert office.post(place, data=answer).status_code == 303


def test_a_foreign_patent_is_no_page_of_a_firm(client, make, own, patent) -> None:
    client.sign_in(own[0])
    assert client.get(f"/ent/patents/{patent.application_number}").status_code == 404
    assert client.get(f"/ent/patents/{own[1].application_number}?due=2099-01-01").status_code == 200
