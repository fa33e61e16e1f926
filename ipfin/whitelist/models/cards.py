"""Scorecards, as the very bytes that scored; the acts that put them in force; the drafts before that."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy import Text as LongText
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.db import Base, words
from ipfin.whitelist.activation import ActivationKind, DraftState
from ipfin.whitelist.scorecard import Scenario
from ipfin.whitelist.scoring import Grade

_FOUNDED = text("kind = 'founded'")


class ScorecardVersion(Base):
    """One version of a scorecard (评分卡), the very bytes that score; a row never changes."""

    __tablename__ = "scorecard_version"
    __table_args__ = (UniqueConstraint("card_id", "version"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    card_id: Mapped[str] = mapped_column(String(80))
    version: Mapped[str] = mapped_column(String(20))
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    source_text: Mapped[str] = mapped_column(LongText)  # TOML as approved
    scenario: Mapped[Scenario] = mapped_column(
        words(Scenario), default=Scenario.WHITELIST, server_default=Scenario.WHITELIST.value
    )


class CardDraft(Base):
    """A card that is being written (评分卡草稿); its text may have faults until it is submitted."""

    __tablename__ = "card_draft"
    __table_args__ = (
        CheckConstraint(
            "state NOT IN ('submitted', 'approved')"
            " OR (submitted_by_user_id IS NOT NULL AND submitted_sha256 <> '')",
            name="submitted_by_somebody",
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[DraftState] = mapped_column(words(DraftState))
    text: Mapped[str] = mapped_column(LongText)
    base_version_id: Mapped[int | None] = mapped_column(ForeignKey("scorecard_version.id"))
    author_user_id: Mapped[int | None]
    author: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    saved_by_user_id: Mapped[int | None]
    saved_by: Mapped[str] = mapped_column(String(200))
    saved_at: Mapped[datetime]
    submitted_by_user_id: Mapped[int | None]
    submitted_by: Mapped[str] = mapped_column(String(200), default="")
    submitted_at: Mapped[datetime | None]
    submitted_sha256: Mapped[str] = mapped_column(String(64), default="")  # of the card that was submitted
    reason: Mapped[str] = mapped_column(String(300), default="")  # why the card is to change
    decision_note: Mapped[str] = mapped_column(String(300), default="")
    lock_version: Mapped[int] = mapped_column(default=1)  # forms carry it
    base_version: Mapped[ScorecardVersion | None] = relationship()
    __mapper_args__ = {"version_id_col": lock_version}


class CardSimulation(Base):
    """What a draft would change, tried on the last score run (评分卡模拟); only its note may change.

    `found` names firms by their ids, which stay with the record that they were about.
    """

    __tablename__ = "card_simulation"
    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("card_draft.id"), index=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("score_run.id"))
    card_sha256: Mapped[str] = mapped_column(String(64))  # of the draft as it was then
    minimum_grade: Mapped[Grade] = mapped_column(words(Grade))
    found: Mapped[dict[str, Any]]  # simulation.simulate
    digest: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(500), default="")  # what the submitter says of its concerns
    computed_by: Mapped[str] = mapped_column(String(200))
    computed_at: Mapped[datetime]
    draft: Mapped[CardDraft] = relationship()


class CardActivation(Base):
    """A version put in force from a day on (启用记录); of acts whose day has come the latest counts.

    A row never changes but to be taken back before its day.
    """

    __tablename__ = "card_activation"
    __table_args__ = (
        CheckConstraint(
            "kind <> 'approved' OR (submitted_by_user_id IS NOT NULL AND approved_by_user_id IS NOT NULL"
            " AND approved_by_user_id <> submitted_by_user_id)",
            name="two_persons",
        ),
        CheckConstraint("(withdrawn_on IS NULL) = (withdrawn_reason = '')", name="withdrawn_with_reason"),
        CheckConstraint(
            "withdrawn_on IS NULL OR withdrawn_on < active_from", name="withdrawn_before_its_day"
        ),
        # An installation is founded once for each use; everything after that needs two persons.
        Index(
            "uq_card_activation_founded",
            "scenario",
            unique=True,
            sqlite_where=_FOUNDED,
            postgresql_where=_FOUNDED,
        ),
        Index("ix_card_activation_in_force", "scenario", "active_from", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    card_version_id: Mapped[int] = mapped_column(ForeignKey("scorecard_version.id"))
    scenario: Mapped[Scenario] = mapped_column(words(Scenario))
    kind: Mapped[ActivationKind] = mapped_column(words(ActivationKind))
    active_from: Mapped[date]  # the first day on whose data it scores
    draft_id: Mapped[int | None] = mapped_column(ForeignKey("card_draft.id"))
    reason: Mapped[str] = mapped_column(String(300), default="")
    submitted_by_user_id: Mapped[int | None]
    submitted_by: Mapped[str] = mapped_column(String(200), default="")
    approved_by_user_id: Mapped[int | None]
    approved_by: Mapped[str] = mapped_column(String(200))  # the founder, where it was founded
    approved_at: Mapped[datetime]
    decision_note: Mapped[str] = mapped_column(String(300), default="")
    withdrawn_on: Mapped[date | None]
    withdrawn_by: Mapped[str] = mapped_column(String(200), default="")
    withdrawn_reason: Mapped[str] = mapped_column(String(300), default="")
    card_version: Mapped[ScorecardVersion] = relationship()
    draft: Mapped[CardDraft | None] = relationship()
