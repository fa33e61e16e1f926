"""Reading for the directory: the firms of an issue, issues, lines, deliveries."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, joinedload

from ipfin.accounts.models import Organisation
from ipfin.accounts.policy import Scope, Thing, scope_for
from ipfin.accounts.queries import of_visible_enterprises
from ipfin.bulk import in_chunks
from ipfin.conduct.models import ConductRecord
from ipfin.events.lifecycle import EventState, RegistrationState
from ipfin.events.models import Event, Registration
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import NotFound
from ipfin.kernel.paging import Page, decode_cursor, page_of
from ipfin.kernel.text import Text, _
from ipfin.registry.models import Enterprise, Region
from ipfin.registry.queries import keyset
from ipfin.registry.resolution.survivor import Hold, HoldKind
from ipfin.reports.directory import IssueState, Line, LineChange
from ipfin.reports.models import DirectoryDelivery, DirectoryIssue, DirectoryLine
from ipfin.whitelist.admission import RoundState, last_day
from ipfin.whitelist.models import Admission, RoundEntry, WhitelistRound
from ipfin.whitelist.queries import in_force

LISTED = Enterprise.valid_count > 0
"""Who stands in the directory: a firm with a patent that is granted and in force."""


def directory_lines(session: Session, on: date) -> list[Line]:
    """Return the lines of an issue of day `on`: the whitelist first by score, then the others by patents."""
    statement = (
        select(Enterprise, Region.name, Admission.grade, Admission.valid_until)
        .outerjoin(Region, Region.code == Enterprise.region_code)
        .outerjoin(Admission, and_(Admission.enterprise_id == Enterprise.id, in_force(on)))
        .where(LISTED)
        .order_by(
            func.coalesce(Admission.graded_e4, -1).desc(),
            Enterprise.valid_invention_count.desc(),
            Enterprise.valid_count.desc(),
            Enterprise.id,
        )
    )
    return [
        Line(firm.id, _facts(firm, region, grade, until))
        for firm, region, grade, until in session.execute(statement)
    ]


def _facts(firm: Enterprise, region: str | None, grade: Any, until: date | None) -> dict[str, Any]:
    return {
        "name": firm.name,
        "credit_code": firm.credit_code or "",
        "locality": region or firm.locality,
        "industry_code": firm.industry_code,
        "valid_count": firm.valid_count,
        "valid_invention_count": firm.valid_invention_count,
        "valid_utility_count": firm.valid_utility_count,
        "valid_design_count": firm.valid_design_count,
        "pledged_count": firm.pledged_count,
        "grade": grade.value if grade else "",
        "admission": last_day(until).isoformat() if until else "",
        "as_of": firm.as_of.isoformat() if firm.as_of else "",
    }


def firms_left_out(session: Session) -> int:
    """Return how many firms are not listed only because no list told whether their patents are in force."""
    statement = select(func.count()).select_from(Enterprise)
    return session.scalar(statement.where(Enterprise.valid_count == 0, Enterprise.unknown_count > 0)) or 0


def last_published_lines(session: Session) -> Mapping[int, Mapping[str, Any]]:
    """Return enterprise id -> facts of the last published issue; empty when there is none."""
    last = session.scalar(
        select(DirectoryIssue.id)
        .where(DirectoryIssue.state == IssueState.PUBLISHED)
        .order_by(DirectoryIssue.number.desc())
        .limit(1)
    )
    if last is None:
        return {}
    rows = session.execute(
        select(DirectoryLine.enterprise_id, DirectoryLine.facts).where(
            DirectoryLine.issue_id == last, DirectoryLine.change != LineChange.LEFT
        )
    )
    return dict(rows.all())


def issues_page(session: Session, *, cursor: str | None, size: int = 50) -> Page[DirectoryIssue]:
    """Return one page of issues, the latest first."""
    place = decode_cursor(cursor, order="number", types=(int,)) if cursor else None
    statement = keyset(
        select(DirectoryIssue), DirectoryIssue.number, DirectoryIssue.id, place, ascending=False, size=size
    )
    rows = session.scalars(statement).all()
    return page_of(rows, size=size, cursor=place, place=lambda i: ((i.number,), i.id), order="number")


def issue_by_number(session: Session, number: int) -> DirectoryIssue:
    """Return an issue.

    Raises:
        NotFound: there is none.
    """
    issue = session.scalar(select(DirectoryIssue).where(DirectoryIssue.number == number))
    if issue is None:
        raise NotFound(_("没有这一期名录。"))
    return issue


def lines_of(session: Session, issue_id: int) -> Sequence[DirectoryLine]:
    """Return the lines of an issue in order; the firms that left stand first, at position 0."""
    return session.scalars(
        select(DirectoryLine)
        .where(DirectoryLine.issue_id == issue_id)
        .order_by(DirectoryLine.position, DirectoryLine.id)
    ).all()


def lines_page(
    session: Session,
    issue_id: int,
    *,
    visible: ColumnElement[bool] | None = None,
    change: LineChange | None = None,
    cursor: str | None = None,
    size: int = 50,
) -> Page[DirectoryLine]:
    """Return one page of an issue's lines, all or those that changed in one way.

    Args:
        visible: a condition on DirectoryLine; an institution reads the whole of what was made out to it.
    """
    where = [DirectoryLine.issue_id == issue_id, *([] if visible is None else [visible])]
    where.append(DirectoryLine.change == change if change else DirectoryLine.change != LineChange.LEFT)
    place = decode_cursor(cursor, order="position", types=(int,)) if cursor else None
    statement = keyset(
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


def change_counts(
    session: Session, issue_id: int, *, visible: ColumnElement[bool] | None = None
) -> dict[LineChange, int]:
    """Return how many lines of an issue were added, changed, kept, and how many firms left."""
    where = [DirectoryLine.issue_id == issue_id, *([] if visible is None else [visible])]
    rows = session.execute(
        select(DirectoryLine.change, func.count()).where(*where).group_by(DirectoryLine.change)
    )
    return dict.fromkeys(LineChange, 0) | dict(rows.all())


def lines_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Return which lines of issues the actor may see, as a condition on DirectoryLine."""
    return of_visible_enterprises(actor, Thing.DIRECTORY_ISSUE, DirectoryLine.enterprise_id)


def may_see_deliveries(actor: Actor) -> bool:
    """Whether the actor may see to whom an issue went and who confirmed it."""
    return scope_for(actor, Thing.DIRECTORY_DELIVERY) is Scope.ALL


def deliveries_of_issue(session: Session, issue_id: int) -> Sequence[DirectoryDelivery]:
    """Return to whom an issue went, in the order of delivery."""
    return session.scalars(
        select(DirectoryDelivery).where(DirectoryDelivery.issue_id == issue_id).order_by(DirectoryDelivery.id)
    ).all()


def deliveries_to(
    session: Session, organisation_id: int, *, cursor: str | None = None, size: int = 50
) -> Page[DirectoryDelivery]:
    """Return one page of what an institution received, the latest first."""
    place = decode_cursor(cursor, order="latest", types=(int,)) if cursor else None
    statement = keyset(
        select(DirectoryDelivery)
        .where(DirectoryDelivery.organisation_id == organisation_id)
        .options(joinedload(DirectoryDelivery.issue)),
        DirectoryDelivery.id,
        DirectoryDelivery.id,
        place,
        ascending=False,
        size=size,
    )
    rows = session.scalars(statement).all()
    return page_of(rows, size=size, cursor=place, place=lambda d: ((d.id,), d.id), order="latest")


def delivery_to(session: Session, organisation_id: int, issue_number: int) -> DirectoryDelivery:
    """Return one institution's copy of an issue.

    Raises:
        NotFound: it got none.
    """
    delivery = session.scalar(
        select(DirectoryDelivery)
        .join(DirectoryIssue)
        .where(DirectoryDelivery.organisation_id == organisation_id, DirectoryIssue.number == issue_number)
    )
    if delivery is None:
        raise NotFound(_("没有这一期名录，或未送达贵机构。"))
    return delivery


def open_issue(session: Session) -> DirectoryIssue | None:
    """Return the issue that is being prepared or waits for its second person."""
    return session.scalar(
        select(DirectoryIssue).where(DirectoryIssue.state.in_((IssueState.DRAFT, IssueState.SUBMITTED)))
    )


def unreceived_count(session: Session, organisation_id: int) -> int:
    """Return how many delivered issues the institution has not confirmed."""
    statement = select(func.count()).select_from(DirectoryDelivery).join(DirectoryIssue)
    return (
        session.scalar(
            statement.where(
                DirectoryDelivery.organisation_id == organisation_id,
                DirectoryDelivery.received_at.is_(None),
                DirectoryIssue.state == IssueState.PUBLISHED,
            )
        )
        or 0
    )


def dependents(session: Session, enterprise_ids: Collection[int]) -> list[Text]:
    """Say what of the directory depends on these enterprises, so that an undo can be refused in words."""
    for chunk in in_chunks(enterprise_ids):
        found = session.execute(
            select(Enterprise.name, DirectoryIssue.number)
            .join(DirectoryLine, DirectoryLine.enterprise_id == Enterprise.id)
            .join(DirectoryIssue, DirectoryIssue.id == DirectoryLine.issue_id)
            .where(Enterprise.id.in_(chunk))
            .limit(1)
        ).first()
        if found:
            return [
                _("%(firm)s等企业已列入名录第%(number)s期，本批次不能撤销。", firm=found[0], number=found[1])
            ]
    return []


def published_issues(session: Session, *, limit: int = 5) -> Sequence[DirectoryIssue]:
    """Return the last issues that were published and not recalled, the latest first (public: no lines)."""
    statement = select(DirectoryIssue).where(DirectoryIssue.state == IssueState.PUBLISHED)
    return session.scalars(statement.order_by(DirectoryIssue.number.desc()).limit(limit)).all()


def merge_holds(session: Session, enterprise_ids: Collection[int]) -> dict[int, list[Hold]]:
    """Return what above the registry binds each of a few enterprises when two are to be merged.

        Rounds and issues under way bind both; an admission in force, an account of the platform, a conduct
        record in force and a place at a coming event have one holder; a published line is only shown. Labels,
    contacts and visits bind nothing: they follow (`liaison.queries.FOLLOWS`).
    """
    ids = list(enterprise_ids)
    entries = (
        select(RoundEntry.enterprise_id, WhitelistRound.number)
        .join(WhitelistRound, WhitelistRound.id == RoundEntry.round_id)
        .where(WhitelistRound.state.in_((RoundState.DRAFT, RoundState.SUBMITTED)))
    )
    lines = select(DirectoryLine.enterprise_id, DirectoryIssue.number).join(
        DirectoryIssue, DirectoryIssue.id == DirectoryLine.issue_id
    )
    under_way = DirectoryIssue.state.in_((IssueState.DRAFT, IssueState.SUBMITTED))
    admissions = select(Admission.enterprise_id, Enterprise.name).where(Admission.ended_on.is_(None))
    accounts = select(Organisation.enterprise_id, Enterprise.name).where(Organisation.is_active)
    conduct = select(ConductRecord.enterprise_id, Enterprise.name).where(ConductRecord.withdrawn_on.is_(None))
    places = (
        select(Registration.enterprise_id, Event.title)
        .join(Event, Event.id == Registration.event_id)
        .where(Registration.state != RegistrationState.CANCELLED)
        .where(Event.state.not_in((EventState.FINISHED, EventState.CANCELLED)))
    )
    kinds: tuple[tuple[HoldKind, str, Any, Any, Callable[[Any], Text]], ...] = (
        (HoldKind.OPEN, "round", entries, RoundEntry.enterprise_id,
         lambda number: _("白名单第%(number)s批正在办理，", number=number)),
        (HoldKind.OPEN, "issue", lines.where(under_way), DirectoryLine.enterprise_id,
         lambda number: _("名录第%(number)s期正在办理，", number=number)),
        (HoldKind.SINGLE, "admission", _with_name(admissions, Admission), Admission.enterprise_id,
         lambda name: _("%(name)s在白名单内。", name=name)),
        (HoldKind.SINGLE, "account", _with_name(accounts, Organisation), Organisation.enterprise_id,
         lambda name: _("%(name)s有平台账户。", name=name)),
        (HoldKind.SINGLE, "conduct", _with_name(conduct, ConductRecord), ConductRecord.enterprise_id,
         lambda name: _("%(name)s有负面记录。", name=name)),
        (HoldKind.SINGLE, "event", places, Registration.enterprise_id,
         lambda title: _("已报名活动“%(title)s”。", title=title)),
        (HoldKind.SHOWN, "directory", lines.where(DirectoryIssue.state == IssueState.PUBLISHED),
         DirectoryLine.enterprise_id, lambda number: _("已列入名录第%(number)s期。", number=number)),
    )  # fmt: skip
    found: dict[int, list[Hold]] = {}
    for kind, what, statement, column, sentence in kinds:
        seen: set[int] = set()
        for enterprise_id, word in session.execute(statement.where(column.in_(ids)).order_by(column)):
            if enterprise_id not in seen:
                seen.add(enterprise_id)
                found.setdefault(enterprise_id, []).append(Hold(kind, what, sentence(word)))
    return found


def _with_name(statement: Any, model: Any) -> Any:
    return statement.join(Enterprise, Enterprise.id == model.enterprise_id)
