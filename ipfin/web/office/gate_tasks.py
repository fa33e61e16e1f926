"""What changes of the register ask for: firms to be let back in, firms to be taken off, with a clock."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length

from ipfin.accounts.policy import P, may
from ipfin.conduct.rules import LABELS
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.forms import BaseForm
from ipfin.web.paging import chosen
from ipfin.web.signing_in import actor
from ipfin.whitelist.gate_tasks import KIND_LABELS, OUTCOME_WORDS, TaskKind, is_late
from ipfin.whitelist.models import GateTask
from ipfin.whitelist.queries import current_admission
from ipfin.whitelist.queries.gate_tasks import gate_task_by_id, gate_tasks, gate_tasks_visible_to
from ipfin.whitelist.service.gate_tasks import confirm_lift, decide_removal

bp = Blueprint("office_gate_tasks", __name__, url_prefix="/office/gate-tasks")


class TaskForm(BaseForm):
    """What was found, or why a firm stays or goes."""

    reason = TextAreaField(
        lazy_gettext("核实情况或理由"), [InputRequired(lazy_gettext("请写明理由。")), Length(max=300)]
    )
    restore = SubmitField(lazy_gettext("已核实，办结"))
    remove = SubmitField(lazy_gettext("移出白名单"))
    keep = SubmitField(lazy_gettext("不移出"))


@bp.route("/")
@open_to(P.OFFICE_CONDUCT_READ)
def index() -> ResponseReturnValue:
    """List the tasks that wait, or those that were closed."""
    state = chosen("state", ("open", "closed"), "open")
    found = gate_tasks(current_session(), gate_tasks_visible_to(actor()), is_open=state == "open")
    return render_template("office/gate_tasks/index.html", state=state, tasks=found, **_words())


@bp.route("/<int:task_id>")
@open_to(P.OFFICE_CONDUCT_READ)
def show(task_id: int) -> ResponseReturnValue:
    """Show one task and what may be done."""
    return _show(_found(task_id), TaskForm(formdata=None))


@bp.route("/<int:task_id>/restore", methods=["POST"])
@open_to(P.OFFICE_CONDUCT_WRITE)
def restore(task_id: int) -> ResponseReturnValue:
    """Say that a firm was looked at after its exclusion ended."""
    form = TaskForm()
    if not form.validate_on_submit():
        return _show(_found(task_id), form)
    try:
        with unit_of_work() as session:
            task = gate_task_by_id(session, gate_tasks_visible_to(actor()), task_id)
            confirm_lift(session, actor(), task, note=form.reason.data or "", on=today_in_china())
    except DomainError as refusal:
        form.refuse(refusal)
        return _show(_found(task_id), form, status_of(refusal))
    return _done(task_id)


@bp.route("/<int:task_id>/removal", methods=["POST"])
@open_to(P.OFFICE_ROUNDS_APPROVE)
def removal(task_id: int) -> ResponseReturnValue:
    """Take a firm off the whitelist, or keep it with a reason."""
    form = TaskForm()
    if not form.validate_on_submit():
        return _show(_found(task_id), form)
    try:
        with unit_of_work() as session:
            decide_removal(
                session,
                actor(),
                gate_task_by_id(session, gate_tasks_visible_to(actor()), task_id),
                is_removed=bool(form.remove.data),
                reason=form.reason.data or "",
                on=today_in_china(),
            )
    except DomainError as refusal:
        form.refuse(refusal)
        return _show(_found(task_id), form, status_of(refusal))
    return _done(task_id)


def _done(task_id: int) -> ResponseReturnValue:
    flash(_("已办结。"), "success")
    return redirect(url_for(".show", task_id=task_id), code=303)


def _found(task_id: int) -> GateTask:
    return gate_task_by_id(current_session(), gate_tasks_visible_to(actor()), task_id)


def _words() -> dict[str, object]:
    today = today_in_china()
    return {
        "codes": LABELS,
        "kinds": KIND_LABELS,
        "outcomes": OUTCOME_WORDS,
        "late": lambda task: is_late(task.due_on, task.closed_on, today),
    }


def _show(task: GateTask, form: TaskForm, status: int = 200) -> ResponseReturnValue:
    who, is_open = actor(), task.closed_on is None
    source, _colon, number = task.cause.partition(":")
    page = render_template(
        "office/gate_tasks/show.html",
        task=task,
        record_id=int(number) if source == "record" else None,
        admission=current_admission(current_session(), task.enterprise_id, today_in_china()),
        may_restore=is_open and task.kind is TaskKind.LIFT and may(who, P.OFFICE_CONDUCT_WRITE),
        may_remove=is_open and task.kind is TaskKind.REMOVE and may(who, P.OFFICE_ROUNDS_APPROVE),
        form=form,
        **_words(),
    )
    return page, form.status if status == 200 else status
