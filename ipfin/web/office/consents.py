"""The ledger of consents, to read and to take away. Only firms themselves give and withdraw."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P
from ipfin.consent.purposes import FIELD_SET_KINDS, FIELD_SET_LABELS, PURPOSE_LABELS
from ipfin.consent.queries import (
    ConsentFilter,
    acts_of,
    consent_by_public_id,
    consents_visible_to,
    ledger_page,
    recipient_lines,
)
from ipfin.consent.rules import CONSENT_STATE_LABELS, STANDING_LABELS, Standing, statement_kept
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import Conflict
from ipfin.reports.service.consent_papers import make_ledger_copy
from ipfin.web.access import open_to
from ipfin.web.copies import hand_out
from ipfin.web.database import current_session
from ipfin.web.i18n import in_reader_language, locale_now
from ipfin.web.paging import chosen, filtered, words
from ipfin.web.signing_in import actor, settings

bp = Blueprint("office_consents", __name__, url_prefix="/office/consents")

_STANDINGS = tuple(standing.value for standing in Standing)


def _wanted(recipients: dict[int, str]) -> ConsentFilter:
    """Return the filter that stands in the address."""
    recipient = words("recipient")
    known = int(recipient) if recipient.isdecimal() and len(recipient) < 10 else None
    return ConsentFilter(
        chosen("standing", _STANDINGS, ""), known if known in recipients else None, words("q")
    )


def _recipients() -> dict[int, str]:
    return {line.organisation.id: line.organisation.name for line in recipient_lines(current_session())}


@bp.route("/")
@open_to(P.OFFICE_CONSENTS_READ)
def index() -> ResponseReturnValue:
    """List the consents that the person may see; every filter stands in the address."""
    session, on, recipients = current_session(), today_in_china(), _recipients()
    wanted = _wanted(recipients)
    return render_template(
        "office/consents/index.html",
        page=ledger_page(
            session, consents_visible_to(actor()), wanted, on=on, cursor=request.args.get("cursor")
        ),
        wanted=wanted,
        recipients=recipients,
        standings=STANDING_LABELS,
        purposes=PURPOSE_LABELS,
        sets=FIELD_SET_LABELS,
        export_address=filtered(".export"),
        on=on,
    )


@bp.route("/export", methods=["POST"])
@open_to(P.OFFICE_CONSENTS_EXPORT)
def export() -> ResponseReturnValue:
    """Issue a sheet of exactly the ledger that the address names."""
    recipients = _recipients()
    wanted = _wanted(recipients)
    said = [
        (
            _("当前效力"),
            in_reader_language(STANDING_LABELS[Standing(wanted.standing)]) if wanted.standing else "",
        ),
        (_("接收方"), recipients.get(wanted.organisation_id or 0, "")),
        (_("搜索"), wanted.query),
    ]
    try:
        copy = make_ledger_copy(
            current_session(),
            actor(),
            wanted,
            permission=P.OFFICE_CONSENTS_EXPORT,
            filters=[pair for pair in said if pair[1]],
            settings=settings(),
            on=today_in_china(),
            locale=locale_now(),
        )
    except Conflict as refusal:  # an empty list: there is no form to show it on
        flash(in_reader_language(refusal.message), "warning")
        return redirect(filtered(".index"), code=303)
    return hand_out(copy)


@bp.route("/<public_id>")
@open_to(P.OFFICE_CONSENTS_READ)
def show(public_id: str) -> ResponseReturnValue:
    """Show one consent: the words that were agreed to, and what became of it."""
    session, on = current_session(), today_in_china()
    consent = consent_by_public_id(session, actor(), public_id)
    return render_template(
        "office/consents/show.html",
        consent=consent,
        said=statement_kept(consent.statement),
        acts=acts_of(session, [consent.id]).get(consent.id, []),
        standing=consent.standing(on),
        standings=STANDING_LABELS,
        states=CONSENT_STATE_LABELS,
        purposes=PURPOSE_LABELS,
        sets=FIELD_SET_LABELS,
        kinds=FIELD_SET_KINDS,
    )
