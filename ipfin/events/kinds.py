"""What a new event of each kind begins with (活动模板). Pure data.

Decides what the form of a new event offers, and whether a kind has one-to-one talks at all: wishes,
desks and a timetable belong to those alone. What is offered may be changed before it is saved; what
contradicts itself is refused by `details`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ipfin.events.lifecycle import ApprovalMode, EventKind
from ipfin.kernel.text import Text, _


@dataclass(frozen=True, slots=True)
class Template:
    """What the form of a new event of a kind offers.

    Args:
        purpose: one sentence for whoever chooses the kind.
        summary: the text that participants read, to be completed.
        start_hour: when such an event usually begins, hour of the day in China.
        minutes: how long it lasts, minutes.
        has_talks: whether firms and institutions meet one by one.
        talks_after: how long after the beginning the talks start, minutes.
        slot_count, slot_minutes, breaks, desk_count, meetings_per_enterprise: as in `EventDetails`;
            all nought, or as good as, without talks.
    """

    purpose: Text
    summary: Text
    start_hour: int
    minutes: int
    enterprise_seats: int
    institution_seats: int
    approval: ApprovalMode
    reply_hours: int
    has_talks: bool = False
    talks_after: int = 0
    slot_count: int = 0
    slot_minutes: int = 15
    breaks: tuple[int, ...] = ()
    desk_count: int = 0
    meetings_per_enterprise: int = 1
    desks_per_institution: int = 1
    persons_per_institution: int = 2
    meetings_per_institution: int = 0


TEMPLATES: Final[Mapping[EventKind, Template]] = {
    EventKind.MATCHMAKING: Template(
        purpose=_("企业与银行、保险、担保机构按日程一对一洽谈。"),
        summary=_("政策介绍之后，企业与金融机构按日程一对一洽谈。请在报名时写明融资或保险需求。"),
        start_hour=9,
        minutes=180,
        enterprise_seats=60,
        institution_seats=15,
        approval=ApprovalMode.WHITELISTED,
        reply_hours=24,
        has_talks=True,
        talks_after=45,
        slot_count=8,
        slot_minutes=15,
        breaks=(4,),
        desk_count=15,
        meetings_per_enterprise=4,
        desks_per_institution=4,
        persons_per_institution=4,
    ),
    EventKind.BRIEFING: Template(
        purpose=_("讲解政策和办理流程，企业和机构自由报名，不排洽谈。"),
        summary=_("讲解知识产权质押融资的政策、产品和办理流程，现场答疑。"),
        start_hour=9,
        minutes=120,
        enterprise_seats=200,
        institution_seats=20,
        approval=ApprovalMode.NONE,
        reply_hours=0,
    ),
    EventKind.TRAINING: Template(
        purpose=_("面向经办人员的业务培训，名额有限，需审核。"),
        summary=_("面向企业知识产权和财务人员、金融机构经办人员的业务培训。请派实际经办人参加。"),
        start_hour=9,
        minutes=420,
        enterprise_seats=50,
        institution_seats=30,
        approval=ApprovalMode.ALL,
        reply_hours=24,
        persons_per_institution=2,
    ),
    EventKind.VISIT: Template(
        purpose=_("带金融机构到企业走访，由主管部门审核路线上的企业。"),
        summary=_("主管部门与金融机构到企业现场走访，了解经营、知识产权和融资需求。"),
        start_hour=14,
        minutes=210,
        enterprise_seats=4,
        institution_seats=6,
        approval=ApprovalMode.ALL,
        reply_hours=24,
    ),
}


CLOSES_DAYS_BEFORE: Final = 5
"""Registration closes so many days before an event, unless somebody says otherwise."""

OF_TALKS: Final = (
    *("talks_start_at", "slot_minutes", "slot_count", "breaks", "desk_count"),
    *("meetings_per_enterprise", "desks_per_institution", "meetings_per_institution"),
    *("least_per_enterprise", "least_per_institution"),
    *("asking", "enterprise_requests", "institution_requests"),
)
"""Settings that only a kind with one-to-one talks has."""


def has_talks(kind: EventKind) -> bool:
    """Whether events of a kind have one-to-one talks, and so wishes, desks and a timetable."""
    return TEMPLATES[kind].has_talks
