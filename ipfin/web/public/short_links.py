"""Short links of events: what stands on a poster or in a chat, and leads to the event's page."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from ipfin.events.queries.short_links import event_by_short_code
from ipfin.web.access import open_to_everyone
from ipfin.web.database import current_session
from ipfin.web.limits import SHORT_LINKS, limiter

bp = Blueprint("public_short_links", __name__, url_prefix="/e")


@bp.route("/<code>")
@open_to_everyone
@limiter.limit(SHORT_LINKS)
def follow(code: str) -> ResponseReturnValue:
    """Lead on to the event, also to one that was called off: its page says so."""
    event = event_by_short_code(current_session(), code)
    return redirect(url_for("public_events.show", public_id=event.public_id), code=302)
