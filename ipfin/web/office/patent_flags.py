"""Records of refusal grounds of one patent: enter with a document, show, end, hand out proofs."""

from __future__ import annotations

import io

from flask import Blueprint, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.file import FileField
from sqlalchemy.orm import Session
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from ipfin.accounts.policy import P, may
from ipfin.accounts.queries.scope import patents_visible_to
from ipfin.conduct.rules import STANDING_LABELS, standing_on
from ipfin.documents.models import Document
from ipfin.documents.proofs import LARGEST_MB, Proof
from ipfin.documents.service import note_download, read_document
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import BadInput, DomainError, NotFound
from ipfin.kernel.text import _ as sentence
from ipfin.registry.models import Patent, PatentFlag
from ipfin.registry.pledge_grounds import FLAG_END_LABELS, WORD_LABELS, FlagEnd, FlagWord, PledgeFlag
from ipfin.registry.queries.ownership import patent_by_number
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.forms import BaseForm, choices_of, choices_of_labels, within_reach
from ipfin.web.i18n import in_reader_language
from ipfin.web.paging import chosen
from ipfin.web.proofs import read_proofs
from ipfin.web.signing_in import actor, settings
from ipfin.whitelist.gates import PLEDGE_FLAG_LABELS
from ipfin.whitelist.patent_flags import BASIS, RECORDABLE, REMEDIES
from ipfin.whitelist.queries.patent_flags import flag_row
from ipfin.whitelist.service.patent_flags import LONGEST_REASON, FlagSaid, end_flag, record_flag

bp = Blueprint("office_patent_flags", __name__, url_prefix="/office/patents/<number>/flags")

_DAY = lazy_gettext("请填写日期，格式如 2026-03-05。")


class FlagForm(BaseForm):
    """A refusal ground that a document shows to be there, or not to be there."""

    code = SelectField(lazy_gettext("情形"), [InputRequired(lazy_gettext("请选择情形。"))])
    word = SelectField(lazy_gettext("核查结论"), [InputRequired(lazy_gettext("请选择核查结论。"))])
    source = StringField(lazy_gettext("来源"), [InputRequired(lazy_gettext("请填写来源。")), Length(max=200)])
    reference = StringField(lazy_gettext("文号或案号"), [Length(max=120)])
    effective_on = DateField(lazy_gettext("生效日"), [InputRequired(_DAY), within_reach])
    last_day = DateField(lazy_gettext("最后一天"), [Optional(), within_reach])
    evidence = TextAreaField(lazy_gettext("说明"), [Length(max=300)])
    proof = FileField(lazy_gettext("凭据文件"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        pairs = [
            (code.value, f"{code.value} {in_reader_language(PLEDGE_FLAG_LABELS[code])}")
            for code in sorted(RECORDABLE)
        ]
        self.code.choices = choices_of(pairs, nothing=_("请选择"))
        self.word.choices = choices_of_labels(WORD_LABELS, nothing=_("请选择"))

    @property
    def said(self) -> FlagSaid:
        """What a valid form says."""
        return FlagSaid(
            code=PledgeFlag(self.code.data),
            word=FlagWord(self.word.data),
            source=self.source.data or "",
            effective_on=self.effective_on.data,
            last_day=self.last_day.data,
            reference=self.reference.data or "",
            evidence=self.evidence.data or "",
        )


class FlagEndForm(BaseForm):
    """Why a record no longer counts, and from when."""

    kind = SelectField(lazy_gettext("解除方式"), [InputRequired(lazy_gettext("请选择解除方式。"))])
    on = DateField(lazy_gettext("自哪天起不再计入"), [InputRequired(_DAY), within_reach])
    reason = TextAreaField(
        lazy_gettext("理由"), [InputRequired(lazy_gettext("请写明理由。")), Length(max=LONGEST_REASON)]
    )
    proof = FileField(lazy_gettext("证明文件"))

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices_of_labels(FLAG_END_LABELS, nothing=_("请选择"))


@bp.route("/new", methods=["GET", "POST"])
@open_to(P.OFFICE_CONDUCT_WRITE)
def new(number: str) -> ResponseReturnValue:
    """Enter a record with its document; the address may name the ground."""
    patent, status = _patent(current_session(), number), 200
    named = chosen("code", sorted(RECORDABLE), "")
    form = FlagForm(code=named, effective_on=today_in_china())
    if form.validate_on_submit():
        try:
            return _entered(number, form)
        except DomainError as refusal:
            form.refuse(refusal)
            status = status_of(refusal)
    page = render_template(
        "office/patent_flags/new.html", form=form, patent=patent, number=number, largest=LARGEST_MB
    )
    return page, form.status if status == 200 else status


def _entered(number: str, form: FlagForm) -> ResponseReturnValue:
    proof = _proof(form)
    with unit_of_work() as session:
        row = record_flag(
            session,
            actor(),
            _patent(session, number),
            form.said,
            proof,
            today=today_in_china(),
            directory=settings().issued_dir,
        )
        flag_id = row.id
    flash(_("已登记。"), "success")
    return redirect(url_for(".show", number=number, flag_id=flag_id), code=303)


@bp.route("/<int:flag_id>")
@open_to(P.OFFICE_CONDUCT_READ)
def show(number: str, flag_id: int) -> ResponseReturnValue:
    """Show one record with its basis, its documents and how to repair or object."""
    return _show(number, flag_id, FlagEndForm(formdata=None, on=today_in_china()))


@bp.route("/<int:flag_id>/end", methods=["POST"])
@open_to(P.OFFICE_CONDUCT_WRITE)
def end(number: str, flag_id: int) -> ResponseReturnValue:
    """End a record: the ground is gone, was repaired, or was entered by mistake."""
    form = FlagEndForm()
    if not form.validate_on_submit():
        return _show(number, flag_id, form)
    try:
        proof = _proof(form)
        with unit_of_work() as session:
            end_flag(
                session,
                actor(),
                flag_row(session, _patent(session, number).id, flag_id),
                FlagEnd(form.kind.data),
                on=form.on.data or today_in_china(),
                reason=form.reason.data or "",
                proof=proof,
                today=today_in_china(),
                directory=settings().issued_dir,
            )
    except DomainError as refusal:
        form.refuse(refusal)
        return _show(number, flag_id, form, status_of(refusal))
    flash(_("已解除这条记录。"), "success")
    return redirect(url_for(".show", number=number, flag_id=flag_id), code=303)


@bp.route("/<int:flag_id>/<any(evidence, proof):which>")
@open_to(P.OFFICE_CONDUCT_READ)
def document(number: str, flag_id: int, which: str) -> ResponseReturnValue:
    """Hand out the evidence of a record, or the proof of what ended it, and note who took it."""
    session = current_session()
    row = flag_row(session, _patent(session, number).id, flag_id)
    kept = _document(session, row.evidence_id if which == "evidence" else row.proof_id)
    if kept is None:
        raise NotFound(sentence("这条记录没有附文件。"))
    content = read_document(kept, settings().issued_dir)
    filename, media_type = kept.filename, kept.media_type
    with unit_of_work() as writing:
        note_download(writing, actor(), kept)
    answer = send_file(io.BytesIO(content), mimetype=media_type, as_attachment=True, download_name=filename)
    # Should a browser show it all the same, it shows it without any power.
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _patent(session: Session, number: str) -> Patent:
    return patent_by_number(session, patents_visible_to(actor()), number)


def _document(session: Session, document_id: int | None) -> Document | None:
    return None if document_id is None else session.get(Document, document_id)


def _proof(form: FlagForm | FlagEndForm) -> Proof | None:
    try:
        found = read_proofs([form.proof.data] if form.proof.data else [])
    except BadInput as refusal:
        raise BadInput(refusal.message, field="proof") from refusal
    return found[0] if found else None


def _show(number: str, flag_id: int, form: FlagEndForm, status: int = 200) -> ResponseReturnValue:
    session = current_session()
    patent = _patent(session, number)
    row: PatentFlag = flag_row(session, patent.id, flag_id)
    content = render_template(
        "office/patent_flags/show.html",
        row=row,
        patent=patent,
        number=number,
        label=PLEDGE_FLAG_LABELS[row.code],
        remedy=REMEDIES[row.code],
        basis=BASIS,
        standing=standing_on(row.effective_on, row.expires_on, row.withdrawn_on, today_in_china()),
        standings=STANDING_LABELS,
        flag_words=WORD_LABELS,
        flag_ends=FLAG_END_LABELS,
        evidence=_document(session, row.evidence_id),
        proof=_document(session, row.proof_id),
        may_write=may(actor(), P.OFFICE_CONDUCT_WRITE),
        largest=LARGEST_MB,
        form=form,
    )
    return content, form.status if status == 200 else status
