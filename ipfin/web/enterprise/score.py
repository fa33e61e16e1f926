"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("enterprise_score", __name__, url_prefix="/ent/score")

@bp.route("/", endpoint="show")
def placeholder(**_kw):
    abort(404)
