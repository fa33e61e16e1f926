"""One draft of a scorecard: write it, see what it changes, submit it, decide on it as a second person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ipfin.accounts.policy import P, may
from ipfin.accounts.queries.scope import enterprises_visible_to
from ipfin.accounts.scopes import Thing
from ipfin.jobs.service import enqueue
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.registry.industries import SECTION_LABELS
from ipfin.registry.queries.regions import region_names
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.forms import BaseForm
from ipfin.web.office.card_forms import ApproveForm, DraftForm, NoteForm, SimulateForm, SubmitForm
from ipfin.web.signing_in import actor
from ipfin.whitelist.activation import DRAFT_LABELS, DraftState, StaleDraft
from ipfin.whitelist.capital import CAPITAL_LABELS
from ipfin.whitelist.card_diff import changes_between
from ipfin.whitelist.card_lines import read_draft
from ipfin.whitelist.card_view import card_view
from ipfin.whitelist.models import CardDraft, CardSimulation
from ipfin.whitelist.queries import latest_run
from ipfin.whitelist.queries.cards import (
    active_card,
    draft_by_id,
    named_firms,
    simulation_by_id,
    simulation_of,
    version_named,
)
from ipfin.whitelist.scorecard import Scorecard, card_sha256
from ipfin.whitelist.scoring import GRADE_LABELS
from ipfin.whitelist.service import card_of
from ipfin.whitelist.service.cards import (
    approve_draft,
    return_draft,
    save_draft,
    submit_draft,
    withdraw_draft,
)
from ipfin.whitelist.simulation import CONCERN_LABELS, GROUPING_LABELS, drift_words

MOST_NAMED = 200  # firms of a simulation that are named on the page

bp = Blueprint("office_drafts", __name__, url_prefix="/office/whitelist/models/drafts")


@bp.route("/<int:draft_id>")
@open_to(P.OFFICE_CARDS_READ)
def show(draft_id: int) -> ResponseReturnValue:
    """Show a draft: its text, its faults, its card as a table, what it changes, and the next step."""
    return _page(_found(draft_id))


@bp.route("/<int:draft_id>/save", methods=["POST"])
@open_to(P.OFFICE_CARDS_DRAFT)
def save(draft_id: int) -> ResponseReturnValue:
    """Keep a new text; when somebody else was first, show both."""
    form = DraftForm()
    if not form.validate_on_submit():
        return _page(_found(draft_id), writing=form)
    text = form.text.data or ""
    try:
        with unit_of_work() as session:
            save_draft(session, actor(), draft_by_id(session, draft_id), text, seen=form.seen)
    except StaleDraft as error:
        return _clash(_found(draft_id), text, error)
    except DomainError as error:
        form.refuse(error)
        return _page(_found(draft_id), writing=form, status=status_of(error))
    flash(_("草稿已保存。"), "success")
    return redirect(url_for("office_drafts.show", draft_id=draft_id), code=303)


@bp.route("/<int:draft_id>/simulate", methods=["POST"])
@open_to(P.OFFICE_CARDS_DRAFT)
def simulate(draft_id: int) -> ResponseReturnValue:
    """Ask for a simulation in the background."""
    form = SimulateForm()
    if not form.validate_on_submit():
        return _page(_found(draft_id), simulating=form)
    with unit_of_work() as session:
        draft = draft_by_id(session, draft_id)
        line = str(form.minimum_grade.data)
        key = f"card_draft:{draft.id}:{draft.lock_version}:{line}:{now_utc():%Y%m%d%H%M%S}"
        job = enqueue(session, actor(), "whitelist.simulate_card", key, draft_id=draft.id, minimum_grade=line)
        job_id = job.id
    back = url_for("office_drafts.show", draft_id=draft_id)
    return redirect(url_for("office_jobs.show", job_id=job_id, back=back), code=303)


@bp.route("/<int:draft_id>/simulations/<int:simulation_id>")
@open_to(P.OFFICE_CARDS_READ)
def simulation(draft_id: int, simulation_id: int) -> ResponseReturnValue:
    """Show what a draft would change: who enters, who leaves, how far it drifts, which groups fall behind."""
    session = current_session()
    tried = simulation_by_id(session, draft_id, simulation_id)
    moved = [row[0] for part in ("entered", "left") for row in tried.found[part][:MOST_NAMED]]
    visible = enterprises_visible_to(actor(), Thing.SCORE_SHEET)
    return render_template(
        "office/drafts/simulation.html",
        tried=tried,
        found=tried.found,
        draft=tried.draft,
        firms=named_firms(session, moved, visible),
        most=MOST_NAMED,
        drift=drift_words(tried.found["psi"]),
        concerns=CONCERN_LABELS,
        grades=GRADE_LABELS,
        groupings={grouping.value: label for grouping, label in GROUPING_LABELS.items()},
        names=_group_names(session, tried.found["groups"]),
        indicators=_indicator_names(tried),
    )


@bp.route("/<int:draft_id>/submit", methods=["POST"])
@open_to(P.OFFICE_CARDS_DRAFT)
def submit(draft_id: int) -> ResponseReturnValue:
    """Lay the draft before a second person."""
    form = SubmitForm()

    def act(session: Session, draft: CardDraft) -> None:
        said = form.reason.data or ""
        note, on = form.note.data or "", today_in_china()
        submit_draft(session, actor(), draft, reason=said, seen=form.seen, on=on, note=note)

    return _decided(draft_id, form, "submitting", act, _("已提交，须由另一名工作人员复核。"))


@bp.route("/<int:draft_id>/approve", methods=["POST"])
@open_to(P.OFFICE_CARDS_APPROVE)
def approve(draft_id: int) -> ResponseReturnValue:
    """Put the draft in force from a day on, as its second person."""
    form = ApproveForm()

    def act(session: Session, draft: CardDraft) -> None:
        approve_draft(
            session,
            actor(),
            draft,
            active_from=form.active_from.data,
            seen=form.seen,
            on=today_in_china(),
            note=form.note.data or "",
        )

    return _decided(draft_id, form, "approving", act, _("已批准，自启用日期起的评分使用这一版。"))


@bp.route("/<int:draft_id>/return", methods=["POST"])
@open_to(P.OFFICE_CARDS_APPROVE)
def give_back(draft_id: int) -> ResponseReturnValue:
    """Give the draft back to be changed."""
    form = NoteForm()

    def act(session: Session, draft: CardDraft) -> None:
        return_draft(session, actor(), draft, note=form.ground.data or "", seen=form.seen)

    return _decided(draft_id, form, "refusing", act, _("草稿已退回。"))


@bp.route("/<int:draft_id>/withdraw", methods=["POST"])
@open_to(P.OFFICE_CARDS_DRAFT)
def withdraw(draft_id: int) -> ResponseReturnValue:
    """Give the draft up."""
    form = NoteForm()

    def act(session: Session, draft: CardDraft) -> None:
        withdraw_draft(session, actor(), draft, note=form.ground.data or "", seen=form.seen)

    return _decided(draft_id, form, "refusing", act, _("草稿已撤回，使用中的评分卡不变。"))


def _indicator_names(tried: CardSimulation) -> dict[str, str]:
    """Return the names of the indicators, as long as the draft is what was simulated."""
    card, _fault = read_draft(tried.draft.text)
    if card is None or card_sha256(card) != tried.card_sha256:
        return {}
    return {row.code: row.name for row in card.indicators}


def _group_names(session: Session, groups: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the words for each group: those of the region, the industry, the capital, or the register."""
    codes = [row["group"] for row in groups.get("county", {"told": ()})["told"]]
    return {
        "county": region_names(session, codes),
        "industry": dict(SECTION_LABELS),
        "capital": dict(CAPITAL_LABELS),
    }


def _found(draft_id: int) -> CardDraft:
    return draft_by_id(current_session(), draft_id)


def _decided(
    draft_id: int, form: BaseForm, name: str, act: Callable[[Session, CardDraft], None], said: str
) -> ResponseReturnValue:
    if not form.validate_on_submit():
        return _page(_found(draft_id), **{name: form})
    try:
        with unit_of_work() as session:
            act(session, draft_by_id(session, draft_id))
    except DomainError as error:
        form.refuse(error)
        return _page(_found(draft_id), **{name: form}, status=status_of(error))
    flash(said, "success")
    return redirect(url_for("office_drafts.show", draft_id=draft_id), code=303)


def _clash(draft: CardDraft, mine: str, error: StaleDraft) -> ResponseReturnValue:
    """Show the writer's text beside the stored one; nothing is overwritten and nothing lost."""
    form = DraftForm(formdata=None, data={"text": mine, "version": draft.lock_version})
    form.refuse(error)
    return _page(draft, writing=form, theirs=draft.text, status=409)


def _page(
    draft: CardDraft,
    *,
    writing: DraftForm | None = None,
    submitting: BaseForm | None = None,
    approving: BaseForm | None = None,
    refusing: BaseForm | None = None,
    simulating: SimulateForm | None = None,
    theirs: str | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    session, today = current_session(), today_in_china()
    version = {"version": draft.lock_version}
    card, fault = read_draft(draft.text)
    current = active_card(session, today, card.scenario) if card else None
    shown = writing or submitting or approving or refusing or simulating
    for form in (submitting, approving, refusing):
        _renew(form, draft)
    page = render_template(
        "office/drafts/show.html",
        draft=draft,
        card=card,
        view=card_view(card) if card else None,
        fault=fault,
        base=current or draft.base_version,
        changes=_changes(card, draft, current),
        same_as=_same_as(session, card),
        form=shown,
        writing=writing or DraftForm(formdata=None, data={"text": draft.text, **version}),
        submitting=submitting or SubmitForm(formdata=None, data=version),
        approving=approving or ApproveForm(formdata=None, data={"active_from": today, **version}),
        refusing=refusing or NoteForm(formdata=None, data=version),
        simulating=simulating or SimulateForm(formdata=None),
        tried=simulation_of(session, draft.id, card_sha256(card)) if card else None,
        has_run=latest_run(session) is not None,
        concerns=CONCERN_LABELS,
        theirs=theirs,
        states=DRAFT_LABELS,
        acts=_acts(draft),
        today=today,
    )
    return page, 422 if shown is not None and shown.has_refusals and status == 200 else status


def _renew(form: BaseForm | None, draft: CardDraft) -> None:
    """Let a refused form speak of the draft as the page now shows it."""
    if form is not None:
        form["version"].data = draft.lock_version
        form["version"].raw_data = None


def _changes(card: Scorecard | None, draft: CardDraft, current: object) -> tuple[object, ...] | None:
    base = current or draft.base_version
    return changes_between(card_of(base), card) if card and base else None  # type: ignore[arg-type]


def _same_as(session: Session, card: Scorecard | None) -> object:
    """Return the version that says the same as the draft: approving it goes back to that version."""
    known = version_named(session, card.id, card.version) if card else None
    return known if known and card and known.sha256 == card_sha256(card) else None


def _acts(draft: CardDraft) -> frozenset[str]:
    """Return what the present person may do with the draft; the page offers nothing else."""
    who, found = actor(), set[str]()
    if may(who, P.OFFICE_CARDS_DRAFT) and draft.state in (DraftState.DRAFT, DraftState.SUBMITTED):
        found |= {"write", "withdraw"}
        if draft.state is DraftState.DRAFT:
            found.add("submit")
    if may(who, P.OFFICE_CARDS_APPROVE) and draft.state is DraftState.SUBMITTED:
        wrote = {draft.submitted_by_user_id, draft.saved_by_user_id}
        found |= {"wait"} if who.user_id in wrote else {"decide"}
        found.add("return")
    return frozenset(found)
