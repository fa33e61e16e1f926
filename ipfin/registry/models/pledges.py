"""Pledges of patents as they were registered, as rows."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ipfin.db import Base
from ipfin.kernel.money import Fen


class PatentPledge(Base):
    """One registration of a pledge over one patent (质押登记); what no list told is empty, not over."""

    __tablename__ = "patent_pledge"
    __table_args__ = (
        UniqueConstraint("patent_id", "registration_number"),
        CheckConstraint("registration_number <> ''", name="has_a_number"),
        CheckConstraint(
            "released_on IS NULL OR registered_on IS NULL OR released_on >= registered_on",
            name="released_later",
        ),
        CheckConstraint("amount_fen IS NULL OR amount_fen > 0", name="amount_positive"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    patent_id: Mapped[int] = mapped_column(ForeignKey("patent.id"), index=True)
    registration_number: Mapped[str] = mapped_column(String(60))  # as Y2026980000001
    pledgor: Mapped[str] = mapped_column(String(300), default="")  # 出质人, as the list writes it
    pledgee: Mapped[str] = mapped_column(String(300), default="")  # 质权人, as the list writes it
    registered_on: Mapped[date | None]
    released_on: Mapped[date | None]  # first day without the pledge
    amount_fen: Mapped[Fen | None]  # registered amount (质押登记金额); neither contracted nor disbursed
    source: Mapped[str] = mapped_column(String(120), default="")
    as_of: Mapped[date]  # the day of the list that told it last
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"), index=True)
    # Column -> ISO day of the list that told it last, where that is another day than `as_of`.
    told_on: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
