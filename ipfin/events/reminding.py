"""When whom to remind of an event (活动提醒): before registration closes, wishes end, the day comes. Pure.

Decides the usual plan, what a plan may say, and which reminder is due on a day. Who is told, and with which
words, is decided in `service.reminders`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from ipfin.events.lifecycle import EventState
from ipfin.kernel.clock import CHINA, in_china
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _

FROM: Final = time(9)  # in China: nobody is reminded at night
MOST_DAYS: Final = 60
MOST_REMINDERS: Final = 4  # of one kind: more is a nuisance
_WISHES_BEFORE: Final = timedelta(days=2)  # the office needs a day for the timetable


class Reminder(StrEnum):
    """What somebody is reminded of."""

    CLOSING = "closing"  # 报名截止前
    WISHES = "wishes"  # 意愿截止前
    COMING = "coming"  # 活动前


REMINDER_LABELS: Mapping[Reminder, Text] = {
    Reminder.CLOSING: _("报名截止前，提醒已邀请未答复的"),
    Reminder.WISHES: _("意愿截止前，提醒未提意愿的"),
    Reminder.COMING: _("活动前，提醒已确认参会的"),
}

# Until the timetable is out one may wish, and the states in which each reminder still helps.
_IN_TIME: Final[Mapping[Reminder, frozenset[EventState]]] = {
    Reminder.CLOSING: frozenset({EventState.OPEN}),
    Reminder.WISHES: frozenset({EventState.OPEN, EventState.CLOSED}),
    Reminder.COMING: frozenset({EventState.OPEN, EventState.CLOSED, EventState.SCHEDULED}),
}


@dataclass(frozen=True, slots=True)
class ReminderPlan:
    """On how many days before it each thing is reminded of; no day: never.

    Args:
        wishes_until: the last day that the office asks wishes for; None leaves it to `wishes_day`.
    """

    closing: tuple[int, ...] = (2,)
    wishes: tuple[int, ...] = (2,)
    coming: tuple[int, ...] = (3, 1)
    wishes_until: date | None = None

    def days(self, kind: Reminder) -> tuple[int, ...]:
        """Return the days of one kind."""
        return {
            Reminder.CLOSING: self.closing,
            Reminder.WISHES: self.wishes,
            Reminder.COMING: self.coming,
        }[kind]


USUAL: Final = ReminderPlan()
"""What holds for an event whose plan nobody changed."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What of an event its reminders depend on."""

    state: EventState
    starts_at: datetime
    closes_on: date
    has_talks: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """One reminder of a plan: `days` before `counts_to`, from `due_at`."""

    kind: Reminder
    days: int
    counts_to: date

    @property
    def due_at(self) -> datetime:
        """The instant from which it is sent."""
        return datetime.combine(self.counts_to - timedelta(days=self.days), FROM, CHINA)

    @property
    def key(self) -> tuple[Reminder, int, date]:
        """What tells it from every other of the same event."""
        return self.kind, self.days, self.counts_to


def checked_plan(plan: ReminderPlan, frame: Frame) -> ReminderPlan:
    """Return the plan in order, each day once.

    Raises:
        BadInput: too many days or impossible ones, or wishes asked for beyond the day of the event.
    """
    if plan.wishes_until is not None and plan.wishes_until > in_china(frame.starts_at).date():
        raise BadInput(_("意愿截止日不能晚于活动当天。"), field="wishes_until")
    days = {kind: _checked_days(plan.days(kind), kind) for kind in Reminder}
    return ReminderPlan(
        days[Reminder.CLOSING], days[Reminder.WISHES], days[Reminder.COMING], plan.wishes_until
    )


def _checked_days(days: Iterable[int], kind: Reminder) -> tuple[int, ...]:
    found = tuple(sorted(set(days), reverse=True))
    if len(found) > MOST_REMINDERS:
        raise BadInput(_("每项提醒最多%(most)d次，多了打扰。", most=MOST_REMINDERS), field=kind.value)
    if found and not 1 <= found[-1] <= found[0] <= MOST_DAYS:
        raise BadInput(_("提前的天数应在1到%(most)d之间。", most=MOST_DAYS), field=kind.value)
    return found


def wishes_day(plan: ReminderPlan, frame: Frame) -> date:
    """Return the last day on which wishes are asked for: the office's, else two days before the event.

    They are taken until the timetable is out, which has no day of its own.
    """
    day = in_china(frame.starts_at).date()
    return min(plan.wishes_until or max(day - _WISHES_BEFORE, frame.closes_on), day)


def planned(plan: ReminderPlan, frame: Frame) -> list[Planned]:
    """Return every reminder of a plan in the order of its time, past ones included."""
    until = {
        Reminder.CLOSING: frame.closes_on,
        Reminder.WISHES: wishes_day(plan, frame),
        Reminder.COMING: in_china(frame.starts_at).date(),
    }
    kinds = [kind for kind in Reminder if frame.has_talks or kind is not Reminder.WISHES]
    found = [Planned(kind, days, until[kind]) for kind in kinds for days in plan.days(kind)]
    return sorted(found, key=lambda one: (one.due_at, one.kind))


def due(
    plan: ReminderPlan, frame: Frame, sent: Collection[tuple[Reminder, int, date]], now: datetime
) -> list[Planned]:
    """Return which reminders are to be sent now: of each kind at most the latest, and none twice.

    A platform that was off for some days sends the latest only, and none once the time has passed that
    it was to remind of.
    """
    latest: dict[Reminder, Planned] = {}
    for one in planned(plan, frame):
        if one.due_at <= now:
            latest[one.kind] = one
    return [one for one in latest.values() if one.key not in sent and is_in_time(one, frame, now)]


def is_in_time(one: Planned, frame: Frame, now: datetime) -> bool:
    """Whether a reminder still helps whoever reads it now."""
    if frame.state not in _IN_TIME[one.kind] or now >= frame.starts_at:
        return False
    return one.kind is Reminder.COMING or in_china(now).date() <= one.counts_to


class Outlook(StrEnum):
    """What becomes of a planned reminder."""

    SENT = "sent"  # 已发送
    COMING_UP = "coming_up"  # 待发送
    LATE = "late"  # 到期，等待发送
    DROPPED = "dropped"  # 不再发送


OUTLOOK_LABELS: Mapping[Outlook, Text] = {
    Outlook.SENT: _("已发送"),
    Outlook.COMING_UP: _("待发送"),
    Outlook.LATE: _("已到时间，即将发送"),
    Outlook.DROPPED: _("不再发送"),
}


def outlook(
    one: Planned,
    frame: Frame,
    sent: Collection[tuple[Reminder, int, date]],
    wanted: Sequence[Planned],
    now: datetime,
) -> Outlook:
    """Return what becomes of one reminder; `wanted` are those that are due now."""
    if one.key in sent:
        return Outlook.SENT
    if one in wanted:
        return Outlook.LATE
    over = frame.state in (EventState.FINISHED, EventState.CANCELLED) or now >= frame.starts_at
    # A draft has its reminders ahead of it; an event that is open again takes its own up again.
    return Outlook.DROPPED if one.due_at <= now or over else Outlook.COMING_UP
