"""Two sources that disagree about one value: the queue, one of them side by side, the decision."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P, may
from ipfin.accounts.queries import conflicts_visible_to
from ipfin.kernel.errors import BadInput, DomainError
from ipfin.registry.contested import field_label, subject_of
from ipfin.registry.models import SourceConflict
from ipfin.registry.ownership import CONFLICT_LABELS, ConflictState
from ipfin.registry.queries.ownership import conflict_by_id, conflict_counts, conflicts_page, next_conflict
from ipfin.registry.service import settling
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.i18n import in_reader_language
from ipfin.web.office.forms import ConflictForm, ReasonForm
from ipfin.web.paging import chosen, row_number
from ipfin.web.signing_in import actor

bp = Blueprint("office_conflicts", __name__, url_prefix="/office/match/conflicts")


@bp.route("/")
@open_to(P.OFFICE_MATCH_READ)
def index() -> ResponseReturnValue:
    """List the disagreements in one state, the latest first; of one list if the address names it."""
    session, visible = current_session(), conflicts_visible_to(actor())
    state = ConflictState(chosen("state", [each.value for each in ConflictState], ConflictState.OPEN.value))
    batch_id = row_number("batch")
    page = conflicts_page(session, visible, state, batch_id=batch_id, cursor=request.args.get("cursor"))
    return render_template(
        "office/conflicts/index.html",
        page=page,
        state=state,
        states=CONFLICT_LABELS,
        counts=conflict_counts(session, visible),
        batch_id=batch_id,
        field_label=field_label,
        subject_of=subject_of,
    )


@bp.route("/<int:conflict_id>")
@open_to(P.OFFICE_MATCH_READ)
def show(conflict_id: int) -> ResponseReturnValue:
    """Show one disagreement side by side, both with their days."""
    return _page(conflict_id)


@bp.route("/<int:conflict_id>/decide", methods=["POST"])
@open_to(P.OFFICE_MATCH_WRITE)
def decide(conflict_id: int) -> ResponseReturnValue:
    """Say which side holds, and go on to the next one."""
    form = ConflictForm()
    if not form.validate_on_submit():
        return _page(conflict_id, form=form)
    try:
        with unit_of_work() as session:
            conflict = conflict_by_id(session, conflicts_visible_to(actor()), conflict_id)
            settling.decide(session, actor(), conflict, _wanted(form), reason=form.reason.data or "")
            following = next_conflict(session, conflicts_visible_to(actor()), conflict)
            label, next_id = CONFLICT_LABELS[conflict.state], following.id if following else None
    except DomainError as error:
        form.refuse(error)
        return _page(conflict_id, form=form, status=status_of(error))
    flash(_("已记为“%(verdict)s”。", verdict=in_reader_language(label)), "success")
    if next_id is None:
        return redirect(url_for(".index"), code=303)
    return redirect(url_for(".show", conflict_id=next_id), code=303)


def _wanted(form: ConflictForm) -> ConflictState:
    if form.held.data:
        return ConflictState.HELD
    if form.told.data:
        return ConflictState.TOLD
    raise BadInput(_("请选择一个结论。"))


@bp.route("/<int:conflict_id>/undo", methods=["POST"])
@open_to(P.OFFICE_MATCH_WRITE)
def undo(conflict_id: int) -> ResponseReturnValue:
    """Take a decision back; the disagreement waits anew."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _page(conflict_id, undoing=form)
    try:
        with unit_of_work() as session:
            conflict = conflict_by_id(session, conflicts_visible_to(actor()), conflict_id)
            settling.reopen(session, actor(), conflict, reason=form.reason.data or "")
    except DomainError as error:
        form.refuse(error)
        return _page(conflict_id, undoing=form, status=status_of(error))
    flash(_("已撤销决定，这一项回到待决定。"), "success")
    return redirect(url_for(".show", conflict_id=conflict_id), code=303)


def _page(
    conflict_id: int,
    *,
    form: ConflictForm | None = None,
    undoing: ReasonForm | None = None,
    status: int | None = None,
) -> ResponseReturnValue:
    session, visible = current_session(), conflicts_visible_to(actor())
    conflict: SourceConflict = conflict_by_id(session, visible, conflict_id)
    following = next_conflict(session, visible, conflict)
    body = render_template(
        "office/conflicts/show.html",
        conflict=conflict,
        subject=subject_of(conflict.patent, conflict.enterprise),
        field=field_label(conflict.field),
        states=CONFLICT_LABELS,
        form=form or undoing,
        decision=form or ConflictForm(formdata=None),
        reason=undoing or ReasonForm(formdata=None),
        next_id=following.id if following else None,
        may_write=may(actor(), P.OFFICE_MATCH_WRITE),
    )
    refused = next((each for each in (form, undoing) if each is not None), None)
    return body, status or (refused.status if refused is not None else 200)
