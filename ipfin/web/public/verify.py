"""Whether a printed document is genuine: by its code, for whoever holds the paper."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from ipfin.documents.queries import document_by_code, tidy_code
from ipfin.web.access import open_to_everyone
from ipfin.web.database import current_session
from ipfin.web.limits import VERIFICATIONS, limiter
from ipfin.web.paging import words

bp = Blueprint("public_verify", __name__, url_prefix="/verify")


@bp.route("/")
@open_to_everyone
def show() -> ResponseReturnValue:
    """Ask for the code."""
    typed = words("code")
    if typed:
        return redirect(url_for("public_verify.result", code=tidy_code(typed) or "-"), code=303)
    return render_template("public/verify/show.html")


@bp.route("/<code>")
@open_to_everyone
@limiter.limit(VERIFICATIONS)
def result(code: str) -> ResponseReturnValue:
    """Say what the code belongs to, and whether it still holds."""
    document = document_by_code(current_session(), code)
    page = render_template("public/verify/result.html", document=document, code=tidy_code(code))
    return page, 200 if document else 404
