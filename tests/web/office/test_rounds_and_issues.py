"""Scores, whitelist rounds and issues of the directory: made by one person, published by another."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ipfin.conduct.models import RegisterConsultation
from ipfin.documents.models import Document
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import today_in_china
from ipfin.notices.models import Notice
from ipfin.reports.directory import IssueState
from ipfin.reports.models import DirectoryDelivery, DirectoryIssue
from ipfin.whitelist.admission import RoundState
from ipfin.whitelist.models import Admission, ScoreRun, WhitelistRound
from ipfin.whitelist.scoring import Grade
from tests.web.conftest import Browser

PROGRAM = "<script>alert(1)</script><img src=x onerror=alert(1)>"
ROUND = {
    "title": "样例白名单",
    "minimum_grade": "D",
    "valid_from": f"{today_in_china()}",
    "valid_months": "12",
}
ISSUE = {
    "title": "样例授权专利企业名录",
    "holding": "valid",
    "least": "1",
    "kinds": ["bank", "insurer", "guarantor"],
}
ISSUE |= {f"tier_{kind}": "consented" for kind in ("bank", "insurer", "guarantor")}
PLANTED = {
    "id": "77",
    "number": "77",
    "state": "published",
    "approved_by": "别人",
    "approved_by_user_id": "1",
    "submitted_by_user_id": "1",
    "run_id": "77",
    "lines_count": "9",
    "recalled_at": "2020-01-01",
}


@pytest.fixture
def firm(make):
    firm = make.enterprise(name="样例磨床机械有限公司")
    for _each in range(3):
        make.patent(holders=[firm])
    return firm


@pytest.fixture
def maker(client, make, firm) -> Browser:
    return client.sign_in(make.officer(name="经办甲"))


@pytest.fixture
def checker(app, make) -> Browser:
    return app.test_client().sign_in(make.officer(name="复核乙"))


def scored(browser: Browser, session) -> ScoreRun:
    reply = browser.post("/office/scores/run")
    assert reply.status_code == 303
    assert "/office/jobs/" in reply.location
    return session.query(ScoreRun).order_by(ScoreRun.id.desc()).first()


def let_the_notice_pass(session) -> None:
    """Move the notice of the one round into the past, as if its days were over."""
    session.query(WhitelistRound).update(
        {
            "notice_from": today_in_china() - timedelta(days=9),
            "notice_last_day": today_in_china() - timedelta(days=1),
        }
    )
    session.expire_all()


def drafted(browser: Browser, session, **changes: str) -> str:
    scored(browser, session)
    reply = browser.post("/office/whitelist/new", data=ROUND | changes)
    assert reply.status_code == 303, reply.text
    return str(reply.location)


# --- Scores --------------------------------------------------------------------------------------------


def test_changed_firms_are_scored_alone_from_the_page(maker, session, make, firm) -> None:
    first = scored(maker, session)
    assert "只重算" not in maker.get("/office/scores/").text
    make.change(firm)
    session.commit()
    assert "只重算有变动的企业（1家）" in maker.get("/office/scores/").text
    assert maker.post("/office/scores/run", data={"changed": "1"}).status_code == 303
    again = session.query(ScoreRun).order_by(ScoreRun.id.desc()).first()
    assert (again.base_run_id, again.rescored_count) == (first.id, 1)
    assert f"其余沿用第{first.id}次评分" in maker.get(f"/office/scores/{again.id}").text
    assert "只重算" not in maker.get("/office/scores/").text


def test_a_score_run_shows_every_firm_and_explains_each(maker, session, firm) -> None:
    assert "还没有" in maker.get("/office/scores/").text
    run = scored(maker, session)
    assert firm.name in maker.get(f"/office/scores/{run.id}").text
    sheet = maker.get(f"/office/scores/{run.id}/{firm.public_id}").text
    assert "评级用分" in sheet
    assert firm.name in sheet
    assert f"/office/scores/{run.id}" in maker.get("/office/scores/").text


def test_scoring_an_empty_registry_fails_in_words(client, make, session) -> None:
    browser = client.sign_in(make.officer())
    job = browser.post("/office/scores/run").location
    assert "请先导入名单" in browser.get(job).text
    assert session.query(ScoreRun).count() == 0


@pytest.mark.parametrize("role", [Role.COUNTY_OFFICER, Role.AUDITOR])
def test_who_only_reads_is_offered_no_act(client, make, role) -> None:
    draft, waiting = make.round(state=RoundState.DRAFT), make.issue(state=IssueState.SUBMITTED)
    published = make.issue()
    browser = client.sign_in(make.user(role))
    for place in (
        "/office/scores/",
        "/office/whitelist/",
        "/office/releases/",
        f"/office/whitelist/{draft.number}",
        f"/office/releases/{waiting.number}",
        f"/office/releases/{published.number}",
    ):
        page = browser.get(place)
        assert page.status_code == 200
        assert '<form method="post"' not in page.text.split("<main")[1].split("</main")[0]
    for place in (
        "scores/run",
        f"whitelist/{draft.number}/submit",
        f"whitelist/{draft.number}/withdraw",
        f"releases/{waiting.number}/publish",
        f"releases/{published.number}/recall",
    ):
        assert browser.post(f"/office/{place}").status_code == 403


def test_a_county_counts_its_own_firms_and_says_so(client, make) -> None:
    county = make.user(Role.COUNTY_OFFICER)
    near = make.enterprise(region_code=county.organisation.region_code)
    run = make.score_run(firms_count=34, grade_counts={"A": 30, "B": 4})
    make.score_sheet(near, run=run, grade=Grade.B)
    make.score_sheet(make.enterprise(), run=run, grade=Grade.A)
    issue = make.issue(lines_count=34)
    browser = client.sign_in(county)
    for place in ("/office/", "/office/scores/", f"/office/scores/{run.id}"):
        page = browser.get(place).text.split("<main")[1]
        assert ">34<" not in page, place
        assert ">30<" not in page, place
    said = "以上为全期数字，以下只列本辖区的企业。"
    assert said in browser.get(f"/office/releases/{issue.number}").text
    browser.sign_in(make.officer())
    assert ">34<" in browser.get(f"/office/scores/{run.id}").text
    assert said not in browser.get(f"/office/releases/{issue.number}").text


# --- Rounds --------------------------------------------------------------------------------------------


def test_a_round_is_drafted_submitted_and_published_by_a_second_person(
    maker, checker, make, session, firm, audited
) -> None:
    make.consult_everything(today_in_china())
    place = drafted(maker, session)
    assert firm.name in maker.get(place).text
    assert maker.post(f"{place}/submit").status_code == 303
    assert "须由另一名工作人员复核发布" in maker.get(place).text

    own = maker.post(f"{place}/notice", data={"note": ""})
    assert own.status_code == 403
    assert "提交人不能" in own.text
    assert "待您复核发布" in checker.get("/office/").text
    assert checker.post(f"{place}/notice", data={"note": ""}).status_code == 303
    assert "正在公示" in checker.get(place).text
    assert "公示至" in checker.get("/office/").text
    early = checker.post(f"{place}/publish", data={"note": ""})
    assert early.status_code == 409
    assert "期满后才能发布" in early.text
    let_the_notice_pass(session)
    own = maker.post(f"{place}/publish", data={"note": ""})
    assert own.status_code == 403
    assert session.query(Admission).count() == 0
    assert "待您复核发布" in checker.get("/office/").text

    assert checker.post(f"{place}/publish", data={"note": "同意"}).status_code == 303
    page = maker.get(place).text
    assert "已发布" in page
    assert "复核乙" in page
    assert "同意" in page
    round_ = session.query(WhitelistRound).one()
    assert round_.state is RoundState.PUBLISHED
    last = round_.valid_until - timedelta(days=1)
    for told in (page, maker.get("/office/whitelist/").text):
        assert f"{last}" in told, "the last day is what people are told"
        assert f"{round_.valid_until}" not in told
    assert len(audited("whitelist.round.published")) == 1


def test_a_round_whose_registers_nobody_read_is_not_published(maker, checker, make, session) -> None:
    place = drafted(maker, session)
    page = maker.get(place).text
    assert "未查询不等于没有" in page
    assert "按配置暂不核查" in page
    waived = {"code": "E01", "waived_because": "网站停机"}
    assert maker.post(f"{place}/waive", data=waived | {"waived_because": ""}).status_code == 422
    assert maker.post(f"{place}/waive", data=waived).status_code == 303
    maker.post(f"{place}/submit")
    assert maker.post(f"{place}/waive", data=waived).status_code == 409
    assert "网站停机" in checker.get(place).text
    refused = checker.post(f"{place}/notice", data={"note": ""})
    assert refused.status_code == 409
    assert "E02" in refused.text
    assert session.query(WhitelistRound).one().state is RoundState.SUBMITTED


def test_a_look_into_a_register_is_logged_once_it_was_taken(maker, session, audited) -> None:
    said = {
        "code": "E05",
        "register": "省局通报",
        "covers": "全部候选",
        "consulted_on": f"{today_in_china()}",
    }
    later = said | {"consulted_on": f"{today_in_china() + timedelta(days=1)}"}
    for wrong in (said | {"register": ""}, said | {"covers": " "}, said | {"code": "E99"}, later):
        assert maker.post("/office/registers/", data=wrong).status_code == 422
    assert maker.post("/office/registers/", data=said).status_code == 303
    assert "省局通报" in maker.get("/office/registers/").text
    assert session.query(RegisterConsultation).one().consulted_by == "经办甲"
    assert len(audited("conduct.register.consulted")) == 1


def test_a_round_is_found_by_the_address_of_the_papers(maker, session) -> None:
    place = drafted(maker, session)
    found = maker.get("/office/whitelist/round/1")
    assert (found.status_code, found.location) == (303, place)


def test_a_round_without_scores_or_beside_an_open_one_is_refused_in_words(maker, session) -> None:
    without = maker.post("/office/whitelist/new", data=ROUND)
    assert without.status_code == 404 or "请先评分" in without.text
    drafted(maker, session)
    second = maker.post("/office/whitelist/new", data=ROUND)
    assert second.status_code == 409
    assert "尚未办结，请先发布或撤回" in second.text
    assert session.query(WhitelistRound).count() == 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"title": ""}, "请填写批次名称"),
        ({"title": "   "}, "请填写批次名称"),
        ({"valid_from": "2026-02-30"}, "valid_from-error"),
        ({"valid_months": "0"}, "valid_months-error"),
        ({"valid_months": "37"}, "valid_months-error"),
        ({"minimum_grade": "unrated"}, "minimum_grade-error"),
    ],
)
def test_an_impossible_round_is_refused_at_its_field(maker, make, session, changes, sentence) -> None:
    make.score_run()
    reply = maker.post("/office/whitelist/new", data=ROUND | changes)
    assert reply.status_code == 422
    assert sentence in reply.text
    assert session.query(WhitelistRound).count() == 0


def test_a_stale_page_of_a_round_answers_409_and_changes_nothing(maker, checker, session, app, make) -> None:
    place = drafted(maker, session)
    maker.post(f"{place}/submit")
    assert maker.post(f"{place}/submit").status_code == 409
    third = app.test_client().sign_in(make.officer())
    assert checker.post(f"{place}/return", data={"note": ""}).status_code == 422
    assert checker.post(f"{place}/return", data={"note": "请核对第一家"}).status_code == 303
    for act in ("notice", "publish", "return"):
        stale = third.post(f"{place}/{act}", data={"note": "同意"})
        assert stale.status_code == 409
        assert "当前为" in stale.text
    assert session.query(WhitelistRound).one().state is RoundState.DRAFT
    assert session.query(Admission).count() == 0
    assert maker.post(f"{place}/withdraw", data={"reason": ""}).status_code == 422
    assert maker.post(f"{place}/withdraw", data={"reason": "重做"}).status_code == 303
    assert maker.post(f"{place}/withdraw", data={"reason": "重做"}).status_code == 409


def test_fields_that_no_form_has_change_no_round(maker, checker, make, session) -> None:
    make.consult_everything(today_in_china())
    place = drafted(maker, session, **PLANTED)
    round_ = session.query(WhitelistRound).one()
    assert (round_.number, round_.state, round_.approved_by) == (1, RoundState.DRAFT, "")
    maker.post(f"{place}/submit", data=PLANTED)
    checker.post(f"{place}/notice", data=PLANTED | {"note": ""})
    let_the_notice_pass(session)
    checker.post(f"{place}/publish", data=PLANTED | {"note": ""})
    round_ = session.query(WhitelistRound).one()
    assert (round_.submitted_by, round_.approved_by, round_.number) == ("经办甲", "复核乙", 1)


# --- Issues --------------------------------------------------------------------------------------------


def prepared(browser: Browser, **changes: str) -> str:
    reply = browser.post("/office/releases/new", data=ISSUE | changes)
    assert reply.status_code == 303, reply.text
    return str(reply.location)


def test_an_issue_goes_to_every_institution_and_comes_back(
    maker, checker, make, session, firm, audited
) -> None:
    banker = make.banker()
    place = prepared(maker, **PLANTED)
    issue = session.query(DirectoryIssue).one()
    assert (issue.number, issue.state, issue.lines_count) == (1, IssueState.DRAFT, 1)
    assert firm.name in maker.get(place).text
    maker.post(f"{place}/submit", data=PLANTED)
    own = maker.post(f"{place}/publish")
    assert own.status_code == 403
    assert "提交人不能复核自己提交的名录" in own.text

    published = checker.post(f"{place}/publish", data=PLANTED)
    assert "/office/jobs/" in published.location
    assert "查看结果" in checker.get(published.location).text
    page = maker.get(place).text
    assert banker.organisation.name in page
    assert "未签收" in page
    assert session.query(DirectoryDelivery).count() == 1
    assert session.query(Notice).filter(Notice.user_id == banker.id).count() == 1
    assert checker.post(f"{place}/publish").status_code == 409

    code = session.query(Document).order_by(Document.id).first().verify_code
    assert maker.post(f"{place}/recall", data={"reason": ""}).status_code == 422
    assert maker.post(f"{place}/recall", data={"reason": "数据有误"}).status_code == 303
    assert maker.post(f"{place}/recall", data={"reason": "数据有误"}).status_code == 409
    page = maker.get(place).text
    assert "数据有误" in page
    assert f"/files/{code}" not in page
    assert session.query(Notice).filter(Notice.user_id == banker.id).count() == 2
    assert len(audited("reports.issue.published")) == 1


def test_an_issue_without_a_title_or_beside_an_open_one_is_refused(maker, session) -> None:
    for title in ("", "  "):
        reply = maker.post("/office/releases/new", data=ISSUE | {"title": title})
        assert reply.status_code == 422
        assert "请填写" in reply.text
    place = prepared(maker)
    second = maker.post("/office/releases/new", data=ISSUE | {"title": "又一期"})
    assert second.status_code == 409
    assert "尚未办结" in second.text
    assert session.query(DirectoryIssue).count() == 1
    assert maker.post(f"{place}/recall", data={"reason": "未发布"}).status_code == 409
    assert maker.post(f"{place}/withdraw", data={"reason": "重做"}).status_code == 303
    assert session.query(DirectoryIssue).one().state is IssueState.WITHDRAWN


def test_a_guarantor_is_led_to_the_banks_pages(maker, checker, make, session) -> None:
    guarantor = make.user(Role.GUARANTOR)
    place = prepared(maker)
    maker.post(f"{place}/submit")
    checker.post(f"{place}/publish")
    notice = session.query(Notice).filter(Notice.user_id == guarantor.id).one()
    assert notice.link == "/bank/releases/1"


# --- Names ---------------------------------------------------------------------------------------------


def test_names_that_are_programs_stay_names(maker, checker, make, session) -> None:
    make.patent(holders=[make.enterprise(name=f"{PROGRAM}有限公司")])
    round_ = drafted(maker, session, title=PROGRAM)
    maker.post(f"{round_}/submit")
    checker.post(f"{round_}/publish", data={"note": PROGRAM})
    issue = prepared(maker, title=PROGRAM)
    for place in (
        "/office/whitelist/", round_, "/office/releases/", issue, "/office/firms/", "/office/scores/1",
    ):  # fmt: skip
        assert "&lt;script&gt;" in maker.get(place).text
    assert maker.get("/office/").status_code == 200
