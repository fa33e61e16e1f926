"""Firms as the office sees them: the list, and one firm with patents, states, score, timeline."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P, may, score_detail
from ipfin.accounts.queries.scope import enterprises_visible_to
from ipfin.audit.queries import timeline
from ipfin.kernel.clock import today_in_china
from ipfin.registry.queries import (
    ENTERPRISE_ORDERS,
    HOLDINGS,
    EnterpriseFilter,
    enterprise_by_public_id,
    enterprises_page,
    facts_of,
    holding_facet,
    latest_as_of,
    region_facet,
)
from ipfin.registry.queries.matching import stands_for
from ipfin.reports.firm_export import FIELDS, OFFICE_PURPOSES
from ipfin.reports.service.copies import filters_in_words
from ipfin.web.access import open_to
from ipfin.web.database import current_session
from ipfin.web.fact_words import fact_kind_label, fact_source_label, fact_value
from ipfin.web.firm_exports import ExportForm, export_firms
from ipfin.web.holdings import HOLDING_LABELS
from ipfin.web.paging import chosen, filtered, words
from ipfin.web.patent_lists import patent_list
from ipfin.web.signing_in import actor
from ipfin.whitelist.queries import FirmFilter, admissions_of, current_admission, explained, latest_sheet

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
    wanted = EnterpriseFilter(words("q"), words("region"), chosen("holding", HOLDINGS, ""))
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
    sheet = latest_sheet(session, firm.id)
    return render_template(
        "office/enterprises/show.html",
        enterprise=firm,
        facts=facts_of(session, firm.id),
        fact_kind_label=fact_kind_label,
        fact_source_label=fact_source_label,
        fact_value=fact_value,
        sheet=sheet,
        view=explained(sheet, score_detail(actor())) if sheet else None,
        admission=current_admission(session, firm.id, on),
        admissions=admissions_of(session, firm.id),
        acts=timeline(session, [f"enterprise:{firm.id}"], size=20).items,
        **patent_list(session, firm.id, on=on),
    )
