"""Training records: what counts as one, making them once, revoking one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.config import Settings
from ipfin.documents.models import Document, DocumentKind
from ipfin.documents.service import revoke_document
from ipfin.events.lifecycle import EventState, Side
from ipfin.events.models import Event, EventTraining, Registration, TrainingRecord
from ipfin.events.queries.training import persons_checked_in, training_of, training_row, without_record
from ipfin.events.service.events import lock_event
from ipfin.events.service.telling import tell_each
from ipfin.events.training import hours_in_words, is_settled, require_over
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import in_china
from ipfin.kernel.errors import Conflict
from ipfin.kernel.reasons import checked_reason
from ipfin.kernel.text import _

LONGEST_REASON = 300


def certificate_subject(record_id: int) -> str:
    """Return what the certificates of a record are filed under, of whatever language."""
    return f"training:{record_id}"


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
        Conflict: the event was called off, or somebody changed it meanwhile.
    """
    event = lock_event(session, event.id)
    if event.state is EventState.CANCELLED:
        raise Conflict(_("活动已取消，没有培训记录。"))
    row = training_row(session, event.id)
    if version != (row.lock_version if row else 0):
        raise Conflict(_("他人刚刚修改过学时设置，请核对最新内容后再保存。"))
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
    rows = without_record(session, event.id)
    if not rows:
        return 0
    came = persons_checked_in(session, rows)
    session.add_all(_record(row, event, tenths, actor, now, came[row.id]) for row in rows)
    session.flush()
    subject = _("“%(title)s”的培训记录已生成", title=event.title)
    body = _("计%(hours)s学时。培训证书（PDF）可在活动页面下载。", hours=hours_in_words(tenths))
    tell_each(
        session,
        event,
        [(row, subject, body) for row in rows],
        key="registration:{row}:training",
        settings=settings,
    )
    record(session, actor, "events.training.made", f"event:{event.id}", title=event.title, count=len(rows))
    return len(rows)


def _record(
    row: Registration, event: Event, tenths: int, actor: Actor, now: datetime, person: str
) -> TrainingRecord:
    is_firm = row.side is Side.ENTERPRISE
    return TrainingRecord(
        event_id=event.id,
        registration_id=row.id,
        enterprise_id=row.enterprise_id if is_firm else None,
        organisation_id=None if is_firm else row.organisation_id,
        holder=row.display_name,
        person_name=person,
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
    row = session.execute(
        select(TrainingRecord)
        .where(TrainingRecord.id == row.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()
    if row.revoked_at is not None:
        raise Conflict(_("这条培训记录已经撤销。"))
    row.revoked_at, row.revoked_by, row.revoked_reason = now, actor.name, said
    session.flush()
    papers = session.scalars(
        select(Document).where(
            Document.kind == DocumentKind.CERTIFICATE,
            Document.subject.startswith(f"{certificate_subject(row.id)}:"),
            Document.revoked_at.is_(None),
        )
    ).all()
    for paper in papers:
        revoke_document(session, actor, paper, reason=said)
    about = {"name": row.holder, "person": row.person_name, "title": row.event_title, "reason": said}
    record(session, actor, "events.training.revoked", f"event:{row.event_id}", **about)
