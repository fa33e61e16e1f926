"""Workbooks of the formats that no library here writes, by hand: ods, xlsb, xls, one with macros."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path

from tests.unit.registry.list_files import SHEET_END, SHEET_START, cell, raw_workbook

Rows = Sequence[Sequence[str]]


def ods(path: Path, rows: Rows) -> Path:
    """Write an OpenDocument table of text cells."""
    body = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
            for value in row
        )
        + "</table:table-row>"
        for row in rows
    )
    names = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="{names}office:1.0" '
        f'xmlns:table="{names}table:1.0" xmlns:text="{names}text:1.0" office:version="1.2"><office:body>'
        f'<office:spreadsheet><table:table table:name="名录">{body}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="{names}manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return path


def with_macros(path: Path, rows: Rows) -> Path:
    """Write a workbook that carries a program which would run when Excel opens it."""
    lines = "".join(
        f'<row r="{place}">'
        + "".join(cell(f"{chr(65 + column)}{place}", value) for column, value in enumerate(row))
        + "</row>"
        for place, row in enumerate(rows, 1)
    )
    program = b'Sub Auto_Open()\nShell "touch /tmp/ipfin-macro-ran"\nEnd Sub'
    return raw_workbook(path, SHEET_START + lines + SHEET_END, parts=[("xl/vbaProject.bin", program)])


# --- xlsb ------------------------------------------------------------------------------------------


def _record(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([(kind & 0x7F) | 0x80, kind >> 7])
    size, length = b"", len(body)
    while True:
        size += bytes([(length & 0x7F) | (0x80 if length > 127 else 0)])
        length >>= 7
        if not length:
            return head + size + body


def _wide(value: str) -> bytes:
    return struct.pack("<I", len(value)) + value.encode("utf-16-le")


def xlsb(path: Path, rows: Rows) -> Path:
    """Write a binary workbook of text cells (MS-XLSB: records of a number, a size and a body)."""
    sheets = _record(156, struct.pack("<II", 0, 1) + _wide("rId1") + _wide("名录"))
    book = _record(131) + _record(143) + sheets + _record(144) + _record(132)
    data = b""
    for place, row in enumerate(rows):
        data += _record(0, struct.pack("<IIHBBBI", place, 0, 300, 0, 0, 0, 0))
        for column, value in enumerate(row):
            data += _record(6, struct.pack("<II", column, 0) + _wide(value))
    size = struct.pack("<IIII", 0, len(rows) - 1, 0, max(map(len, rows)) - 1)
    sheet = _record(129) + _record(148, size) + _record(145) + data + _record(146) + _record(130)
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/worksheets/sheet1.bin", sheet)
        archive.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<?xml version="1.0"?><Relationships xmlns="{relations}"><Relationship Id="rId1" '
            f'Type="{kind}" Target="worksheets/sheet1.bin"/></Relationships>',
        )
    return path


# --- xls -------------------------------------------------------------------------------------------

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def _biff(kind: int, body: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _label(row: int, column: int, value: str) -> bytes:
    return _biff(0x204, struct.pack("<HHHHB", row, column, 0, len(value), 1) + value.encode("utf-16-le"))


def xls(path: Path, rows: Rows) -> Path:
    """Write a workbook of Excel 97 (BIFF8 records in the one stream of an OLE file)."""
    begin, end = struct.pack("<HHHHII", 0x600, 0x05, 0, 0, 0, 0x600), _biff(0x0A)
    name = "名录".encode("utf-16-le")
    globals_size = len(_biff(0x809, begin)) + 4 + 8 + len(name) + len(end)
    sheet_at = _biff(0x85, struct.pack("<IBBBB", globals_size, 0, 0, 2, 1) + name)
    cells = b"".join(
        _label(place, column, value) for place, row in enumerate(rows) for column, value in enumerate(row)
    )
    size = _biff(0x200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    sheet = _biff(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0x600)) + size + cells + end
    path.write_bytes(_ole(_biff(0x809, begin) + sheet_at + end + sheet))
    return path


def _ole(stream: bytes) -> bytes:
    """Return an OLE file with one stream named Workbook: header, table of sectors, directory, stream."""
    stream = stream.ljust(max(4_096, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    count = len(stream) // _SECTOR
    chain = [_FAT, _END, *range(3, 2 + count), _END]
    table = struct.pack("<128I", *chain, *[_FREE] * (128 - len(chain)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += bytes(6) + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4_096, _END, 0, _END, 0)
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    root = _entry("Root Entry", 5, child=1, start=_END, size=0)
    directory = root + _entry("Workbook", 2, child=_FREE, start=2, size=len(stream))
    return header + table + directory.ljust(_SECTOR, b"\0") + stream


def _entry(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text) + 2, kind, 1, _FREE, _FREE, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)
