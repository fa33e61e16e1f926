"""The worker: runs background jobs, and what must happen by itself every minute and every night.

`huey_consumer ipfin.worker.huey -w 2 -k process`; on further hosts with `-n`, so that periodic work is
done by one. Decides when periodic work happens and that it goes before jobs. Where a job commits is decided
in `database`, what each kind does in `jobs`. Importing this package opens nothing.
"""

from __future__ import annotations

from functools import lru_cache

from huey import Huey, crontab
from sqlalchemy import Engine

from ipfin.config import Settings, settings_from_environment
from ipfin.jobs.dispatch import set_dispatch
from ipfin.jobs.kinds import KINDS
from ipfin.jobs.queue import add_task, make_queue
from ipfin.jobs.service.running import run_job
from ipfin.worker import event_jobs as event_jobs  # importing them is what makes them known
from ipfin.worker import jobs as jobs
from ipfin.worker.database import at, place, quick_engine, unit_of_work_on
from ipfin.worker.periodic import (
    bring_back_jobs,
    deliver_mail,
    look_after_directory,
    look_after_events,
    look_after_whitelist,
    purge_sessions,
    sweep_documents,
    write_audit_head,
)


def run(job_id: int) -> None:
    """Run one job."""
    here = place()
    run_job(here.work, KINDS, job_id, quick=unit_of_work_on(here.quick))


def run_jobs_inline(settings: Settings, engine: Engine) -> None:
    """Run every job of this process right after its commit (development without a worker, tests)."""
    # On SQLite a report waits for the lock that its own job holds: it must be impatient here, too.
    quick = quick_engine(settings.database_url) if engine.dialect.name == "sqlite" else engine

    def dispatch(job_id: int) -> None:
        with at(settings, engine, quick):
            run(job_id)

    set_dispatch(dispatch)


@lru_cache(maxsize=1)
def _queue() -> Huey:
    """Return the queue with the task that runs jobs and the periodic ones, which go before."""
    queue = make_queue(settings_from_environment())
    dispatch = add_task(queue, run)
    set_dispatch(lambda job_id: dispatch(job_id))
    # A task is found again by its name, which has its function's module in it: all stand here.
    every_minute = queue.periodic_task(crontab(), name="every_minute", expires=60, priority=10)
    every_minute(lambda: (event_jobs.let_offers_run_out(), bring_back_jobs(queue, dispatch), deliver_mail()))
    hourly = queue.periodic_task(crontab(minute="20"), name="hourly", expires=3600, priority=10)
    hourly(lambda: look_after_directory())
    after_events = queue.periodic_task(crontab(minute="40"), name="after_events", expires=3600, priority=10)
    after_events(
        lambda: (event_jobs.send_due_reminders(), event_jobs.make_training_records(), look_after_events())
    )
    nightly = queue.periodic_task(crontab(hour="19", minute="10"), name="nightly", priority=10)
    nightly(
        lambda: (write_audit_head(), purge_sessions(), sweep_documents(), look_after_whitelist())
    )  # 19:10 UTC is 3:10 in China
    return queue


def __getattr__(name: str) -> Huey:
    """Make the queue when the consumer asks for `ipfin.worker.huey`, not on import."""
    if name == "huey":
        return _queue()
    raise AttributeError(name)
