"""Messages to people, as rows: the inbox and the outbox. Written in the transaction, mailed after it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from ipfin.db import Base


class Notice(Base):
    """One message in one person's inbox (站内通知). The key makes a second telling impossible."""

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("user_id", "event_key"),
        Index("ix_notice_inbox", "user_id", "read_at", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    event_key: Mapped[str] = mapped_column(String(120))  # "release:3:delivered"
    subject: Mapped[dict[str, Any]]  # Text.as_json
    body: Mapped[dict[str, Any]]  # Text.as_json
    link: Mapped[str] = mapped_column(String(300), default="")  # a path of ours, never an address
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class OutboxMail(Base):
    """A mail that must go out once (发件箱). The worker leases it, sends it, marks it."""

    __tablename__ = "outbox_mail"
    __table_args__ = (Index("ix_outbox_mail_unsent", "sent_at", "lease_until"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(LongText)
    created_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(String(300), default="")
    sent_at: Mapped[datetime | None]
