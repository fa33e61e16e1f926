"""Where jobs run: the installation's settings and its database, and the one place where a job commits.

Decides how a job opens and ends its transactions; which function does which job is decided in `jobs`.
Importing this module opens nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from ipfin import schema
from ipfin.config import Settings, settings_from_environment
from ipfin.db import UnitOfWork, begin_writing, make_engine

QUICK_MS = 100  # how long a progress report waits for a busy SQLite


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


@contextmanager
def at(settings: Settings, engine: Engine, quick: Engine | None = None) -> Iterator[Place]:
    """Work on this database under these settings for a while, instead of those of the environment."""
    here = Place(settings, engine, quick or engine)
    token = _HERE.set(here)
    try:
        yield here
    finally:
        _HERE.reset(token)
