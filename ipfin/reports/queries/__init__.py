"""Reading for the directory: issues and deliveries here; lines in `lines`, what binds firms in `holds`."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from ipfin.accounts.models import Organisation, OrganisationKind
from ipfin.accounts.scopes import Scope, Thing, scope_for
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import NotFound
from ipfin.kernel.paging import Page, decode_cursor, page_of
from ipfin.kernel.text import _
from ipfin.registry.queries import keyset
from ipfin.reports.directory import IssueState
from ipfin.reports.models import DirectoryDelivery, DirectoryIssue, DirectorySchedule
from ipfin.reports.queries.holds import DEPENDENTS, dependents, merge_holds
from ipfin.reports.queries.lines import (
    LISTED,
    change_counts,
    directory_lines,
    divisions_listed,
    facts_of,
    firms_in_scope,
    firms_left_out,
    in_scope,
    last_published,
    left_counts,
    left_reasons,
    line_of,
    lines_of,
    lines_page,
    lines_visible_to,
    region_names,
    regions_listed,
)
from ipfin.reports.selection import RECIPIENT_KINDS, RecipientChoice


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


def published_issues(session: Session, *, limit: int = 5) -> Sequence[DirectoryIssue]:
    """Return the last issues that were published and not recalled, the latest first (public: no lines)."""
    statement = select(DirectoryIssue).where(DirectoryIssue.state == IssueState.PUBLISHED)
    return session.scalars(statement.order_by(DirectoryIssue.number.desc()).limit(limit)).all()


def institutions(session: Session) -> Sequence[Organisation]:
    """Return every institution that an issue may go to: active ones, head offices only."""
    return session.scalars(
        select(Organisation)
        .where(
            Organisation.kind.in_([OrganisationKind(kind) for kind in RECIPIENT_KINDS]),
            Organisation.is_active,
            Organisation.parent_id.is_(None),
        )
        .order_by(Organisation.kind, Organisation.id)
    ).all()


def recipients(session: Session, choice: RecipientChoice | None = None) -> list[Organisation]:
    """Return the institutions that an issue of this choice goes to; all of them by default."""
    wanted = choice or RecipientChoice()
    return [each for each in institutions(session) if wanted.takes(each.kind.value, each.id)]


def the_schedule(session: Session) -> DirectorySchedule | None:
    """Return how the directory is prepared by itself, None when nobody ever said."""
    return session.get(DirectorySchedule, 1)


__all__ = [
    "DEPENDENTS",
    "LISTED",
    "change_counts",
    "deliveries_of_issue",
    "deliveries_to",
    "delivery_to",
    "dependents",
    "directory_lines",
    "divisions_listed",
    "facts_of",
    "firms_in_scope",
    "firms_left_out",
    "in_scope",
    "institutions",
    "issue_by_number",
    "issues_page",
    "last_published",
    "left_counts",
    "left_reasons",
    "line_of",
    "lines_of",
    "lines_page",
    "lines_visible_to",
    "may_see_deliveries",
    "merge_holds",
    "open_issue",
    "published_issues",
    "recipients",
    "region_names",
    "regions_listed",
    "the_schedule",
    "unreceived_count",
]
