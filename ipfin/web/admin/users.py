"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("admin_users", __name__, url_prefix="/admin/users")

@bp.route("/", endpoint="index")
def placeholder(**_kw):
    abort(404)
