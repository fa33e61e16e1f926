"""Use cases of the door: check in, mark who is late or missing, take a mark back.

Two stewards may scan the same badge at once: the row of the registration is locked while its mark is read
and written, and a unique index is the second net.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.events.attendance import (
    How,
    Mark,
    checked_late_slot,
    require_marks,
    require_seat,
)
from ipfin.events.models import Attendance, Event, Registration
from ipfin.events.queries.attendance import standing_attendance
from ipfin.events.queries.training import records_of_registration, standing_record
from ipfin.events.service.events import lock_event
from ipfin.events.training import LONGEST_PERSON
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import in_china
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.reasons import checked_reason
from ipfin.kernel.text import Text, _

LONGEST_REASON = 300


@dataclass(frozen=True, slots=True)
class Arrival:
    """A participant's check-in; `is_new` is false when he had been checked in before."""

    attendance: Attendance
    is_new: bool


def check_in(
    session: Session, actor: Actor, registration: Registration, how: How, *, now: datetime
) -> Arrival:
    """Check a participant in. Who is in already is left as he is; who was given up or late has come now.

    Raises:
        Conflict: not the day, or the registration is not confirmed.
    """
    event, registration = _locked(session, registration)
    _require_door(event, registration, now)
    standing = standing_attendance(session, registration.id)
    if standing is not None and standing.mark is Mark.PRESENT:
        return Arrival(standing, is_new=False)
    _replace(session, actor, standing, _("已到场"), now)
    row = _add(session, actor, registration, Mark.PRESENT, how, now)
    _record(session, actor, event, registration, "events.attendance.came")
    return Arrival(row, is_new=True)


def mark_missing(session: Session, actor: Actor, registration: Registration, *, now: datetime) -> Attendance:
    """Say that a participant did not come.

    Raises:
        Conflict: not the day, not confirmed, checked in, or said before.
    """
    event, registration = _locked(session, registration)
    _require_door(event, registration, now)
    standing = standing_attendance(session, registration.id)
    _refuse_present(standing, registration)
    if standing is not None and standing.mark is Mark.NO_SHOW:
        raise Conflict(_("%(name)s已登记为未到。", name=registration.display_name))
    _replace(session, actor, standing, _("改登记为未到"), now)
    row = _add(session, actor, registration, Mark.NO_SHOW, How.BY_HAND, now)
    _record(session, actor, event, registration, "events.attendance.missing")
    return row


def mark_late(
    session: Session, actor: Actor, registration: Registration, slot: int, *, now: datetime
) -> Attendance:
    """Say from which slot (counted from 0) a participant will be there.

    Raises:
        BadInput: a slot that is none, or the first.
        Conflict: not the day, not confirmed, or checked in.
    """
    event, registration = _locked(session, registration)
    _require_door(event, registration, now)
    slot = checked_late_slot(slot, event.slot_count)
    standing = standing_attendance(session, registration.id)
    _refuse_present(standing, registration)
    _replace(session, actor, standing, _("改登记晚到的时段"), now)
    row = _add(session, actor, registration, Mark.LATE, How.BY_HAND, now, late_slot=slot)
    _record(session, actor, event, registration, "events.attendance.late", slot=slot)
    return row


def undo_attendance(
    session: Session, actor: Actor, registration: Registration, reason: str, *, now: datetime
) -> Attendance:
    """Take the standing mark of a participant back; its row stays, with who took it back and why.

    Raises:
        BadInput: no reason.
        Conflict: there is no mark to take back, or a training record says that he was there.
    """
    said = checked_reason(reason, longest=LONGEST_REASON)
    lock_event(session, registration.event_id)  # as whoever makes the training records does
    event, registration = _locked(session, registration)
    standing = standing_attendance(session, registration.id)
    if standing is None:
        raise Conflict(_("%(name)s没有可撤销的记录。", name=registration.display_name))
    _refuse_certified(session, standing, registration)
    _take_back(session, actor, standing, said, now)
    _record(session, actor, event, registration, "events.attendance.undone", reason=said)
    return standing


def note_companion(
    session: Session, actor: Actor, registration: Registration, name: str, *, now: datetime
) -> Attendance:
    """Say who came along with a participant who is checked in; an empty name says that nobody did.

    Raises:
        BadInput: too long a name.
        Conflict: not the day, not confirmed, not checked in, or a training record says that the one noted
            before was there.
    """
    tidy = " ".join(name.split())
    if len(tidy) > LONGEST_PERSON:
        raise BadInput(_("姓名最长%(most)s个字。", most=LONGEST_PERSON), field="companion")
    lock_event(session, registration.event_id)  # as whoever makes the training records does
    event, registration = _locked(session, registration)
    _require_door(event, registration, now)
    standing = standing_attendance(session, registration.id)
    if standing is None or standing.mark is not Mark.PRESENT:
        raise Conflict(_("%(name)s还没有签到，不能登记同行人员。", name=registration.display_name))
    if standing.companion_name == tidy:
        return standing
    if standing_record(session, registration.id, is_companion=True) is not None:
        raise Conflict(_("%(name)s已有培训记录；有误的，请先撤销该记录。", name=standing.companion_name))
    standing.companion_name = tidy
    session.flush()
    code = "events.attendance.accompanied" if tidy else "events.attendance.alone"
    _record(session, actor, event, registration, code)
    return standing


def _locked(session: Session, registration: Registration) -> tuple[Event, Registration]:
    row = session.execute(
        select(Registration)
        .where(Registration.id == registration.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()
    return session.get_one(Event, row.event_id), row


def _require_door(event: Event, registration: Registration, now: datetime) -> None:
    require_marks(event.state, in_china(event.starts_at).date(), in_china(now).date())
    require_seat(registration.state, registration.display_name)


def _refuse_present(standing: Attendance | None, registration: Registration) -> None:
    if standing is not None and standing.mark is Mark.PRESENT:
        raise Conflict(_("%(name)s已签到；如有误，请先撤销签到。", name=registration.display_name))


def _refuse_certified(session: Session, standing: Attendance, registration: Registration) -> None:
    """Keep the check-in that a training record rests on: else its certificate would still be confirmed."""
    records = records_of_registration(session, registration.id) if standing.mark is Mark.PRESENT else ()
    if any(row.revoked_at is None for row in records):
        raise Conflict(
            _(
                "%(name)s已有培训记录；签到有误的，请先在“培训记录”中撤销该记录。",
                name=registration.display_name,
            )
        )


def _replace(session: Session, actor: Actor, standing: Attendance | None, why: Text, now: datetime) -> None:
    if standing is not None:
        _take_back(session, actor, standing, str(why), now)


def _take_back(session: Session, actor: Actor, row: Attendance, reason: str, now: datetime) -> None:
    row.undone_at, row.undone_by, row.undone_reason = now, actor.name, reason
    session.flush()  # before the next mark: only one of a participant stands


def _add(
    session: Session,
    actor: Actor,
    registration: Registration,
    mark: Mark,
    how: How,
    now: datetime,
    *,
    late_slot: int | None = None,
) -> Attendance:
    row = Attendance(
        event_id=registration.event_id,
        registration_id=registration.id,
        mark=mark,
        late_slot=late_slot,
        how=how,
        marked_at=now,
        marked_by=actor.name,
    )
    session.add(row)
    session.flush()
    return row


def _record(
    session: Session, actor: Actor, event: Event, registration: Registration, code: str, **more: Any
) -> None:
    record(
        session,
        actor,
        code,
        f"event:{event.id}",
        name=registration.display_name,
        title=event.title,
        registration=registration.id,
        **more,
    )
