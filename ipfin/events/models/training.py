"""Trainings that were attended, as rows: whether an event counts as one, and who was there."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from ipfin.db import Base

_STANDS = text("revoked_at IS NULL")


class EventTraining(Base):
    """Whether an event gives training records, and for how many hours (学时), where the office said so."""

    __tablename__ = "event_training"
    __table_args__ = (CheckConstraint("hours_tenths BETWEEN 5 AND 800", name="hours_range"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), unique=True)
    gives_records: Mapped[bool]
    hours_tenths: Mapped[int]  # tenths of an hour
    changed_by: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime]
    lock_version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": lock_version}


class TrainingRecord(Base):
    """Somebody attended an event (培训记录): as it was on that day, whatever is renamed later.

    Of each person of a registration at most one stands: whom it names, and who came along. A record that was
    revoked stays; whoever made it again by intent made another one, with its own number.
    """

    __tablename__ = "training_record"
    __table_args__ = (
        CheckConstraint("(enterprise_id IS NULL) <> (organisation_id IS NULL)", name="one_house"),
        CheckConstraint("hours_tenths BETWEEN 5 AND 800", name="hours_range"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_reason = '')", name="revoked_with_reason"),
        CheckConstraint("replaces_id IS NULL OR replaces_id < id", name="replaces_an_older"),
        Index("ix_training_record_held_on", "held_on", "id"),
        Index("ix_training_record_registration_id", "registration_id", "id"),
        Index(
            "uq_training_record_standing",
            "registration_id",
            "is_companion",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    holder: Mapped[str] = mapped_column(String(200))  # the firm or institution, as it was called
    person_name: Mapped[str] = mapped_column(String(60))
    event_title: Mapped[str] = mapped_column(String(200))
    held_on: Mapped[date]
    hours_tenths: Mapped[int]
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str] = mapped_column(String(200), default="")
    revoked_reason: Mapped[str] = mapped_column(String(300), default="")
    is_companion: Mapped[bool] = mapped_column(default=False)  # of who came along, not of whom it names
    # The revoked record of the same person that this one was made instead of.
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("training_record.id"), unique=True)
