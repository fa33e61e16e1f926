"""The firms as institutions read them: one filter for the list, its count, its facets and its export.

Decides nothing about who may see whom: every function takes the condition of what the actor may see.

A page is read along the index of its order. The whitelist by score begins at the admissions; every other
order begins at the firms and asks each whether it is admitted; the score of a list that holds the others
too is read in two runs, the admitted by score and then the others by id. What a row shows beside its firm
is looked up for the rows of the page only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from ipfin.bulk import CHUNK
from ipfin.kernel.paging import Cursor, Page, decode_cursor, page_of
from ipfin.registry.models import Enterprise
from ipfin.registry.queries import (
    ENTERPRISE_ORDERS,
    HOLDINGS,
    EnterpriseFilter,
    count_of_firms,
    counts_of_holdings,
    firms_in_order,
    keyset,
    narrowed,
)
from ipfin.registry.queries import holding_facet as holdings_of_firms
from ipfin.registry.queries import region_facet as regions_of_firms
from ipfin.registry.queries.regions import named_regions, region_names
from ipfin.registry.queries.walks import Narrowed, aside
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

    @property
    def is_of_admitted(self) -> bool:
        """Whether only firms that are admitted can be in the list: no other has a grade."""
        return self.tier == "whitelist" or bool(self.grade)


FIRM_ORDERS: dict[str, tuple[Any, type]] = {"score": (Admission.graded_e4, int), **ENTERPRISE_ORDERS}
"""Sort orders by the word in the address; figures go down, names go up."""

NO_SCORE = -1  # sorts firms that are not on the whitelist behind those that are


# --- Rows --------------------------------------------------------------------------------------------


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
    return page_of(
        _rows(session, visible, wanted, on=on, order=order, place=place, size=size),
        size=size,
        cursor=place,
        place=lambda row: _key(row, order),
        order=order,
        total=firms_count(session, visible, wanted, on=on),
    )


def all_firms(
    session: Session, visible: ColumnElement[bool], wanted: FirmFilter, *, on: date, order: str
) -> list[ListedFirm]:
    """Return every firm of the list that `firms_page` pages through: what an export holds."""
    return _rows(session, visible, wanted, on=on, order=order, place=None, size=None)


def _key(row: ListedFirm, order: str) -> tuple[tuple[Any, ...], int]:
    firm = row.enterprise
    if order == "score":
        return (row.admission.graded_e4 if row.admission else NO_SCORE,), firm.id
    return (getattr(firm, FIRM_ORDERS[order][0].key),), firm.id


def _rows(
    session: Session,
    visible: ColumnElement[bool],
    wanted: FirmFilter,
    *,
    on: date,
    order: str,
    place: Cursor | None,
    size: int | None,
) -> list[ListedFirm]:
    """Return the rows beside `place`, one more than a page holds, in the direction of the cursor."""
    found = narrowed(session, visible, wanted.firms, in_order=True)
    if order != "score":
        admitted = [_is_admitted(on, wanted.grade)] if wanted.is_of_admitted else []
        firms = firms_in_order(session, found, *admitted, order=order, place=place, size=size)
        return _listed(session, firms, on)
    if wanted.is_of_admitted:
        return _ranked(session, found, wanted.grade, on, place, size)
    return _ranked_and_others(session, found, on, place, size)


def _ranked(
    session: Session, found: Narrowed, grade: str, on: date, place: Cursor | None, size: int | None
) -> list[ListedFirm]:
    """Return admitted firms by score."""
    statement = keyset(
        _admitted(session, found, grade, on, Enterprise, Admission),
        found.key(session, Admission.graded_e4),
        found.key(session, Admission.enterprise_id),
        place,
        ascending=False,
        size=size,
    )
    rows = session.execute(statement).all()
    names = region_names(session, {firm.region_code for firm, _admission in rows if firm.region_code})
    return [ListedFirm(firm, admission, names.get(firm.region_code, "")) for firm, admission in rows]


def _ranked_and_others(
    session: Session, found: Narrowed, on: date, place: Cursor | None, size: int | None
) -> list[ListedFirm]:
    """Return the admitted by score and the others behind them; backwards as the cursor goes."""
    enough = None if size is None else size + 1
    rows: list[ListedFirm] = []
    runs = [_ranked_run, _others_run]
    if place is not None and place.backwards:
        runs.reverse()
    for run in runs:
        if enough is None or len(rows) < enough:
            rows += run(session, found, on, place, None if enough is None else enough - len(rows) - 1)
    return rows


def _ranked_run(
    session: Session, found: Narrowed, on: date, place: Cursor | None, size: int | None
) -> list[ListedFirm]:
    return _ranked(session, found, "", on, place, size)


def _others_run(
    session: Session, found: Narrowed, on: date, place: Cursor | None, size: int | None
) -> list[ListedFirm]:
    """Return firms that are not admitted: all have the same key, so the later id stands first."""
    statement = select(Enterprise).where(*found.where, ~_is_admitted(on))
    backwards = False
    if place is not None:
        key, backwards = place.key[0], place.backwards
        if not isinstance(key, int) or (key < NO_SCORE and not backwards) or (key > NO_SCORE and backwards):
            return []
        if key == NO_SCORE:
            here = Enterprise.id > place.row_id if backwards else Enterprise.id < place.row_id
            statement = statement.where(here)
    id_column = found.key(session, Enterprise.id)
    statement = statement.order_by(id_column.asc() if backwards else id_column.desc())
    firms = session.scalars(statement.limit(None if size is None else size + 1)).all()
    names = region_names(session, {firm.region_code for firm in firms if firm.region_code})
    return [ListedFirm(firm, None, names.get(firm.region_code or "", "")) for firm in firms]


def _is_admitted(on: date, grade: str = "") -> ColumnElement[bool]:
    """Return the condition that a firm is on the whitelist, as a look at its admissions."""
    graded = [Admission.grade == grade] if grade else []
    return (
        select(1)
        .select_from(Admission)
        .where(Admission.enterprise_id == Enterprise.id, in_force(on), *graded)
        .correlate(Enterprise)
        .exists()
    )


def _admitted(session: Session, found: Narrowed, grade: str, on: date, *columns: Any) -> Select[Any]:
    """Return a query of admissions in force with their firms.

    Unless few firms are found, it can be read in one way only: admission by admission, each leading to its
    firm. Read the other way round, SQLite would pass all the admissions for every firm of a division.
    """
    firm_id = Admission.enterprise_id if found.is_few else aside(session, Admission.enterprise_id)
    graded = [Admission.grade == grade] if grade else []
    return (
        select(*columns)
        .select_from(Admission)
        .join(Enterprise, Enterprise.id == firm_id)
        .where(in_force(on), *graded, *found.looked_up(session))
    )


def _listed(session: Session, firms: Sequence[Enterprise], on: date) -> list[ListedFirm]:
    """Return rows of firms with what stands beside them."""
    if not firms:
        return []
    where = [in_force(on)]
    if len(firms) <= CHUNK:
        where.append(Admission.enterprise_id.in_([firm.id for firm in firms]))
    admissions = {each.enterprise_id: each for each in session.scalars(select(Admission).where(*where))}
    names = region_names(session, {firm.region_code for firm in firms if firm.region_code})
    return [
        ListedFirm(firm, admissions.get(firm.id), names.get(firm.region_code or "", "")) for firm in firms
    ]


# --- Counts ------------------------------------------------------------------------------------------


def firms_count(session: Session, visible: ColumnElement[bool], wanted: FirmFilter, *, on: date) -> int:
    """Return how many firms the list holds, on all its pages."""
    if not wanted.is_of_admitted:
        return count_of_firms(session, visible, wanted.firms)
    return session.scalar(_whitelisted(session, visible, wanted, on, func.count())) or 0


def _whitelisted(
    session: Session, visible: ColumnElement[bool], wanted: FirmFilter, on: date, *columns: Any
) -> Select[Any]:
    """Return a query over all the admitted firms of a list: each is looked at, in whatever order."""
    found = narrowed(session, visible, wanted.firms, in_order=True)
    return _admitted(session, found, wanted.grade, on, *columns)


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
    counts = _whitelisted(session, visible, replace(wanted, grade=""), on, Admission.grade, func.count())
    rows = session.execute(counts.group_by(Admission.grade).order_by(Admission.grade))
    return [(grade.value, count) for grade, count in rows]


def region_facet(
    session: Session, visible: ColumnElement[bool], wanted: FirmFilter, *, on: date
) -> Sequence[tuple[str, str, int]]:
    """Return (division code, its name, firms) of the list without its division filter."""
    if not wanted.is_of_admitted:
        return regions_of_firms(session, visible, wanted.firms)
    code = aside(session, Enterprise.region_code)
    others = replace(wanted, firms=replace(wanted.firms, region=""))
    counts = _whitelisted(session, visible, others, on, code, func.count())
    return named_regions(session, counts.where(Enterprise.region_code.is_not(None)).group_by(code))


def holding_facet(
    session: Session, visible: ColumnElement[bool], wanted: FirmFilter, *, on: date
) -> Sequence[tuple[str, int]]:
    """Return (word, firms) for every kind of holding in the list without its holding filter."""
    if not wanted.is_of_admitted:
        return holdings_of_firms(session, visible, wanted.firms)
    others = replace(wanted, firms=replace(wanted.firms, holding=""))
    row = session.execute(_whitelisted(session, visible, others, on, *counts_of_holdings())).one()
    return list(zip(HOLDINGS, map(int, row), strict=True))


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
