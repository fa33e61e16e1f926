"""A participant's own badge on his phone: the code that the door scans, where the paper was left at home.

Both sides have the same page. It shows his own organisation's badge only.
"""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ipfin.accounts.policy import P
from ipfin.events.export import badge_address
from ipfin.events.lifecycle import RegistrationState
from ipfin.events.queries import event_by_public_id, events_visible_to, own_registration
from ipfin.events.queries.attendance import codes_of, standing_attendance
from ipfin.events.service import prepare_codes, tokens_of
from ipfin.kernel.errors import NotFound
from ipfin.web.access import open_to
from ipfin.web.database import current_session, write_if_free
from ipfin.web.qr import qr_image
from ipfin.web.signing_in import actor, settings


def add_badge_page(bp: Blueprint, folder: str, read: P) -> None:
    """Give the blueprint of a side the badge; `folder` has its template."""

    @bp.route("/<public_id>/badge")
    @open_to(read)
    def badge(public_id: str) -> ResponseReturnValue:
        """Show the code of one's own badge."""
        session = current_session()
        event = event_by_public_id(session, events_visible_to(actor()), public_id)
        own = own_registration(session, actor(), event.id)
        if own is None or own.state is not RegistrationState.CONFIRMED:
            raise NotFound(_("贵单位没有已确认的报名，还没有参会证。"))
        event_id, row_id = event.id, own.id
        if row_id not in codes_of(session, event_id):
            write_if_free(lambda writing: _prepare(writing, event_id))
        token = tokens_of(session, event_id, settings=settings()).get(row_id)
        standing = standing_attendance(session, row_id)
        return render_template(
            f"{folder}/events/badge.html",
            event=event,
            own=own,
            code=codes_of(session, event_id).get(row_id),
            picture=qr_image(badge_address(settings(), token)) if token else None,
            since=standing.marked_at if standing and standing.mark.value == "present" else None,
        )


def _prepare(session: Session, event_id: int) -> None:
    prepare_codes(session, event_id, settings=settings())
