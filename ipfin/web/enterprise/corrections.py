"""The firm's requests for correction: file, follow, supplement, take back."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P
from ipfin.accounts.queries import own_enterprise
from ipfin.corrections.items import Item
from ipfin.corrections.models import CorrectionRequest
from ipfin.corrections.queries import acts_of, proofs_of, request_by_public_id, requests_of
from ipfin.corrections.rules import OPEN
from ipfin.corrections.service import file_request, supplement, withdraw
from ipfin.documents.proofs import LARGEST_MB
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.web.access import open_to
from ipfin.web.correction_words import WORDS, urgency_of
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.enterprise.correction_forms import CorrectionForm, SupplementForm
from ipfin.web.i18n import in_reader_language
from ipfin.web.paging import chosen, words
from ipfin.web.proofs import read_proofs
from ipfin.web.signing_in import actor, settings
from ipfin.whitelist.patent_flags import CONTESTABLE

bp = Blueprint("enterprise_corrections", __name__, url_prefix="/ent/corrections")


@bp.route("/")
@open_to(P.ENTERPRISE_CORRECTIONS_READ)
def index() -> ResponseReturnValue:
    """List the firm's requests with their states."""
    session = current_session()
    requests = requests_of(session, own_enterprise(session, actor()).id)
    return render_template(
        "enterprise/corrections/index.html",
        requests=requests,
        urgency=urgency_of(session, requests, today_in_china()),
        **WORDS,
    )


@bp.route("/new", methods=["GET", "POST"])
@open_to(P.ENTERPRISE_CORRECTIONS_WRITE)
def new() -> ResponseReturnValue:
    """File a request; a link beside a fact says which one."""
    form = CorrectionForm()
    if request.method == "GET":
        form.item.data = chosen("item", [item.value for item in Item], "")
        form.patent.data = words("patent", limit=40)
        form.ground.data = chosen("ground", sorted(CONTESTABLE), "")
    elif form.validate_on_submit():
        try:
            return _filed(form)
        except DomainError as refusal:
            form.refuse(refusal)
    page = render_template("enterprise/corrections/new.html", form=form, largest=LARGEST_MB, **WORDS)
    return page, form.status


def _filed(form: CorrectionForm) -> ResponseReturnValue:
    proofs = read_proofs(form.proofs.data or ())
    with unit_of_work() as session:
        filed = file_request(
            session,
            actor(),
            own_enterprise(session, actor()),
            form.wanted_item,
            wanted=form.wanted.data or "",
            reason=form.reason.data,
            patent=form.patent.data or "",
            ground=form.ground.data or "",
            proofs=proofs,
            directory=settings().issued_dir,
            on=today_in_china(),
        )
        public_id, due_on, contests = filed.public_id, filed.due_on, filed.contests
    if contests:
        flash(_("已提交，市局将在%(day)s前答复；办结前对外标注“异议中”。", day=due_on.isoformat()), "success")
    else:
        flash(
            _("申报已提交，市局将在%(day)s前答复；核实后下一次评分时计入。", day=due_on.isoformat()),
            "success",
        )
    return redirect(url_for(".show", public_id=public_id), code=303)


@bp.route("/<public_id>")
@open_to(P.ENTERPRISE_CORRECTIONS_READ)
def show(public_id: str) -> ResponseReturnValue:
    """Show one request."""
    return _show(_own(public_id), SupplementForm())


@bp.route("/<public_id>/supplement", methods=["POST"])
@open_to(P.ENTERPRISE_CORRECTIONS_WRITE)
def add(public_id: str) -> ResponseReturnValue:
    """Answer what the office asked for."""
    found, form = _own(public_id), SupplementForm()
    if not form.validate_on_submit():
        return _show(found, form)
    try:
        proofs = read_proofs(form.proofs.data or ())
        with unit_of_work() as session:
            supplement(
                session,
                actor(),
                found,
                note=form.note.data,
                proofs=proofs,
                directory=settings().issued_dir,
                on=today_in_china(),
            )
    except DomainError as refusal:
        form.refuse(refusal)
        return _show(_own(public_id), form)
    flash(_("已补充，市局继续核查。"), "success")
    return redirect(url_for(".show", public_id=public_id), code=303)


@bp.route("/<public_id>/withdraw", methods=["POST"])
@open_to(P.ENTERPRISE_CORRECTIONS_WRITE)
def take_back(public_id: str) -> ResponseReturnValue:
    """Take a request back."""
    found = _own(public_id)
    try:
        with unit_of_work() as session:
            withdraw(session, actor(), found)
    except DomainError as refusal:
        flash(in_reader_language(refusal.message), "warning")
    else:
        flash(_("申请已撤回。"), "success")
    return redirect(url_for(".show", public_id=public_id), code=303)


def _own(public_id: str) -> CorrectionRequest:
    return request_by_public_id(current_session(), actor(), public_id)


def _show(found: CorrectionRequest, form: SupplementForm) -> ResponseReturnValue:
    session = current_session()
    page = render_template(
        "enterprise/corrections/show.html",
        correction=found,
        is_open=found.state in OPEN,
        acts=acts_of(session, found.id),
        proofs=proofs_of(session, found.id),
        urgency=urgency_of(session, [found], today_in_china()),
        form=form,
        largest=LARGEST_MB,
        **WORDS,
    )
    return page, form.status
