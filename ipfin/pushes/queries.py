"""Reading pushes. An institution reads its own only; the office reads all of them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from ipfin.accounts.queries import of_visible_organisations
from ipfin.accounts.scopes import Thing
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import NotFound
from ipfin.kernel.paging import Page, decode_cursor, page_of
from ipfin.kernel.text import _
from ipfin.pushes.answers import LineState
from ipfin.pushes.models import CandidatePush, PushLine
from ipfin.registry.queries import keyset


def pushes_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return which pushes the actor may see: an institution its own, the city all."""
    return of_visible_organisations(actor, Thing.PUSH, CandidatePush.organisation_id)


def pushes_page(
    session: Session, visible: ColumnElement[bool], *, cursor: str | None, size: int = 50
) -> Page[CandidatePush]:
    """Return one page of pushes, the latest first.

    Raises:
        BadInput: the cursor belongs to another list.
    """
    place = decode_cursor(cursor, order="pushes", types=(int,)) if cursor else None
    statement = keyset(
        select(CandidatePush).where(visible).options(joinedload(CandidatePush.organisation)),
        CandidatePush.id,
        CandidatePush.id,
        place,
        ascending=False,
        size=size,
    )
    return page_of(
        session.scalars(statement).all(),
        size=size,
        cursor=place,
        place=lambda push: ((push.id,), push.id),
        order="pushes",
        total=session.scalar(select(func.count()).select_from(CandidatePush).where(visible)),
    )


def push_by_public_id(session: Session, visible: ColumnElement[bool], public_id: str) -> CandidatePush:
    """Return a push.

    Raises:
        NotFound: there is none, or not for this actor.
    """
    found = session.scalar(select(CandidatePush).where(CandidatePush.public_id == public_id, visible))
    if found is None:
        raise NotFound(_("没有这次推送，或您无权查看。"))
    return found


def lines_of(session: Session, push_id: int) -> Sequence[PushLine]:
    """Return every row of a push in its order; there are at most as many as a push takes."""
    return session.scalars(
        select(PushLine)
        .where(PushLine.push_id == push_id)
        .options(joinedload(PushLine.enterprise))
        .order_by(PushLine.row_number, PushLine.id)
    ).all()


def waiting_counts(session: Session, push_ids: Sequence[int]) -> dict[int, int]:
    """Return how many firms of each push wait for the office."""
    rows = session.execute(
        select(PushLine.push_id, func.count().label("waiting"))
        .where(PushLine.push_id.in_(push_ids), PushLine.state == LineState.WAITING)
        .group_by(PushLine.push_id)
    )
    return {row.push_id: row.waiting for row in rows}


def waiting_firms(session: Session) -> int:
    """Return how many pushed firms wait for the office in all."""
    return (
        session.scalar(select(func.count()).select_from(PushLine).where(PushLine.state == LineState.WAITING))
        or 0
    )
