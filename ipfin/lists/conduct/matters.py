"""Which exclusion a list's words mean (准入排除情形). Pure.

Decides the words only; what an exclusion does is decided in `conduct` and `whitelist.gates`. A penalty
that is no exclusion is not made one here: it is refused under a code of its own, and counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ipfin.conduct.rules import LABELS, ConductCode
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _
from ipfin.registry.values import clean_text, shown

LISTED: Final[Mapping[str, Text]] = {
    code.value: label for code, label in LABELS.items() if code is not ConductCode.E06
}
"""What a list can tell: all but the platform's own book of loans."""

OFFERED: Final = (
    "失信被执行人",
    "严重违法失信",
    "知识产权严重失信",
    "经营异常",
    "吊销",
    "注销",
    "清算",
    "非正常专利申请",
    "提供虚假材料",
)
"""What the office's template offers."""

_WORDS: Final[tuple[tuple[ConductCode, tuple[str, ...]], ...]] = (
    (ConductCode.E05, ("非正常",)),
    (ConductCode.E01, ("失信被执行人", "老赖")),
    (ConductCode.E04, ("经营异常", "吊销", "注销", "清算")),
    (ConductCode.E07, ("虚假材料", "弄虚作假", "虚假申报")),
)


def code_in(text: str) -> str:
    """Return the exclusion that words name, as the value of a `ConductCode`; "" when they name none."""
    words = clean_text(text)
    if words.upper() in LISTED:
        return words.upper()
    for code, known in _WORDS:
        if any(word in words for word in known):
            return code.value
    if "严重" in words and "失信" in words:
        return (ConductCode.E03 if "知识产权" in words else ConductCode.E02).value
    return ""


def read_matter(text: str) -> str | None:
    """Return the exclusion of a cell, None for an empty one.

    Raises:
        BadInput: words that name no exclusion.
    """
    if not clean_text(text):
        return None
    found = code_in(text)
    if not found:
        raise BadInput(
            _(
                "“%(text)s”不是准入排除情形，未登记；可登记：失信被执行人、严重违法失信、知识产权领域严重失信、"
                "经营异常（吊销、注销）、非正常专利申请、提供虚假材料。",
                text=shown(text),
            )
        )
    return found
