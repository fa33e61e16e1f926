"""Timetables and their meetings, as rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.db import Base, words
from ipfin.events.lifecycle import TimetableState
from ipfin.events.models.registration import Registration


class EventTimetable(Base):
    """One timetable of an event (排期) with its certificate; the published one holds."""

    __tablename__ = "event_timetable"
    __table_args__ = (
        UniqueConstraint("event_id", "number"),
        CheckConstraint("value <= bound", name="value_within_bound"),
        CheckConstraint("base_number < number", name="base_is_earlier"),
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
    base_number: Mapped[int | None]  # the timetable of the event whose rest of the day it re-plans
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
