"""Use cases after the meetings: say what came of one, tell a later step, write minutes, give an opinion.

Each side writes its own word only. Later steps are told by the institution or the office: a bank knows
whether it lent, and told by both they would count twice.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.events.feedback import Opinion
from ipfin.events.lifecycle import EventState, RegistrationState, Side
from ipfin.events.minutes import LONGEST_BODY
from ipfin.events.models import (
    Event,
    EventFeedback,
    EventMinutes,
    MeetingFollowUp,
    MeetingResult,
    Registration,
)
from ipfin.events.queries.results import Key, Pair, had_meeting, held_on
from ipfin.events.results import FollowUpSaid, ResultSaid
from ipfin.events.service.events import lock_event
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.text import _
from ipfin.kernel.versions import require_seen

_HELD = frozenset({EventState.SCHEDULED, EventState.FINISHED})
LONGEST_WITHDRAWAL = 300


def require_begun(event: Event, now: datetime) -> None:
    """Refuse what can be said only once the meetings have begun.

    Raises:
        Conflict: they have not, or the event was called off.
    """
    if event.state not in _HELD:
        raise Conflict(_("日程发布并开始洽谈后才能填报成果。"))
    if now < event.talks_start_at:
        raise Conflict(_("洽谈尚未开始，开始后即可填报成果。"))


def save_result(
    session: Session,
    actor: Actor,
    event: Event,
    pair: Pair,
    side: Side,
    said: ResultSaid,
    *,
    version: int,
    now: datetime,
) -> MeetingResult:
    """Keep what one side says of one meeting, in place of what it said before.

    Args:
        version: of the word that the person saw; 0 when there was none.

    Raises:
        BadInput: what cannot be said together.
        Conflict: the meetings have not begun, or there was no meeting.
        Stale: a colleague saved meanwhile.
    """
    event = lock_event(session, event.id)
    require_begun(event, now)
    _require_meeting(session, event, pair.key)
    checked = said.checked(held_on(event))
    row = _result(session, pair.key, side)
    require_seen(version, row.lock_version if row else 0)
    if row is None:
        row = MeetingResult(
            event_id=event.id,
            enterprise_registration_id=pair.enterprise.id,
            institution_registration_id=pair.institution.id,
            side=side,
        )
        session.add(row)
    for name in ("interest", "amount_fen", "product", "next_step", "responsible", "due_on", "note"):
        setattr(row, name, getattr(checked, name))
    row.said_by, row.said_at = actor.name, now
    session.flush()
    record(
        session,
        actor,
        "events.result.saved",
        f"registration:{pair.of(side).id}",
        name=pair.of(side).display_name,
        other=pair.of(side.other).display_name,
        title=event.title,
        interest=checked.interest.value,
    )
    return row


def _result(session: Session, key: Key, side: Side) -> MeetingResult | None:
    return session.scalar(
        select(MeetingResult)
        .where(
            MeetingResult.enterprise_registration_id == key[0],
            MeetingResult.institution_registration_id == key[1],
            MeetingResult.side == side,
        )
        .execution_options(populate_existing=True)
    )


def _require_meeting(session: Session, event: Event, key: Key) -> None:
    if not had_meeting(session, event.id, key):
        raise Conflict(_("这两家没有安排过洽谈。"))


def add_follow_up(
    session: Session,
    actor: Actor,
    event: Event,
    pair: Pair,
    said: FollowUpSaid,
    *,
    side: Side | None,
    on: date,
    now: datetime,
) -> MeetingFollowUp:
    """Tell a later step of a meeting.

    Args:
        side: `INSTITUTION` when the institution tells it, None for the office.

    Raises:
        BadInput: what cannot be.
        Conflict: the meetings have not begun, or the same step of the same day is told already.
    """
    event = lock_event(session, event.id)
    require_begun(event, now)
    _require_meeting(session, event, pair.key)
    checked = said.checked(held_on(event), on)
    _refuse_twice(session, pair.key, checked)
    row = MeetingFollowUp(
        event_id=event.id,
        enterprise_registration_id=pair.enterprise.id,
        institution_registration_id=pair.institution.id,
        stage=checked.stage,
        happened_on=checked.happened_on,
        amount_fen=checked.amount_fen,
        is_first_loan=checked.is_first_loan,
        reference=checked.reference,
        reason=checked.reason,
        said_by_side=side,
        said_by=actor.name,
        said_at=now,
    )
    session.add(row)
    session.flush()
    _note(session, actor, "events.step.added", pair, row)
    return row


def _refuse_twice(session: Session, key: Key, said: FollowUpSaid) -> None:
    """Refuse a second row of one step: a double click, or the office and the bank telling the same loan."""
    twin = session.scalar(
        select(MeetingFollowUp.id).where(
            MeetingFollowUp.enterprise_registration_id == key[0],
            MeetingFollowUp.institution_registration_id == key[1],
            MeetingFollowUp.stage == said.stage,
            MeetingFollowUp.happened_on == said.happened_on,
            MeetingFollowUp.withdrawn_at.is_(None),
        )
    )
    if twin is not None:
        raise Conflict(_("同一天的这项进展已经登记过；如金额有误，请先撤回再登记。"))


def withdraw_follow_up(
    session: Session, actor: Actor, event: Event, pair: Pair, step: MeetingFollowUp, *, reason: str
) -> None:
    """Take a later step back that was wrong; it stays to be read and counts no more.

    Raises:
        BadInput: without a reason.
        Conflict: it was withdrawn already.
    """
    words = reason.strip()
    if not words:
        raise BadInput(_("请写明撤回的理由。"), field="reason")
    if len(words) > LONGEST_WITHDRAWAL:
        raise BadInput(_("不超过%(most)s个字。", most=LONGEST_WITHDRAWAL), field="reason")
    lock_event(session, event.id)
    session.refresh(step)
    if step.withdrawn_at is not None:
        raise Conflict(_("这条进展已经撤回。"))
    step.withdrawn_at, step.withdrawn_by, step.withdrawn_reason = now_utc(), actor.name, words
    session.flush()
    _note(session, actor, "events.step.withdrawn", pair, step, reason=words)


def _note(session: Session, actor: Actor, code: str, pair: Pair, step: MeetingFollowUp, **more: str) -> None:
    record(
        session,
        actor,
        code,
        f"registration:{pair.enterprise.id}",
        name=pair.enterprise.display_name,
        other=pair.institution.display_name,
        stage=step.stage.value,
        follow_up=step.id,
        **more,
    )


def give_opinion(
    session: Session,
    actor: Actor,
    event: Event,
    registration: Registration,
    said: Opinion,
    *,
    now: datetime,
    version: int | None = None,
) -> EventFeedback:
    """Keep what a participant thinks of the event, in place of what he said before.

    Args:
        version: of the opinion that the person saw, 0 when there was none; None does not compare.

    Raises:
        BadInput: points that are none.
        Conflict: the event has not begun, or he had no seat.
        Stale: a colleague said something else meanwhile.
    """
    event = lock_event(session, event.id)
    if now < event.starts_at or event.state in (EventState.DRAFT, EventState.CANCELLED):
        raise Conflict(_("活动开始后才能填写反馈。"))
    if registration.state is not RegistrationState.CONFIRMED:
        raise Conflict(_("报名已确认的单位才能填写反馈。"))
    checked = said.checked()
    row = session.scalar(
        select(EventFeedback)
        .where(EventFeedback.registration_id == registration.id)
        .execution_options(populate_existing=True)
    )
    require_seen(version, row.lock_version if row else 0)
    row = row or EventFeedback(event_id=event.id, registration_id=registration.id)
    for name in ("organisation_points", "timetable_points", "use_points", "would_return", "comment"):
        setattr(row, name, getattr(checked, name))
    row.said_by, row.said_at = actor.name, now
    session.add(row)
    session.flush()
    record(
        session,
        actor,
        "events.feedback.given",
        f"registration:{registration.id}",
        name=registration.display_name,
        title=event.title,
    )
    return row


def save_minutes(
    session: Session, actor: Actor, event: Event, body: str, *, version: int, now: datetime
) -> EventMinutes:
    """Keep the minutes of an event.

    Args:
        version: of the text that the person saw; 0 when there was none.

    Raises:
        BadInput: nothing is written, or too much.
        Conflict: the event was not held.
        Stale: somebody saved meanwhile.
    """
    event = lock_event(session, event.id)
    if event.state not in (*_HELD, EventState.CLOSED) or now < event.starts_at:
        raise Conflict(_("活动开始后才能撰写会议纪要。"))
    words = body.strip()
    if not words:
        raise BadInput(_("请填写会议纪要。"), field="body")
    if len(words) > LONGEST_BODY:
        raise BadInput(_("不超过%(most)s个字。", most=LONGEST_BODY), field="body")
    row = session.scalar(
        select(EventMinutes)
        .where(EventMinutes.event_id == event.id)
        .execution_options(populate_existing=True)
    )
    require_seen(version, row.lock_version if row else 0)
    if row is None:
        row = EventMinutes(event_id=event.id)
        session.add(row)
    row.body, row.written_by, row.written_at = words, actor.name, now
    session.flush()
    record(session, actor, "events.minutes.saved", f"event:{event.id}", title=event.title)
    return row
