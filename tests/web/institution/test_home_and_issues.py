"""The workbench of an institution, and the issues of the directory that it received."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ipfin.events.lifecycle import RegistrationState, Side
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.reports.directory import CHANGE_LABELS, IssueState, LeftReason, LineChange
from ipfin.reports.tiers import FieldTier
from tests.web.conftest import Browser


def coming(make, **overrides):
    start = now_utc() + timedelta(days=9)
    return make.event(
        starts_at=start,
        ends_at=start + timedelta(hours=3),
        talks_start_at=start,
        registration_closes_on=today_in_china() + timedelta(days=3),
        **overrides,
    )


# --- Workbench ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "prefix"), [(Role.BANK, "bank"), (Role.INSURER, "ins")])
def test_the_workbench_says_what_waits(client: Browser, make, role, prefix) -> None:
    user = make.user(role)
    issue = make.issue()
    make.issue_line(issue, change=LineChange.ADDED)
    make.delivery(issue, organisation=user.organisation)
    make.delivery()  # somebody else's
    event = coming(make)
    client.sign_in(user)
    page = client.get(f"/{prefix}/")
    assert f"名录第{issue.number}期已送达，待签收" in page.text
    assert page.text.count("已送达，待签收") == 1
    assert f"“{event.title}”正在报名" in page.text
    assert f'href="/{prefix}/releases/{issue.number}"' in page.text


def test_a_registered_bank_is_asked_for_wishes_until_it_said_one(client: Browser, make) -> None:
    user, event = make.banker(), coming(make)
    own = make.registration(event, Side.INSTITUTION, organisation=user.organisation)
    client.sign_in(user)
    assert "尚未提交会谈意愿" in client.get("/bank/").text
    make.wish(own, make.registration(event))
    assert "尚未提交会谈意愿" not in client.get("/bank/").text


def test_who_is_asked_to_meet_is_told_until_he_answers(client: Browser, make) -> None:
    user, event = make.banker(), coming(make)
    own = make.registration(event, Side.INSTITUTION, organisation=user.organisation)
    firm = make.registration(event)
    make.wish(own, make.registration(event))
    make.wish(firm, own)
    make.wish(make.registration(event), own, strength=0)
    make.wish(make.registration(event, state=RegistrationState.WAITLISTED), own)
    client.sign_in(user)
    assert "有1家希望见您，请答复" in client.get("/bank/").text
    assert "有1家希望见贵单位" in client.get(f"/bank/events/{event.public_id}").text
    make.wish(own, firm, strength=0)
    assert "希望见您" not in client.get("/bank/").text


def test_who_waits_for_a_seat_is_not_asked_for_wishes(client: Browser, make) -> None:
    user, event = make.banker(), coming(make)
    make.registration(
        event, Side.INSTITUTION, organisation=user.organisation, state=RegistrationState.WAITLISTED
    )
    client.sign_in(user)
    page = client.get("/bank/").text
    assert "候补中" in page
    assert "尚未提交会谈意愿" not in page


def test_a_new_bank_s_workbench_is_empty_in_words(client: Browser, make) -> None:
    client.sign_in(make.banker())
    page = client.get("/bank/").text
    assert "没有等待您办理的事项" in page
    assert "还没有向贵机构送达名录" in page


def test_a_recalled_issue_no_longer_waits(client: Browser, make) -> None:
    user = make.banker()
    make.delivery(
        make.issue(state=IssueState.RECALLED, recalled_at=now_utc()), organisation=user.organisation
    )
    client.sign_in(user)
    page = client.get("/bank/").text
    assert "待签收" not in page


# --- Issues ------------------------------------------------------------------------------------------


def delivered(make, user, **overrides):
    issue = make.issue(**overrides)
    for change in (LineChange.ADDED, LineChange.KEPT, LineChange.LEFT):
        firm = make.enterprise(name=f"样例{CHANGE_LABELS[change]}有限公司")
        make.issue_line(issue, enterprise=firm, change=change, position=0 if change is LineChange.LEFT else 1)
    make.delivery(issue, organisation=user.organisation)
    return issue


def test_an_issue_shows_lines_differences_and_files(client: Browser, make) -> None:
    user = make.banker()
    issue = delivered(make, user)
    client.sign_in(user)
    assert f"第{issue.number}期" in client.get("/bank/releases/").text
    page = client.get(f"/bank/releases/{issue.number}").text
    assert "样例新增有限公司" in page
    assert "样例退出有限公司" not in page, "who left stands under its own tab"
    assert page.count("/files/") == 3
    left = client.get(f"/bank/releases/{issue.number}?change=left").text
    assert "样例退出有限公司" in left
    assert "样例新增有限公司" not in left


def test_a_receipt_is_confirmed_once_and_logged(client: Browser, make, audited) -> None:
    user = make.banker()
    issue = delivered(make, user)
    client.sign_in(user)
    assert "确认签收" in client.get(f"/bank/releases/{issue.number}").text
    for _ in range(2):
        done = client.post(f"/bank/releases/{issue.number}/receipt", follow_redirects=True)
        assert done.status_code == 200
    assert user.name in done.text
    assert "确认签收" not in done.text
    assert len(audited("reports.delivery.received")) == 1


def test_a_recalled_issue_says_so_and_shows_neither_files_nor_lines(client: Browser, make) -> None:
    user = make.banker()
    issue = delivered(
        make, user, state=IssueState.RECALLED, recalled_at=now_utc(), recall_reason="名单有误，另行送达"
    )
    client.sign_in(user)
    page = client.get(f"/bank/releases/{issue.number}").text
    assert "本期已召回" in page
    assert "名单有误，另行送达" in page
    assert "/files/" not in page
    assert "样例新增有限公司" not in page
    assert "确认签收" not in page
    assert "已召回" in client.get("/bank/releases/").text


def test_an_issue_is_searched_and_tells_old_values_and_why_a_firm_left(client: Browser, make) -> None:
    user = make.banker()
    issue = delivered(make, user)
    changed = make.enterprise(name="样例变更有限公司")
    make.issue_line(
        issue, enterprise=changed, change=LineChange.CHANGED, before={"grade": "B", "pledged_count": 2}
    )
    make.issue_line(issue, change=LineChange.LEFT, position=0, left_reason=LeftReason.STALE)
    client.sign_in(user)
    place = f"/bank/releases/{issue.number}"
    page = client.get(f"{place}?q=样例变更").text
    assert "样例变更有限公司" in page
    assert "样例新增有限公司" not in page
    assert "其中在押：2 → 0" in page
    assert "白名单等级：B → （空）" in page
    assert "数据日期过旧" in client.get(f"{place}?change=left").text
    assert "没有这样的企业" in client.get(f"{place}?q=没有的").text


def test_a_page_shows_no_more_than_the_tier_of_the_copy(client: Browser, make) -> None:
    user = make.banker()
    issue = make.issue()
    line = make.issue_line(issue, change=LineChange.CHANGED, before={"grade": "等级甲"})
    line.facts = line.facts | {"grade": "等级乙", "tax_credit": "税务样例"}
    held = make.delivery(issue, organisation=user.organisation, tier=FieldTier.BASIC)
    client.sign_in(user)
    page = client.get(f"/bank/releases/{issue.number}").text
    assert "等级甲" not in page
    assert "等级乙" not in page
    held.tier, held.consented_ids = FieldTier.CONSENTED, [line.enterprise_id]
    page = client.get(f"/bank/releases/{issue.number}").text
    assert "等级乙" in page
    assert "1家企业授权贵机构查看申报数据" in page
    assert "税务样例" not in page, "declared figures stand in the sheet, whose taking is noted"


def test_an_issue_that_was_not_delivered_to_us_is_not_there(client: Browser, make) -> None:
    issue = delivered(make, make.banker())
    client.sign_in(make.banker())
    assert client.get(f"/bank/releases/{issue.number}").status_code == 404
    assert client.post(f"/bank/releases/{issue.number}/receipt").status_code == 404
    assert f"第{issue.number}期" not in client.get("/bank/releases/").text


def test_a_bank_s_issue_is_not_on_the_insurers_pages(client: Browser, make) -> None:
    user = make.banker()
    issue = delivered(make, user)
    client.sign_in(user)
    assert client.get(f"/ins/releases/{issue.number}").status_code == 403
