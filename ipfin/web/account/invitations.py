"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("account_invitations", __name__, url_prefix="/invite")

@bp.route("/<token>", endpoint="accept")
def placeholder(**_kw):
    abort(404)
