"""Finding requests for correction, and what is contested of which firm."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from ipfin.accounts.queries import of_visible_enterprises
from ipfin.accounts.scopes import Thing
from ipfin.bulk import in_chunks
from ipfin.corrections.items import DECLARED_ITEMS, PATENT_ITEMS, SCORED_ITEMS, Item
from ipfin.corrections.models import CorrectionAct, CorrectionProof, CorrectionRequest
from ipfin.corrections.rules import OPEN, RequestState
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import NotFound
from ipfin.kernel.paging import Page, decode_cursor, page_of
from ipfin.kernel.text import _
from ipfin.registry.queries import keyset

_IS_OPEN = CorrectionRequest.state.in_(sorted(OPEN))
_CONTESTS = (CorrectionRequest.stood != "") | CorrectionRequest.item.not_in(sorted(DECLARED_ITEMS))
"""Where nothing stood yet, a firm declares or proves something and contests nothing."""


def requests_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return which requests the actor may see: a firm its own, the office those of its firms."""
    return of_visible_enterprises(actor, Thing.CORRECTION, CorrectionRequest.enterprise_id)


def request_by_public_id(session: Session, actor: Actor, public_id: str) -> CorrectionRequest:
    """Return a request.

    Raises:
        NotFound: there is none, or not for this actor.
    """
    found = session.scalar(
        select(CorrectionRequest).where(CorrectionRequest.public_id == public_id, requests_visible_to(actor))
    )
    if found is None:
        raise NotFound(_("没有这项更正申请，或您无权查看。"))
    return found


def requests_of(session: Session, enterprise_id: int) -> Sequence[CorrectionRequest]:
    """Return all requests of a firm, the latest first."""
    return session.scalars(
        select(CorrectionRequest)
        .where(CorrectionRequest.enterprise_id == enterprise_id)
        .order_by(CorrectionRequest.id.desc())
    ).all()


def latest_by_item(session: Session, enterprise_id: int) -> dict[Item, CorrectionRequest]:
    """Return the latest request of a firm about each item."""
    return {request.item: request for request in reversed(requests_of(session, enterprise_id))}


def latest_by_ground(session: Session, enterprise_id: int, patent: str) -> dict[str, CorrectionRequest]:
    """Return the latest request of a firm about each refusal ground of a patent, by the ground's code."""
    rows = session.scalars(
        select(CorrectionRequest)
        .where(
            CorrectionRequest.enterprise_id == enterprise_id,
            CorrectionRequest.item == Item.PATENT_FLAG,
            CorrectionRequest.patent == patent,
        )
        .order_by(CorrectionRequest.id)
    )
    return {row.ground: row for row in rows}


def requests_page(
    session: Session,
    visible: ColumnElement[bool],
    *,
    is_open: bool,
    cursor: str | None = None,
    size: int = 50,
) -> Page[CorrectionRequest]:
    """Return one page of the queue: open ones by their due day, closed ones with the latest day first."""
    order = "due" if is_open else "closed"
    place = decode_cursor(cursor, order=order, types=(date,)) if cursor else None
    where = [visible, _IS_OPEN if is_open else ~_IS_OPEN]
    statement = keyset(
        select(CorrectionRequest).where(*where).options(joinedload(CorrectionRequest.enterprise)),
        CorrectionRequest.due_on,
        CorrectionRequest.id,
        place,
        ascending=is_open,
        size=size,
    )
    rows = session.scalars(statement).all()
    total = session.scalar(select(func.count()).select_from(CorrectionRequest).where(*where))
    return page_of(
        rows, size=size, cursor=place, place=lambda row: ((row.due_on,), row.id), order=order, total=total
    )


def request_counts(session: Session, visible: ColumnElement[bool]) -> dict[bool, int]:
    """Return how many requests are open (True) and closed (False)."""
    total = session.scalar(select(func.count()).select_from(CorrectionRequest).where(visible)) or 0
    opened = session.scalar(select(func.count()).select_from(CorrectionRequest).where(visible, _IS_OPEN)) or 0
    return {True: opened, False: total - opened}


def unanswered(session: Session, visible: ColumnElement[bool]) -> tuple[int, date | None]:
    """Return how many requests wait for the office, and the earliest of their due days.

    Those that wait for the firm do not count: their clock stands still.
    """
    waits = CorrectionRequest.state.in_(sorted(OPEN - {RequestState.NEEDS_MORE}))
    count, first = session.execute(
        select(func.count(), func.min(CorrectionRequest.due_on)).where(visible, waits)
    ).one()
    return count, first


def acts_of(session: Session, request_id: int) -> Sequence[CorrectionAct]:
    """Return what was done with a request, in order."""
    return session.scalars(
        select(CorrectionAct).where(CorrectionAct.request_id == request_id).order_by(CorrectionAct.id)
    ).all()


def proofs_of(session: Session, request_id: int) -> Sequence[CorrectionProof]:
    """Return the proofs of a request, in order."""
    return session.scalars(
        select(CorrectionProof)
        .where(CorrectionProof.request_id == request_id)
        .options(joinedload(CorrectionProof.document))
        .order_by(CorrectionProof.id)
    ).all()


def proof_of(session: Session, request_id: int, proof_id: int) -> CorrectionProof:
    """Return one proof of a request.

    Raises:
        NotFound: the request has no such proof.
    """
    found = session.scalar(
        select(CorrectionProof).where(
            CorrectionProof.id == proof_id, CorrectionProof.request_id == request_id
        )
    )
    if found is None:
        raise NotFound(_("没有这份材料，或您无权查看。"))
    return found


@dataclass(frozen=True, slots=True)
class Contested:
    """What of a firm is contested now (异议中): its items, and the patents among them by number."""

    items: frozenset[Item] = frozenset()
    patents: frozenset[str] = frozenset()

    @property
    def touches_score(self) -> bool:
        """Whether the score rests on something that is contested, or is contested itself."""
        return bool(self.items & (SCORED_ITEMS | PATENT_ITEMS | {Item.SCORE, Item.ESTABLISHED}))


def contested(
    session: Session, enterprise_ids: Collection[int], *, with_conduct: bool = False
) -> dict[int, Contested]:
    """Return what is contested of each firm; firms of which nothing is contested are left out.

    Args:
        with_conduct: tell of conduct records too. They are not shown to institutions, so neither is that
            one is contested.
    """
    told = _IS_OPEN & _CONTESTS
    if not with_conduct:
        told &= CorrectionRequest.item != Item.CONDUCT
    items: dict[int, set[Item]] = {}
    patents: dict[int, set[str]] = {}
    for chunk in in_chunks(sorted(enterprise_ids)):
        rows = session.execute(
            select(CorrectionRequest.enterprise_id, CorrectionRequest.item, CorrectionRequest.patent).where(
                CorrectionRequest.enterprise_id.in_(chunk), told
            )
        )
        for firm, item, patent in rows:
            items.setdefault(firm, set()).add(item)
            if patent:
                patents.setdefault(firm, set()).add(patent)
    return {
        firm: Contested(frozenset(found), frozenset(patents.get(firm, ()))) for firm, found in items.items()
    }


def contested_of(session: Session, enterprise_id: int, *, with_conduct: bool = False) -> Contested:
    """Return what of one firm is contested now; see `contested`."""
    found = contested(session, [enterprise_id], with_conduct=with_conduct)
    return found.get(enterprise_id, Contested())
