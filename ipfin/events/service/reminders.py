"""Reminding of an event: the office's plan, and sending what is due, once.

Decides who is told and with which words; when something is due is decided in `events.reminding`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.config import Settings, settings_from_environment
from ipfin.events.lifecycle import EventState
from ipfin.events.models import Event, EventReminder, EventReminderPlan, Registration
from ipfin.events.queries import confirmed_of, unanswered_asks
from ipfin.events.queries.reminders import frame_of, plan_of, plan_row, reminders_of, without_wishes
from ipfin.events.reminding import Planned, Reminder, ReminderPlan, checked_plan, due
from ipfin.events.replying import moment
from ipfin.events.service.events import lock_event
from ipfin.events.service.invitations import remind_invited
from ipfin.events.service.news import persons_of, with_facts
from ipfin.events.service.telling import tell_each
from ipfin.kernel.actor import SYSTEM, Actor
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import Text, _
from ipfin.kernel.versions import require_seen


def save_reminder_plan(
    session: Session, actor: Actor, event: Event, plan: ReminderPlan, *, version: int, now: datetime
) -> None:
    """Say when whom to remind of an event.

    Args:
        version: of the plan that the person saw; 0 for the usual one.

    Raises:
        BadInput: days that cannot be.
        Conflict: the event is over.
        Stale: somebody changed the plan meanwhile.
    """
    event = lock_event(session, event.id)
    if event.state in (EventState.FINISHED, EventState.CANCELLED):
        raise Conflict(_("活动已结束或取消，不再发送提醒。"))
    plan = checked_plan(plan, frame_of(event))
    row = plan_row(session, event.id)
    require_seen(version, row.lock_version if row else 0)
    if row is None:
        row = EventReminderPlan(event_id=event.id)
        session.add(row)
    row.closing_days, row.wishes_days = list(plan.closing), list(plan.wishes)
    row.coming_days, row.wishes_until = list(plan.coming), plan.wishes_until
    row.changed_by, row.changed_at = actor.name, now
    session.flush()
    record(session, actor, "events.reminders.planned", f"event:{event.id}", title=event.title)


def send_reminders(
    session: Session, event_id: int, *, now: datetime, settings: Settings | None = None
) -> int:
    """Send what is due of an event's reminders; return how many people were told.

    What was sent is looked up under the event's lock and written in the same transaction: two workers
    send it once, and one that dies has sent nothing.
    """
    event = lock_event(session, event_id)
    settings = settings or settings_from_environment()
    sent = {(row.kind, row.days, row.counts_to) for row in reminders_of(session, event.id)}
    people = 0
    for one in due(plan_of(plan_row(session, event.id)), frame_of(event), sent, now):
        key = f"event:{event.id}:remind:{one.kind}:{one.days}:{one.counts_to:%Y%m%d}"
        if one.kind is Reminder.CLOSING:
            houses, told = remind_invited(session, event, key, settings=settings)
        else:
            rows = _SAYING[one.kind](session, event, one, settings)
            page = "wishes" if one.kind is Reminder.WISHES else ""
            houses, told = len(rows), tell_each(session, event, rows, key=key, page=page, settings=settings)
        people += told
        session.add(
            EventReminder(
                event_id=event.id,
                kind=one.kind,
                days=one.days,
                counts_to=one.counts_to,
                told=houses,
                sent_at=now,
            )
        )
        session.flush()
        record(
            session,
            SYSTEM,
            "events.reminder.sent",
            f"event:{event.id}",
            title=event.title,
            count=houses,
            kind=one.kind,
            days=one.days,
        )
    return people


_Told = list[tuple[Registration, Text, Text]]


def _of_coming(session: Session, event: Event, one: Planned, settings: Settings) -> _Told:
    subject = _("提醒：“%(title)s”于%(start)s开始", title=event.title, start=moment(event.starts_at))
    return [
        (row, subject, with_facts(event, row, _coming(event, row), settings))
        for row in confirmed_of(session, event.id)
    ]


def _coming(event: Event, row: Registration) -> Text:
    lead = _("贵单位已确认参会，参会人：%(person)s。", person=persons_of(row))
    if event.slot_count and event.state is EventState.SCHEDULED:
        return _("%(lead)s一对一洽谈的日程见活动页面。不能到会的请尽早取消，名额让给候补单位。", lead=lead)
    return _("%(lead)s不能到会的请尽早取消，名额让给候补单位。", lead=lead)


def _of_wishes(session: Session, event: Event, one: Planned, settings: Settings) -> _Told:
    subject = _(
        "“%(title)s”：请在%(day)s前选择想见的对方", title=event.title, day=f"{one.counts_to:%Y-%m-%d}"
    )
    rows = without_wishes(session, event.id)
    asked = unanswered_asks(session, [row.id for row in rows])
    return [(row, subject, _wishes(one, asked.get(row.id, 0))) for row in rows]


def _wishes(one: Planned, asking: int) -> Text:
    body = _(
        "贵单位还没有提出洽谈意愿。双方都同意的才会安排洽谈，请在%(day)s（含当天）前选好；"
        "日程发布后不能再提。",
        day=f"{one.counts_to:%Y-%m-%d}",
    )
    if not asking:
        return body
    return _("%(body)s已有%(count)d家希望见贵单位，等待答复。", body=body, count=asking)


_SAYING: Mapping[Reminder, Callable[[Session, Event, Planned, Settings], _Told]] = {
    Reminder.WISHES: _of_wishes,
    Reminder.COMING: _of_coming,
}
