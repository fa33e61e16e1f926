"""Use cases of the office's demands: a least number of meetings for one participant, the order of two.

Set under the event's lock and before the timetable is published, as what is fixed is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.events.demands import Order, Pair, check_least, check_order, precedences
from ipfin.events.lifecycle import RegistrationState, Side
from ipfin.events.models import Event, MeetingMinimum, MeetingOrder, Registration
from ipfin.events.proposals import LONGEST_REASON
from ipfin.events.queries import confirmed_of, task_for
from ipfin.events.queries.demands import minimum_of, order_by_id, orders_of
from ipfin.events.registration import require_wishes
from ipfin.events.service.events import lock_event
from ipfin.events.timetable.contradictions import contradictions
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, Conflict, NotFound
from ipfin.kernel.text import _
from ipfin.kernel.versions import require_seen


def set_minimum(
    session: Session, actor: Actor, registration: Registration, least: int, *, version: int | None = None
) -> MeetingMinimum:
    """Say how many meetings a confirmed participant should get at least; replaces what was said of it.

    Args:
        version: the `lock_version` that the person saw, 0 for nothing said by name; None does not compare.

    Raises:
        BadInput: more than it may have, or than fit.
        Conflict: it has no seat, or the timetable is out.
        Stale: somebody else said something meanwhile.
    """
    event = lock_event(session, registration.event_id)
    session.refresh(registration)
    require_wishes(event.state, registration.state)
    row = minimum_of(session, registration.id)
    require_seen(version, row.lock_version if row else 0)
    most, places = _room(session, event, registration)
    check_least(least, most=most, places=places, name=registration.display_name)
    row = row or MeetingMinimum(event_id=event.id, registration_id=registration.id)
    row.least, row.set_by, row.set_at = least, actor.name, now_utc()
    session.add(row)
    session.flush()
    name = registration.display_name
    record(session, actor, "events.minimum.set", f"event:{event.id}", name=name, least=least)
    return row


def _room(session: Session, event: Event, registration: Registration) -> tuple[int | None, int]:
    """Return how many meetings a participant may have, and how many fit while it is there."""
    problem = task_for(session, event).problem
    slots = [slot for slot in range(1, problem.slots + 1) if slot not in problem.breaks]
    if registration.side is Side.ENTERPRISE:
        firm = next(one for one in problem.firms if one.id == str(registration.id))
        return firm.max_meetings, sum(slot not in firm.away for slot in slots)
    bank = next(one for one in problem.banks if one.id == str(registration.id))
    return bank.max_meetings, sum(bank.desks_in(slot) for slot in slots)


def _require_before(event: Event) -> None:
    """Refuse once the timetable is out; who called off since is no reason to keep what was asked of him."""
    require_wishes(event.state, RegistrationState.CONFIRMED)


def drop_minimum(
    session: Session, actor: Actor, registration: Registration, *, version: int | None = None
) -> None:
    """Ask for no least number by name any more: what the event asks of everybody holds.

    Raises:
        Conflict: the timetable is out.
        NotFound: nothing was said of this participant.
        Stale: somebody else said something meanwhile.
    """
    event = lock_event(session, registration.event_id)
    _require_before(event)
    row = minimum_of(session, registration.id)
    if row is None:
        raise NotFound(_("没有为这家单独设最低场次，可能已被删除。"))
    require_seen(version, row.lock_version)
    session.delete(row)
    session.flush()
    name = registration.display_name
    record(session, actor, "events.minimum.dropped", f"event:{event.id}", name=name)


def set_order(
    session: Session,
    actor: Actor,
    event: Event,
    order: Order,
    *,
    reason: str = "",
    order_id: int | None = None,
    version: int | None = None,
) -> MeetingOrder:
    """Say that one meeting is held before another, or say it otherwise than the order `order_id` does.

    Args:
        version: the `lock_version` of that order that the person saw; None does not compare.

    Raises:
        BadInput: both are one meeting, or the reason is too long.
        Conflict: a pair has not agreed, the timetable is out, or the order contradicts others or what is
            fixed: the sentence says which.
        NotFound: the order that was to be changed is gone.
        Stale: somebody else changed it meanwhile.
    """
    event = lock_event(session, event.id)
    if len(reason.strip()) > LONGEST_REASON:
        raise BadInput(_("理由请不超过%(most)d字。", most=LONGEST_REASON), field="reason")
    row = None if order_id is None else order_by_id(session, event.id, order_id)
    if row is not None:
        require_seen(version, row.lock_version)
    names = _require_possible(session, event, order, row)
    row = row or MeetingOrder(event_id=event.id)
    row.earlier_house_id, row.earlier_firm_id = order.earlier
    row.later_house_id, row.later_firm_id = order.later
    row.reason, row.set_by, row.set_at = reason.strip(), actor.name, now_utc()
    session.add(row)
    session.flush()
    session.refresh(row)
    record(
        session,
        actor,
        "events.order.set",
        f"event:{event.id}",
        earlier=_noted(order.earlier, names),
        later=_noted(order.later, names),
    )
    return row


def _require_possible(
    session: Session, event: Event, order: Order, changed: MeetingOrder | None
) -> dict[int, str]:
    """Refuse an order that cannot be kept; return the names of all who take part."""
    people = {row.id: row for row in confirmed_of(session, event.id)}
    names = {row.id: row.display_name for row in people.values()}
    for one in (*order.earlier, *order.later):
        if one not in people:
            raise BadInput(_("请选择本活动的一家企业和一家机构。"), field="later")
        require_wishes(event.state, people[one].state)
    problem = task_for(session, event).problem
    planned = {pair.key for pair in problem.pairs}
    for pair, field in ((order.earlier, "earlier"), (order.later, "later")):
        if (str(pair[0]), str(pair[1])) not in planned:
            raise Conflict(_("只有双方都同意的洽谈才能排先后。"), field=field)
    others = orders_of(session, event.id)
    if changed is not None:
        others.remove(_order_of(changed))
    check_order(order, others, names, event.slot_count - len(set(event.breaks)))
    found = contradictions(replace(problem, precedences=precedences((*others, order), planned)))
    if found:
        raise Conflict(found[0], field="later")
    return names


def _noted(pair: Pair, names: Mapping[int, str]) -> str:
    """Return a pair as the log keeps it: names only, because the log is read in either language."""
    house, firm = pair
    return f"{names[firm]} / {names[house]}"


def _order_of(row: MeetingOrder) -> Order:
    return Order((row.earlier_house_id, row.earlier_firm_id), (row.later_house_id, row.later_firm_id))


def drop_order(
    session: Session, actor: Actor, event: Event, order_id: int, *, version: int | None = None
) -> None:
    """Ask for an order no more.

    Raises:
        Conflict: the timetable is out.
        NotFound: it is gone.
        Stale: somebody else changed it meanwhile.
    """
    event = lock_event(session, event.id)
    row = order_by_id(session, event.id, order_id)
    _require_before(event)
    require_seen(version, row.lock_version)
    names = {
        one.id: one.display_name
        for one in (row.earlier_firm, row.earlier_house, row.later_firm, row.later_house)
    }
    order = _order_of(row)
    session.delete(row)
    session.flush()
    record(
        session,
        actor,
        "events.order.dropped",
        f"event:{event.id}",
        earlier=_noted(order.earlier, names),
        later=_noted(order.later, names),
    )
