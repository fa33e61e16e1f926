"""Whether the platform works, for whoever watches over it. Says nothing that a stranger could use."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from ipfin.kernel.clock import now_utc
from ipfin.web.access import open_to_everyone
from ipfin.web.database import current_session, db
from ipfin.web.wellbeing import vital_signs

bp = Blueprint("public_health", __name__, url_prefix="/healthz")


@bp.route("")
@open_to_everyone
def show() -> ResponseReturnValue:
    """Answer 200 when pages and jobs can do their work, else 503; the body names what cannot."""
    signs = vital_signs(current_session, db.engine, now=now_utc())
    return jsonify(signs.as_json()), 200 if signs.is_well else 503
