"""What lists tell of patents beside their state: pledges as they were registered, as rows."""

from __future__ import annotations

from datetime import date

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
    # Whether the patent bears the flag because of this; a flag of another source is never taken off.
    sets_flag: Mapped[bool] = mapped_column(default=False)
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"), index=True)
