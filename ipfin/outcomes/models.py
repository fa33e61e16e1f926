"""Outcomes of financing, as rows: written once, withdrawn where wrong, never changed."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.db import Base, words
from ipfin.outcomes.rules import OutcomeKind
from ipfin.registry.models import Enterprise


class FinancingOutcome(Base):
    """One thing that became of a firm's financing (融资结果), with source and evidence."""

    __tablename__ = "financing_outcome"
    __table_args__ = (
        CheckConstraint("source <> ''", name="has_a_source"),
        CheckConstraint(
            "kind NOT IN ('overdue90', 'compensated') OR evidence <> ''", name="bad_with_evidence"
        ),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason = '')", name="withdrawn_with_reason"),
        Index("ix_financing_outcome_firm", "enterprise_id", "happened_on", "id"),
        Index("ix_financing_outcome_day", "happened_on", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    kind: Mapped[OutcomeKind] = mapped_column(words(OutcomeKind))
    happened_on: Mapped[date]
    source: Mapped[str] = mapped_column(String(200))
    evidence: Mapped[str] = mapped_column(String(300), default="")
    entered_by_user_id: Mapped[int | None]
    entered_by: Mapped[str] = mapped_column(String(200))
    entered_at: Mapped[datetime]
    # The list that brought it; None for what was written by hand.
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    withdrawn_at: Mapped[datetime | None]  # it was wrong; kept, no longer counted
    withdrawn_by: Mapped[str] = mapped_column(String(200), default="")
    withdrawn_reason: Mapped[str] = mapped_column(String(300), default="")
    enterprise: Mapped[Enterprise] = relationship()
