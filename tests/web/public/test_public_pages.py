"""What everyone may read: events, published lists, the truth about a document. Drafts are not there."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from ipfin.documents.models import Document
from ipfin.events.lifecycle import EventState
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.reports.directory import IssueState
from ipfin.web.event_share import shorten
from ipfin.whitelist.admission import RoundState


def coming(make, **overrides):
    starts = now_utc() + timedelta(days=10)
    when = {"starts_at": starts, "ends_at": starts + timedelta(hours=3), "talks_start_at": starts}
    return make.event(**{**when, "registration_closes_on": today_in_china(), **overrides})


def test_the_first_page_is_of_use_before_anything_was_published(client):
    page = client.get("/").text
    for shown in ("企业", "银行、担保", "保险", "近期没有活动", "还没有发布过白名单", "登录"):
        assert shown in page


def test_the_first_page_shows_what_is_coming_and_what_was_published(client, make):
    coming(make, title="样例秋季对接会")
    coming(make, title="样例草稿会", state=EventState.DRAFT)
    make.event(title="样例旧会")
    make.round(title="样例第一批")
    make.round(title="样例未发布批", state=RoundState.DRAFT)
    make.issue(title="样例名录甲")
    make.issue(title="样例名录乙", state=IssueState.RECALLED, published_at=now_utc())
    page = client.get("/").text
    assert {name for name in _NAMES if name in page} == {"样例秋季对接会", "样例第一批", "样例名录甲"}


_NAMES = (
    "样例秋季对接会",
    "样例草稿会",
    "样例旧会",
    "样例第一批",
    "样例未发布批",
    "样例名录甲",
    "样例名录乙",
)


def test_who_is_signed_in_finds_the_way_to_the_own_page(client, make):
    assert "进入我的工作台" in client.sign_in(make.banker()).get("/").text


def test_the_page_says_when_everything_is_made_up(client, app, make):
    assert "演示数据" not in client.get("/").text
    make.enterprise(is_synthetic=True)
    app.extensions.pop("ipfin_demonstration")  # a minute later
    assert "演示数据" in client.get("/").text


def test_an_event_is_read_without_signing_in_and_ready_for_a_chat_group(client, make):
    event = coming(make, title="样例秋季对接会", summary="带上证书。", contact="促进科 0372-0000000")
    page = client.get(f"/events/{event.public_id}").text
    for shown in (
        "登录后报名",
        "共60个，余60个",
        "【银企对接会】样例秋季对接会",
        "详情与报名：http://127.0.0.1:8000/events/",
    ):
        assert shown in page
    assert 'src="data:image/svg+xml' in page


def test_who_is_signed_in_goes_on_to_the_own_page_of_the_event(client, make):
    event = coming(make)
    page = client.sign_in(make.banker()).get(f"/events/{event.public_id}").text
    assert f'href="/bank/events/{event.public_id}"' in page
    assert "登录后报名" not in page


def test_the_day_on_which_registration_closes_still_counts(client, make):
    last = coming(make, registration_closes_on=today_in_china())
    over = coming(make, registration_closes_on=today_in_china() - timedelta(days=1))
    assert "登录后报名" in client.get(f"/events/{last.public_id}").text
    assert "登录后报名" not in client.get(f"/events/{over.public_id}").text


@pytest.mark.parametrize("state", [EventState.DRAFT, EventState.CANCELLED])
def test_an_event_that_was_not_published_is_not_there(client, make, state):
    event = make.event(state=state, title="样例未公开会")
    for place in (f"/events/{event.public_id}", f"/events/{event.public_id}.ics"):
        assert client.get(place).status_code == 404
    assert "样例未公开会" not in client.get("/events/").text


def test_the_calendar_entry_says_when_and_where(client, make):
    from icalendar import Calendar

    event = make.event(title="样例,对接;会\n二", venue="样例会议中心", summary="带上证书。")
    reply = client.get(f"/events/{event.public_id}.ics")
    assert reply.mimetype == "text/calendar"
    entry = next(iter(Calendar.from_ical(reply.data).walk("VEVENT")))
    assert entry.decoded("dtstart") == event.starts_at
    assert entry.decoded("dtend") == event.ends_at
    assert str(entry["summary"]) == "样例,对接;会\n二"
    assert str(entry["location"]) == "样例会议中心"
    assert event.public_id in str(entry["uid"])
    again = next(iter(Calendar.from_ical(client.get(f"/events/{event.public_id}.ics").data).walk("VEVENT")))
    for one in (entry, again):  # the instant at which the file was made is all that may differ
        assert one.pop("dtstamp")
    assert again == entry


@pytest.mark.parametrize(("length", "shown"), [(119, 119), (120, 120), (121, 121)])
def test_a_long_summary_is_cut_for_the_chat(length, shown):
    cut = shorten("字" * length)
    assert len(cut) == shown
    assert cut.endswith("…") == (length > 120)


def test_a_published_round_names_the_firms_and_nothing_else_of_them(client, make):
    firm = make.enterprise(name="样例甲公司")
    round_ = make.round(title="样例第一批", valid_from=date(2026, 1, 1), valid_until=date(2099, 1, 1))
    admission = make.admission(firm, round=round_)
    make.round_entry(firm, round=round_, sheet=admission.sheet)
    listed = client.get("/notices/").text
    assert f'href="/notices/{round_.number}"' in listed
    assert "2026-01-01 至 2098-12-31" in listed
    page = client.get(f"/notices/{round_.number}").text
    assert "样例甲公司" in page
    assert firm.credit_code not in page
    assert "82.00" not in page


@pytest.mark.parametrize("state", [RoundState.DRAFT, RoundState.SUBMITTED, RoundState.WITHDRAWN])
def test_a_round_that_was_not_published_is_not_there(client, make, state):
    round_ = make.round(state=state, title="样例未发布批")
    assert client.get(f"/notices/{round_.number}").status_code == 404
    assert "样例未发布批" not in client.get("/notices/").text


def test_the_validity_of_a_round_is_said_on_both_sides_of_its_days(client, make):
    today = today_in_china()
    spans = {
        "未生效": (today + timedelta(days=1), today + timedelta(days=9)),
        "有效": (today, today + timedelta(days=1)),
        "已过期": (today - timedelta(days=9), today),
    }
    for word, (since, until) in spans.items():
        round_ = make.round(valid_from=since, valid_until=until)
        assert f">{word}<" in client.get(f"/notices/{round_.number}").text


@pytest.mark.parametrize("typed", ["7KQM-2XNB-4HTR-9PWC", "7kqm 2xnb 4htr 9pwc", "７ＫＱＭ2XNB4HTR9PWC"])
def test_a_genuine_document_is_known_however_its_code_was_typed(client, make, typed):
    make.document(verify_code="7KQM-2XNB-4HTR-9PWC", title="样例名录第3期", sha256="ab" * 32)
    onward = client.get("/verify/", query_string={"code": typed})
    page = client.get(onward.location)
    assert page.status_code == 200
    for shown in ("文件真实有效", "样例名录第3期", "安阳市知识产权局", "ab" * 32):
        assert shown in page.text


def test_a_revoked_document_is_said_to_be_void(client, make, session):
    document = make.document()
    session.get(Document, document.id).revoked_at = now_utc()
    page = client.get(f"/verify/{document.verify_code}").text
    assert "文件已撤回" in page
    assert "文件真实有效" not in page


def test_an_unknown_code_is_answered_in_words(client):
    reply = client.get("/verify/AAAA-BBBB-CCCC-DDDD")
    assert reply.status_code == 404
    assert "没有找到这个核验码" in reply.text
    assert "AAAA-BBBB-CCCC-DDDD" in reply.text


def test_a_documents_page_names_nobody_it_was_made_for(client, make):
    document = make.document(issued_to="样例机密银行", purpose="样例用途", issued_by="样例经办人")
    page = client.get(f"/verify/{document.verify_code}").text
    assert not [word for word in ("样例机密银行", "样例用途", "样例经办人") if word in page]


def test_an_agency_reads_what_is_coming_and_that_nothing_is_assigned(client, make):
    coming(make, title="样例秋季对接会")
    page = client.sign_in(make.user(Role.AGENCY)).get("/rev/").text
    assert "目前没有分配给您的评审任务" in page
    assert "样例秋季对接会" in page


def test_what_does_not_exist_is_said_in_words(client):
    reply = client.get("/no/such/page")
    assert reply.status_code == 404
    assert "没有这个页面" in reply.text
