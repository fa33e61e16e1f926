"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("enterprise_home", __name__, url_prefix="/ent")

@bp.route("/", endpoint="index")
def placeholder(**_kw):
    abort(404)
