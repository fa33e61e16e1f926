"""PLACEHOLDER being written."""
from flask import Blueprint, abort
from ipfin.web.institution.audience import Audience


def blueprint(audience: Audience) -> Blueprint:
    bp = Blueprint(f"{audience.name}_home", __name__, url_prefix=audience.prefix + "")

    @bp.route("/", endpoint="index")
    def placeholder(**_kw):
        abort(404)

    return bp
