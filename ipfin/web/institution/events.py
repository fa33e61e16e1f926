"""Events, as a bank, an insurer or a guarantor takes part in them."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation
from ipfin.events.models import Event, Registration
from ipfin.events.registration import Application
from ipfin.events.service import register_institution
from ipfin.kernel.clock import today_in_china
from ipfin.web.event_forms import InstitutionRegistrationForm
from ipfin.web.institution.audience import Audience
from ipfin.web.participating import add_pages
from ipfin.web.participation import Participation
from ipfin.web.signing_in import actor, settings


def blueprint(audience: Audience) -> Blueprint:
    """Return the event pages of one audience."""
    bp = Blueprint(f"{audience.name}_events", __name__, url_prefix=f"{audience.prefix}/events")
    part = Participation(
        "institution", audience.read_events, audience.register, InstitutionRegistrationForm, _sign_up
    )
    add_pages(bp, part)
    return bp


def _sign_up(session: Session, event: Event, application: Application) -> Registration:
    house = session.get_one(Organisation, actor().organisation_id)
    return register_institution(
        session, actor(), event, house, application, on=today_in_china(), settings=settings()
    )
