"""Writing down a visit that took place at a round of visits, once for each firm."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.events.models import Event
from ipfin.events.queries.visiting import Visited
from ipfin.events.service.events import lock_event
from ipfin.events.visiting import origin_of, require_visiting
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import in_china
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import _
from ipfin.liaison.models import EnterpriseVisit
from ipfin.liaison.service import record_visit
from ipfin.liaison.visits import VisitDetails


def record_event_visit(
    session: Session, actor: Actor, event: Event, one: Visited, said: VisitDetails, *, now: datetime
) -> EnterpriseVisit:
    """Write down the visit to one firm of an event, as a person read and completed it.

    Raises:
        BadInput: see `VisitDetails.checked`.
        Conflict: the event is no round of visits or has not taken place, or the visit is written down.
    """
    event = lock_event(session, event.id)  # of two who save at once, one comes second
    require_visiting(event.kind, event.state, event.starts_at, now)
    origin = origin_of(one.registration.id)
    written = select(EnterpriseVisit.id).where(
        EnterpriseVisit.origin == origin, EnterpriseVisit.voided_at.is_(None)
    )
    if session.scalar(written) is not None:
        raise Conflict(_("%(name)s的走访记录已登记，请直接修改那一条。", name=one.enterprise.name))
    return record_visit(session, actor, one.enterprise, said, on=in_china(now).date(), origin=origin)
