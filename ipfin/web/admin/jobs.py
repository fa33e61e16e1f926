"""PLACEHOLDER being written."""

from flask import Blueprint, abort

bp = Blueprint("admin_jobs", __name__, url_prefix="/admin/jobs")


@bp.route("/", endpoint="index")
def placeholder(**_kw):
    abort(404)
