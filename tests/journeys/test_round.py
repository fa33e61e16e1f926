"""A round of the whitelist, walked by the office, two reviewers, a firm that objects, and a bank.

One test, because each step stands on the one before.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from ipfin.kernel.clock import today_in_china
from tests.demonstration import CHECKER, MAKER, PEOPLE, City
from tests.journeys.notice_days import let_the_notice_pass
from tests.journeys.product import Product
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.timeout(400)

TITLE, SCREENED = "筛查批次（样张）", 2
SECOND_REVIEWER = "agency2@demo.invalid"
REASON = "产品与专利对应清楚，年费和权属已核对。"
OBJECTION = "本单位认为第一家企业的专利权属存在争议，请予核实。"


@pytest.fixture(scope="module")
def starting_city(demo_city: City) -> City:
    return demo_city.as_founded


def test_a_round_from_its_candidates_to_the_bank(visitor: Callable[..., Visitor], product: Product) -> None:
    office = visitor().sign_in(MAKER)
    _prepare(office)
    _open_a_screening(office)
    for email in (PEOPLE["agency"], SECOND_REVIEWER):
        _review_everything(visitor().sign_in(email))
    _submit(office)

    checker = visitor().sign_in(CHECKER)
    named = _put_to_notice(checker)
    assert len(named) == SCREENED, "a firm without reviews stands in the notice"
    receipt = _object(visitor().sign_in(PEOPLE["enterprise"]), named[0])

    let_the_notice_pass(product.city)
    checker.turn_to("白名单").follow(TITLE).press("公示期满，发布").sees("1件异议没有答复")
    _answer(checker, receipt)
    visitor().go(f"/notices/objections/{receipt}").sees("异议不成立").sees("权属登记无误")

    checker.turn_to("白名单").follow(TITLE).press("公示期满，发布").sees("已发布").sees("评审人不足2名")
    checker.picture("screened-round-published")
    _find(visitor().sign_in(PEOPLE["bank"]), named[0])


def _prepare(office: Visitor) -> None:
    office.turn_to("白名单").follow("编制新批次")
    office.page.get_by_label("批次名称").fill(TITLE)
    office.page.get_by_label("入选线").select_option("A")
    office.press("编制")


def _open_a_screening(office: Visitor) -> None:
    office.turn_to("机构筛查").follow("发起筛查")
    office.page.get_by_label("评审截止日期").fill((today_in_china() + timedelta(days=10)).isoformat())
    office.page.locator("main form button[type=submit]").last.click()
    office.picture("screening-opened")
    office.page.get_by_label("企业数（按评级用分从高到低）").fill(str(SCREENED))
    for person in office.page.locator("input[name=people]").all():
        person.check()
    office.press("分配")
    office.picture("screening-assigned")
    assert office.figure("未申报利益冲突") == 2 * SCREENED


def _review_everything(reviewer: Visitor) -> None:
    """Declare before the dossier opens, then mark each criterion with a reason."""
    for turn in range(SCREENED):
        reviewer.go("/rev/")
        line = reviewer.page.locator("tbody tr", has_text="第2批").first
        line.get_by_role("link", name="申报利益冲突").click()
        reviewer.page.get_by_label("不存在，申请查看资料并评审").check()
        reviewer.press("提交申报").sees("评审资料")
        form = reviewer.page.locator("section:has(> h2#review)")
        for scores in form.locator(".scores").all():
            scores.locator("input").nth(-2 + turn % 2).check()
        for reason in form.locator("textarea").all():
            reason.fill(REASON)
        reviewer.picture("dossier")
        reviewer.press("提交评审")


def _submit(office: Visitor) -> None:
    """Nothing goes to notice before the screening is final."""
    office.turn_to("机构筛查").follow(TITLE)
    office.press("结束评审，转入合议").press("结束合议，定稿").sees("筛查已定稿")
    office.picture("screening-final")
    office.follow("查看批次").press("提交复核").sees("须由另一名工作人员")


def _put_to_notice(checker: Visitor) -> list[str]:
    """Put the round to notice; return the names that the public reads."""
    checker.turn_to("白名单").follow(TITLE).press("复核无误，开始公示").sees("正在公示")
    checker.picture("screened-round-noticed")
    checker.follow("公示页")
    checker.picture("notice")
    return checker.page.locator("ol.name-list li").all_inner_texts()


def _object(firm: Visitor, name: str) -> str:
    """Object as anybody may, without leave of the office; return the number of the receipt."""
    firm.go("/notices/").follow(TITLE).follow("提出异议")
    firm.page.get_by_label("针对").select_option(label=name)
    firm.page.get_by_label("真实姓名或单位名称").fill("样张异议单位")
    firm.page.get_by_label("电话或邮箱").fill("037200000009")
    firm.page.get_by_label("事实和理由").fill(OBJECTION)
    firm.picture("objection")
    firm.press("提交异议")
    firm.picture("objection-receipt")
    firm.sees("待答复")
    return firm.page.locator("dd.code").first.inner_text()


def _answer(checker: Visitor, receipt: str) -> None:
    checker.follow("公示异议").follow("样张异议单位").sees(receipt).sees(OBJECTION)
    checker.page.get_by_label("不成立", exact=True).check()
    checker.page.get_by_label("答复和理由").fill("经核对登记簿，权属登记无误。")
    checker.picture("objection-answer")
    checker.press("提交")


def _find(bank: Visitor, name: str) -> None:
    bank.go("/bank/firms/")
    bank.page.get_by_label("搜索", exact=True).fill(name)
    with bank.page.expect_navigation():
        bank.press("搜索")
    with bank.page.expect_navigation():
        bank.follow(name, within="table.list")
    bank.sees("评分说明").sees("专家评分卡，非违约概率")
    bank.picture("bank-admitted-firm")
