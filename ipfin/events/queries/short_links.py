"""Short links: the code of an event, the event of a code, and which events everybody may read."""

from __future__ import annotations

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from ipfin.events.lifecycle import EventState
from ipfin.events.models import Event, EventShortLink
from ipfin.events.queries.visible import PUBLIC_EVENTS
from ipfin.events.short_codes import tidy_short_code
from ipfin.kernel.errors import NotFound
from ipfin.kernel.text import _

ONCE_PUBLISHED = or_(
    PUBLIC_EVENTS,
    and_(Event.state == EventState.CANCELLED, Event.id.in_(select(EventShortLink.event_id))),
)
"""What everybody may read: also an event that was called off after it was published, for the page says so."""


def short_code_of(session: Session, event_id: int) -> str:
    """Return the short code of an event; nothing when it was never published."""
    return session.scalar(select(EventShortLink.code).where(EventShortLink.event_id == event_id)) or ""


def event_by_short_code(session: Session, typed: str) -> Event:
    """Return the event behind a short link.

    Raises:
        NotFound: there is none, or it is a draft.
    """
    event = session.scalar(
        select(Event)
        .join(EventShortLink, EventShortLink.event_id == Event.id)
        .where(EventShortLink.code == tidy_short_code(typed), ONCE_PUBLISHED)
    )
    if event is None:
        raise NotFound(_("没有这个短链接，请核对后重新输入，或在活动列表中查找。"))
    return event
