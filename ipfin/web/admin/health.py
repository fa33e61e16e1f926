"""PLACEHOLDER being written."""

from flask import Blueprint, abort

bp = Blueprint("admin_health", __name__, url_prefix="/admin/health")


@bp.route("/", endpoint="show")
def placeholder(**_kw):
    abort(404)
