"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("office_rounds", __name__, url_prefix="/office/whitelist")

@bp.route("/", endpoint="index")
def placeholder(**_kw):
    abort(404)
