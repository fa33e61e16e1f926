"""What changes of the register of conduct asked the office to do, as rows."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ipfin.conduct.rules import ConductCode
from ipfin.db import Base, words
from ipfin.registry.models import Enterprise
from ipfin.whitelist.gate_tasks import TaskKind, TaskOutcome


class GateTask(Base):
    """One thing to do about one firm (名册待办). `cause` names the record or the word behind it."""

    __tablename__ = "gate_task"
    __table_args__ = (
        UniqueConstraint("kind", "cause"),
        CheckConstraint("(closed_on IS NULL) = (outcome IS NULL)", name="closed_with_an_outcome"),
        CheckConstraint("due_on >= arose_on", name="due_after_it_arose"),
        Index("ix_gate_task_queue", "closed_on", "due_on", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), index=True)
    kind: Mapped[TaskKind] = mapped_column(words(TaskKind))
    cause: Mapped[str] = mapped_column(String(60))
    code: Mapped[ConductCode] = mapped_column(words(ConductCode))
    arose_on: Mapped[date]
    due_on: Mapped[date]
    opened_at: Mapped[datetime]
    closed_on: Mapped[date | None]
    outcome: Mapped[TaskOutcome | None] = mapped_column(words(TaskOutcome))
    closed_by_user_id: Mapped[int | None]
    closed_by: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(String(300), default="")
    enterprise: Mapped[Enterprise] = relationship()
