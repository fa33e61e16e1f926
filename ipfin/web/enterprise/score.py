"""The firm's own score, explained: why it is what it is, and what can be done. The report costs nothing."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ipfin.accounts.policy import P
from ipfin.accounts.queries import own_enterprise
from ipfin.accounts.scopes import score_detail
from ipfin.corrections.items import ITEM_OF_INDICATOR
from ipfin.corrections.queries import latest_by_item
from ipfin.corrections.rules import OPEN, REQUEST_LABELS
from ipfin.kernel.clock import today_in_china
from ipfin.reports.service.score_evidence import evidence_of
from ipfin.web.access import open_to
from ipfin.web.database import current_session
from ipfin.web.disputes import dispute_of
from ipfin.web.firm_exports import issued_score
from ipfin.web.signing_in import actor, settings
from ipfin.whitelist.declarations import ASK_LABELS
from ipfin.whitelist.gate_view import STATE_LABELS
from ipfin.whitelist.queries import current_admission, explained, sheet_for
from ipfin.whitelist.queries.declarations import standing_asks
from ipfin.whitelist.queries.gate_views import gates_of_firm
from ipfin.whitelist.service import policy_of

bp = Blueprint("enterprise_score", __name__, url_prefix="/ent/score")


@bp.route("/")
@open_to(P.ENTERPRISE_SCORE_READ)
def show() -> ResponseReturnValue:
    """Show the firm its latest score."""
    session, on, detail = current_session(), today_in_china(), score_detail(actor())
    firm = own_enterprise(session, actor())
    sheet = sheet_for(session, firm.id, detail, on)
    return render_template(
        "enterprise/score/show.html",
        firm=firm,
        dispute=dispute_of(session, firm.id),
        sheet=sheet,
        view=explained(sheet, detail, on=on) if sheet else None,
        evidence=evidence_of(session, sheet) if sheet else None,
        gates=gates_of_firm(session, firm.id, on, policy_of(settings())),
        gate_labels=STATE_LABELS,
        admission=current_admission(session, firm.id, on),
        items=ITEM_OF_INDICATOR,
        asks={code: (each, each.ask.state(on)) for code, each in standing_asks(session, firm.id).items()},
        ask_labels=ASK_LABELS,
        requests=latest_by_item(session, firm.id),
        states=REQUEST_LABELS,
        open_states=OPEN,
    )


@bp.route("/report", methods=["POST"])
@open_to(P.ENTERPRISE_SCORE_READ)
def report() -> ResponseReturnValue:
    """Issue the firm's self-report."""
    firm = own_enterprise(current_session(), actor())
    return issued_score(firm.public_id, P.ENTERPRISE_SCORE_READ)
