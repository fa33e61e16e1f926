"""Events by page, and how full they are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from ipfin.events.lifecycle import EVENT_LIFECYCLE, LIVING, SEATED, EventState, RegistrationState, Side
from ipfin.events.models import Event, Registration
from ipfin.kernel.errors import NotFound
from ipfin.kernel.paging import Page, decode_cursor, page_of
from ipfin.kernel.text import _
from ipfin.registry.queries import keyset

_AHEAD = sorted(EVENT_LIFECYCLE.open_states - {EventState.DRAFT})


def event_by_public_id(session: Session, visible: ColumnElement[bool], public_id: str) -> Event:
    """Return the event behind an address.

    Raises:
        NotFound: there is none, or not for this actor.
    """
    event = session.scalar(select(Event).where(Event.public_id == public_id, visible))
    if event is None:
        raise NotFound(_("没有这个活动，或它尚未发布。"))
    return event


def events_page(
    session: Session,
    visible: ColumnElement[bool],
    *,
    states: Collection[EventState] = (),
    cursor: str | None = None,
    size: int = 50,
) -> Page[Event]:
    """Return one page of events, the latest day first.

    Raises:
        BadInput: the cursor belongs to another list.
    """
    place = decode_cursor(cursor, order="day", types=(datetime,)) if cursor else None
    where = [visible, Event.state.in_(sorted(states)) if states else true()]
    statement = keyset(
        select(Event).where(*where), Event.starts_at, Event.id, place, ascending=False, size=size
    )
    rows = session.scalars(statement).all()
    total = session.scalar(select(func.count()).select_from(Event).where(*where))
    return page_of(
        rows,
        size=size,
        cursor=place,
        place=lambda event: ((event.starts_at,), event.id),
        order="day",
        total=total,
    )


def state_facet(session: Session, visible: ColumnElement[bool]) -> dict[EventState, int]:
    """Return how many visible events are in each state."""
    rows = session.execute(select(Event.state, func.count()).where(visible).group_by(Event.state))
    return dict.fromkeys(EventState, 0) | dict(rows.all())


def coming_events(
    session: Session, visible: ColumnElement[bool], *, now: datetime, limit: int = 5
) -> Sequence[Event]:
    """Return the next events that are not over, the nearest first."""
    return session.scalars(
        select(Event)
        .where(visible, Event.ends_at >= now, Event.state.in_(_AHEAD))
        .order_by(Event.starts_at, Event.id)
        .limit(limit)
    ).all()


@dataclass(frozen=True, slots=True)
class Seats:
    """One side of an event: its seats, how many are confirmed, wait, are to answer, are to be approved."""

    seats: int
    confirmed: int = 0
    waiting: int = 0
    offered: int = 0
    pending: int = 0

    @property
    def left(self) -> int:
        """Seats that nobody has, and that are held for nobody."""
        return max(0, self.seats - self.confirmed - self.offered)


def seats_of(session: Session, events: Collection[Event]) -> Mapping[int, Mapping[Side, Seats]]:
    """Return event id -> side -> seats."""
    rows = session.execute(
        select(Registration.event_id, Registration.side, Registration.state, func.count())
        .where(Registration.event_id.in_([event.id for event in events]))
        .group_by(Registration.event_id, Registration.side, Registration.state)
    )
    counts = {(event_id, side, state): count for event_id, side, state, count in rows}

    def of(event: Event, side: Side) -> Seats:
        return Seats(
            event.enterprise_seats if side is Side.ENTERPRISE else event.institution_seats,
            counts.get((event.id, side, RegistrationState.CONFIRMED), 0),
            counts.get((event.id, side, RegistrationState.WAITLISTED), 0),
            counts.get((event.id, side, RegistrationState.OFFERED), 0),
            counts.get((event.id, side, RegistrationState.PENDING), 0),
        )

    return {event.id: {side: of(event, side) for side in Side} for event in events}


def side_counts(session: Session, event_id: int, side: Side) -> tuple[int, int]:
    """Return how many seats of a side are taken and how many wait. Under the event's lock it is exact.

    A seat that is offered counts as taken: it is held until the answer or the deadline.
    """
    rows = session.execute(
        select(Registration.state, func.count())
        .where(
            Registration.event_id == event_id,
            Registration.side == side,
            Registration.state.in_(sorted(LIVING)),
        )
        .group_by(Registration.state)
    )
    counts = dict(rows.all())
    return sum(counts.get(state, 0) for state in SEATED), counts.get(RegistrationState.WAITLISTED, 0)
