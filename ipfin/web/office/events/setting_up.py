"""Setting an event up, changing it, opening and closing it."""

from __future__ import annotations

from flask import abort, flash, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P, may
from ipfin.audit.queries import timeline
from ipfin.events.details import slot_times
from ipfin.events.kinds import TEMPLATES
from ipfin.events.lifecycle import EVENT_KIND_LABELS, EVENT_LABELS, EventKind, EventState
from ipfin.events.models import Event
from ipfin.events.queries import events_page, events_visible_to, programme_of, seats_of, state_facet
from ipfin.events.service import STEPS, cancel_event, copy_event, create_event, edit_event, finish_event
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import DomainError, Stale
from ipfin.registry.queries import regions
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.event_conditions import conditions_shown
from ipfin.web.event_forms import CopyForm, EventForm, ReasonForm
from ipfin.web.event_programme import programme_shown
from ipfin.web.event_share import share_of
from ipfin.web.office.events.base import back_to, bp, event_of, page_of
from ipfin.web.paging import chosen
from ipfin.web.signing_in import actor, settings


@bp.route("/")
@open_to(P.OFFICE_EVENTS_READ)
def index() -> ResponseReturnValue:
    """List the events, the latest day first."""
    session, visible = current_session(), events_visible_to(actor())
    state = chosen("state", [state.value for state in EventState], "")
    page = events_page(
        session, visible, states=[EventState(state)] if state else [], cursor=request.args.get("cursor")
    )
    return render_template(
        "office/events/index.html",
        page=page,
        seats=seats_of(session, page.items),
        facet=state_facet(session, visible),
        state=state,
        states=EVENT_LABELS,
        kinds=EVENT_KIND_LABELS,
        may_write=may(actor(), P.OFFICE_EVENTS_WRITE),
    )


@bp.route("/new", methods=["GET", "POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def new() -> ResponseReturnValue:
    """Draft an event; the form begins as events of its kind usually are."""
    word = request.form.get("kind") or chosen("kind", [kind.value for kind in EventKind], "matchmaking")
    kind = next((one for one in EventKind if one.value == word), EventKind.MATCHMAKING)
    form = EventForm.new(kind).offer(_counties())
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                public_id = create_event(session, actor(), form.details()).public_id
        except DomainError as error:
            form.refuse(error)
        else:
            flash(_("活动已保存为草稿，核对后发布即开放报名。"), "success")
            return back_to("show", public_id)
    return render_template(
        "office/events/new.html", form=form, kind=kind, kinds=EVENT_KIND_LABELS, template=TEMPLATES[kind]
    ), form.status


def _counties() -> list[tuple[str, str]]:
    return [(one.code, one.name) for one in regions(current_session()) if one.parent_code is not None]


@bp.route("/<public_id>/copy", methods=["GET", "POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def copy(public_id: str) -> ResponseReturnValue:
    """Draft an event with every setting of this one, on another day."""
    event = event_of(public_id)
    form = CopyForm.of(event)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                made = copy_event(
                    session,
                    actor(),
                    event_of(public_id),
                    starts_at=form.instant(),
                    title=form.title.data or "",
                ).public_id
        except DomainError as error:
            form.refuse(error)
        else:
            flash(_("已复制为草稿，设置和议程与原活动相同；请核对报名截止日后发布。"), "success")
            return back_to("show", made)
    event = event_of(public_id)
    return page_of(
        "copy", event, form.status, form=form, lines=len(programme_of(current_session(), event.id))
    )


@bp.route("/<public_id>")
@open_to(P.OFFICE_EVENTS_READ)
def show(public_id: str) -> ResponseReturnValue:
    """Show an event: its settings, its seats, what can be done next, what was done."""
    return _shown(event_of(public_id), ReasonForm())


def _shown(event: Event, reason: ReasonForm) -> ResponseReturnValue:
    return page_of(
        "show",
        event,
        reason.status,
        kinds=EVENT_KIND_LABELS,
        programme=programme_shown(current_session(), event),
        conditions=conditions_shown(current_session(), event),
        times=slot_times(event.talks_start_at, event.slot_minutes, event.slot_count),
        reason=reason,
        log=timeline(current_session(), [f"event:{event.id}"], size=10).items
        if may(actor(), P.OFFICE_EVENTS_WRITE)
        else (),
        has_begun=now_utc() >= event.starts_at,
        share=None if event.state is EventState.DRAFT else share_of(current_session(), event),
    )


@bp.route("/<public_id>/edit", methods=["GET", "POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def edit(public_id: str) -> ResponseReturnValue:
    """Change an event's settings."""
    event = event_of(public_id)
    form = EventForm.of(event).offer(_counties())
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                changed = edit_event(
                    session, actor(), event, form.details(), version=form.seen_version, settings=settings()
                )
        except Stale as error:
            stored = EventForm.of(event_of(public_id), formdata=None).offer(_counties())
            form.set_beside(error, stored)
        except DomainError as error:
            form.refuse(error)
        else:
            flash(_("活动设置已保存。") if changed else _("没有改动。"), "success")
            return back_to("show", public_id)
    event = event_of(public_id)
    times = slot_times(event.talks_start_at, event.slot_minutes, event.slot_count)
    return page_of("edit", event, form.status, form=form, times=times)


@bp.route("/<public_id>/step/<word>", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def step(public_id: str, word: str) -> ResponseReturnValue:
    """Publish, close, reopen or finish an event."""
    if word not in STEPS and word != "finish":
        abort(404)
    with unit_of_work() as session:
        event = event_of(public_id)
        if word == "finish":
            finish_event(session, actor(), event, now=now_utc())
        else:
            STEPS[word](session, actor(), event)
    done = {
        "publish": _("活动已发布，开放报名。"),
        "close": _("报名已截止；参会者仍可提交意愿，直到日程发布。"),
        "reopen": _("已重新开放报名，请核对报名截止日。"),
        "finish": _("活动已结束。"),
    }
    flash(done[word], "success")
    return back_to("show", public_id)


@bp.route("/<public_id>/cancel", methods=["POST"])
@open_to(P.OFFICE_EVENTS_WRITE)
def cancel(public_id: str) -> ResponseReturnValue:
    """Call an event off, with a reason that everybody is told."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _shown(event_of(public_id), form)
    with unit_of_work() as session:
        cancel_event(
            session, actor(), event_of(public_id), reason=form.reason.data or "", settings=settings()
        )
    flash(_("活动已取消，报名单位已收到通知。"), "success")
    return back_to("show", public_id)
