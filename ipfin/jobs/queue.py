"""The queue between web and worker: huey on SQLite, PostgreSQL or Redis, by one setting.

Decides where the queue lies and how a message is spelled. A message is JSON and holds one number: a
queue that others can write to (Redis) must not be able to make us run what they pickled.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from huey import Huey, PostgresHuey, RedisHuey, SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer

from ipfin.jobs.dispatch import set_dispatch

QUEUE = "ipfin"


class QueueSettings(Protocol):
    """What of the settings this module reads; `job_queue` is "sqlite", "postgres" or "redis"."""

    @property
    def job_queue(self) -> str: ...  # noqa: D102 - see ipfin.config.Settings, here and below

    @property
    def job_queue_url(self) -> str: ...  # noqa: D102

    @property
    def job_immediate(self) -> bool: ...  # noqa: D102

    @property
    def database_url(self) -> str: ...  # noqa: D102

    @property
    def instance_dir(self) -> Path: ...  # noqa: D102


class JsonSerializer(Serializer):  # type: ignore[misc] # huey has no types
    """Spells messages as JSON instead of pickle."""

    def _serialize(self, data: Any) -> bytes:
        """Spell a message, or a result (which are not kept).

        Raises:
            TypeError: something in it is no plain value.
        """
        body = {"message": data._asdict()} if isinstance(data, Message) else {"value": data}
        return json.dumps(body, default=_spelled).encode()

    def _deserialize(self, data: bytes) -> Any:
        body = json.loads(data, object_hook=_read)
        return Message(**body["message"]) if "message" in body else body["value"]


def _spelled(value: Any) -> dict[str, str]:
    """Spell an instant (when a periodic task expires); huey's are naive UTC."""
    if isinstance(value, datetime):
        return {"instant": value.isoformat()}
    raise TypeError(f"a message cannot hold a {type(value).__name__}")


def _read(spelled: dict[str, Any]) -> Any:
    return datetime.fromisoformat(spelled["instant"]) if spelled.keys() == {"instant"} else spelled


def make_queue(settings: QueueSettings) -> Huey:
    """Return the queue of the settings; the embedded one is a file of its own beside the data."""
    options: dict[str, Any] = {"results": False, "serializer": JsonSerializer()}
    if settings.job_queue == "postgres":
        address = settings.job_queue_url or settings.database_url
        return PostgresHuey(
            QUEUE, dsn=address.replace("postgresql+psycopg://", "postgresql://", 1), **options
        )
    if settings.job_queue == "redis":
        return RedisHuey(QUEUE, url=settings.job_queue_url, **options)
    settings.instance_dir.mkdir(parents=True, exist_ok=True)
    file = settings.instance_dir / "jobs.db"
    file.touch(mode=0o600)  # its -wal and -shm follow
    return SqliteHuey(QUEUE, filename=str(file), fsync=True, timeout=5, **options)


def add_task(queue: Huey, run: Callable[[int], None]) -> Callable[[int], Any]:
    """Give `queue` the one task there is: run the job of an id. Every process calls it by the same name."""

    def run_job(job_id: int) -> None:
        run(job_id)

    task: Callable[[int], Any] = queue.task(name="run_job")(run_job)
    return task


def connect_queue(settings: QueueSettings) -> Huey | None:
    """Let the jobs that this process commits go to the queue; it does not run any itself.

    With `job_immediate` nothing is connected: whoever wants jobs to run at once sets the dispatch.
    """
    if settings.job_immediate:
        return None
    queue = make_queue(settings)
    task = add_task(queue, _not_here)
    set_dispatch(lambda job_id: task(job_id))
    return queue


def _not_here(job_id: int) -> None:
    raise RuntimeError(f"job {job_id} must be run by the worker")
