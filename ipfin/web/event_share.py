"""An event to be passed on: its addresses, its text for a chat group, its QR code.

The same words stand on the public page and on the office's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ipfin.events.lifecycle import EVENT_KIND_LABELS, EventState
from ipfin.events.models import Event
from ipfin.events.queries.short_links import short_code_of
from ipfin.kernel.clock import in_china, today_in_china
from ipfin.kernel.text import Text
from ipfin.web.event_conditions import conditions_shown
from ipfin.web.i18n import in_reader_language
from ipfin.web.qr import qr_image
from ipfin.web.signing_in import settings

LONGEST_SUMMARY_IN_CHAT = 120


@dataclass(frozen=True, slots=True)
class Share:
    """What is passed on: the address (the short one, once there is one) and its path, text, QR code."""

    address: str
    path: str
    is_short: bool
    text: str
    picture: str


def share_of(session: Session, event: Event) -> Share:
    """Return what is passed on of an event that was published."""
    code = short_code_of(session, event.id)
    if code:
        path, address = url_for("public_short_links.follow", code=code), short_address(code)
    else:
        path, address = url_for("public_events.show", public_id=event.public_id), event_address(event)
    text = chat_text(event, address, conditions_shown(session, event))
    return Share(address, path, bool(code), text, qr_image(address))


def event_address(event: Event) -> str:
    """Return the full address of the event's public page."""
    path = url_for("public_events.show", public_id=event.public_id)
    return settings().public_url.rstrip("/") + path


def short_address(code: str) -> str:
    """Return the full address of a short link."""
    return settings().public_url.rstrip("/") + url_for("public_short_links.follow", code=code)


def takes_registrations(event: Event) -> bool:
    """Whether one can register today."""
    return event.state is EventState.OPEN and today_in_china() <= event.registration_closes_on


def shorten(text: str, longest: int = LONGEST_SUMMARY_IN_CHAT) -> str:
    """Return `text` on one line, cut with an ellipsis when it is longer than a chat message should be."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[:longest] + "…"


def chat_text(event: Event, address: str, conditions: Sequence[Text] = ()) -> str:
    """Return the event in a few lines, to be pasted into a chat group."""
    starts = in_china(event.starts_at)
    head = f"【{in_reader_language(EVENT_KIND_LABELS[event.kind])}】{event.title}"
    lines = [
        _("（已取消）%(title)s", title=head) if event.state is EventState.CANCELLED else head,
        _("时间：%(at)s", at=f"{starts:%Y-%m-%d %H:%M}"),
        _("地点：%(venue)s", venue=event.place),
    ]
    if takes_registrations(event):
        lines.append(_("报名截止：%(day)s", day=f"{event.registration_closes_on:%Y-%m-%d}"))
    if conditions:
        words = " · ".join(map(in_reader_language, conditions))
        lines.append(_("报名条件：%(conditions)s", conditions=words))
    if event.summary:
        lines.append(shorten(event.summary))
    if event.contact:
        lines.append(_("联系：%(contact)s", contact=event.contact))
    lines.append(_("详情与报名：%(address)s", address=address))
    return "\n".join(lines)
