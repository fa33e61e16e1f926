"""Firms that the office asked to come, as rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.db import Base
from ipfin.registry.models import Enterprise


class EventInvitation(Base):
    """The office asked a firm to an event (活动邀请), once. That it comes is told by its registration."""

    __tablename__ = "event_invitation"
    __table_args__ = (
        UniqueConstraint("event_id", "enterprise_id", name="uq_event_invitation_once"),
        CheckConstraint("(declined_at IS NULL) = (declined_by = '')", name="declined_by_somebody"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    invited_by: Mapped[str] = mapped_column(String(200))
    invited_at: Mapped[datetime]
    was_told: Mapped[bool]  # the firm has people with an account; else somebody must call
    declined_at: Mapped[datetime | None]
    declined_by: Mapped[str] = mapped_column(String(200), default="")
    declined_reason: Mapped[str] = mapped_column(String(300), default="")
    enterprise: Mapped[Enterprise] = relationship()
