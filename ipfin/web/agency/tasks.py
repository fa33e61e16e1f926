"""One review: declare, read the dossier, mark, hand in. The rules and the dossier's lock are the domain's."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.reports.service.papers import make_dossier_copy
from ipfin.reports.service.said_facts import grouped
from ipfin.screening.models import ScreeningTask
from ipfin.screening.phases import WRITABLE, urgency
from ipfin.screening.queries import dossier_of, firm_to_declare_on, next_task, others_of, task_by_public_id
from ipfin.screening.review import NO_MARK, Criterion, Mark, StaleReview
from ipfin.screening.service import abstain as abstain_from
from ipfin.screening.service import declare as declare_on
from ipfin.screening.service import save_review, submit_review
from ipfin.web.access import open_to
from ipfin.web.agency.forms import (
    AbstainForm,
    ConflictForm,
    DeclareForm,
    ReviewForm,
    review_form,
    version_said,
)
from ipfin.web.copies import hand_out
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.forms import BaseForm
from ipfin.web.i18n import locale_now
from ipfin.web.screening_words import WORDS
from ipfin.web.signing_in import actor, settings

bp = Blueprint("agency_tasks", __name__, url_prefix="/rev/task")


@bp.route("/<public_id>")
@open_to(P.AGENCY_SCREENING_READ)
def show(public_id: str) -> ResponseReturnValue:
    """Show the dossier beside the form; without a declaration there is neither."""
    task = _found(public_id)
    return _page(task, review_form(task.screening.judged, task.marks, task.lock_version))


@bp.route("/<public_id>/declare", methods=["GET", "POST"])
@open_to(P.AGENCY_SCREENING_WRITE)
def declare(public_id: str) -> ResponseReturnValue:
    """Declare before the dossier is opened."""
    task = _found(public_id)
    name, credit_code = firm_to_declare_on(current_session(), actor(), task)
    form = DeclareForm()
    if form.validate_on_submit():
        recuses = form.has_conflict.data == "yes"
        try:
            with unit_of_work() as session:
                declare_on(
                    session,
                    actor(),
                    _found(public_id),
                    has_conflict=recuses,
                    ground=form.ground.data or "",
                    on=today_in_china(),
                )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            if recuses:
                flash(_("已回避，市局会另行分配。"), "success")
                return redirect(url_for("agency_home.index"), code=303)
            return redirect(url_for(".show", public_id=public_id), code=303)
    page = render_template(
        "agency/tasks/declare.html",
        task=_found(public_id),
        name=name,
        credit_code=credit_code,
        form=form,
        **WORDS,
    )
    return page, form.status


@bp.route("/<public_id>/save", methods=["POST"])
@open_to(P.AGENCY_SCREENING_WRITE)
def save(public_id: str) -> ResponseReturnValue:
    """Save, save and go on to the next, or hand in."""
    task = _found(public_id)
    criteria = task.screening.judged
    form = review_form(criteria, {}, task.lock_version)
    if not form.validate_on_submit():
        return _page(task, form)
    draft, act = form.draft(criteria, request.form), request.form.get("act", "save")
    try:
        with unit_of_work() as session:
            write = submit_review if act == "submit" else save_review
            write(session, actor(), _found(public_id), draft, version=form.seen_version)
    except StaleReview:
        return _clash(_found(public_id), draft)
    except DomainError as refusal:
        form.refuse(refusal)
        return _page(_found(public_id), form)
    flash(_("评审已提交。") if act == "submit" else _("已保存。"), "success")
    return redirect(_after(public_id, act), code=303)


@bp.route("/<public_id>/score", methods=["POST"])
@open_to(P.AGENCY_SCREENING_EXPORT)
def score(public_id: str) -> ResponseReturnValue:
    """Issue the score of the dossier as a paper; without a declaration there is none."""
    task = _found(public_id)
    copy = make_dossier_copy(current_session(), actor(), task, settings=settings(), locale=locale_now())
    return hand_out(copy)


@bp.route("/<public_id>/abstain", methods=["POST"])
@open_to(P.AGENCY_SCREENING_WRITE)
def abstain(public_id: str) -> ResponseReturnValue:
    """Give no review of this firm."""
    task, form = _found(public_id), AbstainForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                said, version = form.reason.data or "", version_said(form.version.data)
                abstain_from(session, actor(), _found(public_id), reason=said, version=version)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            flash(_("已弃权，市局会另行分配。"), "success")
            return redirect(url_for("agency_home.index"), code=303)
    return _page(_found(public_id), _saved(task), abstention=form)


@bp.route("/<public_id>/conflict", methods=["POST"])
@open_to(P.AGENCY_SCREENING_WRITE)
def conflict(public_id: str) -> ResponseReturnValue:
    """Declare a conflict that was found while reviewing; the dossier closes."""
    task, form = _found(public_id), ConflictForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                said, on = form.ground.data or "", today_in_china()
                declare_on(session, actor(), _found(public_id), has_conflict=True, ground=said, on=on)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            flash(_("已回避，市局会另行分配。"), "success")
            return redirect(url_for("agency_home.index"), code=303)
    return _page(_found(public_id), _saved(task), recusal=form)


def _found(public_id: str) -> ScreeningTask:
    return task_by_public_id(current_session(), actor(), public_id)


def _saved(task: ScreeningTask) -> ReviewForm:
    return review_form(task.screening.judged, task.marks, task.lock_version)


def _after(public_id: str, act: str) -> str:
    following = next_task(current_session(), actor(), _found(public_id)) if act != "save" else None
    if act == "save":
        return url_for(".show", public_id=public_id)
    if act == "submit" or following is None:
        return url_for("agency_home.index")
    return url_for("agency_home.index", _anchor=f"task-{following}")


def _page(
    task: ScreeningTask,
    form: ReviewForm,
    *,
    abstention: AbstainForm | None = None,
    recusal: ConflictForm | None = None,
    clash: list[tuple[Criterion, Mark, Mark]] | None = None,
) -> ResponseReturnValue:
    session = current_session()
    dossier = dossier_of(session, actor(), task)
    shown: BaseForm = abstention or recusal or form
    page = render_template(
        "agency/tasks/show.html",
        task=task,
        dossier=dossier,
        groups=grouped(dossier.facts),
        newer=grouped(dossier.newer),
        others=others_of(session, task),
        urgency=urgency(task.state, task.due_on, today_in_china()),
        may_write=task.state in WRITABLE,
        form=form,
        abstention=abstention or AbstainForm(formdata=None, data={"version": str(task.lock_version)}),
        recusal=recusal or ConflictForm(formdata=None),
        shown=shown,
        clash=clash,
        no_mark=NO_MARK,
        **WORDS,
    )
    return page, 409 if clash is not None else shown.status


def _clash(task: ScreeningTask, draft: dict[int, Mark]) -> ResponseReturnValue:
    """Show both texts and let the reviewer choose; nothing is overwritten and nothing lost."""
    stored = task.marks
    both = [
        (one, draft[one.id], stored.get(one.id, NO_MARK)) for one in task.screening.judged if one.id in draft
    ]
    current_session().refresh(task)
    return _page(task, _saved(task), clash=both)
