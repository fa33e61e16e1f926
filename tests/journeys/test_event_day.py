"""A whole event, walked by the office, two banks and three firms: from the first setting to the report.

One firm waits and is promoted; on the day a firm does not come and a bank is late, so the rest of the day
is planned anew; what came of it is told on phones. One test, because each step stands on the one before.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import openpyxl
import pypdf
import pytest
from playwright.sync_api import Locator
from sqlalchemy import select

from ipfin.accounts.models import OrganisationKind
from ipfin.db import make_engine
from ipfin.events.models import Event, Registration
from ipfin.events.service import tokens_of
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.registry.models import Enterprise
from ipfin.whitelist.models import Admission
from ipfin.worker.database import unit_of_work_on
from tests.demonstration import MAKER, PEOPLE, City
from tests.factories import Make
from tests.journeys.product import Product
from tests.journeys.visitor import PHONE, Visitor

pytestmark = pytest.mark.timeout(400)

EVENT = "知识产权银企对接会（走访样张）"
BANKS = {"bank@demo.invalid": "洹水示例银行安阳分行", "bank2@demo.invalid": "太行示例农商银行"}
FIRMS = (PEOPLE["enterprise"], "firm2@demo.invalid", "firm3@demo.invalid")
SLOT_MINUTES = 15


@pytest.fixture(scope="module")
def starting_city(demo_city: City) -> City:
    return demo_city.as_founded


def test_an_event_from_its_first_setting_to_its_report(
    visitor: Callable[..., Visitor], product: Product, tmp_path: Path
) -> None:
    city = product.city
    names = _firms_with_accounts(city)
    office = visitor().let_in(city, MAKER).go("/office/")
    banks = [visitor(width=PHONE).let_in(city, email).go("/bank/") for email in BANKS]
    firms = [visitor(width=PHONE).let_in(city, email).go("/ent/") for email in FIRMS]

    _open_an_event(office)
    for place, firm in enumerate(firms):
        _sign_up(firm, place, "融资或保险需求", "专利质押，购置设备", waits=place == 2)
    for place, bank in enumerate(banks):
        _sign_up(bank, 5 + place, "产品或关注方向", "知识产权质押贷款", waits=False)
    _promote_the_third(office, firms[2])
    for bank in banks:
        _wish(bank, names)
    for firm in firms:
        _wish(firm, list(BANKS.values()))
    _plan(office)
    _take_the_agenda(firms[0], tmp_path)

    _let_the_day_come(city)
    _check_in(office, visitor(width=PHONE).let_in(city, MAKER), firms[0], names, city)
    _go_on_without(office, names[2])
    _read_the_news(banks)

    _tell_results(banks[0], names[0], firms[0])
    _let_it_end(city)
    _report(office, tmp_path)
    firms[1].turn_to("活动").follow(EVENT).follow("活动反馈")
    firms[1].picture("event-feedback")


# --- Before the day ----------------------------------------------------------------------------------


def _firms_with_accounts(city: City) -> list[str]:
    """Give two more firms of the whitelist an account; return the names of all three."""
    engine = make_engine(city.url)
    best = select(Enterprise).join(Admission, Admission.enterprise_id == Enterprise.id)
    with unit_of_work_on(engine)() as session:
        firms = session.scalars(best.order_by(Admission.graded_e4.desc()).limit(3)).all()
        make = Make(session)
        for firm, email in zip(firms[1:], FIRMS[1:], strict=True):
            house = make.organisation(OrganisationKind.ENTERPRISE, enterprise=firm)
            make.user(Role.ENTERPRISE, organisation=house, email=email)
        names = [firm.name for firm in firms]
    engine.dispose()
    return names


def _open_an_event(office: Visitor) -> None:
    day = today_in_china() + timedelta(days=14)
    office.turn_to("活动").follow("新建活动")
    fill = {
        "活动名称": EVENT,
        "地点": "政务服务中心三楼",
        "开始时间": f"{day}T09:00",
        "结束时间": f"{day}T12:00",
        "报名截止日（含当天）": f"{day - timedelta(days=4)}",
        "企业名额": "2",
        "候补答复期限（小时）": "24",
        "一对一洽谈开始": f"{day}T09:30",
        "时段数": "6",
        "洽谈桌数": "2",
    }
    for label, value in fill.items():
        office.page.get_by_label(label, exact=True).fill(value)
    office.picture("event-new")
    office.page.locator("main form button[type=submit]").last.click()
    office.page.wait_for_load_state()
    office.press("发布，开放报名").sees("报名中")
    office.picture("event-open")


def _sign_up(person: Visitor, place: int, need_label: str, need: str, *, waits: bool) -> None:
    person.turn_to("活动").follow(EVENT).follow("报名候补" if waits else "我要报名")
    person.page.get_by_label("联系电话", exact=True).fill(f"1380000{place:04}")
    person.page.get_by_label(need_label, exact=True).fill(need)
    person.press("提交报名").sees("候补第1位" if waits else "报名成功，名额已确认")


def _promote_the_third(office: Visitor, third: Visitor) -> None:
    """One more seat is offered to whoever waits first; it is his once he says so."""
    third.picture("event-waiting")
    office.turn_to("活动").follow(EVENT).follow("修改设置")
    office.page.get_by_label("企业名额", exact=True).fill("3")
    office.page.locator("main form button[type=submit]").last.click()
    office.page.wait_for_load_state()
    third.follow("通知", within=".head-links").sees(f"“{EVENT}”有名额空出")
    third.picture("event-offered-notice")
    third.turn_to("活动").follow(EVENT).sees("有名额空出，请答复")
    third.picture("event-offered")
    third.press("确认参会").sees("已确认")
    office.follow("报名").sees("已确认")
    office.picture("event-registrations")


def _wish(person: Visitor, others: list[str]) -> None:
    person.turn_to("活动").follow(EVENT).follow("选择想见的")
    for other in others:
        person.page.get_by_label(f"对{other}的意愿").select_option(label="很希望")
    person.picture("event-wishes")
    person.press("保存意愿").sees(f"已保存，{len(others)}项有变化")


def _plan(office: Visitor) -> None:
    office.turn_to("活动").follow(EVENT).press("截止报名").follow("去排期").press("开始排期")
    if "/office/jobs/" in office.page.url:
        office.await_job()
    assert office.figure("洽谈场数") == 6
    office.picture("event-timetable")
    office.press("发布第1版").sees("已发布")


def _take_the_agenda(firm: Visitor, folder: Path) -> None:
    firm.turn_to("活动").follow(EVENT)
    for bank in BANKS.values():
        firm.sees(bank)
    firm.picture("event-agenda")
    file = firm.download(firm.page.get_by_role("button", name="下载 PDF"), folder)
    text = re.sub(r"\s", "", "".join(page.extract_text() for page in pypdf.PdfReader(file).pages))
    assert all(bank in text for bank in BANKS.values())


# --- The day -----------------------------------------------------------------------------------------


def _let_the_day_come(city: City) -> None:
    """Move the event to now: the first talks have begun, the second are to begin in some minutes."""
    _move(city, now_utc() - timedelta(minutes=10))


def _let_it_end(city: City) -> None:
    _move(city, now_utc() - timedelta(hours=4))


def _move(city: City, talks: object) -> None:
    engine = make_engine(city.url)
    with unit_of_work_on(engine)() as session:
        event = session.scalars(select(Event).where(Event.title == EVENT)).one()
        by = talks - event.talks_start_at  # type: ignore[operator]
        for name in ("starts_at", "talks_start_at", "ends_at"):
            setattr(event, name, getattr(event, name) + by)
    engine.dispose()


def _check_in(office: Visitor, steward: Visitor, firm: Visitor, names: list[str], city: City) -> None:
    """By the code on a phone, by scanner at the desk, by the end of a phone number and by name."""
    firm.turn_to("活动").follow(EVENT).follow("参会证").sees(names[0])
    firm.picture("event-badge")
    addresses = _badges(city)
    steward.go(addresses[names[0]])
    steward.picture("event-code")
    steward.press("签到").sees(f"{names[0]}已签到")
    steward.picture("event-came")
    steward.go(addresses[names[0]]).sees("已于")

    office.turn_to("活动").follow(EVENT).follow("当天").follow("签到")
    office.picture("event-door")
    _look_for(office, addresses[names[0]]).sees("重复签到")
    office.picture("event-came-twice")
    _look_for(office, "0001").press(f"签到 {names[1]}").sees(f"{names[1]}已签到")
    first_bank = BANKS["bank@demo.invalid"]
    _look_for(office, first_bank[:4]).press(f"签到 {first_bank}").sees("已签到")
    _look_for(office, names[2])
    _open(office, "未到或晚到")
    office.press("登记未到").sees("未到")
    _look_for(office, BANKS["bank2@demo.invalid"])
    _open(office, "未到或晚到")
    office.page.get_by_label("从哪个时段起能到场").select_option(index=2)
    office.press("登记晚到").sees("晚到")
    office.picture("event-late")


def _badges(city: City) -> dict[str, str]:
    engine = make_engine(city.url)
    with unit_of_work_on(engine)() as session:
        event = session.scalars(select(Event).where(Event.title == EVENT)).one()
        tokens = tokens_of(session, event.id, settings=city.settings())
        rows = session.scalars(select(Registration).where(Registration.event_id == event.id))
        addresses = {row.display_name: f"/c/{tokens[row.id]}" for row in rows}
    engine.dispose()
    return addresses


def _look_for(office: Visitor, word: str) -> Visitor:
    field: Locator = office.page.locator("#q")
    field.fill(word)
    field.press("Enter")
    office.page.wait_for_load_state()
    return office


def _open(office: Visitor, summary: str) -> None:
    office.page.locator("summary", has_text=summary).click()


def _go_on_without(office: Visitor, missing: str) -> None:
    office.follow("按到场情况调整日程").sees(missing)
    office.picture("event-replan")
    office.press("看谁会变动").sees("不能举行")
    office.picture("event-replan-ways")
    office.page.get_by_role("button", name=re.compile("采用并通知")).first.click()
    office.page.wait_for_load_state()
    office.sees("第2版日程已发布")
    office.picture("event-replanned")


def _read_the_news(banks: list[Visitor]) -> None:
    banks[1].follow("通知", within=".head-links").sees(f"“{EVENT}”的洽谈日程有调整")
    banks[1].picture("event-changed-notice")
    banks[1].turn_to("活动").follow(EVENT)
    banks[1].picture("event-agenda-changed")


# --- Afterwards --------------------------------------------------------------------------------------


def _tell_results(bank: Visitor, name: str, firm: Visitor) -> None:
    bank.turn_to("活动").follow(EVENT).follow("填报洽谈成果")
    bank.picture("event-results-phone")
    bank.follow(f"填报成果 {name}")
    bank.picture("event-result-phone")
    fill = {
        "意向金额（万元）": "300",
        "产品": "专利质押贷",
        "下一步": "约定上门尽调",
        "由谁跟进": "客户经理丁",
    }
    bank.page.get_by_label("有明确意向").check()
    for label, value in fill.items():
        bank.page.get_by_label(label, exact=True).fill(value)
    bank.page.get_by_label("下一步的日期").fill((today_in_china() + timedelta(days=7)).isoformat())
    bank.press("保存").sees("有明确意向")
    bank.picture("event-result-said")

    firm.turn_to("活动").follow(EVENT).follow("填报洽谈成果").follow(f"填报成果 {BANKS['bank@demo.invalid']}")
    firm.page.get_by_label("有兴趣，待跟进").check()
    firm.page.get_by_label("下一步", exact=True).fill("提供近三年报表")
    firm.picture("event-result-firm")
    firm.press("保存").sees("有兴趣，待跟进")


def _report(office: Visitor, folder: Path) -> None:
    office.turn_to("活动").follow(EVENT).follow("会后")
    office.picture("event-results")
    office.press("催填").sees("已通知")
    sheet = office.download(office.page.get_by_role("button", name="成果报告（XLSX）"), folder)
    cells = [
        str(cell)
        for page in openpyxl.load_workbook(sheet).worksheets
        for row in page.iter_rows(values_only=True)
        for cell in row
    ]
    assert any("300" in cell for cell in cells)
    office.turn_to("活动").follow(EVENT).follow("会后").follow("会议纪要")
    office.press("保存").sees("会议纪要已保存")
    office.picture("event-minutes")
