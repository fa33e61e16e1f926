"""The queue carries ids between processes as JSON, embedded and on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from huey import Huey
from sqlalchemy import Engine

from ipfin.config import JobQueue, Settings
from ipfin.jobs.dispatch import current_dispatch, set_dispatch
from ipfin.jobs.models import JobState
from ipfin.jobs.queries import job_status
from ipfin.jobs.queue import JsonSerializer, add_task, connect_queue, make_queue
from ipfin.jobs.service import enqueue
from ipfin.kernel.actor import SYSTEM
from ipfin.worker.database import unit_of_work_on


@pytest.fixture
def settings(database: str, database_url: str, tmp_path: Path) -> Settings:
    queue = JobQueue.POSTGRES if database == "postgresql" else JobQueue.SQLITE
    return Settings(env="test", instance_dir=tmp_path, database_url=database_url, job_queue=queue)


@pytest.fixture(autouse=True)
def _nobody_listens_afterwards() -> Iterator[None]:
    yield
    set_dispatch(None)


@pytest.fixture
def worker(settings: Settings) -> Iterator[tuple[Huey, list[int]]]:
    """The other end of the queue, and the ids that it ran."""
    ran: list[int] = []
    queue = make_queue(settings)
    queue.storage.blocking = False  # do not wait for the next message
    add_task(queue, ran.append)
    yield queue, ran
    queue.storage.close()


@pytest.fixture
def web(settings: Settings) -> Iterator[Huey]:
    """The web's end of the queue."""
    queue = connect_queue(settings)
    assert queue is not None
    yield queue
    queue.storage.close()


def test_what_the_web_commits_the_worker_runs(
    web: Huey, worker: tuple[Huey, list[int]], engine: Engine
) -> None:
    queue, ran = worker
    with unit_of_work_on(engine)() as session:
        job_id = enqueue(session, SYSTEM, "whitelist.run_scores", "k").id
    task = queue.dequeue()
    assert task is not None
    queue.execute(task)
    assert ran == [job_id]
    assert queue.dequeue() is None


def test_a_message_is_json_and_holds_one_number(worker: tuple[Huey, list[int]]) -> None:
    queue, _ran = worker
    task = queue._registry.string_to_task("ipfin.jobs.queue.run_job")(args=(7,))
    message = json.loads(queue.serialize_task(task))
    assert message["message"]["args"] == [7]
    assert message["message"]["name"] == "ipfin.jobs.queue.run_job"


def test_a_pickle_in_the_queue_is_not_opened() -> None:
    import pickle

    with pytest.raises(ValueError, match=r"JSON|decode|utf-8"):
        JsonSerializer().deserialize(pickle.dumps({"a": 1}))


def test_with_immediate_jobs_nothing_is_connected(settings: Settings) -> None:
    connect_queue(settings.model_copy(update={"job_immediate": True}))
    assert current_dispatch() is None


def test_the_web_does_not_run_jobs_itself(web: Huey, engine: Engine) -> None:
    with unit_of_work_on(engine)() as session:
        enqueue(session, SYSTEM, "whitelist.run_scores", "k")
    with unit_of_work_on(engine)() as session:
        assert job_status(session, 1).state is JobState.QUEUED


def test_the_embedded_queue_is_a_file_of_its_own(tmp_path: Path) -> None:
    queue = make_queue(Settings(env="test", instance_dir=tmp_path / "instance"))
    assert (tmp_path / "instance" / "jobs.db").exists()
    queue.storage.close()
