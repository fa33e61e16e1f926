"""How events, registrations and timetables move. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from ipfin.kernel.lifecycle import Lifecycle
from ipfin.kernel.text import Text, _


class EventKind(StrEnum):
    """What kind of event (活动类型)."""

    MATCHMAKING = "matchmaking"  # 银企对接会
    BRIEFING = "briefing"  # 政策宣讲
    TRAINING = "training"  # 业务培训
    VISIT = "visit"  # 企业走访


EVENT_KIND_LABELS: Mapping[EventKind, Text] = {
    EventKind.MATCHMAKING: _("银企对接会"),
    EventKind.BRIEFING: _("政策宣讲"),
    EventKind.TRAINING: _("业务培训"),
    EventKind.VISIT: _("企业走访"),
}


class EventState(StrEnum):
    """Where an event stands (活动状态)."""

    DRAFT = "draft"  # 草稿
    OPEN = "open"  # 报名中
    CLOSED = "closed"  # 报名截止
    SCHEDULED = "scheduled"  # 已发布日程
    FINISHED = "finished"  # 已结束
    CANCELLED = "cancelled"  # 已取消


EVENT_LABELS: Mapping[EventState, Text] = {
    EventState.DRAFT: _("草稿"),
    EventState.OPEN: _("报名中"),
    EventState.CLOSED: _("报名截止"),
    EventState.SCHEDULED: _("已发布日程"),
    EventState.FINISHED: _("已结束"),
    EventState.CANCELLED: _("已取消"),
}

EVENT_LIFECYCLE = Lifecycle(
    {
        EventState.DRAFT: frozenset({EventState.OPEN, EventState.CANCELLED}),
        EventState.OPEN: frozenset({EventState.CLOSED, EventState.CANCELLED}),
        # a briefing ends without a timetable
        EventState.CLOSED: frozenset(
            {EventState.OPEN, EventState.SCHEDULED, EventState.FINISHED, EventState.CANCELLED}
        ),
        EventState.SCHEDULED: frozenset({EventState.FINISHED, EventState.CANCELLED}),
        EventState.FINISHED: frozenset(),
        EventState.CANCELLED: frozenset(),
    },
    subject=_("活动"),
    labels=EVENT_LABELS,
)


class Side(StrEnum):
    """Which side of the table (参会方)."""

    ENTERPRISE = "enterprise"  # 企业
    INSTITUTION = "institution"  # 金融机构

    @property
    def other(self) -> Side:
        """The side that sits across."""
        return Side.INSTITUTION if self is Side.ENTERPRISE else Side.ENTERPRISE


SIDE_LABELS: Mapping[Side, Text] = {
    Side.ENTERPRISE: _("企业"),
    Side.INSTITUTION: _("金融机构"),
}


class RegistrationState(StrEnum):
    """Where a registration stands (报名状态)."""

    PENDING = "pending"  # 待审核
    CONFIRMED = "confirmed"  # 已确认
    OFFERED = "offered"  # 待答复: a seat is held until the deadline
    WAITLISTED = "waitlisted"  # 候补
    REJECTED = "rejected"  # 未通过
    LAPSED = "lapsed"  # 逾期未答复
    CANCELLED = "cancelled"  # 已取消


REGISTRATION_LABELS: Mapping[RegistrationState, Text] = {
    RegistrationState.PENDING: _("待审核"),
    RegistrationState.CONFIRMED: _("已确认"),
    RegistrationState.OFFERED: _("待答复"),
    RegistrationState.WAITLISTED: _("候补"),
    RegistrationState.REJECTED: _("未通过"),
    RegistrationState.LAPSED: _("逾期未答复"),
    RegistrationState.CANCELLED: _("已取消"),
}

REGISTRATION_LIFECYCLE = Lifecycle(
    {
        RegistrationState.PENDING: frozenset(
            {
                RegistrationState.CONFIRMED,
                RegistrationState.WAITLISTED,
                RegistrationState.REJECTED,
                RegistrationState.CANCELLED,
            }
        ),
        RegistrationState.CONFIRMED: frozenset({RegistrationState.CANCELLED}),
        RegistrationState.OFFERED: frozenset(
            {RegistrationState.CONFIRMED, RegistrationState.LAPSED, RegistrationState.CANCELLED}
        ),
        RegistrationState.WAITLISTED: frozenset(
            {RegistrationState.CONFIRMED, RegistrationState.OFFERED, RegistrationState.CANCELLED}
        ),
        # the office may take somebody back, with a reason, to the place of his arrival
        RegistrationState.REJECTED: frozenset({RegistrationState.WAITLISTED}),
        RegistrationState.LAPSED: frozenset({RegistrationState.WAITLISTED}),
        RegistrationState.CANCELLED: frozenset(),
    },
    subject=_("报名"),
    labels=REGISTRATION_LABELS,
)

OVER: Final = frozenset({RegistrationState.REJECTED, RegistrationState.LAPSED, RegistrationState.CANCELLED})
"""A registration that binds nobody any more: the firm, and the phone, may sign up again."""

LIVING: Final = frozenset(RegistrationState) - OVER
"""Somebody who comes, or may still come."""

SEATED: Final = frozenset({RegistrationState.CONFIRMED, RegistrationState.OFFERED})
"""What takes a seat: an offer holds it until it is answered or runs out."""


class ApprovalMode(StrEnum):
    """Who gets a seat without anybody looking at the registration first (报名审核)."""

    NONE = "none"  # 不审核
    WHITELISTED = "whitelisted"  # 白名单企业免审
    ALL = "all"  # 全部审核


APPROVAL_LABELS: Mapping[ApprovalMode, Text] = {
    ApprovalMode.NONE: _("不审核，按先后顺序确认"),
    ApprovalMode.WHITELISTED: _("企业报名须审核，白名单有效期内的企业和金融机构免审"),
    ApprovalMode.ALL: _("全部报名须审核"),
}


class TimetableState(StrEnum):
    """Where a timetable stands (排期状态)."""

    DRAFT = "draft"  # 预排
    PUBLISHED = "published"  # 已发布
    SUPERSEDED = "superseded"  # 已被替换


TIMETABLE_LABELS: Mapping[TimetableState, Text] = {
    TimetableState.DRAFT: _("预排"),
    TimetableState.PUBLISHED: _("已发布"),
    TimetableState.SUPERSEDED: _("已被替换"),
}
