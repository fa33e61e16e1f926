"""What the office has published: rounds of the whitelist with the admitted firms, issues of the directory."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from ipfin.kernel.clock import today_in_china
from ipfin.reports.queries import published_issues
from ipfin.web.access import open_to_everyone
from ipfin.web.database import current_session
from ipfin.whitelist.admission import EntryOutcome
from ipfin.whitelist.queries import admitted_firms, entry_counts, round_by_number, rounds_page

bp = Blueprint("public_notices", __name__, url_prefix="/notices")


@bp.route("/")
@open_to_everyone
def index() -> ResponseReturnValue:
    """List the published rounds and issues, the latest first."""
    session = current_session()
    page = rounds_page(session, cursor=request.args.get("cursor"), published_only=True, size=20)
    return render_template(
        "public/notices/index.html",
        page=page,
        admitted={r.id: entry_counts(session, r.id)[EntryOutcome.ADMITTED] for r in page.items},
        issues=published_issues(session, limit=12),
        today=today_in_china(),
    )


@bp.route("/<int(max=2147483647):number>")
@open_to_everyone
def show(number: int) -> ResponseReturnValue:
    """Show one published round with the names of the admitted firms, and nothing else of them."""
    session = current_session()
    round_ = round_by_number(session, number, published_only=True)
    return render_template(
        "public/notices/show.html",
        round=round_,
        firms=admitted_firms(session, round_.id),
        today=today_in_china(),
    )
