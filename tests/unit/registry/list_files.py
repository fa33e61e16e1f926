"""Files as people and attackers upload them, made when a test runs; none is kept in the repository."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

HEADER = ("申请号", "标题", "申请人", "申请日", "专利有效性")
ROWS = (
    ("CN201710911092.2", "一种轧辊磨床", "安阳示例机械有限公司", "2017-09-29", "有效"),
    ("CN201710601862.3", "一种烧结余热回收装置", "安阳示例钢铁股份有限公司", "2017-07-21", "审中"),
)

_CONTENT_TYPES = """<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"""
_RELATIONS = """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
 Target="xl/workbook.xml"/></Relationships>"""
_WORKBOOK = """<?xml version="1.0" encoding="UTF-8"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"
 xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">
<sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>"""
_WORKBOOK_RELATIONS = """<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"
 Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
 Target="worksheets/sheet1.xml"/></Relationships>"""
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STYLED_RELATIONS = _WORKBOOK_RELATIONS.replace(
    "</Relationships>",
    f"""<Relationship Id="rId2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>
<Relationship Id="rId3" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>""",
)
SHEET_START = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)
SHEET_END = "</sheetData></worksheet>"


def workbook(path: Path, *sheets: tuple[str, Sequence[Sequence[Any]]]) -> Path:
    """Write a workbook of real cells; dates become real Excel dates."""
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
    for name, rows in sheets:
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    return path


def text(path: Path, content: str, encoding: str = "utf-8") -> Path:
    """Write a text file with the line ends as given."""
    path.write_bytes(content.encode(encoding))
    return path


def csv_of(header: Sequence[str], rows: Sequence[Sequence[str]], delimiter: str = ",") -> str:
    """Return lines without quotes; a test that needs quotes writes them."""
    return "".join(delimiter.join(row) + "\r\n" for row in (header, *rows))


def raw_workbook(
    path: Path, sheet_xml: str | bytes, *, parts: Sequence[tuple[str, bytes]] = (), is_styled: bool = False
) -> Path:
    """Write a workbook whose one sheet is the XML given, well-formed or not.

    Args:
        is_styled: whether the workbook names the styles and shared texts that are among the `parts`.
    """
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _CONTENT_TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr("xl/workbook.xml", _WORKBOOK)
        relations = _STYLED_RELATIONS if is_styled else _WORKBOOK_RELATIONS
        archive.writestr("xl/_rels/workbook.xml.rels", relations)
        archive.writestr("xl/worksheets/sheet1.xml", sheet_xml)
        for name, content in parts:
            archive.writestr(name, content)
    return path


def cell(reference: str, value: str) -> str:
    """Return one text cell of a sheet."""
    return f'<c r="{reference}" t="inlineStr"><is><t>{value}</t></is></c>'


def far_cell_bomb(path: Path) -> Path:
    """A sheet with a header in its first cells and one cell in the last place that Excel has."""
    first = f'<row r="1">{cell("A1", "申请号")}{cell("B1", "申请人")}</row>'
    last = f'<row r="1048576">{cell("XFD1048576", "x")}</row>'
    return raw_workbook(path, SHEET_START + first + last + SHEET_END)


def lonely_far_cell(path: Path) -> Path:
    """A sheet whose only cell is the last one: 1.5 kilobytes that took pandas six gigabytes."""
    return raw_workbook(path, f'{SHEET_START}<row r="1048576">{cell("XFD1048576", "x")}</row>{SHEET_END}')


def inflating_sheet(path: Path, mebibytes: int) -> Path:
    """A sheet of one row and then very many blanks: small packed, large unpacked."""
    head = f'{SHEET_START}<row r="1">{cell("A1", "申请号")}{cell("B1", "申请人")}</row>'.encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _CONTENT_TYPES)
        archive.writestr("_rels/.rels", _RELATIONS)
        archive.writestr("xl/workbook.xml", _WORKBOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", _WORKBOOK_RELATIONS)
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(head)
            for _block in range(mebibytes):
                sheet.write(b" " * 2**20)
            sheet.write(SHEET_END.encode())
    return path


def crowded_sheet(path: Path, rows: int, columns: int) -> Path:
    """A sheet with a number in every cell, without cell references, as the format allows."""
    row = "<row>" + "<c><v>1</v></c>" * columns + "</row>"
    buffer = io.StringIO()
    buffer.write(SHEET_START)
    for _row in range(rows):
        buffer.write(row)
    buffer.write(SHEET_END)
    return raw_workbook(path, buffer.getvalue())


def encrypted_workbook(path: Path) -> Path:
    """The outside of a workbook with a password: an OLE file with a stream named EncryptedPackage."""
    directory = b"".join(
        name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", "EncryptedPackage")
    )
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + directory)
    return path
