"""Rounds of the whitelist, their candidates, and the admissions that they decided.

An admission carries the grade of its round; how it came about stands in the round's sheet.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.conduct.rules import ConductCode
from ipfin.db import Base, words
from ipfin.documents.models import Document
from ipfin.registry.models import Enterprise
from ipfin.whitelist.admission import EntryOutcome, RoundState
from ipfin.whitelist.models.runs import ScoreRun, ScoreSheet
from ipfin.whitelist.notice import Notice, ObjectionState
from ipfin.whitelist.scoring import Grade


class WhitelistRound(Base):
    """One round of the whitelist (白名单批次): prepared by one person, published by another."""

    __tablename__ = "whitelist_round"
    __table_args__ = (
        CheckConstraint(
            "approved_by_user_id IS NULL OR approved_by_user_id <> submitted_by_user_id", name="two_persons"
        ),
        CheckConstraint(
            "(state = 'published') = (published_at IS NOT NULL AND approved_by_user_id IS NOT NULL)",
            name="published_is_approved",
        ),
        CheckConstraint("valid_until > valid_from", name="valid_span"),
        CheckConstraint(
            "state <> 'noticed' OR (notice_from IS NOT NULL AND noticed_by_user_id IS NOT NULL)",
            name="notice_has_its_days",
        ),
        CheckConstraint(
            "(notice_from IS NULL) = (notice_last_day IS NULL)"
            " AND (notice_from IS NULL OR notice_last_day > notice_from)",
            name="notice_span",
        ),
        CheckConstraint(
            "noticed_by_user_id IS NULL OR noticed_by_user_id <> submitted_by_user_id",
            name="noticed_by_another",
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    title: Mapped[str] = mapped_column(String(200))
    state: Mapped[RoundState] = mapped_column(words(RoundState))
    run_id: Mapped[int] = mapped_column(ForeignKey("score_run.id"))
    minimum_grade: Mapped[Grade] = mapped_column(words(Grade))
    valid_from: Mapped[date]
    valid_until: Mapped[date]  # first day on which it no longer holds
    prepared_by: Mapped[str] = mapped_column(String(200))
    submitted_by_user_id: Mapped[int | None]
    submitted_by: Mapped[str] = mapped_column(String(200), default="")
    submitted_at: Mapped[datetime | None]
    approved_by_user_id: Mapped[int | None]
    approved_by: Mapped[str] = mapped_column(String(200), default="")
    published_at: Mapped[datetime | None]
    decision_note: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
    lock_version: Mapped[int] = mapped_column(default=1)
    notice_from: Mapped[date | None]
    notice_last_day: Mapped[date | None]  # the last day on which an objection is in time
    notice_is_provisional: Mapped[bool] = mapped_column(default=False, server_default=false())
    noticed_by_user_id: Mapped[int | None]
    noticed_by: Mapped[str] = mapped_column(String(200), default="", server_default="")
    run: Mapped[ScoreRun] = relationship()
    __mapper_args__ = {"version_id_col": lock_version}

    @property
    def notice(self) -> Notice | None:
        """The round's public notice, None before it began."""
        if self.notice_from is None or self.notice_last_day is None:
            return None
        return Notice(self.notice_from, self.notice_last_day, self.notice_is_provisional)


class RoundEntry(Base):
    """One candidate in a round and what the rules said of it (候选企业)."""

    __tablename__ = "round_entry"
    __table_args__ = (
        UniqueConstraint("round_id", "enterprise_id"),
        CheckConstraint("(override_outcome IS NULL) = (override_reason = '')", name="override_has_a_reason"),
        CheckConstraint(
            "override_approved_by_user_id IS NULL OR override_approved_by_user_id <> overridden_by_user_id",
            name="override_by_two_persons",
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("whitelist_round.id"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheet.id"))
    outcome: Mapped[EntryOutcome] = mapped_column(words(EntryOutcome))
    reasons: Mapped[list[Any]] = mapped_column(default=list)  # Text.as_json each
    # Digest of the facts that were submitted to the second person; empty where nobody is to be admitted.
    inputs_seen: Mapped[str] = mapped_column(String(64), default="", server_default="")
    # An outcome that a person proposed against the rules; it counts when another one approved it.
    override_outcome: Mapped[EntryOutcome | None] = mapped_column(words(EntryOutcome))
    override_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    overridden_by_user_id: Mapped[int | None]
    overridden_by: Mapped[str] = mapped_column(String(200), default="", server_default="")
    override_approved_by_user_id: Mapped[int | None]
    override_approved_by: Mapped[str] = mapped_column(String(200), default="", server_default="")
    lock_version: Mapped[int] = mapped_column(default=1, server_default="1")  # forms carry it
    sheet: Mapped[ScoreSheet] = relationship()
    enterprise: Mapped[Enterprise] = relationship()

    @property
    def is_overridden(self) -> bool:
        """Whether two persons stand for the override."""
        return (
            self.override_outcome is not None
            and self.override_approved_by_user_id is not None
            and self.override_approved_by_user_id != self.overridden_by_user_id
        )


class GateWaiver(Base):
    """A register that a round does without, on somebody's word and for a reason (不查询说明)."""

    __tablename__ = "gate_waiver"
    __table_args__ = (
        UniqueConstraint("round_id", "code"),
        CheckConstraint("reason <> ''", name="has_a_reason"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("whitelist_round.id"))
    code: Mapped[ConductCode] = mapped_column(words(ConductCode))
    reason: Mapped[str] = mapped_column(String(300))
    waived_by_user_id: Mapped[int | None]
    waived_by: Mapped[str] = mapped_column(String(200))
    waived_at: Mapped[datetime]


class RoundObjection(Base):
    """What somebody says against a notice (异议), about one firm or the whole list; the contact is sealed.

    It keeps pointing at the record that it was about, as the round's entries do.
    """

    __tablename__ = "round_objection"
    __table_args__ = (
        CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="answered_with_its_time"),
        CheckConstraint("answered_at IS NULL OR answer <> ''", name="answered_in_words"),
        CheckConstraint("name <> '' AND contact_sealed <> ''", name="somebody_answers_for_it"),
        CheckConstraint("due_on >= filed_on", name="due_after_filing"),
        Index("ix_round_objection_queue", "state", "due_on", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True)  # random, stands in addresses
    round_id: Mapped[int] = mapped_column(ForeignKey("whitelist_round.id"), index=True)
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    contact_sealed: Mapped[str] = mapped_column(String(400))  # see accounts.sealing
    reason: Mapped[str] = mapped_column(String(2000))
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    state: Mapped[ObjectionState] = mapped_column(words(ObjectionState))
    filed_on: Mapped[date]
    filed_at: Mapped[datetime]
    due_on: Mapped[date]  # the last day in time
    answer: Mapped[str] = mapped_column(String(1000), default="")
    answered_by_user_id: Mapped[int | None]
    answered_by: Mapped[str] = mapped_column(String(200), default="")
    answered_at: Mapped[datetime | None]
    round: Mapped[WhitelistRound] = relationship()
    enterprise: Mapped[Enterprise | None] = relationship()
    evidence: Mapped[Document | None] = relationship()


class Admission(Base):
    """A firm's place on the whitelist (白名单入选), with the grade that the round decided."""

    __tablename__ = "admission"
    __table_args__ = (
        CheckConstraint("valid_until > valid_from", name="valid_span"),
        CheckConstraint("grade <> 'unrated'", name="is_graded"),
        Index(
            "uq_admission_in_force",
            "enterprise_id",
            unique=True,
            sqlite_where=text("ended_on IS NULL"),
            postgresql_where=text("ended_on IS NULL"),
        ),
        # Both hold what tells whether an admission is in force: those of earlier rounds are passed over
        # without reading their rows.
        Index("ix_admission_ranking", "graded_e4", "enterprise_id", "valid_from", "valid_until", "ended_on"),
        Index("ix_admission_firm", "enterprise_id", "valid_from", "valid_until", "ended_on", "grade"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    round_id: Mapped[int] = mapped_column(ForeignKey("whitelist_round.id"), index=True)
    sheet_id: Mapped[int] = mapped_column(ForeignKey("score_sheet.id"))
    grade: Mapped[Grade] = mapped_column(words(Grade))
    graded_e4: Mapped[int]
    valid_from: Mapped[date]
    valid_until: Mapped[date]  # first day on which it no longer holds
    ended_on: Mapped[date | None]  # replaced by a later round, or removed
    ended_reason: Mapped[str] = mapped_column(String(300), default="")
    enterprise: Mapped[Enterprise] = relationship()
    sheet: Mapped[ScoreSheet] = relationship()
