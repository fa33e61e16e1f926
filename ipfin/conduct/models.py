"""The register of irregular filings and dishonesty (非正常申请与失信名册), as rows."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.conduct.rules import ConductCode, EndKind
from ipfin.db import Base, words
from ipfin.documents.models import Document
from ipfin.registry.models import Enterprise


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
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    ended_as: Mapped[EndKind | None] = mapped_column(words(EndKind))
    ended_by: Mapped[str] = mapped_column(String(200), default="", server_default="")
    proof_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))  # of what ended it
    enterprise: Mapped[Enterprise] = relationship()
    evidence_document: Mapped[Document | None] = relationship(foreign_keys=[evidence_id])
    proof_document: Mapped[Document | None] = relationship(foreign_keys=[proof_id])


class ConductRule(Base):
    """How long records without an end of their own count (期限规则): data of the office. Only added."""

    __tablename__ = "conduct_rule"
    __table_args__ = (
        CheckConstraint("months IS NULL OR months BETWEEN 1 AND 120", name="months_in_bounds"),
        CheckConstraint("basis <> ''", name="has_a_basis"),
        Index("ix_conduct_rule_code", "code", "valid_from"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[ConductCode] = mapped_column(words(ConductCode))
    months: Mapped[int | None]  # from the record's first day; None: until its authority lifts it
    basis: Mapped[str] = mapped_column(String(300))
    is_confirmed: Mapped[bool]  # held against the official text; else to be confirmed
    valid_from: Mapped[date]
    set_by_user_id: Mapped[int | None]
    set_by: Mapped[str] = mapped_column(String(200))
    set_at: Mapped[datetime]


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
