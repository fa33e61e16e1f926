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


def counts_on(effective_on: date, expires_on: date | None, withdrawn_on: date | None, on: date) -> bool:
    """Whether a record keeps the firm out on day `on`: from its first day until expiry or withdrawal."""
    if on < effective_on:
        return False
    if withdrawn_on is not None and on >= withdrawn_on:
        return False
    return expires_on is None or on < expires_on
