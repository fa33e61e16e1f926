"""How an import batch and a pair of firms that may be one move. Pure."""

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


class RowGroup(StrEnum):
    """What rows of a batch are looked at together (行的分组)."""

    REFUSED = "refused"  # 退回: to be corrected
    FOREIGN = "foreign"  # 外国文献: refused too, but nothing is wrong with them
    CHANGED = "changed"  # 变更
    NEW = "new"  # 新增


class MatchState(StrEnum):
    """What a person said of two enterprises that may be one (归并候选的结论)."""

    OPEN = "open"  # 待确认
    SAME = "same"  # 同一家
    DIFFERENT = "different"  # 不同的两家
    UNSURE = "unsure"  # 暂不能确定


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

MATCH_LABELS: Mapping[MatchState, Text] = {
    MatchState.OPEN: _("待确认"),
    MatchState.SAME: _("同一家"),
    MatchState.DIFFERENT: _("不同的两家"),
    MatchState.UNSURE: _("暂不能确定"),
}

# What was decided goes back to open before it is decided otherwise, so that each turn has its reason.
MATCH_LIFECYCLE = Lifecycle(
    {
        MatchState.OPEN: frozenset({MatchState.SAME, MatchState.DIFFERENT, MatchState.UNSURE}),
        MatchState.UNSURE: frozenset({MatchState.SAME, MatchState.DIFFERENT, MatchState.UNSURE}),
        MatchState.SAME: frozenset({MatchState.OPEN}),
        MatchState.DIFFERENT: frozenset({MatchState.OPEN}),
    },
    subject=_("归并候选"),
    labels=MATCH_LABELS,
)
