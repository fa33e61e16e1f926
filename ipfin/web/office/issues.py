"""Issues of the directory: prepare one, submit it, publish it to institutions, follow receipts, recall it."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P, may
from ipfin.accounts.scopes import Scope, Thing, scope_for
from ipfin.jobs.queries import job_by_key
from ipfin.jobs.service import enqueue
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.reports.columns import CopyFields, value_of
from ipfin.reports.directory import CHANGE_LABELS, ISSUE_LABELS, LEFT_LABELS, IssueState, LineChange
from ipfin.reports.export import CopyFor
from ipfin.reports.models import DirectoryIssue
from ipfin.reports.queries import (
    change_counts,
    deliveries_of_issue,
    divisions_listed,
    firms_in_scope,
    firms_left_out,
    institutions,
    issue_by_number,
    issues_page,
    left_counts,
    line_of,
    lines_page,
    lines_visible_to,
    may_see_deliveries,
    region_names,
    regions_listed,
)
from ipfin.reports.selection import EVERY_FIRM, IssueScope, RecipientChoice
from ipfin.reports.service import (
    change_recipients,
    prepare_issue,
    recall_issue,
    require_publishable,
    submit_issue,
    withdraw_issue,
)
from ipfin.reports.service.publishing import copies_of
from ipfin.reports.service.scheduling import plan_of
from ipfin.reports.tiers import FIELD_LABELS, FIELDS, TIER_GROUNDS, TIER_LABELS, as_seen
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.office.forms import ReasonForm
from ipfin.web.office.issue_forms import IssueForm, RecipientForm
from ipfin.web.paging import chosen, words
from ipfin.web.signing_in import actor

bp = Blueprint("office_issues", __name__, url_prefix="/office/releases")
# What stands in which tier, for the reader: tier, its label, on what ground, its own fields.
TIERS = [
    (tier, label, TIER_GROUNDS[tier], [field.header for field in FIELDS if field.tier is tier])
    for tier, label in TIER_LABELS.items()
]


@bp.route("/")
@open_to(P.OFFICE_ISSUES_READ)
def index() -> ResponseReturnValue:
    """List the issues, newest first."""
    session = current_session()
    return render_template(
        "office/issues/index.html",
        page=issues_page(session, cursor=request.args.get("cursor")),
        states=ISSUE_LABELS,
        may_prepare=may(actor(), P.OFFICE_ISSUES_PREPARE),
        plan=plan_of(session),
    )


@bp.route("/new", methods=["GET", "POST"])
@open_to(P.OFFICE_ISSUES_PREPARE)
def new() -> ResponseReturnValue:
    """Choose which firms an issue holds and to whom it goes, and freeze it as it is today."""
    form = IssueForm(title=_("授权专利企业名录"))
    offer(form)
    if not form.is_submitted():
        form.show_scope(EVERY_FIRM)
        form.show_recipients(RecipientChoice())
    status = 200
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                number = prepare_issue(
                    session,
                    actor(),
                    title=form.title.data or "",
                    on=today_in_china(),
                    scope=form.chosen_scope(),
                    recipients=form.chosen_recipients(),
                ).number
        except DomainError as error:
            form.refuse(error)
            status = status_of(error)
        else:
            flash(_("第%(number)s期已编制，请核对后提交复核。", number=number), "success")
            return redirect(url_for("office_issues.show", number=number), code=303)
    elif form.is_submitted():
        status = 422
    session = current_session()
    return render_template(
        "office/issues/new.html",
        form=form,
        tiers=TIERS,
        left_out=firms_left_out(session),
        listed=firms_in_scope(session, EVERY_FIRM, today_in_china()),
    ), status


def offer(form: IssueForm) -> None:
    """Offer what there is to choose from."""
    session = current_session()
    form.offer_recipients(institutions(session))
    form.offer_scope(regions_listed(session), divisions_listed(session))


@bp.route("/<int:number>/recipients", methods=["GET", "POST"])
@open_to(P.OFFICE_ISSUES_PREPARE)
def recipients(number: int) -> ResponseReturnValue:
    """Choose anew to whom a draft will go."""
    session = current_session()
    issue = issue_by_number(session, number)
    form = RecipientForm()
    form.offer_recipients(institutions(session))
    if not form.is_submitted():
        form.show_recipients(RecipientChoice.from_json(issue.recipients))
    status = 200
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                change_recipients(
                    session, actor(), issue_by_number(session, number), form.chosen_recipients()
                )
        except DomainError as error:
            form.refuse(error)
            status = status_of(error)
        else:
            flash(_("送达对象已改定。"), "success")
            return redirect(url_for("office_issues.show", number=number), code=303)
    elif form.is_submitted():
        status = 422
    return render_template("office/issues/recipients.html", form=form, issue=issue, tiers=TIERS), status


@bp.route("/<int:number>/preview/<int:organisation_id>")
@open_to(P.OFFICE_ISSUES_APPROVE)
def preview(number: int, organisation_id: int) -> ResponseReturnValue:
    """Show what one institution gets, and which firms did not open their declared data to it."""
    session = current_session()
    issue = issue_by_number(session, number)
    copies = copies_of(session, issue, today_in_china())
    copy = next((each for each in copies if each.organisation.id == organisation_id), None)
    if copy is None:
        abort(404)
    consent = chosen("consent", ("with", "without"), "")
    page = lines_page(
        session,
        issue.id,
        among=copy.consented if consent == "with" else None,
        outside=copy.consented if consent == "without" else None,
        words=words("q"),
        cursor=request.args.get("cursor"),
    )
    seen = [
        as_seen(line_of(line), copy.tier, has_consented=line.enterprise_id in copy.consented)
        for line in page.items
    ]
    return render_template(
        "office/issues/preview.html",
        issue=issue,
        copy=copy,
        copies=copies,
        page=page,
        lines=seen,
        consent=consent,
        q=words("q"),
        fields=[(key, FIELD_LABELS[key]) for key in CopyFields(copy.tier, True).keys],
        tiers=TIERS,
        value_of=value_of,
    )


@bp.route("/<int:number>")
@open_to(P.OFFICE_ISSUES_READ)
def show(number: int) -> ResponseReturnValue:
    """Show an issue: its lines, how they differ from the last issue, deliveries and receipts."""
    return _page(number)


@bp.route("/<int:number>/submit", methods=["POST"])
@open_to(P.OFFICE_ISSUES_PREPARE)
def submit(number: int) -> ResponseReturnValue:
    """Hand an issue to a second person."""
    with unit_of_work() as session:
        submit_issue(session, actor(), issue_by_number(session, number))
    flash(_("已提交复核，须由另一名工作人员发布。"), "success")
    return redirect(url_for("office_issues.show", number=number), code=303)


@bp.route("/<int:number>/publish", methods=["POST"])
@open_to(P.OFFICE_ISSUES_APPROVE)
def publish(number: int) -> ResponseReturnValue:
    """Approve an issue: its files are made in the background, then it is delivered."""
    with unit_of_work() as session:
        issue = issue_by_number(session, number)
        require_publishable(actor(), issue)
        job_id = enqueue(session, actor(), "reports.publish_issue", _job_key(issue), number=number).id
    back = url_for("office_issues.show", number=number)
    return redirect(url_for("office_jobs.show", job_id=job_id, back=back), code=303)


@bp.route("/<int:number>/withdraw", methods=["POST"])
@open_to(P.OFFICE_ISSUES_PREPARE)
def withdraw(number: int) -> ResponseReturnValue:
    """Give an unpublished issue up, with a reason."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _page(number, reason=form)
    with unit_of_work() as session:
        issue = issue_by_number(session, number)
        withdraw_issue(session, actor(), issue, reason=form.reason.data or "")
    flash(_("第%(number)s期已撤回，未送达任何机构。", number=number), "success")
    return redirect(url_for("office_issues.index"), code=303)


@bp.route("/<int:number>/recall", methods=["POST"])
@open_to(P.OFFICE_ISSUES_RECALL)
def recall(number: int) -> ResponseReturnValue:
    """Recall a published issue, with a reason that every institution is told."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _page(number, reason=form)
    with unit_of_work() as session:
        recall_issue(session, actor(), issue_by_number(session, number), reason=form.reason.data or "")
    flash(_("第%(number)s期已召回，各机构已收到通知。", number=number), "success")
    return redirect(url_for("office_issues.show", number=number), code=303)


def _page(number: int, *, reason: ReasonForm | None = None) -> ResponseReturnValue:
    session = current_session()
    issue = issue_by_number(session, number)
    change = chosen("change", [change.value for change in LineChange], "")
    visible = lines_visible_to(actor())
    page = lines_page(
        session,
        issue.id,
        visible=visible,
        change=LineChange(change) if change else None,
        words=words("q"),
        cursor=request.args.get("cursor"),
    )
    sees_recipients = may_see_deliveries(actor())
    body = render_template(
        "office/issues/show.html",
        issue=issue,
        page=page,
        change=change,
        changes=CHANGE_LABELS,
        counts=change_counts(session, issue.id, visible=visible),
        q=words("q"),
        reasons=left_counts(session, issue.id) if sees_recipients else {},
        left_labels=LEFT_LABELS,
        fields=FIELD_LABELS,
        value_of=value_of,
        scope=IssueScope.from_json(issue.scope).in_words(region_names(session)),
        deliveries=deliveries_of_issue(session, issue.id) if sees_recipients else (),
        copies=_copies(issue) if sees_recipients else (),
        tier_labels=TIER_LABELS,
        may_preview=may(actor(), P.OFFICE_ISSUES_APPROVE),
        states=ISSUE_LABELS,
        in_region=scope_for(actor(), Thing.DIRECTORY_ISSUE) is Scope.REGION,
        form=reason,
        reason=reason or ReasonForm(formdata=None),
        acts=_acts(issue),
        job=job_by_key(session, _job_key(issue)) if may(actor(), P.OFFICE_ISSUES_APPROVE) else None,
    )
    return body, 422 if reason is not None and reason.has_refusals else 200


def _job_key(issue: DirectoryIssue) -> str:
    return f"issue:{issue.id}:publish"


def _copies(issue: DirectoryIssue) -> list[CopyFor]:
    """Return to whom an issue will go; what went out stands in its deliveries."""
    if issue.state not in (IssueState.DRAFT, IssueState.SUBMITTED):
        return []
    return copies_of(current_session(), issue, today_in_china())


def _acts(issue: DirectoryIssue) -> frozenset[str]:
    """Return what the present person may do with the issue as it stands; a page offers nothing else."""
    who = actor()
    acts: set[str] = set()
    is_maker = issue.submitted_by_user_id == who.user_id
    if may(who, P.OFFICE_ISSUES_PREPARE):
        if issue.state is IssueState.DRAFT:
            acts |= {"submit", "withdraw"}
        elif issue.state is IssueState.SUBMITTED and is_maker:
            acts.add("withdraw")
    if issue.state is IssueState.SUBMITTED and may(who, P.OFFICE_ISSUES_APPROVE):
        acts.add("wait" if is_maker else "publish")
    if issue.state is IssueState.PUBLISHED and may(who, P.OFFICE_ISSUES_RECALL):
        acts.add("recall")
    return frozenset(acts)
