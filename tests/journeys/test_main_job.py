"""The main job from a messy list to the bank, by three people in three browsers.

The office imports and corrects, decides which firms are one, scores, publishes with two persons, recalls;
a bank signs in with its authenticator, finds, exports and confirms. One test, because each step stands on
the one before. How bank and firm meet is walked in `test_event_day`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from ipfin.kernel.clock import today_in_china
from tests import lists
from tests.demonstration import CHECKER, MAKER, PEOPLE, City
from tests.journeys.notice_days import let_the_notice_pass
from tests.journeys.product import Product
from tests.journeys.visitor import Visitor
from tests.unit.registry.office_files import xls

BANK = "洹水示例银行安阳分行"
FIRM_OF_THE_LIST, WORD = "安阳淇水样张机械有限公司", "样张"
TWIN_OF_THE_LIST = "安阳淇水样张机械有限责任公司"
WIDE_DIGITS = str.maketrans("0123456789X.", "０１２３４５６７８９Ｘ．")

pytestmark = pytest.mark.timeout(400)


@pytest.fixture(scope="module")
def needs_code() -> bool:
    return True


@pytest.fixture(scope="module")
def starting_city(demo_city: City) -> City:
    return demo_city.as_founded


def test_from_a_list_to_the_bank_that_uses_it(
    visitor: Callable[[], Visitor], product: Product, tmp_path: Path
) -> None:
    office = visitor().sign_in(MAKER)
    _import_a_list(office, tmp_path)
    _decide_a_pair(office)
    _score(office)
    checker = visitor().sign_in(CHECKER)
    _publish_a_round(office, checker, product.city)
    _publish_an_issue(office, checker)

    bank = visitor().sign_in(PEOPLE["bank"])
    assert len(bank.key) >= 16, "the bank was not asked for an authenticator"
    _find_and_export(bank, tmp_path)
    _read_a_firm(bank)
    _confirm_receipt(bank)

    _recall(checker)
    bank.turn_to("企业名录").follow("第2期").sees("本期已召回，请停止使用并删除已下载的文件")


# --- The office --------------------------------------------------------------------------------------


def _import_a_list(office: Visitor, folder: Path) -> None:
    """Through the wizard, with a workbook as counties hand it in; its wrong row comes back corrected."""
    office.turn_to("名单导入").follow("导入名单")
    office.page.get_by_label("名单文件").set_input_files(_messy_list(folder / "文峰区名单（最终版）.xls"))
    office.page.get_by_label("名单来源").fill("文峰区报送（样张）")
    office.press("上传并识别各列").sees("表头在第4行").sees("请核对这")
    office.press("确认各列并预检").sees("请填写数据截止日")
    office.page.get_by_label("数据截止日").fill(today_in_china().isoformat())
    office.picture("import-columns")
    office.press("确认各列并预检").sees("这是预检结果，还没有写入任何内容")
    assert [office.figure(label) for label in ("读入行", "新增", "退回")] == [6, 5, 1]
    office.picture("import-dry-run")
    refused = office.download(office.page.get_by_role("link", name="下载退回的行"), folder)
    office.press("写入5行").await_job().sees("已写入")

    book = openpyxl.load_workbook(refused)
    book.worksheets[0].cell(2, 2).value = lists.number(9)
    book.save(refused)
    office.turn_to("名单导入").follow("导入名单")
    office.page.get_by_label("名单文件").set_input_files(refused)
    office.press("上传并识别各列").sees("退回后改正的行")
    office.press("写入1行").await_job().sees("已写入")


def _messy_list(path: Path) -> Path:
    """Write an old workbook: banner, header in two rows, wide digits, two meanings in a cell, line feeds."""
    group = ("专利基本信息", "", "", "", "", "权利人", "", "", "目前情况", "")
    header = (
        "名  称",
        "申请号",
        "申请日期",
        "授权\n公告日",
        "种类",
        "权利人",
        "信用代码",
        "区县",
        "",
        "备注",
    )
    rows = [
        ("文峰区授权专利情况统计表（合成样张）",),
        ("填报单位：文峰区（样张）",),
        group,
        header,
        *(_messy_row(n, FIRM_OF_THE_LIST) for n in range(1, 5)),
        _messy_row(5, TWIN_OF_THE_LIST),
        _messy_row(9, FIRM_OF_THE_LIST, number="CN202110000000.X"),
    ]
    return xls(path, [[*row, *[""] * (len(header) - len(row))] for row in rows])


def _messy_row(serial: int, firm: str, *, number: str = "") -> list[str]:
    wide = lists.number(serial).removeprefix("CN").translate(WIDE_DIGITS)
    day, state = "２０２２年６月７日", "授权 | 质押" if serial == 1 else "授权"
    return ["一种样张\n夹具", number or wide, "2021.3.5", day, "发明专利", firm, "-", "文峰区", state, "-"]


def _decide_a_pair(office: Visitor) -> None:
    """Two spellings of one firm, decided by the keys that the page names."""
    office.turn_to("归并").follow(FIRM_OF_THE_LIST).sees(TWIN_OF_THE_LIST)
    office.page.locator("[accesskey=r]").focus()
    office.page.keyboard.type("组织形式写法不同，同一家")
    office.picture("match-pair")
    office.page.locator("[accesskey=y]").press("Enter")
    office.page.wait_for_load_state()
    assert "已记为“同一家”" in office.text


def _score(office: Visitor) -> None:
    office.turn_to("评分").press("立即评分").await_job()
    office.sees("第2次")


def _publish_a_round(office: Visitor, checker: Visitor, city: City) -> None:
    office.turn_to("白名单").follow("编制新批次")
    office.page.get_by_label("批次名称").fill("样张批次")
    office.press("编制").press("提交复核").sees("须由另一名工作人员复核发布")
    assert office.page.get_by_role("button", name="复核无误，开始公示").count() == 0
    checker.turn_to("白名单").follow("样张批次").press("复核无误，开始公示").sees("正在公示")
    checker.picture("round-noticed")
    let_the_notice_pass(city)
    checker.turn_to("白名单").follow("样张批次").press("公示期满，发布").sees("已发布")
    checker.picture("round-published")


def _publish_an_issue(office: Visitor, checker: Visitor) -> None:
    office.turn_to("企业名录").follow("编制新一期").press("编制").press("提交复核")
    office.sees("须由另一名工作人员复核发布")
    checker.turn_to("企业名录").follow("第2期").press("复核无误，发布并送达").await_job().sees("送达与签收")
    checker.picture("issue-published")


def _recall(checker: Visitor) -> None:
    checker.turn_to("企业名录").follow("第2期").sees("已签收1家")
    checker.page.get_by_text("召回本期").click()
    checker.page.get_by_label("理由").fill("一家企业的数据有误")
    checker.press("召回").sees("已召回")


# --- The bank ----------------------------------------------------------------------------------------


def _find_and_export(bank: Visitor, folder: Path) -> None:
    """Two characters find the firm of the new list; the file holds exactly what the list shows."""
    bank.turn_to("企业").follow("名录全部")
    bank.page.get_by_label("搜索", exact=True).fill(WORD)
    bank.press("搜索").sees(FIRM_OF_THE_LIST)
    offer = bank.page.locator("summary", has_text="导出这")
    rows = int(re.sub(r"\D", "", offer.inner_text()))
    assert rows == bank.page.locator("table.list tbody tr").count() >= 1
    bank.picture("bank-search")
    offer.click()
    bank.page.get_by_label("用途").select_option(index=1)
    bank.page.get_by_label("格式").select_option("xlsx")
    button = bank.page.get_by_role("button", name="导出", exact=True)
    sheet = openpyxl.load_workbook(bank.download(button, folder))
    cells = [[str(cell or "") for cell in row] for row in sheet.worksheets[0].iter_rows(values_only=True)]
    names = [row for row in cells if any(WORD in cell and cell.endswith("公司") for cell in row)]
    assert len(names) == rows
    marks = str(cells) + "".join(str(part.text) for part in _margins(sheet.worksheets[0]))
    assert BANK in marks, "the file does not say whose copy it is"
    assert re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", marks), "the file carries no code"


def _margins(sheet) -> list:
    return [
        part
        for margin in (sheet.oddHeader, sheet.oddFooter)
        for part in (margin.left, margin.center, margin.right)
    ]


def _read_a_firm(bank: Visitor) -> None:
    bank.turn_to("企业")
    bank.page.locator("table.list tbody th a").first.click()
    bank.page.wait_for_load_state()
    bank.sees("评分说明").sees("专家评分卡，非违约概率").sees("统一社会信用代码")
    assert bank.page.locator("section[aria-labelledby=score] table tbody tr").count() >= 5
    bank.picture("bank-firm")


def _confirm_receipt(bank: Visitor) -> None:
    bank.turn_to("企业名录").follow("第2期").press("确认签收").sees("已签收名录第2期")
    assert bank.page.get_by_role("button", name="确认签收").count() == 0
