"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("office_imports", __name__, url_prefix="/office/import")

@bp.route("/", endpoint="index")
def placeholder(**_kw):
    abort(404)
