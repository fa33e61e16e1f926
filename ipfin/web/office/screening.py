"""Screening by agencies as the office runs it: open, assign, watch, return, settle; the register of ties."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ipfin.accounts.policy import P, may
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.screening.assigning import TIE_LABELS, TieKind
from ipfin.screening.models import Screening, ScreeningTask
from ipfin.screening.phases import TO_DO, Phase, TaskState, Urgency, urgency
from ipfin.screening.queries import (
    agencies,
    agreement_of,
    all_ties,
    firm_by_words,
    result_of,
    reviewers,
    rounds_to_screen,
    screening_of_round,
    screenings,
    task_by_public_id,
    task_counts,
    tasks_of_screening,
    tie_by_id,
)
from ipfin.screening.service import (
    add_sample,
    end_phase,
    move_due_day,
    open_screening,
    record_tie,
    return_review,
)
from ipfin.screening.service import (
    assign as give_out,
)
from ipfin.screening.service import (
    end_tie as close_tie,
)
from ipfin.screening.service import (
    take_back as take_off,
)
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.forms import BaseForm
from ipfin.web.i18n import in_reader_language
from ipfin.web.office.screening_forms import (
    AssignForm,
    DueForm,
    ReturnForm,
    SampleForm,
    TakeBackForm,
    TieForm,
    open_form,
)
from ipfin.web.paging import chosen
from ipfin.web.screening_words import WORDS
from ipfin.web.signing_in import actor
from ipfin.whitelist.admission import EntryOutcome
from ipfin.whitelist.queries import round_by_number

bp = Blueprint("office_screening", __name__, url_prefix="/office/screening")

USUAL_DAYS = 10  # proposed length of a review; the office changes it


@bp.route("/")
@open_to(P.OFFICE_SCREENING_READ)
def index() -> ResponseReturnValue:
    """List the screenings, the latest round first."""
    session = current_session()
    return render_template(
        "office/screening/index.html",
        screenings=screenings(session),
        counts=task_counts(session),
        to_do=TO_DO,
        done=TaskState.SUBMITTED,
        may_write=may(actor(), P.OFFICE_SCREENING_WRITE),
        **WORDS,
    )


@bp.route("/new", methods=["GET", "POST"])
@open_to(P.OFFICE_SCREENING_WRITE)
def new() -> ResponseReturnValue:
    """Begin the screening of a round with its criteria."""
    session, on = current_session(), today_in_china()
    rounds = rounds_to_screen(session)
    only = str(rounds[0].number) if len(rounds) == 1 else ""
    form = open_form(rounds, request.args.get("round", only), on + timedelta(days=USUAL_DAYS))
    if form.validate_on_submit():
        number = int(form.round.data)
        try:
            with unit_of_work() as session:
                open_screening(
                    session,
                    actor(),
                    round_by_number(session, number),
                    form.criteria(),
                    due_on=form.due_on.data,
                    spread_limit=form.spread_limit.data,
                    on=on,
                )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            flash(_("已发起筛查，请分配评审任务。"), "success")
            return redirect(url_for(".show", number=number), code=303)
    return render_template("office/screening/new.html", form=form, rounds=rounds), form.status


@bp.route("/<int:number>")
@open_to(P.OFFICE_SCREENING_READ)
def show(number: int) -> ResponseReturnValue:
    """Show how far the reviews are, where they stand apart and how reviewers agree."""
    return _page(number)


@bp.route("/<int:number>/assign", methods=["POST"])
@open_to(P.OFFICE_SCREENING_WRITE)
def assign(number: int) -> ResponseReturnValue:
    """Give candidates to reviewers."""
    form = AssignForm(reviewers(current_session()))

    def act(session: Session, screening: Screening) -> None:
        found = give_out(
            session,
            actor(),
            screening,
            outcomes=[EntryOutcome(word) for word in form.outcomes.data or []],
            user_ids=[int(word) for word in form.people.data or []],
            per_firm=form.per_firm.data,
            on=today_in_china(),
            most=form.most.data,
        )
        flash(
            _("已分配%(tasks)s项任务，涉及%(firms)s家企业。", tasks=found.tasks, firms=found.firms), "success"
        )
        if found.short:
            names = "、".join(found.short[:5])
            flash(
                _(
                    "%(count)s家企业可用的评审人不足两名，未分配：%(names)s",
                    count=len(found.short),
                    names=names,
                ),
                "warning",
            )

    return _acted(number, "assigning", form, act)


@bp.route("/<int:number>/sample", methods=["POST"])
@open_to(P.OFFICE_SCREENING_WRITE)
def sample(number: int) -> ResponseReturnValue:
    """Let every reviewer mark one firm."""
    form = SampleForm()

    def act(session: Session, screening: Screening) -> None:
        firm = firm_by_words(session, form.firm.data or "")
        add_sample(session, actor(), screening, firm.id, on=today_in_china())
        flash(_("已向全部评审人分发校准样本。"), "success")

    return _acted(number, "sampling", form, act)


@bp.route("/<int:number>/due", methods=["POST"])
@open_to(P.OFFICE_SCREENING_WRITE)
def due(number: int) -> ResponseReturnValue:
    """Give what is not done another day."""
    form = DueForm()

    def act(session: Session, screening: Screening) -> None:
        move_due_day(session, actor(), screening, form.due_on.data, on=today_in_china())
        flash(_("截止日期已修改。"), "success")

    return _acted(number, "moving", form, act)


@bp.route("/<int:number>/phase/<word>", methods=["POST"])
@open_to(P.OFFICE_SCREENING_WRITE)
def phase(number: int, word: str) -> ResponseReturnValue:
    """End the phase that the officer saw."""
    form = BaseForm()

    def act(session: Session, screening: Screening) -> None:
        end_phase(session, actor(), screening, phase=Phase(word) if word in set(Phase) else Phase.FINAL)
        flash(_("阶段已推进。"), "success")

    return _acted(number, "ending", form, act)


@bp.route("/tasks/<public_id>")
@open_to(P.OFFICE_SCREENING_READ)
def task(public_id: str) -> ResponseReturnValue:
    """Show one review whole."""
    return _task_page(public_id)


@bp.route("/tasks/<public_id>/return", methods=["POST"])
@open_to(P.OFFICE_SCREENING_WRITE)
def give_back(public_id: str) -> ResponseReturnValue:
    """Give a review back to be reworked."""
    form = ReturnForm()

    def act(session: Session, found: ScreeningTask) -> None:
        said, day = form.reason.data or "", form.due_on.data
        return_review(session, actor(), found, reason=said, due_on=day, on=today_in_china())
        flash(_("已退回，并已通知评审人。"), "success")

    return _task_acted(public_id, "returning", form, act)


@bp.route("/tasks/<public_id>/take-back", methods=["POST"])
@open_to(P.OFFICE_SCREENING_WRITE)
def take_back(public_id: str) -> ResponseReturnValue:
    """Take a task back that is not done."""
    form = TakeBackForm()

    def act(session: Session, found: ScreeningTask) -> None:
        take_off(session, actor(), found, reason=form.reason.data or "")
        flash(_("任务已收回。"), "success")

    return _task_acted(public_id, "taking", form, act)


@bp.route("/ties", methods=["GET", "POST"])
@open_to(P.OFFICE_SCREENING_WRITE)
def ties() -> ResponseReturnValue:
    """Keep the register of what ties agencies to firms."""
    session = current_session()
    houses, people = agencies(session), reviewers(session)
    form = TieForm(houses, people)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                record_tie(
                    session,
                    actor(),
                    next(one for one in houses if str(one.id) == form.house.data),
                    firm_by_words(session, form.firm.data or ""),
                    TieKind(form.kind.data),
                    source=form.source.data or "",
                    since=form.since.data,
                    until=form.until.data,
                    user=next((one for one in people if str(one.id) == form.user.data), None),
                )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            flash(_("利益关系已登记。"), "success")
            return redirect(url_for(".ties"), code=303)
    page = render_template(
        "office/screening/ties.html", ties=all_ties(session), form=form, kinds=TIE_LABELS, on=today_in_china()
    )
    return page, form.status


@bp.route("/ties/<int:tie_id>/end", methods=["POST"])
@open_to(P.OFFICE_SCREENING_WRITE)
def end_tie(tie_id: int) -> ResponseReturnValue:
    """Say that a tie holds no more from today."""
    tie_by_id(current_session(), tie_id)
    try:
        with unit_of_work() as session:
            close_tie(session, actor(), tie_by_id(session, tie_id), on=today_in_china())
    except DomainError as refusal:
        flash(in_reader_language(refusal.message), "danger")
    else:
        flash(_("关系已结束。"), "success")
    return redirect(url_for(".ties"), code=303)


def _acted(
    number: int, name: str, form: BaseForm, act: Callable[[Session, Screening], None]
) -> ResponseReturnValue:
    screening_of_round(current_session(), number)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                act(session, screening_of_round(session, number))
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for(".show", number=number), code=303)
    return _page(number, **{name: form})


def _task_acted(
    public_id: str, name: str, form: BaseForm, act: Callable[[Session, ScreeningTask], None]
) -> ResponseReturnValue:
    task_by_public_id(current_session(), actor(), public_id)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                found = task_by_public_id(session, actor(), public_id)
                act(session, found)
                number = found.screening.round.number
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for(".show", number=number), code=303)
    return _task_page(public_id, **{name: form})


def _page(number: int, **posted: BaseForm) -> ResponseReturnValue:
    session, on = current_session(), today_in_china()
    screening = screening_of_round(session, number)
    tasks = tasks_of_screening(session, screening.id, samples=None)
    candidates = [one for one in tasks if not one.is_sample]
    found = result_of(screening, candidates)
    shown = chosen("show", ("all", "wide"), "all")
    form = next(iter(posted.values()), BaseForm(formdata=None))
    page = render_template(
        "office/screening/show.html",
        screening=screening,
        round=screening.round,
        result=found,
        by_firm=_by_firm(candidates, {key for key, one in found.firms.items() if shown == "all" or one.wide}),
        shown=shown,
        wide=sum(bool(one.wide) for one in found.firms.values()),
        overdue=sum(urgency(one.state, one.due_on, on) is Urgency.OVERDUE for one in candidates),
        agreement=agreement_of(screening, candidates),
        sampled=agreement_of(screening, [one for one in tasks if one.is_sample]),
        samples=_by_firm([one for one in tasks if one.is_sample], None),
        may_write=may(actor(), P.OFFICE_SCREENING_WRITE),
        form=form,
        assigning=posted.get("assigning") or AssignForm(reviewers(session)),
        sampling=posted.get("sampling") or SampleForm(formdata=None),
        moving=posted.get("moving") or DueForm(formdata=None, data={"due_on": screening.due_on}),
        **WORDS,
    )
    return page, form.status


def _by_firm(tasks: list[ScreeningTask], kept: set[int] | None) -> dict[int, list[ScreeningTask]]:
    found: dict[int, list[ScreeningTask]] = {}
    for one in tasks:
        if kept is None or one.enterprise_id in kept:
            found.setdefault(one.enterprise_id, []).append(one)
    return found


def _task_page(public_id: str, **posted: BaseForm) -> ResponseReturnValue:
    session = current_session()
    found = task_by_public_id(session, actor(), public_id)
    form = next(iter(posted.values()), BaseForm(formdata=None))
    closing = found.screening.phase is Phase.FINAL or not may(actor(), P.OFFICE_SCREENING_WRITE)
    page = render_template(
        "office/screening/task.html",
        task=found,
        round=found.screening.round,
        form=form,
        returning=posted.get("returning")
        or ReturnForm(formdata=None, data={"due_on": max(found.due_on, today_in_china())}),
        taking=posted.get("taking") or TakeBackForm(formdata=None),
        may_return=not closing and found.state is TaskState.SUBMITTED,
        may_take=not closing and found.state in TO_DO,
        **WORDS,
    )
    return page, form.status
