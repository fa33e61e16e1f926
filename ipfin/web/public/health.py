"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("public_health", __name__, url_prefix="/healthz")

@bp.route("", endpoint="show")
def placeholder(**_kw):
    abort(404)
