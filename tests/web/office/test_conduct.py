"""The office's register of conduct: who stands on it on a day, entered with proof, ended with proof."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest

from ipfin.conduct.models import ConductRecord, ConductRule
from ipfin.conduct.rules import ConductCode
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import today_in_china

TODAY = today_in_china()
PDF = b"%PDF-1.7 sample"


def proof() -> tuple[io.BytesIO, str]:
    return io.BytesIO(PDF), "证明.pdf"


@pytest.fixture
def record(make) -> ConductRecord:
    firm = make.enterprise(name="样例磨床机械有限公司")
    since, end = TODAY - timedelta(days=9), TODAY + timedelta(days=9)
    return make.conduct_record(firm, code=ConductCode.E05, effective_on=since, expires_on=end)


def test_the_list_of_a_day_names_who_is_kept_out_and_filters_by_code(client, make, record) -> None:
    browser = client.sign_in(make.officer())
    name = record.enterprise.name
    for day, is_listed in ((-10, False), (-9, True), (8, True), (9, False)):
        asked = browser.get(f"/office/conduct/?on={TODAY + timedelta(days=day)}").text
        assert (name in asked) is is_listed
    assert name in browser.get("/office/conduct/?code=E05&q=磨床&on=nonsense").text
    assert name not in browser.get("/office/conduct/?code=E01").text
    assert name not in browser.get("/office/conduct/?state=over").text


def test_a_copy_of_the_list_is_issued_for_a_purpose(client, make, record) -> None:
    browser = client.sign_in(make.officer())
    place = "/office/conduct/export?code=E05"
    assert browser.post(place, data={"purpose": ""}).status_code == 422
    reply = browser.post(place, data={"purpose": "report"})
    assert reply.status_code == 303, reply.text
    assert browser.get(reply.location).data.startswith(b"PK")


def test_a_record_is_entered_with_its_document_and_shown_with_basis_and_appeal(client, make) -> None:
    firm = make.enterprise(name="样例铸造机械有限公司")
    browser = client.sign_in(make.officer())
    assert firm.name in browser.get(f"/office/conduct/new?firm={firm.public_id}").text
    said = {"firm": firm.name, "code": "E06", "source": "样例资金池", "effective_on": TODAY.isoformat()}
    refused = browser.post("/office/conduct/new", data=said)
    assert refused.status_code == 422
    assert "请上传凭据" in refused.text
    unknown = browser.post("/office/conduct/new", data=said | {"firm": "样例铸造", "proof": proof()})
    assert unknown.status_code == 422
    reply = browser.post("/office/conduct/new", data=said | {"proof": proof()})
    assert reply.status_code == 303, reply.text
    page = browser.get(reply.location).text
    for words in ("本市风险补偿资金池的贷款与代偿台账", "向贷款银行", "长期，直至移出", "待核实", "证明.pdf"):
        assert words in page
    assert browser.get(f"{reply.location}/evidence").data == PDF
    assert browser.get(f"{reply.location}/proof").status_code == 404


def test_a_repair_is_recorded_with_its_proof_and_the_day_itself_no_longer_counts(
    client, make, record, audited
) -> None:
    browser = client.sign_in(make.officer())
    place = f"/office/conduct/{record.id}"
    said = {"kind": "repaired", "on": TODAY.isoformat(), "reason": "信用修复决定书"}
    assert browser.post(f"{place}/end", data=said).status_code == 422
    assert browser.post(f"{place}/end", data=said | {"proof": proof()}).status_code == 303
    page = browser.get(place).text
    assert "信用修复" in page
    assert f"{place}/end" not in page
    assert record.enterprise.name not in browser.get("/office/conduct/").text
    assert len(audited("conduct.record.withdrawn")) == 1


def test_a_rule_of_terms_is_set_by_the_city_only_and_says_whether_it_was_checked(client, make) -> None:
    browser = client.sign_in(make.officer())
    place = "/office/conduct-terms/"
    assert browser.get(place).text.count("待核实") >= 7
    said = {"code": "E05", "months": "12", "basis": "样例办法第一条", "valid_from": "2024-01-01"}
    assert browser.post(place, data=said | {"months": "0"}).status_code == 422
    assert browser.post(place, data=said | {"is_confirmed": "y"}).status_code == 303
    assert make.session.query(ConductRule).count() == 1
    page = browser.get(place).text
    assert "12个月" in page
    assert "已核对" in page


@pytest.mark.parametrize("role", [Role.COUNTY_OFFICER, Role.AUDITOR])
def test_who_only_reads_is_offered_nothing_to_change(client, make, record, role: Role) -> None:
    user = make.user(role)
    if role is Role.COUNTY_OFFICER:
        record.enterprise.region_code = user.organisation.region_code
        make.session.commit()
    browser = client.sign_in(user)
    assert record.enterprise.name in browser.get("/office/conduct/").text
    assert f"{record.id}/end" not in browser.get(f"/office/conduct/{record.id}").text
    assert browser.get("/office/conduct/new").status_code == 403
