"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("office_jobs", __name__, url_prefix="/office/jobs")

@bp.route("/", endpoint="index")
def placeholder(**_kw):
    abort(404)
