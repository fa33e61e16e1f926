"""The three layers in which the state of a patent is kept: validity, legal status, flags.

Decides only the words. What a list's words mean is decided in `patents`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from ipfin.kernel.text import Text, _


class Validity(StrEnum):
    """Whether there is a right today (有效性)."""

    VALID = "valid"  # 有效: granted and in force, encumbered or not
    PENDING = "pending"  # 审中: applied for, not decided
    LAPSED = "lapsed"  # 失效: ended or never came to be
    UNKNOWN = "unknown"  # 未知: the list does not say


class LegalStatus(StrEnum):
    """The last step that decides the right (法律状态)."""

    PUBLISHED = "published"  # 公开
    EXAMINATION = "examination"  # 实质审查
    GRANTED = "granted"  # 授权
    PARTIALLY_INVALIDATED = "partially_invalidated"  # 部分无效: the rest stays in force
    LAPSED_FEE = "lapsed_fee"  # 未缴年费终止
    EXPIRED = "expired"  # 期限届满
    ABANDONED = "abandoned"  # 放弃
    ABANDONED_TWIN = "abandoned_twin"  # 避免重复授权放弃
    WITHDRAWN = "withdrawn"  # 撤回, 视为撤回
    REJECTED = "rejected"  # 驳回
    INVALIDATED = "invalidated"  # 全部无效
    TERMINATED = "terminated"  # 权利终止: the list does not say why
    PCT_NATIONAL = "pct_national"  # PCT 已进入国家阶段
    PCT_PENDING = "pct_pending"  # PCT 指定期内
    PCT_EXPIRED = "pct_expired"  # PCT 指定期满
    UNKNOWN = "unknown"  # 未知


class Flag(StrEnum):
    """What burdens or concerns a right without ending it (权利负担与事件)."""

    PLEDGED = "pledged"  # 质押
    PRESERVED = "preserved"  # 保全
    TRANSFERRED = "transferred"  # 权利转移
    LICENSED = "licensed"  # 许可
    OPEN_LICENCE = "open_licence"  # 开放许可
    TWIN_FILING = "twin_filing"  # 一案双申
    INVALIDATION_PENDING = "invalidation_pending"  # 无效程序: asked for, outcome not told
    REEXAMINATION = "reexamination"  # 复审
    SUSPENDED = "suspended"  # 中止
    FEE_OVERDUE = "fee_overdue"  # 年费滞纳
    LITIGATED = "litigated"  # 诉讼
    RESTORED = "restored"  # 恢复


VALIDITY_LABELS: Mapping[Validity, Text] = {
    Validity.VALID: _("有效"),
    Validity.PENDING: _("审中"),
    Validity.LAPSED: _("失效"),
    Validity.UNKNOWN: _("未知"),
}

LEGAL_STATUS_LABELS: Mapping[LegalStatus, Text] = {
    LegalStatus.PUBLISHED: _("公开"),
    LegalStatus.EXAMINATION: _("实质审查"),
    LegalStatus.GRANTED: _("授权"),
    LegalStatus.PARTIALLY_INVALIDATED: _("部分无效"),
    LegalStatus.LAPSED_FEE: _("未缴年费终止"),
    LegalStatus.EXPIRED: _("期限届满"),
    LegalStatus.ABANDONED: _("放弃"),
    LegalStatus.ABANDONED_TWIN: _("避免重复授权放弃"),
    LegalStatus.WITHDRAWN: _("撤回"),
    LegalStatus.REJECTED: _("驳回"),
    LegalStatus.INVALIDATED: _("全部无效"),
    LegalStatus.TERMINATED: _("权利终止"),
    LegalStatus.PCT_NATIONAL: _("PCT进入国家阶段"),
    LegalStatus.PCT_PENDING: _("PCT指定期内"),
    LegalStatus.PCT_EXPIRED: _("PCT指定期满"),
    LegalStatus.UNKNOWN: _("未知"),
}

FLAG_LABELS: Mapping[Flag, Text] = {
    Flag.PLEDGED: _("质押"),
    Flag.PRESERVED: _("保全"),
    Flag.TRANSFERRED: _("权利转移"),
    Flag.LICENSED: _("许可"),
    Flag.OPEN_LICENCE: _("开放许可"),
    Flag.TWIN_FILING: _("一案双申"),
    Flag.INVALIDATION_PENDING: _("无效程序"),
    Flag.REEXAMINATION: _("复审"),
    Flag.SUSPENDED: _("中止"),
    Flag.FEE_OVERDUE: _("年费滞纳"),
    Flag.LITIGATED: _("诉讼"),
    Flag.RESTORED: _("权利恢复"),
}
