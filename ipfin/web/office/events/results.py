"""What came of an event: figures, every meeting with both words, later steps, chasing, report, minutes."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P, may
from ipfin.accounts.scopes import Scope, Thing, scope_for
from ipfin.documents.queries import documents_of
from ipfin.events.details import slot_times
from ipfin.events.export import issue_ledger, issue_minutes, issue_report_paper, issue_report_sheet
from ipfin.events.export.papers import event_head
from ipfin.events.feedback import Opinion, mood
from ipfin.events.lifecycle import Side
from ipfin.events.minutes import minutes_draft
from ipfin.events.models import Event, EventFeedback
from ipfin.events.queries import (
    feedback_on,
    figures_of,
    follow_up_by_id,
    minutes_of,
    pair_by_key,
    pairs_of,
)
from ipfin.events.results import INTEREST_LABELS, STAGE_LABELS
from ipfin.events.service import add_follow_up, chase_now, missing_of, save_minutes, withdraw_follow_up
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.kernel.errors import DomainError, Stale
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.event_forms import FollowUpForm, MinutesForm
from ipfin.web.i18n import in_reader_language, locale_now
from ipfin.web.office.events.base import back_to, bp, event_of, page_of, reading
from ipfin.web.office.forms import ReasonForm
from ipfin.web.paging import sliced
from ipfin.web.signing_in import actor, settings

PAIRS_ON_A_PAGE = 40


@bp.route("/<public_id>/results")
@open_to(P.OFFICE_EVENTS_READ)
def results(public_id: str) -> ResponseReturnValue:
    """Show the figures of an event, every meeting with what was said, the opinions, what was issued."""
    event, session = event_of(public_id), current_session()
    pairs = pairs_of(session, event, actor())
    opinions = feedback_on(session, event.id, actor())
    shows_all = scope_for(actor(), Thing.TIMETABLE) is Scope.ALL
    papers = (
        documents_of(session, f"event:{event.id}:results") if may(actor(), P.OFFICE_EVENTS_EXPORT) else []
    )
    return page_of(
        "results",
        event,
        figures=figures_of(pairs, event),
        page=sliced(pairs, PAIRS_ON_A_PAGE),
        missing=missing_of(pairs),
        times=slot_times(event.talks_start_at, event.slot_minutes, event.slot_count),
        interests=INTEREST_LABELS,
        stages=STAGE_LABELS,
        sides_read=list(Side),
        opinions=opinions,
        mood=mood([_opinion(row) for row in opinions]),
        minutes=minutes_of(session, event.id) if shows_all else None,
        papers=[
            paper
            for paper in papers
            if not paper.revoked_at and paper.organisation_id == actor().organisation_id
        ][:20],
        is_over=now_utc() >= event.ends_at,
        may_export=may(actor(), P.OFFICE_EVENTS_EXPORT),
    )


def _opinion(row: EventFeedback) -> Opinion:
    return Opinion(
        row.organisation_points, row.timetable_points, row.use_points, row.would_return, row.comment
    )


@bp.route("/<public_id>/results/<int:enterprise>/<int:institution>", methods=["GET", "POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def pair(public_id: str, enterprise: int, institution: int) -> ResponseReturnValue:
    """Show one meeting with both words, and tell a later step in the name of the office."""
    event = event_of(public_id)
    key = (enterprise, institution)
    pair_by_key(current_session(), event, actor(), key)  # what is not there is not asked about
    form, status = FollowUpForm(), 200
    if not form.is_submitted():
        form.happened_on.data = today_in_china()
    elif form.validate():
        try:
            with unit_of_work() as session:
                found = pair_by_key(session, event, actor(), key)
                add_follow_up(
                    session,
                    actor(),
                    event,
                    found,
                    form.said(),
                    side=None,
                    on=today_in_china(),
                    now=now_utc(),
                )
        except DomainError as error:
            form.refuse(error)
            status = status_of(error)
        else:
            flash(_("进展已登记。"), "success")
            return back_to("pair", public_id, enterprise=enterprise, institution=institution)
    event = event_of(public_id)
    return page_of(
        "pair",
        event,
        status if status != 200 else form.status,
        pair=pair_by_key(current_session(), event, actor(), key),
        form=form,
        reason=ReasonForm(formdata=None),
        times=slot_times(event.talks_start_at, event.slot_minutes, event.slot_count),
        interests=INTEREST_LABELS,
        stages=STAGE_LABELS,
        sides_read=list(Side),
    )


@bp.route("/<public_id>/results/<int:enterprise>/<int:institution>/<int:step_id>", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def withdraw_step(public_id: str, enterprise: int, institution: int, step_id: int) -> ResponseReturnValue:
    """Take a later step back that was wrong, whoever told it."""
    event = event_of(public_id)
    with unit_of_work() as session:
        found = pair_by_key(session, event, actor(), (enterprise, institution))
        step = follow_up_by_id(session, event, actor(), step_id)
        withdraw_follow_up(session, actor(), event, found, step, reason=ReasonForm().reason.data or "")
    flash(_("进展已撤回。"), "success")
    return back_to("pair", public_id, enterprise=enterprise, institution=institution)


@bp.route("/<public_id>/results/chase", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def chase(public_id: str) -> ResponseReturnValue:
    """Ask whoever has something to say still."""
    event = event_of(public_id)
    with unit_of_work() as session:
        asked = chase_now(session, actor(), event, now=now_utc(), settings=settings())
    flash(_("已通知%(count)s人填报。", count=asked), "success")
    return back_to("results", public_id)


@bp.route("/<public_id>/results/issue", methods=["POST"])
@open_to(P.OFFICE_EVENTS_EXPORT)
def issue_results(public_id: str) -> ResponseReturnValue:
    """Take the ledger, or the report as a spreadsheet or as a PDF."""
    event = event_of(public_id)
    kind = request.form.get("kind", "")
    if kind == "paper":
        code = issue_report_paper(
            unit_of_work, reading, actor(), event.id, settings=settings(), locale=locale_now()
        ).verify_code
        return redirect(url_for("account_files.download", code=code), code=303)
    issue = issue_ledger if kind == "ledger" else issue_report_sheet
    with unit_of_work() as session:
        code = issue(
            session,
            actor(),
            event_of(public_id),
            purpose=_("活动总结"),
            settings=settings(),
            locale=locale_now(),
        ).verify_code
    return redirect(url_for("account_files.download", code=code), code=303)


@bp.route("/<public_id>/minutes", methods=["GET", "POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def minutes(public_id: str) -> ResponseReturnValue:
    """Write the minutes; the first draft is made of the figures."""
    event, session = event_of(public_id), current_session()
    kept = minutes_of(session, event.id)
    form = MinutesForm(
        data={
            "body": kept.body if kept else _draft(event),
            "version": kept.lock_version if kept else 0,
        }
    )
    status = form.status
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                save_minutes(
                    session,
                    actor(),
                    event,
                    form.body.data or "",
                    version=form.seen_version,
                    now=now_utc(),
                )
        except Stale as error:
            kept = minutes_of(current_session(), event_of(public_id).id)
            data = {"body": kept.body, "version": kept.lock_version} if kept else {"version": 0}
            form.set_beside(error, MinutesForm(formdata=None, data=data))
            status = form.status
        except DomainError as error:
            form.refuse(error)
            status = status_of(error)
        else:
            flash(_("会议纪要已保存。"), "success")
            return back_to("minutes", public_id)
    event = event_of(public_id)
    kept = minutes_of(current_session(), event.id)
    return page_of("minutes", event, status if status != 200 else form.status, form=form, kept=kept)


def _draft(event: Event) -> str:
    figures = figures_of(pairs_of(current_session(), event, actor()), event).whole
    head = event_head(event, settings(), locale=locale_now())
    sentences = minutes_draft(event.title, head.time, event.place, head.organiser, figures)
    return "\n".join(in_reader_language(sentence) for sentence in sentences)


@bp.route("/<public_id>/minutes/issue", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def issue_event_minutes(public_id: str) -> ResponseReturnValue:
    """Take the saved minutes as a PDF."""
    document = issue_minutes(
        unit_of_work, reading, actor(), event_of(public_id).id, settings=settings(), locale=locale_now()
    )
    return redirect(url_for("account_files.download", code=document.verify_code), code=303)
