"""All background jobs, for whoever keeps the platform running: what failed and why, started anew by hand."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P
from ipfin.jobs.models import JobState
from ipfin.jobs.queries import STATE_LABELS, counts_by_state, jobs_page, jobs_visible_to, visible_job
from ipfin.jobs.service import retry as start_anew
from ipfin.jobs.service import want_cancel
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.paging import chosen
from ipfin.web.signing_in import actor

bp = Blueprint("admin_jobs", __name__, url_prefix="/admin/jobs")


@bp.route("/")
@open_to(P.ADMIN_JOBS_READ)
def index() -> ResponseReturnValue:
    """List the jobs, newest first, with how many are in each state."""
    state = chosen("state", [state.value for state in JobState], "")
    session = current_session()
    page = jobs_page(
        session,
        jobs_visible_to(actor()),
        state=JobState(state) if state else None,
        cursor=request.args.get("cursor"),
    )
    return render_template(
        "admin/jobs/index.html",
        page=page,
        states=STATE_LABELS,
        state=state,
        counts=counts_by_state(session),
    )


@bp.route("/<int:job_id>/retry", methods=["POST"])
@open_to(P.ADMIN_JOBS_WRITE)
def retry(job_id: int) -> ResponseReturnValue:
    """Start a failed job anew, for the person who had asked for it."""
    with unit_of_work() as session:
        start_anew(session, actor(), visible_job(session, jobs_visible_to(actor()), job_id).id)
    flash(_("任务已重新排队。"), "success")
    return redirect(url_for("admin_jobs.index"), code=303)


@bp.route("/<int:job_id>/cancel", methods=["POST"])
@open_to(P.ADMIN_JOBS_WRITE)
def cancel(job_id: int) -> ResponseReturnValue:
    """Ask a job to stop."""
    with unit_of_work() as session:
        want_cancel(session, visible_job(session, jobs_visible_to(actor()), job_id))
    flash(_("已请求停止，任务会在下一个检查点结束。"), "success")
    return redirect(url_for("admin_jobs.index"), code=303)
