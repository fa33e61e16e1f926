"""One patent of the office: who holds it since when, who held it before, its pledges."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ipfin.accounts.policy import P, may
from ipfin.accounts.queries.scope import patents_visible_to
from ipfin.conduct.rules import STANDING_LABELS, standing_on
from ipfin.kernel.clock import today_in_china
from ipfin.registry.ownership import CONFLICT_LABELS
from ipfin.registry.pledge_grounds import WORD_LABELS
from ipfin.registry.queries.ownership import (
    conflicts_of_patent,
    holdings_of,
    past_holdings_of,
    patent_by_number,
    pledges_of,
    settled_of_patents,
)
from ipfin.web.access import open_to
from ipfin.web.database import current_session
from ipfin.web.patent_grounds import grounds_shown
from ipfin.web.pledges import pledge_lines
from ipfin.web.signing_in import actor
from ipfin.whitelist.queries import one_patent
from ipfin.whitelist.queries.patent_flags import flag_rows

bp = Blueprint("office_patents", __name__, url_prefix="/office/patents")


@bp.route("/<number>")
@open_to(P.OFFICE_ENTERPRISES_READ)
def show(number: str) -> ResponseReturnValue:
    """Show a patent by its application number, or by its publication number where it has no other."""
    session, on = current_session(), today_in_china()
    patent = patent_by_number(session, patents_visible_to(actor()), number)
    return render_template(
        "office/patents/show.html",
        patent=patent,
        line=one_patent(session, patent, on=on),
        holdings=holdings_of(session, patent.id),
        past=past_holdings_of(session, patent.id),
        settled=settled_of_patents(session, [patent.id]).get(patent.id),
        conflicts=conflicts_of_patent(session, patent.id),
        states=CONFLICT_LABELS,
        flags=flag_rows(session, patent.id),
        flag_words=WORD_LABELS,
        flag_standing=lambda row: standing_on(row.effective_on, row.expires_on, row.withdrawn_on, on),
        standings=STANDING_LABELS,
        may_see_flags=may(actor(), P.OFFICE_CONDUCT_READ),
        may_record=may(actor(), P.OFFICE_CONDUCT_WRITE),
        pledges=pledge_lines(
            [(patent, pledge) for pledge in pledges_of(session, [patent.id]).get(patent.id, ())], on
        ),
        **grounds_shown(session, patent, on),
    )
