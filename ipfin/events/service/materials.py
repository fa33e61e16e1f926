"""Files of an event: adding one, saying who may take it, removing it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.config import Settings
from ipfin.documents.models import DocumentKind
from ipfin.documents.service import issue_document, revoke_document
from ipfin.events.lifecycle import EventState
from ipfin.events.materials import Audience, MaterialFile, checked_title, require_room
from ipfin.events.models import Event, EventMaterial
from ipfin.events.queries.materials import count_of_materials
from ipfin.events.service.events import lock_event
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import _
from ipfin.kernel.versions import require_seen


def add_material(
    session: Session,
    actor: Actor,
    event: Event,
    file: MaterialFile,
    *,
    title: str,
    audience: Audience,
    settings: Settings,
    now: datetime,
) -> EventMaterial:
    """Keep a file of an event; the bytes stand on the disk under a generated name.

    Raises:
        BadInput: the event has as many as it may have, or the title is too long.
        Conflict: the event was called off.
    """
    event = lock_event(session, event.id)
    if event.state is EventState.CANCELLED:
        raise Conflict(_("活动已取消，不能再添加资料。"))
    require_room(count_of_materials(session, event.id))
    said = checked_title(title, file.filename)
    document = issue_document(
        session,
        actor,
        kind=DocumentKind.EVENT_MATERIAL,
        title=str(_("%(event)s · %(what)s", event=event.title, what=said)),
        filename=file.filename,
        content=file.content,
        media_type=file.media_type,
        subject=f"event:{event.id}:material",
        is_synthetic=event.is_synthetic,
        directory=settings.issued_dir,
    )
    row = EventMaterial(
        event_id=event.id,
        document_id=document.id,
        title=said,
        audience=audience,
        added_by=actor.name,
        added_at=now,
    )
    session.add(row)
    session.flush()
    record(
        session,
        actor,
        "events.material.added",
        f"event:{event.id}",
        title=event.title,
        name=said,
        audience=audience,
    )
    return row


def change_audience(
    session: Session,
    actor: Actor,
    event: Event,
    row: EventMaterial,
    audience: Audience,
    *,
    version: int | None = None,
) -> None:
    """Say who may take a file.

    Args:
        version: the `lock_version` that the person saw; None does not compare.

    Raises:
        Stale: somebody opened it to others meanwhile.
    """
    lock_event(session, event.id)
    session.refresh(row)
    require_seen(version, row.lock_version)
    if row.audience is audience:
        return
    row.audience = audience
    session.flush()
    about = {"title": event.title, "name": row.title, "audience": audience}
    record(session, actor, "events.material.opened", f"event:{event.id}", **about)


def remove_material(
    session: Session, actor: Actor, event: Event, row: EventMaterial, *, now: datetime
) -> None:
    """Take a file away; its row stays, and so does what was recorded of it."""
    row.removed_at, row.removed_by = now, actor.name
    session.flush()
    revoke_document(session, actor, row.document, reason=str(_("从活动资料中删除")))
    record(session, actor, "events.material.removed", f"event:{event.id}", title=event.title, name=row.title)
