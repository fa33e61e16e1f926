"""What an issue of the directory holds and how it differs from the last. Pure.

Decides the states of an issue, the facts of a line, which firms were added, changed or left and why; what
a recipient is shown of a line is decided in `tiers`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from ipfin.kernel.lifecycle import Lifecycle
from ipfin.kernel.text import Text, _


class IssueState(StrEnum):
    """Where an issue (名录期次) stands."""

    DRAFT = "draft"  # 编制中
    SUBMITTED = "submitted"  # 待复核
    PUBLISHED = "published"  # 已发布
    RECALLED = "recalled"  # 已召回
    WITHDRAWN = "withdrawn"  # 已撤回（未发布）


ISSUE_LABELS: Mapping[IssueState, Text] = {
    IssueState.DRAFT: _("编制中"),
    IssueState.SUBMITTED: _("待复核"),
    IssueState.PUBLISHED: _("已发布"),
    IssueState.RECALLED: _("已召回"),
    IssueState.WITHDRAWN: _("已撤回"),
}

ISSUE_LIFECYCLE = Lifecycle(
    {
        IssueState.DRAFT: frozenset({IssueState.SUBMITTED, IssueState.WITHDRAWN}),
        IssueState.SUBMITTED: frozenset({IssueState.DRAFT, IssueState.PUBLISHED, IssueState.WITHDRAWN}),
        IssueState.PUBLISHED: frozenset({IssueState.RECALLED}),
        IssueState.RECALLED: frozenset(),
        IssueState.WITHDRAWN: frozenset(),
    },
    subject=_("名录"),
    labels=ISSUE_LABELS,
)


class LineChange(StrEnum):
    """How a line differs from the issue before (变更)."""

    ADDED = "added"  # 新增
    CHANGED = "changed"  # 变更
    KEPT = "kept"  # 未变
    LEFT = "left"  # 退出


CHANGE_LABELS: Mapping[LineChange, Text] = {
    LineChange.ADDED: _("新增"),
    LineChange.CHANGED: _("变更"),
    LineChange.KEPT: _("未变"),
    LineChange.LEFT: _("退出"),
}


class LeftReason(StrEnum):
    """Why a firm of the issue before is not in this one (退出原因); the first that applies."""

    MERGED = "merged"  # 已并入另一条企业记录
    NO_VALID = "no_valid"  # 已无有效专利
    UNKNOWN = "unknown"  # 专利是否有效待核实
    NOT_ADMITTED = "not_admitted"  # 不在白名单有效期内
    REGION = "region"  # 不在本期区县范围
    INDUSTRY = "industry"  # 不在本期行业范围
    TOO_FEW = "too_few"  # 有效专利少于本期下限
    STALE = "stale"  # 数据日期过旧


LEFT_LABELS: Mapping[LeftReason, Text] = {
    LeftReason.MERGED: _("已并入另一条企业记录"),
    LeftReason.NO_VALID: _("已无有效专利"),
    LeftReason.UNKNOWN: _("专利是否有效待核实"),
    LeftReason.NOT_ADMITTED: _("不在白名单有效期内"),
    LeftReason.REGION: _("不在本期区县范围"),
    LeftReason.INDUSTRY: _("不在本期行业范围"),
    LeftReason.TOO_FEW: _("有效专利少于本期下限"),
    LeftReason.STALE: _("数据日期过旧"),
}

# The facts of a line that are frozen and compared: whether a firm changed is told by these.
LINE_FIELDS: tuple[str, ...] = (
    "name",
    "credit_code",
    "locality",
    "industry_code",
    "valid_count",
    "valid_invention_count",
    "valid_utility_count",
    "valid_design_count",
    "pledged_count",
    "grade",
    "admission",
    "titles",
    "as_of",
)
# What a firm declared itself is frozen with the line, too, and shown by consent only. It is no part of the
# comparison and of the content's hash: both are the same for every recipient.
DECLARED_FIELDS: tuple[str, ...] = ("rd_share_bp", "revenue_growth_bp", "tax_credit", "pledge_history")
_MOVES_BY_ITSELF = "as_of"  # with every list; alone it is no change of the firm


@dataclass(frozen=True, slots=True)
class Line:
    """One firm's line: the enterprise's id and its frozen facts (keys of LINE_FIELDS and DECLARED_FIELDS).

    `before` holds the old value of each fact that changed; `position` is 0 for a firm that left.
    """

    enterprise_id: int
    facts: Mapping[str, Any]
    change: LineChange = LineChange.ADDED
    before: Mapping[str, Any] = field(default_factory=dict)
    left_reason: LeftReason | None = None
    position: int = 0


def compare(lines: Sequence[Line], previous: Mapping[int, Mapping[str, Any]]) -> list[Line]:
    """Return the lines of the new issue marked by how they differ, followed by those that left.

    Args:
        lines: the firms of the new issue, in order.
        previous: enterprise id -> facts of the last published issue; empty for the first.
    """
    marked: list[Line] = []
    for position, line in enumerate(lines, start=1):
        old = previous.get(line.enterprise_id)
        before: Mapping[str, Any] = {}
        if old is None:
            change = LineChange.ADDED
        else:
            before = differences(old, line.facts)
            change = LineChange.CHANGED if before else LineChange.KEPT
        marked.append(replace(line, change=change, before=before, position=position))
    present = {line.enterprise_id for line in lines}
    marked.extend(
        Line(enterprise_id, facts, LineChange.LEFT)
        for enterprise_id, facts in previous.items()
        if enterprise_id not in present
    )
    return marked


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return the old value of every fact that differs; facts that the old issue did not have do not."""
    return {
        key: old[key]
        for key in LINE_FIELDS
        if key != _MOVES_BY_ITSELF and key in old and old[key] != new.get(key)
    }


def content_sha256(lines: Sequence[Line]) -> str:
    """Return the hash of an issue's content: the same lines give the same hash."""
    content = [[line.enterprise_id, {k: line.facts.get(k) for k in LINE_FIELDS}] for line in lines]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
