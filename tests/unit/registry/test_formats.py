"""One list in every format, encoding and shape that offices send: the same patents, or a sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import pytest

from ipfin.registry.fields import ListField
from ipfin.registry.headers import propose_mapping
from ipfin.registry.listing import ListReading, interpret
from ipfin.registry.reading import RawTable, UnreadableFile, read_table
from tests.unit.registry.list_files import csv_of, text, workbook
from tests.unit.registry.list_tables import table_of
from tests.unit.registry.office_files import ods, with_macros, xls, xlsb

F = ListField
AS_OF = date(2026, 3, 5)
HEADER = ("申请号", "专利名称", "申请人", "申请日", "法律状态")
ROWS = (
    ("CN201710911092.2", "一种轧辊磨床", "安阳示例机械有限公司", "2017-09-29", "授权"),
    ("CN201710601862.3", "一种烧结余热回收装置", "安阳示例钢铁股份有限公司", "2017-07-21", "实质审查"),
)
LIST = (HEADER, *ROWS)


def read(path: Path, name: str = "") -> tuple[RawTable, ListReading]:
    table = read_table(path, filename=name or path.name)
    return table, interpret(table, propose_mapping(table), as_of=AS_OF)


def told(reading: ListReading) -> list[tuple[str | None, str, str, date | None, str]]:
    return [
        (p.application_number, p.title, p.owners[0].name, p.filed_on, p.validity.value)
        for p in reading.patents
    ]


THE_SAME = [
    ("201710911092.2", "一种轧辊磨床", "安阳示例机械有限公司", date(2017, 9, 29), "valid"),
    ("201710601862.3", "一种烧结余热回收装置", "安阳示例钢铁股份有限公司", date(2017, 7, 21), "pending"),
]


def read_cells(header: Sequence[str], *rows: Sequence[str], first_row: int = 2) -> ListReading:
    """Return the reading of cells as the reader hands them over."""
    table = table_of(
        {name: [row[place] for row in rows] for place, name in enumerate(header)}, first_row=first_row
    )
    return interpret(table, propose_mapping(table), as_of=AS_OF)


Writer = Callable[[Path], Path]
FORMATS: dict[str, Writer] = {
    "xlsx": lambda path: workbook(path, ("名录", LIST)),
    "xlsm": lambda path: with_macros(path, LIST),
    "xls": lambda path: xls(path, LIST),
    "xlsb": lambda path: xlsb(path, LIST),
    "ods": lambda path: ods(path, LIST),
    "csv": lambda path: text(path, csv_of(HEADER, ROWS)),
    "txt": lambda path: text(path, csv_of(HEADER, ROWS, "\t")),
}


@pytest.mark.parametrize("extension", FORMATS)
def test_a_list_is_the_same_in_every_format(tmp_path: Path, extension: str) -> None:
    _table, reading = read(FORMATS[extension](tmp_path / f"名录.{extension}"))
    assert told(reading) == THE_SAME


def test_the_macros_of_a_workbook_never_run(tmp_path: Path) -> None:
    read(with_macros(tmp_path / "名录.xlsm", LIST))
    assert not Path("/tmp/ipfin-macro-ran").exists()  # noqa: S108 - what the macro would make


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize(("extension", "delimiter"), [("csv", ","), ("txt", "\t")])
def test_a_text_list_is_the_same_in_every_encoding(
    tmp_path: Path, encoding: str, extension: str, delimiter: str
) -> None:
    path = text(tmp_path / f"名录.{extension}", csv_of(HEADER, ROWS, delimiter), encoding)
    assert told(read(path)[1]) == THE_SAME


def test_an_encoding_that_nobody_knows_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "名录.csv"
    path.write_bytes(b"\xff\xffa,b\r\n\x81\x20,c\r\n")
    with pytest.raises(UnreadableFile, match=r"文字编码无法识别.*另存为UTF-8"):
        read(path)


# --- Shapes of the sheet -----------------------------------------------------------------------------


SHAPES: dict[str, Sequence[Sequence[str]]] = {
    "a title above": (("安阳市有效专利名录（示例）",), *LIST),
    "a title, a unit and a blank row above": (
        ("安阳市有效专利名录（示例）", "", "", "", ""),
        ("填报单位：示例区", "", "", "填报日期：2026-03-01", ""),
        (),
        *LIST,
    ),
    "two rows of names": (
        ("专利信息", "", "权利人信息", "日期与状态", ""),
        ("申请号", "专利名称", "申请人", "申请日", "法律状态"),
        *ROWS,
    ),
    "names that reach over two rows": (
        ("申请号", "专利名称", "申请人", "状态信息", ""),
        ("", "", "", "申请日", "法律状态"),
        *ROWS,
    ),
    "blank rows between": (HEADER, (), ROWS[0], ("", " ", "", "", ""), ROWS[1]),
    "columns without a name": (
        ("", *HEADER, ""),
        ("1", *ROWS[0], ""),
        ("2", *ROWS[1], ""),
    ),
    "the same name twice, the first one empty": (
        ("申请日", *HEADER),
        ("", *ROWS[0]),
        ("-", *ROWS[1]),
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_list_is_the_same_in_every_shape(tmp_path: Path, shape: str) -> None:
    rows = SHAPES[shape]
    _table, reading = read(workbook(tmp_path / "a.xlsx", ("名录", rows)))
    assert told(reading) == THE_SAME
    assert reading.refusals == []


def test_which_sheet_is_read_is_said_and_empty_ones_do_no_harm(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "a.xlsx", ("封面", ()), ("说明", (("填表须知",),)), ("专利", LIST), ("分析库", ())
    )
    table, reading = read(path)
    assert told(reading) == THE_SAME
    assert str(table.notes[0]) == "只读取了工作表“专利”；未读取：封面、说明、分析库。"


@pytest.mark.parametrize("in_header", [False, True])
def test_commas_at_the_end_of_every_line_shift_no_column(tmp_path: Path, in_header: bool) -> None:
    lines = csv_of(HEADER, ROWS).replace("\r\n", ",,\r\n")
    if not in_header:
        lines = lines.replace(",,\r\n", "\r\n", 1)
    assert told(read(text(tmp_path / "a.csv", lines))[1]) == THE_SAME


# --- Cells -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("申请号", "CN201710911092.2\r\n"),
        ("申请号", "ZL 2017 1 0911092.2"),
        ("申请号", "２０１７１０９１１０９２．２"),
        ("申请号", "'201710911092.2"),
        ("申请号", "2017109110922"),
        ("申请号", "201710911092"),
        ("专利名称", "<b>一种</b>轧辊<br/>磨床"),
        ("专利名称", "\u200b一种轧辊磨床\r\n"),
        ("专利名称", "&#19968;种轧辊磨床"),
        ("申请人", "安阳示例机械有限公司\n"),
        ("申请人", "安阳示例机械有限公司；"),
        ("申请日", "20170929"),
        ("申请日", "2017.09.29"),
        ("申请日", "2017/9/29"),
        ("申请日", "2017年9月29日"),
        ("申请日", "2017-09-29 00:00:00"),
        ("申请日", "43007"),
        ("申请日", "２０１７－０９－２９"),
        ("法律状态", "授权 | 质押"),
        ("法律状态", "授权\r\n"),
    ],
)
def test_a_cell_is_read_in_every_spelling(column: str, cell: str) -> None:
    place = HEADER.index(column)
    dirty = [*ROWS[0]]
    dirty[place] = cell
    (number, title, *rest), _other = told(read_cells(HEADER, dirty, ROWS[1]))
    assert (number, title.replace(" ", ""), *rest) == THE_SAME[0]


@pytest.mark.parametrize("nothing", ["-", "--", "N/A", "#N/A", "无", "NULL", " ", "—", "/"])
def test_nothing_is_nothing_in_every_spelling(nothing: str) -> None:
    row = ("CN201710911092.2", nothing, "安阳示例机械有限公司", nothing, nothing, nothing)
    header = (*HEADER, "权利要求数量")
    reading = read_cells(header, row, (*ROWS[1], "1,234"))
    first, second = reading.patents
    assert (first.title, first.filed_on, first.claims_count) == ("", None, None)
    assert second.claims_count == 1_234
    assert reading.refusals == []
    assert reading.warnings == []


def test_a_price_in_dollars_is_no_count_and_no_date() -> None:
    header = (*HEADER, "专利价值")
    rows = [(*row, price) for row, price in zip(ROWS, ("$ 3,400", "-"), strict=True)]
    reading = read_cells(header, *rows)
    assert told(reading) == THE_SAME
    assert [header[place] for place in reading.mapping.unmapped] == ["专利价值"]


REFUSED = (  # column, cell, what the sentence names besides the row, field and remedy
    ("申请号", "201710911092.3", F.APPLICATION_NUMBER, "校验位应为2，请对照受理通知书核对"),
    ("申请号", "2.01711E+11", F.APPLICATION_NUMBER, "应为12位或8位数字加校验位"),
    ("申请日", "2017-13-01", F.FILING_DATE, "不是有效日期，请写成 2022-07-15"),
    ("申请日", "2099-01-01", F.FILING_DATE, "晚于名单的数据日期2026-03-05，请核对"),
    ("申请日", "1984-12-31", F.FILING_DATE, "早于专利法施行之日（1985年4月1日），请核对"),
)


@pytest.mark.parametrize(("column", "cell", "field", "sentence"), REFUSED)
def test_what_is_refused_names_row_field_and_remedy(
    column: str, cell: str, field: ListField, sentence: str
) -> None:
    row = [*ROWS[0]]
    row[HEADER.index(column)] = cell
    reading = read_cells(HEADER, ROWS[1], row, first_row=3)
    (refusal,) = reading.refusals
    assert (refusal.row, refusal.field) == (4, field)
    assert str(refusal.message).startswith("第4行：")
    assert sentence in str(refusal.message)
    assert len(reading.patents) == 1


def test_line_breaks_and_tabs_inside_quotes_do_not_pass_for_another_delimiter(tmp_path: Path) -> None:
    quoted = [[f'"\t{cell}\r\n"' for cell in row] for row in LIST]
    assert told(read(text(tmp_path / "a.csv", csv_of(quoted[0], quoted[1:])))[1]) == THE_SAME
