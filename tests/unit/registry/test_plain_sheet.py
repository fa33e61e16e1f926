"""Sheets that are written plainly are read without calamine: to the same cells, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ipfin.documents.sheet import Column, SheetSpec, write_sheet
from ipfin.registry.reading import ReadLimits, read_table
from ipfin.registry.reading.plain_sheet import plain_table
from ipfin.registry.reading.refusals import Refused
from ipfin.registry.reading.tabulate import AGAIN, by_calamine, tabulate
from ipfin.registry.reading.workbook_parts import NotPlain
from tests.unit.registry import list_files as files

SMALL = 10**6  # bytes: the larger ones are alike, and read by calamine they take long
LIMITS = asdict(ReadLimits())
Reading = Callable[[str, str | None, dict[str, int]], Iterator[dict[str, Any]]]


def told(read: Reading, path: Path, limits: dict[str, int] = LIMITS) -> Any:
    """Return all that a way of reading tells of a file: facts, rows by number, end; or the refusal."""
    try:
        facts, *pieces, end = read(str(path), None, limits)
    except Refused as refused:
        return refused.reason, refused.facts
    numbers: list[int] = []
    columns: list[list[str]] = []
    for piece in pieces:
        first, count = piece["rows"] if piece["run"] else (0, 0)
        columns += [[""] * len(numbers) for _new in piece["columns"][len(columns) :]]
        for column, text in zip(columns, piece["columns"], strict=True):
            column += (text.decode() if isinstance(text, bytes) else text).split("\x1e")
        numbers += range(first, first + count) if piece["run"] else piece["rows"]
    # A column that holds nothing behind the last name is dropped by whoever puts the table together.
    while len(columns) > len(facts["names"]) and not any(columns[-1]):
        columns.pop()
    return facts, numbers, columns, end


NAMES = ("申请号", "申请人", "专利名称")
HEAD = "".join(files.cell(f"{letter}1", name) for letter, name in zip("ABC", NAMES, strict=True))
STYLES = """<?xml version="1.0" encoding="UTF-8"?>
<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><numFmts count="3">
<numFmt numFmtId="170" formatCode="yyyy\\-mm\\-dd;@"/><numFmt numFmtId="171" formatCode="0.00_ "/>
<numFmt numFmtId="172" formatCode="[Red]General&quot;年&quot;"/></numFmts>
<cellXfs count="7"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="49"/><xf numFmtId="170"/><xf
 numFmtId="171"/><xf numFmtId="46"/><xf numFmtId="172"/></cellXfs></styleSheet>"""
SHARED = (
    "<si><t>共有</t></si>", "<si><t> 前后有空格 </t></si>", '<si><t xml:space="preserve"> 保留 </t></si>',
    '<si><r><t> 一 </t></r><r><rPr><b/><sz val="9"/></rPr><t xml:space="preserve"> 二</t></r></si>',
    "<si/>", "<si><t/></si>", "<si><t>a&amp;b&lt;&#10;_x000D__x005F_x0041_</t></si>", "<si><t>a>b</t></si>",
)  # fmt: skip


def sheet_of(path: Path, *rows: str, shared: Sequence[str] = SHARED) -> Path:
    """Write a workbook with a well-known header and below it rows as they are given."""
    body = f'{files.SHEET_START}<row r="1">{HEAD}</row>{"".join(rows)}{files.SHEET_END}'
    table = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{"".join(shared)}</sst>'
    parts = [("xl/sharedStrings.xml", table.encode()), ("xl/styles.xml", STYLES.encode())]
    return files.raw_workbook(path, body, parts=parts, is_styled=True)


NUMBERS = ("12", "1.5", "-0", "1E-7", "0.1234567890123", "999999999999999")
STYLED = ("", ' t="n"', ' s="0"', ' s="2" t="n"', ' s="4"')
TEXTS = (
    "<t>字</t>", "<t> 字 </t>", '<t xml:space="preserve"> 字 </t>', "<t></t>",
    "<t>a&amp;b&quot;&#x4e2d;&#10;c</t>", "<t>_x000D_x_x0009_</t>", "<t>a\r\nb\rc\td</t>",
)  # fmt: skip
WRITTEN = (
    *(f'<c r="@"{style}><v>{number}</v></c>' for number in NUMBERS for style in STYLED),
    *(f'<c r="@" t="inlineStr"><is>{text}</is></c>' for text in TEXTS),
    *(f'<c r="@" t="s"><v>{place}</v></c>' for place in range(len(SHARED))),
    '<c r="@" s="1"><v>44000</v></c>', '<c r="@" s="3"><v>44000.0</v></c>', '<c r="@" t="b"><v>1</v></c>',
    '<c r="@" t="e"><v>#N/A</v></c>', '<c r="@" t="str"><f>A1&amp;"x"</f><v> 结果 </v></c>',
    '<c r="@"><f t="shared" si="0"/><v>3</v></c>', '<c r="@" s="1"/>', '<c r="@" s="1"></c>',
    '<c r="@" />', "",
)  # fmt: skip
ODD = (
    '<c r="@"><v></v></c>', '<c r="@"><v> 12 </v></c>', '<c r="@"><v>abc</v></c>', '<c r="@"><v>1e15</v></c>',
    '<c r="@" s="1"><v>44000.5</v></c>', '<c r="@" s="1"><v>59</v></c>', '<c r="@" s="5"><v>2</v></c>',
    '<c r="@" s="6"><v>2</v></c>', '<c r="@" s="99"><v>2</v></c>', '<c r="@" t="s"><v>99</v></c>',
    '<c r="@" t="d"><v>2020-01-01</v></c>', "<c><v>5</v></c>", '<c r="C9"><v>5</v></c>',
    '<c r="@" t="inlineStr"><is><r><t>a</t></r></is></c>', '<c r="@"><v>1_0</v></c>',
    '<c r="@" t="inlineStr"><is><t>a&nbsp;b</t></is></c>', '<c r="@" t="s"><v>1_0</v></c>',
    '<c r="@" t="inlineStr"><is><t>a<![CDATA[<b>]]></t></is></c>', '<!-- x --><c r="@"><v>1</v></c>',
    '<c r="@" t="inlineStr"><is><t>a&#1_0;</t></is></c>', '<c r="@" t="inlineStr"><is><t>\x1e</t></is></c>',
)  # fmt: skip


def row_of(number: int, *cells: str) -> str:
    """Return a row whose first cell is a text; `@` in the others is their own address."""
    placed = (cell.replace("@", f"{letter}{number}") for letter, cell in zip("BCD", cells, strict=False))
    return f'<row r="{number}" spans="1:4">{files.cell(f"A{number}", "x")}{"".join(placed)}</row>'


@pytest.mark.parametrize("cell", WRITTEN)
def test_a_plain_cell_is_read_as_calamine_reads_it(tmp_path: Path, cell: str) -> None:
    path = sheet_of(tmp_path / "a.xlsx", row_of(2, cell), '<row r="4"/>', row_of(5, cell))
    assert told(plain_table, path) == told(by_calamine, path)


@pytest.mark.parametrize("cell", ODD)
def test_what_is_not_plain_is_left_to_calamine(tmp_path: Path, cell: str) -> None:
    with pytest.raises(NotPlain):
        told(plain_table, sheet_of(tmp_path / "a.xlsx", row_of(2, cell)))


ROWS = st.lists(st.lists(st.sampled_from(WRITTEN), min_size=4, max_size=4), min_size=1, max_size=9)


@given(ROWS, st.booleans(), st.sampled_from((1, 3)))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_mixture_of_plain_cells_is_read_as_calamine_reads_it(
    tmp_path: Path, rows: list[list[str]], is_spread: bool, step: int
) -> None:
    gap = "\n  " if is_spread else ""
    written = [
        f'{gap}<row r="{number}">{gap}'
        + gap.join(cell.replace("@", f"{letter}{number}") for letter, cell in zip("ABCD", cells, strict=True))
        + f"{gap}</row>"
        for number, cells in enumerate(rows, start=2)
        if number % step or number == 2
    ]
    path = sheet_of(tmp_path / "a.xlsx", *written)
    assert told(plain_table, path) == told(by_calamine, path)


def test_a_row_that_is_not_plain_behind_many_that_are_begins_the_table_anew(tmp_path: Path) -> None:
    rows = [f'<row r="{number}">{files.cell(f"A{number}", "x" * 2_000)}</row>' for number in range(2, 700)]
    odd = f'<row r="700">{files.cell("A700", "y")}<c r="B700" s="1"><v>44000.5</v></c></row>'
    path = sheet_of(tmp_path / "a.xlsx", *rows, odd)
    messages = list(tabulate(str(path), "xlsx", None, LIMITS))
    assert any(message is AGAIN for message in messages[1:])
    table = read_table(path, filename="a.xlsx")
    assert table.row_count == 699
    assert (table.columns[0][-1], table.columns[1][-1]) == ("y", "2020-06-18 12:00:00")


def test_a_cell_that_comes_late_or_not_at_all_stands_in_its_own_column(tmp_path: Path) -> None:
    rows = [f'<row r="{number}">{files.cell(f"B{number}", "乙" * 900)}</row>' for number in range(2, 1_200)]
    late = f'<row r="1200">{files.cell("A1200", "甲")}{files.cell("E1200", "戊")}</row>'
    path = sheet_of(tmp_path / "a.xlsx", *rows, late)
    found = told(plain_table, path)
    assert [column[-1] for column in found[2]] == ["甲", "", "", "", "戊"]
    assert found == told(by_calamine, path)


@pytest.mark.parametrize(
    "rows",
    [
        ('<row r="3"><c r="A3"><v>1</v></c></row>', '<row r="2"><c r="A2"><v>1</v></c></row>'),  # backwards
        ('<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row>',),
        ('<row r="2"><c r="A2"><v>1</v></c></row><x:row r="3"><x:c r="A3"/></x:row>',),
        ('<row r="2"><c r="A2"><v>1</v></c></row><c r="A3"><v>1</v></c>',),  # a cell in no row
        ('<row r="2"><c r="A2"><v>1</v></c></row>\x00',),
        ('<row><c r="A2"><v>1</v></c></row>',),
    ],
)
def test_rows_out_of_order_or_outside_are_left_to_calamine(tmp_path: Path, rows: Sequence[str]) -> None:
    with pytest.raises(NotPlain):
        told(plain_table, sheet_of(tmp_path / "a.xlsx", *rows))


def test_limits_hold_without_calamine(tmp_path: Path) -> None:
    rows = [f'<row r="{number}">{files.cell(f"A{number}", "甲" * 9)}</row>' for number in range(2, 8)]
    path = sheet_of(tmp_path / "a.xlsx", *rows)
    for limits in ({"rows": 5}, {"cell_length": 8}):
        assert told(plain_table, path, LIMITS | limits) == told(by_calamine, path, LIMITS | limits)
    assert told(plain_table, path, LIMITS | {"cell_length": 9})[-1]["end"] == len(rows)


def test_our_own_lists_and_those_of_another_writer_are_plain(tmp_path: Path) -> None:
    rows = [["CN201910593937.7", "安阳示例 & 研究院", " 一种装置"], ["CN201710911092.2", "甲<乙>", ""]]
    write_sheet(tmp_path / "a.xlsx", [SheetSpec("名单", [Column(name) for name in NAMES], rows)])
    other = (NAMES, ("x", date(2022, 7, 15), 2.5), ("y", True, None))
    for path in (tmp_path / "a.xlsx", files.workbook(tmp_path / "b.xlsx", ("甲&乙", other), ("二", ()))):
        assert told(plain_table, path) == told(by_calamine, path)


def test_real_workbooks_with_a_known_header_are_plain_and_read_alike(shared_data: Path) -> None:
    paths = sorted(path for path in shared_data.glob("patents_*/*.xlsx") if path.stat().st_size < SMALL)
    assert paths
    for path in paths:
        assert told(plain_table, path) == told(by_calamine, path), path.name
