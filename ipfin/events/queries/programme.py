"""The programme of an event, read."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.events.models import ProgrammeLine
from ipfin.events.programme import in_order
from ipfin.kernel.errors import NotFound
from ipfin.kernel.text import _


def programme_of(session: Session, event_id: int) -> Sequence[ProgrammeLine]:
    """Return the lines of an event's programme in time."""
    return in_order(session.scalars(select(ProgrammeLine).where(ProgrammeLine.event_id == event_id)))


def programme_line(session: Session, event_id: int, line_id: int) -> ProgrammeLine:
    """Return one line of an event's programme.

    Raises:
        NotFound: the event has no such line.
    """
    found = session.get(ProgrammeLine, line_id)
    if found is None or found.event_id != event_id:
        raise NotFound(_("议程中没有这一项，可能已被删除。"))
    return found
