"""What an issue of the directory holds and how it differs from the last. Pure.

Decides the states of an issue, the fields of a line, and which firms were added, changed or left; who
may receive it is decided by the caller.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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

# The facts of a line, in the order of the sheet. The keys are what is frozen and compared.
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
    "as_of",
)


@dataclass(frozen=True, slots=True)
class Line:
    """One firm's line: the enterprise's id and its frozen facts (keys of LINE_FIELDS)."""

    enterprise_id: int
    facts: Mapping[str, Any]
    change: LineChange = LineChange.ADDED


def compare(lines: Sequence[Line], previous: Mapping[int, Mapping[str, Any]]) -> list[Line]:
    """Return the lines of the new issue marked by how they differ, followed by those that left.

    Args:
        lines: the firms of the new issue, in order.
        previous: enterprise id -> facts of the last published issue; empty for the first.
    """
    marked: list[Line] = []
    for line in lines:
        before = previous.get(line.enterprise_id)
        if before is None:
            change = LineChange.ADDED
        else:
            change = LineChange.KEPT if _same(before, line.facts) else LineChange.CHANGED
        marked.append(Line(line.enterprise_id, line.facts, change))
    present = {line.enterprise_id for line in lines}
    marked.extend(
        Line(enterprise_id, facts, LineChange.LEFT)
        for enterprise_id, facts in previous.items()
        if enterprise_id not in present
    )
    return marked


def _same(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    # The as-of day moves with every list; it alone is no change of the firm.
    return all(before.get(key) == after.get(key) for key in LINE_FIELDS if key != "as_of")


def content_sha256(lines: Sequence[Line]) -> str:
    """Return the hash of an issue's content: the same lines give the same hash."""
    content = [[line.enterprise_id, {k: line.facts.get(k) for k in LINE_FIELDS}] for line in lines]
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
