"""Giving an event its short link."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.events.models import Event, EventShortLink
from ipfin.events.short_codes import new_short_code


def give_short_link(session: Session, event: Event, *, now: datetime) -> str:
    """Return the event's short code; who has none yet gets one. The caller holds the event's lock."""
    found = session.scalar(select(EventShortLink.code).where(EventShortLink.event_id == event.id))
    if found is not None:
        return found
    code = new_short_code()
    while session.scalar(select(EventShortLink.id).where(EventShortLink.code == code)) is not None:
        code = new_short_code()
    session.add(EventShortLink(event_id=event.id, code=code, made_at=now))
    session.flush()
    return code
