"""Four worker processes, a hundred jobs, ten kills: every job takes effect exactly once."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

from sqlalchemy import Engine, text

from ipfin.audit.service import verify
from ipfin.jobs.models import JobState
from ipfin.jobs.queries import counts_by_state
from ipfin.jobs.service import enqueue
from ipfin.kernel.actor import SYSTEM
from ipfin.worker.database import unit_of_work_on

ROOT = Path(__file__).resolve().parents[3]
JOBS, KILLS = 100, 10


def test_each_of_a_hundred_jobs_takes_effect_once_whoever_is_killed(
    engine: Engine, database_url: str
) -> None:
    work = unit_of_work_on(engine)
    with work() as session:
        session.execute(text("CREATE TABLE mark (job_id INTEGER NOT NULL)"))
        for number in range(JOBS):
            enqueue(session, SYSTEM, "whitelist.run_scores", f"k{number}")
    done = subprocess.run(
        [sys.executable, "-m", "tests.service.jobs.worker_process", database_url],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=150,
    )
    assert done.returncode == 0, done.stderr
    open_at_kill = done.stdout.split()
    assert len(open_at_kill) == KILLS, "there was work at every kill"
    with work() as session:
        marks = Counter(session.scalars(text("SELECT job_id FROM mark")))
        assert counts_by_state(session)[JobState.DONE] == JOBS
        assert verify(session).is_sound
    assert marks == Counter(range(1, JOBS + 1))
