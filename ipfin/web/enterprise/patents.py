"""PLACEHOLDER being written."""
from flask import Blueprint, abort
bp = Blueprint("enterprise_patents", __name__, url_prefix="/ent/patents")

@bp.route("/", endpoint="index")
def placeholder(**_kw):
    abort(404)
