"""Whitelist rounds: draft one from the last run, submit it, publish it as a second person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from ipfin.accounts.policy import P, may
from ipfin.accounts.queries.scope import enterprises_visible_to
from ipfin.accounts.scopes import Thing
from ipfin.conduct.rules import ConductCode
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError, NotFound
from ipfin.screening.queries import screening_result, tallies_to_publish
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.i18n import locale_now
from ipfin.web.office.forms import DecisionForm, ReasonForm, RoundForm, WaiverForm
from ipfin.web.paging import chosen
from ipfin.web.signing_in import actor, settings
from ipfin.whitelist.admission import OUTCOME_LABELS, OVERRIDES, ROUND_LABELS, EntryOutcome, RoundState
from ipfin.whitelist.cut_line import cut_chart, distance_words, line_of
from ipfin.whitelist.models import WhitelistRound
from ipfin.whitelist.queries import (
    entries_page,
    entry_counts,
    latest_run,
    notice_case,
    open_overrides,
    registers_of,
    round_by_number,
    rounds_page,
)
from ipfin.whitelist.queries.cut_line import candidates_by_score, next_to_the_line
from ipfin.whitelist.queries.proposals import proposers_of, waiting_proposals
from ipfin.whitelist.scoring import GRADE_LABELS, Grade
from ipfin.whitelist.service import (
    card_of,
    open_notice,
    policy_of,
    prepare_round,
    publish_round,
    return_round,
    submit_round,
    waive_register,
    withdraw_round,
)

Said = tuple[str, str]
"""A sentence for the reader, and its kind."""

bp = Blueprint("office_rounds", __name__, url_prefix="/office/whitelist")


@bp.route("/")
@open_to(P.OFFICE_ROUNDS_READ)
def index() -> ResponseReturnValue:
    """List the rounds, newest first."""
    session = current_session()
    page = rounds_page(session, cursor=request.args.get("cursor"))
    visible = enterprises_visible_to(actor(), Thing.WHITELIST_ROUND)
    return render_template(
        "office/rounds/index.html",
        page=page,
        admitted={
            round_.id: entry_counts(session, round_.id, visible=visible)[EntryOutcome.ADMITTED]
            for round_ in page.items
        },
        states=ROUND_LABELS,
        may_prepare=may(actor(), P.OFFICE_ROUNDS_PREPARE),
        may_answer=may(actor(), P.OFFICE_OBJECTIONS_READ),
    )


@bp.route("/new", methods=["GET", "POST"])
@open_to(P.OFFICE_ROUNDS_PREPARE)
def new() -> ResponseReturnValue:
    """Draft a round from the last score run."""
    run = latest_run(current_session())
    form = RoundForm(valid_from=today_in_china())
    status = 200
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                last = latest_run(session)
                if last is None:
                    raise NotFound(_("还没有评分，请先评分。"))
                round_ = prepare_round(
                    session,
                    actor(),
                    last,
                    title=form.title.data or "",
                    minimum_grade=Grade(form.minimum_grade.data),
                    valid_from=form.valid_from.data or today_in_china(),
                    valid_months=form.valid_months.data or 0,
                )
                number = round_.number
        except DomainError as error:
            form.refuse(error)
            status = status_of(error)
        else:
            flash(_("第%(number)s批已编制，请核对后提交复核。", number=number), "success")
            return redirect(url_for("office_rounds.show", number=number), code=303)
    elif form.is_submitted():
        status = 422
    page = render_template(
        "office/rounds/new.html",
        form=form,
        run=run,
        grades=GRADE_LABELS,
        proposals=waiting_proposals(current_session()),
    )
    return page, status


@bp.route("/<int:number>")
@open_to(P.OFFICE_ROUNDS_READ)
def show(number: int) -> ResponseReturnValue:
    """Show a round: outcomes, candidates with reasons, and what the reader may do next."""
    return _page(number)


@bp.route("/round/<int:number>")
@open_to(P.OFFICE_ROUNDS_READ)
def by_number(number: int) -> ResponseReturnValue:
    """Lead from the address that papers and letters use to the round's page."""
    return redirect(url_for("office_rounds.show", number=number), code=303)


@bp.route("/<int:number>/submit", methods=["POST"])
@open_to(P.OFFICE_ROUNDS_PREPARE)
def submit(number: int) -> ResponseReturnValue:
    """Hand a drafted round to a second person."""
    with unit_of_work() as session:
        submit_round(session, actor(), round_by_number(session, number), on=today_in_china())
    flash(_("已提交复核，须由另一名工作人员发布。"), "success")
    return redirect(url_for("office_rounds.show", number=number), code=303)


@bp.route("/<int:number>/waive", methods=["POST"])
@open_to(P.OFFICE_ROUNDS_PREPARE)
def waive(number: int) -> ResponseReturnValue:
    """Let a drafted round do without a register, with a reason that the second person reads."""
    form = WaiverForm()
    if not form.validate_on_submit():
        return _page(number, waiver=form)
    try:
        with unit_of_work() as session:
            waive_register(
                session,
                actor(),
                round_by_number(session, number),
                ConductCode(form.code.data),
                reason=form.waived_because.data or "",
            )
    except DomainError as error:
        form.refuse(error)
        return _page(number, waiver=form, status=status_of(error))
    flash(_("已登记不查询的理由，复核人会看到。"), "success")
    return redirect(url_for("office_rounds.show", number=number), code=303)


@bp.route("/<int:number>/notice", methods=["POST"])
@open_to(P.OFFICE_ROUNDS_APPROVE)
def put_to_notice(number: int) -> ResponseReturnValue:
    """Put a submitted round to public notice as its second person."""

    def act(session: Session, round_: WhitelistRound, note: str) -> list[Said]:
        notice = open_notice(session, actor(), round_, note=note, **_guarded(session, round_))
        last = notice.last_day
        return [(_("第%(number)s批开始公示，至%(last)s（含当日）。", number=number, last=last), "success")]

    return _decided(number, act)


@bp.route("/<int:number>/publish", methods=["POST"])
@open_to(P.OFFICE_ROUNDS_APPROVE)
def publish(number: int) -> ResponseReturnValue:
    """Publish a submitted round as its second person."""

    def act(session: Session, round_: WhitelistRound, note: str) -> list[Said]:
        admitted = publish_round(session, actor(), round_, note=note, **_guarded(session, round_))
        held = entry_counts(session, round_.id)[EntryOutcome.HELD]
        said = [
            (_("第%(number)s批已发布，入选%(admitted)s家。", number=number, admitted=admitted), "success")
        ]
        if held:
            said.append((_("%(held)s家在复核之后情况有变，暂缓入选，理由见名单。", held=held), "warning"))
        return said

    return _decided(number, act)


@bp.route("/<int:number>/return", methods=["POST"])
@open_to(P.OFFICE_ROUNDS_APPROVE)
def give_back(number: int) -> ResponseReturnValue:
    """Give a submitted round back to its maker, with a reason."""

    def act(session: Session, round_: WhitelistRound, note: str) -> list[Said]:
        return_round(session, actor(), round_, note=note)
        return [(_("已退回编制人。"), "success")]

    return _decided(number, act)


def _guarded(session: Session, round_: WhitelistRound) -> dict[str, Any]:
    """Return what the guard is asked with: the day, the office's policy, the reviews of a screening."""
    return {
        "on": today_in_china(),
        "policy": policy_of(settings()),
        "screening": tallies_to_publish(session, round_.id),
    }


def _decided(number: int, act: Callable[[Session, WhitelistRound, str], list[Said]]) -> ResponseReturnValue:
    """Answer the second person: what was decided, or the page with what was refused."""
    form = DecisionForm()
    if not form.validate_on_submit():
        return _page(number, decision=form)
    try:
        with unit_of_work() as session:
            told = act(session, round_by_number(session, number), form.note.data or "")
    except DomainError as error:
        form.refuse(error)
        return _page(number, decision=form, status=status_of(error))
    for sentence, kind in told:  # once it is saved
        flash(sentence, kind)
    return redirect(url_for("office_rounds.show", number=number), code=303)


@bp.route("/<int:number>/withdraw", methods=["POST"])
@open_to(P.OFFICE_ROUNDS_PREPARE)
def withdraw(number: int) -> ResponseReturnValue:
    """Give an unpublished round up, with a reason."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _page(number, reason=form)
    with unit_of_work() as session:
        withdraw_round(session, actor(), round_by_number(session, number), note=form.reason.data or "")
    flash(_("第%(number)s批已撤回。", number=number), "success")
    return redirect(url_for("office_rounds.index"), code=303)


def _page(
    number: int,
    *,
    decision: DecisionForm | None = None,
    reason: ReasonForm | None = None,
    waiver: WaiverForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    session, today = current_session(), today_in_china()
    round_ = round_by_number(session, number)
    outcome = chosen("outcome", [outcome.value for outcome in EntryOutcome], "")
    visible = enterprises_visible_to(actor(), Thing.WHITELIST_ROUND)
    page = entries_page(
        session,
        round_.id,
        visible,
        outcome=EntryOutcome(outcome) if outcome else None,
        cursor=request.args.get("cursor"),
    )
    shown, acts = decision or reason or waiver, _acts(round_, today)
    body = render_template(
        "office/rounds/show.html",
        round=round_,
        page=page,
        counts=entry_counts(session, round_.id, visible=visible),
        outcome=outcome,
        outcomes=OUTCOME_LABELS,
        states=ROUND_LABELS,
        grades=GRADE_LABELS,
        form=shown,
        decision=decision or DecisionForm(formdata=None),
        reason=reason or ReasonForm(formdata=None),
        screening=screening_result(session, round_.id) if may(actor(), P.OFFICE_SCREENING_READ) else None,
        proposers=proposers_of(session, round_.id, [entry.enterprise_id for entry in page.items]),
        waiver=waiver or WaiverForm(formdata=None),
        acts=acts,
        today=today,
        objections=notice_case(session, round_),
        notice_days=settings().notice_working_days,
        may_answer=may(actor(), P.OFFICE_OBJECTIONS_READ),
        **_cut(session, round_, visible),
        may_choose="submit" in acts,
        may_override=OVERRIDES,
        waiting=open_overrides(session, round_.id),
        registers=registers_of(session, round_, today, policy_of(settings())),
    )
    return body, 422 if shown is not None and shown.has_refusals and status == 200 else status


def _cut(session: Session, round_: WhitelistRound, visible: ColumnElement[bool]) -> dict[str, Any]:
    """Return where the line falls among the candidates, and who stands next to it."""
    line = line_of(card_of(round_.run.card_version), round_.minimum_grade)
    counts = candidates_by_score(session, round_.id, visible, line)
    near, count = next_to_the_line(session, round_.id, visible, line) if line else ((), 0)
    return {
        "chart": cut_chart(counts, line, locale=locale_now()),
        "line_e4": line,
        "near": near,
        "near_count": count,
        "away": distance_words,
    }


def _acts(round_: WhitelistRound, on: date) -> frozenset[str]:
    """Return what the present person may do with the round as it stands; a page offers nothing else."""
    who = actor()
    acts: set[str] = set()
    if may(who, P.OFFICE_ROUNDS_PREPARE) and round_.state is RoundState.DRAFT:
        acts |= {"submit", "withdraw", "waive"}
    if round_.state in {RoundState.SUBMITTED, RoundState.NOTICED}:
        is_maker = round_.submitted_by_user_id == who.user_id
        if may(who, P.OFFICE_ROUNDS_APPROVE):
            acts.add("wait" if is_maker else _decision(round_, on))
        if may(who, P.OFFICE_ROUNDS_PREPARE) and is_maker:
            acts.add("withdraw")
    return frozenset(acts)


def _decision(round_: WhitelistRound, on: date) -> str:
    """Return what waits for the second person: the notice, its end, or the publication."""
    if round_.notice is None:
        return "notice"
    return "publish" if round_.notice.is_over(on) else "return"
