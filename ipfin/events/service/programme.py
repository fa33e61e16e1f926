"""Use cases of an event's programme: an item is added, changed, taken out."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.events.details import check_change
from ipfin.events.models import Event, ProgrammeLine
from ipfin.events.programme import MOST_LINES, Item, check_item
from ipfin.events.queries import programme_line, programme_of
from ipfin.events.service.events import lock_event
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import _
from ipfin.kernel.versions import require_seen


def add_item(session: Session, actor: Actor, event: Event, item: Item) -> ProgrammeLine:
    """Put an item into the programme of an event.

    Raises:
        BadInput: it says nothing, or lies outside the event.
        Conflict: the event is over, or its programme is as long as it may be.
    """
    event = _checked(session, event, item)
    if len(programme_of(session, event.id)) >= MOST_LINES:
        raise Conflict(_("议程最多%(most)d项。", most=MOST_LINES))
    line = ProgrammeLine(event_id=event.id)
    _fill(line, item)
    session.add(line)
    return _kept(session, actor, event, line)


def change_item(
    session: Session, actor: Actor, event: Event, line_id: int, item: Item, *, version: int | None = None
) -> ProgrammeLine:
    """Change an item of the programme; as `add_item`.

    Args:
        version: the `lock_version` that the person saw; None does not compare.

    Raises:
        NotFound: somebody took it out meanwhile.
        Stale: somebody changed it meanwhile.
    """
    event = _checked(session, event, item)
    line = programme_line(session, event.id, line_id)
    require_seen(version, line.lock_version)
    _fill(line, item)
    return _kept(session, actor, event, line)


def remove_item(
    session: Session, actor: Actor, event: Event, line_id: int, *, version: int | None = None
) -> None:
    """Take an item out of the programme.

    Raises:
        Conflict: the event is over.
        NotFound: it is not there.
        Stale: somebody changed it meanwhile.
    """
    event = lock_event(session, event.id)
    check_change(event.state, ())
    line = programme_line(session, event.id, line_id)
    require_seen(version, line.lock_version)
    session.delete(line)
    session.flush()
    record(session, actor, "events.programme.changed", f"event:{event.id}", title=event.title)


def _checked(session: Session, event: Event, item: Item) -> Event:
    event = lock_event(session, event.id)
    check_change(event.state, ())
    check_item(item, event.starts_at, event.ends_at)
    return event


def _fill(line: ProgrammeLine, item: Item) -> None:
    said = item.tidy
    line.starts_at, line.ends_at = said.starts_at, said.ends_at
    line.title, line.speaker, line.place = said.title, said.speaker, said.place


def _kept(session: Session, actor: Actor, event: Event, line: ProgrammeLine) -> ProgrammeLine:
    session.flush()
    record(session, actor, "events.programme.changed", f"event:{event.id}", title=event.title)
    return line
