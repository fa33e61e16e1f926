"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("admin_organisations", __name__, url_prefix="/admin/orgs")

@bp.route("/", endpoint="index")
def placeholder(**_kw):
    abort(404)
