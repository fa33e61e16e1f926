"""What came of meetings, as rows: each side's word, later steps, minutes, the opinions of those who came."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.db import Base, words
from ipfin.events.lifecycle import Side
from ipfin.events.models.registration import Registration
from ipfin.events.results import Interest, Stage
from ipfin.kernel.money import Fen


class MeetingResult(Base):
    """What one side says of its meeting with another (洽谈成果).

    It belongs to the two registrations, not to a row of a timetable: a new plan moves meetings, and what
    was said of them stays. A pair meets once a timetable (`uq` of `Meeting`, and the checker's own rule), so
    that no second meeting can overwrite what was said of the first.
    """

    __tablename__ = "meeting_result"
    __table_args__ = (
        UniqueConstraint(
            "enterprise_registration_id",
            "institution_registration_id",
            "side",
            name="uq_meeting_result_pair_side",
        ),
        CheckConstraint("amount_fen IS NULL OR amount_fen > 0", name="amount_positive"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    enterprise_registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    institution_registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    side: Mapped[Side] = mapped_column(words(Side))  # who says it
    interest: Mapped[Interest] = mapped_column(words(Interest))
    amount_fen: Mapped[Fen | None]  # talked about: neither granted nor disbursed
    product: Mapped[str] = mapped_column(String(100), default="")
    next_step: Mapped[str] = mapped_column(String(300), default="")
    responsible: Mapped[str] = mapped_column(String(60), default="")
    due_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(300), default="")
    said_by: Mapped[str] = mapped_column(String(200))
    said_at: Mapped[datetime]
    lock_version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": lock_version}


class MeetingFollowUp(Base):
    """A later step of a meeting (落地进展): written once, withdrawn where wrong, never changed."""

    __tablename__ = "meeting_follow_up"
    __table_args__ = (
        CheckConstraint("(stage = 'ended') = (amount_fen IS NULL)", name="amount_unless_ended"),
        CheckConstraint("amount_fen IS NULL OR amount_fen > 0", name="amount_positive"),
        CheckConstraint("stage <> 'ended' OR reason <> ''", name="ended_with_reason"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason = '')", name="withdrawn_with_reason"),
        Index("ix_meeting_follow_up_pair", "enterprise_registration_id", "institution_registration_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    enterprise_registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    institution_registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    stage: Mapped[Stage] = mapped_column(words(Stage))
    happened_on: Mapped[date]
    amount_fen: Mapped[Fen | None]  # granted, disbursed or insured, as the stage says
    is_first_loan: Mapped[bool] = mapped_column(default=False)
    reference: Mapped[str] = mapped_column(String(100), default="")  # number of a contract, demand or case
    reason: Mapped[str] = mapped_column(String(300), default="")
    said_by_side: Mapped[Side | None] = mapped_column(words(Side))  # None: the office
    said_by: Mapped[str] = mapped_column(String(200))
    said_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]  # it was wrong; kept, no longer counted
    withdrawn_by: Mapped[str] = mapped_column(String(200), default="")
    withdrawn_reason: Mapped[str] = mapped_column(String(300), default="")


class EventFeedback(Base):
    """What a participant thought of an event (满意度反馈), one to five points each."""

    __tablename__ = "event_feedback"
    __table_args__ = (
        CheckConstraint("organisation_points BETWEEN 1 AND 5", name="organisation_range"),
        CheckConstraint("timetable_points BETWEEN 1 AND 5", name="timetable_range"),
        CheckConstraint("use_points BETWEEN 1 AND 5", name="use_range"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), unique=True)
    organisation_points: Mapped[int]
    timetable_points: Mapped[int]
    use_points: Mapped[int]
    would_return: Mapped[bool]
    comment: Mapped[str] = mapped_column(String(500), default="")
    said_by: Mapped[str] = mapped_column(String(200))
    said_at: Mapped[datetime]
    lock_version: Mapped[int] = mapped_column(default=1)
    registration: Mapped[Registration] = relationship()
    __mapper_args__ = {"version_id_col": lock_version}


class EventMinutes(Base):
    """The minutes of an event (会议纪要), in the office's words."""

    __tablename__ = "event_minutes"
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), unique=True)
    body: Mapped[str] = mapped_column(LongText)
    written_by: Mapped[str] = mapped_column(String(200))
    written_at: Mapped[datetime]
    lock_version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": lock_version}
