"""Reading notices and mails: the inbox of a person, the mails that did not go out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.kernel.paging import DEFAULT_PAGE_SIZE, Page, decode_cursor, page_of
from ipfin.kernel.text import Text
from ipfin.notices.models import Notice, OutboxMail
from ipfin.notices.outbox import MOST_ATTEMPTS

_ORDER = "inbox"  # newest first, the only order there is


@dataclass(frozen=True, slots=True)
class InboxLine:
    """One notice as the inbox shows it; `link` is a path of ours or empty."""

    id: int
    subject: Text
    body: Text
    link: str
    created_at: datetime
    is_read: bool


def unread_count(session: Session, user_id: int) -> int:
    """Return how many notices the person has not opened."""
    unread = select(func.count()).where(Notice.user_id == user_id, Notice.read_at.is_(None))
    return session.scalar(unread) or 0


def inbox(
    session: Session,
    user_id: int,
    *,
    only_unread: bool = False,
    cursor: str | None = None,
    size: int = DEFAULT_PAGE_SIZE,
) -> Page[InboxLine]:
    """Return the person's notices, newest first.

    Raises:
        BadInput: the cursor is not one of the inbox's.
    """
    query = select(Notice).where(Notice.user_id == user_id)
    if only_unread:
        query = query.where(Notice.read_at.is_(None))
    place = decode_cursor(cursor, order=_ORDER, types=()) if cursor else None
    backwards = place is not None and place.backwards
    if place is not None:
        query = query.where(Notice.id > place.row_id if backwards else Notice.id < place.row_id)
    query = query.order_by(Notice.id.asc() if backwards else Notice.id.desc()).limit(size + 1)
    lines = [_line(notice) for notice in session.scalars(query)]
    return page_of(lines, size=size, cursor=place, place=lambda line: ((), line.id), order=_ORDER)


def _line(notice: Notice) -> InboxLine:
    return InboxLine(
        id=notice.id,
        subject=Text.from_json(notice.subject),
        body=Text.from_json(notice.body),
        link=notice.link,
        created_at=notice.created_at,
        is_read=notice.read_at is not None,
    )


def stuck_mails(session: Session, *, now: datetime, limit: int = DEFAULT_PAGE_SIZE) -> Sequence[OutboxMail]:
    """Return mails that nobody will try again by himself: given up, or with an unknown outcome."""
    given_up = OutboxMail.attempts >= MOST_ATTEMPTS
    unknown = OutboxMail.lease_until <= now
    from_oldest = select(OutboxMail).where(OutboxMail.sent_at.is_(None), OutboxMail.attempts > 0)
    query = from_oldest.where(given_up | (unknown & OutboxMail.last_error.startswith(IN_FLIGHT)))
    return session.scalars(query.order_by(OutboxMail.id).limit(limit)).all()


IN_FLIGHT = "正在发送"
"""Stands as a mail's error while it is handed over; still there later, the outcome is unknown."""


def waiting_mails(session: Session) -> int:
    """Return how many mails have not gone out, those included that nobody will try again."""
    return session.scalar(select(func.count()).where(OutboxMail.sent_at.is_(None))) or 0
