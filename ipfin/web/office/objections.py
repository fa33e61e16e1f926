"""The office's queue of objections to public notices: read, call back, answer."""

from __future__ import annotations

import io

from flask import Blueprint, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from ipfin.accounts.policy import P
from ipfin.documents.service import note_download, read_document
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError, NotFound
from ipfin.kernel.text import _ as sentence
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.forms import BaseForm, choices_of
from ipfin.web.paging import chosen
from ipfin.web.signing_in import actor, settings
from ipfin.whitelist.models import RoundObjection
from ipfin.whitelist.notice import OBJECTION_LABELS, ObjectionState
from ipfin.whitelist.queries import objection_by_public_id, objections
from ipfin.whitelist.service import answer_objection, reveal_contact

bp = Blueprint("office_objections", __name__, url_prefix="/office/objections")


class AnswerForm(BaseForm):
    """Whether an objection is right, and why: its author is told."""

    decision = RadioField(lazy_gettext("认定"), [InputRequired(lazy_gettext("请选择异议是否成立。"))])
    answer = TextAreaField(
        lazy_gettext("答复和理由"), [InputRequired(lazy_gettext("请写明答复和理由。")), Length(max=1000)]
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.decision.choices = choices_of(
            [
                (ObjectionState.DISMISSED.value, _("不成立")),
                (ObjectionState.UPHELD.value, _("成立：该企业本批暂缓；针对整批的须退回重编")),
            ]
        )


@bp.route("/")
@open_to(P.OFFICE_OBJECTIONS_READ)
def index() -> ResponseReturnValue:
    """List the objections that wait, or those that were answered."""
    state = chosen("state", ("open", "closed"), "open")
    return render_template(
        "office/objections/index.html",
        state=state,
        objections=objections(current_session(), is_open=state == "open"),
        labels=OBJECTION_LABELS,
        today=today_in_china(),
    )


@bp.route("/<public_id>")
@open_to(P.OFFICE_OBJECTIONS_READ)
def show(public_id: str) -> ResponseReturnValue:
    """Show one objection."""
    return _show(_found(public_id), AnswerForm(formdata=None))


@bp.route("/<public_id>/contact", methods=["POST"])
@open_to(P.OFFICE_OBJECTIONS_WRITE)
def contact(public_id: str) -> ResponseReturnValue:
    """Show how the author is reached, and note who looked."""
    with unit_of_work() as session:
        told = reveal_contact(
            session, actor(), objection_by_public_id(session, public_id), settings=settings()
        )
    return _show(_found(public_id), AnswerForm(formdata=None), told)


@bp.route("/<public_id>/answer", methods=["POST"])
@open_to(P.OFFICE_OBJECTIONS_WRITE)
def answer(public_id: str) -> ResponseReturnValue:
    """Answer an objection."""
    form = AnswerForm()
    found = _found(public_id)
    if not form.validate_on_submit():
        return _show(found, form)
    is_upheld = form.decision.data == ObjectionState.UPHELD.value
    try:
        with unit_of_work() as session:
            answer_objection(session, actor(), found, is_upheld=is_upheld, answer=form.answer.data or "")
    except DomainError as refusal:
        form.refuse(refusal)
        return _show(_found(public_id), form)
    flash(_("已登记答复，请按联系方式告知异议人。"), "success")
    return redirect(url_for(".show", public_id=public_id), code=303)


@bp.route("/<public_id>/evidence")
@open_to(P.OFFICE_OBJECTIONS_READ)
def evidence(public_id: str) -> ResponseReturnValue:
    """Hand out the evidence, and note who took it."""
    document = _found(public_id).evidence
    if document is None:
        raise NotFound(sentence("这件异议没有附材料。"))
    content = read_document(document, settings().issued_dir)
    filename, media_type = document.filename, document.media_type
    with unit_of_work() as session:
        note_download(session, actor(), document)
    reply = send_file(io.BytesIO(content), mimetype=media_type, as_attachment=True, download_name=filename)
    # Should a browser show it all the same, it shows it without any power.
    reply.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return reply


def _found(public_id: str) -> RoundObjection:
    return objection_by_public_id(current_session(), public_id)


def _show(found: RoundObjection, form: AnswerForm, told: str = "") -> ResponseReturnValue:
    page = render_template(
        "office/objections/show.html", objection=found, form=form, labels=OBJECTION_LABELS, contact=told
    )
    return page, form.status
