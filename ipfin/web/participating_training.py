"""Training records of whoever takes part in events: the list of one's own house, the certificates."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from ipfin.events.export.certificates import issue_certificate
from ipfin.events.queries.training import (
    record_by_id,
    records_page,
    records_visible_to,
    replacements_of,
    standing_hours,
)
from ipfin.events.training import certificate_number, hours_in_words
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.i18n import locale_now
from ipfin.web.participation import Participation
from ipfin.web.signing_in import actor, settings


@contextmanager
def _reading() -> Iterator[Session]:
    yield current_session()


def add_training_pages(bp: Blueprint, part: Participation) -> None:
    """Give the blueprint of a side its training records."""

    @bp.route("/training")
    @open_to(part.read)
    def training() -> ResponseReturnValue:
        """List one's own training records, the latest first."""
        session, visible = current_session(), records_visible_to(actor())
        page = records_page(session, [visible], cursor=request.args.get("cursor"))
        return render_template(
            f"{part.folder}/events/training.html",
            page=page,
            replaced=replacements_of(session, [row.id for row in page.items]),
            hours=hours_in_words(standing_hours(session, [visible])),
            number_of=certificate_number,
            in_words=hours_in_words,
        )

    @bp.route("/training/<int:record_id>/certificate", methods=["POST"])
    @open_to(part.read)
    def certificate(record_id: int) -> ResponseReturnValue:
        """Take the certificate of a record of one's own."""
        row = record_by_id(current_session(), records_visible_to(actor()), record_id)
        paper = issue_certificate(
            unit_of_work, _reading, actor(), row.id, settings=settings(), locale=locale_now()
        )
        return redirect(url_for("account_files.download", code=paper.verify_code), code=303)
