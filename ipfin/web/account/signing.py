"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("account_signing", __name__)

@bp.route("/login", endpoint="sign_in")
def placeholder(**_kw):
    abort(404)
