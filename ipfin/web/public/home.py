"""The first page: what the platform does for whom, and what is going on."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ipfin.events.lifecycle import EVENT_KIND_LABELS, EVENT_LABELS
from ipfin.web.access import open_to_everyone
from ipfin.web.database import current_session
from ipfin.web.navigation import home_of
from ipfin.web.public.news import public_news
from ipfin.web.signing_in import current_actor

bp = Blueprint("public_home", __name__)


@bp.route("/")
@open_to_everyone
def index() -> ResponseReturnValue:
    """Show the first page; whoever is signed in finds the way to the own one."""
    actor = current_actor()
    return render_template(
        "public/home/index.html",
        news=public_news(current_session()),
        kinds=EVENT_KIND_LABELS,
        states=EVENT_LABELS,
        own_page=home_of(actor) if actor else None,
    )
