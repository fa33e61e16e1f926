"""Asking for a background job and asking it to stop: rows of the caller's transaction.

The id goes to the queue after the commit, so that no worker looks for a row that is not there yet, and
none for one that was rolled back.
"""

from __future__ import annotations

from typing import Any

import structlog
from sqlalchemy import event, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.db import is_sqlite
from ipfin.jobs.dispatch import current_dispatch
from ipfin.jobs.kinds import KIND_LABELS
from ipfin.jobs.models import Job, JobState
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import InvalidTransition, NotFound
from ipfin.kernel.text import _

_WAITING = "ipfin_jobs_to_dispatch"
_AGAIN = (JobState.FAILED, JobState.CANCELLED)
_log = structlog.get_logger(__name__)


def enqueue(session: Session, actor: Actor, kind: str, key: str, **arguments: Any) -> Job:
    """Ask for a job and return it; the same key gives the same job.

    A job that is queued, running or done stays as it is. One that failed or was cancelled starts anew,
    with the arguments and for the person of this call.

    Args:
        kind: a key of `jobs.kinds.KIND_LABELS`.
        key: what is to be done, such as "batch:7:commit"; one job for each.
        arguments: plain JSON values: ids, never rows.

    Raises:
        ValueError: nobody knows the kind.
    """
    if kind not in KIND_LABELS:
        raise ValueError(f"unknown job kind {kind!r}: give it a name in ipfin/jobs/kinds.py")
    if _insert(session, actor, kind, key, arguments):
        job = _locked(session, key)
    else:
        job = _locked(session, key)
        if job.state not in _AGAIN:
            return job
        _start_anew(job, actor, kind, arguments)
    session.flush()
    record(session, actor, "jobs.queued", f"job:{job.id}", kind=KIND_LABELS[kind], key=key)
    session.info.setdefault(_WAITING, []).append(job.id)
    return job


def _insert(session: Session, actor: Actor, kind: str, key: str, arguments: dict[str, Any]) -> bool:
    """Write a new job unless its key is there; of two who ask at once, one waits and finds it."""
    session.flush()
    insert = sqlite.insert if is_sqlite(session) else postgresql.insert
    fresh = {
        "key": key,
        "kind": kind,
        "arguments": arguments,
        "state": JobState.QUEUED,
        "asked_by_user_id": actor.user_id,
        "asked_by": actor.name,
        "created_at": now_utc(),
    }
    statement = insert(Job).values(**fresh).on_conflict_do_nothing(index_elements=["key"])
    return session.scalar(statement.returning(Job.id)) is not None


def _locked(session: Session, key: str) -> Job:
    query = select(Job).where(Job.key == key).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


def _start_anew(job: Job, actor: Actor, kind: str, arguments: dict[str, Any]) -> None:
    job.kind, job.arguments, job.state = kind, arguments, JobState.QUEUED
    job.done_units = job.total_units = job.attempts = 0
    job.message = job.result = None
    job.is_cancel_wanted = False
    job.asked_by_user_id, job.asked_by = actor.user_id, actor.name
    job.created_at = now_utc()
    job.started_at = job.heartbeat_at = job.finished_at = None


def retry(session: Session, actor: Actor, job_id: int) -> Job:
    """Start a job anew that failed or was cancelled: still for the person who had asked for it.

    Raises:
        NotFound: there is none.
        InvalidTransition: it waits, runs or is done.
    """
    found = select(Job).where(Job.id == job_id).with_for_update()
    job = session.scalar(found.execution_options(populate_existing=True))
    if job is None:
        raise NotFound(_("没有这个后台任务。"))
    if job.state not in _AGAIN:
        raise InvalidTransition(_("只有失败或已取消的任务可以重试。"))
    asked_by_user_id, asked_by = job.asked_by_user_id, job.asked_by
    _start_anew(job, actor, job.kind, dict(job.arguments))
    job.asked_by_user_id, job.asked_by = asked_by_user_id, asked_by
    session.flush()
    record(
        session, actor, "jobs.queued", f"job:{job.id}", kind=KIND_LABELS.get(job.kind, job.kind), key=job.key
    )
    session.info.setdefault(_WAITING, []).append(job.id)
    return job


def want_cancel(session: Session, job: Job) -> None:
    """Ask a job to stop: one that waits ends at once, one that runs ends at its next report.

    Raises:
        InvalidTransition: it has ended already.
    """
    ended_waiting = session.scalars(
        update(Job)
        .where(Job.id == job.id, Job.state == JobState.QUEUED)
        .values(state=JobState.CANCELLED, finished_at=now_utc(), is_cancel_wanted=True)
        .returning(Job.id)
    ).all()
    if not ended_waiting:
        asked = session.scalars(
            update(Job)
            .where(Job.id == job.id, Job.state == JobState.RUNNING)
            .values(is_cancel_wanted=True)
            .returning(Job.id)
        ).all()
        if not asked:
            raise InvalidTransition(_("任务已经结束，不能取消。"))
    session.refresh(job)


@event.listens_for(Session, "after_commit")
def _dispatch_waiting(session: Session) -> None:
    if session.in_nested_transaction():  # a savepoint that was released: nothing is certain yet
        return
    waiting: list[int] = session.info.pop(_WAITING, [])
    dispatch = current_dispatch()
    if dispatch is None:
        return
    for job_id in waiting:
        try:
            dispatch(job_id)
        except Exception:
            # The use case is committed and stands; the sweep will find the job.
            _log.exception("job_not_dispatched", job_id=job_id)


@event.listens_for(Session, "after_rollback")
def _forget_waiting(session: Session) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_WAITING, None)
