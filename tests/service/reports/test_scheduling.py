"""Drafts that are made by themselves, and reminders of receipts: once, on their day, never published."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.accounts.models import OrganisationKind
from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.calendar import WorkCalendar
from ipfin.kernel.errors import BadInput
from ipfin.notices.models import Notice
from ipfin.reports.directory import IssueState
from ipfin.reports.models import DirectoryIssue, DirectorySchedule
from ipfin.reports.schedule import Frequency
from ipfin.reports.selection import IssueScope, RecipientChoice
from ipfin.reports.service import prepare_issue, recall_issue, withdraw_issue
from ipfin.reports.service.scheduling import period_due, plan_of, prepare_due, remind_unreceived, set_schedule
from tests.factories import Make

DUE = date(2026, 3, 5)
MAKER = Actor(user_id=1, name="甲", role=Role.CITY_OFFICER)
PLAIN_WEEK = WorkCalendar({}, 2026)


def monthly(session: Session, *, on: date = date(2026, 2, 20), remind: int = 5) -> DirectorySchedule:
    return set_schedule(
        session,
        MAKER,
        frequency=Frequency.MONTHLY,
        day=5,
        title="授权专利企业名录",
        scope=IssueScope(least=2),
        recipients=RecipientChoice(("bank",)),
        remind_after_days=remind,
        on=on,
    )


def issues(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(DirectoryIssue)) or 0


@pytest.mark.parametrize(("on", "period"), [(date(2026, 3, 4), None), (DUE, "2026-03")])
def test_the_draft_is_due_on_its_day(session: Session, on: date, period: str | None) -> None:
    monthly(session)
    assert period_due(session, on) == period


def test_a_draft_is_made_once_for_its_period_and_published_by_nobody(session: Session, make: Make) -> None:
    officer = make.officer()
    monthly(session)
    issue = prepare_due(session, "2026-03", on=DUE)
    assert issue is not None
    assert (issue.state, issue.period, issue.submitted_by_user_id) == (IssueState.DRAFT, "2026-03", None)
    assert issue.scope["least"] == 2
    assert issue.recipients["kinds"] == ["bank"]
    told = session.scalars(select(Notice).where(Notice.user_id == officer.id)).all()
    assert [notice.link for notice in told] == [f"/office/releases/{issue.number}"]
    assert prepare_due(session, "2026-03", on=DUE) is None
    withdraw_issue(session, MAKER, issue, reason="不需要")
    assert period_due(session, date(2026, 3, 30)) is None, "who gave it up is not asked again"
    assert period_due(session, date(2026, 4, 5)) == "2026-04"


def test_days_that_were_missed_are_made_up_by_one_draft(session: Session) -> None:
    monthly(session, on=date(2025, 10, 1))
    assert period_due(session, date(2026, 3, 20)) == "2026-03"
    assert prepare_due(session, "2026-03", on=date(2026, 3, 20)) is not None
    assert issues(session) == 1


def test_an_open_issue_is_waited_for(session: Session) -> None:
    by_hand = prepare_issue(session, MAKER, title="名录", on=date(2026, 3, 1))
    monthly(session)
    assert period_due(session, DUE) is None
    withdraw_issue(session, MAKER, by_hand, reason="重做")
    assert period_due(session, date(2026, 3, 9)) == "2026-03"


@pytest.mark.parametrize(("made_on", "period"), [(date(2026, 3, 4), "2026-03"), (DUE, None)])
def test_an_issue_made_by_hand_since_the_due_day_is_that_of_the_period(
    session: Session, make: Make, made_on: date, period: str | None
) -> None:
    monthly(session)
    make.issue(as_of=made_on)
    assert period_due(session, date(2026, 3, 10)) == period


def test_a_schedule_that_is_off_or_was_never_set_does_nothing(session: Session) -> None:
    assert period_due(session, DUE) is None
    assert plan_of(session, DUE).next_due is None
    monthly(session).frequency = Frequency.OFF
    assert period_due(session, DUE) is None


def test_a_new_day_counts_from_when_it_was_set_and_a_new_title_changes_nothing(session: Session) -> None:
    first = monthly(session)
    assert monthly(session, on=date(2026, 3, 6)).since == first.since == date(2026, 2, 20)
    for wrong in ({"title": " "}, {"remind_after_days": 61}, {"day": 29}):
        values = {
            "frequency": Frequency.MONTHLY, "day": 5, "title": "名录", "scope": IssueScope(),
            "recipients": RecipientChoice(), "remind_after_days": 5, "on": DUE,
        }  # fmt: skip
        with pytest.raises(BadInput):
            set_schedule(session, MAKER, **values | wrong)  # type: ignore[arg-type]


# --- Receipts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("on", "reminded"), [(date(2026, 3, 12), 0), (date(2026, 3, 13), 1)])
def test_a_missing_receipt_is_asked_for_after_its_term_and_once(
    session: Session, make: Make, on: date, reminded: int
) -> None:
    # 23:30 in UTC on the 4th is the 5th in China, a Thursday.
    delivery, banker = delivered(make, datetime(2026, 3, 4, 23, 30, tzinfo=UTC))
    assert remind_unreceived(session, PLAIN_WEEK, on=on) == reminded
    assert (delivery.reminded_at is not None) is bool(reminded)
    notices = session.scalars(select(Notice).where(Notice.user_id == banker.id)).all()
    assert len(notices) == reminded
    assert remind_unreceived(session, PLAIN_WEEK, on=date(2026, 4, 30)) == 1 - reminded


def delivered(make: Make, at: datetime):
    bank = make.organisation(OrganisationKind.BANK)
    banker = make.user(Role.BANK, organisation=bank)
    return make.delivery(organisation=bank, delivered_at=at), banker


def test_nobody_is_reminded_of_what_is_received_recalled_or_not_to_be_asked_for(
    session: Session, make: Make
) -> None:
    at = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)
    received, _banker = delivered(make, at)
    received.received_at = at
    recalled, _other = delivered(make, at)
    recall_issue(session, MAKER, recalled.issue, reason="数据有误")
    assert remind_unreceived(session, PLAIN_WEEK, on=date(2026, 4, 30)) == 0
    delivered(make, at)
    monthly(session, remind=0)
    assert remind_unreceived(session, PLAIN_WEEK, on=date(2026, 4, 30)) == 0
