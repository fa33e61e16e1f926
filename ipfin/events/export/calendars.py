"""An event, and a participant's own meetings, as a calendar file (.ics, RFC 5545) for phones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ipfin.events.models import Event, Registration
from ipfin.events.queries import AgendaLine
from ipfin.kernel.text import SOURCE_LOCALE, _, translate

CALENDAR = "text/calendar; charset=utf-8"


def event_calendar(event: Event, *, now: datetime, locale: str = SOURCE_LOCALE) -> bytes:
    """Return the event alone."""
    return _calendar(event, [], "event", now, locale)


def agenda_calendar(
    event: Event,
    registration: Registration,
    lines: Sequence[AgendaLine],
    *,
    now: datetime,
    locale: str = SOURCE_LOCALE,
) -> bytes:
    """Return the event and each meeting that still takes place."""
    return _calendar(
        event, [line for line in lines if not line.is_called_off], str(registration.id), now, locale
    )


def _calendar(event: Event, lines: Sequence[AgendaLine], owner: str, now: datetime, locale: str) -> bytes:
    from icalendar import Calendar
    from icalendar import Event as Entry

    calendar = Calendar()
    calendar.add("prodid", "-//ipfin//events//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")

    def entry(uid: str, title: str, starts_at: datetime, ends_at: datetime, place: str) -> Entry:
        one = Entry()
        one.add("uid", f"{uid}@ipfin")
        one.add("dtstamp", now)
        one.add("dtstart", starts_at)
        one.add("dtend", ends_at)
        one.add("summary", title)
        one.add("location", place)
        return one

    calendar.add_component(entry(event.public_id, event.title, event.starts_at, event.ends_at, event.venue))
    for line in lines:
        title = translate(_("洽谈：%(name)s", name=line.counterpart.display_name), locale)
        place = translate(_("%(venue)s %(desk)d号桌", venue=event.venue, desk=line.desk), locale)
        uid = f"{event.public_id}-{owner}-{line.slot}-{line.desk}"
        calendar.add_component(entry(uid, title, line.starts_at, line.ends_at, place))
    return bytes(calendar.to_ical())
