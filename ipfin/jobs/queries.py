"""Reading jobs: one for its page, the last ones for a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, false, func, select
from sqlalchemy.orm import Session

from ipfin.accounts.queries import of_visible_users
from ipfin.accounts.scopes import Thing
from ipfin.jobs.kinds import KIND_LABELS
from ipfin.jobs.models import Job, JobState
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import NotFound
from ipfin.kernel.paging import DEFAULT_PAGE_SIZE, Page, decode_cursor, page_of
from ipfin.kernel.text import Text, _

STATE_LABELS = {
    JobState.QUEUED: _("排队中"),
    JobState.RUNNING: _("进行中"),
    JobState.DONE: _("已完成"),
    JobState.FAILED: _("失败"),
    JobState.CANCELLED: _("已取消"),
}


@dataclass(frozen=True, slots=True)
class JobStatus:
    """A job as a page shows it. `percent` is None while nobody knows how much there is to do."""

    id: int
    key: str
    label: str
    state: JobState
    percent: int | None
    message: Text | None
    result: dict[str, Any] | None
    attempts: int
    is_cancel_wanted: bool
    asked_by: str
    asked_by_user_id: int | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state not in (JobState.QUEUED, JobState.RUNNING)


def job_status(session: Session, job_id: int) -> JobStatus:
    """Return one job as it stands in the database now.

    Raises:
        NotFound: there is none.
    """
    job = session.scalar(select(Job).where(Job.id == job_id).execution_options(populate_existing=True))
    if job is None:
        raise NotFound(_("没有这个后台任务。"))
    return _status(job)


def job_by_key(session: Session, key: str) -> JobStatus | None:
    """Return the job of a key, or None."""
    job = session.scalar(select(Job).where(Job.key == key).execution_options(populate_existing=True))
    return None if job is None else _status(job)


def recent_jobs(
    session: Session, *, asked_by_user_id: int | None = None, state: JobState | None = None, limit: int = 50
) -> Sequence[JobStatus]:
    """Return the last jobs (of one person, in one state), newest first."""
    query = select(Job)
    if asked_by_user_id is not None:
        query = query.where(Job.asked_by_user_id == asked_by_user_id)
    if state is not None:
        query = query.where(Job.state == state)
    return [_status(job) for job in session.scalars(query.order_by(Job.id.desc()).limit(limit))]


def counts_by_state(session: Session) -> dict[JobState, int]:
    """Return how many jobs there are in each state."""
    counted = dict.fromkeys(JobState, 0)
    for state, count in session.execute(select(Job.state, func.count()).group_by(Job.state)):
        counted[state] = count
    return counted


def _status(job: Job) -> JobStatus:
    percent = None
    if job.state is JobState.DONE:
        percent = 100
    elif job.total_units > 0:
        percent = min(100, job.done_units * 100 // job.total_units)
    return JobStatus(
        id=job.id,
        key=job.key,
        label=KIND_LABELS.get(job.kind, job.kind),
        state=job.state,
        percent=percent,
        message=None if job.message is None else Text.from_json(job.message),
        result=job.result,
        attempts=job.attempts,
        is_cancel_wanted=job.is_cancel_wanted,
        asked_by=job.asked_by,
        asked_by_user_id=job.asked_by_user_id,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
    )


# --- What pages list --------------------------------------------------------------------------------

_ORDER = "jobs"  # newest first, the only order there is


def jobs_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return which jobs the actor may see: all, or those that he asked for."""
    return of_visible_users(actor, Thing.JOB, Job.asked_by_user_id)


def jobs_asked_by(actor: Actor) -> ColumnElement[bool]:
    """Return which jobs the actor asked for himself: those he may stop."""
    return false() if actor.user_id is None else Job.asked_by_user_id == actor.user_id


def jobs_page(
    session: Session,
    visible: ColumnElement[bool],
    *,
    state: JobState | None = None,
    cursor: str | None = None,
    size: int = DEFAULT_PAGE_SIZE,
) -> Page[JobStatus]:
    """Return one page of jobs, newest first.

    Raises:
        BadInput: the cursor is not one of this list's.
    """
    query = select(Job).where(visible)
    if state is not None:
        query = query.where(Job.state == state)
    place = decode_cursor(cursor, order=_ORDER, types=()) if cursor else None
    backwards = place is not None and place.backwards
    if place is not None:
        query = query.where(Job.id > place.row_id if backwards else Job.id < place.row_id)
    query = query.order_by(Job.id.asc() if backwards else Job.id.desc()).limit(size + 1)
    jobs = [_status(job) for job in session.scalars(query)]
    return page_of(jobs, size=size, cursor=place, place=lambda job: ((), job.id), order=_ORDER)


def visible_job(session: Session, visible: ColumnElement[bool], job_id: int) -> Job:
    """Return the job's row, as it stands in the database now.

    Raises:
        NotFound: there is none, or not for this actor.
    """
    query = select(Job).where(Job.id == job_id, visible).execution_options(populate_existing=True)
    job = session.scalar(query)
    if job is None:
        raise NotFound(_("没有这个后台任务。"))
    return job


def oldest_waiting_since(session: Session) -> datetime | None:
    """Return since when the job waits that waits longest, None when none does."""
    waiting = select(func.min(Job.created_at)).where(Job.state == JobState.QUEUED)
    return session.scalar(waiting)
