"""Pairs of enterprises that may be one, and the merges of them, as rows."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.db import Base, words
from ipfin.registry.lifecycle import MatchState
from ipfin.registry.resolution.assessment import Outcome, Tier

if TYPE_CHECKING:
    from ipfin.registry.models import Enterprise


class MatchKey(Base):
    """A key under which an enterprise is compared with others (分组键); made anew by every search."""

    __tablename__ = "match_key"
    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), primary_key=True, index=True)


class MatchCandidate(Base):
    """Two enterprises that may be one legal person (归并候选), why, and what a person said of it."""

    __tablename__ = "match_candidate"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="in_order"),
        CheckConstraint("state = 'open' OR reason <> ''", name="decided_with_reason"),
        Index("ix_match_candidate_queue", "state", "priority", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    second_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    state: Mapped[MatchState] = mapped_column(words(MatchState))
    outcome: Mapped[Outcome] = mapped_column(words(Outcome))  # identity or review; never separate
    tier: Mapped[Tier] = mapped_column(words(Tier))
    bits_e2: Mapped[int]  # sum of log2(m/u), hundredths of a bit
    priority: Mapped[int]  # place in the queue: identities first, then by bits
    features: Mapped[list[Any]] = mapped_column(default=list)  # assessment.Weighed.as_json each
    weights_version: Mapped[str] = mapped_column(String(20))
    found_at: Mapped[datetime]
    decided_by_user_id: Mapped[int | None]
    decided_by: Mapped[str] = mapped_column(String(200), default="")
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(300), default="")
    first: Mapped[Enterprise] = relationship(foreign_keys=[first_id])
    second: Mapped[Enterprise] = relationship(foreign_keys=[second_id])


_STANDING = text("undone_at IS NULL")


class EnterpriseMerge(Base):
    """One enterprise taken for another (归并), as an edge that can be taken back.

    The row that was merged away stays as it was; only what `moved` names points to the other one.
    """

    __tablename__ = "enterprise_merge"
    __table_args__ = (
        CheckConstraint("from_id <> into_id", name="two_enterprises"),
        CheckConstraint("reason <> ''", name="has_a_reason"),
        CheckConstraint("(undone_at IS NULL) = (undone_reason = '')", name="undone_with_reason"),
        Index(
            "uq_enterprise_merge_standing",
            "from_id",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    into_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    candidate_id: Mapped[int] = mapped_column(ForeignKey("match_candidate.id"), index=True)
    moved: Mapped[dict[str, Any]] = mapped_column(default=dict)  # ids by table: applicants, facts
    reason: Mapped[str] = mapped_column(String(300))
    merged_by_user_id: Mapped[int | None]
    merged_by: Mapped[str] = mapped_column(String(200))
    merged_at: Mapped[datetime]
    undone_by_user_id: Mapped[int | None]
    undone_by: Mapped[str] = mapped_column(String(200), default="")
    undone_at: Mapped[datetime | None]
    undone_reason: Mapped[str] = mapped_column(String(300), default="")
    merged: Mapped[Enterprise] = relationship(foreign_keys=[from_id])
    survivor: Mapped[Enterprise] = relationship(foreign_keys=[into_id])
    candidate: Mapped[MatchCandidate] = relationship()
