"""The firm's own patents: the list, a copy of exactly that list, one patent with its refusal grounds."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template
from flask.typing import ResponseReturnValue

from ipfin.accounts.policy import P
from ipfin.accounts.queries import own_enterprise
from ipfin.corrections.queries import latest_by_ground
from ipfin.corrections.rules import OPEN, REQUEST_LABELS
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import Conflict
from ipfin.registry.models import Patent
from ipfin.registry.queries import held_by, patents_by_year_and_kind
from ipfin.registry.queries.ownership import left_patents_of, patent_by_number, pledges_of_firm
from ipfin.reports.service.papers import make_patent_copy
from ipfin.web.access import open_to
from ipfin.web.copies import hand_out
from ipfin.web.database import current_session
from ipfin.web.disputes import dispute_of
from ipfin.web.i18n import in_reader_language, locale_now
from ipfin.web.paging import filtered
from ipfin.web.patent_grounds import grounds_shown
from ipfin.web.patent_lists import filters_said, patent_list, wanted_patents
from ipfin.web.pledges import pledge_lines
from ipfin.web.signing_in import actor, settings
from ipfin.whitelist.patent_view import year_chart
from ipfin.whitelist.queries import one_patent

bp = Blueprint("enterprise_patents", __name__, url_prefix="/ent/patents")


@bp.route("/")
@open_to(P.ENTERPRISE_PROFILE_READ)
def index() -> ResponseReturnValue:
    """List the firm's patents; the filter stands in the address."""
    session, on = current_session(), today_in_china()
    firm = own_enterprise(session, actor())
    return render_template(
        "enterprise/patents/index.html",
        firm=firm,
        dispute=dispute_of(session, firm.id),
        export_address=filtered(".export"),
        pledges=pledge_lines(pledges_of_firm(session, firm.id), on),
        left=left_patents_of(session, firm.id),
        chart=year_chart(patents_by_year_and_kind(session, firm.id), locale=locale_now()),
        **patent_list(session, firm.id, on=on),
    )


@bp.route("/<number>")
@open_to(P.ENTERPRISE_PROFILE_READ)
def show(number: str) -> ResponseReturnValue:
    """Show one of the firm's patents: how each refusal ground of a pledge stands, and how to be heard."""
    session, on = current_session(), today_in_china()
    firm = own_enterprise(session, actor())
    patent = patent_by_number(session, Patent.id.in_(held_by(firm.id)), number)
    return render_template(
        "enterprise/patents/show.html",
        patent=patent,
        line=one_patent(session, patent, on=on),
        requests=latest_by_ground(session, firm.id, patent.application_number or ""),
        states=REQUEST_LABELS,
        open_states=OPEN,
        **grounds_shown(session, patent, on),
    )


@bp.route("/export", methods=["POST"])
@open_to(P.ENTERPRISE_PROFILE_READ)
def export() -> ResponseReturnValue:
    """Issue a sheet of exactly the list that the address names."""
    firm = own_enterprise(current_session(), actor())
    wanted = wanted_patents()
    try:
        copy = make_patent_copy(
            current_session(),
            actor(),
            firm.public_id,
            wanted,
            permission=P.ENTERPRISE_PROFILE_READ,
            filters=filters_said(wanted),
            settings=settings(),
            on=today_in_china(),
            locale=locale_now(),
        )
    except Conflict as refusal:  # an empty list: there is no form to show it on
        flash(in_reader_language(refusal.message), "warning")
        return redirect(filtered(".index"), code=303)
    return hand_out(copy)
