"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("public_verify", __name__, url_prefix="/verify")

@bp.route("/", endpoint="show")
def placeholder(**_kw):
    abort(404)
