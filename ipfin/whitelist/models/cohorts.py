"""The measure that firms are held against: frozen, numbered, dated, and changed by two persons."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from ipfin.db import Base, words
from ipfin.whitelist.rebasing import ReferenceState

_WAITING = text("state = 'proposed'")


class CohortReference(Base):
    """One version of the cohorts (同类参照), as counted on a day; a row never changes its content."""

    __tablename__ = "cohort_reference"
    __table_args__ = (
        # The first version is the one that the first score run made; every later one needs two persons.
        CheckConstraint(
            "state <> 'approved' OR version = 1 OR (proposed_by_user_id IS NOT NULL"
            " AND approved_by_user_id IS NOT NULL AND approved_by_user_id <> proposed_by_user_id)",
            name="two_persons",
        ),
        CheckConstraint("(state = 'approved') = (approved_at IS NOT NULL)", name="approved_at_a_moment"),
        CheckConstraint("patents_count >= 0 AND cells_count >= 0", name="counts_not_negative"),
        Index(
            "uq_cohort_reference_waiting",
            "state",
            unique=True,
            sqlite_where=_WAITING,
            postgresql_where=_WAITING,
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(unique=True)
    state: Mapped[ReferenceState] = mapped_column(words(ReferenceState))
    data_as_of: Mapped[date]
    patents_count: Mapped[int]  # held by firms; designs too, though they belong to no cohort
    cells_count: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(LongText)  # cohorts.Cohorts.as_bytes
    reason: Mapped[str] = mapped_column(String(300), default="")
    proposed_by_user_id: Mapped[int | None]
    proposed_by: Mapped[str] = mapped_column(String(200))
    proposed_at: Mapped[datetime]
    approved_by_user_id: Mapped[int | None]
    approved_by: Mapped[str] = mapped_column(String(200), default="")
    approved_at: Mapped[datetime | None]
    decision_note: Mapped[str] = mapped_column(String(500), default="")
