"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("office_issues", __name__, url_prefix="/office/releases")

@bp.route("/", endpoint="index")
def placeholder(**_kw):
    abort(404)
