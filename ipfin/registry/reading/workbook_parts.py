"""The parts of an xlsx workbook that are needed beside a sheet: its sheets, its shared texts, its styles.

Reads what is written plainly and raises `NotPlain` for anything else; calamine reads the file then. What a
cell is worth is calamine's word: a test holds both to the same cells.
"""

from __future__ import annotations

import re
import sys
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Final


class NotPlain(Exception):
    """Something of the workbook is written in a way that is not read here."""


# --- Text ------------------------------------------------------------------------------------------

VALUE: Final = rb"[^<\x00-\x08\x0b-\x1f]*"
"""Characters of a text as they stand: no tag, no control character but tab and line end."""

SPACES: Final = b" \t\r\n"
_REFERENCE: Final = re.compile(rb"&(?:#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6})|([a-z]+));")
_NAMED: Final = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'"}
_ESCAPED: Final = re.compile(rb"_x([0-9A-Fa-f]{4})_")
_SURROGATES: Final = range(0xD800, 0xE000)
_CONTROLS: Final = frozenset(range(32)) - frozenset(SPACES)


def text_of(raw: bytes, *, is_trimmed: bool) -> bytes:
    """Return what a text says: references and `_x000D_` replaced, white space at its ends as calamine has it.

    Args:
        raw: as it stands between its tags.
        is_trimmed: whether white space at its ends is dropped: it is without `xml:space="preserve"`.

    Raises:
        NotPlain: a reference is unknown.
    """
    text = raw
    if b"&" in raw:
        text, count = _REFERENCE.subn(_referred, raw)
        if count != raw.count(b"&"):
            raise NotPlain
    if is_trimmed:
        text = text.strip(SPACES)
    return _ESCAPED.sub(_unescaped, text) if b"_x" in text else text


def _referred(found: re.Match[bytes]) -> bytes:
    decimal, hexadecimal, name = found.groups()
    if name is None:
        return _character(int(decimal) if decimal else int(hexadecimal, 16))
    if name not in _NAMED:
        raise NotPlain
    return _NAMED[name]


def _unescaped(found: re.Match[bytes]) -> bytes:
    code = int(found[1], 16)
    return found[0] if code in _SURROGATES else _character(code)


def _character(code: int) -> bytes:
    if code in _CONTROLS or code in _SURROGATES or code > sys.maxunicode:
        raise NotPlain
    return chr(code).encode()


# --- Styles ----------------------------------------------------------------------------------------

_DAY_FORMATS: Final = frozenset({*range(14, 23), *range(27, 37), *range(50, 59)})
_NUMBER_FORMATS: Final = frozenset({*range(14), *range(37, 45), 48, 49})
_DAY_CODE: Final = re.compile(
    r"(?:\[\$-[0-9A-Fa-f]+\])?(?=[^yY]*[yY])[ymdhsYMDHS/\\.:\-年月日时分秒\" ]+(?:;@)?"
)
_NUMBER_CODE: Final = re.compile(r"General|[0#?.,%_ \\()\-+;*@￥¥$/]+")


@dataclass(frozen=True, slots=True)
class Styles:
    """Which styles show a number as it is and which as a day, by the text of their index."""

    numbers: frozenset[bytes] = frozenset({b""})  # a cell without a style
    days: frozenset[bytes] = frozenset()


_FORMAT: Final = re.compile(rb"<xf\b[^<>]*>")
_CUSTOM: Final = re.compile(rb"<numFmt\b[^<>]*>")


def _styles_in(part: bytes) -> Styles:
    custom = {_attribute(tag, b"numFmtId"): _attribute(tag, b"formatCode") for tag in _CUSTOM.findall(part)}
    formats = part.partition(b"<cellXfs")[2].partition(b"</cellXfs>")[0]
    numbers, days = {b""}, set()
    for index, tag in enumerate(_FORMAT.findall(formats)):
        identity = _attribute(tag, b"numFmtId") or b"0"
        code = custom.get(identity)
        if code is not None:
            spelled = text_of(code, is_trimmed=False).decode()
            is_number, is_day = bool(_NUMBER_CODE.fullmatch(spelled)), bool(_DAY_CODE.fullmatch(spelled))
        else:
            is_number, is_day = int(identity) in _NUMBER_FORMATS, int(identity) in _DAY_FORMATS
        if is_number:
            numbers.add(b"%d" % index)
        elif is_day:
            days.add(b"%d" % index)
    return Styles(frozenset(numbers), frozenset(days))


def _attribute(tag: bytes, name: bytes) -> bytes:
    found = re.search(rb"\s" + name + rb'="([^"<>]*)"', tag)
    return found[1] if found else b""


# --- Shared texts ----------------------------------------------------------------------------------

_MOST_SHARED: Final = 96 * 2**20  # bytes of the part; a larger one is left to calamine
_ITEM: Final = re.compile(
    rb"<si>\s*+(?:<t( xml:space=\"preserve\")?>(" + VALUE + rb")</t>\s*+</si>"
    rb"|((?:<r>(?:<rPr>(?:<(?!/rPr>)[^<>]*>)*+</rPr>|<rPr/>)?+"
    rb"<t(?: xml:space=\"preserve\")?>" + VALUE + rb"</t></r>\s*+)++)</si>"
    rb"|(?:<t ?/>\s*+)?</si>)|<si ?/>"
)
_RUN: Final = re.compile(rb"<t( xml:space=\"preserve\")?>([^<]*)</t>")
_TABLE_BEGINS: Final = re.compile(rb"<sst\b[^<>]*(?<!/)>")


def _shared_in(part: bytes) -> list[bytes]:
    part = unified(part)
    begins, ends = _TABLE_BEGINS.search(part), part.rfind(b"</sst>")
    if begins is None or ends < 0:
        raise NotPlain
    texts, end = [], begins.end()
    for item in _ITEM.finditer(part, end, ends):
        if item.start() != end and part[end : item.start()].strip():
            raise NotPlain
        end = item.end()
        kept, text, runs = item.groups()
        if text is not None:
            texts.append(text_of(text, is_trimmed=not kept))
        else:
            texts.append(b"".join(text_of(t, is_trimmed=not k) for k, t in _RUN.findall(runs or b"")))
    if part[end:ends].strip():
        raise NotPlain
    return texts


def unified(part: bytes) -> bytes:
    """Return a part with line ends as XML reads them."""
    return part.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in part else part


# --- The workbook ----------------------------------------------------------------------------------

_FOLDER: Final = "xl/"
_SMALL: Final = 8 * 2**20  # bytes that a part of names or styles may have
_SHEET: Final = re.compile(rb"<sheet\b[^<>]*>")
_RELATION: Final = re.compile(rb"<Relationship\b[^<>]*>")
_SHEET_PART: Final = re.compile(r"worksheets/[A-Za-z0-9_]+\.xml")
_ODD_IN_A_NAME: Final = re.compile(r"_x|[\x00-\x1f]")
_OTHER_EPOCH: Final = re.compile(rb"date1904=\"(?!0|false)")
_ENCODING: Final = re.compile(rb"<\?xml[^<>]*encoding=[\"']([^\"']*)[\"']")


class Parts:
    """An xlsx workbook, opened by its path; its parts are read when they are asked for.

    Raises:
        NotPlain: it has other sheets than plain ones, or counts its days from 1904.
    """

    def __init__(self, path: str) -> None:
        self._archive = zipfile.ZipFile(path)
        book = self._small("workbook.xml")
        if _OTHER_EPOCH.search(book):
            raise NotPlain
        targets = {
            _attribute(tag, b"Id"): _attribute(tag, b"Target").decode().removeprefix("/" + _FOLDER)
            for tag in _RELATION.findall(self._small("_rels/workbook.xml.rels"))
        }
        self._sheets: dict[str, str] = {}
        for tag in _SHEET.findall(book):
            name = text_of(_attribute(tag, b"name"), is_trimmed=False).decode()
            target = targets.get(_attribute(tag, rb"\w+:id"), "")
            is_odd = not name or name in self._sheets or _ODD_IN_A_NAME.search(name)
            if is_odd or not _SHEET_PART.fullmatch(target):
                raise NotPlain
            self._sheets[name] = target
        if not self._sheets:
            raise NotPlain

    @property
    def names(self) -> Sequence[str]:
        """The names of the sheets, in order."""
        return list(self._sheets)

    def sheet(self, name: str) -> IO[bytes]:
        """Open a sheet."""
        return self._archive.open(_FOLDER + self._sheets[name])

    @cached_property
    def strings(self) -> Sequence[bytes]:
        """The shared texts, in order; UTF-8."""
        return _shared_in(self._part("sharedStrings.xml", _MOST_SHARED))

    @cached_property
    def styles(self) -> Styles:
        """Which styles show numbers and which days."""
        if _FOLDER + "styles.xml" not in self._archive.namelist():
            return Styles()
        return _styles_in(self._small("styles.xml"))

    def _small(self, name: str) -> bytes:
        return self._part(name, _SMALL)

    def _part(self, name: str, most: int) -> bytes:
        if self._archive.getinfo(_FOLDER + name).file_size > most:
            raise NotPlain
        part = self._archive.read(_FOLDER + name)
        require_utf8(part)
        return part


def require_utf8(part: bytes) -> None:
    """Raise NotPlain for a part in another encoding, or with what could hide text from a pattern."""
    named = _ENCODING.match(part)
    if (named and named[1].upper() != b"UTF-8") or b"<!" in part:
        raise NotPlain
