"""One firm of the office: facts by source, labels, contacts under their mask, visits with follow-ups."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import structlog
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from ipfin.accounts.models import OrganisationKind
from ipfin.corrections.items import Item
from ipfin.corrections.rules import RequestState
from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.proof import page_count, pdf_text
from ipfin.kernel.actor import SYSTEM, Role
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.liaison.contacts import ContactDetails
from ipfin.liaison.models import EnterpriseContact, EnterpriseVisit
from ipfin.liaison.service import add_contact, details_of
from ipfin.registry.models import Enterprise, EnterpriseTag, FactKind, FactSource
from tests.web.conftest import Browser

SAID = ContactDetails("样例张三", "财务总监", "13800001234", "zhang@firm.example")
SECRETS = ("13800001234", "zhang@firm.example")
DAY = timedelta(days=1)


@pytest.fixture
def county(make):
    """Return a county's officer and a firm of the county."""
    region = make.region(name="甲县").code
    office = make.organisation(OrganisationKind.COUNTY_OFFICE, region_code=region)
    return make.user(Role.COUNTY_OFFICER, organisation=office), make.enterprise(region_code=region)


def contact_of(make, firm: Enterprise, **changes: str) -> EnterpriseContact:
    return add_contact(make.session, SYSTEM, firm, replace(SAID, **changes), settings=make.settings)


def at(firm: Enterprise, place: str = "") -> str:
    return f"/office/firms/{firm.public_id}{place}"


# --- The overview -----------------------------------------------------------------------------------


def test_sources_that_differ_are_both_shown_with_their_days(client: Browser, make) -> None:
    firm = make.enterprise()
    number = {"kind": FactKind.PRODUCT_FILINGS}
    make.fact(firm, source=FactSource.DECLARED, number=Decimal(6), as_of=today_in_china(), **number)
    make.fact(firm, source=FactSource.OFFICE, number=Decimal(4), as_of=today_in_china() - 9 * DAY, **number)
    same = {"kind": FactKind.LICENCES_OUT, "number": Decimal(2)}
    make.fact(firm, source=FactSource.DECLARED, **same)
    make.fact(firm, source=FactSource.OFFICE, **same)
    client.sign_in(make.officer())
    page = client.get(at(firm)).text
    assert page.count("来源不一致") == 1
    for said in (">6<", ">4<", str(today_in_china()), str(today_in_china() - 9 * DAY), "主管部门登记"):
        assert said in page, said


def test_every_part_of_a_firm_is_one_step_away(client: Browser, make) -> None:
    firm = make.enterprise()
    make.patent(holders=[firm])
    client.sign_in(make.officer())
    page = client.get(at(firm)).text
    for place in ("/patents", "/contacts/", "/visits/", "/timeline"):
        assert f'href="{at(firm, place)}"' in page
        assert client.get(at(firm, place)).status_code == 200
    assert "按类型和有效性的专利件数" in page


def test_the_auditor_reads_everything_and_is_offered_nothing(client: Browser, make) -> None:
    firm = make.enterprise()
    contact_of(make, firm)
    visit = make.visit(firm, follow_up="样例事项", follow_up_due=today_in_china())
    client.sign_in(make.user(Role.AUDITOR))
    for place in ("", "/contacts/", "/visits/", f"/visits/{visit.id}", "/timeline", "/patents"):
        page = client.get(at(firm, place))
        assert page.status_code == 200
        main = page.text.split("<main", 1)[1]
        assert 'method="post"' not in main, place
        assert not any(secret in page.text for secret in SECRETS), place


def test_the_one_page_of_a_firm_holds_facts_and_fits_a_page(client: Browser, make, session) -> None:
    firm = make.enterprise(name="样例一页有限公司")
    for number in range(12):
        make.patent(holders=[firm], title=f"一种用于样例的装置{number}", filing_year=2015 + number % 8)
    for kind in (FactKind.PRODUCT_FILINGS, FactKind.RD_SHARE_BP, FactKind.REVENUE_GROWTH_BP):
        make.fact(firm, kind=kind, number=Decimal(1200), source=FactSource.DECLARED)
        make.fact(firm, kind=kind, number=Decimal(1300), source=FactSource.OFFICE)
    contact_of(make, firm)
    client.sign_in(make.officer())
    done = client.post(at(firm, "/profile"))
    content = client.get(done.location).data
    told = pdf_text(content)
    assert page_count(content) == 1
    assert "样例一页有限公司" in told
    assert "12.00%" in told
    assert "13.00%" in told
    assert "样例张三" not in told
    document = session.scalars(select(Document)).one()
    assert (document.kind, document.subject) == (DocumentKind.ENTERPRISE_PROFILE, f"enterprise:{firm.id}")


def test_a_firm_with_much_to_tell_asks_no_more_questions(client: Browser, make) -> None:
    client.sign_in(make.officer())

    def asked(rows: int) -> int:
        firm = make.enterprise()
        for number in range(rows):
            make.patent(holders=[firm])
            make.visit(firm, visited_on=today_in_china() - number * DAY)
            make.tag(firm, name=f"标签{number}")
            contact_of(make, firm)
        client.get(at(firm))
        return len(client.statements)

    few, many = asked(1), asked(7)
    assert many <= few + 2 <= 60


# --- Labels -----------------------------------------------------------------------------------------


def test_firms_are_labelled_and_listed_by_label(client: Browser, make, session) -> None:
    firm, other = make.enterprise(), make.enterprise()
    client.sign_in(make.officer())
    assert client.post(at(firm, "/tags"), data={"name": "重点 培育"}).location == at(firm)
    assert "重点 培育" in client.get(at(firm)).text
    listed = client.get("/office/firms/?tag=重点 培育").text
    assert firm.name in listed
    assert other.name not in listed
    assert "标签：重点 培育" in listed
    client.post(at(firm, "/tags/remove"), data={"name": "重点 培育"})
    assert session.scalars(select(EnterpriseTag)).all() == []


def test_a_label_that_is_none_is_refused_in_words(client: Browser, make, session) -> None:
    firm = make.enterprise()
    client.sign_in(make.officer())
    for name in ("", "长" * 21):
        client.post(at(firm, "/tags"), data={"name": name})
        assert "标签应为1至20个字" in client.get(at(firm)).text
    assert session.scalars(select(EnterpriseTag)).all() == []


def test_a_bank_neither_sees_nor_filters_by_the_office_s_labels(client: Browser, make) -> None:
    firm = make.enterprise()
    make.patent(holders=[firm])
    make.tag(firm, name="内部标签")
    client.sign_in(make.banker())
    assert "内部标签" not in client.get(f"/bank/firms/{firm.public_id}").text
    assert firm.name in client.get("/bank/firms/?tier=directory&tag=不存在").text


# --- Contacts ---------------------------------------------------------------------------------------


def test_a_contact_is_masked_until_somebody_asks_and_that_is_logged(client: Browser, make, audited) -> None:
    firm = make.enterprise()
    contact, other = contact_of(make, firm), contact_of(make, firm, name="样例李四", phone="13911112222")
    officer = make.officer()
    client.sign_in(officer)
    for place in ("", "/contacts/"):
        page = client.get(at(firm, place)).text
        assert "138****1234" in page
        assert not any(secret in page for secret in SECRETS)
    assert audited("liaison.contact.revealed") == []
    shown = client.post(at(firm, f"/contacts/{contact.id}/reveal"))
    assert shown.status_code == 200
    assert all(secret in shown.text for secret in SECRETS)
    assert "13911112222" not in shown.text, "only the one that was asked for"
    (entry,) = audited("liaison.contact.revealed")
    assert (entry.actor_user_id, entry.subject) == (officer.id, f"enterprise:{firm.id}")
    assert json.loads(entry.detail)["contact"] == contact.id != other.id
    assert not any(secret in client.get(at(firm, "/contacts/")).text for secret in SECRETS)


def test_looking_by_get_shows_nothing(client: Browser, make) -> None:
    firm = make.enterprise()
    contact = contact_of(make, firm)
    client.sign_in(make.officer())
    assert client.get(at(firm, f"/contacts/{contact.id}/reveal")).status_code == 405


def test_the_office_writes_down_and_corrects_a_contact_without_being_shown_it(
    client: Browser, make, session, settings
) -> None:
    firm = make.enterprise()
    client.sign_in(make.officer())
    data = {"name": SAID.name, "post": SAID.post, "phone": SAID.phone, "mail": SAID.mail}
    assert client.post(at(firm, "/contacts/new"), data=data).location == at(firm, "/contacts/")
    contact = session.scalars(select(EnterpriseContact)).one()
    form = client.get(at(firm, f"/contacts/{contact.id}/edit")).text
    assert "138****1234" in form
    assert not any(secret in form for secret in SECRETS)
    client.post(at(firm, f"/contacts/{contact.id}/edit"), data={"name": SAID.name, "post": "董事长"})
    session.expire_all()
    assert details_of(contact, settings=settings) == replace(SAID, post="董事长")


def test_a_contact_that_cannot_be_right_is_refused_at_its_field(client: Browser, make, session) -> None:
    firm = make.enterprise()
    client.sign_in(make.officer())
    for data, words in (
        ({"phone": "13800001234"}, "请填写姓名"),
        ({"name": "样例"}, "电话和邮箱至少填写一项"),
        ({"name": "样例", "phone": "电话"}, "电话应为数字"),
        ({"name": "样例", "mail": "x"}, "邮箱格式不正确"),
    ):
        refused = client.post(at(firm, "/contacts/new"), data=data)
        assert refused.status_code == 422
        assert words in refused.text
    assert session.scalars(select(EnterpriseContact)).all() == []


def test_the_main_contact_changes_and_a_contact_goes_for_good(client: Browser, make, session) -> None:
    firm = make.enterprise()
    first, second = contact_of(make, firm), contact_of(make, firm, name="样例李四")
    first_id, second_id = first.id, second.id
    client.sign_in(make.officer())
    client.post(at(firm, f"/contacts/{second_id}/main"))
    page = client.get(at(firm, "/contacts/")).text
    assert page.index("样例李四") < page.index("样例张三")
    client.post(at(firm, f"/contacts/{first_id}/remove"))
    session.expire_all()
    assert session.scalars(select(EnterpriseContact.id)).all() == [second_id]


def test_a_county_keeps_to_its_own_firms(client: Browser, make, county) -> None:
    officer, own = county
    far = make.enterprise(region_code=make.region(name="乙县").code)
    contact, visit = contact_of(make, far), make.visit(far, topics="外县走访")
    contact_of(make, own)
    client.sign_in(officer)
    assert client.get(at(own, "/contacts/")).status_code == 200
    for place in ("", "/contacts/", "/visits/", f"/visits/{visit.id}", "/timeline", "/patents"):
        assert client.get(at(far, place)).status_code == 404
    assert client.post(at(far, f"/contacts/{contact.id}/reveal")).status_code == 404
    assert client.post(at(own, f"/contacts/{contact.id}/reveal")).status_code == 404, "under another firm"
    assert client.post(at(own, f"/visits/{visit.id}/void"), data={"reason": "x"}).status_code == 404
    assert "外县走访" not in client.get("/office/visits/").text


@pytest.mark.parametrize("role", [Role.BANK, Role.GUARANTOR, Role.INSURER])
def test_an_institution_is_told_that_the_firm_must_consent(client: Browser, make, role) -> None:
    firm = make.enterprise()
    make.patent(holders=[firm])
    contact_of(make, firm)
    make.visit(firm, topics="内部走访")
    client.sign_in(make.user(role))
    audience = "ins" if role is Role.INSURER else "bank"
    page = client.get(f"/{audience}/firms/{firm.public_id}").text
    assert "需企业授权" in page
    for secret in (*SECRETS, "138****1234", "样例张三", "内部走访"):
        assert secret not in page


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """Lend what is printed, with the log written to it."""
    before = structlog.get_config()["logger_factory"]
    structlog.configure(logger_factory=structlog.PrintLoggerFactory())
    yield capsys
    structlog.configure(logger_factory=before)


def test_no_phone_and_no_mail_address_stands_in_a_log(
    client: Browser, make, session, printed, audited
) -> None:
    firm = make.enterprise()
    client.sign_in(make.officer())
    data = {"name": SAID.name, "phone": SAID.phone, "mail": SAID.mail}
    client.post(at(firm, "/contacts/new"), data=data)
    contact = session.scalars(select(EnterpriseContact)).one()
    client.post(at(firm, f"/contacts/{contact.id}/reveal"))
    client.post(at(firm, "/contacts/new"), data={**data, "mail": "zhang@firm.example x"})
    client.get(at(firm, f"/contacts/?q={SAID.phone}&mail={SAID.mail}"))
    client.get(f"/office/{SAID.mail}/{SAID.phone}")
    structlog.get_logger().error("fault", exception=f"ValueError: {SAID.phone} {SAID.mail}")
    told = "".join(printed.readouterr())
    assert "fault" in told, "the log is looked at"
    told += " ".join(entry.detail for entry in audited("liaison.contact.added"))
    told += " ".join(entry.detail for entry in audited("liaison.contact.revealed"))
    for secret in SECRETS:
        assert secret not in told, secret


# --- Visits -----------------------------------------------------------------------------------------


def visit_data(**changes: Any) -> dict[str, str]:
    said = {"visited_on": today_in_china().isoformat(), "officers": "经办甲", "topics": "质押意向",
            "needs": "流动资金", "persons": "王会计", "follow_up": "送材料",
            "due_on": (today_in_china() + DAY).isoformat()}  # fmt: skip
    return said | changes


def test_a_visit_is_written_down_followed_up_and_done(client: Browser, make, session) -> None:
    firm = make.enterprise(name="样例走访有限公司")
    client.sign_in(make.officer())
    done = client.post(at(firm, "/visits/new"), data=visit_data())
    visit = session.scalars(select(EnterpriseVisit)).one()
    assert done.location == at(firm, f"/visits/{visit.id}")
    workbench = client.get("/office/").text
    assert "送材料" in workbench
    assert f'href="{at(firm, f"/visits/{visit.id}")}"' in workbench
    refused = client.post(at(firm, f"/visits/{visit.id}/done"), data={"note": ""})
    assert refused.status_code == 422
    client.post(at(firm, f"/visits/{visit.id}/done"), data={"note": "已送"})
    assert "跟进已完成" in client.get(at(firm, "/visits/")).text
    assert "送材料" not in client.get("/office/").text
    client.post(at(firm, f"/visits/{visit.id}/reopen"))
    assert "送材料" in client.get("/office/").text


def test_a_late_follow_up_waits_for_the_officer_by_name(client: Browser, make) -> None:
    today = today_in_china()
    make.visit(follow_up="迟了的事", follow_up_due=today - DAY)
    make.visit(follow_up="还早的事", follow_up_due=today + 15 * DAY)
    client.sign_in(make.officer())
    page = client.get("/office/").text
    assert "已逾期" in page
    assert "还早的事" not in page


def test_a_visit_is_corrected_and_a_wrong_one_voided(client: Browser, make, session) -> None:
    firm = make.enterprise()
    visit = make.visit(firm, topics="原来的记录")
    visit_id = visit.id
    client.sign_in(make.officer())
    form = client.get(at(firm, f"/visits/{visit_id}/edit")).text
    assert "原来的记录" in form
    client.post(at(firm, f"/visits/{visit_id}/edit"), data=visit_data(topics="更正的记录"))
    assert "更正的记录" in client.get(at(firm, f"/visits/{visit_id}")).text
    assert client.post(at(firm, f"/visits/{visit_id}/void"), data={"reason": " "}).status_code == 422
    done = client.post(at(firm, f"/visits/{visit_id}/void"), data={"reason": "误记"})
    assert done.location == at(firm, "/visits/")
    assert client.get(at(firm, f"/visits/{visit_id}")).status_code == 404
    session.expire_all()
    assert session.get_one(EnterpriseVisit, visit_id).void_reason == "误记", "kept, not listed"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"topics": ""}, "请填写交流内容"),
        ({"due_on": ""}, "请填写跟进期限"),
        ({"visited_on": (today_in_china() + DAY).isoformat()}, "走访日期不能晚于今天"),
        ({"visited_on": "昨天"}, "Not a valid date value|日期"),
    ],
)
def test_a_visit_that_cannot_be_right_is_refused_in_words(
    client: Browser, make, session, change, words
) -> None:
    firm = make.enterprise()
    client.sign_in(make.officer())
    refused = client.post(at(firm, "/visits/new"), data=visit_data(**change))
    assert refused.status_code == 422
    assert any(word in refused.text for word in words.split("|"))
    assert session.scalars(select(EnterpriseVisit)).all() == []


def test_the_list_of_visits_and_its_copy_hold_the_same(client: Browser, make, audited) -> None:
    today = today_in_china()
    one, other = make.enterprise(name="样例甲有限公司"), make.enterprise(name="样例乙有限公司")
    make.visit(one, visited_on=today - DAY, topics="甲的情况", needs="=1+1")
    make.visit(other, visited_on=today - 40 * DAY, topics="乙的情况")
    client.sign_in(make.officer())
    address = f"/office/visits/?since={today - 7 * DAY}&q=样例"
    listed = client.get(address).text
    assert "甲的情况" in listed
    assert "乙的情况" not in listed
    done = client.post(address.replace("visits/?", "visits/export?"), data={"purpose": "visit"})
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(client.get(done.location).data))
    rows = [[str(cell) for cell in row] for row in sheet.get_sheet_by_index(0).to_python()]
    header = next(place for place, row in enumerate(rows) if row[0] == "走访日期")
    assert [row[1] for row in rows[header + 1 :]] == ["样例甲有限公司"]
    assert "=1+1" in rows[header + 1]
    (entry,) = audited("exports.made")
    assert json.loads(entry.detail)["rows"] == 1
    refused = client.post("/office/visits/export?q=没有这家", data={"purpose": "visit"})
    assert refused.status_code == 422
    assert client.post("/office/visits/export", data={"purpose": "x"}).status_code == 422


def test_a_day_that_is_none_narrows_nothing(client: Browser, make) -> None:
    make.visit(topics="唯一的记录")
    client.sign_in(make.officer())
    assert "唯一的记录" in client.get("/office/visits/?since=x&until=2026-02-31").text


def test_the_timeline_is_narrowed_to_a_kind(client: Browser, make) -> None:
    firm = make.enterprise()
    make.visit(firm, visited_on=today_in_china(), topics="样例走访内容")
    make.patent(holders=[firm], title="样例夹具")
    client.sign_in(make.officer())
    everything = client.get(at(firm, "/timeline")).text
    assert "样例走访内容" in everything
    assert "样例夹具" in everything
    visits = client.get(at(firm, "/timeline?kind=visit")).text
    assert "样例走访内容" in visits
    assert "样例夹具" not in visits
    assert client.get(at(firm, "/timeline?cursor=x")).status_code == 422


def test_what_a_firm_contests_is_marked_for_the_office_and_stands_among_its_tasks(
    client: Browser, make
) -> None:
    firm, other = make.enterprise(), make.enterprise()
    patent = make.patent(holders=[firm], title="样例夹具")
    address = make.correction_request(firm, item=Item.ADDRESS, due_on=today_in_china())
    soon = {"due_on": today_in_china() + timedelta(days=3)}
    make.correction_request(firm, item=Item.PATENT_STATUS, patent=patent.application_number, **soon)
    make.correction_request(firm, item=Item.CONDUCT, **soon)
    closed = {"state": RequestState.REFUSED, "decided_at": now_utc(), "conclusion": "不实"}
    make.correction_request(firm, item=Item.INDUSTRY, **closed)
    client.sign_in(make.officer())
    page = client.get(at(firm)).text.split("<main", 1)[1]
    assert page.count("异议中") == 2, "above, and beside the address"
    assert f'href="/office/corrections/{address.public_id}"' in page
    assert "负面记录" in page
    assert client.get(at(firm, "/patents")).text.count("异议中") == 2, "above, and beside the patent"
    assert "异议中" not in client.get(at(other)).text
    home = client.get("/office/").text
    assert "3项更正申请待答复，最早一项" in home
    make.correction_request(other, due_on=today_in_china() - timedelta(days=1))
    late = client.get("/office/").text
    assert f"4项更正申请待答复，最早一项已于{today_in_china() - timedelta(days=1)}到期" in late


def test_a_request_that_waits_for_the_firm_is_nobodys_task_at_the_office(client: Browser, make) -> None:
    make.correction_request(state=RequestState.NEEDS_MORE, paused_on=today_in_china())
    client.sign_in(make.officer())
    assert "待答复" not in client.get("/office/").text
