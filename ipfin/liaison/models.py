"""Contacts of firms and visits to them, as rows. Phones and mail addresses are sealed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.db import Base, words
from ipfin.liaison.contacts import ContactSource
from ipfin.registry.models import Enterprise

_FROM_SOMETHING = text("origin <> '' AND voided_at IS NULL")


class EnterpriseContact(Base):
    """A person to call at a firm (企业联系人). Taken out, the row is gone: it is personal data.

    The main contact is the one last named as such, so two firms can be merged without asking whose is.
    """

    __tablename__ = "enterprise_contact"
    __table_args__ = (
        CheckConstraint("name <> ''", name="has_a_name"),
        CheckConstraint("phone_sealed <> '' OR mail_sealed <> ''", name="can_be_reached"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    post: Mapped[str] = mapped_column(String(60), default="")
    phone_sealed: Mapped[str] = mapped_column(String(300), default="")  # see accounts.sealing
    mail_sealed: Mapped[str] = mapped_column(String(300), default="")
    main_since: Mapped[datetime | None]  # when it was named the main contact
    source: Mapped[ContactSource] = mapped_column(words(ContactSource))  # who wrote it last
    recorded_by: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime]  # of the last change


class EnterpriseVisit(Base):
    """One visit of the office to a firm (入企服务记录), with what is to follow."""

    __tablename__ = "enterprise_visit"
    __table_args__ = (
        CheckConstraint("(follow_up = '') = (follow_up_due IS NULL)", name="follow_up_has_a_day"),
        CheckConstraint("done_on IS NULL OR follow_up_due IS NOT NULL", name="done_was_open"),
        CheckConstraint("(voided_at IS NULL) = (void_reason = '')", name="voided_with_reason"),
        # Whatever a visit was written down from, it was written down from it once.
        Index(
            "uq_enterprise_visit_origin",
            "origin",
            unique=True,
            sqlite_where=_FROM_SOMETHING,
            postgresql_where=_FROM_SOMETHING,
        ),
        Index("ix_enterprise_visit_firm", "enterprise_id", "visited_on", "id"),
        Index("ix_enterprise_visit_day", "visited_on", "id"),
        Index("ix_enterprise_visit_due", "done_on", "follow_up_due"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    visited_on: Mapped[date]
    officers: Mapped[str] = mapped_column(String(300))
    persons: Mapped[str] = mapped_column(String(300), default="")
    topics: Mapped[str] = mapped_column(String(1000))
    needs: Mapped[str] = mapped_column(String(1000), default="")
    follow_up: Mapped[str] = mapped_column(String(300), default="")
    follow_up_due: Mapped[date | None]  # the last day in time
    done_on: Mapped[date | None]
    done_note: Mapped[str] = mapped_column(String(300), default="")
    done_by: Mapped[str] = mapped_column(String(200), default="")
    recorded_by_user_id: Mapped[int | None]
    recorded_by: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime]  # of the first writing; changes stand in the audit log
    voided_at: Mapped[datetime | None]  # written by mistake; kept, no longer listed
    void_reason: Mapped[str] = mapped_column(String(300), default="")
    origin: Mapped[str] = mapped_column(String(60), default="")  # "registration:17"; empty: written by hand
    enterprise: Mapped[Enterprise] = relationship()
