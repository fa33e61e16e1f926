"""Meetings that the office proposes, and agreed ones that it fixes to a slot, as rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.db import Base
from ipfin.events.models.registration import Registration

_STANDS = text("withdrawn_at IS NULL")


class MeetingProposal(Base):
    """The office proposes that two sides meet (撮合提议), with a reason that both read.

    What they answer are their own wishes; nothing of the answers stands here.
    """

    __tablename__ = "meeting_proposal"
    __table_args__ = (
        CheckConstraint("enterprise_registration_id <> institution_registration_id", name="two_sides"),
        Index(
            "uq_meeting_proposal_standing",
            "enterprise_registration_id",
            "institution_registration_id",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    enterprise_registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    institution_registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    reason: Mapped[str] = mapped_column(String(300))
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    enterprise_registration: Mapped[Registration] = relationship(foreign_keys=[enterprise_registration_id])
    institution_registration: Mapped[Registration] = relationship(foreign_keys=[institution_registration_id])


class FixedMeeting(Base):
    """A meeting of a pair that agreed, fixed to a slot and perhaps a desk, or a must-have in any (指定洽谈).

    It holds while both agree: once one side refuses it is left out like any other pair.
    """

    __tablename__ = "fixed_meeting"
    __table_args__ = (
        UniqueConstraint(
            "enterprise_registration_id", "institution_registration_id", name="uq_fixed_meeting_pair"
        ),
        CheckConstraint("slot >= 0", name="slot_from_nought"),
        CheckConstraint("desk >= 1", name="desk_from_one"),
        CheckConstraint("slot IS NOT NULL OR desk IS NULL", name="desk_needs_slot"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    enterprise_registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    institution_registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    slot: Mapped[int | None]  # from 0; None: any, but the meeting comes before the value of all others
    desk: Mapped[int | None]  # number on the table, from 1; None: any
    reason: Mapped[str] = mapped_column(String(300), default="")
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    enterprise_registration: Mapped[Registration] = relationship(foreign_keys=[enterprise_registration_id])
    institution_registration: Mapped[Registration] = relationship(foreign_keys=[institution_registration_id])
