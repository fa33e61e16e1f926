"""How the text of one cell is read: clean text, dates, counts, lists, yes and no.

Decides spelling only, never meaning: words of status are read in `patents`, names in `applicants`,
numbers of patents in `ipfin.kernel.identifiers`. A column is read by its distinct values: a rule is a
plain function of one value, and `read_column` applies it once to each (performance.md §1c).
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Final, TypeVar

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _

T = TypeVar("T")

MISSING: Final = frozenset(
    {"", "-", "--", "---", "—", "——", "－", "/", "\\", "N/A", "n/a", "NA", "#N/A", "#VALUE!", "#REF!",
     "#NAME?",
     "#DIV/0!", "#NUM!", "#NULL!", "NULL", "null", "None", "none", "NaN", "nan", "空", "无", "暂无", "(空)",
     "（空）", "0--", "_", "."}
)  # fmt: skip
"""Ways in which lists write that there is nothing."""

_CONTROL: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)
_TAG: Final = re.compile(
    r"</?(?:su[bp]|br|b|i|u|em|strong|font|span|p|div|a|img|script|style|tt|small|big|svg|iframe)\b[^<>]*>",
    re.I,
)
_SPACES: Final = re.compile(r"\s+")
# Nothing to do: Han, ASCII word characters and marks that stay as they are. Most cells.
_PLAIN: Final = re.compile(r"[\u4e00-\u9fa5\w.:/()+\-（），、；：《》“”]*", re.A)
_PLAIN_CODE: Final = re.compile(r"[\u4e00-\u9fa5\w.:/()+\-]*", re.A)


def clean_text(text: str) -> str:
    """Return words for people (titles, addresses): no tags, control characters or runs of white space.

    Widths are kept, because 《》（）① are meant in Chinese text. Missing words become "".
    """
    if not _PLAIN.fullmatch(text):
        if "<" in text or "&" in text:
            text = _TAG.sub("", html.unescape(text))
        text = unicodedata.normalize("NFC", _CONTROL.sub("", text))
        text = _SPACES.sub(" ", text).strip()
    return "" if text in MISSING else text


def clipped(most: int) -> Callable[[str], str]:
    """Return a rule like `clean_text` that keeps the first `most` characters."""

    def rule(text: str) -> str:
        return clean_text(text)[:most]

    return rule


def clean_code(text: str) -> str:
    """Return words for machines (codes, states, numbers): like `clean_text`, in NFKC."""
    if not _PLAIN_CODE.fullmatch(text):
        text = clean_text(text)
        text = _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip(" '‘’`")
    return "" if text in MISSING else text


# --- Dates -----------------------------------------------------------------------------------------

_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_PARTED: Final = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:[T ]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_SERIAL: Final = re.compile(r"[2-7]\d{4}(?:\.\d+)?")
_SERIAL_EPOCH: Final = date(1899, 12, 30)  # day 0 of Excel's 1900 calendar, for days after February 1900


def parse_date(text: str) -> date | None:
    """Return the day that `text` spells, None when it is missing.

    Reads 20170301, 2016.10.13, 2022/07/15, 2022-7-15, 2016年10月13日, an instant in ISO 8601 and the
    serial number of a spreadsheet (44927).

    Raises:
        BadInput: the text is no such day (13th month, 30 February, a year alone).
    """
    code = clean_code(text)
    if not code.strip("0-/. :"):
        return None  # nothing, 0, 0000-00-00
    found = _COMPACT.fullmatch(code) or _PARTED.fullmatch(code)
    try:
        if found:
            return date(int(found[1]), int(found[2]), int(found[3]))
        if _SERIAL.fullmatch(code):
            return _SERIAL_EPOCH + timedelta(days=int(float(code)))
    except ValueError:
        pass
    raise BadInput(_("“%(text)s”不是有效日期，请写成 2022-07-15。", text=shown(text)))


_YEAR: Final = re.compile(r"(1[89]\d\d|20\d\d)年?")


def parse_year(text: str) -> int | None:
    """Return the year that `text` spells, alone or as part of a day; None when it is missing.

    Raises:
        BadInput: neither a year nor a day.
    """
    code = clean_code(text)
    found = _YEAR.fullmatch(code)
    if found:
        return int(found[1])
    day = parse_date(code)
    return day.year if day else None


# --- Counts ----------------------------------------------------------------------------------------

_COUNT: Final = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?\s*[项件次个页条人]?")
_MOST: Final = 10_000_000


def parse_count(text: str) -> int | None:
    """Return a number of things, None when it is missing: `1,234`, `10.0` and `12项` are read.

    Raises:
        BadInput: no whole number from 0 to ten million.
    """
    code = clean_code(text)
    if not code:
        return None
    found = _COUNT.fullmatch(code)
    if found:
        digits = found[1].replace(",", "").lstrip("0") or "0"
        if len(digits) <= len(str(_MOST)) and int(digits) <= _MOST:
            return int(digits)
    raise BadInput(_("“%(text)s”不是数量，请填写整数。", text=shown(text)))


# --- Lists -----------------------------------------------------------------------------------------

# No pattern here has white space without bound before something else: a cell of 30,000 spaces must cost
# what a cell of 30,000 letters costs. The items are stripped afterwards.
_ITEMS: Final = re.compile(r"[;；|｜\n\r]")
_COMMA_ITEMS: Final = re.compile(r"[;；|｜\n\r,，]")
_AFTER_BRACKET: Final = re.compile(r"(?<=[)）])[,，]|(?<=[)）] )[,，]|[;；|｜\n\r]")
_IPC: Final = re.compile(r"[A-H]\d{2}[A-Z](?:\d{1,4}/\d{2,6})?", re.ASCII)
_NO: Final = frozenset({"", "否", "n", "no", "0", "false", "没有", "不是"})


def parse_items(text: str) -> tuple[str, ...]:
    """Return the items of a list in a cell, parted by ; | or line breaks, each once, none missing."""
    return _distinct(_ITEMS.split(text.strip()))


def parse_codes(text: str) -> tuple[str, ...]:
    """Return the codes of a list in a cell, parted by commas too."""
    return _distinct(_COMMA_ITEMS.split(text.strip()))


def parse_industries(text: str) -> tuple[str, ...]:
    """Return industries with names in brackets, `1.1 (…),8.4 (…)`: a comma parts only after a bracket."""
    return _distinct(_AFTER_BRACKET.split(text.strip()))


def _distinct(items: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(clean_text, items))))


def parse_ipc(text: str) -> tuple[str, ...]:
    """Return the IPC symbols in a cell in one spelling, `H04N  5/225` as `H04N5/225`."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    symbols = _IPC.findall("".join(text.upper().split()))
    return tuple(dict.fromkeys(symbols)) if len(symbols) > 1 else tuple(symbols)


def parse_yes(text: str) -> bool:
    """Return whether a cell says yes; anything but nothing, no, 否 and 0 does."""
    return clean_code(text).lower() not in _NO


_LONGEST_SHOWN: Final = 60


def shown(text: str) -> str:
    """Return a cell short enough to stand in a sentence, on one line."""
    text = _SPACES.sub(" ", _CONTROL.sub("", text)).strip()
    return text if len(text) <= _LONGEST_SHOWN else text[:_LONGEST_SHOWN] + "…"


# --- Columns ---------------------------------------------------------------------------------------


def read_column(
    column: Sequence[str], rule: Callable[[str], T | None]
) -> tuple[list[T | None], dict[str, str]]:
    """Return the column read by `rule`, and the sentence for each distinct value that it refused.

    A refused value is None in the column. The rule is called once for each distinct value.
    """
    known: dict[str, T | None] = {}
    refused: dict[str, str] = {}
    for text in set(column):
        try:
            known[text] = rule(text)
        except BadInput as problem:
            known[text] = None
            refused[text] = problem.message
    return list(map(known.__getitem__, column)), refused
