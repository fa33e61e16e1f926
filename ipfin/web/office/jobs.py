"""Background jobs of the office: how far they are, how they ended. Also after the server was started anew."""

from __future__ import annotations

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P
from ipfin.jobs.models import JobState
from ipfin.jobs.queries import (
    STATE_LABELS,
    job_status,
    jobs_asked_by,
    jobs_page,
    jobs_visible_to,
    visible_job,
)
from ipfin.jobs.service import want_cancel
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.i18n import in_reader_language
from ipfin.web.paging import chosen
from ipfin.web.returning import own_path
from ipfin.web.signing_in import actor

bp = Blueprint("office_jobs", __name__, url_prefix="/office/jobs")


@bp.route("/")
@open_to(P.OFFICE_JOBS_READ)
def index() -> ResponseReturnValue:
    """List the jobs, newest first."""
    state = chosen("state", [state.value for state in JobState], "")
    page = jobs_page(
        current_session(),
        jobs_visible_to(actor()),
        state=JobState(state) if state else None,
        cursor=request.args.get("cursor"),
    )
    return render_template("office/jobs/index.html", page=page, states=STATE_LABELS, state=state)


@bp.route("/<int:job_id>")
@open_to(P.OFFICE_JOBS_READ)
def show(job_id: int) -> ResponseReturnValue:
    """Show one job; `back` is the page that asked for it, offered when it is over."""
    session = current_session()
    visible_job(session, jobs_visible_to(actor()), job_id)
    return render_template(
        "office/jobs/show.html",
        job=job_status(session, job_id),
        states=STATE_LABELS,
        back=own_path(request.args.get("back")),
        is_own=job_status(session, job_id).asked_by_user_id == actor().user_id,
    )


@bp.route("/<int:job_id>/progress")
@open_to(P.OFFICE_JOBS_READ)
def progress(job_id: int) -> ResponseReturnValue:
    """Tell a script how far the job is."""
    session = current_session()
    visible_job(session, jobs_visible_to(actor()), job_id)
    job = job_status(session, job_id)
    return jsonify(
        is_over=job.is_over,
        is_done=job.state is JobState.DONE,
        percent=job.percent,
        state=in_reader_language(STATE_LABELS[job.state]),
        message=in_reader_language(job.message),
    )


@bp.route("/<int:job_id>/cancel", methods=["POST"])
@open_to(P.OFFICE_JOBS_READ)
def cancel(job_id: int) -> ResponseReturnValue:
    """Ask an own job to stop."""
    with unit_of_work() as session:
        want_cancel(session, visible_job(session, jobs_asked_by(actor()), job_id))
    flash(_("已请求停止，任务会在下一个检查点结束，不会留下一半的结果。"), "success")
    back = own_path(request.form.get("back"))
    return redirect(url_for("office_jobs.show", job_id=job_id, back=back), code=303)
