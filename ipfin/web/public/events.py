"""Events for everyone: the list, each event's page, its calendar entry, its text for a chat group."""

from __future__ import annotations

import io

from flask import Blueprint, current_app, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from ipfin.documents.safety import file_name
from ipfin.events.export import event_calendar
from ipfin.events.lifecycle import EVENT_KIND_LABELS, EVENT_LABELS, Side
from ipfin.events.materials import Audience
from ipfin.events.models import Event
from ipfin.events.queries import PUBLIC_EVENTS, event_by_public_id, events_page, programme_of, seats_of
from ipfin.events.queries.materials import material_by_id, materials_of
from ipfin.events.queries.short_links import ONCE_PUBLISHED
from ipfin.kernel.clock import in_china, now_utc, today_in_china
from ipfin.web.access import open_to_everyone
from ipfin.web.database import current_session
from ipfin.web.event_conditions import conditions_shown
from ipfin.web.event_programme import programme_shown
from ipfin.web.event_share import event_address, share_of, takes_registrations
from ipfin.web.limits import MATERIALS, limiter
from ipfin.web.materials import handed_out
from ipfin.web.navigation import HOME
from ipfin.web.signing_in import current_actor

bp = Blueprint("public_events", __name__, url_prefix="/events")


@bp.route("/")
@open_to_everyone
def index() -> ResponseReturnValue:
    """List the published events, the latest day first."""
    session = current_session()
    page = events_page(session, PUBLIC_EVENTS, cursor=request.args.get("cursor"), size=20)
    return render_template(
        "public/events/index.html",
        page=page,
        kinds=EVENT_KIND_LABELS,
        states=EVENT_LABELS,
        seats=seats_of(session, page.items),
        side=Side,
        today=today_in_china(),
    )


@bp.route("/<public_id>")
@open_to_everyone
def show(public_id: str) -> ResponseReturnValue:
    """Show one event, also to whoever came by the QR code of a poster, and one that was called off."""
    session = current_session()
    event = event_by_public_id(session, ONCE_PUBLISHED, public_id)
    return render_template(
        "public/events/show.html",
        event=event,
        kind=EVENT_KIND_LABELS[event.kind],
        state=EVENT_LABELS[event.state],
        seats=seats_of(session, [event])[event.id],
        side=Side,
        programme=programme_shown(session, event),
        conditions=conditions_shown(session, event),
        is_open=takes_registrations(event),
        own_page=_own_page(event),
        share=share_of(session, event),
        materials=materials_of(session, event.id, [Audience.EVERYBODY]),
    )


@bp.route("/<public_id>.ics")
@open_to_everyone
def calendar(public_id: str) -> ResponseReturnValue:
    """Hand out the event for a calendar; the same event keeps its id when its time changes."""
    session = current_session()
    event = event_by_public_id(session, ONCE_PUBLISHED, public_id)
    lines = programme_of(session, event.id)
    made = event_calendar(event, now=now_utc(), programme=lines, address=event_address(event))
    name = file_name(event.title, f"{in_china(event.starts_at):%Y%m%d}", suffix=".ics")
    return send_file(io.BytesIO(made), mimetype="text/calendar", as_attachment=True, download_name=name)


@bp.route("/<public_id>/materials/<int:material_id>")
@open_to_everyone
@limiter.limit(MATERIALS)
def material(public_id: str, material_id: int) -> ResponseReturnValue:
    """Hand out a file of the event that is for everybody."""
    session = current_session()
    event = event_by_public_id(session, ONCE_PUBLISHED, public_id)
    return handed_out(material_by_id(session, event.id, material_id, [Audience.EVERYBODY]))


def _own_page(event: Event) -> str | None:
    """Return the event's page of whoever is signed in, where one registers; None for strangers."""
    actor = current_actor()
    if actor is None or actor.role is None:
        return None
    audience = HOME[actor.role].split("_")[0]
    endpoint = f"{audience}_events.show"
    return url_for(endpoint, public_id=event.public_id) if endpoint in current_app.view_functions else None
