"""A firm contests what stands about it: the flag, the clocks, the decision and what it writes."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from ipfin.corrections.items import Item
from ipfin.corrections.models import CorrectionRequest
from ipfin.corrections.rules import RequestState
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import today_in_china
from ipfin.notices.models import Notice
from ipfin.registry.models import Enterprise, EnterpriseFact, FactKind, FactSource
from ipfin.registry.resolution.survivor import HoldKind
from ipfin.reports.queries import merge_holds
from tests.factories import application_number
from tests.web.conftest import Browser

PDF = b"%PDF-1.7 sample"


@pytest.fixture
def people(make):
    """Return a firm's person, the firm (with a patent), an officer."""
    user = make.user(Role.ENTERPRISE)
    firm = make.session.get_one(Enterprise, user.organisation.enterprise_id)
    make.patent(holders=[firm])
    return user, firm, make.officer()


def file(client: Browser, item: str, wanted: str = "", *, proof: bytes = PDF, **more: str):
    data: dict[str, object] = {"item": item, "wanted": wanted, "reason": "样例理由", **more}
    if proof:
        data["proofs"] = (io.BytesIO(proof), "证明.pdf")
    return client.post("/ent/corrections/new", data=data, content_type="multipart/form-data")


def handle(client: Browser, correction, decision: str, reason: str = "已核实"):
    place = f"/office/corrections/{correction.public_id}/handle"
    return client.post(place, data={"decision": decision, "reason": reason})


def only(make) -> CorrectionRequest:
    return make.session.scalars(select(CorrectionRequest)).one()


def test_what_is_contested_is_flagged_until_it_is_decided_and_then_corrected(
    client, app, make, people
) -> None:
    user, firm, officer = people
    theirs, office = app.test_client().sign_in(make.banker()), app.test_client().sign_in(officer)
    page = f"/bank/firms/{firm.public_id}"
    assert "异议中" not in theirs.get(page).text
    client.sign_in(user)
    assert file(client, "address", "样例大道88号").status_code == 303
    correction = only(make)
    flagged = theirs.get(page).text
    assert "异议中" in flagged
    assert "地址" in flagged
    assert "异议中" in theirs.get("/bank/firms/?tier=directory").text
    assert firm.name in office.get("/office/corrections/").text
    proof = office.get(f"/office/corrections/{correction.public_id}/proofs/1")
    assert proof.data == PDF
    assert handle(office, correction, "accepted").status_code == 303
    assert firm.address == "样例大道88号"
    assert correction.applied == {"field": "address", "before": "", "after": "样例大道88号"}
    done = theirs.get(page).text
    assert "异议中" not in done
    assert "样例大道88号" in done
    told = set(make.session.scalars(select(Notice.user_id)))
    assert told == {user.id, officer.id}
    assert "已更正" in client.get("/ent/corrections/").text


def test_an_accepted_figure_is_a_dated_fact_with_the_request_as_its_source(client, make, people) -> None:
    user, firm, officer = people
    make.fact(firm, kind=FactKind.RD_SHARE_BP, number=100, as_of=today_in_china() - timedelta(days=3))
    client.sign_in(user)
    file(client, "rd_share_bp", "5.2")
    correction = only(make)
    client.sign_in(officer)
    assert "1.00%" in client.get(f"/office/corrections/{correction.public_id}").text
    handle(client, correction, "accepted")
    fact = make.session.scalars(
        select(EnterpriseFact).where(EnterpriseFact.source == FactSource.CORRECTION)
    ).one()
    assert (fact.number, fact.as_of) == (520, today_in_china())
    assert correction.public_id in fact.evidence
    assert make.session.query(EnterpriseFact).count() == 2, "the older one is kept"


def test_an_unknown_line_of_the_score_is_declared_with_proof_and_followed(client, make, people) -> None:
    user, firm, officer = people
    make.patent(holders=[firm])
    make.score_sheet(firm, readings={"L1": Decimal(3)})
    client.sign_in(user)
    page = client.get("/ent/score/").text
    assert page.count("申报并上传证明") == 9 + 1, "each that a firm can tell, and the sentence that says so"
    assert page.count("对某件专利的状态提出异议") == 1, "the one known line of patents"
    file(client, "rd_share_bp", "5.2")
    declared = only(make)
    waiting = client.get("/ent/score/").text
    assert f"/ent/corrections/{declared.public_id}" in waiting
    assert "待核查" in waiting
    client.sign_in(make.banker())
    assert "异议中" not in client.get(f"/bank/firms/{firm.public_id}").text, "nothing stood that is contested"
    client.sign_in(officer)
    handle(client, declared, "accepted")
    fact = make.session.scalars(select(EnterpriseFact)).one()
    assert (fact.number, fact.source) == (520, FactSource.DECLARED)
    assert declared.public_id in fact.evidence
    client.sign_in(user)
    assert "已更正" in client.get("/ent/score/").text


def test_a_patent_is_taken_out_of_the_portfolio_and_put_into_it(client, make, people) -> None:
    user, firm, officer = people
    ours = make.patent(holders=[firm])
    missing = make.patent()
    for item, patent, expected in (
        ("patent_not_ours", ours, 1),
        ("patent_missing", missing, 2),
    ):
        client.sign_in(user)
        assert file(client, item, patent=patent.application_number).status_code == 303
        correction = make.session.scalars(
            select(CorrectionRequest).where(CorrectionRequest.item == item)
        ).one()
        client.sign_in(officer)
        assert handle(client, correction, "accepted").status_code == 303
        assert firm.valid_count == expected


def test_the_firm_is_asked_answers_and_is_refused_with_a_reason(client, make, people) -> None:
    user, _firm, officer = people
    client.sign_in(user)
    file(client, "score", "应为A级")
    correction = only(make)
    client.sign_in(officer)
    assert handle(client, correction, "referred", "请评分小组复核").status_code == 303
    due = correction.due_on
    handle(client, correction, "needs_more", "请补充审计报告")
    assert handle(client, correction, "accepted").status_code == 422, "not while the firm is asked"
    client.sign_in(user)
    assert "请补充审计报告" in client.get(f"/ent/corrections/{correction.public_id}").text
    place = f"/ent/corrections/{correction.public_id}/supplement"
    assert client.post(place, data={"note": ""}).status_code == 422
    assert client.post(place, data={"note": "见附件"}).status_code == 303
    assert (correction.state, correction.due_on) == (RequestState.REFERRED, due)
    client.sign_in(officer)
    assert handle(client, correction, "refused", "").status_code == 422
    handle(client, correction, "refused", "复核无误")
    client.sign_in(user)
    assert "复核无误" in client.get(f"/ent/corrections/{correction.public_id}").text


@pytest.mark.parametrize(
    ("item", "wanted", "more", "proof", "words"),
    [
        ("address", "", {}, PDF, "请填写应当是什么"),
        ("address", "样例路", {}, b"", "请上传证明材料"),
        ("address", "样例路", {}, b"MZ program", "不是PDF、JPG或PNG文件"),
        ("patent_status", "已恢复", {"patent": "不是号码"}, PDF, "号码"),
        ("patent_not_ours", "", {"patent": application_number(900_001)}, PDF, "本企业名下没有这件专利"),
    ],
)
def test_a_request_that_says_too_little_is_refused_in_words(
    client, make, people, item, wanted, more, proof, words
) -> None:
    client.sign_in(people[0])
    reply = file(client, item, wanted, proof=proof, **more)
    assert reply.status_code == 422
    assert words in reply.text
    assert make.session.query(CorrectionRequest).count() == 0


def test_a_second_request_about_the_same_is_refused_and_the_first_can_be_taken_back(
    client, make, people
) -> None:
    client.sign_in(people[0])
    file(client, "address", "样例路1号")
    assert file(client, "address", "样例路2号").status_code == 422
    correction = only(make)
    client.post(f"/ent/corrections/{correction.public_id}/withdraw")
    assert correction.state is RequestState.WITHDRAWN
    assert file(client, "address", "样例路2号").status_code == 303


def test_what_another_firm_has_cannot_be_given_to_this_one(client, make, people) -> None:
    user, firm, officer = people
    other = make.enterprise(name="样例已有名称有限公司")
    client.sign_in(user)
    file(client, "name", other.name)
    client.sign_in(officer)
    refused = handle(client, only(make), "accepted")
    assert refused.status_code == 422
    assert "归并" in refused.text
    assert firm.name != other.name


def test_a_late_request_is_shown_as_late(client, make, people) -> None:
    _user, firm, officer = people
    today = today_in_china()
    make.correction_request(firm, filed_on=today - timedelta(days=20), due_on=today - timedelta(days=1))
    client.sign_in(officer)
    assert "已逾期" in client.get("/office/corrections/").text


def test_no_merge_while_a_request_is_open(session, make) -> None:
    correction = make.correction_request(item=Item.NAME)
    (hold,) = merge_holds(session, [correction.enterprise_id])[correction.enterprise_id]
    assert hold.kind is HoldKind.OPEN
