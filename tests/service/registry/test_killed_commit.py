"""A worker that is killed in the middle of a list leaves all of it or nothing, and the list goes on."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from ipfin import worker
from ipfin.config import Settings
from ipfin.db import begin_writing
from ipfin.jobs.kinds import STALE_AFTER
from ipfin.jobs.models import Job, JobState
from ipfin.jobs.service import enqueue
from ipfin.jobs.service.running import sweep
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.clock import now_utc
from ipfin.registry.intake import mapping_for, plan, read_list
from ipfin.registry.lifecycle import BatchState
from ipfin.registry.models import Applicant, Enterprise, ImportBatch, Patent
from ipfin.registry.service import note_check, open_batch, queue_commit
from tests.lists import row, write_list
from tests.service.registry.test_import_lists import DAY

ROOT = Path(__file__).resolve().parents[3]
ROWS = 300
PROGRAM = """
import os, signal, sys
from itertools import count
from pathlib import Path
from sqlalchemy import event
from ipfin import schema, worker
from ipfin.config import Settings
from ipfin.db import make_engine

url, instance, job_id, last = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
schema.all_tables()
engine, numbers = make_engine(url), count(1)
settings = Settings(env="test", secret_key="none", database_url=url, instance_dir=Path(instance))

@event.listens_for(engine, "after_cursor_execute")
def die(*_told):
    if next(numbers) == last:
        os.kill(os.getpid(), signal.SIGKILL)

with worker.at(settings, engine, worker.quick_engine(url)):
    worker.run(job_id)
"""


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(env="test", secret_key="none", database_url=database_url, instance_dir=tmp_path)


def queued(session: Session, settings: Settings) -> int:
    """Check a list and hand it to the worker; return the job's id."""
    settings.uploads_dir.mkdir(parents=True, exist_ok=True)
    rows = [row(serial, firm=f"样例{serial % 40}号机械有限公司") for serial in range(ROWS)]
    path = write_list(settings.uploads_dir / "stored", rows)
    table = read_list(path, "名单.xlsx")
    begin_writing(session)
    batch = open_batch(
        session, SYSTEM, filename="名单.xlsx", stored_name="stored", sha256=table.sha256,
        size_bytes=table.size_bytes, as_of=DAY,
    )  # fmt: skip
    note_check(session, SYSTEM, batch, plan(session, table, mapping_for(session, table), as_of=DAY))
    queue_commit(batch, seen=batch.check_mark)
    job_id = enqueue(session, SYSTEM, "registry.commit_batch", "batch:commit", batch_id=batch.id).id
    session.commit()
    return job_id


def stand(session: Session) -> tuple[int, int, int]:
    """Return how many patents, applicants and enterprises there are."""
    session.rollback()
    patents, applicants, firms = (
        session.scalar(select(func.count()).select_from(kind)) or 0
        for kind in (Patent, Applicant, Enterprise)
    )
    return patents, applicants, firms


@pytest.mark.parametrize("last", [2, 6, 12, 18, 24, 30])
def test_a_killed_worker_leaves_all_or_nothing_and_the_next_one_finishes(
    session: Session, engine: Engine, settings: Settings, last: int
) -> None:
    job_id = queued(session, settings)
    told = [settings.database_url, str(settings.instance_dir), str(job_id), str(last)]
    done = subprocess.run([sys.executable, "-c", PROGRAM, *told], cwd=ROOT, check=False, timeout=120)

    whole = (ROWS, 40, 40)
    assert stand(session) in ((0, 0, 0), whole)
    was_killed = done.returncode == -signal.SIGKILL
    assert was_killed or last > 12  # a commit asks the database more often than that
    if was_killed:
        state = session.scalars(select(ImportBatch.state)).one()
        assert (state is BatchState.COMMITTED) == (stand(session) == whole)
        session.rollback()
        begin_writing(session)
        waiting = sweep(session, now_utc() + 2 * STALE_AFTER)
        session.commit()
        quick = worker.quick_engine(settings.database_url)
        for waits in waiting:
            with worker.at(settings, engine, quick):
                worker.run(waits)
        quick.dispose()
    assert stand(session) == whole
    assert session.scalars(select(ImportBatch.state)).one() is BatchState.COMMITTED
    assert session.get_one(Job, job_id).state is JobState.DONE
