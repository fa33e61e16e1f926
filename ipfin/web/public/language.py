"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("public_language", __name__, url_prefix="/language")

@bp.route("", endpoint="choose")
def placeholder(**_kw):
    abort(404)
