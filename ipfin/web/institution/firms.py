"""Firms as banks, guarantors and insurers see them: whitelist and directory, one firm, copies of both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from ipfin.accounts.queries import enterprises_visible_to
from ipfin.accounts.scopes import score_detail
from ipfin.consent.purposes import FIELD_SET_KINDS, FIELD_SET_LABELS, PURPOSE_LABELS, FieldSet
from ipfin.corrections.items import ITEM_LABELS
from ipfin.corrections.queries import contested, contested_of
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.text import Text
from ipfin.registry.holdings import HOLDING_LABELS
from ipfin.registry.industries import division
from ipfin.registry.queries import (
    HOLDINGS,
    EnterpriseFilter,
    enterprise_by_public_id,
    latest_as_of,
    patents_by_year_and_kind,
)
from ipfin.registry.queries.matching import stands_for
from ipfin.registry.queries.ownership import pledges_of_firm
from ipfin.reports.firm_export import FIELDS, INSTITUTION_PURPOSES
from ipfin.reports.service.copies import filters_in_words
from ipfin.reports.service.papers import firm_matter
from ipfin.web.access import open_to
from ipfin.web.database import current_session
from ipfin.web.firm_exports import ExportForm, export_firms, issued_profile, issued_score
from ipfin.web.i18n import in_reader_language, locale_now
from ipfin.web.institution.audience import Audience
from ipfin.web.institution.opened import opened_in_list, read_opened
from ipfin.web.paging import chosen, filtered, words
from ipfin.web.patent_lists import patent_list
from ipfin.web.pledges import pledge_lines
from ipfin.web.signing_in import actor
from ipfin.whitelist.patent_view import year_chart
from ipfin.whitelist.queries import (
    FIRM_ORDERS,
    TIERS,
    FirmFilter,
    counts_without,
    current_admission,
    explained,
    firms_page,
    grade_facet,
    holding_facet,
    region_facet,
    sheet_for,
    tier_counts,
)
from ipfin.whitelist.scoring import GRADE_LABELS, Grade

GRADES_IN_WORDS = {grade.value: label for grade, label in GRADE_LABELS.items() if grade is not Grade.UNRATED}


def blueprint(audience: Audience) -> Blueprint:
    """Return the pages of `audience`."""
    bp = Blueprint(f"{audience.name}_firms", __name__, url_prefix=f"{audience.prefix}/firms")

    @bp.route("/")
    @open_to(audience.read_firms)
    def index() -> ResponseReturnValue:
        """List the firms; every filter stands in the address."""
        return _list(audience, _form())

    @bp.route("/export", methods=["POST"])
    @open_to(audience.export_firms)
    def export() -> ResponseReturnValue:
        """Issue a copy of exactly the list that the address names."""
        return _export(audience)

    @bp.route("/<public_id>")
    @open_to(audience.read_firms)
    def show(public_id: str) -> ResponseReturnValue:
        """Show one firm."""
        return _show(audience, public_id)

    @bp.route("/<public_id>/profile", methods=["POST"])
    @open_to(audience.export_firms)
    def profile(public_id: str) -> ResponseReturnValue:
        """Issue the firm's one-page profile."""
        return issued_profile(public_id, audience.export_firms)

    @bp.route("/<public_id>/score", methods=["POST"])
    @open_to(audience.export_firms)
    def score(public_id: str) -> ResponseReturnValue:
        """Issue the firm's published score, explained as far as the page does."""
        return issued_score(public_id, audience.export_firms)

    return bp


def _wanted() -> tuple[FirmFilter, str]:
    """Return the filter and the order that stand in the address."""
    tier = chosen("tier", TIERS, "whitelist")
    firms = EnterpriseFilter(words("q"), words("region"), chosen("holding", HOLDINGS, ""))
    grade = chosen("grade", GRADES_IN_WORDS, "") if tier == "whitelist" else ""
    return FirmFilter(firms, tier, grade), chosen("sort", FIRM_ORDERS, "score")


def _list(audience: Audience, form: ExportForm) -> ResponseReturnValue:
    session, visible, on = current_session(), enterprises_visible_to(actor()), today_in_china()
    wanted, order = _wanted()
    page = firms_page(session, visible, wanted, on=on, order=order, cursor=request.args.get("cursor"))
    content = render_template(
        "institution/firms/index.html",
        audience=audience,
        page=page,
        opened=opened_in_list([row.enterprise.id for row in page.items], on),
        disputed=contested(session, [row.enterprise.id for row in page.items]),
        wanted=wanted,
        order=order,
        tiers=tier_counts(session, visible, wanted, on=on),
        regions=region_facet(session, visible, wanted, on=on),
        grades=_labelled(GRADES_IN_WORDS, grade_facet(session, visible, wanted, on=on)),
        holdings=_labelled(HOLDING_LABELS, holding_facet(session, visible, wanted, on=on)),
        said=filters_in_words(session, wanted),
        without=[] if page.items else counts_without(session, visible, wanted, on=on),
        as_of=latest_as_of(session, visible),
        industry=division,
        fields=[field.header for field in FIELDS],
        export_address=filtered(".export"),
        form=form,
    )
    return content, form.status


def _labelled(labels: Mapping[str, Text], counts: Sequence[tuple[str, int]]) -> list[tuple[str, str, int]]:
    """Return a facet's options that lead somewhere: word, label in the reader's language, firms."""
    return [(word, in_reader_language(labels[word]), count) for word, count in counts if count]


def _export(audience: Audience) -> ResponseReturnValue:
    wanted, order = _wanted()
    return export_firms(_form(), wanted, order, audience.export_firms, lambda form: _list(audience, form))


def _form() -> ExportForm:
    return ExportForm(INSTITUTION_PURPOSES)


def _show(audience: Audience, public_id: str) -> ResponseReturnValue:
    session, on = current_session(), today_in_china()
    survivor = stands_for(session, enterprises_visible_to(actor()), public_id)
    if survivor is not None:
        return redirect(url_for(".show", public_id=survivor.public_id), code=303)
    firm = enterprise_by_public_id(session, enterprises_visible_to(actor()), public_id)
    reading = read_opened(firm.id, on)
    disputed = contested_of(session, firm.id)
    detail = score_detail(actor())
    sheet = sheet_for(session, firm.id, detail, on)
    return render_template(
        "institution/firms/show.html",
        audience=audience,
        firm=firm,
        matter=firm_matter(session, firm, on=on),
        admission=current_admission(session, firm.id, on),
        view=explained(sheet, detail, opened=reading.shows(FieldSet.DECLARED), on=on) if sheet else None,
        reading=reading,
        disputed=disputed,
        disputed_items=[ITEM_LABELS[item] for item in sorted(disputed.items)],
        purposes=PURPOSE_LABELS,
        sets=FIELD_SET_LABELS,
        kinds=FIELD_SET_KINDS,
        chart=year_chart(patents_by_year_and_kind(session, firm.id), locale=locale_now()),
        industry=division,
        pledges=pledge_lines(pledges_of_firm(session, firm.id), on),
        **patent_list(session, firm.id, on=on),
    )
