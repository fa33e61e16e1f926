"""What a sheet says beside a value: one sentence for each case, the same for both ways of computing.

Decides the words only; which case holds is decided in `indicators` and, for whole columns, in `engine`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum
from functools import lru_cache
from typing import Final, NamedTuple

from ipfin.kernel.text import Text, _


class Note(IntEnum):
    """The cases, numbered, so that a column of them is a column of whole numbers."""

    NONE = 0
    STATUS_UNKNOWN = 1
    LEFT_OUT = 2
    NO_LONG_RIGHT = 3
    NO_TERM = 4
    ONLY_YEAR = 5
    NO_LAPSED_LISTED = 6
    NEVER_GRANTED = 7
    NONE_IN_FORCE = 8
    NO_EVENTS = 9
    NO_CITATIONS = 10
    NO_TECHNICAL = 11
    NO_OWN_CITATIONS = 12
    NO_CLAIMS = 13
    NO_INVENTION = 14
    NO_OWN_CLAIMS = 15
    NO_KIND = 16
    NO_CLASS = 17
    NO_YEAR = 18
    ASKED = 19
    UNDECLARED = 20


class Counts(NamedTuple):
    """What the sentences count: all patents of a firm, those of unknown status, those with only a year."""

    total: int = 0
    unknown: int = 0
    only_year: int = 0


_SAID: Final[Mapping[Note, Callable[[Counts], Text]]] = {
    Note.STATUS_UNKNOWN: lambda n: _(
        "%(total)s件专利中%(count)s件法律状态不明。", total=n.total, count=n.unknown
    ),
    Note.LEFT_OUT: lambda n: _("%(count)s件专利法律状态不明，未计入。", count=n.unknown),
    Note.NO_LONG_RIGHT: lambda n: _("没有有效的发明或实用新型。"),
    Note.NO_TERM: lambda n: _("名单没有申请日，也没有申请年，剩余保护期未知。"),
    Note.ONLY_YEAR: lambda n: _("其中%(count)s件只有申请年，按当年1月1日申请保守计算。", count=n.only_year),
    Note.NO_LAPSED_LISTED: lambda n: _("名单没有列出失效专利，无法计算维持率。"),
    Note.NEVER_GRANTED: lambda n: _("没有曾获授权的专利。"),
    Note.NONE_IN_FORCE: lambda n: _("没有有效专利。"),
    Note.NO_EVENTS: lambda n: _("名单没有质押、保全等法律事件，无法判断能否出质。"),
    Note.NO_CITATIONS: lambda n: _("名单没有被引次数。"),
    Note.NO_TECHNICAL: lambda n: _("没有在审或有效的发明、实用新型。"),
    Note.NO_OWN_CITATIONS: lambda n: _("该企业的专利没有被引次数或申请年。"),
    Note.NO_CLAIMS: lambda n: _("名单没有权利要求数。"),
    Note.NO_INVENTION: lambda n: _("没有在审或有效的发明。"),
    Note.NO_OWN_CLAIMS: lambda n: _("该企业的发明没有权利要求数，或同类发明太少，无法比较。"),
    Note.NO_KIND: lambda n: _("名单没有专利类型。"),
    Note.NO_CLASS: lambda n: _("名单没有国际专利分类。"),
    Note.NO_YEAR: lambda n: _("名单没有申请日，也没有申请年。"),
    Note.ASKED: lambda n: _("已要求申报，企业未申报。"),
    Note.UNDECLARED: lambda n: _("企业尚未申报，也没有其他来源。"),
}


@lru_cache(maxsize=4096)
def said(note: Note, counts: Counts = Counts()) -> Text | None:  # noqa: B008 - a tuple, never changed
    """Return the sentence of a case, None where there is nothing to say."""
    return None if note is Note.NONE else _SAID[note](counts)
