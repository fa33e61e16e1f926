"""Suggestions as they are shown: brought together from the events and the whitelist.

To a participant: whom it has not answered yet, whatever the other side said. To the office: pairs that
neither agreed nor were refused or proposed. Decides how many are shown, not how they are judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from ipfin.events.lifecycle import Side
from ipfin.events.models import Event, Registration
from ipfin.events.queries import (
    confirmed_of,
    enterprises_at,
    firms_at,
    preferences_of,
    settled_pairs,
    suggestion_weights,
    wishes_of,
)
from ipfin.events.suggestions import Suggestion, suggest
from ipfin.whitelist.queries import grades_on

SHOWN_TO_A_PARTICIPANT: Final = 5
SHOWN_TO_THE_OFFICE: Final = 30
MOST_PAIRS: Final = 60_000  # judged in one page; larger events are looked at house by house


@dataclass(frozen=True, slots=True)
class Shown:
    """A suggestion with the two that it is about."""

    suggestion: Suggestion
    firm: Registration
    house: Registration


def suggestions_to(session: Session, own: Registration, on: date) -> list[Shown]:
    """Return whom a confirmed participant might want to meet and has not answered yet, best first."""
    said = wishes_of(session, own.id)
    if own.side is Side.INSTITUTION:
        preferences = preferences_of(session, own.event_id, [own.id])
        firms = _firms(session, own.event_id, on) if preferences else {}
        without = {(own.id, other) for other in said}
    else:
        preferences = preferences_of(session, own.event_id)
        firms = _firms(session, own.event_id, on, own) if preferences else {}
        without = {(other, own.id) for other in said}
    found = suggest(
        preferences,
        firms,
        weights=suggestion_weights(session),
        without=without,
        most=SHOWN_TO_A_PARTICIPANT,
    )
    return _shown(session, own.event_id, found)


@dataclass(frozen=True, slots=True)
class OfficeSuggestions:
    """What the office is shown: `is_too_many` when it has to choose an institution first."""

    shown: Sequence[Shown]
    institutions: int
    is_too_many: bool


def suggestions_for_office(
    session: Session, event: Event, on: date, house_id: int | None
) -> OfficeSuggestions:
    """Return the best pairs of an event that are still open, of one institution or of all."""
    preferences = preferences_of(session, event.id)
    institutions = len(preferences)
    if house_id is not None:
        preferences = {key: value for key, value in preferences.items() if key == house_id}
    firms = _firms(session, event.id, on) if preferences else {}
    if len(preferences) * len(firms) > MOST_PAIRS:
        return OfficeSuggestions([], institutions, is_too_many=True)
    found = suggest(
        preferences,
        firms,
        weights=suggestion_weights(session),
        without=settled_pairs(session, event.id),
        most=SHOWN_TO_THE_OFFICE,
    )
    return OfficeSuggestions(_shown(session, event.id, found), institutions, is_too_many=False)


def _firms(session: Session, event_id: int, on: date, own: Registration | None = None):  # type: ignore[no-untyped-def]
    ids = enterprises_at(session, event_id) if own is None else [own.enterprise_id or 0]
    return firms_at(session, event_id, grades_on(session, ids, on), None if own is None else [own.id])


def _shown(session: Session, event_id: int, found: Sequence[Suggestion]) -> list[Shown]:
    rows = {row.id: row for row in confirmed_of(session, event_id)} if found else {}
    return [Shown(one, rows[one.enterprise], rows[one.institution]) for one in found]
