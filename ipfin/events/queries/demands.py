"""What the office demands of an event's timetable, read."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from ipfin.events.demands import Leasts, Order
from ipfin.events.models import Event, MeetingMinimum, MeetingOrder
from ipfin.kernel.errors import NotFound
from ipfin.kernel.text import _


def minimums_of(session: Session, event_id: int) -> Sequence[MeetingMinimum]:
    """Return the least numbers of meetings that were set by name, in the order in which they were set."""
    return session.scalars(
        select(MeetingMinimum)
        .where(MeetingMinimum.event_id == event_id)
        .options(joinedload(MeetingMinimum.registration))
        .order_by(MeetingMinimum.id)
    ).all()


def leasts_of(session: Session, event: Event) -> Leasts:
    """Return how many meetings are asked for at least, of everybody and by name."""
    own = {row.registration_id: row.least for row in minimums_of(session, event.id)}
    return Leasts(event.least_per_enterprise, event.least_per_institution, own)


def minimum_of(session: Session, registration_id: int) -> MeetingMinimum | None:
    """Return the least number that was set for one participant, as it stands."""
    return session.scalar(
        select(MeetingMinimum)
        .where(MeetingMinimum.registration_id == registration_id)
        .execution_options(populate_existing=True)
    )


def order_rows(session: Session, event_id: int) -> Sequence[MeetingOrder]:
    """Return the orders of an event with all who they are about, in the order in which they were set."""
    return session.scalars(
        select(MeetingOrder)
        .where(MeetingOrder.event_id == event_id)
        .options(
            joinedload(MeetingOrder.earlier_firm),
            joinedload(MeetingOrder.earlier_house),
            joinedload(MeetingOrder.later_firm),
            joinedload(MeetingOrder.later_house),
        )
        .order_by(MeetingOrder.id)
    ).all()


def orders_of(session: Session, event_id: int) -> list[Order]:
    """Return the orders of an event."""
    rows = session.execute(
        select(
            MeetingOrder.earlier_house_id,
            MeetingOrder.earlier_firm_id,
            MeetingOrder.later_house_id,
            MeetingOrder.later_firm_id,
        )
        .where(MeetingOrder.event_id == event_id)
        .order_by(MeetingOrder.id)
    )
    return [Order((house, firm), (other, later)) for house, firm, other, later in rows]


def order_by_id(session: Session, event_id: int, order_id: int) -> MeetingOrder:
    """Return one order of an event.

    Raises:
        NotFound: the event has no such order.
    """
    found = session.scalar(
        select(MeetingOrder)
        .where(MeetingOrder.id == order_id, MeetingOrder.event_id == event_id)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(_("没有这项先后要求，可能已被删除。"))
    return found
