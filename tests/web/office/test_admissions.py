"""The whitelist as of a day, its copy, and taking a firm off it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ipfin.documents.proof import pdf_text
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import today_in_china
from ipfin.whitelist.models import Admission

TODAY = today_in_china()


@pytest.fixture
def admission(make) -> Admission:
    firm = make.enterprise(name="样例磨床机械有限公司")
    return make.admission(firm, valid_from=TODAY - timedelta(days=9), valid_until=TODAY + timedelta(days=9))


def test_the_list_of_a_day_tells_who_was_on_it(client, make, admission) -> None:
    browser = client.sign_in(make.officer())
    page = browser.get("/office/admissions/").text
    assert admission.enterprise.name in page
    assert "将到期" in page
    for day, is_listed in ((-10, False), (-9, True), (8, True), (9, False)):
        asked = browser.get(f"/office/admissions/?on={TODAY + timedelta(days=day)}").text
        assert (admission.enterprise.name in asked) is is_listed
    assert admission.enterprise.name in browser.get("/office/admissions/?on=nonsense").text


def test_a_copy_of_the_list_is_issued_for_a_purpose(client, make, admission, audited) -> None:
    browser = client.sign_in(make.officer())
    place = f"/office/admissions/export?on={TODAY}"
    assert browser.post(place, data={"purpose": ""}).status_code == 422
    purpose = browser.get("/office/admissions/").text.split('<option value="')[2].split('"')[0]
    reply = browser.post(place, data={"purpose": purpose})
    assert reply.status_code == 303, reply.text
    assert browser.get(reply.location).data.startswith(b"PK")
    printed = browser.post(place, data={"purpose": purpose, "format": "pdf"})
    assert printed.status_code == 303, printed.text
    pdf = browser.get(printed.location).data
    code = printed.location.rstrip("/").split("/")[-1]
    text = "".join(pdf_text(pdf).split())
    for words in (f"{TODAY}的白名单", admission.enterprise.name, code, "入选不构成担保或授信承诺"):
        assert words in text
    assert browser.post(place, data={"purpose": purpose, "format": "docx"}).status_code == 422


def test_a_firm_is_taken_off_with_a_reason(client, make, session, admission, audited) -> None:
    browser = client.sign_in(make.officer())
    place = f"/office/admissions/{admission.id}/remove"
    assert "不能撤销" in browser.get(place).text
    assert browser.post(place, data={"reason": ""}).status_code == 422
    assert browser.post(place, data={"reason": "企业注销"}).status_code == 303
    assert browser.post(place, data={"reason": "再次"}).status_code == 409
    assert "企业注销" in browser.get(place).text
    assert session.query(Admission).one().ended_on == TODAY
    assert admission.enterprise.name not in browser.get("/office/admissions/").text
    assert len(audited("whitelist.admission.ended")) == 1


@pytest.mark.parametrize("role", [Role.COUNTY_OFFICER, Role.AUDITOR])
def test_who_only_reads_takes_nobody_off(client, make, admission, role) -> None:
    browser = client.sign_in(make.user(role))
    assert "/remove" not in browser.get("/office/admissions/").text
    assert browser.post(f"/office/admissions/{admission.id}/remove", data={"reason": "无"}).status_code == 403
