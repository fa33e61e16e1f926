"""Reading the registry: firms by filter and page, their patents and facts, and what it holds in all.

Every list takes the condition of what the actor may see (from `accounts.queries.scope`); nothing here
decides who may see what.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from ipfin.kernel.errors import NotFound
from ipfin.kernel.identifiers import PatentKind
from ipfin.kernel.paging import Cursor, Page, decode_cursor, page_of
from ipfin.kernel.text import _
from ipfin.registry.models import (
    Applicant,
    Enterprise,
    EnterpriseFact,
    EnterpriseMerge,
    EnterpriseTag,
    Patent,
    PatentApplicant,
    Region,
)
from ipfin.registry.queries.finding import seek
from ipfin.registry.queries.regions import named_regions
from ipfin.registry.queries.walks import Narrowed, asked_of_each
from ipfin.registry.statuses import Validity


@dataclass(frozen=True, slots=True)
class EnterpriseFilter:
    """What a list of firms is narrowed to; empty words narrow nothing. All of it stands in the address."""

    query: str = ""  # any length of Chinese, credit code, pinyin initials
    region: str = ""  # division code
    holding: str = ""  # a key of HOLDINGS
    tag: str = ""  # a label of the office


HOLDINGS: dict[str, ColumnElement[bool]] = {
    "valid": Enterprise.valid_count > 0,
    "invention": Enterprise.valid_invention_count > 0,
    "pledged": Enterprise.pledged_count > 0,
    "unpledged": and_(Enterprise.valid_count > 0, Enterprise.pledged_count == 0),
    "pending": Enterprise.pending_count > 0,
}
"""What a firm may be asked to hold, by the word in the address."""

ENTERPRISE_ORDERS: dict[str, tuple[Any, type]] = {
    "valid": (Enterprise.valid_count, int),
    "inventions": (Enterprise.valid_invention_count, int),
    "pledged": (Enterprise.pledged_count, int),
    "name": (Enterprise.pinyin_key, str),
}
"""Sort orders by the word in the address; figures go down, names go up."""


def stands_for_itself() -> ColumnElement[bool]:
    """Return the condition that an enterprise was not merged into another one: only such are listed."""
    merged = select(EnterpriseMerge.from_id).where(EnterpriseMerge.undone_at.is_(None))
    return Enterprise.id.not_in(merged)


def narrowed(
    session: Session, visible: ColumnElement[bool], wanted: EnterpriseFilter, *, in_order: bool = False
) -> Narrowed:
    """Return the conditions of a filter; its list, its count, its export and its facets share them.

    Args:
        in_order: the rows are read along an order and only the first few: see `finding`.
    """
    sought = seek(session, wanted.query, in_order=in_order)
    if wanted.query and sought.condition is None:
        return Narrowed([Enterprise.id < 0], is_few=True)  # searched for punctuation only: nothing is like it
    figures = [visible, *([HOLDINGS[wanted.holding]] if wanted.holding in HOLDINGS else [])]
    if in_order or len(figures) > 1:
        # Of a count of two figures, too: one index that holds both is read, not one and then the rows.
        figures = [asked_of_each(session, condition) for condition in figures]
    where = [*figures, stands_for_itself()]
    if sought.condition is not None:
        where.append(sought.condition)
    if wanted.region:
        where.append(Enterprise.region_code == wanted.region)
    if wanted.tag:
        tagged = select(EnterpriseTag.enterprise_id).where(EnterpriseTag.name == wanted.tag)
        where.append(Enterprise.id.in_(tagged))
    return Narrowed(where, sought.is_few)


def keyset(
    statement: Select[Any],
    column: Any,
    id_column: Any,
    cursor: Cursor | None,
    *,
    ascending: bool,
    size: int | None,
) -> Select[Any]:
    """Narrow and order `statement` to one page beside `cursor`, one row more than a page holds.

    Without a size, to all that lies beside the cursor.
    """
    backwards = cursor is not None and cursor.backwards
    up = ascending != backwards
    if cursor is not None:
        place = tuple_(column, id_column)
        here = tuple_(cursor.key[0], cursor.row_id)
        statement = statement.where(place > here if up else place < here)
    order = (column.asc(), id_column.asc()) if up else (column.desc(), id_column.desc())
    return statement.order_by(*order).limit(None if size is None else size + 1)


def firms_in_order(
    session: Session, found: Narrowed, *where: ColumnElement[bool], order: str, place: Cursor | None,
    size: int | None,
) -> Sequence[Enterprise]:  # fmt: skip
    """Return the firms beside a place of one of `ENTERPRISE_ORDERS`, one more than a page holds."""
    column, _kind = ENTERPRISE_ORDERS[order]
    statement = keyset(
        select(Enterprise).where(*found.where, *where),
        found.key(session, column),
        found.key(session, Enterprise.id),
        place,
        ascending=order == "name",
        size=size,
    )
    return session.scalars(statement).all()


def enterprises_page(
    session: Session,
    visible: ColumnElement[bool],
    wanted: EnterpriseFilter,
    *,
    order: str,
    cursor: str | None,
    size: int = 50,
) -> Page[Enterprise]:
    """Return one page of firms.

    Raises:
        BadInput: the cursor belongs to another list or order.
    """
    column, kind = ENTERPRISE_ORDERS[order]
    place = decode_cursor(cursor, order=order, types=(kind,)) if cursor else None
    found = narrowed(session, visible, wanted, in_order=True)
    return page_of(
        firms_in_order(session, found, order=order, place=place, size=size),
        size=size,
        cursor=place,
        place=lambda firm: ((getattr(firm, column.key),), firm.id),
        order=order,
        total=count_of_firms(session, visible, wanted),
    )


def count_of_firms(session: Session, visible: ColumnElement[bool], wanted: EnterpriseFilter) -> int:
    """Return how many firms a filter leaves."""
    where = narrowed(session, visible, wanted).where
    return session.scalar(select(func.count()).select_from(Enterprise).where(*where)) or 0


def region_facet(
    session: Session, visible: ColumnElement[bool], wanted: EnterpriseFilter
) -> Sequence[tuple[str, str, int]]:
    """Return (code, name, firms) of every division that the list, without its division filter, holds."""
    where = narrowed(session, visible, replace(wanted, region="")).where
    counts = select(Enterprise.region_code, func.count()).where(*where, Enterprise.region_code.is_not(None))
    return named_regions(session, counts.group_by(Enterprise.region_code))


def counts_of_holdings() -> list[ColumnElement[int]]:
    """Return the counts of firms by kind of holding, in the order of `HOLDINGS`, as one row."""
    return [func.count().filter(condition) for condition in HOLDINGS.values()]


def holding_facet(
    session: Session, visible: ColumnElement[bool], wanted: EnterpriseFilter
) -> Sequence[tuple[str, int]]:
    """Return (word, firms) for every kind of holding in the list without its holding filter."""
    where = [
        asked_of_each(session, condition)
        for condition in narrowed(session, visible, replace(wanted, holding="")).where
    ]
    row = session.execute(select(*counts_of_holdings()).select_from(Enterprise).where(*where)).one()
    return list(zip(HOLDINGS, map(int, row), strict=True))


def enterprise_by_public_id(session: Session, visible: ColumnElement[bool], public_id: str) -> Enterprise:
    """Return the firm behind an address.

    Raises:
        NotFound: there is none, or not for this actor.
    """
    firm = session.scalar(select(Enterprise).where(Enterprise.public_id == public_id, visible))
    if firm is None:
        raise NotFound(_("没有这家企业，或您无权查看。"))
    return firm


def latest_as_of(session: Session, visible: ColumnElement[bool]) -> date | None:
    """Return the latest day that a list spoke of one of the firms."""
    asked = asked_of_each(session, visible)
    return session.scalar(
        select(Enterprise.as_of)
        .where(asked, Enterprise.as_of.is_not(None))
        .order_by(Enterprise.as_of.desc())
        .limit(1)
    )


def held_by(enterprise_id: int) -> Select[int]:
    """Return the query of the ids of the patents that an enterprise holds, alone or with others."""
    return (
        select(PatentApplicant.patent_id)
        .join(Applicant, Applicant.id == PatentApplicant.applicant_id)
        .where(Applicant.enterprise_id == enterprise_id)
    )


def patents_by_year_and_kind(
    session: Session, enterprise_id: int
) -> Sequence[tuple[int, PatentKind | None, int]]:
    """Return (filing year, kind, patents) of a firm; patents without a known year are left out."""
    rows = session.execute(
        select(Patent.filing_year, Patent.kind, func.count())
        .where(Patent.id.in_(held_by(enterprise_id)), Patent.filing_year.is_not(None))
        .group_by(Patent.filing_year, Patent.kind)
        .order_by(Patent.filing_year)
    )
    return [(year, kind, count) for year, kind, count in rows if year is not None]


def facts_of(session: Session, enterprise_id: int) -> Sequence[EnterpriseFact]:
    """Return every recorded fact of a firm, the latest first."""
    return session.scalars(
        select(EnterpriseFact)
        .where(EnterpriseFact.enterprise_id == enterprise_id)
        .order_by(EnterpriseFact.kind, EnterpriseFact.as_of.desc(), EnterpriseFact.id.desc())
    ).all()


def registry_totals(session: Session, visible: ColumnElement[bool]) -> dict[str, int]:
    """Return how many firms there are, how many hold a valid patent, and how many patents by validity."""
    here = and_(visible, stands_for_itself())
    firms = session.scalar(select(func.count()).select_from(Enterprise).where(here)) or 0
    holding = session.scalar(
        select(func.count()).select_from(Enterprise).where(here, Enterprise.valid_count > 0)
    )
    return {"enterprises": firms, "with_valid_patents": holding or 0}


def patent_totals(session: Session) -> dict[str, int]:
    """Return the registry's patents by validity, and how many valid ones are pledged."""
    rows = session.execute(select(Patent.validity, func.count()).group_by(Patent.validity))
    totals = {validity.value: 0 for validity in Validity} | {
        validity.value: count for validity, count in rows
    }
    pledged = (
        select(func.count()).select_from(Patent).where(Patent.validity == Validity.VALID, Patent.is_pledged)
    )
    return totals | {"pledged": session.scalar(pledged) or 0}


def in_force_on(on: date) -> ColumnElement[bool]:
    """Return the condition that a patent is in force on day `on`: listed as valid, its term not over."""
    return and_(Patent.validity == Validity.VALID, or_(Patent.expires_on.is_(None), Patent.expires_on > on))


def valid_patents_of_firms(session: Session, where: ColumnElement[bool], *, on: date) -> int:
    """Return how many distinct patents in force the firms under `where` hold; a co-owned one counts once."""
    held = (
        select(PatentApplicant.patent_id)
        .join(Applicant, Applicant.id == PatentApplicant.applicant_id)
        .join(Enterprise, Enterprise.id == Applicant.enterprise_id)
        .where(where)
    )
    return (
        session.scalar(select(func.count()).select_from(Patent).where(in_force_on(on), Patent.id.in_(held)))
        or 0
    )


def any_synthetic(session: Session) -> bool:
    """Whether the registry holds demonstration firms."""
    return session.scalar(select(Enterprise.id).where(or_(Enterprise.is_synthetic)).limit(1)) is not None


def regions(session: Session) -> Sequence[Region]:
    """Return every division, in the order of the codes: a city before its counties."""
    return session.scalars(select(Region).order_by(Region.code)).all()


def enterprise_by_credit_code(session: Session, code: str) -> Enterprise | None:
    """Return the firm that has this credit code, or None."""
    return session.scalar(select(Enterprise).where(Enterprise.credit_code == code))
