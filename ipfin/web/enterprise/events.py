"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("enterprise_events", __name__, url_prefix="/ent/events")

@bp.route("/", endpoint="index")
def placeholder(**_kw):
    abort(404)
