"""Workers as processes of their own, killed at any moment; a program, so that it may fork.

`python -m tests.service.jobs.worker_process DATABASE_URL`: forks workers that run what waits, kills ten
of them while there is work and replaces them, sweeps, and ends when every job has ended. Prints how many
jobs were still open at each kill.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from datetime import timedelta
from typing import Any

from sqlalchemy import select, text

from ipfin import schema
from ipfin.db import make_engine
from ipfin.jobs.kinds import STALE_AFTER, JobCall, JobKinds, Report
from ipfin.jobs.models import Job, JobState
from ipfin.jobs.service.running import run_job, sweep
from ipfin.kernel.clock import now_utc
from ipfin.kernel.text import _
from ipfin.worker.database import quick_engine, unit_of_work_on

KIND = "whitelist.run_scores"
WORKERS, KILLS = 4, 10
SILENCE = timedelta(seconds=3)  # here a worker that says nothing for so long is dead
OPEN = (JobState.QUEUED, JobState.RUNNING)


def leave_a_mark(work: Any, call: JobCall, report: Report) -> None:
    """Compute a little, then write one row in the transaction that ends the job."""
    report(0, 2, _("开始"))
    time.sleep(0.03)
    with work() as session:
        session.execute(text("INSERT INTO mark (job_id) VALUES (:id)"), {"id": call.job_id})
        time.sleep(0.01)
        report.finish(session)
    time.sleep(0.03)


def work_on(url: str) -> None:
    """Run what waits until nothing is open."""
    engine = make_engine(url)
    work, quick = unit_of_work_on(engine), unit_of_work_on(quick_engine(url))
    kinds = JobKinds()
    kinds.register(KIND)(leave_a_mark)
    while True:
        with engine.connect() as connection:
            waiting = connection.execute(select(Job.id, Job.state).where(Job.state.in_(OPEN))).all()
        if not waiting:
            return
        for job_id, state in waiting:
            if state is JobState.QUEUED:
                run_job(work, kinds, job_id, quick=quick)
        time.sleep(0.02)


def fork_worker(url: str) -> int:
    child = os.fork()
    if child == 0:
        try:
            work_on(url)
        finally:
            os._exit(0)
    return child


def still_open(url: str) -> int:
    """Bring back the jobs of dead workers and count what is left; no connection outlives the call."""
    engine = make_engine(url)
    with unit_of_work_on(engine)() as session:
        sweep(session, now_utc() + STALE_AFTER - SILENCE)
        left = len(session.scalars(select(Job.id).where(Job.state.in_(OPEN))).all())
    engine.dispose()
    return left


def main(url: str) -> None:
    schema.all_tables()
    chosen = random.Random(20260305)  # noqa: S311 - which worker dies, and when
    workers = [fork_worker(url) for _worker in range(WORKERS)]
    open_at_kill: list[int] = []
    while left := still_open(url):
        time.sleep(chosen.uniform(0.02, 0.12))
        if len(open_at_kill) < KILLS:
            victim = chosen.randrange(WORKERS)
            os.kill(workers[victim], signal.SIGKILL)
            os.waitpid(workers[victim], 0)
            open_at_kill.append(left)
            workers[victim] = fork_worker(url)
    for worker in workers:
        os.kill(worker, signal.SIGKILL)
        os.waitpid(worker, 0)
    sys.stdout.write(" ".join(map(str, open_at_kill)))


if __name__ == "__main__":
    main(sys.argv[1])
