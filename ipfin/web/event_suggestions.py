"""Suggestions as they are shown: brought together from the events and the whitelist.

To a participant: whom it has not answered yet and may ask, or was asked by, whatever the other side said of
it. To the office: pairs that neither agreed nor were refused or proposed. Decides how many are shown, not how
they are judged.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from ipfin.consent.levels import Reader
from ipfin.events.asking import may_ask
from ipfin.events.lifecycle import Side
from ipfin.events.models import Event, Registration
from ipfin.events.queries import (
    confirmed_of,
    enterprises_at,
    firms_at,
    parties_at,
    preferences_of,
    settled_pairs,
    weights_in_force,
    wishes_of,
)
from ipfin.events.suggestions import FirmAtEvent, Suggestion, judged_for, suggest
from ipfin.kernel.actor import Actor
from ipfin.whitelist.queries import grades_in_force

SHOWN_TO_A_PARTICIPANT: Final = 5
SHOWN_TO_THE_OFFICE: Final = 10
MOST_PAIRS: Final = 60_000  # judged in one page; larger events are looked at one institution after another


@dataclass(frozen=True, slots=True)
class Shown:
    """A suggestion with the two that it is about."""

    suggestion: Suggestion
    firm: Registration
    house: Registration


def askable(session: Session, event: Event, own: Registration, on: date) -> set[int]:
    """Return the participants of the other side whom `own` may ask first."""
    parties = parties_at(session, event.id, listed_at(session, event.id, on))
    if own.id not in parties:
        return set()
    return {
        other
        for other, party in parties.items()
        if other != own.id and may_ask(event.asking, parties[own.id], party)
    }


def listed_at(session: Session, event_id: int, on: date) -> Collection[int]:
    """Return the ids of the enterprises at an event that are on the whitelist on day `on`."""
    return grades_in_force(session, enterprises_at(session, event_id), on).keys()


def suggestions_to(
    session: Session, actor: Actor, own: Registration, others: Collection[int], on: date
) -> list[Shown]:
    """Return whom a confirmed participant might want to meet and has not answered yet, best first.

    A bank is judged nothing of a firm that it may not read without the firm's consent.

    Args:
        others: registrations of the other side that it may ask, or that ask it.
    """
    wanted = set(others) - wishes_of(session, own.id).keys()
    if own.side is Side.INSTITUTION:
        preferences = preferences_of(session, own.event_id, [own.id])
        firms = _firms(session, own.event_id, on, wanted) if preferences else {}
    else:
        preferences = preferences_of(session, own.event_id, wanted)
        firms = _firms(session, own.event_id, on, {own.id}) if preferences else {}
    found = suggest(
        preferences,
        firms,
        weights=weights_in_force(session).points,
        criteria=judged_for(Reader(actor.role, is_own=own.side is Side.ENTERPRISE)),
        most=SHOWN_TO_A_PARTICIPANT,
    )
    return _shown(session, own.event_id, found)


@dataclass(frozen=True, slots=True)
class OfficeSuggestions:
    """What the office is shown: `is_too_many` when it has to choose an institution first."""

    shown: Sequence[Shown]
    houses: Mapping[int, str]
    house: int | None
    is_too_many: bool


def suggestions_for_office(
    session: Session, actor: Actor, event: Event, on: date, house: int | None, visible: Collection[int]
) -> OfficeSuggestions:
    """Return the best pairs of an event that are still open, of one institution or of all.

    Args:
        house: the registration of the institution; None for all.
        visible: registrations of the firms that the actor may see.
    """
    preferences = preferences_of(session, event.id)
    names = {
        row.id: row.display_name
        for row in confirmed_of(session, event.id, Side.INSTITUTION)
        if row.id in preferences
    }
    house = house if house in names else None
    if house is not None:
        preferences = {house: preferences[house]}
    firms = _firms(session, event.id, on, visible) if preferences else {}
    if len(preferences) * len(firms) > MOST_PAIRS:
        return OfficeSuggestions([], names, house, is_too_many=True)
    found = suggest(
        preferences,
        firms,
        weights=weights_in_force(session).points,
        criteria=judged_for(Reader(actor.role)),
        without=settled_pairs(session, event.id),
        most=SHOWN_TO_THE_OFFICE,
    )
    return OfficeSuggestions(_shown(session, event.id, found), names, house, is_too_many=False)


def _firms(session: Session, event_id: int, on: date, only: Collection[int]) -> dict[int, FirmAtEvent]:
    grades = grades_in_force(session, enterprises_at(session, event_id), on)
    firms = firms_at(session, event_id, {firm: grade.value for firm, grade in grades.items()})
    return {row_id: facts for row_id, facts in firms.items() if row_id in only}


def _shown(session: Session, event_id: int, found: Sequence[Suggestion]) -> list[Shown]:
    rows = {row.id: row for row in confirmed_of(session, event_id)} if found else {}
    return [Shown(one, rows[one.enterprise], rows[one.institution]) for one in found]
