"""The worker: jobs in this process, mail, dead jobs, chain heads."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ipfin import worker
from ipfin.audit.models import AuditEntry
from ipfin.audit.service import current_head, read_head
from ipfin.config import Environment, Settings
from ipfin.jobs.dispatch import set_dispatch
from ipfin.jobs.kinds import STALE_AFTER
from ipfin.jobs.models import JobState
from ipfin.jobs.queries import job_by_key
from ipfin.jobs.queue import add_task, make_queue
from ipfin.jobs.service import enqueue
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.clock import in_china, now_utc, today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.notices.outbox import MailServer
from ipfin.notices.service import mail_sender, queue_mail
from ipfin.registry.models import ImportBatch
from ipfin.reports.directory import IssueState
from ipfin.reports.models import DirectoryIssue
from ipfin.reports.schedule import Frequency
from ipfin.worker import database, periodic
from tests.factories import Make

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    return Settings(env="test", instance_dir=tmp_path, database_url=database_url)


@pytest.fixture
def here(settings: Settings, engine: Engine) -> Iterator[database.Place]:
    with database.at(settings, engine) as place:
        yield place


def test_inline_a_job_has_ended_when_the_use_case_returns(settings: Settings, engine: Engine) -> None:
    worker.run_jobs_inline(settings, engine)
    try:
        with database.unit_of_work_on(engine)() as session:
            enqueue(session, SYSTEM, "whitelist.run_scores", "k")
    finally:
        set_dispatch(None)
    with Session(engine) as session:
        ended = job_by_key(session, "k")
        assert ended is not None
        assert ended.state is JobState.FAILED
        assert ended.message == "库中还没有持有专利的企业，请先导入名单。"


def test_a_list_that_cannot_be_read_fails_the_batch_too(
    settings: Settings, engine: Engine, here: database.Place
) -> None:
    settings.uploads_dir.mkdir()
    (settings.uploads_dir / "bad.xlsx").write_bytes(b"no spreadsheet")
    with here.work() as session:
        from ipfin.registry.lifecycle import BatchState

        batch_id = (
            Make(session)
            .batch(state=BatchState.QUEUED, stored_name="bad.xlsx", filename="坏.xlsx", committed_at=None)
            .id
        )
        job_id = enqueue(session, SYSTEM, "registry.commit_batch", "k", batch_id=batch_id).id
    worker.run(job_id)
    with Session(engine) as session:
        ended = job_by_key(session, "k")
        assert ended is not None
        assert ended.state is JobState.FAILED
        batch = session.get_one(ImportBatch, batch_id)
        assert batch.state is BatchState.FAILED
        assert batch.failure is not None
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
        assert actions == ["jobs.queued", "registry.batch.failed", "jobs.failed"]


def test_without_a_mail_server_mails_become_files(settings: Settings, here: database.Place) -> None:
    with here.work() as session:
        queue_mail(session, "k", "a@example.test", "题", "文")
    assert periodic.deliver_mail() == 1
    assert len(list((settings.instance_dir / "mail").glob("*.eml"))) == 1
    assert periodic.deliver_mail() == 0


def test_in_production_nobody_writes_mails_into_a_folder(settings: Settings) -> None:
    production = settings.model_copy(update={"env": Environment.PRODUCTION})
    with pytest.raises(DomainError, match="IPFIN_MAIL_SERVER"):
        mail_sender(production)
    with_server = production.model_copy(update={"mail_server": "mail.example.test"})
    sender = mail_sender(with_server).__self__
    assert isinstance(sender, MailServer)
    assert (sender.host, sender.tls) == ("mail.example.test", True)


def test_a_mail_that_cannot_leave_stays_in_the_outbox(settings: Settings, engine: Engine) -> None:
    with database.at(settings.model_copy(update={"env": Environment.PRODUCTION}), engine) as here:
        with here.work() as session:
            queue_mail(session, "k", "a@example.test", "题", "文")
        assert periodic.deliver_mail() == 0
    with database.at(settings, engine):
        assert periodic.deliver_mail() == 1


def test_dead_and_forgotten_jobs_are_given_to_the_queue_once(
    settings: Settings, here: database.Place
) -> None:
    with here.work() as session:
        make = Make(session)
        forgotten = make.job(kind="whitelist.run_scores").id
        dead = make.job(state=JobState.RUNNING, attempts=1, heartbeat_at=now_utc() - STALE_AFTER).id
        make.job(state=JobState.RUNNING, attempts=1, heartbeat_at=now_utc() + timedelta(minutes=5))
    queue = make_queue(settings)
    dispatch = add_task(queue, worker.run)
    given: list[int] = []
    assert periodic.bring_back_jobs(queue, given.append) == 2
    assert given == [forgotten, dead]
    dispatch(forgotten)
    assert periodic.bring_back_jobs(queue, given.append) == 0, "they stand in the queue"
    queue.storage.close()


def test_the_chain_head_is_written_down_under_the_day_in_china(
    settings: Settings, here: database.Place, engine: Engine
) -> None:
    path = periodic.write_audit_head()
    assert path == settings.audit_heads_dir / f"{in_china(now_utc()):%Y-%m-%d}.json"
    with Session(engine) as session:
        assert read_head(path) == current_head(session)


def test_a_due_draft_of_the_directory_is_made_by_one_job_however_often_it_is_looked_for(
    settings: Settings, engine: Engine, here: database.Place
) -> None:
    with here.work() as session:
        make = Make(session)
        make.patent(holders=[make.enterprise(name="样例甲有限公司")])
        make.schedule(frequency=Frequency.MONTHLY, day=1, since=date(2020, 1, 1))
    worker.run_jobs_inline(settings, engine)
    try:
        for _turn in range(2):
            periodic.look_after_directory()
    finally:
        set_dispatch(None)
    with Session(engine) as session:
        issue = session.scalars(select(DirectoryIssue)).one()
        assert (issue.state, issue.lines_count, issue.period) == (
            IssueState.DRAFT,
            1,
            f"{today_in_china():%Y-%m}",
        )


def test_the_consumer_finds_the_queue_with_its_periodic_work(tmp_path: Path) -> None:
    program = (
        "from ipfin import worker\n"
        "queue = worker.huey\n"
        "print(*sorted(queue._registry._registry))\n"
        "for task in queue._registry.periodic_tasks: queue.enqueue(task)\n"
        "print(*sorted(queue.dequeue().name for _ in range(4)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={"IPFIN_INSTANCE_DIR": str(tmp_path), "IPFIN_ENV": "test", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    registered, enqueued = done.stdout.splitlines()
    assert registered.split() == [
        "ipfin.jobs.queue.run_job",
        *(f"ipfin.worker.{name}" for name in ("after_events", "every_minute", "hourly", "nightly")),
    ]
    assert enqueued == "after_events every_minute hourly nightly"
    assert (tmp_path / "jobs.db").stat().st_mode & 0o777 == 0o600
