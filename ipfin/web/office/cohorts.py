"""The measure that firms are held against: its versions, a new one proposed, and approved by another."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P, may
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.office.forms import DecisionForm, ReasonForm
from ipfin.web.signing_in import actor
from ipfin.whitelist.models import CohortReference
from ipfin.whitelist.queries.cohorts import (
    patents_of_firms,
    reference_in_force,
    reference_of_version,
    references,
)
from ipfin.whitelist.rebasing import REFERENCE_LABELS, ReferenceState
from ipfin.whitelist.service.cohorts import approve_reference, propose_reference, withdraw_reference

bp = Blueprint("office_cohorts", __name__, url_prefix="/office/scores/cohorts")


@bp.route("/")
@open_to(P.OFFICE_SCORES_READ)
def index() -> ResponseReturnValue:
    """Show the reference in force, the one that waits, and all earlier ones."""
    return _page()


@bp.route("/propose", methods=["POST"])
@open_to(P.OFFICE_SCORES_REBASE)
def propose() -> ResponseReturnValue:
    """Count the patents of today and lay the result before a second person."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _page(proposal=form)
    try:
        with unit_of_work() as session:
            made = propose_reference(session, actor(), on=today_in_china(), reason=form.reason.data or "")
            version = made.version
    except DomainError as error:
        form.refuse(error)
        return _page(proposal=form, status=status_of(error))
    flash(_("已提出同类参照第%(version)s版，须由另一名工作人员复核启用。", version=version), "success")
    return redirect(url_for("office_cohorts.index"), code=303)


@bp.route("/<int:version>/approve", methods=["POST"])
@open_to(P.OFFICE_SCORES_CONFIRM)
def approve(version: int) -> ResponseReturnValue:
    """Put a proposed reference in force as its second person."""
    said = _("同类参照第%(version)s版已启用，从下一次评分起使用。", version=version)
    return _decided(version, approve_reference, said)


@bp.route("/<int:version>/withdraw", methods=["POST"])
@open_to(P.OFFICE_SCORES_REBASE)
def withdraw(version: int) -> ResponseReturnValue:
    """Give a proposed reference up, with a reason."""
    return _decided(version, withdraw_reference, _("不更换，同类参照保持不变。"))


def _decided(version: int, decide: Callable[..., None], said: str) -> ResponseReturnValue:
    form = DecisionForm()
    if not form.validate_on_submit():
        return _page(decision=form)
    try:
        with unit_of_work() as session:
            decide(session, actor(), reference_of_version(session, version), note=form.note.data or "")
    except DomainError as error:
        form.refuse(error)
        return _page(decision=form, status=status_of(error))
    flash(said, "success")
    return redirect(url_for("office_cohorts.index"), code=303)


def _page(
    *, proposal: ReasonForm | None = None, decision: DecisionForm | None = None, status: int = 200
) -> ResponseReturnValue:
    session = current_session()
    rows = references(session)
    waiting = next((row for row in rows if row.state is ReferenceState.PROPOSED), None)
    current = reference_in_force(session)
    shown = proposal or decision
    body = render_template(
        "office/cohorts/index.html",
        rows=rows,
        current=current,
        waiting=waiting,
        patents_now=patents_of_firms(session),
        states=REFERENCE_LABELS,
        form=shown,
        proposal=proposal or ReasonForm(formdata=None),
        decision=decision or DecisionForm(formdata=None),
        acts=_acts(current, waiting),
    )
    return body, 422 if shown is not None and shown.has_refusals and status == 200 else status


def _acts(current: CohortReference | None, waiting: CohortReference | None) -> frozenset[str]:
    """Return what the present person may do; the page offers nothing else."""
    who = actor()
    acts: set[str] = set()
    if waiting is not None:
        is_maker = waiting.proposed_by_user_id == who.user_id
        if may(who, P.OFFICE_SCORES_CONFIRM):
            acts.add("wait" if is_maker else "decide")
        if may(who, P.OFFICE_SCORES_REBASE):
            acts.add("withdraw")
    elif current is not None and may(who, P.OFFICE_SCORES_REBASE):
        acts.add("propose")
    return frozenset(acts)
