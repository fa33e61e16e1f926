"""When the directory is prepared by itself: the office's setting, and what is remembered of a draft."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import DomainError
from ipfin.reports.queries import the_schedule
from ipfin.reports.schedule import Frequency
from ipfin.reports.selection import EVERY_FIRM, IssueScope, RecipientChoice
from ipfin.reports.service.scheduling import plan_of, set_schedule
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.office.issue_forms import ScheduleForm
from ipfin.web.office.issues import TIERS, offer
from ipfin.web.signing_in import actor

bp = Blueprint("office_schedule", __name__, url_prefix="/office/releases/schedule")


@bp.route("/", methods=["GET", "POST"])
@open_to(P.OFFICE_ISSUES_PREPARE)
def edit() -> ResponseReturnValue:
    """Say how often the directory is prepared by itself, for whom, and when a receipt is asked for."""
    form = ScheduleForm()
    offer(form)
    form.offer_frequencies()
    if not form.is_submitted():
        _show(form)
    status = 200
    if form.validate_on_submit():
        try:
            _save(form)
        except DomainError as error:
            form.refuse(error)
            status = status_of(error)
        else:
            flash(_("自动编制设置已保存。"), "success")
            return redirect(url_for("office_issues.index"), code=303)
    elif form.is_submitted():
        status = 422
    session = current_session()
    return render_template(
        "office/schedule/edit.html",
        form=form,
        tiers=TIERS,
        schedule=the_schedule(session),
        plan=plan_of(session),
    ), status


def _show(form: ScheduleForm) -> None:
    schedule = the_schedule(current_session())
    if schedule is None:
        form.title.data = _("授权专利企业名录")
        form.show_scope(EVERY_FIRM)
        form.show_recipients(RecipientChoice())
        return
    form.title.data, form.day.data = schedule.title, schedule.day
    form.frequency.data = schedule.frequency.value
    form.remind_after_days.data = schedule.remind_after_days
    form.show_scope(IssueScope.from_json(schedule.scope))
    form.show_recipients(RecipientChoice.from_json(schedule.recipients))


def _save(form: ScheduleForm) -> None:
    with unit_of_work() as session:
        set_schedule(
            session,
            actor(),
            frequency=Frequency(form.frequency.data),
            day=form.day.data or 0,
            title=form.title.data or "",
            scope=form.chosen_scope(),
            recipients=form.chosen_recipients(),
            remind_after_days=form.remind_after_days.data or 0,
            on=today_in_china(),
        )
