"""What kind of file an upload is, by its content, and whether it may be opened at all.

Decides by the first bytes and, for a zipped workbook, by its list of parts: how many there are, how
large they would become, whether a part declares a document type or entities. Nothing is unpacked beyond
the head of each XML part. Macros are never run, because nothing here can run them.
"""

from __future__ import annotations

import re
import zipfile
from enum import StrEnum
from pathlib import Path
from typing import Final

from ipfin.registry.reading.refusals import Reason, Refused
from ipfin.registry.reading.table import ReadLimits


class FileKind(StrEnum):
    """How a file is read; the value is the extension under which the reader opens it."""

    XLSX = "xlsx"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    TEXT = "csv"


_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK"
_FOREIGN: Final = (  # what people upload by mistake
    b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"{\\rtf",
    b"\x7fELF", b"MZ", b"SQLite", b"\xfd7zXZ", b"RIFF",
)  # fmt: skip
_MARKUP: Final = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*<(?:\?xml|!doctype|html|table|meta|head)", re.IGNORECASE
)
_SPREADSHEET_NAMES: Final = (".xlsx", ".xlsm", ".xlsb", ".ods", ".et", ".xls")
_HEAD: Final = 4_096  # bytes
_XML_HEAD: Final = 65_536  # bytes; a document type stands before the first element
_DECLARATION: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_SUSPECT_RATIO: Final = 150  # inflated to packed; real workbooks stay under 30
_SUSPECT_BYTES: Final = 100 * 2**20  # a ratio matters only above this size


def kind_of(path: Path, filename: str, limits: ReadLimits) -> FileKind:
    """Return how the file at `path`, called `filename` by the user, is to be read.

    Raises:
        Refused: it is empty, too large, of another type, encrypted, damaged or a bomb.
    """
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise Refused(Reason.TOO_LARGE, size_mib=size >> 20, limit=limits.file_bytes >> 20)
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip(b"\x00\r\n\t \xef\xbb\xbf"):
        raise Refused(Reason.EMPTY)
    if head.startswith(_OLE):
        return _ole_kind(path)
    if head.startswith(_ZIP):
        return _zip_kind(path, limits)
    if head.startswith(_FOREIGN):
        raise Refused(Reason.WRONG_TYPE)
    if _MARKUP.match(head):
        raise Refused(Reason.MARKUP)
    if filename.lower().endswith(_SPREADSHEET_NAMES):
        raise Refused(Reason.NOT_A_WORKBOOK)
    return FileKind.TEXT


def _ole_kind(path: Path) -> FileKind:
    content = path.read_bytes()  # bounded by limits.file_bytes
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Refused(Reason.ENCRYPTED)
    if not any(name.encode("utf-16-le") in content for name in ("Workbook", "Book")):
        raise Refused(Reason.WRONG_TYPE)
    return FileKind.XLS


def _zip_kind(path: Path, limits: ReadLimits) -> FileKind:
    try:
        with zipfile.ZipFile(path) as archive:
            _check_size(archive, limits)
            kind = _workbook_kind(archive)
            _check_declarations(archive)
    except Refused:
        raise
    except Exception as problem:  # a hostile archive can fail in any way
        raise Refused(Reason.DAMAGED) from problem
    return kind


def _check_size(archive: zipfile.ZipFile, limits: ReadLimits) -> None:
    parts = archive.infolist()
    if len(parts) > limits.parts:
        raise Refused(Reason.BOMB)
    inflated = sum(part.file_size for part in parts)
    packed = max(1, sum(part.compress_size for part in parts))
    if inflated > limits.inflated_bytes:
        raise Refused(Reason.BOMB)
    if inflated > _SUSPECT_BYTES and inflated / packed > _SUSPECT_RATIO:
        raise Refused(Reason.BOMB)
    if any(part.flag_bits & 1 for part in parts):
        raise Refused(Reason.ENCRYPTED)


def _workbook_kind(archive: zipfile.ZipFile) -> FileKind:
    names = {name.lower() for name in archive.namelist()}
    if "xl/workbook.bin" in names:
        return FileKind.XLSB
    if any(name.startswith("xl/") and name.endswith("workbook.xml") for name in names):
        return FileKind.XLSX
    if "content.xml" in names and "mimetype" in names:
        with archive.open("mimetype") as file:
            if b"spreadsheet" in file.read(_HEAD):
                return FileKind.ODS
    raise Refused(Reason.WRONG_TYPE)


def _check_declarations(archive: zipfile.ZipFile) -> None:
    """Refuse a part that declares a document type or entities (XXE, billion laughs)."""
    for part in archive.infolist():
        if not part.filename.lower().endswith((".xml", ".rels", ".vml")):
            continue
        with archive.open(part) as file:
            head = file.read(_XML_HEAD).replace(b"\x00", b"")  # UTF-16 becomes readable
        if _DECLARATION.search(head):
            raise Refused(Reason.ENTITIES)
