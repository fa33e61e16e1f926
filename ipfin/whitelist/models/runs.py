"""Score runs and score sheets.

A decided number is stored and never recomputed: a new computation is a new row. Points are kept as
whole ten-thousandths (`_e4`), so that no float stands between the scorecard and the list.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    CheckConstraint,
    Dialect,
    ForeignKey,
    LargeBinary,
    String,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.db import Base, words
from ipfin.registry.models import Enterprise
from ipfin.whitelist.models.cards import ScorecardVersion
from ipfin.whitelist.models.cohorts import CohortReference
from ipfin.whitelist.packing import pack, unpack
from ipfin.whitelist.scoring import Grade

if TYPE_CHECKING:
    from ipfin.whitelist.models.robustness import SheetRobustness


class SheetText(TypeDecorator[str]):
    """A sheet's canonical JSON: packed in the table, plain to everybody who reads or writes the column."""

    impl = LongText
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Pack on the way in."""
        return None if value is None else pack(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Unpack on the way out."""
        return None if value is None else unpack(value)


class ScoreRun(Base):
    """All firms scored with one card on one day's data (评分批次)."""

    __tablename__ = "score_run"
    id: Mapped[int] = mapped_column(primary_key=True)
    card_version_id: Mapped[int] = mapped_column(ForeignKey("scorecard_version.id"))
    data_as_of: Mapped[date]
    firms_count: Mapped[int]
    grade_counts: Mapped[dict[str, Any]]  # grade -> firms; sums to firms_count
    inputs_hash: Mapped[str] = mapped_column(String(64))
    # indicator -> the median of its points over the firms of the run, as text (explain.peer_medians)
    peer_medians: Mapped[dict[str, Any]] = mapped_column(default=dict)
    run_by: Mapped[str] = mapped_column(String(200))
    run_at: Mapped[datetime]
    seconds_ms: Mapped[int]
    # The measure that was used; None for runs from before it was kept.
    cohort_reference_id: Mapped[int | None] = mapped_column(ForeignKey("cohort_reference.id"))
    # The run whose other sheets this one has as they stand; None for a run of everybody.
    base_run_id: Mapped[int | None] = mapped_column(ForeignKey("score_run.id"))
    rescored_count: Mapped[int | None]  # firms scored in this very run; None for runs from before it was kept
    card_version: Mapped[ScorecardVersion] = relationship()
    cohort_reference: Mapped[CohortReference | None] = relationship()


class ScoreSheet(Base):
    """One firm's score in one run, whole: indicators, points, reasons, hashes (评分表)."""

    __tablename__ = "score_sheet"
    __table_args__ = (
        UniqueConstraint("run_id", "enterprise_id"),
        CheckConstraint("low_e4 <= graded_e4 AND graded_e4 <= high_e4", name="interval_holds_score"),
        CheckConstraint("coverage_bp BETWEEN 0 AND 10000", name="coverage_range"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("score_run.id"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    grade: Mapped[Grade] = mapped_column(words(Grade))
    score_e4: Mapped[int]  # S, over what is known
    graded_e4: Mapped[int]  # S_g, what rank and grade use
    low_e4: Mapped[int]
    high_e4: Mapped[int]
    coverage_bp: Mapped[int]
    body: Mapped[str] = mapped_column(SheetText)  # the sheet's canonical JSON bytes, kept packed
    # What the sheet adds to its run (`service.tally.gist_of`); None for sheets from before it was kept.
    gist: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    run: Mapped[ScoreRun] = relationship()
    enterprise: Mapped[Enterprise] = relationship()
    robustness: Mapped[SheetRobustness | None] = relationship(back_populates="sheet", uselist=False)
