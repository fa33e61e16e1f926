"""The wall: who sits where now and next, in big type for a projector. Published meetings only, no phones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from ipfin.accounts.policy import P
from ipfin.events.details import slot_start, slot_times
from ipfin.events.lifecycle import RegistrationState
from ipfin.events.models import Event, Meeting
from ipfin.events.queries import meetings_of, published_timetable
from ipfin.kernel.clock import now_utc
from ipfin.web.access import open_to
from ipfin.web.database import current_session
from ipfin.web.office.events.base import bp, event_of
from ipfin.web.signing_in import actor

DESKS_ON_A_SCREEN = 8
SECONDS_A_SCREEN = 15


@dataclass(frozen=True, slots=True)
class DeskLine:
    """One desk: who hosts it, the firm there now, the firm that comes next; empty where nobody meets."""

    desk: int
    host: str
    now: str
    next: str
    next_host: str  # only where another institution takes the desk over


@dataclass(frozen=True, slots=True)
class Wall:
    """One slot as the room sees it; `slot` counts from 0, and is None before the talks.

    `following` is the next slot in which anybody meets: breaks are passed over.
    """

    slot: int | None
    following: int
    is_over: bool
    lines: Sequence[DeskLine]


@bp.route("/<public_id>/wall")
@open_to(P.OFFICE_EVENTS_READ)
def wall(public_id: str) -> ResponseReturnValue:
    """Show a slot, by default the present one; `live` turns the pages and follows the clock."""
    event, session = event_of(public_id), current_session()
    holding = published_timetable(session, event.id)
    meetings = meetings_of(session, holding.id, actor()) if holding else []
    number = request.args.get("slot", type=int) or 0  # as people count: from 1
    wanted = number - 1 if 1 <= number <= event.slot_count else None
    seen = wall_of(event, meetings, wanted, now_utc())
    screens = max(1, -(-len(seen.lines) // DESKS_ON_A_SCREEN))
    screen = min(max(request.args.get("page", default=1, type=int), 1), screens)
    first = (screen - 1) * DESKS_ON_A_SCREEN
    live = request.args.get("live") == "1"
    following = url_for(
        ".wall",
        public_id=public_id,
        slot=number if wanted is not None else None,
        page=screen % screens + 1,
        live=1,
    )
    return render_template(
        "office/events/wall.html",
        event=event,
        holding=holding,
        wall=seen,
        lines=seen.lines[first : first + DESKS_ON_A_SCREEN],
        wanted=wanted,
        times=slot_times(event.talks_start_at, event.slot_minutes, event.slot_count),
        screen=screen,
        screens=screens,
        live=live,
        following=following,
        seconds=SECONDS_A_SCREEN,
    )


def wall_of(event: Event, meetings: Sequence[Meeting], wanted: int | None, now: datetime) -> Wall:
    """Return a slot's desks, those of the slot asked for or of the clock's.

    Before the talks the first slot stands as the next one; what a side called off leaves its place empty.
    """
    slot = wanted if wanted is not None else _slot_at(event, now)
    is_over = wanted is None and now >= slot_start(event.talks_start_at, event.slot_minutes, event.slot_count)
    held = {(meeting.slot, meeting.desk): meeting for meeting in meetings if not _is_called_off(meeting)}
    following = 0 if slot is None else slot + 1
    while following in event.breaks:
        following += 1
    lines = [
        _line(desk, held.get((slot, desk)) if slot is not None else None, held.get((following, desk)), held)
        for desk in sorted({meeting.desk for meeting in meetings})
    ]
    return Wall(slot, following, is_over, [] if is_over else lines)


def _slot_at(event: Event, now: datetime) -> int | None:
    begun = [
        slot
        for slot in range(event.slot_count)
        if slot_start(event.talks_start_at, event.slot_minutes, slot) <= now
    ]
    return begun[-1] if begun else None


def _line(
    desk: int, here: Meeting | None, coming: Meeting | None, held: Mapping[tuple[int, int], Meeting]
) -> DeskLine:
    any_host = next(
        (one for (_slot, number), one in sorted(held.items(), key=lambda item: item[0]) if number == desk),
        None,
    )
    host = here or coming or any_host
    name = host.institution_registration.display_name if host else ""
    next_name = coming.institution_registration.display_name if coming else ""
    return DeskLine(
        desk,
        name,
        here.enterprise_registration.display_name if here else "",
        coming.enterprise_registration.display_name if coming else "",
        next_name if next_name != name else "",
    )


def _is_called_off(meeting: Meeting) -> bool:
    sides = (meeting.enterprise_registration, meeting.institution_registration)
    return any(row.state is not RegistrationState.CONFIRMED for row in sides)
