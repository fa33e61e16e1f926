"""The vital signs of the platform, gathered for the watcher's page and the administrator's. Reads only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ipfin import schema

# A job that nobody took for so long has no worker (a running one takes the next within seconds).
QUEUE_STALLS_AFTER: Final = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class VitalSigns:
    """What works. `queue_age` is how long the oldest job waits, None when none does."""

    has_database: bool
    is_schema_current: bool
    queue_age: timedelta | None

    @property
    def does_queue_move(self) -> bool:
        """Whether somebody takes the jobs."""
        return self.queue_age is None or self.queue_age < QUEUE_STALLS_AFTER

    @property
    def is_well(self) -> bool:
        """Whether pages and jobs can do their work."""
        return self.has_database and self.is_schema_current and self.does_queue_move

    def as_json(self) -> dict[str, Any]:
        """Return the signs in the words of a machine."""
        age = None if self.queue_age is None else int(self.queue_age.total_seconds())
        return {
            "status": "ok" if self.is_well else "failing",
            "database": self.has_database,
            "schema_current": self.is_schema_current,
            "queue_age_seconds": age,
        }


def vital_signs(session_now: Callable[[], Session], engine: Engine, *, now: datetime) -> VitalSigns:
    """Look at everything that a page or a job needs; whatever does not answer is not well."""
    try:
        session_now().execute(text("SELECT 1"))
        is_current = schema.current_revision(engine) == _newest_revision()
        return VitalSigns(True, is_current, None)
    except SQLAlchemyError:
        return VitalSigns(False, False, None)


@lru_cache(maxsize=1)
def _newest_revision() -> str:
    return schema.newest_revision()
