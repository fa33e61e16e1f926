"""The programme of an event as its pages show it, to the office, to participants, to everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ipfin.events.models import Event, ProgrammeLine
from ipfin.events.programme import span, takes_days
from ipfin.events.queries import programme_of


@dataclass(frozen=True, slots=True)
class ShownItem:
    """A line of the programme and its time as people read it."""

    line: ProgrammeLine
    time: str


def programme_shown(session: Session, event: Event) -> Sequence[ShownItem]:
    """Return the programme in time; each item says its day when there are several."""
    lines = programme_of(session, event.id)
    with_day = takes_days(lines)
    return [ShownItem(line, span(line, with_day=with_day)) for line in lines]
