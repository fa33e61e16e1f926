"""Running jobs so that each takes effect once, whoever runs them and dies.

A worker claims a job by a conditional update that counts the attempt. The number of the attempt is the
token of the claim: every later write of the worker holds only while the job still has that number. A
worker that was thought dead and wakes up can therefore not write beside the one that replaced it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from ipfin.accounts.models import User
from ipfin.accounts.queries.actors import actor_for
from ipfin.audit.service import record
from ipfin.db import UnitOfWork
from ipfin.jobs.kinds import (
    HEARTBEAT_EVERY,
    KIND_LABELS,
    MOST_ATTEMPTS,
    STALE_AFTER,
    ClaimLost,
    JobCall,
    JobCancelled,
    JobKinds,
)
from ipfin.jobs.models import Job, JobState
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import DomainError
from ipfin.kernel.text import Text, _

_log = structlog.get_logger(__name__)
LEAST_SECONDS_BETWEEN_REPORTS = 0.5


@dataclass(frozen=True, slots=True)
class Claim:
    """A job in the hands of one worker: valid while the job is running its `attempt`."""

    call: JobCall
    attempt: int

    def holds(self) -> ColumnElement[bool]:
        """Return the condition under which the worker may still write."""
        return (Job.id == self.call.job_id) & (Job.state == JobState.RUNNING) & (Job.attempts == self.attempt)


def run_job(work: UnitOfWork, kinds: JobKinds, job_id: int, *, quick: UnitOfWork | None = None) -> None:
    """Run one job to its end, if nobody else does; never raises because of what the job does.

    Args:
        work: opens a writing transaction.
        kinds: the functions.
        quick: opens one that gives up at once when the database is busy; reports and heartbeats use it,
            because on SQLite the job's own transaction may hold the lock.
    """
    with work() as session:
        claim = _claim(session, job_id)
    if claim is None:
        return
    report = Reporter(claim, quick or work)
    log = _log.bind(job_id=job_id, kind=claim.call.kind, attempt=claim.attempt)
    try:
        with report.beating():
            result = kinds.function_of(claim.call.kind)(work, claim.call, report)
    except ClaimLost:
        log.warning("job_claim_lost")
    except JobCancelled:
        _end(work, claim, JobState.CANCELLED)
    except DomainError as refusal:
        _end(work, claim, JobState.FAILED, refusal=_as_text(refusal.message))
    except OperationalError:
        log.exception("job_database_busy")
        _end_or_again(work, claim)
    except Exception:
        log.exception("job_failed")
        _end(work, claim, JobState.FAILED, refusal=_("程序内部错误，编号job:%(id)s。", id=job_id))
    else:
        _end(work, claim, JobState.DONE, result=result)


def _as_text(message: str) -> Text:
    return message if isinstance(message, Text) else _("%(message)s", message=message)


def _claim(session: Session, job_id: int) -> Claim | None:
    """Take a queued job, or return None when it is not queued (any more)."""
    now = now_utc()
    taken = session.execute(
        update(Job)
        .where(Job.id == job_id, Job.state == JobState.QUEUED)
        .values(state=JobState.RUNNING, attempts=Job.attempts + 1, started_at=now, heartbeat_at=now)
        .returning(Job.kind, Job.arguments, Job.attempts, Job.asked_by_user_id)
    ).one_or_none()
    if taken is None:
        return None
    user = session.get_one(User, taken.asked_by_user_id) if taken.asked_by_user_id is not None else None
    actor = SYSTEM if user is None else actor_for(session, user)
    claim = Claim(JobCall(job_id, taken.kind, taken.arguments, actor), taken.attempts)
    if user is not None and not (user.is_active and user.organisation.is_active):
        # Whoever may not enter any more must not go on acting through what he asked for before, nor
        # through an administrator who lets a failed job run again.
        reason = _("提出任务的账号或机构已停用，任务未执行。请由在册人员重新提出。")
        _finish(session, claim, JobState.FAILED, refusal=reason)
        return None
    return claim


class Reporter:
    """The `Report` of a claim: progress and heartbeats in short transactions of their own."""

    def __init__(self, claim: Claim, quick: UnitOfWork) -> None:
        self._claim = claim
        self._quick = quick
        self._last_written = 0.0
        self._lock = threading.Lock()
        self._finished = False

    def __call__(self, done: int, total: int, message: Text) -> None:
        """Write how far the job is, at most twice a second, the end always."""
        clock = now_utc().timestamp()
        if done < total and clock - self._last_written < LEAST_SECONDS_BETWEEN_REPORTS:
            return
        self._last_written = clock
        self._write(done_units=done, total_units=total, message=message.as_json())

    def finish(self, session: Session, **result: Any) -> None:
        """End the job in the function's own transaction."""
        _finish(session, self._claim, JobState.DONE, result=result)
        self._finished = True

    def _write(self, **values: Any) -> None:
        if self._finished:
            return
        try:
            with self._lock, self._quick() as session:
                wanted = session.scalars(
                    update(Job)
                    .where(self._claim.holds())
                    .values(heartbeat_at=now_utc(), **values)
                    .returning(Job.is_cancel_wanted)
                ).one_or_none()
        except OperationalError:
            return  # busy, perhaps with this very job: the next report will tell
        if wanted is None:
            raise ClaimLost
        if wanted:
            raise JobCancelled

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Show signs of life while a function computes for minutes without a report."""
        stop = threading.Event()

        def beat() -> None:
            while not stop.wait(HEARTBEAT_EVERY.total_seconds()):
                try:
                    self._write()
                except JobCancelled:
                    continue  # the function learns of it at its next report; until then it lives
                except ClaimLost:
                    return

        thread = threading.Thread(target=beat, name=f"heartbeat-{self._claim.call.job_id}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()


def _finish(
    session: Session,
    claim: Claim,
    state: JobState,
    *,
    result: Mapping[str, Any] | None = None,
    refusal: Text | None = None,
) -> None:
    """End the job in the present transaction.

    Raises:
        ClaimLost: the claim does not hold any more.
    """
    values: dict[str, Any] = {"state": state, "finished_at": now_utc(), "result": result and dict(result)}
    if refusal is not None:
        values["message"] = refusal.as_json()
    ended = session.scalars(update(Job).where(claim.holds()).values(**values).returning(Job.id)).all()
    if not ended:
        raise ClaimLost
    label, subject = KIND_LABELS.get(claim.call.kind, claim.call.kind), f"job:{claim.call.job_id}"
    if state is JobState.DONE:
        record(session, claim.call.actor, "jobs.finished", subject, kind=label)
    elif state is JobState.FAILED:
        record(session, claim.call.actor, "jobs.failed", subject, kind=label, reason=refusal or "")


def _end(
    work: UnitOfWork,
    claim: Claim,
    state: JobState,
    *,
    result: Mapping[str, Any] | None = None,
    refusal: Text | None = None,
) -> None:
    """End the job in a transaction of its own, unless the function did or the claim is lost."""
    try:
        with work() as session:
            _finish(session, claim, state, result=result, refusal=refusal)
    except ClaimLost:
        return


def _end_or_again(work: UnitOfWork, claim: Claim) -> None:
    """Put a job that met a busy database back into the queue, as long as it has attempts left."""
    if claim.attempt >= MOST_ATTEMPTS:
        _end(work, claim, JobState.FAILED, refusal=_("数据库持续繁忙，任务未能完成，请稍后重试。"))
        return
    with work() as session:
        session.execute(update(Job).where(claim.holds()).values(state=JobState.QUEUED, heartbeat_at=None))


# --- Sweeping ---------------------------------------------------------------------------------------


def sweep(session: Session, now: datetime) -> list[int]:
    """Bring back the jobs of dead workers; return the ids of all jobs that wait to be run.

    A job whose workers died `MOST_ATTEMPTS` times fails: it is the job that kills them.
    """
    stale = (Job.state == JobState.RUNNING) & (Job.heartbeat_at <= now - STALE_AFTER)
    reason = _("执行任务的进程%(times)s次异常退出，任务已停止。", times=MOST_ATTEMPTS)
    failed = session.execute(
        update(Job)
        .where(stale, Job.attempts >= MOST_ATTEMPTS)
        .values(state=JobState.FAILED, finished_at=now, message=reason.as_json())
        .returning(Job.id, Job.kind)
    ).all()
    session.execute(update(Job).where(stale).values(state=JobState.QUEUED, heartbeat_at=None))
    for job_id, kind in failed:
        label = KIND_LABELS.get(kind, kind)
        record(session, SYSTEM, "jobs.failed", f"job:{job_id}", kind=label, reason=reason)
    return list(session.scalars(select(Job.id).where(Job.state == JobState.QUEUED).order_by(Job.id)))
