"""The firm's workbench: what it can do next, its place on the whitelist, its events."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from ipfin.accounts.policy import P
from ipfin.accounts.queries import own_enterprise
from ipfin.accounts.scopes import score_detail
from ipfin.corrections.items import ITEM_LABELS
from ipfin.corrections.models import CorrectionRequest
from ipfin.corrections.queries import requests_of
from ipfin.corrections.rules import OPEN, RequestState
from ipfin.events.lifecycle import REGISTRATION_LABELS
from ipfin.events.queries import coming_events, events_visible_to, own_registrations
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.kernel.text import _ as sentence
from ipfin.notices.queries import inbox, unread_count
from ipfin.web.access import open_to
from ipfin.web.database import current_session
from ipfin.web.event_tasks import Task, event_address, event_tasks
from ipfin.web.signing_in import actor, person
from ipfin.whitelist.queries import current_admission, explained, sheet_for
from ipfin.whitelist.score_view import ScoreView

bp = Blueprint("enterprise_home", __name__, url_prefix="/ent")


@bp.route("/")
@open_to(P.ENTERPRISE_WORKBENCH_READ)
def index() -> ResponseReturnValue:
    """Show what waits for the firm and how it stands."""
    session, who, on = current_session(), actor(), today_in_china()
    firm = own_enterprise(session, who)
    detail = score_detail(who)
    sheet = sheet_for(session, firm.id, detail, on)
    view = explained(sheet, detail) if sheet else None
    events = coming_events(session, events_visible_to(who), now=now_utc())
    registrations = own_registrations(session, who, [event.id for event in events])
    user_id = person().user.id
    return render_template(
        "enterprise/home/index.html",
        firm=firm,
        admission=current_admission(session, firm.id, on),
        view=view,
        tasks=[
            *_correction_tasks(session, firm.id),
            *event_tasks(session, "enterprise", events, registrations),
            *_score_tasks(view),
        ],
        events=events,
        registrations=registrations,
        registration_labels=REGISTRATION_LABELS,
        event_address=event_address,
        unread=unread_count(session, user_id),
        notices=inbox(session, user_id, only_unread=True, size=3).items,
    )


def _correction_tasks(session: Session, firm_id: int) -> Sequence[Task]:
    """Return what the firm contests: what it is asked to add first of all, and what is being looked into."""
    opened = [each for each in requests_of(session, firm_id) if each.state in OPEN]
    opened.sort(key=lambda each: (each.state is not RequestState.NEEDS_MORE, each.id))
    return [_correction_task(each) for each in opened]


def _correction_task(request: CorrectionRequest) -> Task:
    where = url_for("enterprise_corrections.show", public_id=request.public_id)
    item = ITEM_LABELS[request.item]
    if request.state is RequestState.NEEDS_MORE:
        return sentence("更正“%(item)s”的申请需要您补充材料", item=item), "warn", where
    day = request.due_on.isoformat()
    return sentence("更正“%(item)s”的申请正在核查，%(day)s前答复", item=item, day=day), "quiet", where


def _score_tasks(view: ScoreView | None) -> Sequence[Task]:
    if view is None or view.step is None:
        return []
    return [
        (sentence("评分建议：%(step)s", step=view.step.sentence), "info", url_for("enterprise_score.show"))
    ]
