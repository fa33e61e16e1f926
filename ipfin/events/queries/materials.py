"""Files of an event, as far as somebody may take them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from ipfin.events.attendance import Mark
from ipfin.events.lifecycle import RegistrationState
from ipfin.events.materials import Audience, open_to
from ipfin.events.models import EventMaterial, Registration
from ipfin.events.queries.attendance import standing_attendance
from ipfin.kernel.errors import NotFound
from ipfin.kernel.text import _


def materials_of(
    session: Session, event_id: int, audiences: Collection[Audience] = tuple(Audience)
) -> Sequence[EventMaterial]:
    """Return the files of an event for these audiences, in the order in which they were added."""
    return session.scalars(
        select(EventMaterial)
        .options(joinedload(EventMaterial.document))
        .where(
            EventMaterial.event_id == event_id,
            EventMaterial.removed_at.is_(None),
            EventMaterial.audience.in_(sorted(audiences)),
        )
        .order_by(EventMaterial.id)
    ).all()


def removed_materials(session: Session, event_id: int) -> Sequence[EventMaterial]:
    """Return what was removed, the latest first."""
    return session.scalars(
        select(EventMaterial)
        .options(joinedload(EventMaterial.document))
        .where(EventMaterial.event_id == event_id, EventMaterial.removed_at.is_not(None))
        .order_by(EventMaterial.removed_at.desc(), EventMaterial.id.desc())
        .limit(20)
    ).all()


def count_of_materials(session: Session, event_id: int) -> int:
    """Return how many files an event has."""
    return (
        session.scalar(
            select(func.count())
            .select_from(EventMaterial)
            .where(EventMaterial.event_id == event_id, EventMaterial.removed_at.is_(None))
        )
        or 0
    )


def material_by_id(
    session: Session, event_id: int, material_id: int, audiences: Collection[Audience] = tuple(Audience)
) -> EventMaterial:
    """Return a file of an event that is for one of these audiences.

    Raises:
        NotFound: there is none, it was removed, or it is for others.
    """
    found = session.scalar(
        select(EventMaterial)
        .options(joinedload(EventMaterial.document))
        .where(
            EventMaterial.id == material_id,
            EventMaterial.event_id == event_id,
            EventMaterial.removed_at.is_(None),
            EventMaterial.audience.in_(sorted(audiences)),
        )
    )
    if found is None:
        raise NotFound(_("没有这份资料，或您无权下载。"))
    return found


def audiences_of(session: Session, own: Registration | None) -> frozenset[Audience]:
    """Return what somebody with this registration may take."""
    if own is None:
        return open_to(is_confirmed=False, was_there=False)
    mark = standing_attendance(session, own.id)
    return open_to(
        is_confirmed=own.state is RegistrationState.CONFIRMED,
        was_there=mark is not None and mark.mark is Mark.PRESENT,
    )
