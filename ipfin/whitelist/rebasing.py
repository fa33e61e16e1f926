"""How the measure of all firms, the cohort reference (同类参照), may change: by two persons. Pure.

Decides the states of a reference and who may put it in force. What a cohort is stands in `cohorts`.
The first reference is made by the first score run, because before it there is no score to be changed.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from ipfin.kernel.errors import NotAllowed
from ipfin.kernel.lifecycle import Lifecycle
from ipfin.kernel.text import Text, _


class ReferenceState(StrEnum):
    """Where a version of the cohort reference stands. The latest one in force measures."""

    PROPOSED = "proposed"  # 待复核
    APPROVED = "approved"  # 已启用
    WITHDRAWN = "withdrawn"  # 已撤回


REFERENCE_LABELS: Mapping[ReferenceState, Text] = {
    ReferenceState.PROPOSED: _("待复核"),
    ReferenceState.APPROVED: _("已启用"),
    ReferenceState.WITHDRAWN: _("已撤回"),
}

REFERENCE_LIFECYCLE = Lifecycle(
    {
        ReferenceState.PROPOSED: frozenset({ReferenceState.APPROVED, ReferenceState.WITHDRAWN}),
        ReferenceState.APPROVED: frozenset(),
        ReferenceState.WITHDRAWN: frozenset(),
    },
    subject=_("同类参照"),
    labels=REFERENCE_LABELS,
)


def require_another_person(proposed_by_user_id: int | None, approver_user_id: int | None) -> None:
    """Refuse that a person puts in force what he proposed.

    Raises:
        NotAllowed: proposer and approver are the same, or one of them is nobody.
    """
    if proposed_by_user_id is None or approver_user_id is None:
        raise NotAllowed(_("更换同类参照须由两名在册人员先后办理。"))
    if proposed_by_user_id == approver_user_id:
        raise NotAllowed(_("提出人不能复核自己提出的同类参照，请由另一名工作人员复核。"))
