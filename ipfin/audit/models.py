"""The audit log's rows. Written by `audit.service.record` only; the database refuses update and delete."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ipfin.db import Base


class AuditEntry(Base):
    """One thing that happened (审计记录), chained to the one before by its hash."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        CheckConstraint("id > 0", name="sequence_positive"),
        CheckConstraint("length(hash) = 64", name="hash_length"),
        Index("ix_audit_entry_timeline", "subject", "id"),
    )
    # Gapless, given out by `record`: the database's own sequences may leave holes.
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_user_id: Mapped[int | None] = mapped_column(index=True)
    actor_name: Mapped[str] = mapped_column(String(200))
    actor_role: Mapped[str] = mapped_column(String(40))
    organisation_id: Mapped[int | None] = mapped_column(index=True)
    action: Mapped[str] = mapped_column(String(80), index=True)
    # "enterprise:7"; what a timeline is asked for.
    subject: Mapped[str] = mapped_column(String(120))
    # Canonical JSON text, as hashed: a JSON column would be re-spelt by the database.
    detail: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(String(64), default="")
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64), unique=True)


class AuditHead(Base):
    """How long the chain is and where it ends: without it a cut tail would not be missed."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="single_row"),)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    length: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
