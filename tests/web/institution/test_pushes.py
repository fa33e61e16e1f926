"""A bank pushes firms on its page, reads what it is told and takes a copy; the office makes candidates."""

from __future__ import annotations

import io

import pytest

from ipfin.kernel.actor import Role
from ipfin.pushes.models import CandidatePush, PushLine


@pytest.fixture
def firm(make):
    counts = dict.fromkeys(("patent_count", "granted_count", "valid_count", "valid_invention_count"), 1)
    return make.enterprise(name="样例磨床机械有限公司", **counts)


def test_a_pasted_list_is_answered_at_once_and_nobody_elses_is_shown(client, app, make, firm) -> None:
    browser = client.sign_in(make.banker())
    assert browser.post("/bank/pushes/", data={"firms": " "}).status_code == 422
    reply = browser.post("/bank/pushes/", data={"firms": f"{firm.name}\n样例磨床", "note": "三季度客户"})
    assert reply.status_code == 303, reply.text
    page = browser.get(reply.location).text
    for words in (
        firm.name,
        "按名称找到",
        "未找到持有有效专利的企业",
        "不在白名单",
        "名册无记录",
        "待市局确认",
    ):
        assert words in page
    assert "三季度客户" in browser.get("/bank/pushes/").text
    other = app.test_client().sign_in(make.banker())
    assert "三季度客户" not in other.get("/bank/pushes/").text
    assert other.get(reply.location).status_code == 404


def test_a_file_is_read_within_bounds_and_not_kept(client, make, firm, settings) -> None:
    browser = client.sign_in(make.user(Role.INSURER))
    table = io.BytesIO(f"企业名称,统一社会信用代码\n{firm.name},\n样例无此公司,\n".encode())
    said = {"file": (table, "企业.csv")}
    reply = browser.post("/ins/pushes/", data=said, content_type="multipart/form-data")
    assert reply.status_code == 303, reply.text
    assert "按名称找到" in browser.get(reply.location).text
    assert not list(settings.uploads_dir.glob("*"))
    both = {"file": (io.BytesIO(b"x"), "a.csv"), "firms": firm.name}
    assert browser.post("/ins/pushes/", data=both, content_type="multipart/form-data").status_code == 422
    broken = {"file": (io.BytesIO(b"\x00\x01"), "a.xlsx")}
    assert browser.post("/ins/pushes/", data=broken, content_type="multipart/form-data").status_code == 422


def test_a_copy_of_the_answers_is_issued_for_a_purpose(client, make) -> None:
    banker = make.banker()
    line = make.push_line(push=make.push(banker.organisation))
    browser = client.sign_in(banker)
    place = f"/bank/pushes/{line.push.public_id}/export"
    assert browser.post(place, data={"purpose": ""}).status_code == 422
    reply = browser.post(place, data={"purpose": "customers"})
    assert reply.status_code == 303, reply.text
    assert browser.get(reply.location).data.startswith(b"PK")


def test_the_office_makes_candidates_or_says_why_not(client, make) -> None:
    push: CandidatePush = make.push()
    first, second = make.push_line(push=push), make.push_line(push=push)
    browser = client.sign_in(make.officer())
    assert "待确认" in browser.get("/office/").text
    assert push.organisation.name in browser.get("/office/pushes/").text
    place = f"/office/pushes/{push.public_id}"
    assert first.enterprise.name in browser.get(place).text
    assert browser.post(f"{place}/decide", data={"confirm": "1"}).status_code == 409
    said = {"lines": [second.id], "decline": "1"}
    assert browser.post(f"{place}/decide", data=said).status_code == 422
    assert browser.post(f"{place}/decide", data=said | {"reason": "不在本市"}).status_code == 303
    assert browser.post(f"{place}/decide", data={"lines": [first.id], "confirm": "1"}).status_code == 303
    page = browser.get(place).text
    assert "已列为候选" in page
    assert "不在本市" in page
    make.session.expire_all()
    assert make.session.get_one(PushLine, first.id).decided_by
