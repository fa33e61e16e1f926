"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("office_home", __name__, url_prefix="/office")

@bp.route("/", endpoint="index")
def placeholder(**_kw):
    abort(404)
