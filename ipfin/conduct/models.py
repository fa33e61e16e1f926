"""The register of irregular filings and dishonesty (非正常申请与失信名册), as rows."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ipfin.conduct.rules import ConductCode
from ipfin.db import Base, words


class ConductRecord(Base):
    """One dated reason that keeps an enterprise off the whitelist, with source and evidence."""

    __tablename__ = "conduct_record"
    __table_args__ = (
        CheckConstraint("expires_on IS NULL OR expires_on > effective_on", name="expires_later"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    code: Mapped[ConductCode] = mapped_column(words(ConductCode))
    source: Mapped[str] = mapped_column(String(200))
    evidence: Mapped[str] = mapped_column(String(300), default="")
    effective_on: Mapped[date]
    expires_on: Mapped[date | None]  # first day on which it no longer counts
    withdrawn_on: Mapped[date | None]
    withdrawn_reason: Mapped[str] = mapped_column(String(300), default="")
    recorded_by: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime]
    # Number of the case, decision or application; with firm, code and first day it names the record.
    reference: Mapped[str] = mapped_column(String(120), default="", server_default="")
    as_of: Mapped[date | None]  # the day of the list that told it last
    # The list that brought it; None for records that came otherwise.
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)


class RegisterConsultation(Base):
    """A look into a register of misconduct (名册查询): which, by whom, on which day, for whom. Only added."""

    __tablename__ = "register_consultation"
    __table_args__ = (
        CheckConstraint("register <> '' AND covers <> ''", name="says_what_was_read"),
        Index("ix_register_consultation_code", "code", "consulted_on"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[ConductCode] = mapped_column(words(ConductCode))
    register: Mapped[str] = mapped_column(String(200))  # the website, list or letter that was read
    covers: Mapped[str] = mapped_column(String(300))  # whom was looked for
    consulted_on: Mapped[date]
    consulted_by_user_id: Mapped[int | None]
    consulted_by: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime]
