"""An event, and a participant's own meetings, as a calendar file (.ics, RFC 5545) for phones.

The event has one name (UID) in both, so that a phone shows it once, and a number that grows with each
change: the later file replaces the earlier, and one of a called-off event strikes it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from ipfin.events.lifecycle import EventState
from ipfin.events.models import Event, Registration
from ipfin.events.queries import AgendaLine
from ipfin.kernel.text import SOURCE_LOCALE, _, translate

CALENDAR = "text/calendar; charset=utf-8"


def event_calendar(event: Event, *, address: str = "") -> bytes:
    """Return the event alone; `address` is that of its page. The same event makes the same bytes."""
    return _calendar(event, [], "event", event.created_at, SOURCE_LOCALE, address)


def agenda_calendar(
    event: Event,
    registration: Registration,
    lines: Sequence[AgendaLine],
    *,
    now: datetime,
    locale: str = SOURCE_LOCALE,
    address: str = "",
) -> bytes:
    """Return the event and each meeting that still takes place."""
    standing = [line for line in lines if not line.is_called_off]
    return _calendar(event, standing, str(registration.id), now, locale, address)


def _calendar(
    event: Event, lines: Sequence[AgendaLine], owner: str, now: datetime, locale: str, address: str
) -> bytes:
    from icalendar import Calendar
    from icalendar import Event as Entry

    is_cancelled = event.state is EventState.CANCELLED
    calendar = Calendar()
    calendar.add("prodid", "-//ipfin//events//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_cancelled else "PUBLISH")

    def entry(uid: str, title: str, starts_at: datetime, ends_at: datetime, place: str) -> Entry:
        one = Entry()
        one.add("uid", f"{uid}@ipfin")
        one.add("dtstamp", now.astimezone(UTC))
        one.add("sequence", event.lock_version)
        one.add("dtstart", starts_at.astimezone(UTC))
        one.add("dtend", ends_at.astimezone(UTC))
        one.add("summary", title)
        one.add("location", place)
        if is_cancelled:
            one.add("status", "CANCELLED")
        return one

    whole = entry(event.public_id, event.title, event.starts_at, event.ends_at, event.venue)
    told = "\n".join(filter(None, (event.summary, event.contact, address)))
    if told:
        whole.add("description", told)
    if address:
        whole.add("url", address)
    calendar.add_component(whole)
    for line in lines:
        title = translate(_("洽谈：%(name)s", name=line.counterpart.display_name), locale)
        place = translate(_("%(venue)s %(desk)d号桌", venue=event.venue, desk=line.desk), locale)
        uid = f"{event.public_id}-{owner}-{line.slot}-{line.desk}"
        calendar.add_component(entry(uid, title, line.starts_at, line.ends_at, place))
    return bytes(calendar.to_ical())
