"""How scores are made: the card in force, to read and to take away. The method is no secret."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ipfin.accounts.policy import P
from ipfin.kernel.clock import today_in_china
from ipfin.reports.service.model_books import make_model_book
from ipfin.web.access import open_to
from ipfin.web.copies import hand_out
from ipfin.web.database import current_session
from ipfin.web.i18n import locale_now
from ipfin.web.signing_in import actor, settings
from ipfin.whitelist.activation import ACTIVATION_LABELS
from ipfin.whitelist.card_view import card_view
from ipfin.whitelist.queries.cards import activation_in_force
from ipfin.whitelist.scorecard import Scenario
from ipfin.whitelist.service import card_of

bp = Blueprint("account_model", __name__, url_prefix="/model")


@bp.route("/")
@open_to(P.ACCOUNT_MODEL_READ)
def show() -> ResponseReturnValue:
    """Show the card in force for the whitelist, every indicator with what it means."""
    act = activation_in_force(current_session(), today_in_china())
    return render_template(
        "account/model/show.html",
        act=act,
        view=card_view(card_of(act.card_version)) if act else None,
        kinds=ACTIVATION_LABELS,
    )


@bp.route("/book", methods=["POST"])
@open_to(P.ACCOUNT_MODEL_READ)
def book() -> ResponseReturnValue:
    """Issue the model book and lead to the file."""
    made = make_model_book(
        current_session(),
        actor(),
        Scenario.WHITELIST,
        permission=P.ACCOUNT_MODEL_READ,
        settings=settings(),
        on=today_in_china(),
        locale=locale_now(),
    )
    return hand_out(made)
