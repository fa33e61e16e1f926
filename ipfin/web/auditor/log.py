"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("auditor_log", __name__, url_prefix="/audit/log")

@bp.route("/", endpoint="index")
def placeholder(**_kw):
    abort(404)
