"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("account_inbox", __name__, url_prefix="/inbox")

@bp.route("/", endpoint="index")
def placeholder(**_kw):
    abort(404)
