"""The worker: runs background jobs, and what must happen by itself every minute and every night.

`huey_consumer ipfin.worker.huey -w 2 -k process`; on further hosts with `-n`, so that periodic work is
done by one. Decides which function does which kind of job and the one place where a job commits; what
happens in a job is decided in the domains. Importing this module opens nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import structlog
from huey import Huey, crontab
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from ipfin import schema
from ipfin.accounts.policy import Permission
from ipfin.accounts.service.sessions import purge
from ipfin.audit.service import export_head, note_verification, verify_with_heads
from ipfin.config import Settings, settings_from_environment
from ipfin.db import UnitOfWork, begin_writing, make_engine
from ipfin.documents.service import sweep_files
from ipfin.events.export import issue_pack
from ipfin.events.models import Event
from ipfin.events.planning import JOB_SECONDS
from ipfin.events.queries import task_for
from ipfin.events.service import plan_task, store_timetable
from ipfin.events.timetable.certificate import STAGE_LABELS, Progress
from ipfin.jobs.dispatch import set_dispatch
from ipfin.jobs.kinds import KINDS, JobCall, Report, job_kind
from ipfin.jobs.queue import add_task, make_queue
from ipfin.jobs.service import enqueue
from ipfin.jobs.service.running import run_job, sweep
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.clock import in_china, now_utc, today_in_china
from ipfin.kernel.errors import DomainError, NotFound
from ipfin.kernel.text import Text, _
from ipfin.lists import service as lists
from ipfin.notices.service import deliver_pending, mail_sender
from ipfin.reference import work_calendar
from ipfin.registry.intake import read_list
from ipfin.registry.lifecycle import BatchState
from ipfin.registry.models import ImportBatch
from ipfin.registry.service.batches import note_failure
from ipfin.registry.service.matching import find_candidates
from ipfin.reports.service.copies import FirmExport, issue_copy, make_firm_copy, tell_copy_is_ready
from ipfin.reports.service.publishing import publish_with_files
from ipfin.reports.service.scheduling import period_due, prepare_due, remind_unreceived
from ipfin.whitelist.service import run_scores

QUICK_MS = 100  # how long a progress report waits for a busy SQLite
_log = structlog.get_logger(__name__)


# --- The database -----------------------------------------------------------------------------------


def unit_of_work_on(engine: Engine) -> UnitOfWork:
    """Return what opens a writing transaction on `engine`: leaving commits, raising rolls back."""

    @contextmanager
    def unit_of_work() -> Iterator[Session]:
        with Session(engine, expire_on_commit=False) as session:
            begin_writing(session)
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise

    return unit_of_work


def reading_on(engine: Engine) -> UnitOfWork:
    """Return what opens a session that only reads."""

    @contextmanager
    def reading() -> Iterator[Session]:
        with Session(engine) as session:
            yield session

    return reading


def quick_engine(url: str) -> Engine:
    """Return an engine that gives up soon when SQLite is busy, for reports and heartbeats."""
    engine = make_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(
            engine,
            "connect",
            lambda connection, _record: connection.execute(f"PRAGMA busy_timeout={QUICK_MS}"),
        )
    return engine


@dataclass(frozen=True, slots=True)
class Place:
    """Where jobs run: the installation's settings and its database, patient and impatient."""

    settings: Settings
    engine: Engine
    quick: Engine

    @property
    def work(self) -> UnitOfWork:
        """What opens a writing transaction."""
        return unit_of_work_on(self.engine)


_HERE: ContextVar[Place | None] = ContextVar("place", default=None)


def place() -> Place:
    """Return where the present job runs: what `at` said, else what the environment says."""
    return _HERE.get() or _place_of_process(os.getpid())


@lru_cache(maxsize=2)
def _place_of_process(process_id: int) -> Place:
    """Open this process's own engines: a worker process must not share its parent's connections."""
    schema.all_tables()
    settings = settings_from_environment()
    return Place(settings, make_engine(settings.database_url), quick_engine(settings.database_url))


def run(job_id: int) -> None:
    """Run one job."""
    here = place()
    run_job(here.work, KINDS, job_id, quick=unit_of_work_on(here.quick))


@contextmanager
def at(settings: Settings, engine: Engine, quick: Engine | None = None) -> Iterator[Place]:
    """Work on this database under these settings for a while, instead of those of the environment."""
    here = Place(settings, engine, quick or engine)
    token = _HERE.set(here)
    try:
        yield here
    finally:
        _HERE.reset(token)


def run_jobs_inline(settings: Settings, engine: Engine) -> None:
    """Run every job of this process right after its commit (development without a worker, tests)."""
    # On SQLite a report waits for the lock that its own job holds: it must be impatient here, too.
    quick = quick_engine(settings.database_url) if engine.dialect.name == "sqlite" else engine

    def dispatch(job_id: int) -> None:
        with at(settings, engine, quick):
            run(job_id)

    set_dispatch(dispatch)


# --- The jobs ---------------------------------------------------------------------------------------


def ending(work: UnitOfWork, report: Report, **result: Any) -> UnitOfWork:
    """Return a unit of work that ends the job in its own transaction, for use cases that open their own."""

    @contextmanager
    def unit_of_work() -> Iterator[Session]:
        with work() as session:
            yield session
            report.finish(session, **result)

    return unit_of_work


@job_kind("registry.commit_batch")
def write_batch(work: UnitOfWork, call: JobCall, report: Report) -> None:
    """Write a checked list (argument `batch_id`); what is refused stands on the batch, too."""
    batch_id = int(call.arguments["batch_id"])
    try:
        _write_batch(work, call, report, batch_id)
    except DomainError as refusal:
        reason = (
            refusal.message if isinstance(refusal.message, Text) else _("%(words)s", words=refusal.message)
        )
        with work() as session:
            batch = _batch(session, batch_id)
            if batch.state is BatchState.QUEUED:
                note_failure(session, call.actor, batch, reason)
        raise


def _write_batch(work: UnitOfWork, call: JobCall, report: Report, batch_id: int) -> None:
    with work() as session:
        batch = _batch(session, batch_id)
        path, filename = place().settings.uploads_dir / batch.stored_name, batch.filename
    report(0, 1, _("正在读取文件"))
    table = read_list(path, filename)
    with work() as session:
        batch = _batch(session, batch_id)
        report(0, 1, _("正在与库中数据比对"))
        # The columns that were checked: the same header may have been confirmed otherwise since.
        found = lists.plan_list(
            session, table, batch.kind, lists.columns_of(batch), as_of=batch.as_of, source=batch.source
        )
        lists.commit_list(session, call.actor, batch, found, report=report)
        if lists.brings_names(batch.kind):
            enqueue(
                session, call.actor, "registry.find_matches", f"batch:{batch_id}:match", batch_id=batch_id
            )
        report.finish(session, batch_id=batch_id)


def _batch(session: Session, batch_id: int) -> ImportBatch:
    batch = session.get(ImportBatch, batch_id)
    if batch is None:
        raise NotFound(_("没有这个导入批次。"))
    return batch


@job_kind("registry.find_matches")
def find_matches(work: UnitOfWork, call: JobCall, report: Report) -> None:
    """Look for pairs of enterprises that may be one, all or those that a batch brought (`batch_id`)."""
    with work() as session:
        batch_id = call.arguments.get("batch_id")
        found = find_candidates(session, call.actor, batch_id=batch_id, report=report)
        report.finish(session, compared=found.compared, found=found.found)


@job_kind("whitelist.run_scores")
def score_all(work: UnitOfWork, call: JobCall, report: Report) -> None:
    """Score all firms on today's data."""
    with work() as session:
        scored = run_scores(session, call.actor, on=today_in_china(), report=report)
        report.finish(session, run_id=scored.id)


@job_kind("reports.publish_issue")
def publish_issue(work: UnitOfWork, call: JobCall, report: Report) -> None:
    """Make the files of an issue (argument `number`) and publish it."""
    number = int(call.arguments["number"])
    publish_with_files(
        work,
        call.actor,
        number,
        settings=place().settings,
        on=today_in_china(),
        report=report,
        finish=lambda session, sent: report.finish(session, number=number, deliveries=sent),
    )


@job_kind("reports.prepare_issue")
def prepare_issue(work: UnitOfWork, call: JobCall, report: Report) -> None:
    """Prepare the draft of a period (argument `period`) that the schedule asks for."""
    with work() as session:
        issue = prepare_due(session, str(call.arguments["period"]), on=today_in_china())
        report.finish(session, number=issue.number if issue else None)


@job_kind("documents.export")
def copy_firms(work: UnitOfWork, call: JobCall, report: Report) -> None:
    """Make a copy of a filtered list (`FirmExport.as_arguments`, `permission`, `locale`); tell who asked."""
    here, wanted = place(), call.arguments
    report(0, 1, _("正在制作文件"))
    with reading_on(here.engine)() as session:
        copy = make_firm_copy(
            session,
            call.actor,
            FirmExport.from_arguments(wanted),
            permission=Permission[wanted["permission"]],
            settings=here.settings,
            on=today_in_china(),
            locale=str(wanted["locale"]),
        )
    with work() as session:
        document = issue_copy(session, call.actor, copy, settings=here.settings)
        tell_copy_is_ready(session, call.actor, document)
        report.finish(session, code=document.verify_code, rows=copy.rows)


@job_kind("events.make_timetable")
def plan_event(work: UnitOfWork, call: JobCall, report: Report) -> None:
    """Plan the meetings of an event (arguments `event_id`, `only_mutual`, `seed`) and keep the timetable."""
    wanted = call.arguments
    event_id, only_mutual = int(wanted["event_id"]), bool(wanted["only_mutual"])
    with reading_on(place().engine)() as session:
        task = task_for(session, session.get_one(Event, event_id), only_mutual=only_mutual)

    def tell(progress: Progress) -> None:
        report(int(100 * progress.done), 101, STAGE_LABELS[progress.stage])

    timetable = plan_task(task, seconds=JOB_SECONDS, seed=int(wanted["seed"]), on_progress=tell)
    with work() as session:
        kept = store_timetable(session, call.actor, session.get_one(Event, event_id), task, timetable)
        report.finish(session, number=kept.number, meetings=len(kept.meetings))


@job_kind("events.make_pack")
def make_pack(work: UnitOfWork, call: JobCall, report: Report) -> None:
    """Make everything that is printed for an event (arguments `event_id`, `locale`)."""
    here = place()
    issue_pack(
        work,
        reading_on(here.engine),
        call.actor,
        int(call.arguments["event_id"]),
        settings=here.settings,
        locale=str(call.arguments["locale"]),
        report=report,
        finish=lambda session, document: report.finish(session, code=document.verify_code),
    )


@job_kind("audit.verify")
def verify_audit_log(work: UnitOfWork, call: JobCall, report: Report) -> None:
    """Read the whole audit log, and note in it what was found."""
    with reading_on(place().engine)() as session:
        found = verify_with_heads(session, place().settings.audit_heads_dir)
    with work() as session:
        note_verification(session, call.actor, found)
        report.finish(session, rows=found.rows, findings=len(found.findings))


# --- What happens by itself -------------------------------------------------------------------------


def bring_back_jobs(queue: Huey, dispatch: Callable[[int], Any]) -> int:
    """Give the waiting jobs to the queue again: those of dead workers, and those that never got there.

    While the queue holds anything they are most likely in it, and the workers are busy.
    """
    with place().work() as session:
        waiting = sweep(session, now_utc())
    if queue.storage.queue_size() > 0:
        return 0
    for job_id in waiting:
        dispatch(job_id)  # who comes second finds the job claimed
    return len(waiting)


def deliver_mail() -> int:
    """Hand over the mails that are due."""
    try:
        send = mail_sender(place().settings)
    except DomainError as refusal:
        _log.warning("mail_not_configured", reason=refusal.message)
        return 0
    return deliver_pending(place().work, send, now_utc())


def look_after_directory(on: date | None = None) -> None:
    """Ask for the draft of the directory that is due, and remind of receipts that are overdue.

    A period has one job: asking twice for it, or from two hosts, makes one draft.
    """
    on = on or today_in_china()
    with place().work() as session:
        period = period_due(session, on)
        if period is not None:
            enqueue(session, SYSTEM, "reports.prepare_issue", f"directory:{period}", period=period)
        remind_unreceived(session, work_calendar(session), on=on)


def purge_sessions() -> int:
    """Remove sessions and counters that are over for long."""
    with place().work() as session:
        return purge(session, now=now_utc())


def sweep_documents() -> int:
    """Remove the files of documents whose issue was rolled back."""
    with reading_on(place().engine)() as session:
        return sweep_files(session, place().settings.issued_dir, now=now_utc())


def write_audit_head() -> Path:
    """Write down where the audit log ends; the file is to be copied to a place of its own."""
    with reading_on(place().engine)() as session:
        return export_head(session, place().settings.audit_heads_dir, in_china(now_utc()))


@lru_cache(maxsize=1)
def _queue() -> Huey:
    """Return the queue with the task that runs jobs and the periodic ones, which go before."""
    queue = make_queue(settings_from_environment())
    dispatch = add_task(queue, run)
    set_dispatch(lambda job_id: dispatch(job_id))
    every_minute = queue.periodic_task(crontab(), name="every_minute", expires=60, priority=10)
    every_minute(lambda: (bring_back_jobs(queue, dispatch), deliver_mail()))
    hourly = queue.periodic_task(crontab(minute="20"), name="hourly", expires=3600, priority=10)
    hourly(look_after_directory)
    nightly = queue.periodic_task(crontab(hour="19", minute="10"), name="nightly", priority=10)
    nightly(lambda: (write_audit_head(), purge_sessions(), sweep_documents()))  # 19:10 UTC is 3:10 in China
    return queue


def __getattr__(name: str) -> Huey:
    """Make the queue when the consumer asks for `ipfin.worker.huey`, not on import."""
    if name == "huey":
        return _queue()
    raise AttributeError(name)
