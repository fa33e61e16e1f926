"""Use cases of an event itself: make it, change it, open and close it, call it off, end it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.config import Settings
from ipfin.events.details import (
    DETAIL_NAMES,
    EventDetails,
    changed,
    check_change,
    check_details,
    is_worth_telling,
)
from ipfin.events.lifecycle import EVENT_LABELS, EVENT_LIFECYCLE, LIVING, EventState, Side
from ipfin.events.models import Event, Registration
from ipfin.events.programme import require_room
from ipfin.events.queries import programme_of, side_counts
from ipfin.events.queries.training import count_standing
from ipfin.events.registration import require_allowance, require_seats
from ipfin.events.service.seats import fill_seats
from ipfin.events.service.short_links import give_short_link
from ipfin.events.service.telling import tell_participants
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import in_china, now_utc
from ipfin.kernel.errors import BadInput, Conflict, InvalidTransition
from ipfin.kernel.public_id import new_public_id
from ipfin.kernel.text import _
from ipfin.kernel.versions import require_seen


def lock_event(session: Session, event_id: int) -> Event:
    """Return the event as it stands now, and keep others from changing it or its seats until the commit.

    On PostgreSQL by the row's lock; on SQLite the caller's transaction is the only writer already.
    """
    return session.execute(
        select(Event).where(Event.id == event_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one()


def details_of(event: Event) -> EventDetails:
    """Return the settings of an event."""
    return EventDetails(**{name: getattr(event, name) for name in DETAIL_NAMES})


def create_event(
    session: Session, actor: Actor, details: EventDetails, *, is_synthetic: bool = False
) -> Event:
    """Draft an event; nobody but the office sees it yet.

    Raises:
        BadInput: settings that contradict each other.
    """
    check_details(details)
    event = Event(
        public_id=new_public_id(),
        state=EventState.DRAFT,
        is_synthetic=is_synthetic,
        created_by=actor.name,
        created_at=now_utc(),
        **{name: getattr(details, name) for name in DETAIL_NAMES},
    )
    session.add(event)
    session.flush()
    record(session, actor, "events.event.created", f"event:{event.id}", title=event.title)
    return event


def edit_event(
    session: Session,
    actor: Actor,
    event: Event,
    details: EventDetails,
    *,
    version: int | None = None,
    settings: Settings | None = None,
) -> tuple[str, ...]:
    """Change an event's settings and return the names of those that changed.

    More seats are filled at once with those who wait; a new time or place is told to all who signed up.

    Args:
        version: the `lock_version` that the person saw; None does not compare.

    Raises:
        BadInput: settings that contradict each other.
        Conflict: the state forbids it, or more are confirmed than there would be seats.
        Stale: somebody changed the event meanwhile.
    """
    event = lock_event(session, event.id)
    require_seen(version, event.lock_version)
    names = changed(details_of(event), details)
    check_change(event.state, names)
    check_details(details)
    if not names:
        return ()
    for side, field in ((Side.ENTERPRISE, "enterprise_seats"), (Side.INSTITUTION, "institution_seats")):
        taken, _waiting = side_counts(session, event.id, side)
        require_seats(seats=getattr(details, field), taken=taken, field=field)
    _require_allowances(session, event, details)
    require_room(programme_of(session, event.id), details.starts_at, details.ends_at)
    for name in names:
        setattr(event, name, getattr(details, name))
    _forget_absences_beyond(session, event)
    session.flush()
    if event.state is not EventState.DRAFT and is_worth_telling(names):
        tell_participants(
            session,
            event,
            key=f"event:{event.id}:changed:{event.lock_version}",
            subject=_("活动“%(title)s”的时间或地点有变", title=event.title),
            body=_(
                "现为%(time)s，%(venue)s。请以最新安排为准。",
                time=f"{in_china(event.starts_at):%Y-%m-%d %H:%M}",
                venue=event.place,
            ),
            states=LIVING,
            settings=settings,
        )
    for side in Side:
        fill_seats(session, actor, event, side, settings=settings)
    record(session, actor, "events.event.changed", f"event:{event.id}", title=event.title, fields=list(names))
    return names


def _require_allowances(session: Session, event: Event, details: EventDetails) -> None:
    """Refuse limits below what an institution brings that signed up already."""
    if details.desk_count == 0:
        return
    for row in session.scalars(
        select(Registration)
        .where(
            Registration.event_id == event.id,
            Registration.side == Side.INSTITUTION,
            Registration.state.in_(sorted(LIVING)),
        )
        .order_by(Registration.desks.desc(), Registration.id)
    ):
        persons = max(row.desks, 2 if row.second_name else 1)
        name = row.display_name
        field = "desks_per_institution"
        require_allowance(most=details.desks_per_institution, brought=row.desks, name=name, field=field)
        field = "persons_per_institution"
        require_allowance(most=details.persons_per_institution, brought=persons, name=name, field=field)


def _forget_absences_beyond(session: Session, event: Event) -> None:
    for row in session.scalars(select(Registration).where(Registration.event_id == event.id)):
        kept = [slot for slot in row.absent_slots if slot < event.slot_count]
        desks = [[slot for slot in desk if slot < event.slot_count] for desk in row.desk_absences]
        if (kept, desks) != (row.absent_slots, row.desk_absences):
            row.absent_slots, row.desk_absences = kept, desks
            row.absences_version += 1


def _step(
    session: Session, event: Event, target: EventState, *, only_from: EventState | None = None
) -> Event:
    """Move an event on; publishing and reopening both lead to OPEN, each from its own state only."""
    event = lock_event(session, event.id)
    if only_from not in (None, event.state):
        raise InvalidTransition(
            _(
                "活动当前为“%(state)s”，只有“%(needed)s”的活动可以这样做。",
                state=EVENT_LABELS[event.state],
                needed=EVENT_LABELS[only_from],
            )
        )
    event.state = EVENT_LIFECYCLE.advance(event.state, target)
    session.flush()
    return event


def publish_event(session: Session, actor: Actor, event: Event) -> None:
    """Publish an event: it is listed and takes registrations.

    Raises:
        InvalidTransition: it is not a draft.
    """
    event = _step(session, event, EventState.OPEN, only_from=EventState.DRAFT)
    give_short_link(session, event, now=now_utc())
    record(session, actor, "events.event.published", f"event:{event.id}", title=event.title)


def close_event(session: Session, actor: Actor, event: Event) -> None:
    """Take no more registrations; wishes are still taken until the timetable is published.

    Raises:
        InvalidTransition: it is not open.
    """
    event = _step(session, event, EventState.CLOSED)
    record(session, actor, "events.event.closed", f"event:{event.id}", title=event.title)


def reopen_event(session: Session, actor: Actor, event: Event) -> None:
    """Take registrations again; the last day may have to be moved as well.

    Raises:
        InvalidTransition: it is not closed.
    """
    event = _step(session, event, EventState.OPEN, only_from=EventState.CLOSED)
    record(session, actor, "events.event.reopened", f"event:{event.id}", title=event.title)


def cancel_event(
    session: Session, actor: Actor, event: Event, *, reason: str, settings: Settings | None = None
) -> None:
    """Call an event off and tell everybody who signed up, those who wait included.

    Raises:
        BadInput: without a reason.
        Conflict: training records say that it was held.
        InvalidTransition: it is over or called off already.
    """
    if not reason.strip():
        raise BadInput(_("请写明取消的理由，将随通知告知报名单位。"), field="reason")
    event = lock_event(session, event.id)
    certified = count_standing(session, event.id)
    if certified:
        raise Conflict(
            _(
                "活动已生成%(count)d条培训记录，说明已经举办，不能取消；确未举办的，请先撤销这些记录。",
                count=certified,
            )
        )
    event = _step(session, event, EventState.CANCELLED)
    tell_participants(
        session,
        event,
        key=f"event:{event.id}:cancelled",
        subject=_("活动“%(title)s”已取消", title=event.title),
        body=_("理由：%(reason)s", reason=reason.strip()[:300]),
        states=LIVING,
        settings=settings,
    )
    record(
        session,
        actor,
        "events.event.cancelled",
        f"event:{event.id}",
        title=event.title,
        reason=reason.strip()[:300],
    )


def finish_event(session: Session, actor: Actor, event: Event, *, now: datetime) -> None:
    """End an event that was held.

    Raises:
        Conflict: it has not begun.
        InvalidTransition: it still takes registrations, or is over already.
    """
    if now < event.starts_at:
        raise Conflict(_("活动尚未开始，不能结束。"))
    event = _step(session, event, EventState.FINISHED)
    record(session, actor, "events.event.finished", f"event:{event.id}", title=event.title)


STEPS: dict[str, Callable[[Session, Actor, Event], None]] = {
    "publish": publish_event,
    "close": close_event,
    "reopen": reopen_event,
}
"""The steps that need no more than the event, by the word that pages and commands use."""
