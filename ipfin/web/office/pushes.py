"""The office's view of what institutions push: each push, and which firms become candidates."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import SelectMultipleField, SubmitField, TextAreaField
from wtforms.validators import Length

from ipfin.accounts.policy import P, may
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.pushes.answers import FOUND, MATCH_LABELS, STATE_LABELS
from ipfin.pushes.queries import (
    lines_of,
    push_by_public_id,
    pushes_page,
    pushes_visible_to,
    waiting_counts,
)
from ipfin.pushes.service import decide_lines
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.forms import BaseForm
from ipfin.web.signing_in import actor
from ipfin.whitelist.scoring import GRADE_LABELS

bp = Blueprint("office_pushes", __name__, url_prefix="/office/pushes")


class DecideForm(BaseForm):
    """Which of the pushed firms become candidates, or do not and why."""

    lines = SelectMultipleField(coerce=int, validate_choice=False)
    reason = TextAreaField(lazy_gettext("不列为候选的理由"), [Length(max=300)])
    confirm = SubmitField(lazy_gettext("列为下一批候选"))
    decline = SubmitField(lazy_gettext("不列为候选"))


@bp.route("/")
@open_to(P.OFFICE_PUSHES_READ)
def index() -> ResponseReturnValue:
    """List the pushes of all institutions, the latest first."""
    session = current_session()
    page = pushes_page(session, pushes_visible_to(actor()), cursor=request.args.get("cursor"))
    return render_template(
        "office/pushes/index.html",
        page=page,
        waiting=waiting_counts(session, [push.id for push in page.items]),
    )


@bp.route("/<public_id>")
@open_to(P.OFFICE_PUSHES_READ)
def show(public_id: str) -> ResponseReturnValue:
    """Show one push with what was answered."""
    return _show(public_id, DecideForm(formdata=None))


@bp.route("/<public_id>/decide", methods=["POST"])
@open_to(P.OFFICE_PUSHES_WRITE)
def decide(public_id: str) -> ResponseReturnValue:
    """Make the chosen firms candidates of the next round, or decline them."""
    form = DecideForm()
    if not form.validate_on_submit():
        return _show(public_id, form)
    try:
        with unit_of_work() as session:
            count = decide_lines(
                session,
                actor(),
                push_by_public_id(session, pushes_visible_to(actor()), public_id),
                form.lines.data or [],
                is_confirmed=bool(form.confirm.data),
                reason=form.reason.data or "",
                on=today_in_china(),
            )
    except DomainError as refusal:
        form.refuse(refusal)
        return _show(public_id, form, status_of(refusal))
    flash(_("已办理%(count)s家。", count=count), "success")
    return redirect(url_for(".show", public_id=public_id), code=303)


def _show(public_id: str, form: DecideForm, status: int = 200) -> ResponseReturnValue:
    session = current_session()
    found = push_by_public_id(session, pushes_visible_to(actor()), public_id)
    content = render_template(
        "office/pushes/show.html",
        push=found,
        lines=lines_of(session, found.id),
        found_by=FOUND,
        matches=MATCH_LABELS,
        states=STATE_LABELS,
        grades=GRADE_LABELS,
        may_decide=may(actor(), P.OFFICE_PUSHES_WRITE),
        form=form,
    )
    return content, form.status if status == 200 else status
