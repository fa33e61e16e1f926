"""Enterprises that may be one: the queue of pairs, one pair side by side, the decision, the merges."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ipfin.accounts.policy import P, may
from ipfin.accounts.queries.scope import conflicts_visible_to, enterprises_visible_to
from ipfin.events.queries.merging import FOLLOWS as EVENTS
from ipfin.jobs.service import enqueue
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.kernel.errors import BadInput, Conflict, DomainError
from ipfin.liaison.queries import FOLLOWS
from ipfin.outcomes.queries import FOLLOWS as OUTCOMES
from ipfin.pushes.models import PushLine
from ipfin.registry.lifecycle import MATCH_LABELS, MatchState
from ipfin.registry.models import Enterprise, MatchCandidate
from ipfin.registry.ownership import ConflictState
from ipfin.registry.queries.matching import (
    candidate_by_id,
    candidate_counts,
    candidates_page,
    latest_patents,
    merges_page,
    names_on_patents,
    next_open,
    partners_of,
    patents_in_common,
    standing_merge_of,
)
from ipfin.registry.queries.ownership import conflict_counts
from ipfin.registry.resolution.assessment import OUTCOME_LABELS, TIER_LABELS
from ipfin.registry.resolution.evidence import FEATURE_LABELS
from ipfin.registry.resolution.survivor import possible_survivors
from ipfin.registry.resolution.weights import Feature
from ipfin.registry.service import decide_otherwise, decide_same, reopen, sides_of, undo_merge
from ipfin.reports.firm_export import ExportPurpose
from ipfin.reports.match_export import COLUMNS
from ipfin.reports.queries import merge_holds
from ipfin.reports.service.copies import Copy
from ipfin.reports.service.match_copies import make_match_copy
from ipfin.screening.models import ReviewerTie
from ipfin.web.access import open_to
from ipfin.web.copies import copy_for_purpose
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.i18n import in_reader_language, locale_now
from ipfin.web.office.forms import MatchForm, PurposeForm, ReasonForm
from ipfin.web.paging import chosen, filtered, stay_on
from ipfin.web.signing_in import actor, settings
from ipfin.whitelist.models import CandidateProposal, GateTask

bp = Blueprint("office_matching", __name__, url_prefix="/office/match")
HOLDS = (merge_holds,)
FOLLOWING = (*FOLLOWS, *OUTCOMES, *EVENTS, ReviewerTie, PushLine, CandidateProposal, GateTask)


@bp.route("/")
@open_to(P.OFFICE_MATCH_READ)
def index() -> ResponseReturnValue:
    """List the pairs in one state, the most alike first."""
    return _queue(PurposeForm())


@bp.route("/export", methods=["POST"])
@open_to(P.OFFICE_ENTERPRISES_EXPORT)
def export() -> ResponseReturnValue:
    """Issue a copy of exactly the queue that the address names."""
    stay_on(".index")
    form = PurposeForm()

    def made(purpose: ExportPurpose) -> Copy:
        return make_match_copy(
            current_session(),
            actor(),
            _state(),
            purpose,
            settings=settings(),
            on=today_in_china(),
            locale=locale_now(),
        )

    return copy_for_purpose(form, made, _queue)


def _state() -> MatchState:
    return MatchState(chosen("state", [each.value for each in MatchState], MatchState.OPEN.value))


def _queue(copying: PurposeForm) -> ResponseReturnValue:
    session, visible, state = current_session(), enterprises_visible_to(actor()), _state()
    disagreements = conflict_counts(session, conflicts_visible_to(actor()))
    content = render_template(
        "office/matching/index.html",
        page=candidates_page(session, visible, state, cursor=request.args.get("cursor")),
        state=state,
        states=MATCH_LABELS,
        counts=candidate_counts(session, visible),
        conflicts=disagreements[ConflictState.OPEN],
        outcomes=OUTCOME_LABELS,
        tiers=TIER_LABELS,
        copying=copying,
        fields=[column.header for column in COLUMNS],
        may_export=may(actor(), P.OFFICE_ENTERPRISES_EXPORT),
        export_address=filtered(".export"),
        may_write=may(actor(), P.OFFICE_MATCH_WRITE),
    )
    return content, copying.status


@bp.route("/find", methods=["POST"])
@open_to(P.OFFICE_MATCH_WRITE)
def find() -> ResponseReturnValue:
    """Ask for a search over all enterprises in the background."""
    with unit_of_work() as session:
        job_id = enqueue(session, actor(), "registry.find_matches", f"match:{now_utc():%Y%m%d%H%M%S}").id
    return redirect(url_for("office_jobs.show", job_id=job_id, back=url_for(".index")), code=303)


@bp.route("/merges")
@open_to(P.OFFICE_MATCH_READ)
def merges() -> ResponseReturnValue:
    """List the merges, standing and undone, the latest first."""
    visible = enterprises_visible_to(actor())
    page = merges_page(current_session(), visible, cursor=request.args.get("cursor"))
    return render_template("office/matching/merges.html", page=page)


@bp.route("/<int:candidate_id>")
@open_to(P.OFFICE_MATCH_READ)
def show(candidate_id: int) -> ResponseReturnValue:
    """Show one pair side by side."""
    return _page(candidate_id)


@bp.route("/<int:candidate_id>/decide", methods=["POST"])
@open_to(P.OFFICE_MATCH_WRITE)
def decide(candidate_id: int) -> ResponseReturnValue:
    """Say what the pair is, and go on to the next one."""
    form = MatchForm()
    if not form.validate_on_submit():
        return _page(candidate_id, form=form)
    try:
        with unit_of_work() as session:
            candidate = _candidate(session, candidate_id)
            _decide(session, candidate, form)
            following = next_open(session, enterprises_visible_to(actor()), candidate)
            label, next_id = MATCH_LABELS[candidate.state], following.id if following else None
    except DomainError as error:
        form.refuse(error)
        return _page(candidate_id, form=form, status=status_of(error))
    flash(_("已记为“%(verdict)s”。", verdict=in_reader_language(label)), "success")
    if next_id is None:
        return redirect(url_for(".index"), code=303)
    return redirect(url_for(".show", candidate_id=next_id), code=303)


def _decide(session: Session, candidate: MatchCandidate, form: MatchForm) -> None:
    reason = form.reason.data or ""
    if form.same.data:
        survivor = form.survivor.data
        if survivor is None:
            raise BadInput(_("请选择保留哪一条记录。"), field="survivor")
        decide_same(
            session, actor(), candidate, survivor_id=survivor, reason=reason, holds=HOLDS, follows=FOLLOWING
        )
    elif form.different.data:
        decide_otherwise(session, actor(), candidate, MatchState.DIFFERENT, reason=reason)
    elif form.unsure.data:
        decide_otherwise(session, actor(), candidate, MatchState.UNSURE, reason=reason)
    else:
        raise BadInput(_("请选择一个结论。"))


@bp.route("/<int:candidate_id>/undo", methods=["POST"])
@open_to(P.OFFICE_MATCH_WRITE)
def undo(candidate_id: int) -> ResponseReturnValue:
    """Take a decision back: a merge is undone, a pair of two firms goes back into the queue."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _page(candidate_id, undoing=form)
    try:
        with unit_of_work() as session:
            candidate = _candidate(session, candidate_id)
            merge = standing_merge_of(session, candidate.id)
            if merge is not None:
                undo_merge(session, actor(), merge, reason=form.reason.data or "", follows=FOLLOWING)
            else:
                reopen(session, actor(), candidate, reason=form.reason.data or "")
    except DomainError as error:
        form.refuse(error)
        return _page(candidate_id, undoing=form, status=status_of(error))
    flash(_("已撤销，这一对回到待确认。"), "success")
    return redirect(url_for(".show", candidate_id=candidate_id), code=303)


def _candidate(session: Session, candidate_id: int) -> MatchCandidate:
    return candidate_by_id(session, enterprises_visible_to(actor()), candidate_id)


def _page(
    candidate_id: int,
    *,
    form: MatchForm | None = None,
    undoing: ReasonForm | None = None,
    status: int | None = None,
) -> ResponseReturnValue:
    session, visible = current_session(), enterprises_visible_to(actor())
    candidate = candidate_by_id(session, visible, candidate_id)
    first, second = candidate.first, candidate.second
    survivors, refusal = _survivors(session, candidate)
    offered = form or MatchForm(formdata=None, survivor=survivors[0] if survivors else None)
    offered.offer(first, second, only=survivors)
    following = next_open(session, visible, candidate)
    body = render_template(
        "office/matching/show.html",
        candidate=candidate,
        sides=[_side(session, firm) for firm in (first, second)],
        common=patents_in_common(session, first.id, second.id),
        features=[{**row, "label": FEATURE_LABELS[Feature(row["feature"])]} for row in candidate.features],
        tier=TIER_LABELS[candidate.tier],
        outcome=OUTCOME_LABELS[candidate.outcome],
        states=MATCH_LABELS,
        merge=standing_merge_of(session, candidate.id),
        form=form or undoing,
        decision=offered,
        reason=undoing or ReasonForm(formdata=None),
        refusal=refusal,
        next_id=following.id if following else None,
        may_write=may(actor(), P.OFFICE_MATCH_WRITE),
    )
    refused = next((each for each in (form, undoing) if each is not None), None)
    return body, status or (refused.status if refused is not None else 200)


def _survivors(session: Session, candidate: MatchCandidate) -> tuple[tuple[int, ...], str]:
    """Return which of the two may stay, or why none may."""
    if candidate.state not in (MatchState.OPEN, MatchState.UNSURE):
        return (), ""
    try:
        return possible_survivors(*sides_of(session, candidate, HOLDS)), ""
    except Conflict as error:
        return (), error.message


def _side(session: Session, firm: Enterprise) -> dict[str, object]:
    return {
        "firm": firm,
        "names": names_on_patents(session, firm.id),
        "partners": partners_of(session, firm.id),
        "patents": latest_patents(session, firm.id),
    }
