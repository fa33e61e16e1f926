"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("public_notices", __name__, url_prefix="/notices")

@bp.route("/", endpoint="index")
def placeholder(**_kw):
    abort(404)
