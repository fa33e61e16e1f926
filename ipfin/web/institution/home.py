"""The workbench of banks, guarantors and insurers: what waits for me, what is new, what comes."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from ipfin.accounts.queries import enterprises_visible_to
from ipfin.events.lifecycle import REGISTRATION_LABELS
from ipfin.events.queries import coming_events, events_visible_to, own_registrations
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.kernel.text import _ as sentence
from ipfin.registry.queries import EnterpriseFilter, latest_as_of
from ipfin.reports.directory import CHANGE_LABELS, IssueState
from ipfin.reports.models import DirectoryDelivery
from ipfin.reports.queries import change_counts, deliveries_to
from ipfin.web.access import open_to
from ipfin.web.database import current_session
from ipfin.web.event_tasks import Task, event_address, event_tasks
from ipfin.web.institution.audience import Audience
from ipfin.web.signing_in import actor
from ipfin.whitelist.queries import FirmFilter, admitted_by_grade, tier_counts


def blueprint(audience: Audience) -> Blueprint:
    """Return the pages of `audience`."""
    bp = Blueprint(f"{audience.name}_home", __name__, url_prefix=audience.prefix)

    @bp.route("/")
    @open_to(audience.workbench)
    def index() -> ResponseReturnValue:
        """Show what waits for the institution, the latest issue, the whitelist and the next events."""
        return _index(audience)

    return bp


def _index(audience: Audience) -> ResponseReturnValue:
    session, who, on = current_session(), actor(), today_in_china()
    visible = enterprises_visible_to(who)
    deliveries = deliveries_to(session, who.organisation_id or 0, size=10).items
    events = coming_events(session, events_visible_to(who), now=now_utc())
    registrations = own_registrations(session, who, [event.id for event in events])
    latest = next((d for d in deliveries if d.issue.state is IssueState.PUBLISHED), None)
    return render_template(
        "institution/home/index.html",
        audience=audience,
        tasks=[
            *_issue_tasks(audience, deliveries),
            *event_tasks(session, audience.name, events, registrations),
        ],
        latest=latest,
        counts=change_counts(session, latest.issue_id) if latest else {},
        changes=CHANGE_LABELS,
        events=events,
        registrations=registrations,
        event_address=event_address,
        registration_labels=REGISTRATION_LABELS,
        tiers=tier_counts(session, visible, FirmFilter(EnterpriseFilter()), on=on),
        grades=admitted_by_grade(session, visible, on=on),
        as_of=latest_as_of(session, visible),
    )


def _issue_tasks(audience: Audience, deliveries: Sequence[DirectoryDelivery]) -> list[Task]:
    waiting = [d for d in deliveries if d.received_at is None and d.issue.state is IssueState.PUBLISHED]
    return [
        (
            sentence("名录第%(number)s期已送达，待签收", number=delivery.issue.number),
            "warn",
            url_for(f"{audience.name}_issues.show", number=delivery.issue.number),
        )
        for delivery in waiting
    ]
