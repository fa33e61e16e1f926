"""A firm opens its data and closes it again; institutions see it from the next request on, and no longer."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from ipfin.accounts.models import OrganisationKind
from ipfin.consent.models import Consent, ConsentUse
from ipfin.consent.purposes import FieldSet, Purpose
from ipfin.consent.rules import ConsentState
from ipfin.kernel.actor import SYSTEM, Role
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.liaison.contacts import ContactDetails
from ipfin.liaison.service import add_contact
from ipfin.notices.models import Notice
from ipfin.registry.models import Enterprise, FactKind, FactSource
from ipfin.whitelist.scoring import Grade
from tests.web.conftest import Browser

TODAY = today_in_china()
FIGURE = "7.31%"


@pytest.fixture
def people(make):
    """Return a firm's person, the firm (listed, admitted, with a declared figure), a banker."""
    user = make.user(Role.ENTERPRISE)
    firm = make.session.get_one(Enterprise, user.organisation.enterprise_id)
    make.patent(holders=[firm])
    sheet = make.score_sheet(firm, grade=Grade.A, graded_e4=820_000)
    make.admission(
        firm, sheet=sheet, valid_from=TODAY - timedelta(days=9), valid_until=TODAY + timedelta(days=300)
    )
    make.fact(firm, kind=FactKind.RD_SHARE_BP, number=731, source=FactSource.DECLARED)
    banker = make.banker()
    make.consent_recipient(banker.organisation)
    return user, firm, banker


def ask(bank, **changed) -> dict[str, object]:
    return {
        "recipients": [str(bank.id)],
        "purpose": "financing",
        "field_sets": ["declared"],
        "last_day": (TODAY + timedelta(days=90)).isoformat(),
        **changed,
    }


def give(client: Browser, data: dict[str, object]):
    """Read what is told, then agree to it."""
    page = client.post("/ent/consents/new", data=data)
    assert page.status_code == 200, page.text
    mark = re.search(r'name="read" type="hidden" value="([0-9a-f]+)"', page.text)
    assert mark, page.text
    return page, client.post("/ent/consents/", data={**data, "read": mark[1], "agreed": "y"})


def export(client: Browser, purpose: str = "due_diligence"):
    answer = client.post("/bank/firms/export", data={"purpose": purpose, "format": "xlsx"})
    return answer.location, client.get(answer.location)


def cells(reply) -> list[str]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(reply.data))
    return [str(cell) for row in book.get_sheet_by_index(0).to_python() for cell in row]


def test_the_firm_reads_the_words_agrees_and_the_bank_sees_it_until_it_is_withdrawn(
    client, app, make, people
) -> None:
    user, firm, banker = people
    theirs = app.test_client()
    theirs.sign_in(banker)
    page = f"/bank/firms/{firm.public_id}"
    closed = theirs.get(page)
    assert "需企业授权" in closed.text
    assert FIGURE not in closed.text
    assert make.session.query(ConsentUse).count() == 0

    client.sign_in(user)
    told, done = give(client, ask(banker.organisation))
    for words in (banker.organisation.name, "样例合规部 0372-0000000", "融资对接", "可单独撤回"):
        assert words in told.text
    assert done.status_code == 303

    opened = theirs.get(page)
    assert FIGURE in opened.text
    assert "本次查看已登记" in opened.text
    assert "（具体数值需企业授权）" not in opened.text, "the explained score is open as well"
    assert "已授权" in theirs.get("/bank/firms/").text
    where, copy = export(theirs)
    assert FIGURE in cells(copy)
    uses = client.get("/ent/consents/").text
    assert banker.name in uses
    assert "下载" in uses

    consent = make.session.query(Consent).one()
    assert client.post(f"/ent/consents/{consent.public_id}/withdraw").status_code == 303
    gone = theirs.get(page)
    assert FIGURE not in gone.text
    assert FIGURE not in cells(export(theirs)[1])
    again = theirs.get(where)
    assert again.status_code == 409, "a copy that was made before cannot be taken again"
    assert "已撤回授权" in again.text
    assert "已撤回" in client.get("/ent/consents/").text


def test_another_bank_and_another_purpose_see_nothing(client, make, people) -> None:
    _user, firm, banker = people
    make.consent(firm, banker.organisation, purpose=Purpose.POST_LOAN)
    make.consent(firm, banker.organisation, purpose=Purpose.FINANCING, field_set=FieldSet.CONTACTS)
    other = make.banker()
    make.consent(firm, other.organisation, until=TODAY)
    for person in (banker, other):
        client.sign_in(person)
        assert FIGURE not in client.get(f"/bank/firms/{firm.public_id}").text
        assert FIGURE not in cells(export(client)[1])


def test_contacts_are_told_to_the_bank_that_may_call_until_the_consent_goes(client, make, people) -> None:
    _user, firm, banker = people
    person = ContactDetails("样例张三", "财务总监", "13800001234", "zhang@firm.example")
    add_contact(make.session, SYSTEM, firm, person, settings=make.settings)
    page = f"/bank/firms/{firm.public_id}"
    client.sign_in(banker)
    secrets = [person.name, person.phone, person.mail]

    def seen() -> list[str]:
        text = client.get(page).text
        return [each for each in secrets if each in text]

    assert seen() == []
    make.consent(firm, make.organisation(OrganisationKind.BANK), field_set=FieldSet.CONTACTS)
    assert seen() == [], "given to another bank"
    given = make.consent(firm, banker.organisation, field_set=FieldSet.CONTACTS)
    assert seen() == secrets
    assert make.session.query(ConsentUse).one().organisation_id == banker.organisation_id
    given.state, given.ended_at = ConsentState.WITHDRAWN, now_utc()
    make.session.flush()
    assert seen() == []


def test_a_copy_for_risk_holds_what_was_opened_for_risk(client, make, people) -> None:
    _user, firm, banker = people
    make.consent(firm, banker.organisation, purpose=Purpose.POST_LOAN)
    stranger = make.enterprise()
    make.patent(holders=[stranger])
    client.sign_in(banker)
    answer = client.post("/bank/firms/export?tier=directory", data={"purpose": "risk", "format": "xlsx"})
    found = cells(client.get(answer.location))
    assert FIGURE in found
    assert "未授权" in found
    assert FIGURE not in cells(export(client, "statistics")[1]), "no firm agreed to statistics"


def test_what_is_missing_is_refused_in_words(client, make, people) -> None:
    user, _firm, banker = people
    client.sign_in(user)
    for changed, words in (
        ({"recipients": []}, "请选择接收方"),
        ({"field_sets": []}, "请选择要授权的内容"),
        ({"purpose": "insurance"}, "不能以“保险对接”为用途"),
        ({"last_day": (TODAY - timedelta(days=1)).isoformat()}, "截止日不能早于今天"),
        ({"last_day": "2099-01-01"}, "授权期限最长"),
    ):
        page = client.post("/ent/consents/new", data=ask(banker.organisation, **changed))
        assert page.status_code == 422
        assert words in page.text


def test_nothing_is_given_without_agreeing_to_exactly_what_was_read(client, make, people) -> None:
    user, _firm, banker = people
    client.sign_in(user)
    data = ask(banker.organisation)
    for more in ({"read": "0" * 64, "agreed": "y"}, {"read": "0" * 64}, {}):
        assert client.post("/ent/consents/", data={**data, **more}).location.endswith("/ent/consents/new")
    assert make.session.query(Consent).count() == 0


def test_a_whole_kind_is_named_one_by_one(client, make, people) -> None:
    user, _firm, banker = people
    second = make.organisation(OrganisationKind.BANK)
    make.consent_recipient(second)
    client.sign_in(user)
    page, _done = give(client, ask(banker.organisation, recipients=["bank"]))
    assert banker.organisation.name in page.text
    assert second.name in page.text
    assert {row.organisation_id for row in make.session.query(Consent)} == {
        banker.organisation_id,
        second.id,
    }


def test_a_consent_is_narrowed_and_a_later_day_is_refused(client, make, people) -> None:
    user, firm, banker = people
    consent = make.consent(firm, banker.organisation, until=TODAY + timedelta(days=31))
    make.consent_act(consent)
    client.sign_in(user)
    place = f"/ent/consents/{consent.public_id}/narrow"
    late = client.post(place, data={"last_day": (TODAY + timedelta(days=30)).isoformat()})
    assert late.status_code == 422
    assert "须早于原截止日" in late.text
    assert client.post(place, data={"last_day": TODAY.isoformat()}).status_code == 303
    assert consent.until == TODAY + timedelta(days=1)


def test_everything_of_one_recipient_is_withdrawn_at_once(client, make, people) -> None:
    user, firm, banker = people
    mine = [make.consent(firm, banker.organisation, field_set=each) for each in FieldSet]
    kept = make.consent(firm)
    client.sign_in(user)
    client.post("/ent/consents/withdraw", data={"recipient": str(banker.organisation_id)})
    assert {each.state.value for each in mine} == {"withdrawn"}
    assert kept.state.value == "given"
    client.post("/ent/consents/withdraw", data={"recipient": ""})
    assert kept.state.value == "withdrawn"


def test_an_institution_tells_where_it_is_reached_and_lists_what_it_was_given(client, make, people) -> None:
    _user, firm, _banker = people
    newcomer = make.banker()
    client.sign_in(newcomer)
    assert "尚未登记" in client.get("/bank/consents/").text
    assert client.post("/bank/consents/contact", data={"contact": ""}).status_code == 422
    client.post("/bank/consents/contact", data={"contact": "合规部 0372-1111111"})
    make.consent(firm, newcomer.organisation)
    page = client.get("/bank/consents/").text
    assert "尚未登记" not in page
    assert firm.name in page


def test_the_ledger_leaves_as_a_sheet_with_its_log(client, make, people, audited) -> None:
    _user, firm, banker = people
    consent = make.consent(firm, banker.organisation)
    make.consent_act(consent)
    for person in (make.officer(), make.user(Role.AUDITOR)):
        client.sign_in(person)
        assert firm.name in client.get("/office/consents/?standing=in_force").text
        assert firm.name not in client.get("/office/consents/?standing=withdrawn").text
        answer = client.post("/office/consents/export?standing=in_force")
        assert consent.statement_sha256 in cells(client.get(answer.location))
        empty = client.post("/office/consents/export?standing=withdrawn", follow_redirects=True)
        assert "没有可导出的授权" in empty.text
    assert len(audited("exports.made")) == 2


def test_the_authorisation_is_a_paper_of_what_stands(client, make, people) -> None:
    user, _firm, banker = people
    client.sign_in(user)
    give(client, ask(banker.organisation))
    consent = make.session.query(Consent).one()
    answer = client.post(f"/ent/consents/{consent.public_id}/letter")
    paper = client.get(answer.location)
    assert paper.data.startswith(b"%PDF")
    client.post(f"/ent/consents/{consent.public_id}/withdraw")
    refused = client.post(f"/ent/consents/{consent.public_id}/letter", follow_redirects=True)
    assert "不能出具授权书" in refused.text


def test_what_cannot_be_noted_is_not_shown(client, make, people, monkeypatch) -> None:
    _user, firm, banker = people
    make.consent(firm, banker.organisation)
    client.sign_in(banker)
    monkeypatch.setattr("ipfin.web.institution.opened.write_if_free", lambda write: False)
    page = client.get(f"/bank/firms/{firm.public_id}")
    assert FIGURE not in page.text
    assert "暂时不能登记查看记录" in page.text


def told_to(app, user) -> str:
    """Return what stands in somebody's inbox, the latest first."""
    theirs = app.test_client()
    theirs.sign_in(user)
    return theirs.get("/inbox/").text


def test_an_institution_is_told_what_a_firm_gives_narrows_and_withdraws(client, app, make, people) -> None:
    user, firm, banker = people
    stranger = make.banker()
    client.sign_in(user)
    give(client, ask(banker.organisation, field_sets=["declared", "contacts"]))
    first = told_to(app, banker)
    assert f"{firm.name}向本机构授权" in first
    assert "联系人与联系方式（融资对接）、申报的经营指标（融资对接）" in first
    one = make.session.scalars(select(Consent).order_by(Consent.id)).first()
    soon = (TODAY + timedelta(days=5)).isoformat()
    client.post(f"/ent/consents/{one.public_id}/narrow", data={"last_day": soon})
    second = told_to(app, banker)
    assert f"{firm.name}缩短对本机构的授权" in second
    assert f"联系人与联系方式（融资对接），改为至{soon}为止" in second
    client.post("/ent/consents/withdraw", data={"recipient": str(banker.organisation_id)})
    last = told_to(app, banker)
    assert f"{firm.name}撤回对本机构的授权" in last
    assert "已经下载的，请停止使用并删除相应内容" in last
    assert firm.name not in told_to(app, stranger)
    assert len(make.session.scalars(select(Notice)).all()) == 3, "one notice for each act"
