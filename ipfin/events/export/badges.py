"""What stands on badges, table signs and the programme. Rows in, page contents out.

A badge may be lost: it names who comes and holds a random code, no id and no phone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.config import Settings
from ipfin.documents.event_papers import Badge, Badges, Programme, TableSign
from ipfin.events.details import slot_start
from ipfin.events.export.papers import desks_of, event_head
from ipfin.events.lifecycle import SIDE_LABELS, RegistrationState, Side
from ipfin.events.models import Event, Meeting, Registration
from ipfin.events.programme import Line, in_order, parts_of, span, takes_days
from ipfin.events.queries import confirmed_of
from ipfin.events.queries.attendance import codes_of
from ipfin.events.service import tokens_of
from ipfin.kernel.clock import in_china
from ipfin.kernel.text import SOURCE_LOCALE, _, listed, translate
from ipfin.liaison.models import EnterpriseContact


def badge_address(settings: Settings, token: str) -> str:
    """Return what the code on a badge leads to."""
    return f"{settings.public_url.rstrip('/')}/c/{token}"


def addresses_of(session: Session, event_id: int, settings: Settings) -> dict[int, str]:
    """Return registration id -> what its code leads to, of those who have one."""
    tokens = tokens_of(session, event_id, settings=settings)
    return {row_id: badge_address(settings, token) for row_id, token in tokens.items()}


def badges_of(
    session: Session,
    event: Event,
    meetings: Sequence[Meeting],
    settings: Settings,
    *,
    registration_ids: Collection[int] | None = None,
    locale: str = SOURCE_LOCALE,
) -> Badges:
    """Return the badges of the confirmed who have a code, in the order of their numbers.

    Each person who was named gets one, and an institution one for each of its desks: where nobody was
    named for it, the name is written by hand.
    """
    codes, desks = codes_of(session, event.id), desks_of(meetings, locale=locale)
    addresses = addresses_of(session, event.id, settings)
    rows = [
        row
        for row in confirmed_of(session, event.id)
        if row.id in codes and (registration_ids is None or row.id in registration_ids)
    ]
    posts = posts_of(session, rows)
    badges = [
        Badge(
            number=codes[row.id].number,
            name=name,
            post=post,
            organisation=row.display_name,
            side=translate(SIDE_LABELS[row.side], locale),
            address=addresses[row.id],
            desk=desks.get(row.id, ""),
        )
        for row in rows
        for name, post in _persons(row, posts)
    ]
    badges.sort(key=lambda badge: badge.number)
    return Badges(event_head(event, settings, locale=locale), badges)


def _persons(row: Registration, posts: Mapping[int, str]) -> list[tuple[str, str]]:
    """Return name and post of everybody who needs a badge; an empty name is not known yet."""
    named = [(row.contact_name, posts.get(row.id, ""))]
    if row.second_name:
        named.append((row.second_name, row.second_post))
    return named + [("", "")] * (row.desks - len(named))


def signs_of(meetings: Sequence[Meeting]) -> list[TableSign]:
    """Return a sign for each desk that somebody sits at, with its hosts in the order of their slots."""
    hosts: dict[int, list[str]] = {}
    for meeting in sorted(meetings, key=lambda one: (one.desk, one.slot)):
        house = meeting.institution_registration
        if house.state is RegistrationState.CONFIRMED:
            names = hosts.setdefault(meeting.desk, [])
            if house.display_name not in names:
                names.append(house.display_name)
    return [TableSign(str(desk), names) for desk, names in hosts.items()]


def programme_of(
    event: Event,
    meetings: Sequence[Meeting],
    settings: Settings,
    *,
    said: Sequence[Line] = (),
    locale: str = SOURCE_LOCALE,
) -> Programme:
    """Return the course of an event, with the slots of its talks and who hosts which desk.

    Args:
        said: the programme that the office wrote; without one the course is told in a line.
    """
    head = event_head(event, settings, locale=locale)
    desks = [(sign.desk, translate(listed(sign.hosts), locale)) for sign in signs_of(meetings)]
    lines = _told(event, said, locale) if said else _course(event, locale)
    return Programme(head, lines, desks, event.summary, event.directions)


def _told(event: Event, said: Sequence[Line], locale: str) -> list[tuple[str, str]]:
    """Return the programme as the office wrote it, the talks' slots where they fall: when; what."""
    with_day = takes_days(said)
    day = f"{in_china(event.talks_start_at):%m-%d} " if with_day else ""
    timed = [
        (line.starts_at, span(line, with_day=with_day), " · ".join(parts_of(line))) for line in in_order(said)
    ]
    for first, time, what in _slots(event, locale):
        timed.append((slot_start(event.talks_start_at, event.slot_minutes, first), day + time, what))
    return [(time, what) for _start, time, what in sorted(timed, key=lambda one: one[0])]


def _slots(event: Event, locale: str) -> list[tuple[int, str, str]]:
    """Return the talks and the breaks between them, slots that follow each other in one line: first slot,
    when, what.
    """
    count = event.slot_count
    starts = [slot_start(event.talks_start_at, event.slot_minutes, slot) for slot in range(count + 1)]
    bounds = [f"{in_china(start):%H:%M}" for start in starts]
    found = []
    for is_break, run in groupby(range(count), lambda slot: slot in event.breaks):
        slots = list(run)
        first, last = slots[0] + 1, slots[-1] + 1
        if is_break:
            what = _("休息")
        elif first == last:
            what = _("一对一洽谈 第%(slot)s时段", slot=first)
        else:
            minutes = event.slot_minutes
            what = _(
                "一对一洽谈 第%(first)s至%(last)s时段，每场%(minutes)s分钟",
                first=first,
                last=last,
                minutes=minutes,
            )
        found.append((slots[0], f"{bounds[slots[0]]}—{bounds[last]}", translate(what, locale)))
    return found


def _course(event: Event, locale: str) -> list[tuple[str, str]]:
    """Return what is known of an event without a programme: how it begins, its slots, its end."""
    begin, end = in_china(event.starts_at), in_china(event.ends_at)
    talks = in_china(event.talks_start_at)
    lines: list[tuple[str, str]] = []
    if not event.slot_count:
        lines.append((f"{begin:%H:%M}—{end:%H:%M}", event.title))
    elif talks > begin:
        lines.append((f"{begin:%H:%M}—{talks:%H:%M}", translate(_("签到入场，公开环节"), locale)))
    slots = [(time, what) for _first, time, what in _slots(event, locale)]
    return [*lines, *slots, (f"{end:%H:%M}", translate(_("活动结束"), locale))]


def posts_of(session: Session, registrations: Collection[Registration]) -> Mapping[int, str]:
    """Return registration id -> the post of the contact: as said, else as the firm's contacts have it."""
    firms = {row.enterprise_id for row in registrations if row.side is Side.ENTERPRISE}
    rows = session.execute(
        select(EnterpriseContact.enterprise_id, EnterpriseContact.name, EnterpriseContact.post).where(
            EnterpriseContact.enterprise_id.in_(firms), EnterpriseContact.post != ""
        )
    )
    known = {(firm, name): post for firm, name, post in rows}
    return {
        row.id: row.contact_post or known.get((row.enterprise_id or 0, row.contact_name), "")
        for row in registrations
    }
