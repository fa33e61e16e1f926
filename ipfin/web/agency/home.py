"""The workbench of a reviewer: his own queue with days and progress, and what is coming up."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ipfin.accounts.policy import P
from ipfin.events.lifecycle import EVENT_KIND_LABELS, EVENT_LABELS
from ipfin.kernel.clock import today_in_china
from ipfin.screening.phases import Urgency
from ipfin.screening.queries import tasks_of
from ipfin.web.access import open_to
from ipfin.web.database import current_session
from ipfin.web.public.news import public_news
from ipfin.web.screening_words import WORDS
from ipfin.web.signing_in import actor

bp = Blueprint("agency_home", __name__, url_prefix="/rev")


@bp.route("/")
@open_to(P.AGENCY_WORKBENCH_READ)
def index() -> ResponseReturnValue:
    """Show the reviewer's queue, coming events and published rounds."""
    session, on = current_session(), today_in_china()
    tasks = tasks_of(session, actor(), on, to_do=True)
    done = tasks_of(session, actor(), on, to_do=False)
    return render_template(
        "agency/home/index.html",
        tasks=tasks,
        overdue=sum(task.urgency is Urgency.OVERDUE for task in tasks),
        done=len(done),
        news=public_news(session),
        kinds=EVENT_KIND_LABELS,
        event_states=EVENT_LABELS,
        **WORDS,
    )
