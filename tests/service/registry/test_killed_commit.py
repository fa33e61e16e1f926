"""A worker that is killed in the middle of a list leaves all of it or nothing, and the list goes on."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE

import pytest
from sqlalchemy import Engine, func, select, update
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
from ipfin.worker import database
from tests.lists import row, write_list
from tests.service.registry.test_import_lists import DAY

ROOT = Path(__file__).resolve().parents[3]
ROWS = 300
LAST = 30  # statements; see how many a commit makes
MOMENTS = 10
PROGRAM = """
import os, signal, sys
from itertools import count
from pathlib import Path
from sqlalchemy import event
from ipfin import schema, worker
from ipfin.config import Settings
from ipfin.db import make_engine
from ipfin.worker import database

url, instance, job_id = sys.argv[1], sys.argv[2], int(sys.argv[3])
schema.all_tables()
settings = Settings(env="test", secret_key="none", database_url=url, instance_dir=Path(instance))

def work(last):
    engine, numbers = make_engine(url), count(1)

    @event.listens_for(engine, "after_cursor_execute")
    def die(*_told):
        if next(numbers) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    with database.at(settings, engine, database.quick_engine(url)):
        worker.run(job_id)

for line in sys.stdin:  # a fresh worker for each moment, without loading everything again
    child = os.fork()
    if child == 0:
        work(int(line))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
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


@pytest.fixture
def workers(session: Session, settings: Settings) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """Lend a queued list and a program that starts a worker on it and kills it after so many statements."""
    job_id = queued(session, settings)
    told = [settings.database_url, str(settings.instance_dir), str(job_id)]
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *told], cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True
    ) as program:
        yield job_id, program
        program.stdin.close()  # type: ignore[union-attr]


def killed_at(program: subprocess.Popen[str], moment: int) -> bool:
    """Start a worker and kill it after `moment` statements; return whether it was still at work then."""
    assert program.stdin
    assert program.stdout
    program.stdin.write(f"{moment}\n")
    program.stdin.flush()
    code = int(program.stdout.readline())
    assert code in (0, -signal.SIGKILL)
    return code != 0


def again(session: Session, engine: Engine, settings: Settings) -> None:
    """Find the job that nobody works on any more, as the hourly sweep does, and run it to its end."""
    session.rollback()
    begin_writing(session)
    waiting = sweep(session, now_utc() + 2 * STALE_AFTER)
    session.commit()
    quick = database.quick_engine(settings.database_url)
    for waits in waiting:
        with database.at(settings, engine, quick):
            worker.run(waits)
    quick.dispose()


def back_in_line(session: Session, job_id: int) -> None:
    """Put a killed job back as if it had never been tried."""
    session.rollback()
    begin_writing(session)
    session.execute(update(Job).where(Job.id == job_id).values(state=JobState.QUEUED, attempts=0))
    session.commit()


def test_a_worker_killed_at_ten_random_moments_leaves_all_or_nothing_and_the_next_one_finishes(
    session: Session, engine: Engine, settings: Settings, workers: tuple[int, subprocess.Popen[str]]
) -> None:
    job_id, program = workers
    whole = (ROWS, 40, 40)
    # Later than the last one everything is written; a commit asks the database more often than that.
    moments = random.Random(20260305).sample(range(1, LAST), MOMENTS)  # noqa: S311 - chance, not secrecy

    for moment in moments:
        assert killed_at(program, moment), moment
        assert stand(session) in ((0, 0, 0), whole), moment
        state = session.scalars(select(ImportBatch.state)).one()
        assert (state is BatchState.COMMITTED) == (stand(session) == whole), moment
        if moment is not moments[-1]:
            back_in_line(session, job_id)

    again(session, engine, settings)
    assert stand(session) == whole
    assert session.scalars(select(ImportBatch.state)).one() is BatchState.COMMITTED
    assert session.get_one(Job, job_id).state is JobState.DONE
