"""One firm of the office beside its overview: patents, everything that happened, labels, its one page."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import StringField
from wtforms.validators import InputRequired, Length

from ipfin.accounts.policy import P
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.registry.queries.ownership import left_patents_of, pledges_of_firm
from ipfin.registry.service import add_tag, remove_tag
from ipfin.registry.service.tags import LONGEST_TAG
from ipfin.reports.service.happenings import firm_timeline
from ipfin.reports.timeline import KIND_LABELS, Kind
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.disputes import dispute_of
from ipfin.web.firm_exports import issued_profile
from ipfin.web.forms import BaseForm
from ipfin.web.i18n import in_reader_language
from ipfin.web.office.firm_pages import firm_here
from ipfin.web.paging import chosen
from ipfin.web.patent_lists import patent_list
from ipfin.web.pledges import pledge_lines
from ipfin.web.signing_in import actor

bp = Blueprint("office_firm", __name__, url_prefix="/office/firms/<public_id>")


class TagForm(BaseForm):
    """A label of the office."""

    name = StringField(validators=[InputRequired(), Length(max=LONGEST_TAG)])


@bp.route("/patents")
@open_to(P.OFFICE_ENTERPRISES_READ)
def patents(public_id: str) -> ResponseReturnValue:
    """List the firm's patents with the fees ahead; the filter stands in the address."""
    session = current_session()
    firm = firm_here(session, public_id)
    listed = patent_list(session, firm.id, on=today_in_china())
    return render_template(
        "office/firm/patents.html",
        enterprise=firm,
        dispute=dispute_of(session, firm.id),
        pledges=pledge_lines(pledges_of_firm(session, firm.id), today_in_china()),
        left=left_patents_of(session, firm.id),
        **listed,
    )


@bp.route("/timeline")
@open_to(P.OFFICE_ENTERPRISES_READ)
def timeline(public_id: str) -> ResponseReturnValue:
    """Tell what happened to the firm in every part of the product, the latest first."""
    session = current_session()
    firm = firm_here(session, public_id)
    word = chosen("kind", [kind.value for kind in Kind], "")
    kind, cursor = Kind(word) if word else None, request.args.get("cursor")
    return render_template(
        "office/firm/timeline.html",
        enterprise=firm,
        page=firm_timeline(session, actor(), firm, kind, now=now_utc(), cursor=cursor),
        kind=kind,
        kinds=KIND_LABELS,
    )


@bp.route("/profile", methods=["POST"])
@open_to(P.OFFICE_ENTERPRISES_EXPORT)
def profile(public_id: str) -> ResponseReturnValue:
    """Issue the firm's one-page profile."""
    firm_here(current_session(), public_id)
    return issued_profile(public_id, P.OFFICE_ENTERPRISES_EXPORT)


@bp.route("/tags", methods=["POST"])
@open_to(P.OFFICE_TAGS_WRITE)
def tag(public_id: str) -> ResponseReturnValue:
    """Give the firm a label."""
    form = TagForm()
    firm_here(current_session(), public_id)
    if not form.validate_on_submit():
        flash(_("标签应为1至%(most)s个字。", most=LONGEST_TAG), "warning")
    else:
        try:
            with unit_of_work() as session:
                add_tag(session, actor(), firm_here(session, public_id), form.name.data or "")
        except DomainError as refusal:  # one field on a busy page: the refusal stands above it
            flash(in_reader_language(refusal.message), "warning")
    return redirect(url_for("office_enterprises.show", public_id=public_id), code=303)


@bp.route("/tags/remove", methods=["POST"])
@open_to(P.OFFICE_TAGS_WRITE)
def untag(public_id: str) -> ResponseReturnValue:
    """Take a label from the firm."""
    form = TagForm()
    firm_here(current_session(), public_id)
    if form.validate_on_submit():
        with unit_of_work() as session:
            remove_tag(session, actor(), firm_here(session, public_id), form.name.data or "")
    return redirect(url_for("office_enterprises.show", public_id=public_id), code=303)
