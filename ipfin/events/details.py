"""What an event is made of (活动设置): its times, seats and grid of talks, and what contradicts itself. Pure.

Decides which settings make sense together and which of them are fixed once a timetable is out. Does not
decide who may set them, nor who gets a seat (`registration`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Final

from ipfin.events.asking import MOST_REQUESTS, USUAL, fault_of
from ipfin.events.eligibility import GRADES, unknown_codes
from ipfin.events.kinds import has_talks
from ipfin.events.lifecycle import ApprovalMode, EventKind, EventState
from ipfin.events.replying import MOST_HOURS
from ipfin.events.wishes import DayPart
from ipfin.kernel.clock import in_china
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.text import Text, _

MOST_SEATS: Final = 5_000
MOST_SLOTS: Final = 60
MOST_DESKS: Final = 500
NOON: Final = 12  # hours, in China
MOST_OF_ONE: Final = 20  # desks, and persons, of one institution
MOST_MEETINGS_OF_ONE: Final = MOST_SLOTS * MOST_OF_ONE

# What printed agendas already say: after publication these change only with a new event.
_FIXED_ONCE_SCHEDULED: Final = (
    "kind",
    "starts_at",
    "talks_start_at",
    "slot_minutes",
    "slot_count",
    "desk_count",
    "meetings_per_enterprise",
    "meetings_per_institution",
    "least_per_enterprise",
    "least_per_institution",
    "breaks",
)
# A change of these is told to everybody who is registered.
_WORTH_TELLING: Final = ("venue", "hall", "starts_at", "ends_at", "talks_start_at", "slot_minutes")


@dataclass(frozen=True, slots=True)
class EventDetails:
    """Everything about an event that the office sets.

    Args:
        registration_closes_on: the last day of registration, itself included.
        enterprise_seats, institution_seats: how many firms and institutions may be confirmed.
        talks_start_at: when the first slot begins; slots follow each other without a pause.
        slot_minutes: length of a slot, minutes.
        slot_count, desk_count: slots of the day and tables in the room; 0 without one-to-one talks.
        meetings_per_enterprise: the most talks that one firm gets.
        contact: the office's own, for everybody to read.
        hall, directions: which room of the venue, and how to get there.
        desks_per_institution, persons_per_institution: the most that one institution may bring.
        meetings_per_institution: the most talks that one institution gets; 0 for as many as fit.
        least_per_enterprise, least_per_institution: how many talks each should get at least, as far as both
            sides agreed; these come before the value of all others. 0 asks for none.
        least_grade, counties, industries: which firms may sign up; see `eligibility.Criteria`.
        breaks: slots (from 0) in which nobody meets; they keep their number and their time.
        approval: whose registration is looked at before it gets a seat.
        asking: who may ask whom for a meeting, as cells of `asking.EVERYBODY`.
        enterprise_requests, institution_requests: how many each firm and each institution may ask first;
            0 sets no limit.
        reply_hours: how long a freed seat is held for whoever waits first, hours; 0 confirms at once.
    """

    kind: EventKind
    title: str
    venue: str
    starts_at: datetime
    ends_at: datetime
    registration_closes_on: date
    enterprise_seats: int
    institution_seats: int
    talks_start_at: datetime
    slot_minutes: int = 15
    slot_count: int = 0
    desk_count: int = 0
    meetings_per_enterprise: int = 4
    summary: str = ""
    contact: str = ""
    approval: ApprovalMode = ApprovalMode.NONE
    reply_hours: int = 0
    breaks: list[int] = field(default_factory=list)
    asking: list[str] = field(default_factory=lambda: list(USUAL))
    enterprise_requests: int = 0
    institution_requests: int = 0
    hall: str = ""
    directions: str = ""
    desks_per_institution: int = MOST_OF_ONE
    persons_per_institution: int = MOST_OF_ONE
    meetings_per_institution: int = 0
    least_per_enterprise: int = 0
    least_per_institution: int = 0
    least_grade: str = ""
    counties: list[str] = field(default_factory=list)
    industries: list[str] = field(default_factory=list)


DETAIL_NAMES: Final = tuple(one.name for one in fields(EventDetails))


def check_details(details: EventDetails) -> None:
    """Refuse settings that contradict each other.

    Raises:
        BadInput: the first contradiction, with the form field that it belongs to.
    """
    for name, sentence in _contradictions(details):
        raise BadInput(sentence, field=name)


def _contradictions(details: EventDetails) -> Iterator[tuple[str, Text]]:
    if not details.title.strip():
        yield "title", _("请填写活动名称。")
    if not details.venue.strip():
        yield "venue", _("请填写活动地点。")
    if details.ends_at <= details.starts_at:
        yield "ends_at", _("结束时间须晚于开始时间。")
    if details.registration_closes_on > in_china(details.starts_at).date():
        yield "registration_closes_on", _("报名截止日不能晚于活动当天。")
    yield from _about_sizes(details)
    yield from _about_criteria(details)
    if has_talks(details.kind):
        yield from _about_talks(details)


def _about_sizes(details: EventDetails) -> Iterator[tuple[str, Text]]:
    limits = (
        ("enterprise_seats", _("企业名额"), details.enterprise_seats, 0, MOST_SEATS),
        ("institution_seats", _("金融机构名额"), details.institution_seats, 0, MOST_SEATS),
        ("reply_hours", _("候补答复期限（小时）"), details.reply_hours, 0, MOST_HOURS),
        ("slot_minutes", _("每场分钟数"), details.slot_minutes, 5, 240),
        ("slot_count", _("时段数"), details.slot_count, 0, MOST_SLOTS),
        ("desk_count", _("洽谈桌数"), details.desk_count, 0, MOST_DESKS),
        ("enterprise_requests", _("每家企业可先提出的意愿"), details.enterprise_requests, 0, MOST_REQUESTS),
        ("institution_requests", _("每家机构可先提出的意愿"), details.institution_requests, 0, MOST_REQUESTS),
        ("meetings_per_enterprise", _("每家企业最多场次"), details.meetings_per_enterprise, 1, MOST_SLOTS),
        ("desks_per_institution", _("每家机构最多席位"), details.desks_per_institution, 1, MOST_OF_ONE),
        ("persons_per_institution", _("每家机构最多人数"), details.persons_per_institution, 1, MOST_OF_ONE),
        (
            "meetings_per_institution",
            _("每家机构最多场次"),
            details.meetings_per_institution,
            0,
            MOST_MEETINGS_OF_ONE,
        ),
        ("least_per_enterprise", _("每家企业最低场次"), details.least_per_enterprise, 0, MOST_SLOTS),
        (
            "least_per_institution",
            _("每家机构最低场次"),
            details.least_per_institution,
            0,
            MOST_MEETINGS_OF_ONE,
        ),
    )
    for name, what, size, least, most in limits:
        if not least <= size <= most:
            yield (
                name,
                _("%(what)s应在%(least)d到%(most)d之间。", what=what, least=least, most=most),
            )


def _about_criteria(details: EventDetails) -> Iterator[tuple[str, Text]]:
    if details.least_grade and details.least_grade not in GRADES:
        yield "least_grade", _("没有“%(grade)s”这个等级。", grade=details.least_grade)
    strange = unknown_codes(details.industries)
    if strange:
        yield (
            "industries",
            _("“%(code)s”不是行业门类或大类；请填如“C”“27”或“医药制造业”。", code=strange[0]),
        )


def _about_talks(details: EventDetails) -> Iterator[tuple[str, Text]]:
    if details.slot_count < 1:
        yield "slot_count", _("对接会至少要有一个洽谈时段。")
    if details.desk_count < 1:
        yield "desk_count", _("对接会至少要有一张洽谈桌。")
    yield from _about_breaks(details)
    yield from _about_leasts(details)
    if fault := fault_of(details.asking):
        yield "asking", fault
    if details.talks_start_at < details.starts_at:
        yield "talks_start_at", _("洽谈不能早于活动开始。")
    end = slot_start(details.talks_start_at, details.slot_minutes, details.slot_count)
    if end > details.ends_at:
        yield (
            "slot_count",
            _(
                "%(slots)d个时段要到%(time)s才结束，晚于活动结束时间；请减少时段、缩短每场或推迟结束。",
                slots=details.slot_count,
                time=f"{in_china(end):%H:%M}",
            ),
        )


def _about_leasts(details: EventDetails) -> Iterator[tuple[str, Text]]:
    """Refuse a least number of talks above the most, or above what the day has room for."""
    slots = details.slot_count - len(set(details.breaks))
    most_of_house = slots * min(details.desks_per_institution, details.desk_count)
    if details.meetings_per_institution:
        most_of_house = min(most_of_house, details.meetings_per_institution)
    for name, what, least, most in (
        (
            "least_per_enterprise",
            _("每家企业最低场次"),
            details.least_per_enterprise,
            min(slots, details.meetings_per_enterprise),
        ),
        ("least_per_institution", _("每家机构最低场次"), details.least_per_institution, most_of_house),
    ):
        if least > max(most, 0):
            yield (
                name,
                _(
                    "%(what)s%(least)d场，多于每家最多能有的%(most)d场；请减少最低场次，或增加时段、席位和最多场次。",
                    what=what,
                    least=least,
                    most=max(most, 0),
                ),
            )


def _about_breaks(details: EventDetails) -> Iterator[tuple[str, Text]]:
    for slot in details.breaks:
        if not 0 <= slot < details.slot_count:
            yield (
                "breaks",
                _(
                    "没有第%(slot)d个时段，不能作休息；请填1到%(slots)d之间的序号，或增加时段数。",
                    slot=slot + 1,
                    slots=details.slot_count,
                ),
            )
    if details.slot_count and len(set(details.breaks)) >= details.slot_count:
        yield "breaks", _("不能所有时段都休息；请至少留一个时段洽谈。")


def slot_start(talks_start_at: datetime, slot_minutes: int, slot: int) -> datetime:
    """Return when slot `slot` (counted from 0) begins, which is when the one before it ends."""
    return talks_start_at + timedelta(minutes=slot_minutes * slot)


def slot_times(talks_start_at: datetime, slot_minutes: int, slot_count: int) -> list[str]:
    """Return the slots as people read them: 09:30—09:45, in China."""
    bounds = [
        f"{in_china(slot_start(talks_start_at, slot_minutes, slot)):%H:%M}" for slot in range(slot_count + 1)
    ]
    return [f"{bounds[slot]}—{bounds[slot + 1]}" for slot in range(slot_count)]


def slots_by_part(talks_start_at: datetime, slot_minutes: int, slot_count: int) -> dict[DayPart, set[int]]:
    """Return the slots (from 0) of the morning and of the afternoon: what begins before noon is morning."""
    found: dict[DayPart, set[int]] = {DayPart.MORNING: set(), DayPart.AFTERNOON: set()}
    for slot in range(slot_count):
        begins = in_china(slot_start(talks_start_at, slot_minutes, slot))
        found[DayPart.MORNING if begins.hour < NOON else DayPart.AFTERNOON].add(slot)
    return found


def changed(before: EventDetails, after: EventDetails) -> tuple[str, ...]:
    """Return the names of the settings that differ."""
    return tuple(name for name in DETAIL_NAMES if getattr(before, name) != getattr(after, name))


def check_change(state: EventState, names: tuple[str, ...]) -> None:
    """Refuse a change that the state of the event no longer allows.

    Raises:
        Conflict: the event is over, or the change would belie agendas that are out.
    """
    if state in (EventState.FINISHED, EventState.CANCELLED):
        raise Conflict(_("活动已结束或取消，不能再修改。"))
    if state is EventState.SCHEDULED:
        for name in names:
            if name in _FIXED_ONCE_SCHEDULED:
                raise Conflict(
                    _("日程已发布，时间、时段和桌数不能再改；场地、说明、联系方式和名额仍可修改。"),
                    field=name,
                )


def is_worth_telling(names: tuple[str, ...]) -> bool:
    """Whether participants must be told of a change in these settings."""
    return any(name in _WORTH_TELLING for name in names)
