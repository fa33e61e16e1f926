"""The firms of banks and insurers: whom they see, how they search, what a copy holds, what stays closed."""

from __future__ import annotations

import io
import json
import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import html5lib
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select

from ipfin.documents.models import Document
from ipfin.kernel.actor import Role
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.identifiers import PatentKind
from ipfin.notices.models import Notice
from ipfin.registry.models import FactKind
from ipfin.registry.statuses import Flag, LegalStatus, Validity
from ipfin.reports import firm_export
from ipfin.reports.service import copies
from ipfin.whitelist.scoring import Grade
from tests.factories import Make
from tests.web.conftest import BOTH_DATABASES, Browser

pytestmark = BOTH_DATABASES  # they search

PREFIX = {Role.BANK: "bank", Role.GUARANTOR: "bank", Role.INSURER: "ins"}


def holder(make: Make, **overrides: Any):
    """Return a firm with one invention in force."""
    firm = make.enterprise(**overrides)
    make.patent(holders=[firm], tells_flags=True)
    return firm


def admitted(make: Make, firm=None, *, grade=Grade.A, graded_e4=820_000, **overrides: Any):
    """Return a firm that is on the whitelist today."""
    firm = firm or holder(make, **overrides)
    today = today_in_china()
    sheet = make.score_sheet(firm, grade=grade, graded_e4=graded_e4)
    make.admission(
        firm, sheet=sheet, valid_from=today - timedelta(days=9), valid_until=today + timedelta(days=300)
    )
    return firm


def names_on(page) -> list[str]:
    """Return the firms of a list page, in order."""
    root = html5lib.parse(page.text, namespaceHTMLElements=False)
    table = next(each for each in root.iter("table") if "firms" in (each.get("class") or ""))
    return ["".join(cell.itertext()).strip() for cell in table.iter("th") if cell.get("scope") == "row"]


def next_page(page) -> str | None:
    found = re.search(r'rel="next" href="([^"]+)"', page.text)
    return found[1].replace("&amp;", "&") if found else None


@pytest.mark.parametrize("role", sorted(PREFIX))
def test_the_whitelist_and_the_directory_are_two_tabs_with_their_counts(client: Browser, make, role) -> None:
    make.noise()
    listed, known = admitted(make, name="样例红旗机械有限公司"), holder(make, name="样例洹水材料有限公司")
    client.sign_in(make.user(role))
    whitelist = client.get(f"/{PREFIX[role]}/firms/")
    assert names_on(whitelist) == [listed.name]
    assert "白名单（1）" in whitelist.text
    directory = client.get(f"/{PREFIX[role]}/firms/?tier=directory")
    assert names_on(directory) == [listed.name, known.name]
    assert "名录全部（2）" in directory.text


@pytest.mark.parametrize("query", ["红旗", "旗", "yhqjx", "红 机械", "ＨＱＪＸ"])
def test_a_search_finds_any_length_of_chinese_and_pinyin_initials(client: Browser, make, query) -> None:
    admitted(make, name="样例红旗机械有限公司")
    admitted(make, name="样例洹水材料有限公司")
    client.sign_in(make.banker())
    page = client.get("/bank/firms/", query_string={"q": query.replace("yhqjx", "hqjx")})
    assert names_on(page) == ["样例红旗机械有限公司"]


def test_a_search_finds_a_credit_code_and_its_part(client: Browser, make) -> None:
    firm, _other = admitted(make), admitted(make)
    client.sign_in(make.banker())
    for query in (firm.credit_code, firm.credit_code.lower(), firm.credit_code[9:17]):
        assert firm.name in names_on(client.get("/bank/firms/", query_string={"q": query}))


def test_facets_count_and_narrow_and_pills_take_back(client: Browser, make) -> None:
    county, other = make.region("410581", "林州市"), make.region("410526", "滑县")
    inside = admitted(make, grade=Grade.B, graded_e4=650_000, region_code=county.code)
    make.patent(holders=[inside], is_pledged=True)
    admitted(make, region_code=other.code)
    client.sign_in(make.banker())
    page = client.get("/bank/firms/?region=410581&grade=B&holding=pledged")
    assert names_on(page) == [inside.name]
    assert "共1家" in page.text
    for words in ("区县：林州市", "等级：B", "持有情况：有专利在押"):
        assert words in page.text
    pill = re.search(r'<a href="([^"]+)">区县：林州市', page.text)
    assert pill
    assert "region" not in parse_qs(urlsplit(pill[1].replace("&amp;", "&")).query)


def test_an_empty_list_says_which_condition_to_drop_and_what_that_brings(client: Browser, make) -> None:
    admitted(make, grade=Grade.B, graded_e4=650_000)
    client.sign_in(make.banker())
    page = client.get("/bank/firms/?q=不存在&grade=B")
    assert "去掉“搜索：不存在”，有1家" in page.text
    assert "去掉“等级：B”，有0家" in page.text
    assert "导出这" not in page.text, "nothing to export"


def test_pages_follow_each_other_without_gap_and_back(client: Browser, make) -> None:
    firms = {admitted(make, graded_e4=800_000 - number % 3).name for number in range(53)}
    client.sign_in(make.banker())
    first = client.get("/bank/firms/")
    address = next_page(first)
    assert address
    second = client.get(address)
    assert len(names_on(first)) == 50
    assert {*names_on(first), *names_on(second)} == firms
    assert next_page(second) is None
    back = re.search(r'rel="prev" href="([^"]+)"', second.text)
    assert back
    assert names_on(client.get(back[1].replace("&amp;", "&"))) == names_on(first)


def test_a_cursor_of_another_order_is_refused_in_words(client: Browser, make) -> None:
    for number in range(51):
        admitted(make, graded_e4=800_000 + number)
    client.sign_in(make.banker())
    cursor = parse_qs(urlsplit(next_page(client.get("/bank/firms/")) or "").query)["cursor"][0]
    refused = client.get("/bank/firms/", query_string={"sort": "name", "cursor": cursor})
    assert refused.status_code == 422
    assert "翻页位置已失效" in refused.text


@pytest.mark.parametrize("word", ["endpoint=x", "_scheme=javascript&_external=1", "public_id=x", "_anchor=x"])
def test_words_of_the_address_cannot_bend_links(client: Browser, make, word) -> None:
    admitted(make)
    client.sign_in(make.banker())
    page = client.get(f"/bank/firms/?q=样例&{word}")
    assert page.status_code == 200
    assert "javascript:" not in page.text


@pytest.mark.parametrize(
    "words", ["tier=x", "grade=unrated", "sort=name'--", "holding=x", "region=%27%20OR%201"]
)
def test_words_that_mean_nothing_do_no_harm(client: Browser, make, words) -> None:
    admitted(make)
    client.sign_in(make.banker())
    assert client.get(f"/bank/firms/?{words}").status_code == 200


# --- Copies ------------------------------------------------------------------------------------------

WANTED = {"purpose": "customers", "format": "xlsx"}


def test_a_copy_holds_the_rows_of_the_page_and_is_logged_with_filter_and_count(
    client: Browser, make, session, audited
) -> None:
    for number in range(4):
        admitted(make, name=f"样例机械{number}有限公司", graded_e4=700_000 + number)
    admitted(make, name="样例材料有限公司")
    banker = make.banker()
    client.sign_in(banker)
    listed = names_on(client.get("/bank/firms/?q=机械&sort=name"))
    done = client.post("/bank/firms/export?q=机械&sort=name", data=WANTED)
    assert done.status_code == 303
    taken = client.get(done.location)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(taken.data)).get_sheet_by_index(0).to_python()
    header = next(place for place, row in enumerate(sheet) if row[0] == "企业名称")
    assert [row[0] for row in sheet[header + 1 :]] == listed
    (entry,) = audited("exports.made")
    assert json.loads(entry.detail)["rows"] == 4
    assert json.loads(entry.detail)["q"] == "机械"
    document = session.scalars(select(Document)).one()
    assert (document.organisation_id, document.row_count) == (banker.organisation_id, 4)


def test_a_copy_is_not_another_bank_s(client: Browser, make) -> None:
    admitted(make)
    client.sign_in(make.banker())
    address = client.post("/bank/firms/export", data=WANTED).location
    client.sign_in(make.banker())
    assert client.get(address).status_code == 404


def test_without_a_purpose_nothing_is_copied(client: Browser, make, session) -> None:
    firm = admitted(make)
    client.sign_in(make.banker())
    refused = client.post("/bank/firms/export?sort=name", data={"purpose": "", "format": "pdf"})
    assert refused.status_code == 422
    assert "请选择用途" in refused.text
    assert names_on(refused) == [firm.name]
    assert "/bank/firms/export?" in refused.text
    assert 'href="/bank/firms/export' not in refused.text, "links lead back to the list"
    assert session.scalars(select(Document)).all() == []


@pytest.mark.parametrize("data", [{"purpose": "x", "format": "xlsx"}, {"purpose": "risk", "format": "exe"}])
def test_a_made_up_choice_is_refused(client: Browser, make, data) -> None:
    admitted(make)
    client.sign_in(make.banker())
    assert client.post("/bank/firms/export", data=data).status_code == 422


def test_an_empty_list_is_refused_in_words(client: Browser, make) -> None:
    client.sign_in(make.banker())
    refused = client.post("/bank/firms/export?q=不存在", data=WANTED)
    assert refused.status_code == 422
    assert "没有可导出的企业" in refused.text


def test_a_long_list_comes_as_a_notice(client: Browser, make, session, monkeypatch) -> None:
    monkeypatch.setattr(copies, "ROWS_AT_ONCE", 1)  # a setting of ours, smaller
    assert firm_export.ROWS_AT_ONCE == 2_000
    admitted(make)
    admitted(make)
    banker = make.banker()
    client.sign_in(banker)
    done = client.post("/bank/firms/export?sort=name", data=WANTED)
    assert (done.status_code, done.location) == (303, "/bank/firms/?sort=name")
    notice = session.scalars(select(Notice).where(Notice.user_id == banker.id)).one()
    taken = client.get(notice.link)
    assert taken.status_code == 200
    assert taken.data.startswith(b"PK")


def test_a_firm_may_not_enter_the_lists_of_institutions(client: Browser, make) -> None:
    client.sign_in(make.user(Role.ENTERPRISE))
    for address in ("/bank/firms/", "/ins/firms/", "/bank/", "/bank/releases/"):
        assert client.get(address).status_code == 403


# --- One firm ----------------------------------------------------------------------------------------


def test_a_firm_s_page_says_facts_states_and_grounds(client: Browser, make) -> None:
    firm = admitted(make, industry_code="C3489")
    make.patent(holders=[firm], title="样例夹具", is_pledged=True, flags=Flag.PLEDGED.value, tells_flags=True)
    make.patent(
        holders=[firm],
        title="样例审中物",
        kind=PatentKind.DESIGN,
        validity=Validity.PENDING,
        legal_status=LegalStatus.EXAMINATION,
        was_granted=False,
    )
    client.sign_in(make.banker())
    page = client.get(f"/bank/firms/{firm.public_id}")
    for words in (
        "通用设备制造业",
        "质押",
        "专利权已被申请质押登记且处于质押期间",
        "实质审查",
        "专利申请尚未被授予专利权",
        "专家评分卡，非违约概率",
        "示例性质",
        "需企业授权",
        "数据表",
    ):
        assert words in page.text
    assert "名单不含负担信息" in page.text, "silence of the list is said"


def test_declared_finances_do_not_stand_on_a_bank_s_page(client: Browser, make) -> None:
    from decimal import Decimal

    firm = holder(make)
    values = {"L1": "3", "M2": "1", "M5": "7.77", "C2": "60", "C3": "12.34", "C4": "30"}
    sheet = make.score_sheet(firm, readings={code: Decimal(value) for code, value in values.items()})
    today = today_in_china()
    make.admission(firm, sheet=sheet, valid_from=today, valid_until=today + timedelta(days=9))
    make.fact(firm, kind=FactKind.RD_SHARE_BP, number=777)
    client.sign_in(make.banker())
    page = client.get(f"/bank/firms/{firm.public_id}")
    assert page.text.count("已申报") >= 4
    for secret in ("7.77", "12.34", "777"):
        assert secret not in page.text


def test_a_score_that_nobody_published_is_not_shown(client: Browser, make) -> None:
    firm = holder(make)
    make.score_sheet(firm, graded_e4=876_543)
    client.sign_in(make.banker())
    page = client.get(f"/bank/firms/{firm.public_id}")
    assert "没有已发布的评分" in page.text
    assert "87.65" not in page.text


@pytest.mark.parametrize(
    ("ends_in", "shown"), [(0, False), (1, True)], ids=["the day after the last", "the last day"]
)
def test_a_score_is_shown_to_the_last_day_of_the_admission(client: Browser, make, ends_in, shown) -> None:
    firm, today = holder(make), today_in_china()
    sheet = make.score_sheet(firm, graded_e4=876_543)
    make.admission(
        firm, sheet=sheet, valid_from=today - timedelta(days=30), valid_until=today + timedelta(days=ends_in)
    )
    client.sign_in(make.banker())
    assert ("87.65" in client.get(f"/bank/firms/{firm.public_id}").text) is shown


def test_patents_are_narrowed_by_state_kind_and_burden(client: Browser, make) -> None:
    firm = admitted(make)
    make.patent(holders=[firm], title="样例新型", kind=PatentKind.UTILITY_MODEL)
    make.patent(
        holders=[firm], title="样例在押物", is_pledged=True, flags=Flag.PLEDGED.value, tells_flags=True
    )
    client.sign_in(make.banker())
    address = f"/bank/firms/{firm.public_id}"
    only_utility = client.get(f"{address}?kind=utility_model").text
    assert "样例新型" in only_utility
    assert "样例在押物" not in only_utility
    pledged = client.get(f"{address}?burden=pledged").text
    assert "样例在押物" in pledged
    assert "样例新型" not in pledged
    assert "没有符合条件的专利" in client.get(f"{address}?kind=design").text


def test_a_bank_sees_the_fees_ahead_and_that_an_old_list_must_be_checked(client: Browser, make) -> None:
    firm, today = admitted(make), today_in_china()
    make.patent(
        holders=[firm],
        title="样例久远物",
        filed_on=date(2019, 6, 3),
        granted_on=date(2021, 6, 10),
        as_of=today - timedelta(days=800),
    )
    client.sign_in(make.banker())
    page = client.get(f"/bank/firms/{firm.public_id}").text
    for words in ("近期年费", "365天内到期", "若未减缴", "须核对", "名单早于该日", "是否仍有效须查登记簿"):
        assert words in page, words


def test_a_firm_without_a_patent_in_force_is_not_there(client: Browser, make) -> None:
    firm = make.enterprise()
    make.patent(holders=[firm], validity=Validity.LAPSED, legal_status=LegalStatus.LAPSED_FEE)
    client.sign_in(make.banker())
    assert client.get(f"/bank/firms/{firm.public_id}").status_code == 404
    assert client.post(f"/bank/firms/{firm.public_id}/profile").status_code == 404


def test_the_profile_is_a_document_of_the_bank(client: Browser, make, session, audited) -> None:
    firm, banker = admitted(make), make.banker()
    client.sign_in(banker)
    taken = client.get(client.post(f"/bank/firms/{firm.public_id}/profile").location)
    assert taken.data.startswith(b"%PDF")
    document = session.scalars(select(Document)).one()
    assert document.organisation_id == banker.organisation_id
    (entry,) = audited("exports.made")
    assert entry.subject == f"enterprise:{firm.id}"


def test_a_page_of_a_firm_asks_a_fixed_number_of_questions(client: Browser, make) -> None:
    few, many = admitted(make), admitted(make)
    for _ in range(12):
        make.patent(holders=[many])
    client.sign_in(make.banker())
    client.get("/bank/")  # the first request of a session asks once more
    asked = []
    for firm in (few, many):
        client.get(f"/bank/firms/{firm.public_id}")
        asked.append(len(client.statements))
    assert asked[0] == asked[1]
