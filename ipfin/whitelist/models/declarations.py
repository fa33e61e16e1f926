"""Requests of the office that a firm declare an indicator, as rows."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.db import Base
from ipfin.registry.models import Enterprise
from ipfin.whitelist.declarations import Ask

_STANDS = text("withdrawn_on IS NULL")


class DeclarationRequest(Base):
    """A request that a firm declare one indicator by a day (申报要求). One standing request per indicator.

    `answered_on` is the day on which the firm handed its declaration in; none again when that was refused
    or taken back.
    """

    __tablename__ = "declaration_request"
    __table_args__ = (
        CheckConstraint("due_on > asked_on", name="due_after_asking"),
        CheckConstraint("withdrawn_on IS NULL OR withdrawn_on >= asked_on", name="withdrawn_after_asking"),
        Index(
            "uq_declaration_request_standing",
            "enterprise_id",
            "code",
            unique=True,
            sqlite_where=_STANDS,
            postgresql_where=_STANDS,
        ),
        Index("ix_declaration_request_enterprise_id", "enterprise_id", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    code: Mapped[str] = mapped_column(String(8))  # of the indicator
    asked_on: Mapped[date]
    due_on: Mapped[date]  # the last day in time
    answered_on: Mapped[date | None]
    withdrawn_on: Mapped[date | None]
    asked_by_user_id: Mapped[int | None]
    asked_by: Mapped[str] = mapped_column(String(200))
    asked_at: Mapped[datetime]
    enterprise: Mapped[Enterprise] = relationship()

    @property
    def ask(self) -> Ask:
        """What of the request decides."""
        return Ask(self.due_on, self.answered_on, self.withdrawn_on)
