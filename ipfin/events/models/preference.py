"""What an institution looks for, and how much each criterion of a suggestion weighs, as rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ipfin.db import Base
from ipfin.kernel.money import Fen


class MeetingPreference(Base):
    """What one institution at an event looks for (洽谈偏好)."""

    __tablename__ = "meeting_preference"
    __table_args__ = (
        CheckConstraint("amount_to_fen >= amount_from_fen", name="amount_range"),
        CheckConstraint("months_to >= months_from", name="months_range"),
        CheckConstraint("least_patents >= 0", name="patents_not_negative"),
    )
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    amount_from_fen: Mapped[Fen | None]
    amount_to_fen: Mapped[Fen | None]
    months_from: Mapped[int | None]
    months_to: Mapped[int | None]
    industries: Mapped[list[Any]] = mapped_column(default=list)  # sections and divisions of GB/T 4754
    counties: Mapped[list[Any]] = mapped_column(default=list)  # codes of divisions
    kinds: Mapped[list[Any]] = mapped_column(default=list)  # IpKind
    least_grade: Mapped[str] = mapped_column(String(1), default="")
    only_listed: Mapped[bool] = mapped_column(default=False)
    least_patents: Mapped[int] = mapped_column(default=0)
    said_by: Mapped[str] = mapped_column(String(200))
    said_at: Mapped[datetime]
    lock_version: Mapped[int] = mapped_column(default=1)
    __mapper_args__ = {"version_id_col": lock_version}


class SuggestionWeights(Base):
    """A version of the weights of suggestions (撮合权重); the highest number holds. Only added."""

    __tablename__ = "suggestion_weights"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("reason <> ''", name="has_a_reason"),
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    points: Mapped[dict[str, Any]]  # Criterion -> points, together 100
    reason: Mapped[str] = mapped_column(String(300))
    set_by: Mapped[str] = mapped_column(String(200))
    set_at: Mapped[datetime]
