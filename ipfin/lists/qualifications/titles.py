"""Which title a list's words mean, and until when it is held. Pure.

Knows the titles that a scorecard knows. The level of a title that exists at several is taken from the
words or from a column of its own, never guessed.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _
from ipfin.registry.values import clean_code, parse_date, shown
from ipfin.whitelist.facts import Title

OFFERED: Final = (
    "高新技术企业",
    "科技型中小企业",
    "省级专精特新企业",
    "专精特新“小巨人”企业",
    "国家知识产权优势企业",
    "国家知识产权示范企业",
    "省级知识产权优势企业",
    "省级知识产权示范企业",
)
"""What the office's template offers."""

_NATIONAL: Final = re.compile(r"国家|工信部|工业和信息化部|国知局|全国")
_PROVINCIAL: Final = re.compile(r"省|自治区|河南")
_LOCAL: Final = re.compile(r"[市县区]级|安阳市")
_YEARS: Final = re.compile(r"([1-9一二三四五六七八九])\s*年")
_DAY: Final = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?|\d{8}")
_DIGITS: Final = "零一二三四五六七八九"


def title_in(text: str, level: str = "") -> str:
    """Return the title that words name, as the value of a `Title`; "" when they name none for certain.

    Args:
        level: what a column of its own says of the level.
    """
    words = clean_code(text)
    both = f"{words} {level}"
    if "高新技术企业" in words or "高企" in words:
        return Title.HIGH_TECH.value
    if "科技型中小企业" in words:
        return Title.TECH_SME.value
    if "小巨人" in words or "专精特新" in words:
        return _specialised(both)
    if "知识产权" in words and ("优势" in words or "示范" in words):
        if _NATIONAL.search(both):
            return Title.NATIONAL_IP.value
        return Title.PROVINCIAL_IP.value if _PROVINCIAL.search(both) else ""
    return ""


def _specialised(words: str) -> str:
    if _LOCAL.search(words):
        return ""
    is_national = bool(_NATIONAL.search(words))
    if "小巨人" in words and not _PROVINCIAL.search(words):
        is_national = True  # the State alone gives it that name
    return Title.NATIONAL_LITTLE_GIANT.value if is_national else Title.PROVINCIAL_SPECIALISED.value


def read_title(text: str, level: str) -> str | None:
    """Return the title of a cell, None for an empty one.

    Raises:
        BadInput: words that name no title for certain.
    """
    if not clean_code(text):
        return None
    found = title_in(text, level)
    if not found:
        raise BadInput(
            _(
                "“%(text)s”不是可以登记的资质，或没有写明是国家级还是省级；"
                "可登记：高新技术企业、科技型中小企业、省级专精特新、专精特新“小巨人”、省级或国家知识产权优势（示范）企业。",
                text=shown(text),
            )
        )
    return found


def end_of(text: str, granted_on: date | None) -> date | None:
    """Return the first day on which a title is no longer held, None when the cell tells no end.

    The cell names the last day, a period of two days, or a number of years from the day of the grant; of a
    period by years the last day is the one before the anniversary.

    Raises:
        BadInput: neither, or years without the day of the grant.
    """
    words = clean_code(text)
    if not words or words in ("长期", "长期有效", "永久"):
        return None
    days = _DAY.findall(words)
    if days:
        last = parse_date(days[-1])
        return last + timedelta(days=1) if last else None
    years = _YEARS.search(words)
    if years and granted_on:
        digit = years[1]
        count = int(digit) if digit.isascii() else _DIGITS.index(digit)
        return _anniversary(granted_on, count)
    last = parse_date(words)
    return last + timedelta(days=1) if last else None


def _anniversary(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return date(day.year + years, 3, 1)
