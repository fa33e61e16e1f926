"""An event, and a participant's own meetings, as a calendar file (.ics, RFC 5545) for phones.

The event has the same identifier in both files: whoever takes the public one first and his own agenda
later has it once in his calendar. That of an event that was called off strikes it out there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ipfin.events.lifecycle import EventState
from ipfin.events.models import Event, Registration
from ipfin.events.programme import Line, sentences
from ipfin.events.queries import AgendaLine
from ipfin.kernel.text import SOURCE_LOCALE, _, translate

CALENDAR = "text/calendar; charset=utf-8"


def event_calendar(
    event: Event,
    *,
    now: datetime,
    programme: Sequence[Line] = (),
    address: str = "",
    locale: str = SOURCE_LOCALE,
) -> bytes:
    """Return the event alone; `address` is its public page."""
    return _calendar(event, [], "event", now, _description(event, programme, address), address, locale)


def agenda_calendar(
    event: Event,
    registration: Registration,
    lines: Sequence[AgendaLine],
    *,
    now: datetime,
    programme: Sequence[Line] = (),
    address: str = "",
    locale: str = SOURCE_LOCALE,
) -> bytes:
    """Return the event and each meeting that still takes place; `address` is the event's public page."""
    kept = [line for line in lines if not line.is_called_off]
    about = _description(event, programme, address)
    return _calendar(event, kept, str(registration.id), now, about, address, locale)


def _description(event: Event, programme: Sequence[Line], address: str) -> str:
    parts = (event.summary, "\n".join(sentences(programme)), event.directions, event.contact, address)
    return "\n".join(filter(None, parts))


def _calendar(
    event: Event,
    lines: Sequence[AgendaLine],
    owner: str,
    now: datetime,
    about: str,
    address: str,
    locale: str,
) -> bytes:
    from icalendar import Calendar
    from icalendar import Event as Entry

    calendar = Calendar()
    calendar.add("prodid", "-//ipfin//events//ZH")
    calendar.add("version", "2.0")
    is_cancelled = event.state is EventState.CANCELLED
    calendar.add("method", "CANCEL" if is_cancelled else "PUBLISH")

    def entry(uid: str, title: str, starts_at: datetime, ends_at: datetime, place: str) -> Entry:
        one = Entry()
        one.add("uid", f"{uid}@ipfin")
        one.add("dtstamp", now)
        one.add("sequence", event.lock_version)
        one.add("dtstart", starts_at)
        one.add("dtend", ends_at)
        one.add("summary", title)
        one.add("location", place)
        if is_cancelled:
            one.add("status", "CANCELLED")
        return one

    whole = entry(event.public_id, event.title, event.starts_at, event.ends_at, event.place)
    whole.add("description", about)
    if address:
        whole.add("url", address)
    calendar.add_component(whole)
    for line in lines:
        title = translate(_("洽谈：%(name)s", name=line.counterpart.display_name), locale)
        place = translate(_("%(venue)s %(desk)d号桌", venue=event.place, desk=line.desk), locale)
        uid = f"{event.public_id}-{owner}-{line.slot}-{line.desk}"
        calendar.add_component(entry(uid, title, line.starts_at, line.ends_at, place))
    return bytes(calendar.to_ical())
