"""The register of irregular filings and dishonesty: list, copy, one record, enter, end, hand out proofs."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P, may
from ipfin.accounts.queries import enterprises_visible_to
from ipfin.conduct.models import ConductRecord
from ipfin.conduct.queries import (
    RecordFilter,
    ends_by_time,
    record_by_id,
    records_visible_to,
    register_page,
    standing_of,
    term_rules,
)
from ipfin.conduct.rules import END_LABELS, LABELS, STANDING_LABELS, ConductCode, Standing
from ipfin.conduct.service import HandRecord, end_by_hand, enter_by_hand
from ipfin.conduct.terms import rule_on
from ipfin.documents.proofs import LARGEST_MB, Proof
from ipfin.documents.service import note_download, read_document
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import BadInput, DomainError, NotFound
from ipfin.kernel.text import _ as sentence
from ipfin.lists.queries import firm_said
from ipfin.reports.conduct_export import COLUMNS
from ipfin.reports.firm_export import ExportPurpose
from ipfin.reports.service.conduct_copies import make_register_copy, register_filters_in_words
from ipfin.reports.service.copies import Copy
from ipfin.web.access import open_to
from ipfin.web.copies import copy_for_purpose
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.forms import FIRST_YEAR, LAST_YEAR
from ipfin.web.i18n import locale_now
from ipfin.web.office.conduct_forms import EndForm, RecordForm
from ipfin.web.office.firm_pages import firm_here
from ipfin.web.office.forms import PurposeForm
from ipfin.web.paging import chosen, filtered, stay_on, words
from ipfin.web.proofs import read_proofs
from ipfin.web.signing_in import actor, settings
from ipfin.whitelist.gates import GATE_APPEALS, GATE_BASES
from ipfin.whitelist.queries import current_admission
from ipfin.whitelist.service.gate_tasks import follow_records

bp = Blueprint("office_conduct", __name__, url_prefix="/office/conduct")

STATES = {"counting": True, "over": False, "all": None}


@bp.route("/")
@open_to(P.OFFICE_CONDUCT_READ)
def index() -> ResponseReturnValue:
    """List the records that keep firms out on a day; every filter stands in the address."""
    return _list(PurposeForm())


@bp.route("/export", methods=["POST"])
@open_to(P.OFFICE_CONDUCT_EXPORT)
def export() -> ResponseReturnValue:
    """Issue a copy of exactly the list that the address names."""
    stay_on(".index")

    def made(purpose: ExportPurpose) -> Copy:
        return make_register_copy(
            current_session(), actor(), _wanted(), purpose, settings=settings(), locale=locale_now()
        )

    return copy_for_purpose(PurposeForm(), made, _list)


def _wanted() -> RecordFilter:
    code = chosen("code", [code.value for code in ConductCode], "")
    return RecordFilter(
        on=_day(),
        query=words("q"),
        code=ConductCode(code) if code else None,
        counting=STATES[chosen("state", STATES, "counting")],
    )


def _day() -> date:
    try:
        day = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        return today_in_china()
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else today_in_china()


def _list(form: PurposeForm) -> ResponseReturnValue:
    session, wanted = current_session(), _wanted()
    content = render_template(
        "office/conduct/index.html",
        page=register_page(session, records_visible_to(actor()), wanted, cursor=request.args.get("cursor")),
        wanted=wanted,
        state=chosen("state", STATES, "counting"),
        is_today=wanted.on == today_in_china(),
        said=register_filters_in_words(wanted),
        fields=[column.header for column in COLUMNS],
        may_export=may(actor(), P.OFFICE_CONDUCT_EXPORT),
        may_write=may(actor(), P.OFFICE_CONDUCT_WRITE),
        export_address=filtered(".export"),
        form=form,
        **_words(wanted.on),
    )
    return content, form.status


def _words(on: date) -> dict[str, object]:
    """Return what a page needs to say how a record stands on day `on`."""
    rules = term_rules(current_session())

    def stands(row: ConductRecord) -> Standing:
        return standing_of(rules, row, on)

    def ends(row: ConductRecord) -> date | None:
        return ends_by_time(rules, row)

    found: dict[str, Callable[[ConductRecord], object]] = {"standing_of": stands, "ends_of": ends}
    return {**found, "codes": LABELS, "standings": STANDING_LABELS, "end_labels": END_LABELS}


@bp.route("/<int:record_id>")
@open_to(P.OFFICE_CONDUCT_READ)
def show(record_id: int) -> ResponseReturnValue:
    """Show one record with its basis, its documents and where to object."""
    return _show(_found(record_id), EndForm(formdata=None, on=today_in_china()))


@bp.route("/<int:record_id>/end", methods=["POST"])
@open_to(P.OFFICE_CONDUCT_WRITE)
def end(record_id: int) -> ResponseReturnValue:
    """End a record: lifted by its authority, repaired, or entered by mistake."""
    form = EndForm()
    if not form.validate_on_submit():
        return _show(_found(record_id), form)
    today = today_in_china()
    try:
        proof = _proof(form)
        with unit_of_work() as session:
            ended = end_by_hand(
                session,
                actor(),
                record_by_id(session, records_visible_to(actor()), record_id),
                form.as_kind,
                on=form.on.data or today,
                reason=form.reason.data or "",
                proof=proof,
                today=today,
                directory=settings().issued_dir,
            )
            follow_records(session, actor(), [ended], on=today)
    except DomainError as refusal:
        form.refuse(refusal)
        return _show(_found(record_id), form, status_of(refusal))
    flash(_("已解除这条记录。"), "success")
    return redirect(url_for(".show", record_id=record_id), code=303)


@bp.route("/new")
@open_to(P.OFFICE_CONDUCT_WRITE)
def new() -> ResponseReturnValue:
    """Offer the form of a record; the address may name the firm."""
    public_id = words("firm")
    name = firm_here(current_session(), public_id).name if public_id else ""
    return _new(RecordForm(formdata=None, firm=name))


@bp.route("/new", methods=["POST"])
@open_to(P.OFFICE_CONDUCT_WRITE)
def enter() -> ResponseReturnValue:
    """Enter a record by hand."""
    form = RecordForm()
    if not form.validate_on_submit():
        return _new(form)
    try:
        proof = _proof(form)
        with unit_of_work() as session:
            entry = enter_by_hand(
                session,
                actor(),
                firm_said(session, enterprises_visible_to(actor()), form.firm.data or ""),
                _said(form),
                proof,
                today=today_in_china(),
                directory=settings().issued_dir,
            )
            follow_records(session, actor(), [entry], on=today_in_china())
            record_id = entry.id
    except DomainError as refusal:
        form.refuse(refusal)
        return _new(form, status_of(refusal))
    flash(_("已登记。"), "success")
    return redirect(url_for(".show", record_id=record_id), code=303)


@bp.route("/<int:record_id>/<any(evidence, proof):which>")
@open_to(P.OFFICE_CONDUCT_READ)
def document(record_id: int, which: str) -> ResponseReturnValue:
    """Hand out the evidence of a record, or the proof of what ended it, and note who took it."""
    found = _found(record_id)
    kept = found.evidence_document if which == "evidence" else found.proof_document
    if kept is None:
        raise NotFound(sentence("这条记录没有附文件。"))
    content = read_document(kept, settings().issued_dir)
    filename, media_type = kept.filename, kept.media_type
    with unit_of_work() as session:
        note_download(session, actor(), kept)
    answer = send_file(io.BytesIO(content), mimetype=media_type, as_attachment=True, download_name=filename)
    # Should a browser show it all the same, it shows it without any power.
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _said(form: RecordForm) -> HandRecord:
    return HandRecord(
        code=ConductCode(form.code.data),
        source=form.source.data or "",
        effective_on=form.effective_on.data or today_in_china(),
        last_day=form.last_day.data,
        reference=form.reference.data or "",
        evidence=(form.evidence.data or "").strip(),
    )


def _proof(form: RecordForm | EndForm) -> Proof | None:
    try:
        found = read_proofs([form.proof.data] if form.proof.data else [])
    except BadInput as refusal:
        raise BadInput(refusal.message, field="proof") from refusal
    return found[0] if found else None


def _found(record_id: int) -> ConductRecord:
    return record_by_id(current_session(), records_visible_to(actor()), record_id)


def _show(found: ConductRecord, form: EndForm, status: int = 200) -> ResponseReturnValue:
    session, on = current_session(), today_in_china()
    content = render_template(
        "office/conduct/show.html",
        record=found,
        rule=rule_on(term_rules(session), found.code, found.effective_on),
        basis=GATE_BASES[found.code],
        appeal=GATE_APPEALS[found.code],
        admission=current_admission(session, found.enterprise_id, on),
        may_write=may(actor(), P.OFFICE_CONDUCT_WRITE),
        largest=LARGEST_MB,
        form=form,
        **_words(on),
    )
    return content, form.status if status == 200 else status


def _new(form: RecordForm, status: int = 200) -> ResponseReturnValue:
    content = render_template("office/conduct/new.html", form=form, largest=LARGEST_MB)
    return content, form.status if status == 200 else status
