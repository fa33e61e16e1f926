"""Reading the audit log: the timeline of a subject, and the log page by page."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from ipfin.audit import codes
from ipfin.audit.models import AuditEntry
from ipfin.kernel.paging import DEFAULT_PAGE_SIZE, Page, decode_cursor, page_of
from ipfin.kernel.text import Text

_ORDER = "audit"  # newest first, the only order there is


@dataclass(frozen=True, slots=True)
class LoggedAct:
    """One entry as a page shows it."""

    id: int
    at: datetime
    actor_user_id: int | None
    actor_name: str
    actor_role: str
    organisation_id: int | None
    action: str
    subject: str
    detail: Mapping[str, Any]
    address: str
    sentence: Text


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which entries are wanted; empty fields ask for nothing. `since` is included, `until` is not."""

    action: str = ""  # a code, or its beginning up to a dot: "registry" or "registry.batch"
    subject: str = ""
    actor_user_id: int | None = None
    organisation_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


def timeline(
    session: Session, subjects: Collection[str], *, cursor: str | None = None, size: int = DEFAULT_PAGE_SIZE
) -> Page[LoggedAct]:
    """Return what happened to any of `subjects`, newest first.

    Raises:
        BadInput: the cursor is not one of the log's.
    """
    return _page(session, select(AuditEntry).where(AuditEntry.subject.in_(subjects)), cursor, size)


def latest_acts(
    session: Session, *where: ColumnElement[bool], most: int, oldest_first: bool = False
) -> list[LoggedAct]:
    """Return the latest entries under these conditions, for a list that others stand in too.

    Args:
        oldest_first: return the earliest entries instead, for a list that is read backwards.
    """
    at, number = AuditEntry.at, AuditEntry.id
    order = (at.asc(), number.asc()) if oldest_first else (at.desc(), number.desc())
    query = select(AuditEntry).where(*where).order_by(*order)
    return [_act(entry) for entry in session.scalars(query.limit(most))]


def log_page(
    session: Session, wanted: LogFilter, *, cursor: str | None = None, size: int = DEFAULT_PAGE_SIZE
) -> Page[LoggedAct]:
    """Return the entries that `wanted` asks for, newest first.

    Raises:
        BadInput: the cursor is not one of the log's.
    """
    query = select(AuditEntry)
    if wanted.action:
        within = AuditEntry.action.startswith(wanted.action + ".", autoescape=True)
        query = query.where((AuditEntry.action == wanted.action) | within)
    for column, value in (
        (AuditEntry.subject, wanted.subject or None),
        (AuditEntry.actor_user_id, wanted.actor_user_id),
        (AuditEntry.organisation_id, wanted.organisation_id),
    ):
        if value is not None:
            query = query.where(column == value)
    if wanted.since is not None:
        query = query.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditEntry.at < wanted.until)
    return _page(session, query, cursor, size)


def _page(session: Session, query: Select[AuditEntry], cursor: str | None, size: int) -> Page[LoggedAct]:
    place = decode_cursor(cursor, order=_ORDER, types=()) if cursor else None
    backwards = place is not None and place.backwards
    if place is not None:
        query = query.where(AuditEntry.id > place.row_id if backwards else AuditEntry.id < place.row_id)
    newest_first = AuditEntry.id.asc() if backwards else AuditEntry.id.desc()
    rows = session.scalars(query.order_by(newest_first).limit(size + 1)).all()
    acts = [_act(row) for row in rows]
    return page_of(acts, size=size, cursor=place, place=lambda act: ((), act.id), order=_ORDER)


def _act(entry: AuditEntry) -> LoggedAct:
    stored: dict[str, Any] = json.loads(entry.detail)
    detail = {name: _read(value) for name, value in stored.items()}
    return LoggedAct(
        id=entry.id,
        at=entry.at,
        actor_user_id=entry.actor_user_id,
        actor_name=entry.actor_name,
        actor_role=entry.actor_role,
        organisation_id=entry.organisation_id,
        action=entry.action,
        subject=entry.subject,
        detail=detail,
        address=entry.address,
        sentence=codes.sentence(entry.action, detail),
    )


def _read(value: Any) -> Any:
    """Return a stored sentence as one that can be translated; anything else as it is."""
    if isinstance(value, dict) and value.keys() == {"template", "params"}:
        return Text.from_json(value)
    return value
