"""The firms as institutions read them: one filter for the list, its count, its facets and its export.

Decides nothing about who may see whom: every function takes the condition of what the actor may see.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from ipfin.kernel.paging import Page, decode_cursor, page_of
from ipfin.registry.models import Enterprise, Region
from ipfin.registry.queries import HOLDINGS, EnterpriseFilter, conditions, keyset
from ipfin.whitelist.models import Admission
from ipfin.whitelist.queries.admissions import in_force

TIERS = ("whitelist", "directory")
"""The two lists: firms admitted to the whitelist, and every firm that the actor may see."""


@dataclass(frozen=True, slots=True)
class ListedFirm:
    """One row of the institutions' list: the firm and, when it is on the whitelist, its admission."""

    enterprise: Enterprise
    admission: Admission | None
    region_name: str = ""


@dataclass(frozen=True, slots=True)
class FirmFilter:
    """What a list of firms is narrowed to.

    `tier` is "whitelist" (firms admitted now), "directory" (every firm an institution may see: those
    with valid patents) or "registry" (every firm the office may see).
    """

    firms: EnterpriseFilter
    tier: str = "whitelist"
    grade: str = ""


FIRM_ORDERS: dict[str, tuple[Any, type]] = {
    "score": (Admission.graded_e4, int),
    "valid": (Enterprise.valid_count, int),
    "inventions": (Enterprise.valid_invention_count, int),
    "pledged": (Enterprise.pledged_count, int),
    "name": (Enterprise.pinyin_key, str),
}
"""Sort orders by the word in the address; figures go down, names go up."""

NO_SCORE = -1  # sorts firms that are not on the whitelist behind those that are


def _firm_conditions(
    session: Session, visible: ColumnElement[bool], wanted: FirmFilter, *, in_order: bool = False
) -> list[ColumnElement[bool]]:
    where = [visible, *conditions(session, wanted.firms, in_order=in_order)]
    if wanted.tier == "whitelist":
        where.append(Admission.id.is_not(None))
    if wanted.grade:
        where.append(Admission.grade == wanted.grade)
    return where


def _firms(on: date, where: Iterable[ColumnElement[bool]], *columns: Any) -> Any:
    return (
        select(*columns)
        .select_from(Enterprise)
        .outerjoin(Admission, and_(Admission.enterprise_id == Enterprise.id, in_force(on)))
        .outerjoin(Region, Region.code == Enterprise.region_code)
        .where(*where)
    )


def _order_column(wanted: FirmFilter, order: str) -> Any:
    column, _kind = FIRM_ORDERS[order]
    if order == "score" and wanted.tier != "whitelist":
        return func.coalesce(Admission.graded_e4, NO_SCORE)
    return column


def _key(row: ListedFirm, order: str) -> tuple[tuple[Any, ...], int]:
    firm = row.enterprise
    value = {
        "score": row.admission.graded_e4 if row.admission else NO_SCORE,
        "valid": firm.valid_count,
        "inventions": firm.valid_invention_count,
        "pledged": firm.pledged_count,
        "name": firm.pinyin_key,
    }[order]
    return (value,), firm.id


def firms_page(
    session: Session,
    visible: ColumnElement[bool],
    wanted: FirmFilter,
    *,
    on: date,
    order: str,
    cursor: str | None,
    size: int = 50,
) -> Page[ListedFirm]:
    """Return one page of the firms that an institution may see.

    Raises:
        BadInput: the cursor belongs to another list or order.
    """
    _column, kind = FIRM_ORDERS[order]
    place = decode_cursor(cursor, order=order, types=(kind,)) if cursor else None
    statement = keyset(
        _firms(
            on,
            _firm_conditions(session, visible, wanted, in_order=True),
            Enterprise,
            Admission,
            Region.name,
        ),
        _order_column(wanted, order),
        Enterprise.id,
        place,
        ascending=order == "name",
        size=size,
    )
    rows = [ListedFirm(firm, admission, name or "") for firm, admission, name in session.execute(statement)]
    return page_of(
        rows,
        size=size,
        cursor=place,
        place=lambda row: _key(row, order),
        order=order,
        total=firms_count(session, visible, wanted, on=on),
    )


def firms_count(session: Session, visible: ColumnElement[bool], wanted: FirmFilter, *, on: date) -> int:
    """Return how many firms the list holds, on all its pages."""
    where = _firm_conditions(session, visible, wanted)
    return session.scalar(_firms(on, where, func.count(Enterprise.id))) or 0


def all_firms(
    session: Session, visible: ColumnElement[bool], wanted: FirmFilter, *, on: date, order: str
) -> list[ListedFirm]:
    """Return every firm of the list that `firms_page` pages through: what an export holds."""
    column = _order_column(wanted, order)
    directions = (
        (column.asc(), Enterprise.id.asc()) if order == "name" else (column.desc(), Enterprise.id.desc())
    )
    where = _firm_conditions(session, visible, wanted)
    statement = _firms(on, where, Enterprise, Admission, Region.name).order_by(*directions)
    return [ListedFirm(firm, admission, name or "") for firm, admission, name in session.execute(statement)]


def tier_counts(
    session: Session, visible: ColumnElement[bool], wanted: FirmFilter, *, on: date
) -> dict[str, int]:
    """Return how many firms each of the two lists holds under the same filter; the directory has no grade."""
    return {
        tier: firms_count(
            session,
            visible,
            replace(wanted, tier=tier, grade=wanted.grade if tier == "whitelist" else ""),
            on=on,
        )
        for tier in TIERS
    }


def grade_facet(
    session: Session, visible: ColumnElement[bool], wanted: FirmFilter, *, on: date
) -> Sequence[tuple[str, int]]:
    """Return (grade, firms) of the list without its grade filter."""
    where = _firm_conditions(session, visible, replace(wanted, grade=""))
    rows = session.execute(
        _firms(on, where, Admission.grade, func.count(Enterprise.id))
        .where(Admission.id.is_not(None))
        .group_by(Admission.grade)
        .order_by(Admission.grade)
    )
    return [(grade.value, count) for grade, count in rows]


def region_facet(
    session: Session, visible: ColumnElement[bool], wanted: FirmFilter, *, on: date
) -> Sequence[tuple[str, str, int]]:
    """Return (division code, its name, firms) of the list without its division filter."""
    where = _firm_conditions(session, visible, replace(wanted, firms=replace(wanted.firms, region="")))
    rows = session.execute(
        _firms(on, where, Region.code, Region.name, func.count(Enterprise.id))
        .where(Region.code.is_not(None))
        .group_by(Region.code, Region.name)
        .order_by(Region.code)
    )
    return [(code, name, count) for code, name, count in rows]


def holding_facet(
    session: Session, visible: ColumnElement[bool], wanted: FirmFilter, *, on: date
) -> Sequence[tuple[str, int]]:
    """Return (word, firms) for every kind of holding in the list without its holding filter."""
    where = _firm_conditions(session, visible, replace(wanted, firms=replace(wanted.firms, holding="")))
    counts = [func.count(Enterprise.id).filter(condition) for condition in HOLDINGS.values()]
    return list(zip(HOLDINGS, map(int, session.execute(_firms(on, where, *counts)).one()), strict=True))


def counts_without(
    session: Session, visible: ColumnElement[bool], wanted: FirmFilter, *, on: date
) -> list[tuple[str, int]]:
    """Return, for each filter that is set, its word in the address and the firms found without it.

    This is what an empty list needs: which condition to drop, and what that would bring.
    """
    firms = wanted.firms
    without = {
        "q": replace(wanted, firms=replace(firms, query="")) if firms.query else None,
        "region": replace(wanted, firms=replace(firms, region="")) if firms.region else None,
        "holding": replace(wanted, firms=replace(firms, holding="")) if firms.holding else None,
        "grade": replace(wanted, grade="") if wanted.grade else None,
    }
    return [(word, firms_count(session, visible, other, on=on)) for word, other in without.items() if other]


def admitted_by_grade(
    session: Session, visible: ColumnElement[bool], *, on: date
) -> Sequence[tuple[str, int]]:
    """Return (grade, firms) of the whitelist in force, as far as the actor may see it."""
    return grade_facet(session, visible, FirmFilter(EnterpriseFilter()), on=on)
