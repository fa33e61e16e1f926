"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("account_profile", __name__, url_prefix="/account")

@bp.route("/", endpoint="show")
def placeholder(**_kw):
    abort(404)
