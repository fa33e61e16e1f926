"""The office's queue of requests for correction: look at the proof, decide, with a day for each."""

from __future__ import annotations

import io

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from ipfin.accounts.policy import P, may
from ipfin.corrections.items import SETTLED_ELSEWHERE
from ipfin.corrections.models import CorrectionRequest
from ipfin.corrections.queries import (
    acts_of,
    proof_of,
    proofs_of,
    request_by_public_id,
    request_counts,
    requests_page,
    requests_visible_to,
)
from ipfin.corrections.rules import OPEN, REQUEST_LIFECYCLE, RequestState
from ipfin.corrections.service import accept, ask_for_more, refer, refuse
from ipfin.documents.service import note_download, read_document
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.web.access import open_to
from ipfin.web.correction_words import WORDS, urgency_of
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.forms import BaseForm
from ipfin.web.paging import chosen
from ipfin.web.signing_in import actor, settings

bp = Blueprint("office_corrections", __name__, url_prefix="/office/corrections")

_DECISIONS = {
    RequestState.ACCEPTED: lazy_gettext("同意更正"),
    RequestState.REFUSED: lazy_gettext("不予更正"),
    RequestState.NEEDS_MORE: lazy_gettext("请企业补充"),
    RequestState.REFERRED: lazy_gettext("转来源单位核实（延至7个工作日）"),
}


class HandleForm(BaseForm):
    """What is decided, and why: the firm reads it."""

    decision = RadioField(lazy_gettext("办理"), [InputRequired(lazy_gettext("请选择怎样办理。"))])
    reason = TextAreaField(
        lazy_gettext("说明（企业会看到）"), [InputRequired(lazy_gettext("请写明理由。")), Length(max=1000)]
    )

    def __init__(self, state: RequestState) -> None:
        super().__init__()
        following = REQUEST_LIFECYCLE.following(state)
        self.decision.choices = [
            (each.value, label)
            for each, label in _DECISIONS.items()
            if each in following and not (state is RequestState.NEEDS_MORE and each is RequestState.REFERRED)
        ]


@bp.route("/")
@open_to(P.OFFICE_CORRECTIONS_READ)
def index() -> ResponseReturnValue:
    """List the requests, the most urgent first."""
    session, visible = current_session(), requests_visible_to(actor())
    state = chosen("state", ("open", "closed"), "open")
    page = requests_page(session, visible, is_open=state == "open", cursor=request.args.get("cursor"))
    return render_template(
        "office/corrections/index.html",
        page=page,
        state=state,
        counts=request_counts(session, visible),
        urgency=urgency_of(session, page.items, today_in_china()),
        **WORDS,
    )


@bp.route("/<public_id>")
@open_to(P.OFFICE_CORRECTIONS_READ)
def show(public_id: str) -> ResponseReturnValue:
    """Show one request with its proof."""
    found = _found(public_id)
    return _show(found, HandleForm(found.state))


@bp.route("/<public_id>/handle", methods=["POST"])
@open_to(P.OFFICE_CORRECTIONS_WRITE)
def handle(public_id: str) -> ResponseReturnValue:
    """Accept, refuse, ask the firm or ask the source."""
    found = _found(public_id)
    form = HandleForm(found.state)
    if not form.validate_on_submit():
        return _show(found, form)
    wanted, reason, on = RequestState(form.decision.data), form.reason.data, today_in_china()
    try:
        with unit_of_work() as session:
            if wanted is RequestState.ACCEPTED:
                accept(session, actor(), found, reason=reason, on=on)
            elif wanted is RequestState.REFUSED:
                refuse(session, actor(), found, reason=reason)
            elif wanted is RequestState.NEEDS_MORE:
                ask_for_more(session, actor(), found, reason=reason, on=on)
            else:
                refer(session, actor(), found, reason=reason)
    except DomainError as refusal:
        form.refuse(refusal)
        return _show(_found(public_id), form)
    flash(_("已办理，并已通知企业。"), "success")
    return redirect(url_for(".show", public_id=public_id), code=303)


@bp.route("/<public_id>/proofs/<int:proof_id>")
@open_to(P.OFFICE_CORRECTIONS_READ)
def proof(public_id: str, proof_id: int) -> ResponseReturnValue:
    """Hand out a proof, and note who took it."""
    document = proof_of(current_session(), _found(public_id).id, proof_id).document
    content = read_document(document, settings().issued_dir)
    filename, media_type = document.filename, document.media_type
    with unit_of_work() as session:
        note_download(session, actor(), document)
    answer = send_file(io.BytesIO(content), mimetype=media_type, as_attachment=True, download_name=filename)
    # Should a browser show it all the same, it shows it without any power.
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def _found(public_id: str) -> CorrectionRequest:
    return request_by_public_id(current_session(), actor(), public_id)


def _show(found: CorrectionRequest, form: HandleForm) -> ResponseReturnValue:
    session = current_session()
    page = render_template(
        "office/corrections/show.html",
        correction=found,
        may_handle=found.state in OPEN and may(actor(), P.OFFICE_CORRECTIONS_WRITE),
        settled_elsewhere=found.item in SETTLED_ELSEWHERE,
        acts=acts_of(session, found.id),
        proofs=proofs_of(session, found.id),
        urgency=urgency_of(session, [found], today_in_china()),
        form=form,
        **WORDS,
    )
    return page, form.status
