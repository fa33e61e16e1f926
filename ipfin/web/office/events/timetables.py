"""Wishes, and the timetable made of them: the grid, what is proved about it, publishing."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P
from ipfin.events.export import issue_proof
from ipfin.events.lifecycle import TIMETABLE_LABELS, Side
from ipfin.events.models import Event
from ipfin.events.planning import INLINE_SECONDS, JOB_SECONDS
from ipfin.events.queries import confirmed_of, locks_of, task_for, timetable_by_number, timetables_of
from ipfin.events.service import plan_task, publish_timetable, set_locks, store_timetable
from ipfin.events.timetable.problem import Lock
from ipfin.events.wishes import STRENGTH_LABELS
from ipfin.jobs.service import enqueue
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.event_forms import PlanForm
from ipfin.web.i18n import locale_now
from ipfin.web.office.events.base import back_to, bp, event_of, page_of, reading
from ipfin.web.office.events.views import timetable_view, wish_table
from ipfin.web.signing_in import actor, settings


@bp.route("/<public_id>/wishes")
@open_to(P.OFFICE_EVENTS_READ)
def wishes(public_id: str) -> ResponseReturnValue:
    """Show who asked for whom: firms down, institutions across."""
    event = event_of(public_id)
    table = wish_table(current_session(), actor(), event)
    return page_of("wishes", event, table=table, strengths=STRENGTH_LABELS)


@bp.route("/<public_id>/timetable")
@open_to(P.OFFICE_EVENTS_READ)
def timetable(public_id: str) -> ResponseReturnValue:
    """Show a timetable, by default the latest: the grid, what is proved about it, who was left out."""
    return _page(event_of(public_id), PlanForm(formdata=None))


def _page(event: Event, form: PlanForm) -> ResponseReturnValue:
    session = current_session()
    versions = timetables_of(session, event.id)
    number = request.values.get("number", type=int) or (versions[0].number if versions else 0)
    view = (
        timetable_view(session, actor(), event, timetable_by_number(session, event.id, number))
        if number
        else None
    )
    return page_of(
        "timetable",
        event,
        form.status,
        versions=versions,
        view=view,
        labels=TIMETABLE_LABELS,
        form=form,
        locked=sum(1 for meeting in view.cells.values() if meeting.is_locked) if view else 0,
        confirmed={side: len(confirmed_of(session, event.id, side)) for side in Side},
    )


@bp.route("/<public_id>/timetable/make", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def make(public_id: str) -> ResponseReturnValue:
    """Plan a timetable: at once when it is small, in the background otherwise."""
    event, form = event_of(public_id), PlanForm()
    if not form.validate():
        return _page(event, form)
    kept = form.kept_version
    task = task_for(current_session(), event, locks=_locks(event, kept))
    if form.thorough.data or not task.is_small:
        with unit_of_work() as session:
            key = f"event:{event.id}:timetable:{now_utc():%Y%m%d%H%M%S}"
            job = enqueue(
                session,
                actor(),
                "events.make_timetable",
                key,
                event_id=event.id,
                seed=0,
                seconds=form.seconds.data or JOB_SECONDS,
                locks_of=kept,
            )
            job_id = job.id
        back = url_for("office_events.timetable", public_id=public_id)
        return redirect(url_for("office_jobs.show", job_id=job_id, back=back), code=303)
    current_session().rollback()  # the planner holds no snapshot of the database while it thinks
    try:
        planned = plan_task(task, seconds=INLINE_SECONDS)
    except BadInput as refused:  # a lock that cannot be held any more
        form.refuse(refused)
        return _page(event_of(public_id), form)
    with unit_of_work() as session:
        made = store_timetable(session, actor(), event_of(public_id), task, planned)
        number, meetings = made.number, len(planned.meetings)
    flash(
        _("第%(number)s版排期已生成，共%(count)s场，核对后发布。", number=number, count=meetings), "success"
    )
    return back_to("timetable", public_id, number=number)


def _locks(event: Event, number: int | None) -> tuple[Lock, ...]:
    if number is None:
        return ()
    session = current_session()
    return locks_of(session, timetable_by_number(session, event.id, number))


@bp.route("/<public_id>/timetable/<int:number>/lock", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def lock(public_id: str, number: int) -> ResponseReturnValue:
    """Lock the ticked meetings, all or none; the others may move when the rest is planned again."""
    said = request.form.get("all")
    ticked = [] if said == "none" else request.form.getlist("locked", type=int)
    with unit_of_work() as session:
        kept = timetable_by_number(session, event_of(public_id).id, number)
        seen = request.form.getlist("seen", type=int) if said is None else None
        locked = set_locks(session, actor(), kept, None if said == "all" else ticked, seen=seen)
    flash(_("第%(number)s版现锁定%(locked)s场。", number=number, locked=locked), "success")
    return back_to("timetable", public_id, number=number)


@bp.route("/<public_id>/timetable/<int:number>/proof", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def proof(public_id: str, number: int) -> ResponseReturnValue:
    """Take the certificate of a timetable as a PDF."""
    document = issue_proof(
        unit_of_work,
        reading,
        actor(),
        event_of(public_id).id,
        number,
        settings=settings(),
        locale=locale_now(),
    )
    return redirect(url_for("account_files.download", code=document.verify_code), code=303)


@bp.route("/<public_id>/timetable/<int:number>/publish", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def publish(public_id: str, number: int) -> ResponseReturnValue:
    """Publish a timetable; everybody is told his."""
    with unit_of_work() as session:
        kept = timetable_by_number(session, event_of(public_id).id, number)
        publish_timetable(session, actor(), kept, settings=settings())
    flash(_("第%(number)s版日程已发布，已通知各参会者。", number=number), "success")
    return back_to("timetable", public_id, number=number)
