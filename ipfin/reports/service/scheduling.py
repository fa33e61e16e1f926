"""Use cases of what the directory does by itself: the schedule, its drafts, reminders of missing receipts.

Callers own the transaction. A schedule prepares drafts and never publishes; a draft that is due is made
once, also when nobody was there on the day, and not beside an issue that is open.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from ipfin.accounts.models import Organisation, User
from ipfin.accounts.policy import PERMISSIONS, P
from ipfin.audit.service import record
from ipfin.kernel.actor import SYSTEM, Actor
from ipfin.kernel.calendar import WorkCalendar
from ipfin.kernel.clock import in_china, now_utc, today_in_china
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _
from ipfin.notices.service import tell, tell_role
from ipfin.reports.directory import IssueState
from ipfin.reports.models import DirectoryDelivery, DirectoryIssue, DirectorySchedule
from ipfin.reports.queries import open_issue, the_schedule
from ipfin.reports.schedule import MOST_REMIND_DAYS, Frequency, Timing, is_overdue, period_name
from ipfin.reports.selection import IssueScope, RecipientChoice
from ipfin.reports.service.issues import link_of, people_of, prepare_issue

USUAL_REMIND_DAYS: Final = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """What the schedule will do next: how often, on which day; no day when it is off."""

    frequency: Frequency
    next_due: date | None
    remind_after_days: int


def plan_of(session: Session, on: date | None = None) -> Plan:
    """Return what the schedule will do after day `on`, today by default."""
    schedule = the_schedule(session)
    if schedule is None:
        return Plan(Frequency.OFF, None, USUAL_REMIND_DAYS)
    timing = Timing(schedule.frequency, schedule.day, schedule.since)
    return Plan(schedule.frequency, timing.next_due(on or today_in_china()), schedule.remind_after_days)


def set_schedule(
    session: Session,
    actor: Actor,
    *,
    frequency: Frequency,
    day: int,
    title: str,
    scope: IssueScope,
    recipients: RecipientChoice,
    remind_after_days: int,
    on: date,
) -> DirectorySchedule:
    """Say how the directory is prepared by itself from day `on`.

    A due day that is `on` itself counts; what fell due before is not made up.

    Raises:
        BadInput: no title, a day that not every month has, a term that is out of range.
    """
    if not title.strip():
        raise BadInput(_("请填写名录标题。"), field="title")
    if not 0 <= remind_after_days <= MOST_REMIND_DAYS:
        raise BadInput(
            _("催签期限须在0至%(most)s个工作日之间。", most=MOST_REMIND_DAYS), field="remind_after_days"
        )
    Timing(frequency, day, on)
    schedule = the_schedule(session)
    if schedule is None:
        schedule = DirectorySchedule(id=1, since=on)
        session.add(schedule)
    elif (schedule.frequency, schedule.day) != (frequency, day):
        schedule.since = on
    schedule.frequency, schedule.day, schedule.title = frequency, day, title.strip()[:200]
    schedule.scope, schedule.recipients = scope.as_json(), recipients.as_json()
    schedule.remind_after_days = remind_after_days
    schedule.updated_by, schedule.updated_at = actor.name, now_utc()
    session.flush()
    record(
        session,
        actor,
        "reports.schedule.changed",
        "directory:schedule",
        frequency=frequency,
        day=day,
        title=schedule.title,
        remind_after_days=remind_after_days,
        scope=schedule.scope,
        recipients=schedule.recipients,
    )
    return schedule


def period_due(session: Session, on: date) -> str | None:
    """Return the period whose draft is to be made on day `on`; None when there is nothing to do.

    An issue that was prepared by hand since the due day and not given up is the issue of the period; an
    open one that is older is waited for.
    """
    schedule = the_schedule(session)
    if schedule is None:
        return None
    due = Timing(schedule.frequency, schedule.day, schedule.since).latest_due(on)
    if due is None:
        return None
    period = period_name(schedule.frequency, due)
    if schedule.last_period == period or open_issue(session) is not None:
        return None
    made = select(DirectoryIssue.id).where(
        or_(
            DirectoryIssue.period == period,
            (DirectoryIssue.as_of >= due) & (DirectoryIssue.state != IssueState.WITHDRAWN),
        )
    )
    return None if session.scalar(made.limit(1)) else period


def prepare_due(session: Session, period: str, *, on: date) -> DirectoryIssue | None:
    """Prepare the draft of `period` and tell those who prepare issues; None when it is no longer due."""
    schedule = the_schedule(session)
    if schedule is None or period_due(session, on) != period:
        return None
    issue = prepare_issue(
        session,
        SYSTEM,
        title=schedule.title,
        on=on,
        scope=IssueScope.from_json(schedule.scope),
        recipients=RecipientChoice.from_json(schedule.recipients),
        period=period,
    )
    schedule.last_period = period
    tell_role(
        session,
        PERMISSIONS[P.OFFICE_ISSUES_PREPARE],
        f"issue:{issue.id}:scheduled",
        _("名录第%(number)s期草稿已按周期编制", number=issue.number),
        _(
            "《%(title)s》共%(lines)s家企业，请核对后提交复核；未经两人办理不会发布。",
            title=issue.title,
            lines=issue.lines_count,
        ),
        f"/office/releases/{issue.number}",
    )
    session.flush()
    return issue


def remind_unreceived(session: Session, calendar: WorkCalendar, *, on: date) -> int:
    """Remind each institution once of an issue whose receipt is overdue on day `on`; return how many."""
    schedule = the_schedule(session)
    term = USUAL_REMIND_DAYS if schedule is None else schedule.remind_after_days
    if term == 0:
        return 0
    waiting = session.scalars(
        select(DirectoryDelivery)
        .join(DirectoryIssue)
        .where(
            DirectoryDelivery.received_at.is_(None),
            DirectoryDelivery.reminded_at.is_(None),
            DirectoryIssue.state == IssueState.PUBLISHED,
        )
        .options(joinedload(DirectoryDelivery.issue))
        .order_by(DirectoryDelivery.id)
    ).all()
    late = [d for d in waiting if is_overdue(in_china(d.delivered_at).date(), term, on, calendar)]
    for delivery in late:
        _remind(session, delivery, term)
    return len(late)


def _remind(session: Session, delivery: DirectoryDelivery, term: int) -> None:
    issue = delivery.issue
    organisation = session.get_one(Organisation, delivery.organisation_id)
    delivery.reminded_at = now_utc()
    tell(
        session,
        people_of(session, organisation.id),
        f"issue:{issue.id}:unreceived",
        _("请签收名录第%(number)s期", number=issue.number),
        _("《%(title)s》送达已超过%(days)s个工作日，尚未签收。", title=issue.title, days=term),
        link_of(organisation, issue),
    )
    makers = {issue.submitted_by_user_id, issue.approved_by_user_id} - {None}
    tell(
        session,
        session.scalars(select(User).where(User.id.in_(makers))),
        f"issue:{issue.id}:unreceived:{organisation.id}",
        _("%(name)s尚未签收名录第%(number)s期", name=organisation.name, number=issue.number),
        _("送达已超过%(days)s个工作日，已提醒该机构一次。", days=term),
        f"/office/releases/{issue.number}",
    )
    session.flush()
    record(
        session,
        SYSTEM,
        "reports.delivery.reminded",
        f"issue:{issue.id}",
        number=issue.number,
        organisation=organisation.name,
        days=term,
    )
