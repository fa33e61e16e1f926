"""Issues of the directory as an institution received them: files, differences, receipt."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.reports.columns import CopyFields, value_of
from ipfin.reports.directory import CHANGE_LABELS, ISSUE_LABELS, LEFT_LABELS, IssueState, LineChange
from ipfin.reports.queries import change_counts, deliveries_to, delivery_to, line_of, lines_page
from ipfin.reports.service import confirm_receipt
from ipfin.reports.tiers import FIELD_LABELS, TIER_LABELS, FieldTier, as_seen
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.institution.audience import Audience
from ipfin.web.paging import chosen, words
from ipfin.web.signing_in import actor

_CHANGES = tuple(change.value for change in LineChange)


def blueprint(audience: Audience) -> Blueprint:
    """Return the pages of `audience`."""
    bp = Blueprint(f"{audience.name}_issues", __name__, url_prefix=f"{audience.prefix}/releases")

    @bp.route("/")
    @open_to(audience.read_issues)
    def index() -> ResponseReturnValue:
        """List what the institution received, the latest first."""
        page = deliveries_to(current_session(), _own(), cursor=request.args.get("cursor"))
        return render_template(
            "institution/issues/index.html", audience=audience, page=page, states=ISSUE_LABELS
        )

    @bp.route("/<int:number>")
    @open_to(audience.read_issues)
    def show(number: int) -> ResponseReturnValue:
        """Show one issue: how it differs from the last, its files, its receipt."""
        return _show(audience, number)

    @bp.route("/<int:number>/receipt", methods=["POST"])
    @open_to(audience.confirm_issues)
    def confirm(number: int) -> ResponseReturnValue:
        """Confirm that the institution has its copy."""
        with unit_of_work() as session:
            confirm_receipt(session, actor(), delivery_to(session, _own(), number))
        flash(_("已签收名录第%(number)s期。", number=number), "success")
        return redirect(url_for(".show", number=number), code=303)

    return bp


def _own() -> int:
    """Return the actor's organisation; nobody of an institution is without one."""
    return actor().organisation_id or 0


def _show(audience: Audience, number: int) -> ResponseReturnValue:
    session = current_session()
    delivery = delivery_to(session, _own(), number)
    issue = delivery.issue
    change = chosen("change", _CHANGES, "")
    is_void = issue.state is IssueState.RECALLED
    if is_void:
        return render_template(
            "institution/issues/show.html",
            audience=audience,
            delivery=delivery,
            issue=issue,
            is_void=True,
            states=ISSUE_LABELS,
        )
    page = lines_page(
        session,
        issue.id,
        change=LineChange(change) if change else None,
        words=words("q"),
        cursor=request.args.get("cursor"),
    )
    # What firms declared stands in the sheet, whose taking is noted for them, and not on this page.
    tier = min(delivery.tier, FieldTier.GRADED, key=list(FieldTier).index)
    lines = [as_seen(line_of(row), tier, has_consented=False) for row in page.items]
    return render_template(
        "institution/issues/show.html",
        audience=audience,
        delivery=delivery,
        issue=issue,
        is_void=False,
        counts=change_counts(session, issue.id),
        change=change,
        changes=CHANGE_LABELS,
        states=ISSUE_LABELS,
        page=page,
        lines=lines,
        q=words("q"),
        keys=CopyFields(tier, has_consents=False).keys,
        fields=FIELD_LABELS,
        value_of=value_of,
        left_labels=LEFT_LABELS,
        tier=TIER_LABELS[delivery.tier],
        opened=len(delivery.consented_ids),
    )
