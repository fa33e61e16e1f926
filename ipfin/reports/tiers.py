"""Which fields of a line stand in which tier, and what one recipient is shown of a line. Pure.

One table, `FIELDS`, to be read: the tiers are steps, each holds what the steps before it hold. A firm
that did not consent is shown to a recipient of the widest tier without the fields of that tier, and is
counted. Who consented is said by the caller; to whom an issue goes is decided in `selection`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from ipfin.kernel.text import Text, _
from ipfin.reports.directory import Line, LineChange


class FieldTier(StrEnum):
    """How much of each firm a recipient gets (字段等级), from the least to the most."""

    OPEN = "open"  # 公开
    BASIC = "basic"  # 基本
    GRADED = "graded"  # 白名单等级
    CONSENTED = "consented"  # 企业授权


TIER_LABELS: Final[Mapping[FieldTier, Text]] = {
    FieldTier.OPEN: _("公开"),
    FieldTier.BASIC: _("基本"),
    FieldTier.GRADED: _("白名单等级"),
    FieldTier.CONSENTED: _("经企业授权"),
}
TIER_GROUNDS: Final[Mapping[FieldTier, Text]] = {
    FieldTier.OPEN: _("任何人可从登记机关和专利公报得知"),
    FieldTier.BASIC: _("公开登记的事项，汇总后供参与机构使用"),
    FieldTier.GRADED: _("主管部门认定的事项，供参与机构使用"),
    FieldTier.CONSENTED: _("企业自行申报的经营数据，须企业授权该机构"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One column of the directory: its key among the facts of a line, its header, its tier."""

    key: str
    header: Text
    tier: FieldTier


FIELDS: Final[tuple[Field, ...]] = (
    Field("name", _("企业名称"), FieldTier.OPEN),
    Field("credit_code", _("统一社会信用代码"), FieldTier.BASIC),
    Field("locality", _("区县"), FieldTier.OPEN),
    Field("industry_code", _("行业代码"), FieldTier.BASIC),
    Field("valid_count", _("有效专利"), FieldTier.OPEN),
    Field("valid_invention_count", _("其中发明"), FieldTier.BASIC),
    Field("valid_utility_count", _("实用新型"), FieldTier.BASIC),
    Field("valid_design_count", _("外观设计"), FieldTier.BASIC),
    Field("pledged_count", _("其中在押"), FieldTier.BASIC),
    Field("grade", _("白名单等级"), FieldTier.GRADED),
    Field("admission", _("白名单有效期至"), FieldTier.GRADED),
    Field("titles", _("企业资质"), FieldTier.GRADED),
    Field("rd_share_bp", _("研发费用占比"), FieldTier.CONSENTED),
    Field("revenue_growth_bp", _("收入增长"), FieldTier.CONSENTED),
    Field("tax_credit", _("纳税信用级别"), FieldTier.CONSENTED),
    Field("pledge_history", _("质押融资记录"), FieldTier.CONSENTED),
    Field("as_of", _("数据日期"), FieldTier.OPEN),
)
FIELD_LABELS: Final[Mapping[str, Text]] = {field.key: field.header for field in FIELDS}
_STEPS: Final = tuple(FieldTier)


def fields_of(tier: FieldTier) -> tuple[Field, ...]:
    """Return the columns that a recipient of `tier` gets, in the order of the sheet."""
    return tuple(field for field in FIELDS if _STEPS.index(field.tier) <= _STEPS.index(tier))


def as_seen(line: Line, tier: FieldTier, *, has_consented: bool) -> Line:
    """Return `line` with what a recipient of `tier` is shown of it, and nothing else.

    Args:
        has_consented: whether the firm opened its declared data to this recipient.

    A line whose only differences are hidden is a line that did not change.
    """
    shown = {field.key for field in fields_of(tier)}
    if not has_consented:
        shown -= {field.key for field in FIELDS if field.tier is FieldTier.CONSENTED}
    before = {key: value for key, value in line.before.items() if key in shown}
    change = line.change
    if change is LineChange.CHANGED and line.before and not before:
        change = LineChange.KEPT
    return Line(line.enterprise_id, _only(line.facts, shown), change, before, line.left_reason, line.position)


def _only(facts: Mapping[str, Any], shown: set[str]) -> dict[str, Any]:
    return {key: value for key, value in facts.items() if key in shown}
