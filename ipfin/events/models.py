"""Events, registrations, wishes and timetables, as rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.db import Base, words
from ipfin.events.lifecycle import EventKind, EventState, RegistrationState, Side, TimetableState
from ipfin.kernel.money import Fen
from ipfin.registry.models import Enterprise

_LIVE = text("state <> 'cancelled'")


class Event(Base):
    """A meeting that the office holds (活动): when, where, for whom, and its grid of talks."""

    __tablename__ = "event"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_later"),
        CheckConstraint("slot_count BETWEEN 0 AND 60", name="slot_range"),
        CheckConstraint("slot_minutes BETWEEN 5 AND 240", name="slot_length"),
        CheckConstraint("enterprise_seats >= 0 AND institution_seats >= 0", name="seats_not_negative"),
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
    __mapper_args__ = {"version_id_col": lock_version}


class Registration(Base):
    """One organisation's sign-up for an event (报名): a firm, or an institution with its desks."""

    __tablename__ = "registration"
    __table_args__ = (
        CheckConstraint("(side = 'enterprise') = (enterprise_id IS NOT NULL)", name="firm_on_its_side"),
        CheckConstraint("(side = 'institution') = (organisation_id IS NOT NULL)", name="bank_on_its_side"),
        CheckConstraint("desks >= 0", name="desks_not_negative"),
        Index(
            "uq_registration_enterprise",
            "event_id",
            "enterprise_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index(
            "uq_registration_organisation",
            "event_id",
            "organisation_id",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index("ix_registration_queue", "event_id", "side", "state", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)  # order of arrival
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    side: Mapped[Side] = mapped_column(words(Side))
    state: Mapped[RegistrationState] = mapped_column(words(RegistrationState))
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    display_name: Mapped[str] = mapped_column(String(200))
    contact_name: Mapped[str] = mapped_column(String(60), default="")
    contact_sealed: Mapped[str] = mapped_column(String(300), default="")  # phone, encrypted
    need: Mapped[str] = mapped_column(String(500), default="")
    amount_fen: Mapped[Fen | None]  # wished for, not contracted, not disbursed
    desks: Mapped[int] = mapped_column(default=0)
    absent_slots: Mapped[list[Any]] = mapped_column(default=list)  # slot numbers from 0
    registered_by: Mapped[str] = mapped_column(String(200))
    registered_at: Mapped[datetime]
    enterprise: Mapped[Enterprise | None] = relationship()


class Wish(Base):
    """One side asks to meet the other (会谈意愿), or refuses to."""

    __tablename__ = "wish"
    __table_args__ = (
        UniqueConstraint("from_registration_id", "to_registration_id"),
        CheckConstraint("strength BETWEEN 0 AND 3", name="strength_range"),  # 0 refuses
        CheckConstraint("from_registration_id <> to_registration_id", name="not_oneself"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    from_registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    to_registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    strength: Mapped[int]
    wished_at: Mapped[datetime]


class EventTimetable(Base):
    """One timetable of an event (排期) with its certificate; the published one holds."""

    __tablename__ = "event_timetable"
    __table_args__ = (
        UniqueConstraint("event_id", "number"),
        CheckConstraint("value <= bound", name="value_within_bound"),
        Index(
            "uq_event_timetable_published",
            "event_id",
            unique=True,
            sqlite_where=text("state = 'published'"),
            postgresql_where=text("state = 'published'"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    number: Mapped[int]
    state: Mapped[TimetableState] = mapped_column(words(TimetableState))
    value: Mapped[int]
    bound: Mapped[int]
    certificate: Mapped[dict[str, Any]]
    inputs_hash: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    meetings: Mapped[list[Meeting]] = relationship(back_populates="timetable")


class Meeting(Base):
    """One talk (会谈): a firm at an institution's desk in a slot."""

    __tablename__ = "meeting"
    __table_args__ = (
        UniqueConstraint("timetable_id", "enterprise_registration_id", "slot"),
        UniqueConstraint("timetable_id", "slot", "desk"),
        UniqueConstraint("timetable_id", "enterprise_registration_id", "institution_registration_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    timetable_id: Mapped[int] = mapped_column(ForeignKey("event_timetable.id"))
    enterprise_registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    institution_registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    slot: Mapped[int]  # from 0
    desk: Mapped[int]  # number on the table, from 1
    is_locked: Mapped[bool] = mapped_column(default=False)
    timetable: Mapped[EventTimetable] = relationship(back_populates="meetings")
    enterprise_registration: Mapped[Registration] = relationship(foreign_keys=[enterprise_registration_id])
    institution_registration: Mapped[Registration] = relationship(foreign_keys=[institution_registration_id])
