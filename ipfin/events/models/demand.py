"""What the office demands of a timetable beside the wishes, as rows: least numbers, and orders."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.db import Base
from ipfin.events.models.registration import Registration


class MeetingMinimum(Base):
    """How many meetings one participant should get at least (最低场次), other than the event's own rule."""

    __tablename__ = "meeting_minimum"
    __table_args__ = (CheckConstraint("least >= 0", name="least_not_negative"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), unique=True)
    least: Mapped[int]  # 0: none, whatever the event asks for everybody
    set_by: Mapped[str] = mapped_column(String(200))
    set_at: Mapped[datetime]
    lock_version: Mapped[int] = mapped_column(default=1)
    registration: Mapped[Registration] = relationship()
    __mapper_args__ = {"version_id_col": lock_version}


class MeetingOrder(Base):
    """One meeting is held before another, if both are held (先后要求).

    It holds while both pairs agree; of a pair that no longer does nothing is planned.
    """

    __tablename__ = "meeting_order"
    __table_args__ = (
        UniqueConstraint(
            "earlier_firm_id",
            "earlier_house_id",
            "later_firm_id",
            "later_house_id",
            name="uq_meeting_order_once",
        ),
        CheckConstraint(
            "earlier_firm_id <> later_firm_id OR earlier_house_id <> later_house_id", name="two_meetings"
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"), index=True)
    earlier_firm_id: Mapped[int] = mapped_column(ForeignKey("registration.id"))
    earlier_house_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    later_firm_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    later_house_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    reason: Mapped[str] = mapped_column(String(300), default="")
    set_by: Mapped[str] = mapped_column(String(200))
    set_at: Mapped[datetime]
    lock_version: Mapped[int] = mapped_column(default=1)
    earlier_firm: Mapped[Registration] = relationship(foreign_keys=[earlier_firm_id])
    earlier_house: Mapped[Registration] = relationship(foreign_keys=[earlier_house_id])
    later_firm: Mapped[Registration] = relationship(foreign_keys=[later_firm_id])
    later_house: Mapped[Registration] = relationship(foreign_keys=[later_house_id])
    __mapper_args__ = {"version_id_col": lock_version}
