"""How sheets of a run stand under other weights. Missing rows mean "not examined", never 0."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.db import Base, words
from ipfin.whitelist.models.runs import ScoreRun, ScoreSheet
from ipfin.whitelist.scoring import Grade


class RobustnessRun(Base):
    """One score run under other weights (稳健性检验): how the weights were drawn, and what was found."""

    __tablename__ = "robustness_run"
    __table_args__ = (
        CheckConstraint("draws > 0 AND kappa > 0 AND seed >= 0", name="how_it_was_drawn"),
        CheckConstraint("edge_count <= rated_count", name="edge_is_rated"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("score_run.id"), unique=True)
    draws: Mapped[int]
    seed: Mapped[int]
    kappa: Mapped[int]
    cut: Mapped[int]  # the length of the list
    rated_count: Mapped[int]
    edge_count: Mapped[int]
    found: Mapped[dict[str, Any]]  # robustness.summary: bands, tau_b, panel
    numpy_version: Mapped[str] = mapped_column(String(20))
    computed_by: Mapped[str] = mapped_column(String(200))
    computed_at: Mapped[datetime]
    seconds_ms: Mapped[int]
    run: Mapped[ScoreRun] = relationship()


class SheetRobustness(Base):
    """One sheet of it. Shares are basis points of the draws, rounded down; None where not rated."""

    __tablename__ = "sheet_robustness"
    __table_args__ = (
        CheckConstraint("grade_holds_bp BETWEEN 0 AND 10000", name="holds_range"),
        CheckConstraint("grade_holds_uniform_bp BETWEEN 0 AND 10000", name="holds_uniform_range"),
        CheckConstraint("in_list_bp BETWEEN 0 AND 10000", name="in_list_range"),
    )
    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheet.id"), primary_key=True)
    robustness_run_id: Mapped[int] = mapped_column(ForeignKey("robustness_run.id"), index=True)
    grade_holds_bp: Mapped[int | None]
    grade_holds_uniform_bp: Mapped[int | None]
    in_list_bp: Mapped[int | None]
    is_edge: Mapped[bool]
    low_grade: Mapped[Grade] = mapped_column(words(Grade))  # everything unknown at 0 points
    high_grade: Mapped[Grade] = mapped_column(words(Grade))  # everything unknown at 100 points
    without: Mapped[dict[str, Any]]  # block -> grade without it
    sheet: Mapped[ScoreSheet] = relationship(back_populates="robustness")
