"""What two tabs of an event show, put together: the table of wishes, the grid of meetings.

Decides the order of rows and columns only. What the actor may see of it comes from the queries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from ipfin.accounts.scopes import Scope, Thing, scope_for
from ipfin.events.details import slot_times
from ipfin.events.lifecycle import RegistrationState, Side
from ipfin.events.models import Event, EventTimetable, Meeting, Registration
from ipfin.events.planning import LeftOutLine, left_out_of, unserved_of, words_of
from ipfin.events.proof_lines import fairness
from ipfin.events.queries import (
    confirmed_of,
    meetings_of,
    registrations_of,
    registrations_visible_to,
    wishes_said,
)
from ipfin.events.timetable.certificate import (
    BOUND_LABELS,
    CONDITION_LABELS,
    ENDING_LABELS,
    IDLE_BOUND_LABELS,
    STATUS_LABELS,
    Status,
    share_in_words,
)
from ipfin.events.wishes import WishBook, wish_book
from ipfin.kernel.actor import Actor
from ipfin.kernel.text import Text


@dataclass(frozen=True, slots=True)
class WishTable:
    """Firms down, institutions across; a cell is (by the firm, by the institution, points)."""

    firms: Sequence[Registration]
    institutions: Sequence[Registration]
    cells: Mapping[tuple[int, int], tuple[int | None, int | None, int]]
    book: WishBook


def wish_table(session: Session, actor: Actor, event: Event) -> WishTable:
    """Return the wishes about the firms that the actor may see."""
    visible = {row.id for row in registrations_of(session, event.id, registrations_visible_to(actor))}
    firms = [row for row in confirmed_of(session, event.id, Side.ENTERPRISE) if row.id in visible]
    own = {row.id for row in firms}
    said = [word for word in wishes_said(session, event.id) if word.enterprise in own]
    book = wish_book(said)
    points = {(pair.enterprise, pair.institution): pair.value for pair in book.pairs}
    words: dict[tuple[int, int], dict[Side, int]] = {}
    for word in said:
        words.setdefault((word.enterprise, word.institution), {})[word.by] = word.strength
    cells = {
        place: (by.get(Side.ENTERPRISE), by.get(Side.INSTITUTION), points.get(place, 0))
        for place, by in words.items()
    }
    return WishTable(firms, confirmed_of(session, event.id, Side.INSTITUTION), cells, book)


@dataclass(frozen=True, slots=True)
class TimetableView:
    """A timetable as a grid: `cells` by slot and desk; `hosts` the institutions of each desk."""

    timetable: EventTimetable
    times: Sequence[str]
    desks: Sequence[int]
    hosts: Mapping[int, Sequence[str]]
    cells: Mapping[tuple[int, int], Meeting]
    certificate: Mapping[str, Any]
    status: Text
    ending: Text
    is_optimal: bool
    left_out: Sequence[tuple[str, str, LeftOutLine, Text]]
    reasons: Sequence[tuple[Text, int]]
    unwished: Sequence[str]
    shows_all: bool
    called_off: frozenset[int]
    share: str
    bound_by: Text
    idle_by: Text
    fairness: Text
    unserved: Sequence[Text]
    witnesses: Sequence[Text]


def timetable_view(session: Session, actor: Actor, event: Event, timetable: EventTimetable) -> TimetableView:
    """Return a timetable as far as the actor may see it; the certificate's names only to who sees all."""
    meetings = meetings_of(session, timetable.id, actor)
    shows_all = scope_for(actor, Thing.TIMETABLE) is Scope.ALL
    hosts: dict[int, list[str]] = {}
    for meeting in sorted(meetings, key=lambda one: (one.desk, one.slot)):
        name = meeting.institution_registration.display_name
        if name not in hosts.setdefault(meeting.desk, []):
            hosts[meeting.desk].append(name)
    status, ending = words_of(timetable.certificate)
    names = _names(session, event) if shows_all else {}
    left = left_out_of(timetable.certificate) if shows_all else []
    return TimetableView(
        timetable,
        slot_times(event.talks_start_at, event.slot_minutes, event.slot_count),
        sorted(hosts),
        hosts,
        {(meeting.slot, meeting.desk): meeting for meeting in meetings},
        timetable.certificate,
        STATUS_LABELS[status],
        ENDING_LABELS[ending],
        status is Status.PROVEN_OPTIMAL,
        [
            (
                names.get(line.institution, "—"),
                names.get(line.enterprise, "—"),
                line,
                CONDITION_LABELS[line.condition],
            )
            for line in left
        ],
        [
            (CONDITION_LABELS[condition], number)
            for condition, number in Counter(line.condition for line in left).most_common()
        ],
        [names[row_id] for row_id in timetable.certificate.get("unwished", []) if row_id in names],
        shows_all,
        frozenset(meeting.id for meeting in meetings if _is_called_off(meeting)),
        share_in_words(timetable.value, timetable.bound),
        BOUND_LABELS.get(str(timetable.certificate.get("bound_by")), Text("", {})),
        IDLE_BOUND_LABELS[str(timetable.certificate.get("idle_by", "alone"))],
        fairness(timetable.certificate),
        *(unserved_of(timetable.certificate) if shows_all else ([], [])),
    )


def _names(session: Session, event: Event) -> dict[int, str]:
    everyone = registrations_of(session, event.id, Registration.event_id == event.id)
    return {row.id: row.display_name for row in everyone}


def _is_called_off(meeting: Meeting) -> bool:
    """Whether one side of a meeting cancelled after it was planned."""
    sides = (meeting.enterprise_registration, meeting.institution_registration)
    return any(row.state is RegistrationState.CANCELLED for row in sides)
