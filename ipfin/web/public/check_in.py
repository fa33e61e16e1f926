"""Where the code on a badge leads: a button for whoever stands at the door, a few words for everybody else.

Opening the page checks nobody in: chats and browsers open addresses by themselves. Who is not of the office
reads no more than stands on the badge.
"""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from ipfin.accounts.policy import P, may
from ipfin.accounts.sealing import token_hash
from ipfin.events.attendance import takes_marks
from ipfin.events.lifecycle import RegistrationState
from ipfin.events.models import Event, Registration
from ipfin.events.queries import registration_by_id, registrations_visible_to
from ipfin.events.queries.attendance import code_by_digest, standing_attendance
from ipfin.kernel.clock import in_china, today_in_china
from ipfin.kernel.errors import NotFound
from ipfin.web.access import open_to_everyone
from ipfin.web.database import current_session
from ipfin.web.event_forms import DoorForm
from ipfin.web.limits import CHECK_INS, limiter
from ipfin.web.signing_in import current_actor

bp = Blueprint("public_check_in", __name__, url_prefix="/c")


@bp.route("/<token>")
@open_to_everyone
@limiter.limit(CHECK_INS)
def show(token: str) -> ResponseReturnValue:
    """Show whose badge this is; the door may check him in from here."""
    session = current_session()
    found = code_by_digest(session, token_hash(token))
    if found is None:
        return render_template("public/check_in/show.html", event=None), 404
    code, registration, event = found
    is_door = _stands_at_the_door(event, registration)
    return render_template(
        "public/check_in/show.html",
        event=event,
        registration=registration,
        number=code.number,
        holds=registration.state is RegistrationState.CONFIRMED,
        is_door=is_door,
        is_day=takes_marks(event.state, in_china(event.starts_at).date(), today_in_china()),
        standing=standing_attendance(session, registration.id) if is_door else None,
        form=DoorForm(formdata=None, q=token),
    )


def _stands_at_the_door(event: Event, registration: Registration) -> bool:
    """Whether the reader may check this participant in: by his permission, and within his reach."""
    actor = current_actor()
    if actor is None or not may(actor, P.OFFICE_ATTENDANCE_WRITE):
        return False
    try:
        registration_by_id(current_session(), registrations_visible_to(actor), event.id, registration.id)
    except NotFound:
        return False
    return True
