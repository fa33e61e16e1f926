"""Which conduct keeps a firm off the whitelist, and on which days. Pure.

Decides the codes E01 to E07 (algorithms.md §1.4) and whether a record counts on a day; how long a
penalty lasts is data of the record, never a constant here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from ipfin.kernel.text import Text, _


class ConductCode(StrEnum):
    """A firm-level exclusion (准入排除情形)."""

    E01 = "E01"  # 失信被执行人
    E02 = "E02"  # 严重违法失信名单
    E03 = "E03"  # 知识产权领域严重失信
    E04 = "E04"  # 经营异常、吊销、注销、清算
    E05 = "E05"  # 非正常专利申请
    E06 = "E06"  # 本资金池逾期或代偿未清
    E07 = "E07"  # 提供虚假材料


LABELS: Mapping[ConductCode, Text] = {
    ConductCode.E01: _("列入失信被执行人名单"),
    ConductCode.E02: _("列入市场监管严重违法失信名单"),
    ConductCode.E03: _("列入知识产权领域严重失信名单"),
    ConductCode.E04: _("经营异常、吊销、注销或清算"),
    ConductCode.E05: _("非正常专利申请未撤回或在惩戒期内"),
    ConductCode.E06: _("本资金池贷款逾期90日以上或代偿未结清"),
    ConductCode.E07: _("提供虚假材料"),
}


class EndKind(StrEnum):
    """Why a record stopped counting before its term (解除方式)."""

    REMOVED = "removed"  # 认定机关移出
    REPAIRED = "repaired"  # 信用修复
    MISTAKEN = "mistaken"  # 登记有误


END_LABELS: Mapping[EndKind, Text] = {
    EndKind.REMOVED: _("认定机关移出"),
    EndKind.REPAIRED: _("信用修复"),
    EndKind.MISTAKEN: _("登记有误"),
}


class Standing(StrEnum):
    """How a record stands on a day (状态)."""

    COUNTING = "counting"  # 有效
    COMING = "coming"  # 尚未生效
    EXPIRED = "expired"  # 已届满
    ENDED = "ended"  # 已解除


STANDING_LABELS: Mapping[Standing, Text] = {
    Standing.COUNTING: _("生效中"),
    Standing.COMING: _("尚未生效"),
    Standing.EXPIRED: _("已届满"),
    Standing.ENDED: _("已解除"),
}


def standing_on(effective_on: date, expires_on: date | None, withdrawn_on: date | None, on: date) -> Standing:
    """Return how a record stands on day `on`; what was lifted before its end was lifted, not expired."""
    if on < effective_on:
        return Standing.COMING
    if expires_on is not None and on >= expires_on and not (withdrawn_on and withdrawn_on < expires_on):
        return Standing.EXPIRED
    return Standing.ENDED if withdrawn_on is not None and on >= withdrawn_on else Standing.COUNTING


def counts_on(effective_on: date, expires_on: date | None, withdrawn_on: date | None, on: date) -> bool:
    """Whether a record keeps the firm out on day `on`: from its first day until expiry or withdrawal."""
    if on < effective_on:
        return False
    if withdrawn_on is not None and on >= withdrawn_on:
        return False
    return expires_on is None or on < expires_on
