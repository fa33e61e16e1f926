"""How a scorecard comes to score (启用评分卡): drafted, submitted, put in force by another, from a day on.

Decides the states of a draft, who may approve it, from which day it may score, and what an act of putting
in force rests on. What a card is stands in `scorecard`, which files are cards in `scheme`. Pure.

A card in force is never changed. Going back to an earlier one is a new act of two persons.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from ipfin.kernel.errors import BadInput, Conflict, NotAllowed
from ipfin.kernel.lifecycle import Lifecycle
from ipfin.kernel.text import Text, _

LONGEST_TEXT: Final = 100_000  # characters; the shipped card has 7,000
MOST_DAYS_AHEAD: Final = 366


class DraftState(StrEnum):
    """Where a draft of a scorecard stands (评分卡草稿状态)."""

    DRAFT = "draft"  # 起草中
    SUBMITTED = "submitted"  # 待复核
    APPROVED = "approved"  # 已批准
    WITHDRAWN = "withdrawn"  # 已撤回


DRAFT_LABELS: Final[Mapping[DraftState, Text]] = {
    DraftState.DRAFT: _("起草中"),
    DraftState.SUBMITTED: _("待复核"),
    DraftState.APPROVED: _("已批准"),
    DraftState.WITHDRAWN: _("已撤回"),
}

DRAFT_LIFECYCLE: Final = Lifecycle(
    {
        DraftState.DRAFT: frozenset({DraftState.SUBMITTED, DraftState.WITHDRAWN}),
        DraftState.SUBMITTED: frozenset({DraftState.DRAFT, DraftState.APPROVED, DraftState.WITHDRAWN}),
        DraftState.APPROVED: frozenset(),
        DraftState.WITHDRAWN: frozenset(),
    },
    subject=_("评分卡草稿"),
    labels=DRAFT_LABELS,
)


class ActivationKind(StrEnum):
    """What an act of putting a card in force rests on (启用方式)."""

    APPROVED = "approved"  # 两人先后办理
    FOUNDED = "founded"  # 第一次评分时随安装启用
    EARLIER = "earlier"  # 实行两人办理以前启用


ACTIVATION_LABELS: Final[Mapping[ActivationKind, Text]] = {
    ActivationKind.APPROVED: _("两人先后办理"),
    ActivationKind.FOUNDED: _("随平台安装启用，未经两人办理"),
    ActivationKind.EARLIER: _("实行两人办理以前启用"),
}


class StaleDraft(Conflict):
    """The draft was saved by somebody else since the page was made."""


def require_fresh(seen: int, current: int) -> None:
    """Refuse a form that was made of an older state of the draft.

    Raises:
        StaleDraft: always then; the page shows both texts.
    """
    if seen != current:
        raise StaleDraft(_("这份草稿在您打开之后已被改动，请对照两份内容后再办理。"))


def require_another_person(wrote: frozenset[int | None], approver_user_id: int | None) -> None:
    """Refuse that a person puts in force what he wrote or submitted.

    Args:
        wrote: who submitted the draft and who saved it last.

    Raises:
        NotAllowed: the approver is one of them, or one of them is nobody.
    """
    if None in wrote or approver_user_id is None:
        raise NotAllowed(_("启用评分卡须由两名在册人员先后办理。"))
    if approver_user_id in wrote:
        raise NotAllowed(_("起草人和提交人不能批准启用，请由另一名工作人员复核。"))


def checked_first_day(active_from: date | None, today: date) -> date:
    """Return the first day on which a card is to score.

    Raises:
        BadInput: none was given, it has passed (a score of the past is never changed), or it is too far.
    """
    if active_from is None:
        raise BadInput(_("请填写启用日期，格式如 2026-03-05。"), field="active_from")
    if active_from < today:
        raise BadInput(_("启用日期不能早于今天。"), field="active_from")
    if active_from > today + timedelta(days=MOST_DAYS_AHEAD):
        raise BadInput(_("启用日期须在一年以内。"), field="active_from")
    return active_from


def require_ahead(active_from: date, today: date) -> None:
    """Refuse to take back what scores already.

    Raises:
        Conflict: the day has come.
    """
    if active_from <= today:
        raise Conflict(_("该评分卡已经启用；如需更换，请起草并启用另一版。"))
