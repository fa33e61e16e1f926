"""Issues of the directory: prepare one, submit it, publish it to institutions, follow receipts, recall it."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P, may
from ipfin.jobs.service import enqueue
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.reports.directory import CHANGE_LABELS, ISSUE_LABELS, IssueState, LineChange
from ipfin.reports.models import DirectoryIssue
from ipfin.reports.queries import (
    change_counts,
    deliveries_of_issue,
    firms_left_out,
    issue_by_number,
    issues_page,
    lines_page,
    lines_visible_to,
    may_see_deliveries,
)
from ipfin.reports.service import (
    prepare_issue,
    recall_issue,
    recipients,
    require_publishable,
    submit_issue,
    withdraw_issue,
)
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.office.forms import IssueForm, ReasonForm
from ipfin.web.paging import chosen
from ipfin.web.signing_in import actor

bp = Blueprint("office_issues", __name__, url_prefix="/office/releases")


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
    )


@bp.route("/new", methods=["GET", "POST"])
@open_to(P.OFFICE_ISSUES_PREPARE)
def new() -> ResponseReturnValue:
    """Freeze today's directory as a new issue."""
    form = IssueForm(title=_("授权专利企业名录"))
    status = 200
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                title = form.title.data or ""
                number = prepare_issue(session, actor(), title=title, on=today_in_china()).number
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
        "office/issues/new.html", form=form, recipients=recipients(session), left_out=firms_left_out(session)
    ), status


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
        job = enqueue(session, actor(), "reports.publish_issue", f"issue:{issue.id}:publish", number=number)
        job_id = job.id
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
        cursor=request.args.get("cursor"),
    )
    body = render_template(
        "office/issues/show.html",
        issue=issue,
        page=page,
        change=change,
        changes=CHANGE_LABELS,
        counts=change_counts(session, issue.id, visible=visible),
        deliveries=deliveries_of_issue(session, issue.id) if may_see_deliveries(actor()) else (),
        states=ISSUE_LABELS,
        form=reason,
        reason=reason or ReasonForm(formdata=None),
        acts=_acts(issue),
    )
    return body, 422 if reason is not None and reason.has_refusals else 200


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
