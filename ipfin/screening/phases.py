"""How a screening and each of its tasks proceed. Pure.

Decides the phases (review, deliberation, final) and what a reviewer may read in each: before the review ends
nobody reads another's marks, nor anything reckoned from them. Who reviews whom is decided in `assigning`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from ipfin.kernel.lifecycle import Lifecycle
from ipfin.kernel.text import Text, _

LEAST_REVIEWS: Final = 2  # of different people, before a firm's screening may be closed
LONGEST_WORDS: Final = 500  # characters of a reason or a ground
SOON_DAYS: Final = 2  # calendar days before the due day from which a task is shown as urgent


class Phase(StrEnum):
    """Where the screening of a round stands (筛查阶段)."""

    REVIEW = "review"  # 评审
    DELIBERATION = "deliberation"  # 合议
    FINAL = "final"  # 定稿


PHASE_LABELS: Final[Mapping[Phase, Text]] = {
    Phase.REVIEW: _("评审"),
    Phase.DELIBERATION: _("合议"),
    Phase.FINAL: _("定稿"),
}
PHASES: Final = Lifecycle(
    {
        Phase.REVIEW: frozenset({Phase.DELIBERATION}),
        Phase.DELIBERATION: frozenset({Phase.FINAL}),
        Phase.FINAL: frozenset(),
    },
    subject=_("机构筛查"),
    labels=PHASE_LABELS,
)


class TaskState(StrEnum):
    """Where one reviewer's task stands (评审任务状态)."""

    ASSIGNED = "assigned"  # 待申报利益冲突
    OPEN = "open"  # 评审中
    SUBMITTED = "submitted"  # 已提交
    RETURNED = "returned"  # 退回修改
    CONFLICTED = "conflicted"  # 已回避
    ABSTAINED = "abstained"  # 已弃权
    WITHDRAWN = "withdrawn"  # 市局已收回


TASK_LABELS: Final[Mapping[TaskState, Text]] = {
    TaskState.ASSIGNED: _("待申报利益冲突"),
    TaskState.OPEN: _("评审中"),
    TaskState.SUBMITTED: _("已提交"),
    TaskState.RETURNED: _("退回修改"),
    TaskState.CONFLICTED: _("已回避"),
    TaskState.ABSTAINED: _("已弃权"),
    TaskState.WITHDRAWN: _("市局已收回"),
}
_T = TaskState
TASKS: Final = Lifecycle(
    {
        _T.ASSIGNED: frozenset({_T.OPEN, _T.CONFLICTED, _T.WITHDRAWN}),
        _T.OPEN: frozenset({_T.SUBMITTED, _T.CONFLICTED, _T.ABSTAINED, _T.WITHDRAWN}),
        _T.RETURNED: frozenset({_T.SUBMITTED, _T.CONFLICTED, _T.ABSTAINED, _T.WITHDRAWN}),
        _T.SUBMITTED: frozenset({_T.RETURNED}),
        _T.CONFLICTED: frozenset(),
        _T.ABSTAINED: frozenset(),
        _T.WITHDRAWN: frozenset(),
    },
    subject=_("评审任务"),
    labels=TASK_LABELS,
)
TO_DO: Final = frozenset({_T.ASSIGNED, _T.OPEN, _T.RETURNED})
"""What waits for the reviewer."""
WRITABLE: Final = frozenset({_T.OPEN, _T.RETURNED})
"""In which a review may be saved."""
READABLE: Final = frozenset({_T.OPEN, _T.RETURNED, _T.SUBMITTED})
"""In which the reviewer may read the dossier: he declared that he has no conflict."""
COUNTING: Final = frozenset({_T.ASSIGNED, _T.OPEN, _T.RETURNED, _T.SUBMITTED})
"""What may still become, or is, a review of the firm."""


class Urgency(StrEnum):
    """How close a task is to its day (时限)."""

    IN_TIME = "in_time"  # 期限内
    SOON = "soon"  # 即将到期
    OVERDUE = "overdue"  # 已逾期
    DONE = "done"  # 已办结


URGENCY_LABELS: Final[Mapping[Urgency, Text]] = {
    Urgency.IN_TIME: _("期限内"),
    Urgency.SOON: _("即将到期"),
    Urgency.OVERDUE: _("已逾期"),
    Urgency.DONE: _("已办结"),
}


def urgency(state: TaskState, due_on: date, on: date) -> Urgency:
    """Return how close a task is to its day; the due day itself is still in time."""
    if state not in TO_DO:
        return Urgency.DONE
    if on > due_on:
        return Urgency.OVERDUE
    return Urgency.SOON if (due_on - on).days <= SOON_DAYS else Urgency.IN_TIME


def reads_others(phase: Phase, state: TaskState) -> bool:
    """Whether a reviewer may read the other reviews of the firm: after the review, once he gave his own."""
    return phase is not Phase.REVIEW and state in (_T.SUBMITTED, _T.RETURNED)


def reads_sample(state: TaskState) -> bool:
    """Whether a reviewer may compare himself with the others on a sample: after his own submit."""
    return state is _T.SUBMITTED
