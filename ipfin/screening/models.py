"""Screenings of rounds, their criteria, tasks, marks, declarations of conflict and known ties, as rows.

A task is one reviewer's review of one firm. Its version rises with every save, so that of two open tabs the
second is told. Declarations are only added; a dossier is read through one.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.accounts.models import Organisation, User
from ipfin.db import Base, words
from ipfin.registry.models import Enterprise
from ipfin.screening.assigning import TieKind
from ipfin.screening.phases import Phase, TaskState
from ipfin.screening.review import Criterion, Mark, Scale
from ipfin.whitelist.models import WhitelistRound

_COUNTS = text("state NOT IN ('withdrawn', 'conflicted', 'abstained')")


class Screening(Base):
    """The screening of one round by agencies (机构筛查). `spread_limit` is in points of a scale."""

    __tablename__ = "screening"
    __table_args__ = (CheckConstraint("spread_limit >= 1", name="spread_limit_is_positive"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("whitelist_round.id"), unique=True)
    phase: Mapped[Phase] = mapped_column(words(Phase))
    due_on: Mapped[date]  # the last day in time
    spread_limit: Mapped[int]
    opened_by: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    lock_version: Mapped[int] = mapped_column(default=1)
    round: Mapped[WhitelistRound] = relationship()
    criteria: Mapped[list[ScreeningCriterion]] = relationship(order_by="ScreeningCriterion.position")
    __mapper_args__ = {"version_id_col": lock_version}

    @property
    def judged(self) -> tuple[Criterion, ...]:
        """The criteria as the rules see them."""
        return tuple(row.as_criterion for row in self.criteria)


class ScreeningCriterion(Base):
    """One criterion of a screening (评审要点), fixed when the screening begins."""

    __tablename__ = "screening_criterion"
    __table_args__ = (
        UniqueConstraint("screening_id", "position"),
        CheckConstraint("reason_least >= 1", name="reason_is_mandatory"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    screening_id: Mapped[int] = mapped_column(ForeignKey("screening.id"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(80))
    guidance: Mapped[str] = mapped_column(String(500), default="")
    scale: Mapped[Scale] = mapped_column(words(Scale))
    reason_least: Mapped[int]  # characters

    @property
    def as_criterion(self) -> Criterion:
        """The criterion as the rules see it."""
        return Criterion(self.id, self.title, self.guidance, self.scale, self.reason_least)


class ScreeningTask(Base):
    """One person's review of one firm (评审任务). `is_sample` is a calibration sample, outside the result.

    `seen_fact_id` is the newest fact of any firm when the dossier was opened: what is newer came after.
    """

    __tablename__ = "screening_task"
    __table_args__ = (
        Index(
            "uq_screening_task_counting",
            "screening_id",
            "enterprise_id",
            "reviewer_user_id",
            unique=True,
            sqlite_where=_COUNTS,
            postgresql_where=_COUNTS,
        ),
        CheckConstraint("state <> 'submitted' OR submitted_at IS NOT NULL", name="submitted_with_its_time"),
        CheckConstraint(
            "state NOT IN ('returned', 'abstained', 'withdrawn') OR reason <> ''", name="refused_with_reason"
        ),
        Index("ix_screening_task_reviewer", "reviewer_user_id", "state", "due_on", "id"),
        Index("ix_screening_task_firm", "enterprise_id", "screening_id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(24), unique=True)  # random, stands in addresses
    screening_id: Mapped[int] = mapped_column(ForeignKey("screening.id"), index=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    reviewer_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    is_sample: Mapped[bool] = mapped_column(default=False)
    state: Mapped[TaskState] = mapped_column(words(TaskState))
    due_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(500), default="")  # of the last return, abstention, withdrawal
    seen_fact_id: Mapped[int] = mapped_column(default=0)
    assigned_by: Mapped[str] = mapped_column(String(200))
    assigned_at: Mapped[datetime]
    saved_at: Mapped[datetime | None]
    submitted_at: Mapped[datetime | None]
    lock_version: Mapped[int] = mapped_column(default=1)
    screening: Mapped[Screening] = relationship()
    enterprise: Mapped[Enterprise] = relationship()
    reviewer: Mapped[User] = relationship()
    organisation: Mapped[Organisation] = relationship()
    kept: Mapped[list[ScreeningMark]] = relationship()
    __mapper_args__ = {"version_id_col": lock_version}

    @property
    def marks(self) -> dict[int, Mark]:
        """The marks by criterion."""
        return {row.criterion_id: Mark(row.score, row.reason) for row in self.kept}


class ScreeningMark(Base):
    """A reviewer's score of one criterion and why (评分与理由)."""

    __tablename__ = "screening_mark"
    __table_args__ = (UniqueConstraint("task_id", "criterion_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("screening_task.id"))
    criterion_id: Mapped[int] = mapped_column(ForeignKey("screening_criterion.id"))
    score: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String(2000), default="")


class ConflictDeclaration(Base):
    """What a reviewer declared of his ties to the firm of a task (利益冲突申报): only added."""

    __tablename__ = "conflict_declaration"
    __table_args__ = (
        CheckConstraint("NOT has_conflict OR ground <> ''", name="conflict_has_its_ground"),
        Index("ix_conflict_declaration_task", "task_id", "has_conflict"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("screening_task.id"))
    has_conflict: Mapped[bool]
    ground: Mapped[str] = mapped_column(String(500), default="")
    declared_by_user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    declared_at: Mapped[datetime]


class ReviewerTie(Base):
    """A known tie of an agency, or of one of its people, to a firm (利益关系登记).

    `user_id` is None when it holds for everybody of the agency; `until` is the first day without it.
    """

    __tablename__ = "reviewer_tie"
    __table_args__ = (CheckConstraint("until IS NULL OR until > since", name="valid_span"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    kind: Mapped[TieKind] = mapped_column(words(TieKind))
    source: Mapped[str] = mapped_column(String(300))
    since: Mapped[date]
    until: Mapped[date | None]
    recorded_by: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime]
    organisation: Mapped[Organisation] = relationship()
    user: Mapped[User | None] = relationship()
    enterprise: Mapped[Enterprise] = relationship()
