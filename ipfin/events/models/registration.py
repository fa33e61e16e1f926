"""Registrations, as rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.db import Base, words
from ipfin.events.lifecycle import RegistrationState, Side
from ipfin.kernel.money import Fen
from ipfin.registry.models import Enterprise

_LIVE = text("state <> 'cancelled'")


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
