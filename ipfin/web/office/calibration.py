"""Whether outcomes are enough to calibrate the card, and what they tell: a page to read, used by no rule."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ipfin.accounts.policy import P
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.text import Text
from ipfin.kernel.text import _ as sentence
from ipfin.outcomes.rules import KIND_LABELS, STANDING_LABELS
from ipfin.web.access import open_to
from ipfin.web.database import current_session
from ipfin.whitelist.calibration import FACTOR, FEWEST_BADS, OFFSET, bads_needed
from ipfin.whitelist.queries.calibration import SCORE, calibration_state
from ipfin.whitelist.scorecard import BLOCK_LABELS

bp = Blueprint("office_calibration", __name__, url_prefix="/office/scores/calibration")

MEASURE_LABELS: dict[str, Text] = {
    SCORE: sentence("评级用分"),
    **{block.value: label for block, label in BLOCK_LABELS.items()},
}


@bp.route("/")
@open_to(P.OFFICE_CALIBRATION_READ)
def index() -> ResponseReturnValue:
    """Show the counts and what is missing; above the bounds bins, WOE, IV and weights."""
    state = calibration_state(current_session(), today_in_china())
    return render_template(
        "office/calibration/index.html",
        state=state,
        kinds=KIND_LABELS,
        standings=STANDING_LABELS,
        measures=MEASURE_LABELS,
        bounds=((1, FEWEST_BADS), (len(BLOCK_LABELS), bads_needed(len(BLOCK_LABELS)))),
        factor=FACTOR,
        offset=OFFSET,
    )
