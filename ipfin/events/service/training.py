"""Training records: what counts as one, making them once, revoking one, making it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.config import Settings
from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.service import revoke_document
from ipfin.events.lifecycle import EventState, Side
from ipfin.events.models import Event, EventTraining, TrainingRecord
from ipfin.events.queries.training import (
    Attendee,
    attendee_of,
    replacements_of,
    training_of,
    training_row,
    without_record,
)
from ipfin.events.service.events import lock_event
from ipfin.events.service.telling import tell_each
from ipfin.events.training import certificate_number, checked_person, hours_in_words, is_settled, require_over
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import in_china
from ipfin.kernel.errors import Conflict
from ipfin.kernel.reasons import checked_reason
from ipfin.kernel.text import _
from ipfin.kernel.versions import require_seen

LONGEST_REASON = 300


def certificate_subject(record_id: int) -> str:
    """Return what the certificates of a record are filed under, of whatever language."""
    return f"training:{record_id}"


def certificates_subject(event_id: int) -> str:
    """Return what all certificates of an event together are filed under."""
    return f"event:{event_id}:certificates"


def save_training(
    session: Session,
    actor: Actor,
    event: Event,
    *,
    gives_records: bool,
    hours_tenths: int,
    version: int,
    now: datetime,
) -> None:
    """Say whether an event gives records, and for how many hours; records that were made keep theirs.

    Args:
        version: of the row that the person saw; 0 for the usual.

    Raises:
        Conflict: the event was called off.
        Stale: somebody changed it meanwhile.
    """
    event = lock_event(session, event.id)
    if event.state is EventState.CANCELLED:
        raise Conflict(_("活动已取消，没有培训记录。"))
    row = training_row(session, event.id)
    require_seen(version, row.lock_version if row else 0)
    if row is None:
        row = EventTraining(event_id=event.id)
        session.add(row)
    row.gives_records, row.hours_tenths = gives_records, hours_tenths
    row.changed_by, row.changed_at = actor.name, now
    session.flush()
    hours = hours_in_words(hours_tenths) if gives_records else "0"
    record(session, actor, "events.training.set", f"event:{event.id}", title=event.title, hours=hours)


def make_records(
    session: Session, actor: Actor, event: Event, *, now: datetime, settings: Settings | None = None
) -> int:
    """Give everybody who was checked in his record, once; return how many are new.

    Raises:
        Conflict: the event is not over, gives no records, or all records were made before.
    """
    event = lock_event(session, event.id)
    require_over(event.state, event.ends_at, now)
    gives, tenths = training_of(event, training_row(session, event.id))
    if not gives:
        raise Conflict(_("本活动不计学时；需要的请先在上面设置。"))
    made = _make(session, actor, event, tenths, now, settings)
    if not made:
        raise Conflict(_("没有需要生成的培训记录：签到的单位都已有记录，或没有签到。"))
    return made


def make_settled_records(
    session: Session, actor: Actor, event_id: int, *, now: datetime, settings: Settings | None = None
) -> int:
    """Make the records of an event whose door is closed, if it gives any; return how many are new."""
    event = lock_event(session, event_id)
    gives, tenths = training_of(event, training_row(session, event.id))
    is_over = event.state not in (EventState.DRAFT, EventState.CANCELLED) and now >= event.ends_at
    if not (gives and is_over and is_settled(in_china(event.ends_at).date(), event.state, now)):
        return 0
    return _make(session, actor, event, tenths, now, settings)


def _make(
    session: Session, actor: Actor, event: Event, tenths: int, now: datetime, settings: Settings | None
) -> int:
    came = without_record(session, event.id)
    if not came:
        return 0
    session.add_all(_record(one, event, tenths, actor, now) for one in came)
    session.flush()
    _tell_made(session, event, came, tenths, settings)
    record(session, actor, "events.training.made", f"event:{event.id}", title=event.title, count=len(came))
    return len(came)


def _tell_made(
    session: Session, event: Event, came: Sequence[Attendee], tenths: int, settings: Settings | None
) -> None:
    """Tell each house once, and once more when who came along was only written down later."""
    subject = _("“%(title)s”的培训记录已生成", title=event.title)
    body = _("计%(hours)s学时。培训证书（PDF）可在活动页面下载。", hours=hours_in_words(tenths))
    first = {one.registration.id: one.registration for one in came if not one.is_companion}
    later = [one.registration for one in came if one.is_companion and one.registration.id not in first]
    for rows, key in ((list(first.values()), "training"), (later, "training:companion")):
        told = [(row, subject, body) for row in rows]
        tell_each(session, event, told, key=f"registration:{{row}}:{key}", settings=settings)


def _record(one: Attendee, event: Event, tenths: int, actor: Actor, now: datetime) -> TrainingRecord:
    row, is_firm = one.registration, one.registration.side is Side.ENTERPRISE
    return TrainingRecord(
        event_id=event.id,
        registration_id=row.id,
        enterprise_id=row.enterprise_id if is_firm else None,
        organisation_id=None if is_firm else row.organisation_id,
        holder=row.display_name,
        is_companion=one.is_companion,
        person_name=one.person,
        event_title=event.title,
        held_on=in_china(event.starts_at).date(),
        hours_tenths=tenths,
        made_by=actor.name,
        made_at=now,
    )


def revoke_record(session: Session, actor: Actor, row: TrainingRecord, reason: str, *, now: datetime) -> None:
    """Declare a record, and every certificate of it, void.

    Raises:
        BadInput: no reason.
        Conflict: it is void already.
    """
    said = checked_reason(reason, longest=LONGEST_REASON)
    row = _locked(session, row)
    if row.revoked_at is not None:
        raise Conflict(_("这条培训记录已经撤销。"))
    row.revoked_at, row.revoked_by, row.revoked_reason = now, actor.name, said
    session.flush()
    papers = session.scalars(
        select(Document).where(
            Document.kind == DocumentKind.CERTIFICATE,
            Document.subject.startswith(f"{certificate_subject(row.id)}:")
            | (Document.subject == certificates_subject(row.event_id)),  # it is in there
            Document.revoked_at.is_(None),
        )
    ).all()
    for paper in papers:
        revoke_document(session, actor, paper, reason=said)
    about = {"name": row.holder, "person": row.person_name, "title": row.event_title, "reason": said}
    record(session, actor, "events.training.revoked", f"event:{row.event_id}", **about)


def remake_record(
    session: Session,
    actor: Actor,
    row: TrainingRecord,
    *,
    person: str,
    reason: str,
    now: datetime,
    settings: Settings | None = None,
) -> TrainingRecord:
    """Make a record that was revoked again, with a number of its own; the revoked one stays and names it.

    The hours are those of the revoked record: what the event counts for today is no mistake of the record.

    Args:
        person: whose name stands on it; a misspelt name is a common reason.

    Raises:
        BadInput: no reason, or no name.
        Conflict: it is not revoked, was made again before, the event is called off, or the door no longer
            says that this person was there.
    """
    said, name = checked_reason(reason, longest=LONGEST_REASON), checked_person(person)
    event = lock_event(session, row.event_id)  # as whoever takes a check-in back does
    row = _locked(session, row)
    if row.revoked_at is None:
        raise Conflict(_("这条培训记录有效，无需重新生成。"))
    made_before = replacements_of(session, [row.id]).get(row.id)
    if made_before is not None:
        raise Conflict(_("已重新生成，新编号%(number)s。", number=certificate_number(made_before)))
    require_over(event.state, event.ends_at, now)
    came = attendee_of(session, row)
    if came is None:
        raise Conflict(_("%(person)s没有签到记录；确实到场的，请先在“签到”中补登。", person=row.person_name))
    new = _record(replace(came, person=name), event, row.hours_tenths, actor, now)
    # Whatever was renamed, moved or merged since: it says what the revoked one said.
    new.holder, new.enterprise_id, new.organisation_id = row.holder, row.enterprise_id, row.organisation_id
    new.held_on, new.event_title, new.replaces_id = row.held_on, row.event_title, row.id
    session.add(new)
    session.flush()
    number, former = certificate_number(new), certificate_number(row)
    tell_each(
        session,
        event,
        [
            (
                came.registration,
                _("“%(title)s”的培训证书已重新出具", title=event.title),
                _("新编号%(number)s，原编号%(former)s作废。可在活动页面下载。", number=number, former=former),
            )
        ],
        key=f"registration:{{row}}:training:{new.id}",
        settings=settings,
    )
    about = {"name": row.holder, "person": name, "title": row.event_title, "number": number, "former": former}
    record(session, actor, "events.training.remade", f"event:{row.event_id}", reason=said, **about)
    return new


def _locked(session: Session, row: TrainingRecord) -> TrainingRecord:
    return session.execute(
        select(TrainingRecord)
        .where(TrainingRecord.id == row.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()
