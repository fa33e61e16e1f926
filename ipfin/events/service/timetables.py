"""Use cases of the timetable: plan it, keep it with its certificate, publish it.

The planner runs for seconds and must not hold the database meanwhile. So a task is read first, planned
without a transaction, and stored by `store_timetable`, which refuses an answer to a question that has
changed. `make_timetable` does the three in one transaction, for commands and demonstrations.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.config import Settings
from ipfin.documents.models import Document
from ipfin.documents.service import revoke_document
from ipfin.events.lifecycle import EVENT_LIFECYCLE, EventState, TimetableState
from ipfin.events.models import Event, EventTimetable, Meeting
from ipfin.events.planning import INLINE_SECONDS, Task, certificate_as_json, stored_locks
from ipfin.events.queries import agendas_of, confirmed_of, published_timetable, task_for
from ipfin.events.registration import may_be_planned
from ipfin.events.service.events import lock_event
from ipfin.events.service.telling import tell_each
from ipfin.events.timetable.certificate import OnProgress, ShouldStop, Timetable
from ipfin.events.timetable.checker import value_of, violations
from ipfin.events.timetable.problem import Lock, MeetingProblem
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import Conflict, DomainError
from ipfin.kernel.text import _


class BrokenTimetable(DomainError):
    """The planner's answer broke a rule of the event; nothing was kept. A fault of ours."""


def make_timetable(
    session: Session,
    actor: Actor,
    event: Event,
    *,
    seconds: float = INLINE_SECONDS,
    seed: int = 0,
    locks: Sequence[Lock] = (),
    on_progress: OnProgress | None = None,
) -> EventTimetable:
    """Plan an event as it stands and keep the timetable as a draft.

    Args:
        locks: meetings that keep their slot and table.
        seconds: time for improvements, of the clock.

    Raises:
        Conflict: there is nothing to plan, or the event is over.
    """
    task = task_for(session, event, locks=locks)
    timetable = plan_task(task, seconds=seconds, seed=seed, on_progress=on_progress)
    return store_timetable(session, actor, event, task, timetable)


def plan_task(
    task: Task,
    *,
    seconds: float,
    seed: int = 0,
    workers: int = 0,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> Timetable:
    """Run the planner; needs no database. See `timetable.plan`."""
    from ipfin.events.timetable.plan import plan

    return plan(
        task.problem,
        time_limit_s=seconds,
        seed=seed,
        workers=workers,
        on_progress=on_progress,
        should_stop=should_stop,
    )


def store_timetable(
    session: Session, actor: Actor, event: Event, task: Task, timetable: Timetable
) -> EventTimetable:
    """Check a planned timetable without the planner and keep it as a draft.

    Raises:
        BrokenTimetable: it breaks a rule, or claims a value that its meetings do not have.
        Conflict: registrations or wishes changed since the task was read, or the event is over.
    """
    event = lock_event(session, event.id)
    if not may_be_planned(event.state):
        raise Conflict(_("活动尚未发布或已结束，不能排期。"))
    refuse_broken(task.problem, timetable)
    locks = task.problem.locks
    if task_for(session, event, locks=locks).problem.sha256() != task.problem.sha256():
        raise Conflict(_("排期期间报名或意愿有变动，结果未保存，请重新排期。"))
    certificate = certificate_as_json(task, timetable)
    kept = keep_timetable(session, actor, event, timetable, certificate, locks)
    record(
        session,
        actor,
        "events.timetable.made",
        f"event:{event.id}",
        number=kept.number,
        meetings=len(kept.meetings),
        value=kept.value,
        bound=kept.bound,
        inputs_hash=kept.inputs_hash,
    )
    return kept


def keep_timetable(
    session: Session,
    actor: Actor,
    event: Event,
    timetable: Timetable,
    certificate: dict[str, Any],
    locks: Collection[Lock] = (),
    *,
    base: EventTimetable | None = None,
) -> EventTimetable:
    """Add the rows of a timetable: a draft, or the one that holds from now on in place of `base`.

    What was locked stays locked.
    """
    number = session.scalar(
        select(func.max(EventTimetable.number)).where(EventTimetable.event_id == event.id)
    )
    locked = {(lock.bank_id, lock.firm_id) for lock in locks}
    proof, now = timetable.certificate, now_utc()
    kept = EventTimetable(
        event_id=event.id,
        number=(number or 0) + 1,
        state=TimetableState.DRAFT if base is None else TimetableState.PUBLISHED,
        value=proof.value,
        bound=proof.bound,
        certificate=certificate,
        inputs_hash=proof.inputs_sha256,
        base_number=None if base is None else base.number,
        made_by=actor.name,
        made_at=now,
        published_at=None if base is None else now,
        meetings=[
            Meeting(
                enterprise_registration_id=int(meeting.firm_id),
                institution_registration_id=int(meeting.bank_id),
                slot=meeting.slot - 1,
                desk=meeting.table,
                is_locked=(meeting.bank_id, meeting.firm_id) in locked,
            )
            for meeting in timetable.meetings
        ],
    )
    session.add(kept)
    session.flush()
    return kept


def refuse_broken(problem: MeetingProblem, timetable: Timetable) -> None:
    """Check a timetable without the planner.

    Raises:
        BrokenTimetable: it breaks a rule, or claims a value that its meetings do not have.
    """
    found = violations(problem, timetable.meetings)
    if found:
        raise BrokenTimetable(
            _("排期结果违反规则，未保存：%(first)s（共%(count)d处）", first=found[0], count=len(found))
        )
    if value_of(problem, timetable.meetings) != timetable.certificate.value:
        raise BrokenTimetable(_("排期结果的分值与会谈不符，未保存。"))


def publish_timetable(
    session: Session, actor: Actor, timetable: EventTimetable, *, settings: Settings | None = None
) -> None:
    """Publish a timetable: it holds from now on, an earlier one is superseded, everybody is told his.

    Raises:
        Conflict: registrations or wishes changed since it was made, or it is no draft any more.
        InvalidTransition: registration has not been closed yet.
    """
    event = lock_event(session, timetable.event_id)
    session.refresh(timetable)
    if timetable.state is not TimetableState.DRAFT:
        raise Conflict(_("这一版排期已发布过，请生成新的一版。"))
    if event.state is not EventState.SCHEDULED:
        event.state = EVENT_LIFECYCLE.advance(event.state, EventState.SCHEDULED)
    task = task_for(session, event, locks=stored_locks(timetable.certificate))
    if task.problem.sha256() != timetable.inputs_hash:
        raise Conflict(_("这一版排期生成后，报名、意愿或设置有变动，请重新排期后再发布。"))
    earlier = published_timetable(session, event.id)
    if earlier is not None:
        earlier.state = TimetableState.SUPERSEDED
        session.flush()
        _revoke_agendas(session, actor, earlier)
    timetable.state = TimetableState.PUBLISHED
    timetable.published_at = now_utc()
    session.flush()
    meetings = _tell_agendas(session, event, timetable, settings)
    record(
        session,
        actor,
        "events.timetable.published",
        f"event:{event.id}",
        number=timetable.number,
        meetings=meetings,
    )


def _revoke_agendas(session: Session, actor: Actor, timetable: EventTimetable) -> None:
    """Declare the papers of a superseded timetable void: who scans an old agenda is told."""
    papers = session.scalars(
        select(Document).where(
            or_(
                Document.subject.startswith(f"timetable:{timetable.id}:", autoescape=True),
                Document.subject.startswith(f"event:{timetable.event_id}:agenda:", autoescape=True),
            ),
            Document.revoked_at.is_(None),
        )
    ).all()
    for paper in papers:
        revoke_document(session, actor, paper, reason=str(_("已发布新一版日程，请以新版为准。")))


def _tell_agendas(
    session: Session, event: Event, timetable: EventTimetable, settings: Settings | None
) -> int:
    participants = confirmed_of(session, event.id)
    agendas = agendas_of(session, event, timetable, participants)
    subject = _("“%(title)s”的洽谈日程已发布", title=event.title)
    told = []
    for row in participants:
        count = len(agendas[row.id])
        body = (
            _("贵单位有%(count)d场一对一洽谈，请查看并下载日程。", count=count)
            if count
            else _("本场没有为贵单位安排一对一洽谈，欢迎参加公开环节。")
        )
        told.append((row, subject, body))
    tell_each(session, event, told, key=f"timetable:{timetable.id}:published", settings=settings)
    return sum(map(len, agendas.values())) // 2
