"""The firms of an issue: which they are by its scope, what is frozen of each, and the lines afterwards."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from ipfin.accounts.queries import of_visible_enterprises
from ipfin.accounts.scopes import Thing
from ipfin.bulk import in_chunks
from ipfin.kernel.actor import Actor
from ipfin.kernel.paging import Page, decode_cursor, page_of
from ipfin.registry.models import Enterprise, EnterpriseFact, EnterpriseMerge, FactKind, Region
from ipfin.registry.queries import keyset, stands_for_itself
from ipfin.reports.directory import IssueState, LeftReason, Line, LineChange
from ipfin.reports.models import DirectoryIssue, DirectoryLine
from ipfin.reports.selection import EVERY_FIRM, FirmNow, Holding, IssueScope
from ipfin.whitelist.admission import last_day
from ipfin.whitelist.models import Admission
from ipfin.whitelist.queries import NO_TITLE, in_force

LISTED = and_(Enterprise.valid_count > 0, stands_for_itself())
"""Who stands in the directory: a firm with a patent that is granted and in force."""

ROWS_AT_ONCE = 500
_DECLARED = {
    FactKind.RD_SHARE_BP: "rd_share_bp",
    FactKind.REVENUE_GROWTH_BP: "revenue_growth_bp",
    FactKind.TAX_CREDIT: "tax_credit",
    FactKind.PLEDGE_HISTORY: "pledge_history",
}


# --- The firms -------------------------------------------------------------------------------------


def in_scope(scope: IssueScope, on: date) -> ColumnElement[bool]:
    """Return the condition that a firm stands in an issue of `scope` on day `on`."""
    held = Enterprise.valid_count
    if scope.holding is Holding.INVENTION:
        held = Enterprise.valid_invention_count
    found: list[ColumnElement[bool]] = [LISTED, held >= scope.least]
    if scope.regions:
        found.append(Enterprise.region_code.in_(scope.regions))
    if scope.industries:
        found.append(_division().in_(scope.industries))
    if scope.admitted_only:
        found.append(Enterprise.id.in_(select(Admission.enterprise_id).where(in_force(on))))
    oldest = scope.oldest(on)
    if oldest is not None:
        found.append(Enterprise.as_of >= oldest)
    return and_(*found)


def _division() -> ColumnElement[str]:
    """Return the two digits of a firm's industry code, with or without the letter of its section."""
    code = Enterprise.industry_code
    return func.substr(func.ltrim(code, "ABCDEFGHIJKLMNOPQRST"), 1, 2)


def directory_lines(session: Session, on: date, scope: IssueScope = EVERY_FIRM) -> list[Line]:
    """Return the lines of an issue of day `on`: the whitelist first by score, then the others by patents."""
    statement = (
        select(*_COLUMNS, Region.name.label("region"), Admission.grade, Admission.valid_until)
        .outerjoin(Region, Region.code == Enterprise.region_code)
        .outerjoin(Admission, and_(Admission.enterprise_id == Enterprise.id, in_force(on)))
        .where(in_scope(scope, on))
        .order_by(
            func.coalesce(Admission.graded_e4, -1).desc(),
            Enterprise.valid_invention_count.desc(),
            Enterprise.valid_count.desc(),
            Enterprise.id,
        )
    )
    declared = _declared(session, on)
    return [
        Line(row.id, _facts(row) | declared.get(row.id, {}))
        for row in session.execute(statement).yield_per(ROWS_AT_ONCE)
    ]


# Columns and no objects: what was read of ten thousand firms is not kept twice.
_COLUMNS = (
    Enterprise.id,
    Enterprise.name,
    Enterprise.credit_code,
    Enterprise.locality,
    Enterprise.industry_code,
    Enterprise.valid_count,
    Enterprise.valid_invention_count,
    Enterprise.valid_utility_count,
    Enterprise.valid_design_count,
    Enterprise.pledged_count,
    Enterprise.as_of,
)


def _facts(row: Any) -> dict[str, Any]:
    return {
        "name": row.name,
        "credit_code": row.credit_code or "",
        "locality": row.region or row.locality,
        "industry_code": row.industry_code,
        "valid_count": row.valid_count,
        "valid_invention_count": row.valid_invention_count,
        "valid_utility_count": row.valid_utility_count,
        "valid_design_count": row.valid_design_count,
        "pledged_count": row.pledged_count,
        "grade": row.grade.value if row.grade else "",
        "admission": last_day(row.valid_until).isoformat() if row.valid_until else "",
        "titles": "",
        "as_of": row.as_of.isoformat() if row.as_of else "",
    }


def _declared(session: Session, on: date) -> dict[int, dict[str, Any]]:
    """Return the titles and what firms declared themselves as it holds on day `on`, the latest of each."""
    rows = session.execute(
        select(EnterpriseFact.enterprise_id, EnterpriseFact.kind, EnterpriseFact.word, EnterpriseFact.number)
        .where(
            EnterpriseFact.kind.in_((FactKind.TITLE, *_DECLARED)),
            EnterpriseFact.as_of <= on,
            or_(EnterpriseFact.expires_on.is_(None), EnterpriseFact.expires_on > on),
        )
        .order_by(EnterpriseFact.as_of.desc(), EnterpriseFact.id.desc())
    )
    found: dict[int, dict[str, Any]] = {}
    for enterprise_id, kind, word, number in rows:
        facts = found.setdefault(enterprise_id, {})
        if kind is FactKind.TITLE:
            if word != NO_TITLE:
                held = {*facts.get("titles", "").split(), word}
                facts["titles"] = " ".join(sorted(held))
        else:
            facts.setdefault(_DECLARED[kind], word or int(number or 0))
    return found


def firms_left_out(session: Session) -> int:
    """Return how many firms are not listed only because no list told whether their patents are in force."""
    statement = select(func.count()).select_from(Enterprise).where(stands_for_itself())
    return session.scalar(statement.where(Enterprise.valid_count == 0, Enterprise.unknown_count > 0)) or 0


def firms_in_scope(session: Session, scope: IssueScope, on: date) -> int:
    """Return how many firms an issue of `scope` would hold on day `on`."""
    return session.scalar(select(func.count()).select_from(Enterprise).where(in_scope(scope, on))) or 0


def divisions_listed(session: Session) -> dict[str, int]:
    """Return the industry divisions of listed firms and how many firms each has, in order."""
    division = _division()
    rows = session.execute(
        select(division, func.count()).where(LISTED, division != "").group_by(division).order_by(division)
    )
    return {code: count for code, count in rows if len(code) == 2 and code.isdigit()}


def regions_listed(session: Session) -> list[tuple[str, str, int]]:
    """Return code, name and number of listed firms of each division, in order."""
    rows = session.execute(
        select(Region.code, Region.name, func.count())
        .join(Enterprise, Enterprise.region_code == Region.code)
        .where(LISTED)
        .group_by(Region.code, Region.name)
        .order_by(Region.code)
    )
    return [(code, name, count) for code, name, count in rows]


def region_names(session: Session) -> dict[str, str]:
    """Return the name of each division by its code."""
    return dict(session.execute(select(Region.code, Region.name)).all())


def left_reasons(
    session: Session, enterprise_ids: Collection[int], scope: IssueScope, on: date
) -> dict[int, LeftReason]:
    """Return for each firm of the issue before why it is not in the one of `scope` on day `on`."""
    found: dict[int, LeftReason] = {}
    admitted = select(Admission.enterprise_id).where(in_force(on))
    merged = select(EnterpriseMerge.from_id).where(EnterpriseMerge.undone_at.is_(None))
    for chunk in in_chunks(enterprise_ids):
        rows = session.execute(
            select(
                Enterprise.id,
                func.coalesce(Enterprise.region_code, ""),
                _division(),
                Enterprise.valid_count,
                Enterprise.valid_invention_count,
                Enterprise.unknown_count,
                Enterprise.id.in_(admitted),
                Enterprise.id.in_(merged),
                Enterprise.as_of,
            ).where(Enterprise.id.in_(chunk))
        )
        for enterprise_id, *known in rows:
            found[enterprise_id] = scope.left_reason(_firm_now(*known), on)
    return found


def _firm_now(*known: Any) -> FirmNow:
    return FirmNow(*known)


# --- Lines -----------------------------------------------------------------------------------------


def last_published(session: Session) -> DirectoryIssue | None:
    """Return the last published issue: what the next one is compared with."""
    return session.scalar(
        select(DirectoryIssue)
        .where(DirectoryIssue.state == IssueState.PUBLISHED)
        .order_by(DirectoryIssue.number.desc())
        .limit(1)
    )


def facts_of(session: Session, issue_id: int) -> Mapping[int, Mapping[str, Any]]:
    """Return enterprise id -> facts of the firms that an issue holds."""
    rows = session.execute(
        select(DirectoryLine.enterprise_id, DirectoryLine.facts).where(
            DirectoryLine.issue_id == issue_id, DirectoryLine.change != LineChange.LEFT
        )
    )
    return dict(rows.all())


def line_of(row: DirectoryLine) -> Line:
    """Return a row as the line that it keeps."""
    return Line(row.enterprise_id, row.facts, row.change, row.before or {}, row.left_reason, row.position)


def lines_of(session: Session, issue_id: int) -> Iterator[Line]:
    """Yield the lines of an issue in order, a few hundred at a time; firms that left stand at position 0."""
    rows = session.execute(
        select(
            DirectoryLine.enterprise_id,
            DirectoryLine.facts,
            DirectoryLine.change,
            DirectoryLine.before,
            DirectoryLine.left_reason,
            DirectoryLine.position,
        )
        .where(DirectoryLine.issue_id == issue_id)
        .order_by(DirectoryLine.position, DirectoryLine.id)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    for enterprise_id, facts, change, before, left_reason, position in rows:
        yield Line(enterprise_id, facts, change, before or {}, left_reason, position)


def lines_page(
    session: Session,
    issue_id: int,
    *,
    visible: ColumnElement[bool] | None = None,
    change: LineChange | None = None,
    words: str = "",
    among: Collection[int] | None = None,
    outside: Collection[int] | None = None,
    cursor: str | None = None,
    size: int = 50,
) -> Page[DirectoryLine]:
    """Return one page of an issue's lines, all or those that changed in one way.

    Args:
        visible: a condition on DirectoryLine; an institution reads the whole of what was made out to it.
        words: part of a name or of a credit code as the line has them; empty is every line.
        among, outside: only these firms; all but these.
    """
    where = [DirectoryLine.issue_id == issue_id, *([] if visible is None else [visible])]
    where.append(DirectoryLine.change == change if change else DirectoryLine.change != LineChange.LEFT)
    where += _narrowed(words, among, outside)
    place = decode_cursor(cursor, order="position", types=(int,)) if cursor else None
    statement: Select[Any] = keyset(
        select(DirectoryLine).where(*where),
        DirectoryLine.position,
        DirectoryLine.id,
        place,
        ascending=True,
        size=size,
    )
    rows = session.scalars(statement).all()
    total = session.scalar(select(func.count()).select_from(DirectoryLine).where(*where))
    return page_of(
        rows,
        size=size,
        cursor=place,
        place=lambda line: ((line.position,), line.id),
        order="position",
        total=total,
    )


def _narrowed(
    words: str, among: Collection[int] | None, outside: Collection[int] | None
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for word in words.split():
        name, code = DirectoryLine.facts["name"].as_string(), DirectoryLine.facts["credit_code"].as_string()
        found.append(or_(name.contains(word, autoescape=True), code.contains(word.upper(), autoescape=True)))
    if among is not None:
        found.append(_one_of(among))
    if outside:
        found.append(~_one_of(outside))
    return found


def _one_of(enterprise_ids: Collection[int]) -> ColumnElement[bool]:
    # Written into the statement: ten thousand ids are more than it may have variables.
    ids: Any = bindparam(None, sorted(enterprise_ids), expanding=True, literal_execute=True)
    return DirectoryLine.enterprise_id.in_(ids)


def change_counts(
    session: Session, issue_id: int, *, visible: ColumnElement[bool] | None = None
) -> dict[LineChange, int]:
    """Return how many lines of an issue were added, changed, kept, and how many firms left."""
    where = [DirectoryLine.issue_id == issue_id, *([] if visible is None else [visible])]
    rows = session.execute(
        select(DirectoryLine.change, func.count()).where(*where).group_by(DirectoryLine.change)
    )
    return dict.fromkeys(LineChange, 0) | dict(rows.all())


def left_counts(session: Session, issue_id: int) -> dict[LeftReason, int]:
    """Return how many firms left an issue for which reason."""
    rows = session.execute(
        select(DirectoryLine.left_reason, func.count())
        .where(DirectoryLine.issue_id == issue_id, DirectoryLine.left_reason.is_not(None))
        .group_by(DirectoryLine.left_reason)
    )
    return {reason: count for reason, count in rows if reason is not None}


def lines_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return which lines of issues the actor may see, as a condition on DirectoryLine."""
    return of_visible_enterprises(actor, Thing.DIRECTORY_ISSUE, DirectoryLine.enterprise_id)


__all__ = [
    "LISTED",
    "change_counts",
    "directory_lines",
    "divisions_listed",
    "facts_of",
    "firms_in_scope",
    "firms_left_out",
    "in_scope",
    "last_published",
    "left_counts",
    "left_reasons",
    "line_of",
    "lines_of",
    "lines_page",
    "lines_visible_to",
    "region_names",
    "regions_listed",
]
