"""Rounds under public notice or published, issues of the directory; objections by anybody."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import VISITOR
from ipfin.documents.proofs import LARGEST_MB, Proof
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import BadInput, DomainError, NotFound
from ipfin.kernel.text import _ as sentence
from ipfin.reports.queries import published_issues
from ipfin.web.access import open_to_everyone
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.limits import OBJECTIONS, VERIFICATIONS, limiter
from ipfin.web.proofs import read_proofs
from ipfin.web.public.forms import ObjectionForm
from ipfin.web.signing_in import settings
from ipfin.whitelist.admission import EntryOutcome, RoundState
from ipfin.whitelist.models import WhitelistRound
from ipfin.whitelist.notice import OBJECTION_LABELS, ObjectionWords
from ipfin.whitelist.queries import (
    admitted_firms,
    entry_counts,
    named_firms,
    objection_by_public_id,
    round_by_number,
    rounds_page,
    rounds_under_notice,
)
from ipfin.whitelist.service import file_objection

bp = Blueprint("public_notices", __name__, url_prefix="/notices")


@bp.route("/")
@open_to_everyone
def index() -> ResponseReturnValue:
    """List the rounds under notice, then the published rounds and issues, the latest first."""
    session = current_session()
    page = rounds_page(session, cursor=request.args.get("cursor"), published_only=True, size=20)
    return render_template(
        "public/notices/index.html",
        page=page,
        under_notice=rounds_under_notice(session),
        admitted={r.id: entry_counts(session, r.id)[EntryOutcome.ADMITTED] for r in page.items},
        issues=published_issues(session, limit=12),
        today=today_in_china(),
    )


@bp.route("/<int(max=2147483647):number>")
@open_to_everyone
def show(number: int) -> ResponseReturnValue:
    """Show one round with the names of its firms, and nothing else of them."""
    session, today = current_session(), today_in_china()
    round_ = round_by_number(session, number, public_only=True)
    is_noticed = round_.state is RoundState.NOTICED
    return render_template(
        "public/notices/show.html",
        round=round_,
        is_noticed=is_noticed,
        firms=named_firms(session, round_.id) if is_noticed else admitted_firms(session, round_.id),
        takes_objections=_takes_objections(round_),
        today=today,
    )


@bp.route("/<int(max=2147483647):number>/objection")
@open_to_everyone
def objection(number: int) -> ResponseReturnValue:
    """Offer the form by which anybody objects to a round under notice."""
    return _form(_open_round(number), None)


@bp.route("/<int(max=2147483647):number>/objection", methods=["POST"])
@open_to_everyone
@limiter.limit(OBJECTIONS)
def file(number: int) -> ResponseReturnValue:
    """File an objection."""
    round_ = _open_round(number)
    form = _filled(round_, ObjectionForm())
    if not form.validate_on_submit():
        return _form(round_, form)
    try:
        evidence = _evidence(form)
        with unit_of_work() as session:
            filed = file_objection(
                session,
                VISITOR,
                round_by_number(session, number, public_only=True),
                ObjectionWords(form.name.data or "", form.contact.data or "", form.reason.data or ""),
                enterprise_id=_enterprise_id(round_, form.firm.data or ""),
                evidence=evidence,
                on=today_in_china(),
                directory=settings().issued_dir,
                settings=settings(),
            )
            receipt_number = filed.public_id
    except DomainError as error:
        form.refuse(error)
        return _form(_open_round(number), form, status_of(error))
    flash(_("已收到您的异议。请记下回执号，凭它查询答复。"), "success")
    return redirect(url_for(".receipt", number=receipt_number), code=303)


@bp.route("/objections/")
@open_to_everyone
def find_receipt() -> ResponseReturnValue:
    """Lead from the number of a receipt, as somebody typed it, to what became of the objection."""
    said = "".join(request.args.get("receipt", "").split())
    return redirect(url_for(".receipt", number=said) if said else url_for(".index"), code=303)


@bp.route("/objections/<number>")
@open_to_everyone
@limiter.limit(VERIFICATIONS)
def receipt(number: str) -> ResponseReturnValue:
    """Show whoever holds the receipt what became of the objection; not who filed it, nor what it says."""
    found = objection_by_public_id(current_session(), number)
    return render_template("public/notices/receipt.html", objection=found, labels=OBJECTION_LABELS)


def _open_round(number: int) -> WhitelistRound:
    round_ = round_by_number(current_session(), number, public_only=True)
    if not _takes_objections(round_):
        raise NotFound(sentence("这一批次没有在公示，不再受理异议。"))
    return round_


def _takes_objections(round_: WhitelistRound) -> bool:
    notice = round_.notice
    in_time = notice is not None and notice.takes_objections(today_in_china())
    return in_time and round_.state is RoundState.NOTICED


def _filled(round_: WhitelistRound, form: ObjectionForm) -> ObjectionForm:
    form.offer(named_firms(current_session(), round_.id))
    return form


def _enterprise_id(round_: WhitelistRound, public_id: str) -> int | None:
    firms = named_firms(current_session(), round_.id)
    return next((firm.id for firm in firms if firm.public_id == public_id), None)


def _evidence(form: ObjectionForm) -> Proof | None:
    try:
        found = read_proofs([form.evidence.data] if form.evidence.data else [])
    except BadInput as refusal:
        raise BadInput(refusal.message, field="evidence") from refusal
    return found[0] if found else None


def _form(round_: WhitelistRound, form: ObjectionForm | None, status: int = 200) -> ResponseReturnValue:
    shown = form or _filled(round_, ObjectionForm(formdata=None))
    page = render_template("public/notices/objection.html", round=round_, form=shown, largest=LARGEST_MB)
    return page, shown.status if status == 200 else status
