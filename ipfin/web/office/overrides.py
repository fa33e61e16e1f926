"""One candidate of a round: what the rules said, and an override that two persons stand for."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ipfin.accounts.policy import P, may
from ipfin.accounts.queries.scope import enterprises_visible_to
from ipfin.accounts.scopes import Thing
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.office.forms import OverrideForm, VersionForm
from ipfin.web.signing_in import actor, settings
from ipfin.whitelist.admission import OUTCOME_LABELS, OVERRIDES, RoundState
from ipfin.whitelist.gate_view import STATE_LABELS
from ipfin.whitelist.models import RoundEntry
from ipfin.whitelist.queries import entry_of, round_by_number
from ipfin.whitelist.queries.gate_views import gates_of_firm
from ipfin.whitelist.scoring import GRADE_LABELS
from ipfin.whitelist.service import StaleEntry, approve_override, drop_override, policy_of, propose_override

bp = Blueprint("office_overrides", __name__, url_prefix="/office/whitelist")


@bp.route("/<int:number>/firms/<public_id>")
@open_to(P.OFFICE_ROUNDS_READ)
def show(number: int, public_id: str) -> ResponseReturnValue:
    """Show the candidate and what may be done with its outcome."""
    return _page(number, public_id)


@bp.route("/<int:number>/firms/<public_id>", methods=["POST"])
@open_to(P.OFFICE_ROUNDS_PREPARE)
def propose(number: int, public_id: str) -> ResponseReturnValue:
    """Propose another outcome; a stale form answers 409 with both texts."""
    form = OverrideForm()
    if not form.validate_on_submit():
        return _page(number, public_id, form)
    reason = form.override_reason.data or ""
    try:
        with unit_of_work() as session:
            entry = _entry(session, number, public_id)
            propose_override(session, actor(), entry, reason=reason, version=form.seen_version)
    except StaleEntry as error:
        form.refuse(error)
        return _page(number, public_id, form, mine=reason, status=409)
    except DomainError as error:
        form.refuse(error)
        return _page(number, public_id, form, status=status_of(error))
    flash(_("已提出调整，须由另一名工作人员确认。"), "success")
    return redirect(url_for(".show", number=number, public_id=public_id), code=303)


@bp.route("/<int:number>/firms/<public_id>/approve", methods=["POST"])
@open_to(P.OFFICE_ROUNDS_APPROVE)
def approve(number: int, public_id: str) -> ResponseReturnValue:
    """Approve a proposal as its second person."""
    form = VersionForm()
    with unit_of_work() as session:
        approve_override(session, actor(), _entry(session, number, public_id), version=form.seen_version)
    flash(_("已确认调整。"), "success")
    return redirect(url_for(".show", number=number, public_id=public_id), code=303)


@bp.route("/<int:number>/firms/<public_id>/drop", methods=["POST"])
@open_to(P.OFFICE_ROUNDS_PREPARE)
def drop(number: int, public_id: str) -> ResponseReturnValue:
    """Take a proposal back."""
    form = VersionForm()
    with unit_of_work() as session:
        drop_override(session, actor(), _entry(session, number, public_id), version=form.seen_version)
    flash(_("已撤销调整。"), "success")
    return redirect(url_for(".show", number=number, public_id=public_id), code=303)


def _entry(session: Session, number: int, public_id: str) -> RoundEntry:
    round_ = round_by_number(session, number)
    return entry_of(session, round_.id, public_id, enterprises_visible_to(actor(), Thing.WHITELIST_ROUND))


def _page(
    number: int, public_id: str, form: OverrideForm | None = None, *, mine: str = "", status: int = 200
) -> ResponseReturnValue:
    session, who = current_session(), actor()
    round_, entry = round_by_number(session, number), _entry(session, number, public_id)
    shown = form or OverrideForm(formdata=None, override_reason=entry.override_reason)
    # Whoever goes on from here has read what stands now.
    shown.version.data = str(entry.lock_version)
    is_open = round_.state is RoundState.DRAFT and entry.override_approved_by_user_id is None
    waits = is_open and entry.override_outcome is not None
    page = render_template(
        "office/overrides/show.html",
        round=round_,
        entry=entry,
        form=shown,
        mine=mine,
        outcomes=OUTCOME_LABELS,
        grades=GRADE_LABELS,
        gates=gates_of_firm(session, entry.enterprise_id, today_in_china(), policy_of(settings())),
        gate_labels=STATE_LABELS,
        target=OVERRIDES.get(entry.outcome) if is_open and may(who, P.OFFICE_ROUNDS_PREPARE) else None,
        may_approve=waits
        and may(who, P.OFFICE_ROUNDS_APPROVE)
        and entry.overridden_by_user_id != who.user_id,
        may_drop=waits and may(who, P.OFFICE_ROUNDS_PREPARE),
    )
    return page, shown.status if status == 200 else status
