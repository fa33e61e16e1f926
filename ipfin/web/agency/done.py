"""What a reviewer has behind him, and a copy of it to settle his work by."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ipfin.accounts.policy import P
from ipfin.kernel.clock import today_in_china
from ipfin.reports.firm_export import ExportPurpose
from ipfin.reports.review_export import COLUMNS
from ipfin.reports.service.copies import Copy
from ipfin.reports.service.review_copies import make_review_copy
from ipfin.screening.queries import tasks_of
from ipfin.web.access import open_to
from ipfin.web.agency.forms import DoneExportForm
from ipfin.web.copies import copy_for_purpose
from ipfin.web.database import current_session
from ipfin.web.i18n import locale_now
from ipfin.web.screening_words import WORDS
from ipfin.web.signing_in import actor, settings

bp = Blueprint("agency_done", __name__, url_prefix="/rev/done")


@bp.route("/")
@open_to(P.AGENCY_SCREENING_READ)
def index() -> ResponseReturnValue:
    """List what is submitted, returned before, recused, abstained or taken back."""
    return _page(DoneExportForm())


@bp.route("/export", methods=["POST"])
@open_to(P.AGENCY_SCREENING_EXPORT)
def export() -> ResponseReturnValue:
    """Make a sheet of exactly this list."""
    form = DoneExportForm()

    def made(purpose: ExportPurpose) -> Copy:
        return make_review_copy(
            current_session(),
            actor(),
            purpose,
            settings=settings(),
            on=today_in_china(),
            locale=locale_now(),
        )

    return copy_for_purpose(form, made, _page)


def _page(form: DoneExportForm) -> ResponseReturnValue:
    lines = tasks_of(current_session(), actor(), today_in_china(), to_do=False)
    fields = [column.header for column in COLUMNS]
    page = render_template("agency/done/index.html", lines=lines, form=form, fields=fields, **WORDS)
    return page, form.status
