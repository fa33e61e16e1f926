"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("office_scores", __name__, url_prefix="/office/scores")

@bp.route("/", endpoint="index")
def placeholder(**_kw):
    abort(404)
