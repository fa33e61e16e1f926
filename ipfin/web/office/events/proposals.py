"""Bringing two sides together: proposals and their answers, and agreed meetings fixed to a slot."""

from __future__ import annotations

from flask import flash, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ipfin.accounts.policy import P
from ipfin.accounts.scopes import Scope, Thing, scope_for
from ipfin.events.details import slot_times
from ipfin.events.models import Event
from ipfin.events.proposals import ANSWER_LABELS
from ipfin.events.queries import (
    confirmed_of,
    fixed_meeting_by_id,
    fixed_meetings_of,
    proposal_by_id,
    proposals_of,
    registration_by_id,
    registrations_of,
    registrations_visible_to,
    weights_in_force,
)
from ipfin.events.registration import takes_wishes
from ipfin.events.service import fix_meeting, propose_meeting, release_meeting, withdraw_proposal
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.event_forms import FixedForm, ProposalForm
from ipfin.web.event_suggestions import suggestions_for_office
from ipfin.web.office.events.base import back_to, bp, event_of, page_of
from ipfin.web.office.events.demands import agreed_pairs
from ipfin.web.signing_in import actor, settings


@bp.route("/<public_id>/proposals")
@open_to(P.OFFICE_EVENTS_READ)
def proposals(public_id: str) -> ResponseReturnValue:
    """Show what was proposed with both answers, what is fixed, and the forms for more."""
    return _shown(event_of(public_id))


def _shown(
    event: Event, proposal: ProposalForm | None = None, fixed: FixedForm | None = None
) -> ResponseReturnValue:
    session = current_session()
    chosen = {name: request.args.get(name, type=int) for name in ("firm", "house")}
    proposal = proposal or ProposalForm(formdata=None, data=chosen)
    fixed = fixed or FixedForm(formdata=None, data=chosen)
    times = _offer(session, event, proposal, fixed)
    sees_all = scope_for(actor(), Thing.TIMETABLE) is Scope.ALL
    visible = registrations_of(session, event.id, registrations_visible_to(actor()))
    fixed_rows = fixed_meetings_of(session, event.id)
    agreed = agreed_pairs(session, event)
    return page_of(
        "proposals",
        event,
        max(proposal.status, fixed.status),
        lines=proposals_of(session, event.id, registrations_visible_to(actor())),
        fixed_meetings=fixed_rows if sees_all else [],
        agreed=agreed,
        fixable=agreed
        - {(row.institution_registration_id, row.enterprise_registration_id) for row in fixed_rows},
        times=times,
        answers=ANSWER_LABELS,
        proposal=proposal,
        form=fixed,
        takes_wishes=takes_wishes(event.state),
        suggestions=suggestions_for_office(
            session,
            actor(),
            event,
            today_in_china(),
            request.args.get("of", type=int),
            {row.id for row in visible},
        )
        if takes_wishes(event.state)
        else None,
        weights=weights_in_force(session),
    )


def _offer(session: Session, event: Event, proposal: ProposalForm, fixed: FixedForm) -> list[str]:
    participants = confirmed_of(session, event.id)
    times = slot_times(event.talks_start_at, event.slot_minutes, event.slot_count)
    for form in (proposal, fixed):
        form.offer(participants)
    fixed.offer_slots(times, event.breaks)
    return times


@bp.route("/<public_id>/proposals/make", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def propose(public_id: str) -> ResponseReturnValue:
    """Propose that two meet; both are told and answer."""
    event, form, other = event_of(public_id), ProposalForm(), FixedForm(formdata=None)
    _offer(current_session(), event, form, other)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                event = event_of(public_id)
                propose_meeting(
                    session,
                    actor(),
                    event,
                    registration_by_id(session, registrations_visible_to(actor()), event.id, form.firm.data),
                    registration_by_id(session, registrations_visible_to(actor()), event.id, form.house.data),
                    reason=form.reason.data or "",
                    settings=settings(),
                )
        except DomainError as error:
            form.refuse(error)
        else:
            flash(_("已提议并通知双方；双方都同意后才会安排。"), "success")
            return back_to("proposals", public_id)
    return _shown(event_of(public_id), proposal=form)


@bp.route("/<public_id>/proposals/<int:proposal_id>/withdraw", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def withdraw(public_id: str, proposal_id: int) -> ResponseReturnValue:
    """Take a proposal back."""
    with unit_of_work() as session:
        withdraw_proposal(session, actor(), proposal_by_id(session, event_of(public_id).id, proposal_id))
    flash(_("提议已撤回。"), "success")
    return back_to("proposals", public_id)


@bp.route("/<public_id>/proposals/fix", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def fix(public_id: str) -> ResponseReturnValue:
    """Fix the meeting of a pair that agreed to a slot, or make it a must-have in any."""
    event, form, other = event_of(public_id), FixedForm(), ProposalForm(formdata=None)
    _offer(current_session(), event, other, form)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                event = event_of(public_id)
                fix_meeting(
                    session,
                    actor(),
                    event,
                    registration_by_id(session, registrations_visible_to(actor()), event.id, form.firm.data),
                    registration_by_id(session, registrations_visible_to(actor()), event.id, form.house.data),
                    slot=form.chosen_slot,
                    desk=form.desk.data,
                    reason=form.note.data or "",
                )
        except DomainError as error:
            form.refuse(error)
        else:
            flash(
                _("已定为必排，排期时优先保证。")
                if form.chosen_slot is None
                else _("已指定时段，排期时固定不动。"),
                "success",
            )
            return back_to("proposals", public_id)
    return _shown(event_of(public_id), fixed=form)


@bp.route("/<public_id>/proposals/fixed/<int:fixed_id>/release", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def release(public_id: str, fixed_id: int) -> ResponseReturnValue:
    """Let the planner choose the slot of a fixed meeting again."""
    with unit_of_work() as session:
        release_meeting(session, actor(), fixed_meeting_by_id(session, event_of(public_id).id, fixed_id))
    flash(_("已取消指定，由排期决定时段。"), "success")
    return back_to("proposals", public_id)
