"""The workbench of a service agency: what is coming up. Screening tasks join when the office assigns them."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ipfin.accounts.policy import P
from ipfin.events.lifecycle import EVENT_KIND_LABELS, EVENT_LABELS
from ipfin.web.access import open_to
from ipfin.web.database import current_session
from ipfin.web.public.news import public_news

bp = Blueprint("agency_home", __name__, url_prefix="/rev")


@bp.route("/")
@open_to(P.AGENCY_WORKBENCH_READ)
def index() -> ResponseReturnValue:
    """Show coming events and published rounds."""
    return render_template(
        "agency/home/index.html",
        news=public_news(current_session()),
        kinds=EVENT_KIND_LABELS,
        states=EVENT_LABELS,
    )
