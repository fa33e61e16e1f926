"""Calibration samples: how a reviewer marks beside the group, once he has marked himself."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ipfin.accounts.policy import P
from ipfin.kernel.clock import today_in_china
from ipfin.screening.queries import sample_strips, tasks_of
from ipfin.web.access import open_to
from ipfin.web.database import current_session
from ipfin.web.screening_words import WORDS
from ipfin.web.signing_in import actor

bp = Blueprint("agency_calibration", __name__, url_prefix="/rev/calibration")


@bp.route("/")
@open_to(P.AGENCY_SCREENING_READ)
def index() -> ResponseReturnValue:
    """List the reviewer's samples: those to be marked, and strips of those that he submitted."""
    session, on = current_session(), today_in_china()
    both = [*tasks_of(session, actor(), on, to_do=True), *tasks_of(session, actor(), on, to_do=False)]
    return render_template(
        "agency/calibration/index.html",
        samples=[line for line in both if line.is_sample],
        strips=sample_strips(session, actor()),
        **WORDS,
    )
