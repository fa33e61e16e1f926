"""What a participant looks for, and how much each criterion of a suggestion weighs, as rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ipfin.db import Base, words
from ipfin.events.suggestions import Criterion
from ipfin.kernel.money import Fen


class MeetingPreference(Base):
    """What one participant of an event looks for (洽谈偏好): an institution's limits, a firm's term."""

    __tablename__ = "meeting_preference"
    __table_args__ = (
        CheckConstraint("amount_to_fen >= amount_from_fen", name="amount_range"),
        CheckConstraint("months_to >= months_from", name="months_range"),
        CheckConstraint("least_patents >= 0", name="patents_not_negative"),
    )
    registration_id: Mapped[int] = mapped_column(ForeignKey("registration.id"), primary_key=True)
    months: Mapped[int | None]  # a firm's: for how long it needs the loan
    amount_from_fen: Mapped[Fen | None]
    amount_to_fen: Mapped[Fen | None]
    months_from: Mapped[int | None]
    months_to: Mapped[int | None]
    industries: Mapped[list[Any]] = mapped_column(default=list)  # beginnings of codes, GB/T 4754
    counties: Mapped[list[Any]] = mapped_column(default=list)  # codes of divisions
    kinds: Mapped[list[Any]] = mapped_column(default=list)  # IpKind
    least_grade: Mapped[str] = mapped_column(String(1), default="")
    only_listed: Mapped[bool] = mapped_column(default=False)
    least_patents: Mapped[int] = mapped_column(default=0)
    said_by: Mapped[str] = mapped_column(String(200))
    said_at: Mapped[datetime]


class SuggestionWeight(Base):
    """How much one criterion weighs in suggestions, as the office changed it (撮合权重)."""

    __tablename__ = "suggestion_weight"
    __table_args__ = (CheckConstraint("points BETWEEN 0 AND 100", name="points_range"),)
    criterion: Mapped[Criterion] = mapped_column(words(Criterion), primary_key=True)
    points: Mapped[int]
    set_by: Mapped[str] = mapped_column(String(200))
    set_at: Mapped[datetime]
