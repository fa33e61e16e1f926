"""What prepares an event, as rows: its short link, when whom to remind, what was reminded of."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ipfin.db import Base, words
from ipfin.events.reminding import Reminder


class EventShortLink(Base):
    """The short link of an event (短链接), given when it is published for the first time and kept since."""

    __tablename__ = "event_short_link"
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), unique=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)  # see events.short_codes
    made_at: Mapped[datetime]


class EventReminderPlan(Base):
    """When whom to remind of an event (提醒计划), where the office changed the usual."""

    __tablename__ = "event_reminder_plan"
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), unique=True)
    closing_days: Mapped[list[Any]] = mapped_column(default=list)  # days before registration closes
    wishes_days: Mapped[list[Any]] = mapped_column(default=list)  # days before `wishes_until`
    coming_days: Mapped[list[Any]] = mapped_column(default=list)  # days before the event
    wishes_until: Mapped[date | None]  # None: as reckoned, see events.reminding
    changed_by: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime]
    lock_version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": lock_version}


class EventReminder(Base):
    """A reminder that was sent (已发提醒): once for each day that it counts from.

    An event that moves to another day has other reminders; one that moves by an hour has not.
    """

    __tablename__ = "event_reminder"
    __table_args__ = (
        UniqueConstraint("event_id", "kind", "days", "counts_to", name="uq_event_reminder_once"),
        CheckConstraint("days >= 1", name="days_before"),
        CheckConstraint("told >= 0", name="told_not_negative"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    kind: Mapped[Reminder] = mapped_column(words(Reminder))
    days: Mapped[int]  # before `counts_to`
    counts_to: Mapped[date]
    told: Mapped[int]  # organisations
    sent_at: Mapped[datetime]
