"""Which facts a pushed firm is answered with (约定反馈事项), and to whom. Pure.

Decides the agreed facts, and that each is answered only where its level of `consent.levels` opens it to
the reader. Whether a firm is meant at all is decided by exact identity in `service`. Which other exclusions
a firm has is never told: a bank must not learn from us of arrears with another bank.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ipfin.consent.levels import Reader, Sight, sight_of
from ipfin.kernel.text import Text, _
from ipfin.whitelist.scoring import Grade


class Match(StrEnum):
    """How a row was found (查找结果)."""

    CODE = "code"  # 按信用代码找到
    NAME = "name"  # 按名称找到
    NONE = "none"  # 未找到
    DIFFERENT = "different"  # 代码与名称不一致
    REPEATED = "repeated"  # 与前面的行重复
    UNREADABLE = "unreadable"  # 无法识别


MATCH_LABELS: Final[Mapping[Match, Text]] = {
    Match.CODE: _("按信用代码找到"),
    Match.NAME: _("按名称找到"),
    Match.NONE: _("未找到持有有效专利的企业"),
    Match.DIFFERENT: _("信用代码与名称不是同一家"),
    Match.REPEATED: _("与前面的行重复"),
    Match.UNREADABLE: _("不是企业名称或信用代码"),
}
FOUND: Final = frozenset({Match.CODE, Match.NAME})


class LineState(StrEnum):
    """What the office did with a pushed firm (办理状态)."""

    WAITING = "waiting"  # 待确认
    CONFIRMED = "confirmed"  # 已列为候选
    DECLINED = "declined"  # 未列为候选
    NOTHING = "nothing"  # 无需办理: no firm was found


STATE_LABELS: Final[Mapping[LineState, Text]] = {
    LineState.WAITING: _("待市局确认"),
    LineState.CONFIRMED: _("已列为候选"),
    LineState.DECLINED: _("未列为候选"),
    LineState.NOTHING: _("无需办理"),
}


class Fact(StrEnum):
    """One agreed fact (约定事项), by the field of `consent.levels` that decides who is told."""

    VALID = "firm.valid_count"
    INVENTIONS = "firm.valid_invention_count"
    GRADE = "firm.grade"
    IRREGULAR = "firm.irregular_filings"


FACT_LABELS: Final[Mapping[Fact, Text]] = {
    Fact.VALID: _("有效专利"),
    Fact.INVENTIONS: _("其中发明"),
    Fact.GRADE: _("白名单等级"),
    Fact.IRREGULAR: _("非正常申请记录"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a found firm on the day. `grade` is None off the whitelist."""

    valid: int
    inventions: int
    grade: Grade | None
    is_irregular: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What the institution is told; None is "not told", except for the grade of a firm off the whitelist."""

    valid: int | None = None
    inventions: int | None = None
    is_admitted: bool | None = None
    grade: Grade | None = None
    is_irregular: bool | None = None


def answer_for(reader: Reader, known: Known) -> Answer:
    """Return of what is known the agreed facts that `reader` is shown in full."""

    def told(fact: Fact) -> bool:
        return sight_of(reader, fact.value) is Sight.FULL

    return Answer(
        valid=known.valid if told(Fact.VALID) else None,
        inventions=known.inventions if told(Fact.INVENTIONS) else None,
        is_admitted=known.grade is not None if told(Fact.GRADE) else None,
        grade=known.grade if told(Fact.GRADE) else None,
        is_irregular=known.is_irregular if told(Fact.IRREGULAR) else None,
    )
