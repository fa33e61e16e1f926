"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("account_files", __name__, url_prefix="/files")

@bp.route("/<code>", endpoint="download")
def placeholder(**_kw):
    abort(404)
