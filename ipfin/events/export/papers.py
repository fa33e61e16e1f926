"""What stands on the papers of an event: agendas, wall chart, sign-in sheets. Rows in, page contents out.

Decides the words and their order; how they are set is decided in `documents`. A paper may be lost: it
names who comes, never his phone; the sign-in sheet has the last four digits, to tell namesakes apart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Final

from ipfin.config import Settings
from ipfin.documents.letter import Verification
from ipfin.documents.papers import Agenda, AgendaSlot, Attendee, EventHead, SignInSheet, WallChart
from ipfin.documents.pdf import long_date
from ipfin.events.details import slot_times
from ipfin.events.lifecycle import SIDE_LABELS, RegistrationState, Side
from ipfin.events.models import Event, EventTimetable, Meeting, Registration
from ipfin.events.queries import AgendaLine
from ipfin.events.registration import phone_ending
from ipfin.kernel.clock import in_china, now_utc
from ipfin.kernel.money import Fen, format_wan_yuan
from ipfin.kernel.text import SOURCE_LOCALE, Text, _, listed, translate

NOTHING: Final[Mapping[int, str]] = {}


def event_head(
    event: Event,
    settings: Settings,
    *,
    timetable: EventTimetable | None = None,
    locale: str = SOURCE_LOCALE,
) -> EventHead:
    """Return what every paper of an event says at its top and foot: also of which timetable it is."""
    start, end = in_china(event.starts_at), in_china(event.ends_at)
    last = f"{end:%H:%M}" if start.date() == end.date() else f"{long_date(end.date(), locale)} {end:%H:%M}"
    return EventHead(
        event.title,
        f"{long_date(start.date(), locale)} {start:%H:%M}—{last}",
        event.place,
        settings.office_name,
        event.contact or settings.office_phone,
        event.is_synthetic,
        edition=translate(_edition(timetable), locale) if timetable is not None else "",
        made=translate(_("%(at)s印制", at=f"{in_china(now_utc()):%Y-%m-%d %H:%M}"), locale),
    )


def _edition(timetable: EventTimetable) -> Text:
    if timetable.published_at is None:
        return _("日程第%(number)s版", number=timetable.number)
    at = f"{in_china(timetable.published_at):%Y-%m-%d %H:%M}"
    return _("日程第%(number)s版（%(at)s发布）", number=timetable.number, at=at)


def agenda_paper(
    event: Event,
    registration: Registration,
    lines: Sequence[AgendaLine],
    settings: Settings,
    *,
    timetable: EventTimetable | None = None,
    verification: Verification | None = None,
    locale: str = SOURCE_LOCALE,
) -> Agenda:
    """Return the day of one participant; a meeting whose other side called off says so."""
    return Agenda(
        event_head(event, settings, timetable=timetable, locale=locale),
        registration.display_name,
        SIDE_LABELS[registration.side],
        [_agenda_slot(line, locale) for line in lines],
        notices=[
            _("请提前十分钟到场签到，按桌号就座；每场到时请让位给下一家。"),
            _("日程如有变动，以平台最新一版为准；扫码可核对本页是否仍然有效。"),
        ],
        verification=verification,
    )


def _agenda_slot(line: AgendaLine, locale: str) -> AgendaSlot:
    other = line.counterpart
    about = [other.contact_name, other.need]
    if other.amount_fen is not None:
        about.append(translate(format_wan_yuan(Fen(other.amount_fen)), locale))
    note = _("对方已取消参会") if line.is_called_off else Text("", {})
    return AgendaSlot(
        f"{in_china(line.starts_at):%H:%M}—{in_china(line.ends_at):%H:%M}",
        str(line.desk),
        other.display_name,
        " · ".join(part for part in about if part),
        note,
    )


def wall_chart(
    event: Event, meetings: Sequence[Meeting], settings: Settings, *, locale: str = SOURCE_LOCALE
) -> WallChart:
    """Return who sits where and when; a desk that changes hands names the institution in each cell."""
    hosts: dict[int, list[str]] = {}
    for meeting in sorted(meetings, key=lambda one: (one.desk, one.slot)):
        name = meeting.institution_registration.display_name
        if name not in hosts.setdefault(meeting.desk, []):
            hosts[meeting.desk].append(name)
    cells = {
        (meeting.slot, meeting.desk): _cell(meeting, is_shared=len(hosts[meeting.desk]) > 1)
        for meeting in meetings
        if takes_place(meeting)
    }
    desks = sorted(hosts)
    times = slot_times(event.talks_start_at, event.slot_minutes, event.slot_count)
    return WallChart(
        event_head(event, settings, locale=locale),
        [(str(desk), translate(listed(hosts[desk]), locale)) for desk in desks],
        [
            (
                time if slot not in event.breaks else f"{time} {translate(_('休息'), locale)}",
                [cells.get((slot, desk), "") for desk in desks],
            )
            for slot, time in enumerate(times)
        ],
    )


def takes_place(meeting: Meeting) -> bool:
    """Whether neither side called off since the meeting was planned."""
    sides = (meeting.enterprise_registration, meeting.institution_registration)
    return all(row.state is RegistrationState.CONFIRMED for row in sides)


def _cell(meeting: Meeting, *, is_shared: bool) -> str:
    firm = meeting.enterprise_registration.display_name
    return f"{firm}（{meeting.institution_registration.display_name}）" if is_shared else firm


def sign_in_sheets(
    event: Event,
    registrations: Sequence[Registration],
    desks: Mapping[int, str],
    phone_of: Callable[[Registration], str],
    settings: Settings,
    *,
    posts: Mapping[int, str] = NOTHING,
    addresses: Mapping[int, str] = NOTHING,
    locale: str = SOURCE_LOCALE,
) -> dict[Side, SignInSheet]:
    """Return a sheet for each side that has somebody confirmed, in the order given.

    Args:
        desks: registration id -> the desks at which an institution sits, as printed.
        phone_of: opens the sealed phone of a registration.
        posts: registration id -> the post of whoever comes.
        addresses: registration id -> what the code at the end of its line leads to.
    """
    confirmed = [row for row in registrations if row.state is RegistrationState.CONFIRMED]
    head = event_head(event, settings, locale=locale)
    return {
        side: SignInSheet(
            head,
            [attendee for row in rows for attendee in _attendees(row, desks, phone_of, posts, addresses)],
        )
        for side, rows in groupby(sorted(confirmed, key=lambda row: (row.side, row.id)), lambda row: row.side)
    }


def _attendees(
    row: Registration,
    desks: Mapping[int, str],
    phone_of: Callable[[Registration], str],
    posts: Mapping[int, str],
    addresses: Mapping[int, str],
) -> list[Attendee]:
    """Return the lines of one participant: the contact with phone and code, and who comes with him."""
    first = Attendee(
        row.display_name,
        row.contact_name,
        posts.get(row.id, row.contact_post),
        phone_ending=phone_ending(phone_of(row)),
        desk=desks.get(row.id, ""),
        address=addresses.get(row.id, ""),
    )
    if not row.second_name:
        return [first]
    return [first, Attendee(row.display_name, row.second_name, row.second_post, desk=desks.get(row.id, ""))]


def desks_of(meetings: Sequence[Meeting], *, locale: str = SOURCE_LOCALE) -> dict[int, str]:
    """Return registration id -> the desks at which an institution sits: "3、4"."""
    found: dict[int, set[int]] = {}
    for meeting in meetings:
        found.setdefault(meeting.institution_registration_id, set()).add(meeting.desk)
    return {row_id: translate(listed(map(str, sorted(desks))), locale) for row_id, desks in found.items()}
