"""Use cases of proposals and fixed meetings: the office proposes, both sides answer, the office fixes.

An answer is a wish (`service.wishes`): what a side says here and on the page of wishes is one thing. All of
it is done under the event's lock, as the timetable's publication is.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.config import Settings
from ipfin.events.lifecycle import Side
from ipfin.events.models import (
    Event,
    EventTimetable,
    FixedMeeting,
    Meeting,
    MeetingProposal,
    Registration,
)
from ipfin.events.proposals import (
    LONGEST_REASON,
    answered,
    check_reason,
    require_agreed,
    require_proposable,
)
from ipfin.events.queries import (
    standing_proposals,
    task_for,
    wishes_of,
    words_between,
)
from ipfin.events.registration import may_be_planned, require_wishes
from ipfin.events.service.events import lock_event
from ipfin.events.service.telling import tell_each
from ipfin.events.service.wishes import set_wish
from ipfin.events.timetable.contradictions import contradictions
from ipfin.events.timetable.problem import Lock
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, Conflict, NotFound
from ipfin.kernel.text import _


def propose_meeting(
    session: Session,
    actor: Actor,
    event: Event,
    firm: Registration,
    house: Registration,
    *,
    reason: str,
    settings: Settings | None = None,
) -> MeetingProposal:
    """Propose that two confirmed participants meet, and tell both who proposes it and why.

    Raises:
        BadInput: the two are not from the two sides of this event, or there is no reason.
        Conflict: the timetable is out, one has no seat, one refused, both agreed, or it stands already.
    """
    event = lock_event(session, event.id)
    _require_pair(session, event, firm, house)
    reason = check_reason(reason)
    require_proposable(*words_between(session, firm.id, house.id))
    if (house.id, firm.id) in standing_proposals(session, event.id):
        raise Conflict(_("这一对已有提议，在等双方答复。"))
    proposal = MeetingProposal(
        event_id=event.id,
        enterprise_registration_id=firm.id,
        institution_registration_id=house.id,
        reason=reason,
        made_by=actor.name,
        made_at=now_utc(),
    )
    session.add(proposal)
    session.flush()
    _tell(session, event, proposal, firm, house, settings)
    record(
        session,
        actor,
        "events.proposal.made",
        f"event:{event.id}",
        proposal=proposal.id,
        firm=firm.display_name,
        institution=house.display_name,
        reason=reason,
    )
    return proposal


def _tell(
    session: Session,
    event: Event,
    proposal: MeetingProposal,
    firm: Registration,
    house: Registration,
    settings: Settings | None,
) -> None:
    """Ask each side that has not said yes yet."""
    words = dict(zip((firm.id, house.id), words_between(session, firm.id, house.id), strict=True))
    subject = _("“%(title)s”：主办方提议一场洽谈，请答复", title=event.title)
    told = [
        (
            own,
            subject,
            _(
                "主办方提议贵单位与%(name)s洽谈：%(reason)s 您同意、对方也同意后才会安排。",
                name=other.display_name,
                reason=proposal.reason,
            ),
        )
        for own, other in ((firm, house), (house, firm))
        if not words[own.id]
    ]
    tell_each(session, event, told, key=f"event:{event.id}:proposal:{proposal.id}", settings=settings)


def withdraw_proposal(session: Session, actor: Actor, proposal: MeetingProposal) -> None:
    """Take a proposal back; what was answered stays the wish of whoever answered.

    Raises:
        Conflict: it was withdrawn already.
    """
    lock_event(session, proposal.event_id)
    session.refresh(proposal)
    if proposal.withdrawn_at is not None:
        raise Conflict(_("没有这项提议，或已撤回。"))
    proposal.withdrawn_at = now_utc()
    session.flush()
    record(
        session,
        actor,
        "events.proposal.withdrawn",
        f"event:{proposal.event_id}",
        proposal=proposal.id,
        firm=proposal.enterprise_registration.display_name,
        institution=proposal.institution_registration.display_name,
    )


def answer_proposal(
    session: Session, actor: Actor, registration: Registration, proposal: MeetingProposal, *, accepts: bool
) -> None:
    """Accept or decline what the office proposed: leaves a wish, a refusal when declined.

    Raises:
        NotFound: it was not proposed to this participant, or withdrawn.
        Conflict: the timetable is out, or the participant has no seat any more.
    """
    lock_event(session, proposal.event_id)
    session.refresh(proposal)
    pair = (proposal.enterprise_registration, proposal.institution_registration)
    if registration.id not in {row.id for row in pair} or proposal.withdrawn_at is not None:
        raise NotFound(_("没有这项提议，或已撤回。"))
    other = next(row for row in pair if row.id != registration.id)
    before = wishes_of(session, registration.id).get(other.id)
    set_wish(session, actor, registration, other, answered(before, accepts=accepts))


def fix_meeting(
    session: Session,
    actor: Actor,
    event: Event,
    firm: Registration,
    house: Registration,
    *,
    slot: int | None,
    desk: int | None = None,
    reason: str = "",
) -> FixedMeeting:
    """Fix the meeting of a pair that agreed to a slot (from 0) and perhaps a desk (from 1).

    Without a slot it must be held in any: the planner chooses the slot and puts it before all value.

    Raises:
        BadInput: the two are not from the two sides of this event, or the reason is too long.
        Conflict: not both agreed, it is fixed already, or the slot cannot be: the sentence says why.
    """
    event = lock_event(session, event.id)
    _require_pair(session, event, firm, house)
    require_agreed(*words_between(session, firm.id, house.id))
    if len(reason) > LONGEST_REASON:
        raise BadInput(_("理由请不超过%(most)d字。", most=LONGEST_REASON), field="reason")
    _refuse_twice(session, firm, house)
    if slot is None and desk is not None:
        raise BadInput(_("指定桌号时请同时指定时段。"), field="desk")
    fixed = FixedMeeting(
        event_id=event.id,
        enterprise_registration_id=firm.id,
        institution_registration_id=house.id,
        slot=slot,
        desk=desk,
        reason=reason.strip(),
        made_by=actor.name,
        made_at=now_utc(),
    )
    if slot is not None:
        _refuse_impossible(session, event, fixed, slot)
    session.add(fixed)
    session.flush()
    who = {"firm": firm.display_name, "institution": house.display_name}
    if slot is None:
        record(session, actor, "events.meeting.must", f"event:{event.id}", **who)
    else:
        record(session, actor, "events.meeting.fixed", f"event:{event.id}", **who, slot=slot + 1, desk=desk)
    return fixed


def release_meeting(session: Session, actor: Actor, fixed: FixedMeeting) -> None:
    """Let the planner choose the slot of a fixed meeting again; its rows in timetables are unlocked, too."""
    event = lock_event(session, fixed.event_id)
    _require_planning(event)
    firm, house = fixed.enterprise_registration, fixed.institution_registration
    session.execute(
        update(Meeting)
        .where(
            Meeting.timetable_id.in_(
                select(EventTimetable.id).where(EventTimetable.event_id == fixed.event_id)
            ),
            Meeting.enterprise_registration_id == firm.id,
            Meeting.institution_registration_id == house.id,
        )
        .values(is_locked=False)
    )
    session.delete(fixed)
    session.flush()
    record(
        session,
        actor,
        "events.meeting.released",
        f"event:{fixed.event_id}",
        firm=firm.display_name,
        institution=house.display_name,
    )


def _require_pair(session: Session, event: Event, firm: Registration, house: Registration) -> None:
    for row, side in ((firm, Side.ENTERPRISE), (house, Side.INSTITUTION)):
        session.refresh(row)
        if row.event_id != event.id or row.side is not side:
            raise BadInput(_("请选择本活动的一家企业和一家机构。"))
        require_wishes(event.state, row.state)


def _refuse_impossible(session: Session, event: Event, fixed: FixedMeeting, slot: int) -> None:
    """Refuse a fixed meeting that contradicts absences, limits, desks or what is fixed already."""
    task = task_for(session, event)
    if (fixed.institution_registration_id, fixed.enterprise_registration_id) in {
        (pair.institution, pair.enterprise) for pair in task.apart
    }:
        raise Conflict(_("双方选择的上午、下午不一致，请先与双方商定，由其中一方改选后再指定。"))
    problem = task.problem
    wanted = Lock(
        str(fixed.institution_registration_id),
        str(fixed.enterprise_registration_id),
        slot + 1,
        fixed.desk,
    )
    found = contradictions(replace(problem, locks=(*problem.locks, wanted)))
    if found:
        raise Conflict(found[0])


def _require_planning(event: Event) -> None:
    if not may_be_planned(event.state):
        raise Conflict(_("活动尚未发布或已结束，不能排期。"))


def _refuse_twice(session: Session, firm: Registration, house: Registration) -> None:
    standing = session.scalar(
        select(FixedMeeting.id).where(
            FixedMeeting.enterprise_registration_id == firm.id,
            FixedMeeting.institution_registration_id == house.id,
        )
    )
    if standing is not None:
        raise Conflict(_("这一对已指定过，请先取消原来的指定。"))
