"""Passing an event on: its QR code as a file, for posters and slides."""

from __future__ import annotations

import io

from flask import send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ipfin.accounts.policy import P
from ipfin.documents.safety import file_name
from ipfin.events.lifecycle import EventState
from ipfin.events.queries.short_links import short_code_of
from ipfin.kernel.errors import NotFound
from ipfin.kernel.text import _ as sentence
from ipfin.web.access import open_to
from ipfin.web.database import current_session
from ipfin.web.event_share import event_address, short_address
from ipfin.web.office.events.base import bp, event_of
from ipfin.web.qr import qr_picture


@bp.route("/<public_id>/qr.png")
@open_to(P.OFFICE_EVENTS_READ)
def qr_code(public_id: str) -> ResponseReturnValue:
    """Hand out the QR code of the event's short link, large enough for a poster."""
    event = event_of(public_id)
    if event.state is EventState.DRAFT:
        raise NotFound(sentence("活动尚未发布，还没有二维码。"))
    code = short_code_of(current_session(), event.id)
    picture = qr_picture(short_address(code) if code else event_address(event))
    name = file_name(event.title, _("二维码"), suffix=".png")
    return send_file(io.BytesIO(picture), mimetype="image/png", as_attachment=True, download_name=name)
