"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("auditor_chain", __name__, url_prefix="/audit/chain")

@bp.route("/", endpoint="show")
def placeholder(**_kw):
    abort(404)
