"""Background jobs as rows: what was asked, how far it is, how it ended. The queue only carries ids."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from ipfin.db import Base, words


class JobState(StrEnum):
    """Where a job (后台任务) stands."""

    QUEUED = "queued"  # 排队中
    RUNNING = "running"  # 进行中
    DONE = "done"  # 已完成
    FAILED = "failed"  # 失败
    CANCELLED = "cancelled"  # 已取消


class Job(Base):
    """One piece of work done outside a request."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("done_units >= 0 AND total_units >= 0", name="progress_not_negative"),
        Index("ix_job_state_heartbeat", "state", "heartbeat_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60), index=True)
    # One job per key: asking twice for the same thing gives the same job.
    key: Mapped[str] = mapped_column(String(160), unique=True)
    arguments: Mapped[dict[str, Any]]
    state: Mapped[JobState] = mapped_column(words(JobState))
    done_units: Mapped[int] = mapped_column(default=0)
    total_units: Mapped[int] = mapped_column(default=0)
    message: Mapped[dict[str, Any] | None]  # Text.as_json
    result: Mapped[dict[str, Any] | None]
    attempts: Mapped[int] = mapped_column(default=0)
    is_cancel_wanted: Mapped[bool] = mapped_column(default=False)
    asked_by_user_id: Mapped[int | None] = mapped_column(index=True)
    asked_by: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
