"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("public_home", __name__)

@bp.route("/", endpoint="index")
def placeholder(**_kw):
    abort(404)
