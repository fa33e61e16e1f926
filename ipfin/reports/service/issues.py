"""Use cases of the directory: prepare an issue, submit it, publish it to institutions, recall it.

Callers own the transaction. An issue's lines are frozen when it is prepared; nobody publishes what he
submitted himself. The files are made by `export` and handed in, because making them takes long.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation, OrganisationKind, User
from ipfin.audit.service import record
from ipfin.bulk import insert_rows
from ipfin.documents.models import Document
from ipfin.documents.service import revoke_document
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, Conflict, NotAllowed
from ipfin.kernel.text import _
from ipfin.notices.service import tell
from ipfin.registry.queries import any_synthetic, valid_patents_of_firms
from ipfin.registry.service import recount_expired
from ipfin.reports.directory import ISSUE_LIFECYCLE, IssueState, Line, LineChange, compare, content_sha256
from ipfin.reports.models import DirectoryDelivery, DirectoryIssue, DirectoryLine
from ipfin.reports.queries import (
    deliveries_of_issue,
    directory_lines,
    facts_of,
    firms_left_out,
    in_scope,
    last_published,
    left_reasons,
    open_issue,
)
from ipfin.reports.selection import EVERY_FIRM, IssueScope, RecipientChoice
from ipfin.reports.tiers import FieldTier


@dataclass(frozen=True, slots=True)
class Package:
    """The files of one institution's copy."""

    organisation: Organisation
    sheet: Document
    listing: Document
    letter: Document
    tier: FieldTier = FieldTier.GRADED
    consented_ids: tuple[int, ...] = ()


def prepare_issue(
    session: Session,
    actor: Actor,
    *,
    title: str,
    on: date,
    scope: IssueScope = EVERY_FIRM,
    recipients: RecipientChoice | None = None,
    period: str | None = None,
) -> DirectoryIssue:
    """Freeze the directory of day `on` as a new issue, compared with the last published one.

    Args:
        scope: which firms it holds.
        recipients: to whom it will go; all institutions by default.
        period: the period that a schedule prepares it for, None for a person.

    Raises:
        BadInput: no title.
        Conflict: another issue is still open.
    """
    if not title.strip():
        raise BadInput(_("请填写名录标题。"), field="title")
    # Read before it is asked what is open: whoever prepares one in between is then seen, or has this number.
    number = (session.scalar(select(func.max(DirectoryIssue.number))) or 0) + 1
    unfinished = open_issue(session)
    if unfinished is not None:
        raise Conflict(_("名录第%(number)s期尚未办结，请先发布或撤回。", number=unfinished.number))
    recount_expired(session, on=on)
    listed = directory_lines(session, on, scope)
    last = last_published(session)
    marked = compare(listed, facts_of(session, last.id) if last else {})
    issue = DirectoryIssue(
        number=number,
        title=title.strip()[:200],
        state=IssueState.DRAFT,
        as_of=on,
        lines_count=len(listed),
        patents_count=valid_patents_of_firms(session, in_scope(scope, on), on=on),
        admitted_count=sum(bool(line.facts["grade"]) for line in listed),
        unverified_count=firms_left_out(session),
        content_sha256=content_sha256(listed),
        scope=scope.as_json(),
        recipients=(recipients or RecipientChoice()).as_json(),
        compared_with=last.number if last else None,
        period=period,
        prepared_by=actor.name,
        is_synthetic=any_synthetic(session),
        created_at=now_utc(),
    )
    session.add(issue)
    session.flush()
    _write_lines(session, issue, marked, scope)
    _note_prepared(session, actor, issue)
    return issue


def _note_prepared(session: Session, actor: Actor, issue: DirectoryIssue) -> None:
    record(
        session,
        actor,
        "reports.issue.prepared",
        f"issue:{issue.id}",
        number=issue.number,
        lines=issue.lines_count,
        sha256=issue.content_sha256,
        scope=issue.scope,
        recipients=issue.recipients,
        period=issue.period,
    )


_LINE_COLUMNS = ("issue_id", "enterprise_id", "position", "change", "facts", "before", "left_reason")


def _write_lines(session: Session, issue: DirectoryIssue, marked: Sequence[Line], scope: IssueScope) -> None:
    left = [line.enterprise_id for line in marked if line.change is LineChange.LEFT]
    reasons = left_reasons(session, left, scope, issue.as_of)
    insert_rows(
        session,
        DirectoryLine,
        _LINE_COLUMNS,
        (
            (
                issue.id,
                line.enterprise_id,
                line.position,
                line.change,
                json.dumps(line.facts, ensure_ascii=False),
                json.dumps(line.before, ensure_ascii=False) if line.before else None,
                reasons.get(line.enterprise_id) if line.change is LineChange.LEFT else None,
            )
            for line in marked
        ),
    )


def change_recipients(session: Session, actor: Actor, issue: DirectoryIssue, choice: RecipientChoice) -> None:
    """Choose anew to whom an issue will go, while it is a draft.

    Raises:
        Conflict: it is no longer a draft.
    """
    if issue.state is not IssueState.DRAFT:
        raise Conflict(_("名录第%(number)s期已提交，不能再改送达对象。", number=issue.number))
    issue.recipients = choice.as_json()
    session.flush()
    record(
        session,
        actor,
        "reports.issue.readdressed",
        f"issue:{issue.id}",
        number=issue.number,
        recipients=issue.recipients,
    )


def submit_issue(session: Session, actor: Actor, issue: DirectoryIssue) -> None:
    """Hand a prepared issue to a second person.

    Raises:
        InvalidTransition: it is not a draft.
    """
    issue.state = ISSUE_LIFECYCLE.advance(issue.state, IssueState.SUBMITTED)
    issue.submitted_by_user_id = actor.user_id
    issue.submitted_by = actor.name
    session.flush()
    record(session, actor, "reports.issue.submitted", f"issue:{issue.id}", number=issue.number)


def require_publishable(actor: Actor, issue: DirectoryIssue) -> None:
    """Refuse, before files are made, what `publish_issue` would refuse.

    Raises:
        NotAllowed: the approver is the person who submitted.
        InvalidTransition: the issue is not submitted.
    """
    ISSUE_LIFECYCLE.advance(issue.state, IssueState.PUBLISHED)
    if issue.submitted_by_user_id is None or actor.user_id is None:
        raise NotAllowed(_("发布须由两名在册人员先后办理。"))
    if issue.submitted_by_user_id == actor.user_id:
        raise NotAllowed(_("提交人不能复核自己提交的名录，请由另一名工作人员复核。"))


def publish_issue(session: Session, actor: Actor, issue: DirectoryIssue, packages: Sequence[Package]) -> None:
    """Approve an issue and deliver it: each institution gets its own files and a notice.

    Raises:
        NotAllowed, InvalidTransition: see `require_publishable`.
        Conflict: there is nobody to deliver to.
    """
    require_publishable(actor, issue)
    if not packages:
        raise Conflict(_("还没有可送达的银行、保险或担保机构，请先在机构管理中登记。"))
    issue.state = IssueState.PUBLISHED
    issue.approved_by_user_id = actor.user_id
    issue.approved_by = actor.name
    issue.published_at = now_utc()
    for package in packages:
        session.add(
            DirectoryDelivery(
                issue_id=issue.id,
                organisation_id=package.organisation.id,
                sheet_document_id=package.sheet.id,
                listing_document_id=package.listing.id,
                letter_document_id=package.letter.id,
                tier=package.tier,
                consented_ids=list(package.consented_ids),
                delivered_at=issue.published_at,
            )
        )
        tell(
            session,
            people_of(session, package.organisation.id),
            event_key=f"issue:{issue.id}:delivered",
            subject=_("名录第%(number)s期已送达", number=issue.number),
            body=_(
                "《%(title)s》共%(lines)s家企业，请下载并签收。", title=issue.title, lines=issue.lines_count
            ),
            link=link_of(package.organisation, issue),
        )
    session.flush()
    record(
        session,
        actor,
        "reports.issue.published",
        f"issue:{issue.id}",
        number=issue.number,
        deliveries=len(packages),
        submitted_by=issue.submitted_by,
    )


def people_of(session: Session, organisation_id: int) -> Sequence[User]:
    """Return the active people of an institution."""
    return session.scalars(
        select(User).where(User.organisation_id == organisation_id, User.is_active).order_by(User.id)
    ).all()


def link_of(organisation: Organisation, issue: DirectoryIssue) -> str:
    """Return the path of the page on which an institution finds an issue."""
    # Guarantors use the banks' pages.
    prefix = "/ins" if organisation.kind is OrganisationKind.INSURER else "/bank"
    return f"{prefix}/releases/{issue.number}"


def withdraw_issue(session: Session, actor: Actor, issue: DirectoryIssue, *, reason: str = "") -> None:
    """Give an unpublished issue up.

    Raises:
        InvalidTransition: it is published or given up already.
    """
    issue.state = ISSUE_LIFECYCLE.advance(issue.state, IssueState.WITHDRAWN)
    session.flush()
    record(
        session,
        actor,
        "reports.issue.withdrawn",
        f"issue:{issue.id}",
        number=issue.number,
        reason=reason or "—",
    )


def recall_issue(session: Session, actor: Actor, issue: DirectoryIssue, *, reason: str) -> None:
    """Recall a published issue: its documents no longer verify, every institution is told why.

    Raises:
        BadInput: without a reason.
        InvalidTransition: it is not published.
    """
    if not reason.strip():
        raise BadInput(_("请写明召回的理由，将随通知告知各机构。"), field="reason")
    issue.state = ISSUE_LIFECYCLE.advance(issue.state, IssueState.RECALLED)
    issue.recalled_at = now_utc()
    issue.recall_reason = reason.strip()[:300]
    for delivery in deliveries_of_issue(session, issue.id):
        for document in (delivery.sheet_document, delivery.listing_document, delivery.letter_document):
            revoke_document(session, actor, document, reason=issue.recall_reason)
        tell(
            session,
            people_of(session, delivery.organisation_id),
            event_key=f"issue:{issue.id}:recalled",
            subject=_("名录第%(number)s期已召回", number=issue.number),
            body=_("请停止使用该期名录。理由：%(reason)s", reason=issue.recall_reason),
            link=link_of(session.get_one(Organisation, delivery.organisation_id), issue),
        )
    session.flush()
    record(
        session,
        actor,
        "reports.issue.recalled",
        f"issue:{issue.id}",
        number=issue.number,
        reason=issue.recall_reason,
    )


def confirm_receipt(session: Session, actor: Actor, delivery: DirectoryDelivery) -> None:
    """Record that the institution has its copy; a second time changes nothing."""
    if delivery.received_at is not None:
        return
    delivery.received_at = now_utc()
    delivery.received_by = actor.name
    session.flush()
    record(
        session,
        actor,
        "reports.delivery.received",
        f"issue:{delivery.issue_id}",
        number=delivery.issue.number,
        organisation=actor.organisation_name,
    )


def reconciles(issue: DirectoryIssue, lines: Iterable[Line]) -> bool:
    """Whether the issue holds the lines it counts, and none without a valid patent."""
    listed = 0
    for line in lines:
        if line.change is not LineChange.LEFT:
            listed += 1
            if line.facts["valid_count"] <= 0:
                return False
    return listed == issue.lines_count
