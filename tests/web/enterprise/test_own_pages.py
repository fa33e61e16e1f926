"""What a firm sees of itself: its workbench, its patents, its score with the arithmetic; nobody else's."""

from __future__ import annotations

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from ipfin.accounts.models import OrganisationKind
from ipfin.corrections.items import Item
from ipfin.corrections.rules import RequestState
from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.proof import pdf_text
from ipfin.kernel.actor import Role
from ipfin.kernel.calendar import add_years
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.kernel.identifiers import PatentKind
from ipfin.registry.models import Enterprise, FactKind
from ipfin.registry.statuses import Flag
from ipfin.whitelist.scoring import Grade
from tests.unit.whitelist.scoring_cases import firm_a, told_of_firm_a
from tests.web.conftest import Browser


@pytest.fixture
def firm(make):
    found = make.enterprise(name="样例自查有限公司")
    make.patent(holders=[found], title="样例夹具")
    return found


@pytest.fixture
def owner(make, firm):
    house = make.organisation(OrganisationKind.ENTERPRISE, enterprise=firm)
    return make.user(Role.ENTERPRISE, organisation=house)


def test_the_workbench_says_where_the_firm_stands_and_what_to_do(client: Browser, make, firm, owner) -> None:
    today = today_in_china()
    sheet = make.score_sheet(firm, grade=Grade.B, graded_e4=650_000)
    make.admission(firm, sheet=sheet, valid_from=today, valid_until=today + timedelta(days=100))
    make.notice(owner)
    client.sign_in(owner)
    page = client.get("/ent/").text
    for words in ("样例自查有限公司", "已入选", "65.00", "1条未读通知", "评分建议"):
        assert words in page


def test_a_firm_that_was_not_scored_is_told_so(client: Browser, owner) -> None:
    client.sign_in(owner)
    assert "市局下一次评分后在这里显示" in client.get("/ent/").text
    assert "还没有评分" in client.get("/ent/score/").text
    assert "下载评分说明" not in client.get("/ent/score/").text


def test_a_firm_sees_its_own_figures_in_full(client: Browser, make, firm, owner) -> None:
    make.score_sheet(firm, readings={"L1": Decimal(3), "M5": Decimal("7.77"), "C3": Decimal("12.34")})
    client.sign_in(owner)
    page = client.get("/ent/score/").text
    for words in ("7.77", "12.34", "专家评分卡，非违约概率", "配置摘要", "数据摘要", "示例性质"):
        assert words in page
    assert "已申报" not in page
    assert "请主管局导入" in page, "how to make the unknown known"


def test_the_worked_example_stands_on_the_page_of_the_firm_and_of_the_office(
    client: Browser, make, firm, owner
) -> None:
    readings = {code: reading.value for code, reading in firm_a().items()}
    sheet = make.score_sheet(firm, readings=readings, grade=Grade.B, graded_e4=696_825)
    client.sign_in(owner)
    own = client.get("/ent/score/").text
    assert told_of_firm_a(own)
    assert "3.5625／5" in own, "parts that sum to the exact score"
    client.sign_in(make.user(Role.CITY_OFFICER))
    assert told_of_firm_a(client.get(f"/office/scores/{sheet.run_id}/{firm.public_id}").text)


def test_the_latest_score_is_shown_and_the_admission_s_own_is_said_to_be_another(
    client: Browser, make, firm, owner
) -> None:
    today = today_in_china()
    old = make.score_sheet(firm, graded_e4=820_000)
    make.admission(firm, sheet=old, valid_from=today, valid_until=today + timedelta(days=100))
    client.sign_in(owner)
    assert "白名单依据的是入选时的评分" not in client.get("/ent/score/").text
    make.score_sheet(firm, graded_e4=710_000)
    page = client.get("/ent/score/").text
    assert "71.00" in page
    assert "白名单依据的是入选时的评分" in page


def test_the_report_is_free_and_the_firm_s_own(client: Browser, make, session, firm, owner, audited) -> None:
    make.score_sheet(firm)
    client.sign_in(owner)
    taken = client.get(client.post("/ent/score/report").location)
    text = "".join(pdf_text(taken.data).split())
    assert "样例自查有限公司" in text
    assert "专家评分卡，非违约概率" in text
    document = session.scalars(select(Document)).one()
    assert (document.kind, document.organisation_id) == (DocumentKind.SCORE_SHEET, owner.organisation_id)
    assert len(audited("exports.made")) == 1


def test_without_a_score_there_is_no_report(client: Browser, owner) -> None:
    client.sign_in(owner)
    refused = client.post("/ent/score/report")
    assert refused.status_code == 409
    assert "还没有评分" in refused.text


def test_own_patents_are_listed_narrowed_and_copied(client: Browser, make, firm, owner) -> None:
    make.patent(holders=[firm], title="样例新型", kind=PatentKind.UTILITY_MODEL)
    make.patent(
        holders=[firm], title="样例在押物", is_pledged=True, flags=Flag.PLEDGED.value, tells_flags=True
    )
    make.patent(title="别家的样例")
    client.sign_in(owner)
    page = client.get("/ent/patents/").text
    assert all(title in page for title in ("样例夹具", "样例新型", "样例在押物"))
    assert "别家的样例" not in page
    assert "样例夹具" not in client.get("/ent/patents/?kind=utility_model").text
    taken = client.get(client.post("/ent/patents/export?burden=pledged").location)
    sheet = str(CalamineWorkbook.from_filelike(io.BytesIO(taken.data)).get_sheet_by_index(0).to_python())
    assert "样例在押物" in sheet
    assert "样例新型" not in sheet


@pytest.fixture
def newcomer(make):
    """A firm without patents, and its person."""
    found = make.enterprise(name="样例新到有限公司")
    house = make.organisation(OrganisationKind.ENTERPRISE, enterprise=found)
    return found, make.user(Role.ENTERPRISE, organisation=house)


def dated(due_on):
    """Return the days of an invention whose fee of year 8 is due on `due_on`, on a list of today."""
    return {
        "filed_on": add_years(due_on, -7),
        "granted_on": add_years(due_on, -5),
        "expires_on": add_years(due_on, 13),
        "as_of": today_in_china(),
    }


def test_own_patents_say_which_fee_is_next_and_that_nobody_knows_what_was_paid(
    client: Browser, make, newcomer
) -> None:
    firm, owner = newcomer
    due_on = today_in_china() + timedelta(days=20)
    make.patent(holders=[firm], title="样例将缴物", **dated(due_on))
    client.sign_in(owner)
    page = " ".join(client.get("/ent/patents/").text.split())
    for words in (
        f"{due_on:%Y-%m-%d}",
        "第8年度，若未减缴",
        "2,000元",
        "近期年费",
        "1笔，若未减缴合计2,000元",
        "不说明已缴过哪些费用",
        "待核实",
    ):
        assert words in page, words
    narrowed = client.get("/ent/patents/?kind=design").text
    assert "1笔，若未减缴合计2,000元" in narrowed, "what lies ahead does not depend on the filter"


def test_a_fee_that_fell_due_is_told_with_the_end_of_its_grace(client: Browser, make, newcomer) -> None:
    firm, owner = newcomer
    due_on = today_in_china() - timedelta(days=60)
    make.patent(holders=[firm], title="样例已到期物", **dated(due_on))
    client.sign_in(owner)
    page = client.get("/ent/patents/").text
    assert "第8年度若未缴，可补缴至" in page
    assert "第8年度可补缴至" not in page, "the list does not say that it is overdue"
    overdue = {"flags": Flag.FEE_OVERDUE.value, "tells_flags": True}
    make.patent(holders=[firm], title="样例滞纳物", **dated(due_on), **overdue)
    page = client.get("/ent/patents/").text
    assert "第8年度可补缴至" in page
    assert "2笔，最早的可补缴至" in page


def test_a_firm_without_a_right_in_force_has_no_fees_ahead(client: Browser, newcomer) -> None:
    client.sign_in(newcomer[1])
    assert "近期年费" not in client.get("/ent/patents/").text


def test_an_empty_selection_is_refused_in_words(client: Browser, session, owner) -> None:
    client.sign_in(owner)
    done = client.post("/ent/patents/export?kind=design", follow_redirects=True)
    assert "没有可导出的专利" in done.text
    assert session.scalars(select(Document)).all() == []


def test_a_bank_may_not_enter_a_firm_s_pages(client: Browser, make) -> None:
    client.sign_in(make.banker())
    for address in ("/ent/", "/ent/patents/", "/ent/score/"):
        assert client.get(address).status_code == 403


def test_what_the_firm_contests_is_marked_on_its_own_pages(client, make):
    user = make.user(Role.ENTERPRISE)
    firm = make.session.get_one(Enterprise, user.organisation.enterprise_id)
    patent = make.patent(holders=[firm])
    make.score_sheet(firm)
    make.fact(firm, kind=FactKind.RD_SHARE_BP, number=731)
    client.sign_in(user)
    pages = ("/ent/profile/", "/ent/patents/", "/ent/score/")
    assert not any("异议中" in client.get(page).text for page in pages)
    open_one = make.correction_request(firm, item=Item.RD_SHARE, stood="100")
    make.correction_request(firm, item=Item.PATENT_STATUS, patent=patent.application_number)
    asked = {"state": RequestState.NEEDS_MORE, "paused_on": today_in_china()}
    more = make.correction_request(firm, item=Item.ADDRESS, **asked)
    closed = {"state": RequestState.ACCEPTED, "decided_at": now_utc(), "conclusion": "属实"}
    make.correction_request(firm, item=Item.INDUSTRY, **closed)
    counts = [client.get(page).text.count("异议中") for page in pages]
    assert counts == [3, 2, 1], "a notice each, the address, the figure, the patent"
    home = client.get("/ent/").text
    assert f'href="/ent/corrections/{more.public_id}"' in home
    assert "更正“地址”的申请需要您补充材料" in home
    assert "更正“研发费用占营业收入”的申请正在核查" in home
    assert home.index(more.public_id) < home.index(open_one.public_id)
