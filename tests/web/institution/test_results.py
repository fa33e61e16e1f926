"""What came of meetings, as a bank, a firm and the office fill it in and read it."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from ipfin.accounts.models import Organisation, OrganisationKind
from ipfin.documents.models import Document
from ipfin.documents.proof import pdf_text
from ipfin.documents.service import read_document
from ipfin.events.lifecycle import EventState, Side
from ipfin.events.models import Event, Meeting, MeetingFollowUp, MeetingResult
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import today_in_china
from tests.factories import Make
from tests.web.conftest import Browser

YES = {
    "interest": "strong",
    "amount": "300",
    "product": "知识产权质押贷款",
    "next_step": "提供近三年报表",
    "responsible": "客户经理甲",
    "due_on": "2026-05-06",
    "note": "",
    "version": "0",
}


@pytest.fixture
def event(make: Make) -> Event:
    """An event of last April whose meetings were held."""
    return make.event(state=EventState.SCHEDULED)


@pytest.fixture
def meeting(make: Make, event: Event) -> Meeting:
    firm, bank = make.enterprise(), make.organisation(OrganisationKind.BANK)
    return make.held_meeting(
        event,
        enterprise_registration=make.registration(event, enterprise=firm),
        institution_registration=make.registration(event, Side.INSTITUTION, organisation=bank),
    )


def banker_of(make: Make, meeting: Meeting) -> Any:
    house = make.session.get_one(Organisation, meeting.institution_registration.organisation_id)
    return make.user(Role.BANK, organisation=house)


def firm_of(make: Make, meeting: Meeting) -> Any:
    house = make.organisation(
        OrganisationKind.ENTERPRISE, enterprise=meeting.enterprise_registration.enterprise
    )
    return make.user(Role.ENTERPRISE, organisation=house)


def test_a_bank_says_what_came_of_a_meeting_and_tells_the_loan_later(
    client: Browser, make: Make, session: Any, event: Event, meeting: Meeting
) -> None:
    client.sign_in(banker_of(make, meeting))
    base = f"/bank/events/{event.public_id}"
    assert f"{base}/results" in client.get(base).text, "the event leads there"
    one = f"{base}/results/{meeting.enterprise_registration_id}"
    assert "未填报" in client.get(f"{base}/results").text
    done = client.post(one, data=YES, follow_redirects=True)
    assert "洽谈成果已保存" in done.text
    assert "300.00万元" in done.text
    row = session.query(MeetingResult).one()
    assert (row.side, row.amount_fen) == (Side.INSTITUTION, 300_000_000)
    stale = client.post(one, data=YES | {"interest": "open"})
    assert stale.status_code == 409
    assert ("洽谈结果" in stale.text, "已保存的" in stale.text) == (True, True)
    step = {"stage": "loan", "happened_on": "2026-05-20", "amount": "200", "is_first_loan": "y"}
    told = client.post(f"{one}/steps", data=step, follow_redirects=True)
    assert "进展已登记" in told.text
    assert "首贷" in told.text
    again = client.post(f"{one}/steps", data=step)
    assert again.status_code == 409
    loan = session.query(MeetingFollowUp).one()
    gone = client.post(f"{one}/steps/{loan.id}/withdraw", data={"reason": "金额填错"}, follow_redirects=True)
    assert "金额填错" in gone.text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"interest": ""}, "interest-0"),
        ({"next_step": ""}, "next_step"),
        ({"amount": "-1"}, "amount"),
        ({"interest": "none"}, "amount"),
        ({"due_on": "2026-04-15"}, "due_on"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    client: Browser, make: Make, event: Event, meeting: Meeting, change: dict[str, str], field: str
) -> None:
    client.sign_in(banker_of(make, meeting))
    one = f"/bank/events/{event.public_id}/results/{meeting.enterprise_registration_id}"
    reply = client.post(one, data=YES | change)
    assert reply.status_code == 422
    assert f'href="#{field.removesuffix("-0")}' in reply.text
    step = client.post(f"{one}/steps", data={"stage": "ended", "happened_on": "2026-05-20"})
    assert step.status_code == 422
    assert "未成的原因" in step.text


def test_a_firm_says_its_own_word_and_does_not_read_the_banks(
    client: Browser, make: Make, session: Any, event: Event, meeting: Meeting
) -> None:
    make.meeting_result(meeting, next_step="内部：抵押不足")
    make.follow_up(meeting, stage="ended", amount_fen=None, reason="内部评级不足")
    client.sign_in(firm_of(make, meeting))
    base = f"/ent/events/{event.public_id}/results"
    one = f"{base}/{meeting.institution_registration_id}"
    for page in (client.get(base).text, client.get(one).text):
        assert "内部" not in page
    assert "洽谈成果已保存" in client.post(one, data=YES, follow_redirects=True).text
    assert session.query(MeetingResult).count() == 2
    assert client.post(f"{one}/steps", data={}).status_code == 404, "banks tell of loans"


def content(session: Any, code: str, directory: Any) -> bytes:
    return read_document(session.query(Document).filter_by(verify_code=code).one(), directory)


def test_a_banks_ledger_holds_its_own_meetings_and_its_own_word(
    client: Browser, make: Make, session: Any, event: Event, meeting: Meeting
) -> None:
    other = make.held_meeting(
        event,
        timetable=meeting.timetable,
        slot=1,
        enterprise_registration=meeting.enterprise_registration,
    )
    make.meeting_result(other, next_step="别家银行的下一步")
    make.meeting_result(meeting, Side.ENTERPRISE, next_step="企业自己的话")
    make.meeting_result(meeting, next_step="=约定尽调")
    client.sign_in(banker_of(make, meeting))
    reply = client.post(f"/bank/events/{event.public_id}/results/export", follow_redirects=True)
    book = load_workbook(io.BytesIO(reply.data))
    cells = [str(cell.value) for row in book.active.iter_rows() for cell in row if cell.value is not None]
    assert "=约定尽调" in cells
    assert all(cell.data_type != "f" for row in book.active.iter_rows() for cell in row)
    assert not {"别家银行的下一步", "企业自己的话"} & set(cells)
    assert other.institution_registration.display_name not in cells


def test_the_office_reads_both_words_asks_and_takes_report_and_minutes(
    client: Browser, make: Make, session: Any, event: Event, meeting: Meeting
) -> None:
    make.meeting_result(meeting, Side.ENTERPRISE, next_step="企业的话", amount_fen=500_000_000)
    make.follow_up(meeting)
    make.feedback(meeting.enterprise_registration, comment="桌间太近")
    client.sign_in(make.officer())
    base = f"/office/events/{event.public_id}"
    page = client.get(f"{base}/results").text
    assert all(words in page for words in ("企业的话", "500.00万元", "2026-05-06 授信", "桌间太近", "未填报"))
    one = f"{base}/results/{meeting.enterprise_registration_id}/{meeting.institution_registration_id}"
    step = {"stage": "loan", "happened_on": f"{today_in_china() + timedelta(days=1)}", "amount": "200"}
    assert client.post(one, data=step).status_code == 422, "tomorrow's loan"
    assert (
        "进展已登记"
        in client.post(one, data=step | {"happened_on": "2026-05-20"}, follow_redirects=True).text
    )
    for kind, head in (("ledger", b"PK"), ("sheet", b"PK"), ("paper", b"%PDF")):
        reply = client.post(f"{base}/results/issue", data={"kind": kind}, follow_redirects=True)
        assert reply.data.startswith(head)
    assert "200.00" in pdf_text(reply.data)
    draft = client.get(f"{base}/minutes").text
    assert "放款1家" in draft
    saved = client.post(
        f"{base}/minutes", data={"body": "一、情况\n二、小结", "version": "0"}, follow_redirects=True
    )
    assert "会议纪要已保存" in saved.text
    assert client.post(f"{base}/minutes", data={"body": "另一稿", "version": "0"}).status_code == 409
    paper = client.post(f"{base}/minutes/issue", follow_redirects=True)
    assert "二、小结" in pdf_text(paper.data)


def test_an_opinion_is_given_and_changed(client: Browser, make: Make, event: Event, meeting: Meeting) -> None:
    client.sign_in(firm_of(make, meeting))
    address = f"/ent/events/{event.public_id}/feedback"
    said = {"organisation_points": "5", "timetable_points": "4", "use_points": "3", "would_return": "yes"}
    assert client.post(address, data=said | {"use_points": "9"}).status_code == 422
    assert "感谢反馈" in client.post(address, data=said, follow_redirects=True).text
    assert "再次保存将替换" in client.get(address).text


def test_before_the_meetings_nothing_is_asked(client: Browser, make: Make) -> None:
    ahead = make.event(
        state=EventState.SCHEDULED,
        **{name: make.event().starts_at.replace(year=2099) for name in ("starts_at", "talks_start_at")},
        ends_at=make.event().ends_at.replace(year=2099),
    )
    meeting = make.held_meeting(ahead)
    client.sign_in(banker_of(make, meeting))
    base = f"/bank/events/{ahead.public_id}"
    assert "填报洽谈成果" not in client.get(base).text
    assert "洽谈开始后即可填报" in client.get(f"{base}/results").text
    assert client.post(f"{base}/results/{meeting.enterprise_registration_id}", data=YES).status_code == 409
