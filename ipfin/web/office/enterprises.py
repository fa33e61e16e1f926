"""Firms as the office sees them: the list, and the overview of one firm."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ipfin.accounts.policy import P, may
from ipfin.accounts.queries.scope import enterprises_visible_to
from ipfin.accounts.scopes import score_detail
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.liaison.queries import VisitFilter, visits_page, visits_visible_to
from ipfin.liaison.visits import FOLLOW_UP_LABELS, follow_up_of
from ipfin.registry.industries import division
from ipfin.registry.models import Enterprise
from ipfin.registry.queries import (
    ENTERPRISE_ORDERS,
    HOLDINGS,
    EnterpriseFilter,
    enterprise_by_public_id,
    enterprises_page,
    facts_of,
    holding_facet,
    latest_as_of,
    patents_by_year_and_kind,
    region_facet,
)
from ipfin.registry.queries.matching import stands_for
from ipfin.registry.queries.tags import tag_facet, tags_of
from ipfin.registry.service.tags import LONGEST_TAG
from ipfin.reports.firm_export import FIELDS, OFFICE_PURPOSES
from ipfin.reports.service.copies import filters_in_words
from ipfin.reports.service.happenings import firm_timeline
from ipfin.reports.service.said_facts import grouped
from ipfin.reports.timeline import KIND_LABELS
from ipfin.web.access import open_to
from ipfin.web.contact_pages import contact_lines
from ipfin.web.database import current_session
from ipfin.web.disputes import dispute_of
from ipfin.web.firm_exports import ExportForm, export_firms
from ipfin.web.holdings import HOLDING_LABELS
from ipfin.web.i18n import locale_now
from ipfin.web.paging import chosen, filtered, words
from ipfin.web.signing_in import actor, settings
from ipfin.whitelist.gate_view import STATE_LABELS
from ipfin.whitelist.patent_view import kind_chart, year_chart
from ipfin.whitelist.queries import (
    FirmFilter,
    current_admission,
    explained,
    latest_sheet,
    patents_by_kind_and_validity,
)
from ipfin.whitelist.queries.gate_views import gates_of_firm
from ipfin.whitelist.service import policy_of

NO_FILTER = EnterpriseFilter()
bp = Blueprint("office_enterprises", __name__, url_prefix="/office/firms")


@bp.route("/")
@open_to(P.OFFICE_ENTERPRISES_READ)
def index() -> ResponseReturnValue:
    """List the firms that the person may see; every filter stands in the address."""
    return _list(ExportForm(OFFICE_PURPOSES))


@bp.route("/export", methods=["POST"])
@open_to(P.OFFICE_ENTERPRISES_EXPORT)
def export() -> ResponseReturnValue:
    """Issue a copy of exactly the list that the address names."""
    wanted, order = _wanted()
    asked = FirmFilter(wanted, tier="registry")
    return export_firms(ExportForm(OFFICE_PURPOSES), asked, order, P.OFFICE_ENTERPRISES_EXPORT, _list)


def _wanted() -> tuple[EnterpriseFilter, str]:
    """Return the filter and the order that stand in the address."""
    wanted = EnterpriseFilter(
        words("q"), words("region"), chosen("holding", HOLDINGS, ""), words("tag", limit=LONGEST_TAG)
    )
    return wanted, chosen("sort", ENTERPRISE_ORDERS, "valid")


def _list(form: ExportForm) -> ResponseReturnValue:
    session, visible = current_session(), enterprises_visible_to(actor())
    wanted, order = _wanted()
    content = render_template(
        "office/enterprises/index.html",
        page=enterprises_page(session, visible, wanted, order=order, cursor=request.args.get("cursor")),
        wanted=wanted,
        order=order,
        regions=region_facet(session, visible, wanted),
        holdings=[
            (word, HOLDING_LABELS[word], count) for word, count in holding_facet(session, visible, wanted)
        ],
        tags=[(name, name, count) for name, count in tag_facet(session, visible, wanted)],
        as_of=latest_as_of(session, visible),
        said=filters_in_words(session, FirmFilter(wanted, tier="registry")),
        fields=[field.header for field in FIELDS],
        may_export=may(actor(), P.OFFICE_ENTERPRISES_EXPORT),
        export_address=filtered(".export"),
        form=form,
    )
    return content, form.status


@bp.route("/<public_id>")
@open_to(P.OFFICE_ENTERPRISES_READ)
def show(public_id: str) -> ResponseReturnValue:
    """Show one firm; one that was merged away leads to the one that stands for it."""
    session, on = current_session(), today_in_china()
    survivor = stands_for(session, enterprises_visible_to(actor()), public_id)
    if survivor is not None:
        flash(_("这家企业已并入%(name)s。", name=survivor.name), "info")
        return redirect(url_for(".show", public_id=survivor.public_id), code=303)
    firm = enterprise_by_public_id(session, enterprises_visible_to(actor()), public_id)
    return render_template("office/enterprises/show.html", enterprise=firm, **_overview(session, firm, on))


def _overview(session: Session, firm: Enterprise, on: date) -> dict[str, Any]:
    """Return what the first page of a firm shows; the rest stands on pages of its own."""
    who, sheet = actor(), latest_sheet(session, firm.id)
    visits = visits_page(session, visits_visible_to(who), VisitFilter(enterprise_id=firm.id), on=on, size=3)
    return {
        "tags": tags_of(session, firm.id),
        "known_tags": [name for name, _count in tag_facet(session, enterprises_visible_to(who), NO_FILTER)],
        "contacts": contact_lines(session, firm),
        "visits": visits,
        "states": FOLLOW_UP_LABELS,
        "state_of": lambda visit: follow_up_of(visit.follow_up_due, visit.done_on, on),
        "groups": grouped(facts_of(session, firm.id)),
        "charts": [
            year_chart(patents_by_year_and_kind(session, firm.id), locale=locale_now()),
            kind_chart(patents_by_kind_and_validity(session, firm.id), locale=locale_now()),
        ],
        "gates": gates_of_firm(session, firm.id, on, policy_of(settings())),
        "gate_labels": STATE_LABELS,
        "sheet": sheet,
        "view": explained(sheet, score_detail(who), on=on) if sheet else None,
        "admission": current_admission(session, firm.id, on),
        "dispute": dispute_of(session, firm.id),
        "happenings": firm_timeline(session, who, firm, now=now_utc(), size=6).items,
        "kinds": KIND_LABELS,
        "industry": division,
        "may": {
            "export": may(who, P.OFFICE_ENTERPRISES_EXPORT),
            "tag": may(who, P.OFFICE_TAGS_WRITE),
            "visit": may(who, P.OFFICE_VISITS_WRITE),
            "contact": may(who, P.OFFICE_CONTACTS_WRITE),
            "outcome": may(who, P.OFFICE_OUTCOMES_WRITE),
            "conduct": may(who, P.OFFICE_CONDUCT_WRITE),
        },
    }
