"""The visits of a round of visits: which firm's is written down, and writing one down from what is known."""

from __future__ import annotations

from dataclasses import asdict

from flask import flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P, may
from ipfin.events.attendance import MARK_LABELS
from ipfin.events.models import Event
from ipfin.events.queries import registrations_visible_to
from ipfin.events.queries.visiting import known_of, visited_firm, visited_firms
from ipfin.events.service import record_event_visit
from ipfin.events.visiting import offered, require_visiting
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import Conflict, DomainError
from ipfin.web.access import open_to
from ipfin.web.database import current_session, unit_of_work
from ipfin.web.errors import status_of
from ipfin.web.i18n import in_reader_language
from ipfin.web.office.events.base import back_to, bp, event_of, page_of
from ipfin.web.office.visits import VisitForm
from ipfin.web.signing_in import actor


@bp.route("/<public_id>/visits")
@open_to(P.OFFICE_VISITS_READ)
def visits(public_id: str) -> ResponseReturnValue:
    """Show the firms of a round of visits, and whose visit is written down."""
    event = event_of(public_id)
    rows = visited_firms(current_session(), event.id, registrations_visible_to(actor()))
    return page_of(
        "visits",
        event,
        rows=rows,
        written=sum(row.visit is not None for row in rows),
        marks=MARK_LABELS,
        may_record=may(actor(), P.OFFICE_VISITS_WRITE) and _took_place(event),
    )


def _took_place(event: Event) -> bool:
    try:
        require_visiting(event.kind, event.state, event.starts_at, now_utc())
    except Conflict:
        return False
    return True


@bp.route("/<public_id>/visits/<int:registration_id>", methods=["GET", "POST"])
@open_to(P.OFFICE_VISITS_WRITE)
def write_visit(public_id: str, registration_id: int) -> ResponseReturnValue:
    """Write down the visit to one firm, beginning with what the event knows."""
    session, visible = current_session(), registrations_visible_to(actor())
    event, status = event_of(public_id), 200
    one = visited_firm(session, event.id, visible, registration_id)
    form = VisitForm(
        data=asdict(offered(known_of(session, event, one), actor().name, say=in_reader_language))
    )
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                event = event_of(public_id)
                one = visited_firm(session, event.id, visible, registration_id)
                record_event_visit(session, actor(), event, one, form.details(), now=now_utc())
                name = one.enterprise.name
        except DomainError as error:
            form.refuse(error)
            status = status_of(error)
        else:
            flash(_("%(name)s的走访已登记。", name=name), "success")
            return back_to("visits", public_id)
    event = event_of(public_id)
    one = visited_firm(current_session(), event.id, visible, registration_id)
    return page_of(
        "write_visit",
        event,
        status if status != 200 else form.status,
        one=one,
        form=form,
        may_record=_took_place(event) and one.visit is None,
    )
