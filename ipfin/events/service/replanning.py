"""Use cases of the day: what to re-plan, and taking over one of the two proposals.

The planner runs outside any transaction (`ipfin.events.replanning.plan_rest`); `apply_replanning` refuses its
answer when the published timetable, or anything else that it was planned from, is another by then.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.config import Settings
from ipfin.documents.models import Document
from ipfin.documents.service import revoke_document
from ipfin.events.details import slot_times
from ipfin.events.lifecycle import EventState, TimetableState
from ipfin.events.models import Event, EventTimetable, Registration
from ipfin.events.queries import agendas_of, meetings_of, published_timetable, task_for
from ipfin.events.queries.meetings import AgendaLine
from ipfin.events.replanning import (
    Day,
    Held,
    Outage,
    Way,
    agenda_subject,
    changed_ids,
    day_of,
    stored_certificate,
    told_ids,
)
from ipfin.events.service.events import lock_event
from ipfin.events.service.telling import tell_each
from ipfin.events.service.timetables import keep_timetable, refuse_broken
from ipfin.events.timetable.replanning import ChangeKind, Proposal
from ipfin.kernel.actor import SYSTEM, Actor
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import Text, _, listed


def day_for(session: Session, event: Event) -> Day:
    """Return what is re-planned of an event as it stands.

    Raises:
        Conflict: no timetable is published, or the event is over.
    """
    base = published_timetable(session, event.id)
    if base is None or event.state is not EventState.SCHEDULED:
        raise Conflict(_("日程发布后、活动结束前才能现场调整。"))
    task = task_for(session, event)
    held = [
        Held(
            row.enterprise_registration_id,
            row.enterprise_registration.display_name,
            row.institution_registration_id,
            row.institution_registration.display_name,
            row.institution_registration.desks,
            row.slot,
            row.desk,
            row.is_locked,
        )
        for row in meetings_of(session, base.id, SYSTEM)
    ]
    return day_of(task, base.number, held, event.meetings_per_enterprise)


def apply_replanning(
    session: Session,
    actor: Actor,
    event: Event,
    day: Day,
    outage: Outage,
    proposal: Proposal,
    way: Way,
    *,
    settings: Settings | None = None,
) -> EventTimetable:
    """Keep a proposal as a new timetable, publish it, tell those whose meetings change and only those.

    Raises:
        BrokenTimetable: it breaks a rule of the day.
        Conflict: another timetable was published meanwhile, or what it was planned from has changed.
    """
    event = lock_event(session, event.id)
    base = published_timetable(session, event.id)
    if base is not None and base.number != day.base_number:
        raise Conflict(
            _(
                "您核对时的第%(seen)s版日程已被第%(now)s版替换，请按新版重新核对。",
                seen=day.base_number,
                now=base.number,
            )
        )
    if base is None or day_for(session, event) != day:
        raise Conflict(_("核对期间报名或日程有变动，请重新核对后再确认。"))
    if not proposal.changes:
        raise Conflict(_("日程没有变化，无需调整。"))
    refuse_broken(proposal.problem, proposal.timetable)
    base.state = TimetableState.SUPERSEDED
    session.flush()
    kept = keep_timetable(
        session,
        actor,
        event,
        proposal.timetable,
        stored_certificate(day, outage, proposal, way),
        day.task.problem.locks,
        base=base,
    )
    _revoke_papers(session, actor, event, base, changed_ids(proposal))
    _tell(session, event, kept, told_ids(proposal), settings)
    record(
        session,
        actor,
        "events.timetable.replanned",
        f"event:{event.id}",
        base=base.number,
        number=kept.number,
        lost=proposal.count(ChangeKind.LOST),
        moved=proposal.count(ChangeKind.MOVED),
        added=proposal.count(ChangeKind.ADDED),
        told=len(proposal.told),
        **outage.as_json(),
    )
    return kept


def _revoke_papers(
    session: Session, actor: Actor, event: Event, base: EventTimetable, changed: Collection[int]
) -> None:
    """Declare void the agendas of those whose meetings change, and the pack; everybody else's stay valid."""
    begins = [agenda_subject(event.id, one) for one in sorted(changed)]
    begins += [f"timetable:{base.id}:agenda:{one}:" for one in sorted(changed)]
    begins.append(f"timetable:{base.id}:pack")
    papers: list[Document] = []
    for start in range(0, len(begins), 100):
        papers += session.scalars(
            select(Document)
            .where(
                or_(
                    *(
                        Document.subject.startswith(one, autoescape=True)
                        for one in begins[start : start + 100]
                    )
                ),
                Document.revoked_at.is_(None),
            )
            .order_by(Document.id)
        )
    for paper in papers:
        revoke_document(session, actor, paper, reason=str(_("现场调整了日程，请以新版为准。")))


def _tell(
    session: Session, event: Event, kept: EventTimetable, told: Collection[int], settings: Settings | None
) -> None:
    rows = list(
        session.scalars(select(Registration).where(Registration.id.in_(told)).order_by(Registration.id))
    )
    agendas = agendas_of(session, event, kept, rows)
    first = int(kept.certificate["replanning"]["from_slot"]) - 1
    times = slot_times(event.talks_start_at, event.slot_minutes, event.slot_count)
    subject = _("“%(title)s”的洽谈日程有调整", title=event.title)
    saying = [
        (row, subject, _rest_of_day([line for line in agendas[row.id] if line.slot >= first], times))
        for row in rows
    ]
    tell_each(session, event, saying, key=f"timetable:{kept.id}:replanned", settings=settings)


def _rest_of_day(lines: list[AgendaLine], times: list[str]) -> Text:
    if not lines:
        return _("因有参会方未到场，贵单位此后没有一对一洽谈；原日程作废。")
    meetings = listed(
        _(
            "%(time)s %(desk)s号桌 %(name)s",
            time=times[line.slot],
            desk=line.desk,
            name=line.counterpart.display_name,
        )
        for line in lines
    )
    return _("因有参会方未到场，贵单位的洽谈有调整，此后为：%(meetings)s。原日程作废。", meetings=meetings)
