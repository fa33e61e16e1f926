"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("agency_home", __name__, url_prefix="/rev")

@bp.route("/", endpoint="index")
def placeholder(**_kw):
    abort(404)
