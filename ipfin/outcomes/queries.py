"""Reading outcomes. What a person may see comes in as a condition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from ipfin.accounts.queries import of_visible_enterprises
from ipfin.accounts.scopes import Thing
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import BadInput, NotFound
from ipfin.kernel.paging import Page, decode_cursor, page_of
from ipfin.kernel.text import _
from ipfin.outcomes.models import FinancingOutcome
from ipfin.outcomes.rules import OutcomeKind, Result, Told, result_of
from ipfin.registry.applicants import canonical_name, name_key
from ipfin.registry.models import Enterprise
from ipfin.registry.queries import keyset, stands_for_itself
from ipfin.registry.queries.finding import firms_found

FOLLOWS: Final = (FinancingOutcome,)
"""What goes with an enterprise when it is merged into another one, and comes back when that is undone."""


@dataclass(frozen=True, slots=True)
class OutcomeFilter:
    """What a list of outcomes is narrowed to; empty words narrow nothing. Withdrawn ones stand apart."""

    query: str = ""  # of the firm, as in the list of firms
    kind: OutcomeKind | None = None
    since: date | None = None
    until: date | None = None
    withdrawn: bool = False


def outcomes_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return which outcomes the actor may read, as a condition on FinancingOutcome."""
    return of_visible_enterprises(actor, Thing.OUTCOME, FinancingOutcome.enterprise_id)


def _conditions(
    session: Session, visible: ColumnElement[bool], wanted: OutcomeFilter
) -> list[ColumnElement[bool]]:
    gone = FinancingOutcome.withdrawn_at
    where = [visible, gone.is_not(None) if wanted.withdrawn else gone.is_(None)]
    if wanted.query:
        match = firms_found(session, wanted.query)
        firms = select(Enterprise.id).where(Enterprise.id < 0 if match is None else match)
        where.append(FinancingOutcome.enterprise_id.in_(firms))
    if wanted.kind is not None:
        where.append(FinancingOutcome.kind == wanted.kind)
    if wanted.since is not None:
        where.append(FinancingOutcome.happened_on >= wanted.since)
    if wanted.until is not None:
        where.append(FinancingOutcome.happened_on <= wanted.until)
    return where


def outcomes_page(
    session: Session,
    visible: ColumnElement[bool],
    wanted: OutcomeFilter,
    *,
    cursor: str | None = None,
    size: int = 50,
) -> Page[FinancingOutcome]:
    """Return one page of outcomes, the latest first.

    Raises:
        BadInput: the cursor belongs to another list.
    """
    place = decode_cursor(cursor, order="happened", types=(date,)) if cursor else None
    where = _conditions(session, visible, wanted)
    statement = keyset(
        select(FinancingOutcome).where(*where), FinancingOutcome.happened_on, FinancingOutcome.id, place,
        ascending=False, size=size,
    ).options(joinedload(FinancingOutcome.enterprise))  # fmt: skip
    return page_of(
        session.scalars(statement).all(),
        size=size,
        cursor=place,
        place=lambda outcome: ((outcome.happened_on,), outcome.id),
        order="happened",
        total=session.scalar(select(func.count()).select_from(FinancingOutcome).where(*where)),
    )


def all_outcomes(
    session: Session, visible: ColumnElement[bool], wanted: OutcomeFilter, *, most: int
) -> Sequence[FinancingOutcome]:
    """Return the outcomes of the list that `outcomes_page` pages through, at most `most`."""
    return session.scalars(
        select(FinancingOutcome)
        .where(*_conditions(session, visible, wanted))
        .order_by(FinancingOutcome.happened_on.desc(), FinancingOutcome.id.desc())
        .limit(most)
        .options(joinedload(FinancingOutcome.enterprise))
    ).all()


def outcome_by_id(session: Session, visible: ColumnElement[bool], outcome_id: int) -> FinancingOutcome:
    """Return one outcome, withdrawn or not.

    Raises:
        NotFound: there is none, or not for this actor.
    """
    found = session.scalar(select(FinancingOutcome).where(FinancingOutcome.id == outcome_id, visible))
    if found is None:
        raise NotFound(_("没有这项融资结果，或您无权查看。"))
    return found


def kind_counts(session: Session) -> dict[OutcomeKind, int]:
    """Return how many outcomes of each kind stand."""
    rows = session.execute(
        select(FinancingOutcome.kind, func.count())
        .where(FinancingOutcome.withdrawn_at.is_(None))
        .group_by(FinancingOutcome.kind)
    )
    counted = {kind: int(count) for kind, count in rows}
    return {kind: counted.get(kind, 0) for kind in OutcomeKind}


def results(session: Session, on: date) -> dict[int, Result]:
    """Return what became of every firm of which an outcome stands, by enterprise id."""
    told: dict[int, list[Told]] = {}
    rows = session.execute(
        select(FinancingOutcome.enterprise_id, FinancingOutcome.kind, FinancingOutcome.happened_on)
        .where(FinancingOutcome.withdrawn_at.is_(None))
        .order_by(FinancingOutcome.enterprise_id)
    )
    for firm, kind, day in rows:
        told.setdefault(firm, []).append(Told(kind, day))
    found = {firm: result_of(outcomes, on) for firm, outcomes in told.items()}
    return {firm: result for firm, result in found.items() if result is not None}


def firm_named(session: Session, visible: ColumnElement[bool], said: str) -> Enterprise:
    """Return the one firm with this credit code or whole name.

    Raises:
        BadInput: there is none, or there are several.
    """
    name = canonical_name(said)
    firms = session.scalars(
        select(Enterprise)
        .where(
            or_(Enterprise.credit_code == name.upper(), Enterprise.name_key == name_key(name)),
            visible,
            stands_for_itself(),
        )
        .order_by(Enterprise.id)
        .limit(2)
    ).all()
    if not firms:
        raise BadInput(_("库中没有这家企业，请填写全称或统一社会信用代码。"), field="firm")
    if len(firms) > 1:
        raise BadInput(_("有多家企业同名，请填写统一社会信用代码。"), field="firm")
    return firms[0]
