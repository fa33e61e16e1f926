"""Short links and reminders: given once, sent once, never stale."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from ipfin.accounts.models import OrganisationKind
from ipfin.config import Settings
from ipfin.db import begin_writing
from ipfin.events.lifecycle import EventState, RegistrationState, Side
from ipfin.events.models import Event, EventReminder, EventShortLink
from ipfin.events.queries.reminders import events_to_remind_of
from ipfin.events.queries.short_links import event_by_short_code, short_code_of
from ipfin.events.reminding import Reminder, ReminderPlan
from ipfin.events.service import (
    cancel_event,
    close_event,
    details_of,
    edit_event,
    publish_event,
    reopen_event,
    save_reminder_plan,
    send_reminders,
)
from ipfin.kernel.actor import SYSTEM, Role
from ipfin.kernel.errors import Conflict, NotFound
from ipfin.notices.models import Notice, OutboxMail
from ipfin.worker.database import at, unit_of_work_on
from ipfin.worker.event_jobs import send_due_reminders
from tests.factories import Make

HOUSE = Settings(
    env="test",
    secret_key="secret of the event tests",
    public_url="https://ipfin.test",
    mail_server="mail.test",
)
EVE = datetime(2026, 4, 15, 1, tzinfo=UTC)  # nine o'clock in China, a day before the event of the factory


def told(session: Session) -> list[str]:
    """Return the keys of all notices without the number of the event."""
    keys = session.scalars(select(Notice.event_key).order_by(Notice.id)).all()
    return [key.split(":", 2)[2] for key in keys]


def a_firm(make: Make, event: Event, **overrides: object) -> None:
    """Register a new firm with one person."""
    row = make.registration(event, contact_name="王芳", **overrides)
    account = make.organisation(OrganisationKind.ENTERPRISE, enterprise=row.enterprise)
    make.user(Role.ENTERPRISE, organisation=account)


def test_an_event_has_its_short_link_from_its_publication_on_and_keeps_it(
    session: Session, make: Make
) -> None:
    event = make.event(state=EventState.DRAFT)
    assert short_code_of(session, event.id) == ""
    publish_event(session, SYSTEM, event)
    code = short_code_of(session, event.id)
    close_event(session, SYSTEM, event)
    reopen_event(session, SYSTEM, event)
    assert session.scalar(select(func.count()).select_from(EventShortLink)) == 1
    assert event_by_short_code(session, code.upper()).id == event.id
    cancel_event(session, SYSTEM, event, reason="样例理由", settings=HOUSE)
    assert event_by_short_code(session, code).id == event.id, "its page says that it was called off"
    for typed in ("", "zzzzzz" if code != "zzzzzz" else "xxxxxx"):
        with pytest.raises(NotFound):
            event_by_short_code(session, typed)


def test_the_confirmed_are_reminded_once_with_all_they_need(session: Session, make: Make) -> None:
    event = make.event(contact="促进科 0372-0000000")
    a_firm(make, event)
    a_firm(make, event, state=RegistrationState.WAITLISTED)
    assert events_to_remind_of(session, EVE - timedelta(minutes=1)) == [event.id], "of three days before"
    assert events_to_remind_of(session, EVE) == [event.id]
    assert send_reminders(session, event.id, now=EVE, settings=HOUSE) == 1
    assert events_to_remind_of(session, EVE) == []
    assert send_reminders(session, event.id, now=EVE + timedelta(hours=1), settings=HOUSE) == 0
    assert told(session) == ["remind:coming:1:20260416"]
    (mail,) = session.scalars(select(OutboxMail))
    for shown in (
        "2026-04-16 09:00",
        "样例会议中心一楼",
        "促进科 0372-0000000",
        "王芳",
        f"https://ipfin.test/events/{event.public_id}.ics",
    ):
        assert shown in mail.body


def test_who_wished_is_not_asked_for_wishes(session: Session, make: Make) -> None:
    event = make.event()
    a_firm(make, event)
    wished = make.registration(event)
    make.wish(wished, make.registration(event, Side.INSTITUTION))
    now = datetime(2026, 4, 12, 1, tzinfo=UTC)
    send_reminders(session, event.id, now=now, settings=HOUSE)
    (row,) = session.scalars(select(EventReminder))
    assert (row.kind, row.days, row.counts_to, row.told) == (Reminder.WISHES, 2, date(2026, 4, 14), 2)


def test_an_event_that_is_called_off_or_moved_sends_nothing_stale(session: Session, make: Make) -> None:
    event = make.event(slot_count=0)
    a_firm(make, event)
    details = details_of(event)
    later = timedelta(days=7)
    details = type(details)(
        **{
            **{name: getattr(details, name) for name in details.__dataclass_fields__},
            "starts_at": details.starts_at + later,
            "ends_at": details.ends_at + later,
            "talks_start_at": details.talks_start_at + later,
            "slot_count": 0,
            "kind": "briefing",
        }
    )
    edit_event(session, SYSTEM, event, details, settings=HOUSE)
    assert events_to_remind_of(session, EVE) == []
    assert send_reminders(session, event.id, now=EVE, settings=HOUSE) == 0
    assert send_reminders(session, event.id, now=EVE + later, settings=HOUSE) == 1
    assert "2026-04-23 09:00" in str(session.scalars(select(Notice.body).order_by(Notice.id.desc())).first())
    other = make.event()
    a_firm(make, other)
    cancel_event(session, SYSTEM, other, reason="样例理由", settings=HOUSE)
    assert send_reminders(session, other.id, now=EVE, settings=HOUSE) == 0


def test_the_offices_plan_holds_and_two_changes_at_once_are_told(session: Session, make: Make) -> None:
    event = make.event()
    a_firm(make, event)
    save_reminder_plan(session, SYSTEM, event, ReminderPlan((), (), (5,)), version=0, now=EVE)
    with pytest.raises(Conflict):
        save_reminder_plan(session, SYSTEM, event, ReminderPlan(), version=0, now=EVE)
    assert events_to_remind_of(session, datetime(2026, 4, 11, 0, 59, tzinfo=UTC)) == []
    assert events_to_remind_of(session, datetime(2026, 4, 11, 1, tzinfo=UTC)) == [event.id]


def test_two_workers_send_a_reminder_once(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with Session(engine) as session:
        begin_writing(session)
        make = Make(session)
        event = make.event()
        a_firm(make, event)
        session.commit()
    monkeypatch.setattr("ipfin.worker.event_jobs.now_utc", lambda: EVE)
    counts: list[int] = []

    def turn() -> None:
        with at(HOUSE, engine):
            counts.append(send_due_reminders())

    workers = [Thread(target=turn) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(counts) == [0, 1]
    with unit_of_work_on(engine)() as session:
        assert told(session) == ["remind:coming:1:20260416"]
        assert session.scalar(select(func.count()).select_from(EventReminder)) == 1
