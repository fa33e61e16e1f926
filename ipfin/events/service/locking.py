"""Use case of the office: which meetings of a timetable keep their place when the rest is planned again."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.events.models import EventTimetable, Meeting
from ipfin.events.registration import may_be_planned
from ipfin.events.service.events import lock_event
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.text import _


def set_locks(
    session: Session,
    actor: Actor,
    timetable: EventTimetable,
    meeting_ids: Collection[int] | None,
    *,
    seen: Collection[int] | None = None,
) -> int:
    """Lock these meetings of a timetable and free its others; return how many are locked now.

    Args:
        meeting_ids: None locks all.
        seen: those that were locked when the person read it: what he left alone stays as others made it
            meanwhile. None frees whatever is not named.

    Raises:
        BadInput: a meeting of another timetable.
        Conflict: the event is over.
    """
    event = lock_event(session, timetable.event_id)
    if not may_be_planned(event.state):
        raise Conflict(_("活动尚未发布或已结束，不能锁定洽谈。"))
    rows = session.scalars(
        select(Meeting).where(Meeting.timetable_id == timetable.id).order_by(Meeting.id)
    ).all()
    wanted = {row.id for row in rows} if meeting_ids is None else set(meeting_ids)
    if wanted - {row.id for row in rows}:
        raise BadInput(_("有洽谈不属于这一版排期，请刷新后重选。"))
    if seen is not None:
        stands = {row.id for row in rows if row.is_locked}
        wanted = (stands | (wanted - set(seen))) - (set(seen) - wanted)
    changed = [row for row in rows if row.is_locked != (row.id in wanted)]
    if not changed:
        return len(wanted)
    for row in changed:
        row.is_locked = row.id in wanted
    session.flush()
    record(
        session,
        actor,
        "events.timetable.locked",
        f"event:{event.id}",
        number=timetable.number,
        locked=len(wanted),
        meetings=[row.id for row in changed],
    )
    return len(wanted)
