"""Events for everyone: the list, each event's page, its calendar entry, its text for a chat group."""

from __future__ import annotations

import io
from collections.abc import Sequence

from flask import Blueprint, current_app, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.documents.safety import file_name
from ipfin.events.export import event_calendar
from ipfin.events.lifecycle import EVENT_KIND_LABELS, EVENT_LABELS, EventState, Side
from ipfin.events.models import Event
from ipfin.events.queries import PUBLIC_EVENTS, event_by_public_id, events_page, programme_of, seats_of
from ipfin.kernel.clock import in_china, now_utc, today_in_china
from ipfin.kernel.text import Text
from ipfin.web.access import open_to_everyone
from ipfin.web.database import current_session
from ipfin.web.event_conditions import conditions_shown
from ipfin.web.event_programme import programme_shown
from ipfin.web.i18n import in_reader_language
from ipfin.web.navigation import HOME
from ipfin.web.qr import qr_image
from ipfin.web.signing_in import current_actor, settings

bp = Blueprint("public_events", __name__, url_prefix="/events")

LONGEST_SUMMARY_IN_CHAT = 120


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
    """Show one event, also to whoever came by the QR code of a poster."""
    session = current_session()
    event = event_by_public_id(session, PUBLIC_EVENTS, public_id)
    address = _address(event)
    return render_template(
        "public/events/show.html",
        event=event,
        address=address,
        kind=EVENT_KIND_LABELS[event.kind],
        state=EVENT_LABELS[event.state],
        seats=seats_of(session, [event])[event.id],
        side=Side,
        programme=programme_shown(session, event),
        conditions=conditions_shown(session, event),
        is_open=_is_open(event),
        own_page=_own_page(event),
        chat=_chat_text(event, address, conditions_shown(session, event)),
        picture=qr_image(address),
    )


@bp.route("/<public_id>.ics")
@open_to_everyone
def calendar(public_id: str) -> ResponseReturnValue:
    """Hand out the event for a calendar; the same event keeps its id when its time changes."""
    session = current_session()
    event = event_by_public_id(session, PUBLIC_EVENTS, public_id)
    lines = programme_of(session, event.id)
    made = event_calendar(event, now=now_utc(), programme=lines, address=_address(event))
    name = file_name(event.title, f"{in_china(event.starts_at):%Y%m%d}", suffix=".ics")
    return send_file(io.BytesIO(made), mimetype="text/calendar", as_attachment=True, download_name=name)


def _own_page(event: Event) -> str | None:
    """Return the event's page of whoever is signed in, where one registers; None for strangers."""
    actor = current_actor()
    if actor is None or actor.role is None:
        return None
    audience = HOME[actor.role].split("_")[0]
    endpoint = f"{audience}_events.show"
    return url_for(endpoint, public_id=event.public_id) if endpoint in current_app.view_functions else None


def _address(event: Event) -> str:
    path = url_for("public_events.show", public_id=event.public_id)
    return settings().public_url.rstrip("/") + path


def shorten(text: str, longest: int = LONGEST_SUMMARY_IN_CHAT) -> str:
    """Return `text` on one line, cut with an ellipsis when it is longer than a chat message should be."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[:longest] + "…"


def _is_open(event: Event) -> bool:
    return event.state is EventState.OPEN and today_in_china() <= event.registration_closes_on


def _chat_text(event: Event, address: str, conditions: Sequence[Text] = ()) -> str:
    """Return the event in a few lines, to be pasted into a chat group."""
    starts = in_china(event.starts_at)
    lines = [
        f"【{in_reader_language(EVENT_KIND_LABELS[event.kind])}】{event.title}",
        _("时间：%(at)s", at=f"{starts:%Y-%m-%d %H:%M}"),
        _("地点：%(venue)s", venue=event.place),
    ]
    if _is_open(event):
        lines.append(_("报名截止：%(day)s", day=f"{event.registration_closes_on:%Y-%m-%d}"))
    if conditions:
        words = " · ".join(map(in_reader_language, conditions))
        lines.append(_("报名条件：%(conditions)s", conditions=words))
    if event.summary:
        lines.append(shorten(event.summary))
    if event.contact:
        lines.append(_("联系：%(contact)s", contact=event.contact))
    lines.append(_("详情与报名：%(address)s", address=address))
    return "\n".join(lines)
