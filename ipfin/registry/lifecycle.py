"""How an import batch moves. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from ipfin.kernel.lifecycle import Lifecycle
from ipfin.kernel.text import Text, _


class BatchState(StrEnum):
    """Where an import batch (导入批次) stands."""

    UPLOADED = "uploaded"  # 已上传
    CHECKED = "checked"  # 已预检
    QUEUED = "queued"  # 待写入
    COMMITTED = "committed"  # 已写入
    UNDONE = "undone"  # 已撤销
    FAILED = "failed"  # 失败


class RowOutcome(StrEnum):
    """What became of one row of a list (行结果)."""

    NEW = "new"  # 新增
    CHANGED = "changed"  # 变更
    UNCHANGED = "unchanged"  # 未变
    REFUSED = "refused"  # 退回


BATCH_LABELS: Mapping[BatchState, Text] = {
    BatchState.UPLOADED: _("已上传"),
    BatchState.CHECKED: _("已预检"),
    BatchState.QUEUED: _("写入中"),
    BatchState.COMMITTED: _("已写入"),
    BatchState.UNDONE: _("已撤销"),
    BatchState.FAILED: _("写入失败"),
}

OUTCOME_LABELS: Mapping[RowOutcome, Text] = {
    RowOutcome.NEW: _("新增"),
    RowOutcome.CHANGED: _("变更"),
    RowOutcome.UNCHANGED: _("未变"),
    RowOutcome.REFUSED: _("退回"),
}

BATCH_LIFECYCLE = Lifecycle(
    {
        BatchState.UPLOADED: frozenset({BatchState.CHECKED, BatchState.FAILED}),
        BatchState.CHECKED: frozenset({BatchState.QUEUED, BatchState.COMMITTED, BatchState.FAILED}),
        BatchState.QUEUED: frozenset({BatchState.COMMITTED, BatchState.FAILED}),
        BatchState.COMMITTED: frozenset({BatchState.UNDONE}),
        BatchState.UNDONE: frozenset(),
        BatchState.FAILED: frozenset({BatchState.CHECKED}),
    },
    subject=_("导入批次"),
    labels=BATCH_LABELS,
)
