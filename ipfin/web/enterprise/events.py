"""Events, as a firm takes part in them."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ipfin.accounts.policy import P
from ipfin.events.approval import Clearance
from ipfin.events.models import Event, Registration
from ipfin.events.queries import event_by_public_id, events_visible_to
from ipfin.events.registration import Application
from ipfin.events.service import decline_invitation, register_enterprise
from ipfin.kernel.clock import now_utc, today_in_china
from ipfin.kernel.errors import NotAllowed
from ipfin.kernel.text import _ as sentence
from ipfin.registry.models import Enterprise
from ipfin.web.access import open_to
from ipfin.web.database import unit_of_work
from ipfin.web.event_forms import EnterpriseRegistrationForm
from ipfin.web.participating import add_pages
from ipfin.web.participation import Participation
from ipfin.web.signing_in import actor, settings
from ipfin.whitelist.queries import current_admission

bp = Blueprint("enterprise_events", __name__, url_prefix="/ent/events")


def _sign_up(session: Session, event: Event, application: Application) -> Registration:
    firm = session.get(Enterprise, actor().enterprise_id)
    if firm is None:
        raise NotAllowed(sentence("您的账号没有对应的企业，请联系系统管理员。"))
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


@bp.route("/<public_id>/decline", methods=["POST"])
@open_to(P.ENTERPRISE_EVENTS_REGISTER)
def decline(public_id: str) -> ResponseReturnValue:
    """Tell the office that the firm, which it invited, does not come."""
    with unit_of_work() as session:
        event = event_by_public_id(session, events_visible_to(actor()), public_id)
        decline_invitation(session, actor(), event, request.form.get("reason", ""), now=now_utc())
    flash(_("已告知主办方贵单位不参加。"), "success")
    return redirect(url_for(".show", public_id=public_id), code=303)
