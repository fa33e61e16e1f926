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

_LIVE = text("state NOT IN ('rejected', 'lapsed', 'cancelled')")  # lifecycle.LIVING, as the database says it
_OWN_PHONE = text(
    "state NOT IN ('rejected', 'lapsed', 'cancelled') AND phone_key <> '' AND shared_phone_reason = ''"
)
_OFFERS = text("state = 'offered'")


class Registration(Base):
    """One organisation's sign-up for an event (报名): a firm, or an institution with its desks."""

    __tablename__ = "registration"
    __table_args__ = (
        CheckConstraint("(side = 'enterprise') = (enterprise_id IS NOT NULL)", name="firm_on_its_side"),
        CheckConstraint("(side = 'institution') = (organisation_id IS NOT NULL)", name="bank_on_its_side"),
        CheckConstraint("desks >= 0", name="desks_not_negative"),
        CheckConstraint("months BETWEEN 1 AND 360", name="months_range"),
        CheckConstraint("state <> 'offered' OR offered_until IS NOT NULL", name="offer_has_a_deadline"),
        CheckConstraint("state <> 'rejected' OR decision_reason <> ''", name="rejected_with_reason"),
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
        Index(
            "uq_registration_phone",
            "event_id",
            "phone_key",
            unique=True,
            sqlite_where=_OWN_PHONE,
            postgresql_where=_OWN_PHONE,
        ),
        Index("ix_registration_offers", "offered_until", sqlite_where=_OFFERS, postgresql_where=_OFFERS),
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
    contact_post: Mapped[str] = mapped_column(String(60), default="")
    phone_key: Mapped[str] = mapped_column(String(64), default="")  # keyed digest of the phone
    shared_phone_reason: Mapped[str] = mapped_column(String(200), default="")  # why two may share a phone
    second_name: Mapped[str] = mapped_column(String(60), default="")  # who comes along
    second_post: Mapped[str] = mapped_column(String(60), default="")
    decided_by: Mapped[str] = mapped_column(String(200), default="")  # who approved, rejected or took back
    decision_reason: Mapped[str] = mapped_column(String(300), default="")
    offered_until: Mapped[datetime | None]  # the end of the last offer; an instant before it is in time
    decided_at: Mapped[datetime | None]
    months: Mapped[int | None]  # for how long a firm needs the loan
    # Of an institution whose desks are not there all the time: the slots (from 0) without each of them.
    desk_absences: Mapped[list[Any]] = mapped_column(default=list)
    # Versions of what the house itself says. The state has none: it is moved under the event's lock.
    said_version: Mapped[int] = mapped_column(default=1)  # who comes, the need, the desks, the answers
    absences_version: Mapped[int] = mapped_column(default=1)
    enterprise: Mapped[Enterprise | None] = relationship()


class Substitution(Base):
    """Another person of the same house comes in place of the one named before (更换参会人)."""

    __tablename__ = "registration_substitution"
    __table_args__ = (CheckConstraint("name <> ''", name="has_a_name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), index=True)
    former_name: Mapped[str] = mapped_column(String(60))
    former_post: Mapped[str] = mapped_column(String(60), default="")
    name: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(String(300), default="")
    replaced_by: Mapped[str] = mapped_column(String(200))  # who wrote it down
    replaced_at: Mapped[datetime]
