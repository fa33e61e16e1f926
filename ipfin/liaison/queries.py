"""Reading contacts and visits. What a person may see comes in as a condition; nothing here opens a seal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, joinedload

from ipfin.accounts.queries import of_visible_enterprises
from ipfin.accounts.scopes import Thing
from ipfin.consent.purposes import FieldSet, Purpose
from ipfin.consent.queries import opened
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import NotFound
from ipfin.kernel.paging import Page, decode_cursor, page_of
from ipfin.kernel.text import _
from ipfin.liaison.models import EnterpriseContact, EnterpriseVisit
from ipfin.liaison.visits import SOON, FollowUp
from ipfin.registry.models import Enterprise
from ipfin.registry.queries import keyset
from ipfin.registry.queries.finding import firms_found

FOLLOWS: Final = (EnterpriseContact, EnterpriseVisit)
"""What goes with an enterprise when it is merged into another one, and comes back when that is undone."""


def contacts_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return which contacts the actor may know of, as a condition on EnterpriseContact."""
    return of_visible_enterprises(actor, Thing.ENTERPRISE_CONTACT, EnterpriseContact.enterprise_id)


def contacts_opened_to(actor: Actor, purpose: Purpose, on: date) -> ColumnElement[bool]:
    """Return which contacts firms opened to the actor's institution for `purpose`, on EnterpriseContact."""
    return opened(
        EnterpriseContact.enterprise_id,
        organisation_id=actor.organisation_id,
        purpose=purpose,
        field_set=FieldSet.CONTACTS,
        on=on,
    )


def visits_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return which visits the actor may read, as a condition on EnterpriseVisit."""
    return of_visible_enterprises(actor, Thing.VISIT, EnterpriseVisit.enterprise_id)


def contacts_of(
    session: Session, visible: ColumnElement[bool], enterprise_id: int
) -> Sequence[EnterpriseContact]:
    """Return the contacts of a firm, the main one first."""
    return session.scalars(
        select(EnterpriseContact)
        .where(EnterpriseContact.enterprise_id == enterprise_id, visible)
        .order_by(EnterpriseContact.main_since.desc().nulls_last(), EnterpriseContact.id)
    ).all()


def contact_by_id(
    session: Session, visible: ColumnElement[bool], enterprise_id: int, contact_id: int
) -> EnterpriseContact:
    """Return one contact of a firm.

    Raises:
        NotFound: there is none, or not for this actor.
    """
    found = session.scalar(
        select(EnterpriseContact).where(
            EnterpriseContact.id == contact_id, EnterpriseContact.enterprise_id == enterprise_id, visible
        )
    )
    if found is None:
        raise NotFound(_("没有这名联系人，或您无权查看。"))
    return found


def visit_by_id(
    session: Session, visible: ColumnElement[bool], enterprise_id: int, visit_id: int
) -> EnterpriseVisit:
    """Return one visit to a firm.

    Raises:
        NotFound: there is none, it was voided, or it is not for this actor.
    """
    found = session.scalar(
        select(EnterpriseVisit).where(
            EnterpriseVisit.id == visit_id,
            EnterpriseVisit.enterprise_id == enterprise_id,
            EnterpriseVisit.voided_at.is_(None),
            visible,
        )
    )
    if found is None:
        raise NotFound(_("没有这条走访记录，或您无权查看。"))
    return found


@dataclass(frozen=True, slots=True)
class VisitFilter:
    """What a list of visits is narrowed to; empty words narrow nothing. `since` and `until` are included."""

    query: str = ""  # of the firm, as in the list of firms
    region: str = ""
    state: FollowUp | None = None
    since: date | None = None
    until: date | None = None
    enterprise_id: int | None = None


def _stands(state: FollowUp, on: date) -> ColumnElement[bool]:
    due, done = EnterpriseVisit.follow_up_due, EnterpriseVisit.done_on
    return {
        FollowUp.NONE: due.is_(None),
        FollowUp.DONE: done.is_not(None),
        FollowUp.OPEN: and_(done.is_(None), due >= on),
        FollowUp.LATE: and_(done.is_(None), due < on),
    }[state]


def _conditions(
    session: Session, visible: ColumnElement[bool], wanted: VisitFilter, on: date
) -> list[ColumnElement[bool]]:
    where = [visible, EnterpriseVisit.voided_at.is_(None)]
    if wanted.enterprise_id is not None:
        where.append(EnterpriseVisit.enterprise_id == wanted.enterprise_id)
    if wanted.query:
        match = firms_found(session, wanted.query)
        firms = select(Enterprise.id).where(Enterprise.id < 0 if match is None else match)
        where.append(EnterpriseVisit.enterprise_id.in_(firms))
    if wanted.region:
        firms = select(Enterprise.id).where(Enterprise.region_code == wanted.region)
        where.append(EnterpriseVisit.enterprise_id.in_(firms))
    if wanted.state is not None:
        where.append(_stands(wanted.state, on))
    if wanted.since is not None:
        where.append(EnterpriseVisit.visited_on >= wanted.since)
    if wanted.until is not None:
        where.append(EnterpriseVisit.visited_on <= wanted.until)
    return where


def visits_page(
    session: Session,
    visible: ColumnElement[bool],
    wanted: VisitFilter,
    *,
    on: date,
    cursor: str | None = None,
    size: int = 50,
) -> Page[EnterpriseVisit]:
    """Return one page of visits, the latest first.

    Raises:
        BadInput: the cursor belongs to another list.
    """
    place = decode_cursor(cursor, order="visited", types=(date,)) if cursor else None
    where = _conditions(session, visible, wanted, on)
    statement = keyset(
        select(EnterpriseVisit).where(*where), EnterpriseVisit.visited_on, EnterpriseVisit.id, place,
        ascending=False, size=size,
    ).options(joinedload(EnterpriseVisit.enterprise))  # fmt: skip
    return page_of(
        session.scalars(statement).all(),
        size=size,
        cursor=place,
        place=lambda visit: ((visit.visited_on,), visit.id),
        order="visited",
        total=session.scalar(select(func.count()).select_from(EnterpriseVisit).where(*where)),
    )


def all_visits(
    session: Session, visible: ColumnElement[bool], wanted: VisitFilter, *, on: date, most: int
) -> Sequence[EnterpriseVisit]:
    """Return the visits of the list that `visits_page` pages through, at most `most`: what a copy holds."""
    return session.scalars(
        select(EnterpriseVisit)
        .where(*_conditions(session, visible, wanted, on))
        .order_by(EnterpriseVisit.visited_on.desc(), EnterpriseVisit.id.desc())
        .limit(most)
        .options(joinedload(EnterpriseVisit.enterprise))
    ).all()


def visit_counts(
    session: Session, visible: ColumnElement[bool], wanted: VisitFilter, *, on: date
) -> dict[FollowUp, int]:
    """Return how many visits of the list, without its own state, stand in each state."""
    others = VisitFilter(wanted.query, wanted.region, None, wanted.since, wanted.until, wanted.enterprise_id)
    where = _conditions(session, visible, others, on)
    counts = [func.count(EnterpriseVisit.id).filter(_stands(state, on)) for state in FollowUp]
    row = session.execute(select(*counts).where(*where)).one()
    return dict(zip(FollowUp, map(int, row), strict=True))


def due_visits(
    session: Session, visible: ColumnElement[bool], *, on: date, most: int = 5
) -> tuple[Sequence[EnterpriseVisit], int]:
    """Return the open follow-ups that are late or due soon, the most urgent first, and how many there are."""
    where = (
        visible,
        EnterpriseVisit.voided_at.is_(None),
        EnterpriseVisit.done_on.is_(None),
        EnterpriseVisit.follow_up_due <= on + SOON,
    )
    rows = session.scalars(
        select(EnterpriseVisit)
        .where(*where)
        .order_by(EnterpriseVisit.follow_up_due, EnterpriseVisit.id)
        .limit(most)
        .options(joinedload(EnterpriseVisit.enterprise))
    ).all()
    return rows, session.scalar(select(func.count()).select_from(EnterpriseVisit).where(*where)) or 0
