"""How events, registrations and timetables move. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from ipfin.kernel.lifecycle import Lifecycle
from ipfin.kernel.text import Text, _


class EventKind(StrEnum):
    """What kind of event (活动类型)."""

    MATCHMAKING = "matchmaking"  # 银企对接会
    BRIEFING = "briefing"  # 政策宣讲
    TRAINING = "training"  # 业务培训


EVENT_KIND_LABELS: Mapping[EventKind, Text] = {
    EventKind.MATCHMAKING: _("银企对接会"),
    EventKind.BRIEFING: _("政策宣讲"),
    EventKind.TRAINING: _("业务培训"),
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

    CONFIRMED = "confirmed"  # 已确认
    WAITLISTED = "waitlisted"  # 候补
    CANCELLED = "cancelled"  # 已取消


REGISTRATION_LABELS: Mapping[RegistrationState, Text] = {
    RegistrationState.CONFIRMED: _("已确认"),
    RegistrationState.WAITLISTED: _("候补"),
    RegistrationState.CANCELLED: _("已取消"),
}

REGISTRATION_LIFECYCLE = Lifecycle(
    {
        RegistrationState.CONFIRMED: frozenset({RegistrationState.CANCELLED}),
        RegistrationState.WAITLISTED: frozenset({RegistrationState.CONFIRMED, RegistrationState.CANCELLED}),
        RegistrationState.CANCELLED: frozenset(),
    },
    subject=_("报名"),
    labels=REGISTRATION_LABELS,
)


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
