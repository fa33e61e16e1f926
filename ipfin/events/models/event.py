"""Events and their programme, as rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from ipfin.db import Base, words
from ipfin.events.eligibility import Criteria
from ipfin.events.lifecycle import ApprovalMode, EventKind, EventState


class Event(Base):
    """A meeting that the office holds (活动): when, where, for whom, and its grid of talks."""

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_later"),
        CheckConstraint("slot_count BETWEEN 0 AND 60", name="slot_range"),
        CheckConstraint("slot_minutes BETWEEN 5 AND 240", name="slot_length"),
        CheckConstraint("enterprise_seats >= 0 AND institution_seats >= 0", name="seats_not_negative"),
        CheckConstraint(
            "enterprise_requests >= 0 AND institution_requests >= 0", name="requests_not_negative"
        ),
        CheckConstraint("reply_hours BETWEEN 0 AND 336", name="reply_range"),
        CheckConstraint("desks_per_institution BETWEEN 1 AND 20", name="desks_of_one"),
        CheckConstraint("persons_per_institution BETWEEN 1 AND 20", name="persons_of_one"),
        CheckConstraint("meetings_per_institution >= 0", name="meetings_of_one"),
        CheckConstraint("least_per_enterprise >= 0 AND least_per_institution >= 0", name="least_of_one"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True)
    kind: Mapped[EventKind] = mapped_column(words(EventKind))
    state: Mapped[EventState] = mapped_column(words(EventState), index=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(LongText, default="")
    venue: Mapped[str] = mapped_column(String(200))
    contact: Mapped[str] = mapped_column(String(200), default="")  # the office's own, public
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    registration_closes_on: Mapped[date]  # last day
    enterprise_seats: Mapped[int]
    institution_seats: Mapped[int]
    talks_start_at: Mapped[datetime]
    slot_minutes: Mapped[int]
    slot_count: Mapped[int]
    desk_count: Mapped[int]  # tables in the room
    meetings_per_enterprise: Mapped[int] = mapped_column(default=4)
    is_synthetic: Mapped[bool] = mapped_column(default=False)
    created_by: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    lock_version: Mapped[int] = mapped_column(default=1)
    approval: Mapped[ApprovalMode] = mapped_column(words(ApprovalMode), default=ApprovalMode.NONE)
    reply_hours: Mapped[int] = mapped_column(default=0)  # 0: a freed seat is confirmed at once
    breaks: Mapped[list[Any]] = mapped_column(default=list)  # slot numbers from 0 in which nobody meets
    hall: Mapped[str] = mapped_column(String(120), default="")  # which room of the venue
    directions: Mapped[str] = mapped_column(LongText, default="")  # how to get there, where to park
    desks_per_institution: Mapped[int] = mapped_column(default=20)
    persons_per_institution: Mapped[int] = mapped_column(default=20)
    meetings_per_institution: Mapped[int] = mapped_column(default=0)  # 0: as many as fit
    least_grade: Mapped[str] = mapped_column(String(10), default="")  # empty: any firm
    counties: Mapped[list[Any]] = mapped_column(default=list)  # codes; empty: any
    industries: Mapped[list[Any]] = mapped_column(default=list)  # sections and divisions; empty: any
    asking: Mapped[list[Any]]  # who may ask whom: cells of `asking.EVERYBODY`
    enterprise_requests: Mapped[int] = mapped_column(default=0)  # how many each firm may ask; 0: no limit
    institution_requests: Mapped[int] = mapped_column(default=0)
    least_per_enterprise: Mapped[int] = mapped_column(default=0)  # talks, as far as both sides agreed
    least_per_institution: Mapped[int] = mapped_column(default=0)
    __mapper_args__ = {"version_id_col": lock_version}

    @property
    def place(self) -> str:
        """The venue and the room in it, as one line says it."""
        return f"{self.venue} {self.hall}".strip()

    @property
    def criteria(self) -> Criteria:
        """Which firms may sign up."""
        return Criteria(self.least_grade, tuple(self.counties), tuple(self.industries))


class ProgrammeLine(Base):
    """One item of an event's programme (议程): from when to when, what, by whom, where."""

    __tablename__ = "event_programme_line"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_later"),
        CheckConstraint("title <> ''", name="has_a_title"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    title: Mapped[str] = mapped_column(String(200))
    speaker: Mapped[str] = mapped_column(String(200), default="")  # who leads or speaks
    place: Mapped[str] = mapped_column(String(120), default="")  # empty: where the event is
    lock_version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": lock_version}
