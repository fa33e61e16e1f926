"""Requests for correction, what was done with them, and their proofs, as rows.

A request keeps what stood there when the firm contested it and what an acceptance replaced, so that it is
the dated source of the corrected fact. Acts are only added.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.corrections.items import DECLARED_ITEMS, Item
from ipfin.corrections.rules import Progress, RequestState
from ipfin.db import Base, words
from ipfin.documents.models import Document
from ipfin.registry.models import Enterprise

_OPEN = text("state IN ('submitted', 'referred', 'needs_more')")


class CorrectionRequest(Base):
    """A firm's request that something about it be corrected (更正申请). One open request per item.

    `patent` is the application number that it is about, empty where it is about none; `ground` the refusal
    ground of a pledge, empty where it is about none.
    """

    __tablename__ = "correction_request"
    __table_args__ = (
        CheckConstraint(
            "(state IN ('accepted', 'refused')) = (decided_at IS NOT NULL)", name="decided_with_its_time"
        ),
        CheckConstraint("decided_at IS NULL OR conclusion <> ''", name="decided_with_reason"),
        CheckConstraint("(state = 'needs_more') = (paused_on IS NOT NULL)", name="paused_while_asked"),
        CheckConstraint("due_on >= filed_on", name="due_after_filing"),
        Index(
            "uq_correction_request_open",
            "enterprise_id",
            "item",
            "patent",
            "ground",
            unique=True,
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        Index("ix_correction_request_enterprise_id", "enterprise_id", "id"),
        Index("ix_correction_request_queue", "state", "due_on", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True)  # random, stands in addresses
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    item: Mapped[Item] = mapped_column(words(Item))
    patent: Mapped[str] = mapped_column(String(20), default="")
    stood: Mapped[str] = mapped_column(String(300), default="")  # what stood there when it was filed
    wanted: Mapped[str] = mapped_column(String(300))  # as `items.wanted_value` keeps it
    reason: Mapped[str] = mapped_column(String(1000))
    state: Mapped[RequestState] = mapped_column(words(RequestState))
    filed_on: Mapped[date]
    due_on: Mapped[date]  # the last day in time
    was_referred: Mapped[bool] = mapped_column(default=False)
    paused_on: Mapped[date | None]  # since when the firm is asked for more
    filed_by_user_id: Mapped[int | None]
    filed_by: Mapped[str] = mapped_column(String(200))
    filed_at: Mapped[datetime]
    conclusion: Mapped[str] = mapped_column(String(1000), default="")
    applied: Mapped[dict[str, Any] | None]  # what an acceptance wrote and what it replaced
    decided_by_user_id: Mapped[int | None]
    decided_by: Mapped[str] = mapped_column(String(200), default="")
    decided_at: Mapped[datetime | None]
    ground: Mapped[str] = mapped_column(String(4), default="", server_default="")  # a PledgeFlag
    enterprise: Mapped[Enterprise] = relationship()

    @property
    def contests(self) -> bool:
        """Whether it contests what stands there; where nothing stood, the firm declares a figure."""
        return self.stood != "" or self.item not in DECLARED_ITEMS

    @property
    def progress(self) -> Progress:
        """What of the request moves."""
        return Progress(self.state, self.filed_on, self.due_on, self.was_referred, self.paused_on)


class CorrectionAct(Base):
    """Something that was done with a request (办理记录): only added."""

    __tablename__ = "correction_act"
    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("correction_request.id"), index=True)
    state: Mapped[RequestState] = mapped_column(words(RequestState))  # the state it led to
    note: Mapped[str] = mapped_column(String(1000), default="")
    by_user_id: Mapped[int | None]
    by: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]


class CorrectionProof(Base):
    """A document by which a firm proves its request (证明材料)."""

    __tablename__ = "correction_proof"
    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("correction_request.id"), index=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"))
    document: Mapped[Document] = relationship()
