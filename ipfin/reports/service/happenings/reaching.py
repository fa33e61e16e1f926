"""What the sources share: whose happenings, and how far back a source is asked to reach, as conditions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Select, and_, or_
from sqlalchemy.orm import Session

from ipfin.kernel.actor import Actor
from ipfin.reports.timeline import Reach

S = TypeVar("S", bound=Select[*tuple[Any, ...]])

_LONGEST_QUOTE: Final = 60


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose happenings: the firm, with those merged into it, as the actor may see them."""

    session: Session
    actor: Actor
    id: int
    ids: tuple[int, ...]

    @property
    def subjects(self) -> list[str]:
        """What the audit log and documents call the firm, and those merged into it."""
        return [f"enterprise:{each}" for each in self.ids]


def within(reach: Reach, at: Any, row_id: Any) -> ColumnElement[bool]:
    """Return the condition that a row with an instant lies within reach."""
    bound, counts, below = reach.instant()
    if not counts:
        return at < bound  # type: ignore[no-any-return]
    if below:
        return or_(at < bound, and_(at == bound, row_id < below))
    return at <= bound  # type: ignore[no-any-return]


def on_day(reach: Reach, day: Any, row_id: Any = None) -> ColumnElement[bool]:
    """Return the same for a row with a day; one without an id stands for its whole day."""
    bound, counts, below = reach.day()
    if not counts or (below and row_id is None):
        return day < bound  # type: ignore[no-any-return]
    if below:
        return or_(day < bound, and_(day == bound, row_id < below))
    return day <= bound  # type: ignore[no-any-return]


def latest(statement: S, at: Any, row_id: Any, reach: Reach) -> S:
    """Return the latest rows of `statement` within reach."""
    return statement.order_by(at.desc(), row_id.desc()).limit(reach.limit)


def quoted(words: str) -> str:
    """Return what somebody wrote on one line, cut where it is long."""
    tidy = " ".join(words.split())
    return tidy if len(tidy) <= _LONGEST_QUOTE else f"{tidy[:_LONGEST_QUOTE]}…"
