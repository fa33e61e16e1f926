"""Events, as a firm takes part in them."""

from __future__ import annotations

from flask import Blueprint
from sqlalchemy.orm import Session

from ipfin.accounts.policy import P
from ipfin.events.approval import Clearance
from ipfin.events.models import Event, Registration
from ipfin.events.registration import Application
from ipfin.events.service import register_enterprise
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.errors import NotAllowed
from ipfin.kernel.text import _
from ipfin.registry.models import Enterprise
from ipfin.web.event_forms import EnterpriseRegistrationForm
from ipfin.web.participating import add_pages
from ipfin.web.participation import Participation
from ipfin.web.signing_in import actor, settings
from ipfin.whitelist.queries import current_admission

bp = Blueprint("enterprise_events", __name__, url_prefix="/ent/events")


def _sign_up(session: Session, event: Event, application: Application) -> Registration:
    firm = session.get(Enterprise, actor().enterprise_id)
    if firm is None:
        raise NotAllowed(_("您的账号没有对应的企业，请联系系统管理员。"))
    on = today_in_china()
    admission = current_admission(session, firm.id, on)
    return register_enterprise(
        session,
        actor(),
        event,
        firm,
        application,
        on=on,
        clearance=Clearance.NONE if admission is None else Clearance.WHITELISTED,
        grade=None if admission is None else admission.grade.value,
        settings=settings(),
    )


add_pages(
    bp,
    Participation(
        "enterprise",
        P.ENTERPRISE_EVENTS_READ,
        P.ENTERPRISE_EVENTS_REGISTER,
        EnterpriseRegistrationForm,
        _sign_up,
    ),
)
