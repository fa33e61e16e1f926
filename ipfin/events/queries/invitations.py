"""Who was asked to an event, and what became of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, contains_eager

from ipfin.accounts.models import Organisation, User
from ipfin.events.lifecycle import LIVING
from ipfin.events.models import Event, EventInvitation, Registration
from ipfin.kernel.text import Text, _
from ipfin.registry.models import Enterprise
from ipfin.registry.queries import stands_for_itself


class Answered(StrEnum):
    """What an invited firm said."""

    NOTHING = "nothing"  # 未答复
    REGISTERED = "registered"  # 已报名
    DECLINED = "declined"  # 已谢绝


ANSWERED_LABELS: dict[Answered, Text] = {
    Answered.NOTHING: _("未答复"),
    Answered.REGISTERED: _("已报名"),
    Answered.DECLINED: _("已谢绝"),
}


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation, the firm, and what it said; a registration counts, whatever was declined before."""

    invitation: EventInvitation
    enterprise: Enterprise
    answered: Answered


def invited_to(session: Session, event: Event, visible: ColumnElement[bool]) -> list[Invited]:
    """Return who was invited, as far as `visible` (a condition on firms) allows, in the order of asking."""
    rows = session.scalars(
        select(EventInvitation)
        .join(Enterprise, Enterprise.id == EventInvitation.enterprise_id)
        .options(contains_eager(EventInvitation.enterprise))
        .where(EventInvitation.event_id == event.id, visible, stands_for_itself())
        .order_by(EventInvitation.id)
    ).all()
    registered = set(
        session.scalars(
            select(Registration.enterprise_id).where(
                Registration.event_id == event.id,
                Registration.enterprise_id.is_not(None),
                Registration.state.in_(sorted(LIVING)),
            )
        )
    )
    return [Invited(row, row.enterprise, _answer(row, registered)) for row in rows]


def _answer(row: EventInvitation, registered: Collection[int | None]) -> Answered:
    if row.enterprise_id in registered:
        return Answered.REGISTERED
    return Answered.NOTHING if row.declined_at is None else Answered.DECLINED


def invitation_of(session: Session, event_id: int, enterprise_id: int | None) -> EventInvitation | None:
    """Return the invitation of a firm; None when it was not asked."""
    if enterprise_id is None:
        return None
    return session.scalar(
        select(EventInvitation)
        .where(EventInvitation.event_id == event_id, EventInvitation.enterprise_id == enterprise_id)
        .execution_options(populate_existing=True)
    )


def people_of_firms(session: Session, enterprise_ids: Collection[int]) -> dict[int, list[User]]:
    """Return firm -> its active people with an account; a firm without any stands there with none."""
    found: dict[int, list[User]] = {firm: [] for firm in enterprise_ids}
    rows: Sequence[tuple[User, int]] = session.execute(
        select(User, Organisation.enterprise_id)
        .join(Organisation, Organisation.id == User.organisation_id)
        .where(User.is_active, Organisation.is_active, Organisation.enterprise_id.in_(found))
        .order_by(User.id)
    ).all()  # type: ignore[assignment]
    for user, firm in rows:
        found[firm].append(user)
    return found
