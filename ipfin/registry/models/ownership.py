"""Who held a patent before, what was settled by a person, and where two sources disagree, as rows.

Who holds a patent now stands in `PatentApplicant`. What follows from two statements is decided in
`registry.ownership`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.db import Base, words
from ipfin.registry.fact_kinds import FactSource
from ipfin.registry.ownership import ConflictState

if TYPE_CHECKING:
    from ipfin.registry.models import Applicant, Enterprise, ImportBatch, Patent

_ONE_SUBJECT = "(patent_id IS NULL) <> (enterprise_id IS NULL)"


class PastHolding(Base):
    """A time in which an applicant held a patent, and that is over (历任权利人)."""

    __tablename__ = "past_holding"
    __table_args__ = (CheckConstraint("since IS NULL OR until >= since", name="in_order"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    patent_id: Mapped[int] = mapped_column(ForeignKey("patent.id", ondelete="CASCADE"), index=True)
    applicant_id: Mapped[int] = mapped_column(ForeignKey("applicant.id"), index=True)
    position: Mapped[int]
    since: Mapped[date | None]  # day of the first list that names it; None where nobody kept it
    told_on: Mapped[date | None]  # day of the last list that named it
    until: Mapped[date]  # first day on which another one is known to hold the patent
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"))  # the list that began it
    evidence: Mapped[str] = mapped_column(String(300), default="")  # what began it, where no list did
    ended_by_batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    ended_evidence: Mapped[str] = mapped_column(String(300), default="")
    applicant: Mapped[Applicant] = relationship()
    batch: Mapped[ImportBatch | None] = relationship(foreign_keys=[batch_id])
    ended_by_batch: Mapped[ImportBatch | None] = relationship(foreign_keys=[ended_by_batch_id])


class SettledFact(Base):
    """A value that a person settled with a proof: no list overwrites it, a later one goes to review.

    The value itself stands where it always stands; this says who settled it, of which day and why.
    """

    __tablename__ = "settled_fact"
    __table_args__ = (
        CheckConstraint(_ONE_SUBJECT, name="one_subject"),
        CheckConstraint("evidence <> ''", name="has_evidence"),
        Index("ix_settled_fact_patent", "patent_id", "field"),
        Index("ix_settled_fact_enterprise", "enterprise_id", "field"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    patent_id: Mapped[int | None] = mapped_column(ForeignKey("patent.id", ondelete="CASCADE"))
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id", ondelete="CASCADE"))
    field: Mapped[str] = mapped_column(String(40))  # `holders`, a column of Enterprise or a FactKind
    source: Mapped[FactSource] = mapped_column(words(FactSource))  # correction or office
    as_of: Mapped[date]
    evidence: Mapped[str] = mapped_column(String(300))
    recorded_by: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime]
    # The conflict whose decision made it, and the one whose decision took the list's value instead.
    conflict_id: Mapped[int | None] = mapped_column(ForeignKey("source_conflict.id"), index=True)
    ended_by_conflict_id: Mapped[int | None] = mapped_column(ForeignKey("source_conflict.id"), index=True)


class SourceConflict(Base):
    """Two sources that disagree about one value (来源不一致), side by side, and what a person said of it.

    `held` is what stood when the list came, `told` what the list says: value, source, day, evidence.
    """

    __tablename__ = "source_conflict"
    __table_args__ = (
        CheckConstraint(_ONE_SUBJECT, name="one_subject"),
        CheckConstraint("state IN ('open', 'superseded') OR reason <> ''", name="decided_with_reason"),
        Index("ix_source_conflict_queue", "state", "id"),
        Index("ix_source_conflict_patent", "patent_id", "state"),
        Index("ix_source_conflict_enterprise", "enterprise_id", "field"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    patent_id: Mapped[int | None] = mapped_column(ForeignKey("patent.id", ondelete="CASCADE"))
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id", ondelete="CASCADE"))
    field: Mapped[str] = mapped_column(String(40))
    state: Mapped[ConflictState] = mapped_column(words(ConflictState))
    held: Mapped[dict[str, Any]]
    told: Mapped[dict[str, Any]]
    is_settled: Mapped[bool]  # what stood was settled by a person: an accepted correction or a decision
    takes_effect: Mapped[bool]  # whether the list's value holds while nobody has decided
    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"), index=True)
    row_number: Mapped[int]
    found_at: Mapped[datetime]
    superseded_by_batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)
    decided_by_user_id: Mapped[int | None]
    decided_by: Mapped[str] = mapped_column(String(200), default="")
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(300), default="")
    patent: Mapped[Patent | None] = relationship()
    enterprise: Mapped[Enterprise | None] = relationship()
    batch: Mapped[ImportBatch] = relationship(foreign_keys=[batch_id])
