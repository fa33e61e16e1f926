"""What the parts of the factory share: the session, running numbers, and one way to save a row."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import count
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from ipfin.db import Base

R = TypeVar("R", bound=Base)

NOW = datetime(2026, 3, 5, 2, 0, tzinfo=UTC)  # Thursday, 10 o'clock in Anyang
TODAY = date(2026, 3, 5)


class Maker:
    """Saves valid rows through one session. A test states only what it is about."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._numbers = count(1)

    def number(self) -> int:
        """Return a number that this factory has not given out before."""
        return next(self._numbers)

    def save(self, kind: type[R], defaults: dict[str, Any], overrides: dict[str, Any]) -> R:
        """Save a row of `kind` with `defaults`, changed by what the test said."""
        row = kind(**{**defaults, **overrides})
        self.session.add(row)
        self.session.flush()
        return row


def public_id(prefix: str, number: int) -> str:
    """Return a public id of the right length that a failing test can be read by."""
    return f"{prefix}{number:010d}"
