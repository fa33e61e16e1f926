"""What the pages about an event share: the blueprint, the event behind the address, the head of a tab."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ipfin.accounts.policy import P, may
from ipfin.events.lifecycle import EVENT_LABELS, SIDE_LABELS
from ipfin.events.models import Event
from ipfin.events.queries import event_by_public_id, events_visible_to, seats_of
from ipfin.kernel.errors import Stale
from ipfin.web.database import current_session
from ipfin.web.event_forms import PressForm
from ipfin.web.signing_in import actor

bp = Blueprint("office_events", __name__, url_prefix="/office/events")


def event_of(public_id: str) -> Event:
    """Return the event behind an address, as far as the actor may see it."""
    return event_by_public_id(current_session(), events_visible_to(actor()), public_id)


@contextmanager
def reading() -> Iterator[Session]:
    """Lend this request's session to what reads before it writes."""
    yield current_session()


def page_of(template: str, event: Event, status: int = 200, **context: Any) -> ResponseReturnValue:
    """Render a tab of an event with what every tab needs."""
    return render_template(
        f"office/events/{template}.html",
        event=event,
        seats=seats_of(current_session(), [event])[event.id],
        states=EVENT_LABELS,
        sides=SIDE_LABELS,
        may_write=may(actor(), P.OFFICE_EVENTS_WRITE),
        press=PressForm(),
        **context,
    ), status


@contextmanager
def only_as_read() -> Iterator[None]:
    """Take nothing away that somebody changed since it was read: say so, and let the page show it anew."""
    try:
        yield
    except Stale:
        flash(_("他人刚刚修改过这一项，没有删除；请核对现在的内容后再办理。"), "warning")


def back_to(tab: str, public_id: str, **more: Any) -> ResponseReturnValue:
    """Send the browser to a tab of an event."""
    return redirect(url_for(f"office_events.{tab}", public_id=public_id, **more), code=303)
