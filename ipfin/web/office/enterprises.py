"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("office_enterprises", __name__, url_prefix="/office/firms")

@bp.route("/", endpoint="index")
def placeholder(**_kw):
    abort(404)
