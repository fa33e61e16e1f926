"""Who came to an event, and the codes on badges, as rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ipfin.db import Base, words
from ipfin.events.attendance import How, Mark

_STANDS = text("undone_at IS NULL")


class Attendance(Base):
    """One mark at the door (签到记录): came, comes late, did not come. A mark taken back keeps its row."""

    __tablename__ = "attendance"
    __table_args__ = (
        CheckConstraint("(mark = 'late') = (late_slot IS NOT NULL)", name="late_from_a_slot"),
        CheckConstraint("late_slot IS NULL OR late_slot >= 0", name="late_slot_not_negative"),
        CheckConstraint("mark = 'present' OR companion_name = ''", name="companion_of_who_came"),
        CheckConstraint("(undone_at IS NULL) = (undone_reason = '')", name="undone_with_reason"),
        # Two stewards who scan the same badge at once make one row.
        Index(
            "uq_attendance_standing",
            "registration_id",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        Index("ix_attendance_event", "event_id", "id"),
        Index("ix_attendance_registration", "registration_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    mark: Mapped[Mark] = mapped_column(words(Mark))
    late_slot: Mapped[int | None]  # from 0: the first slot in which a late participant is there
    how: Mapped[How] = mapped_column(words(How))
    marked_at: Mapped[datetime]
    marked_by: Mapped[str] = mapped_column(String(200))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(String(200), default="")
    undone_reason: Mapped[str] = mapped_column(String(300), default="")
    companion_name: Mapped[str] = mapped_column(String(60), default="")  # who came along; empty: nobody seen


class CheckInCode(Base):
    """What stands on a participant's badge (签到码): its number, and a token that only the paper knows.

    The token is sealed, so that the badge can be printed again, and found by its digest. The digest of the
    phone's last four digits has a key: without it the ten thousand possible endings tell nothing.
    """

    __tablename__ = "check_in_code"
    __table_args__ = (
        UniqueConstraint("event_id", "number"),
        Index("ix_check_in_code_tail", "event_id", "tail_digest"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), unique=True)
    number: Mapped[int]  # of the badge, from 1 in each event
    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    token_sealed: Mapped[str] = mapped_column(String(300))  # see accounts.sealing
    tail_digest: Mapped[str] = mapped_column(String(64), default="")
    contact_digest: Mapped[str] = mapped_column(
        String(64)
    )  # of the sealed phone that the tail was taken from
