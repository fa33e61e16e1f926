"""A reviewer's desk: declared first, blind, saved without loss, and his own only."""

from __future__ import annotations

import io

import pytest
from python_calamine import CalamineWorkbook

from ipfin.registry.fact_kinds import FactKind
from ipfin.screening.phases import Phase, TaskState
from tests.making.screening import LONG_ENOUGH
from tests.web.conftest import Browser

FIRM = "某某绝密样例有限公司"
SECRET_MARK = "别人写的评审意见不能看"


@pytest.fixture
def reviewer(make):
    return make.reviewer(name="评审甲")


@pytest.fixture
def desk(client, reviewer) -> Browser:
    return client.sign_in(reviewer)


@pytest.fixture
def firm(make):
    return make.enterprise(name=FIRM)


def whole(task, version=None, score="4", act="submit") -> dict[str, str]:
    """Return what a filled form sends."""
    said = {"version": str(task.lock_version if version is None else version), "act": act}
    for one in task.screening.criteria:
        said |= {f"score{one.id}": score, f"reason{one.id}": LONG_ENOUGH}
    return said


def test_without_a_declaration_no_page_but_the_declaration_s_own_names_the_firm(
    desk, make, reviewer, firm
) -> None:
    task = make.screening_task(firm, reviewer=reviewer)
    refused = desk.get(f"/rev/task/{task.public_id}")
    assert refused.status_code == 403
    posted = desk.post(f"/rev/task/{task.public_id}/save", data=whole(task))
    assert posted.status_code == 403
    for page in (refused, posted, desk.get("/rev/"), desk.get("/rev/calibration/"), desk.get("/rev/done/")):
        assert FIRM not in page.text
        assert firm.credit_code not in page.text
    asked = desk.get(f"/rev/task/{task.public_id}/declare")
    assert FIRM in asked.text
    assert "研发" not in asked.text


def test_who_declares_nothing_reads_facts_with_sources_and_no_contacts(desk, make, reviewer, firm) -> None:
    make.contact(firm, name="联系人绝密")
    make.fact(firm, kind=FactKind.PRODUCT_FILINGS, number=7, evidence="内部依据")
    make.fact(firm, kind=FactKind.RD_SHARE_BP, number=1234)
    task = make.screening_task(firm, reviewer=reviewer)
    said = {"has_conflict": "no", "ground": ""}
    assert desk.post(f"/rev/task/{task.public_id}/declare", data=said).status_code == 303
    page = desk.get(f"/rev/task/{task.public_id}")
    assert FIRM in page.text
    assert "专利产品备案" in page.text
    assert "12.34" not in page.text, "a declared figure that no consent opens to an agency"
    assert "内部依据" not in page.text
    assert "联系人绝密" not in page.text
    assert "最省力的下一步" not in page.text


def test_who_has_a_conflict_never_reads_the_dossier(desk, make, reviewer, firm) -> None:
    task = make.screening_task(firm, reviewer=reviewer)
    here = f"/rev/task/{task.public_id}/declare"
    assert desk.post(here, data={"has_conflict": "yes", "ground": ""}).status_code == 422
    assert desk.post(here, data={"has_conflict": "yes", "ground": "亲属任职"}).status_code == 303
    assert desk.get(here).status_code == 404
    for page in (desk.get(f"/rev/task/{task.public_id}"), desk.get("/rev/done/")):
        assert FIRM not in page.text


def test_a_registered_tie_cannot_be_declared_away(desk, make, reviewer, firm) -> None:
    task = make.screening_task(firm, reviewer=reviewer)
    make.reviewer_tie(firm, organisation=reviewer.organisation)
    refused = desk.post(f"/rev/task/{task.public_id}/declare", data={"has_conflict": "no"})
    assert refused.status_code == 422
    assert "请选择回避" in refused.text


def test_a_review_names_what_is_missing_and_is_then_handed_in(desk, make, reviewer, firm, session) -> None:
    task = make.screening_task(firm, reviewer=reviewer, cleared=True)
    first = task.screening.criteria[0]
    short = {**whole(task), f"reason{first.id}": "短"}
    refused = desk.post(f"/rev/task/{task.public_id}/save", data=short)
    assert refused.status_code == 422
    assert "样例要点1”的理由至少写5个字" in refused.text
    assert desk.post(f"/rev/task/{task.public_id}/save", data=whole(task)).status_code == 303
    session.refresh(task)
    assert task.state is TaskState.SUBMITTED


def test_two_tabs_one_saves_and_the_other_chooses_between_both_texts(
    desk, make, reviewer, firm, session
) -> None:
    task = make.screening_task(firm, reviewer=reviewer, cleared=True)
    one, other = task.screening.criteria
    seen, here = task.lock_version, f"/rev/task/{task.public_id}/save"
    first = {**whole(task, seen, act="save"), f"reason{one.id}": "第一个窗口写的理由"}
    assert desk.post(here, data=first).status_code == 303
    second = {**whole(task, seen, "2", act="submit"), f"reason{one.id}": "第二个窗口写的理由"}
    clash = desk.post(here, data=second)
    assert clash.status_code == 409
    for words in ("第一个窗口写的理由", "第二个窗口写的理由", "本页填写的", "别处已保存的"):
        assert words in clash.text
    session.refresh(task, ["kept", "lock_version"])
    assert task.marks[one.id].reason == "第一个窗口写的理由"
    picked = {**second, "version": str(task.lock_version), "act": "save"}
    picked |= {f"pick{one.id}": "theirs", f"pick{other.id}": "mine"}
    assert desk.post(here, data=picked).status_code == 303
    session.refresh(task, ["kept"])
    assert task.marks[one.id].reason == "第一个窗口写的理由"
    assert (task.marks[one.id].score, task.marks[other.id].score) == (4, 2)


def test_others_stay_hidden_until_the_review_ends(desk, make, reviewer, firm) -> None:
    screening = make.screening()
    mine = make.review([4, 4], firm, screening=screening, reviewer=reviewer)
    other = make.review([1, 1], firm, screening=screening)
    other.kept[0].reason = SECRET_MARK
    make.session.flush()
    for path in (f"/rev/task/{mine.public_id}", "/rev/", "/rev/done/", "/rev/calibration/"):
        assert SECRET_MARK not in desk.get(path).text
    screening.phase = Phase.DELIBERATION
    page = desk.get(f"/rev/task/{mine.public_id}").text
    assert SECRET_MARK in page
    assert other.reviewer.name not in page


def test_the_copy_of_done_reviews_holds_one_s_own_and_no_more(desk, make, reviewer, firm) -> None:
    screening = make.screening()
    make.review([5, 1], firm, screening=screening, reviewer=reviewer)
    make.review([1, 1], make.enterprise(name="他人评审的企业有限公司"), screening=screening)
    assert desk.post("/rev/done/export", data={"purpose": ""}).status_code == 422
    reply = desk.post("/rev/done/export", data={"purpose": "statistics"})
    content = desk.get(reply.location).data
    rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    said = "\n".join(str(cell) for row in rows for cell in row)
    assert FIRM in said
    assert "50" in said
    assert "他人评审的企业" not in said


def test_a_sample_shows_the_group_after_the_own_submit_only(desk, make, reviewer, firm) -> None:
    screening = make.screening()
    mine = make.screening_task(firm, screening=screening, reviewer=reviewer, cleared=True, is_sample=True)
    make.review([1, 5], firm, screening=screening, is_sample=True)
    assert "全体中位数" not in desk.get("/rev/calibration/").text
    assert desk.post(f"/rev/task/{mine.public_id}/save", data=whole(mine)).status_code == 303
    page = desk.get("/rev/calibration/").text
    assert "样例要点1：本人4分，全体中位数2.5，共2人" in page


def test_who_abstains_or_recuses_late_is_done_with_the_firm(desk, make, reviewer) -> None:
    one, other = (make.screening_task(reviewer=reviewer, cleared=True) for _each in "12")
    said = {"version": str(one.lock_version), "reason": ""}
    assert desk.post(f"/rev/task/{one.public_id}/abstain", data=said).status_code == 422
    said["reason"] = "超出专业范围"
    assert desk.post(f"/rev/task/{one.public_id}/abstain", data=said).status_code == 303
    assert desk.post(f"/rev/task/{other.public_id}/conflict", data={"ground": "刚发现"}).status_code == 303
    for task in (one, other):
        assert desk.get(f"/rev/task/{task.public_id}").status_code == 403


def test_a_colleague_of_the_same_agency_finds_nothing(client, make, reviewer, firm) -> None:
    task = make.screening_task(firm, reviewer=reviewer, cleared=True)
    colleague = client.sign_in(make.reviewer(organisation=reviewer.organisation))
    assert colleague.get(f"/rev/task/{task.public_id}").status_code == 404
    assert colleague.get(f"/rev/task/{task.public_id}/declare").status_code == 404
    assert FIRM not in colleague.get("/rev/").text
