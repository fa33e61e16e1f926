"""Scorecards, as the very bytes that scored."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String, UniqueConstraint
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column

from ipfin.db import Base


class ScorecardVersion(Base):
    """One version of a scorecard (评分卡), the very bytes that scored."""

    __tablename__ = "scorecard_version"
    __table_args__ = (UniqueConstraint("card_id", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    card_id: Mapped[str] = mapped_column(String(80))
    version: Mapped[str] = mapped_column(String(20))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    source_text: Mapped[str] = mapped_column(LongText)  # TOML as activated
    activated_on: Mapped[date]
    activated_by: Mapped[str] = mapped_column(String(200))
