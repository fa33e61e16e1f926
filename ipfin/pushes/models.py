"""Pushes of institutions and their rows, with what was answered on the day. Answers are never rewritten."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.accounts.models import Organisation
from ipfin.db import Base, words
from ipfin.pushes.answers import LineState, Match
from ipfin.registry.models import Enterprise
from ipfin.whitelist.scoring import Grade


class CandidatePush(Base):
    """One push of an institution (推送): who asked, when, about how many firms. Only added."""

    __tablename__ = "candidate_push"
    __table_args__ = (
        CheckConstraint("rows_count > 0 AND found_count <= rows_count", name="counts_add_up"),
        Index("ix_candidate_push_day", "organisation_id", "made_on"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    note: Mapped[str] = mapped_column(String(200))
    made_on: Mapped[date]
    made_by_user_id: Mapped[int | None]
    made_by: Mapped[str] = mapped_column(String(200))
    made_at: Mapped[datetime]
    rows_count: Mapped[int]
    found_count: Mapped[int]
    looked_on: Mapped[date | None]  # when the register of irregular filings was last looked into by then
    organisation: Mapped[Organisation] = relationship()


class PushLine(Base):
    """One row of a push: what was sent, which firm it is, what was answered, what the office did."""

    __tablename__ = "candidate_push_line"
    __table_args__ = (
        UniqueConstraint("push_id", "row_number"),
        CheckConstraint("(enterprise_id IS NULL) = (state = 'nothing')", name="found_is_handled"),
        CheckConstraint(
            "(state IN ('confirmed', 'declined')) = (decided_at IS NOT NULL)", name="decided_with_its_time"
        ),
        Index("ix_candidate_push_line_queue", "state", "push_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    push_id: Mapped[int] = mapped_column(ForeignKey("candidate_push.id"))
    row_number: Mapped[int]
    said: Mapped[str] = mapped_column(String(200))
    match: Mapped[Match] = mapped_column(words(Match))
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"), index=True)
    valid_count: Mapped[int | None]
    invention_count: Mapped[int | None]
    is_admitted: Mapped[bool | None]
    grade: Mapped[Grade | None] = mapped_column(words(Grade))
    is_irregular: Mapped[bool | None]
    state: Mapped[LineState] = mapped_column(words(LineState))
    decided_by_user_id: Mapped[int | None]
    decided_by: Mapped[str] = mapped_column(String(200), default="")
    decided_at: Mapped[datetime | None]
    decided_reason: Mapped[str] = mapped_column(String(300), default="")
    push: Mapped[CandidatePush] = relationship()
    enterprise: Mapped[Enterprise | None] = relationship()
