"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("office_events", __name__, url_prefix="/office/events")

@bp.route("/", endpoint="index")
def placeholder(**_kw):
    abort(404)
