"""Choosing the language of the pages: kept in the account, or in the browser of whoever has none."""

from __future__ import annotations

from flask import Blueprint, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from ipfin.accounts.service import set_locale
from ipfin.kernel.text import LOCALES
from ipfin.web.access import open_to_everyone
from ipfin.web.database import unit_of_work
from ipfin.web.returning import own_path
from ipfin.web.signing_in import current_person

bp = Blueprint("public_language", __name__, url_prefix="/language")


@bp.route("", methods=["POST"])
@open_to_everyone
def choose() -> ResponseReturnValue:
    """Remember the language and return to the page from which it was chosen."""
    locale = request.form.get("locale", "")
    if locale in LOCALES:
        session["locale"] = locale
        person = current_person()
        if person is not None:
            with unit_of_work() as writing:
                set_locale(writing, person.user, locale)
    return redirect(own_path(request.form.get("next")) or url_for("public_home.index"), code=303)
