"""Asking firms to an event: invite them once, remind who has not answered, take a refusal."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.config import Settings, settings_from_environment
from ipfin.events.lifecycle import EventState
from ipfin.events.models import Event, EventInvitation
from ipfin.events.queries.invitations import Answered, invitation_of, invited_to, people_of_firms
from ipfin.events.registration import require_open
from ipfin.events.replying import moment
from ipfin.events.service.events import lock_event
from ipfin.events.service.telling import mail_sender
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import in_china
from ipfin.kernel.errors import Conflict, NotFound
from ipfin.kernel.text import Text, _
from ipfin.notices.service import tell
from ipfin.registry.models import Enterprise

LONGEST_REASON: Final = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of an invitation: firms newly asked, asked before, and of the new those with no account."""

    new: int
    known: int
    unreached: int


def invite_firms(
    session: Session,
    actor: Actor,
    event: Event,
    firms: Collection[Enterprise],
    *,
    now: datetime,
    settings: Settings | None = None,
) -> Asked:
    """Ask firms to come; who was asked before is not asked again.

    Raises:
        Conflict: the event takes no registrations.
    """
    event = lock_event(session, event.id)
    require_open(event.state, event.registration_closes_on, in_china(now).date())
    ids = {firm.id for firm in firms}
    known = set(
        session.scalars(
            select(EventInvitation.enterprise_id).where(
                EventInvitation.event_id == event.id, EventInvitation.enterprise_id.in_(ids)
            )
        )
    )
    new = sorted(ids - known)
    people = people_of_firms(session, new)
    session.add_all(
        EventInvitation(
            event_id=event.id,
            enterprise_id=firm,
            invited_by=actor.name,
            invited_at=now,
            was_told=bool(people[firm]),
        )
        for firm in new
    )
    session.flush()
    subject = _("邀请参加“%(title)s”", title=event.title)
    body = _facts(event, _("请在报名截止前报名；不能参加的，请在活动页面选择“不参加”。"), settings)
    _tell_firms(session, event, new, subject, body, f"event:{event.id}:invited", settings)
    if new:
        record(
            session,
            actor,
            "events.invitations.sent",
            f"event:{event.id}",
            title=event.title,
            count=len(new),
            firms=new,
        )
    return Asked(len(new), len(known), sum(not people[firm] for firm in new))


def remind_invited(
    session: Session, event: Event, key: str, *, settings: Settings | None = None
) -> tuple[int, int]:
    """Remind the invited who said nothing; return how many firms, and how many people were told."""
    firms = [
        one.enterprise.id for one in invited_to(session, event, true()) if one.answered is Answered.NOTHING
    ]
    subject = _(
        "“%(title)s”报名将于%(day)s截止", title=event.title, day=event.registration_closes_on.isoformat()
    )
    body = _facts(event, _("贵单位受邀参加，还没有答复。请报名，或在活动页面选择“不参加”。"), settings)
    return len(firms), _tell_firms(session, event, firms, subject, body, key, settings)


def decline_invitation(
    session: Session, actor: Actor, event: Event, reason: str, *, now: datetime
) -> EventInvitation:
    """Say in the name of the actor's firm that it does not come; said twice it is said once.

    Raises:
        NotFound: it was not asked.
        Conflict: the event is over or called off.
    """
    event = lock_event(session, event.id)
    row = invitation_of(session, event.id, actor.enterprise_id)
    if row is None:
        raise NotFound(_("贵单位没有收到本活动的邀请。"))
    if event.state in (EventState.FINISHED, EventState.CANCELLED):
        raise Conflict(_("活动已结束或取消，无需答复。"))
    if row.declined_at is None:
        row.declined_at, row.declined_by = now, actor.name
        row.declined_reason = reason.strip()[:LONGEST_REASON]
        session.flush()
        firm = session.get_one(Enterprise, row.enterprise_id)
        record(
            session,
            actor,
            "events.invitation.declined",
            f"event:{event.id}",
            title=event.title,
            name=firm.name,
        )
    return row


def _facts(event: Event, lead: Text, settings: Settings | None) -> Text:
    settings = settings or settings_from_environment()
    return _(
        "%(lead)s\n时间：%(start)s至%(end)s\n地点：%(venue)s\n报名截止：%(day)s\n会务联系：%(contact)s",
        lead=lead,
        start=moment(event.starts_at),
        end=moment(event.ends_at),
        venue=event.place,
        day=event.registration_closes_on.isoformat(),
        contact=event.contact or settings.office_phone or settings.office_name,
    )


def _tell_firms(
    session: Session,
    event: Event,
    firms: Sequence[int],
    subject: Text,
    body: Text,
    key: str,
    settings: Settings | None,
) -> int:
    people = [user for users in people_of_firms(session, firms).values() for user in users]
    link = f"/ent/events/{event.public_id}"
    return tell(session, people, key, subject, body, link, by_mail_from=mail_sender(settings))
