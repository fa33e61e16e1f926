"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("public_events", __name__, url_prefix="/events")

@bp.route("/", endpoint="index")
def placeholder(**_kw):
    abort(404)
