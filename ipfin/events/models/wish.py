"""Wishes, as rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ipfin.db import Base, words
from ipfin.events.wishes import DayPart


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
    is_request: Mapped[bool] = mapped_column(default=False)  # asked first; an answer is none
    part: Mapped[DayPart] = mapped_column(words(DayPart), default=DayPart.ANY)
