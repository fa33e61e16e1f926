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
    bound, counts, beyond = reach.instant()
    found = _beside(reach, at, row_id, bound, counts, beyond)
    return and_(found, at <= reach.now) if reach.later else found


def on_day(reach: Reach, day: Any, row_id: Any = None) -> ColumnElement[bool]:
    """Return the same for a row with a day; one without an id stands for its whole day."""
    bound, counts, beyond = reach.day()
    if beyond and row_id is None:
        counts = False
    found = _beside(reach, day, row_id, bound, counts, beyond)
    return and_(found, day <= reach.today) if reach.later else found


def _beside(reach: Reach, at: Any, row_id: Any, bound: Any, counts: bool, beyond: int) -> ColumnElement[bool]:
    """Return the condition that a row stands on the wanted side of the bound, or on it where that counts."""
    further: ColumnElement[bool] = at > bound if reach.later else at < bound
    if not counts:
        return further
    if beyond:
        return or_(further, and_(at == bound, row_id > beyond if reach.later else row_id < beyond))
    return at >= bound if reach.later else at <= bound  # type: ignore[no-any-return]


def latest(statement: S, at: Any, row_id: Any, reach: Reach) -> S:
    """Return the rows of `statement` within reach that stand nearest to its place."""
    nearest = (at.asc(), row_id.asc()) if reach.later else (at.desc(), row_id.desc())
    return statement.order_by(*nearest).limit(reach.limit)


def quoted(words: str) -> str:
    """Return what somebody wrote on one line, cut where it is long."""
    tidy = " ".join(words.split())
    return tidy if len(tidy) <= _LONGEST_QUOTE else f"{tidy[:_LONGEST_QUOTE]}…"
