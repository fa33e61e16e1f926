"""Addresses of the event pages: of an event that the person may see or takes part in, and of another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from ipfin.accounts.models import User
from ipfin.events.lifecycle import EventState, Side
from ipfin.events.models import Event, Registration
from ipfin.registry.models import Enterprise
from tests.web.making import WebMake

Build = Callable[[WebMake, User], Mapping[str, Any] | None]


def _event(**overrides: Any) -> Build:
    return lambda make, user: {"public_id": make.event(**overrides).public_id}


def _nowhere(**more: Any) -> Build:
    return lambda make, user: {"public_id": "event-that-is-not-there", **more}


def _own_event(make: WebMake, user: User) -> Mapping[str, Any]:
    event = make.event()
    if user.organisation.enterprise_id is None:
        make.registration(event, Side.INSTITUTION, organisation=user.organisation)
    else:
        firm = make.session.get_one(Enterprise, user.organisation.enterprise_id)
        make.registration(event, enterprise=firm)
    return {"public_id": event.public_id}


def _registration(make: WebMake, user: User) -> Mapping[str, Any]:
    event: Event = make.event()
    return {"public_id": event.public_id, "registration_id": make.registration(event).id}


def _registration_elsewhere(make: WebMake, user: User) -> Mapping[str, Any]:
    return {"public_id": make.event().public_id, "registration_id": make.registration().id}


def _timetable(make: WebMake, user: User) -> Mapping[str, Any]:
    event = make.event(state=EventState.CLOSED)
    return {"public_id": event.public_id, "number": make.timetable(event).number}


def _proposal(make: WebMake, user: User) -> dict[str, Any]:
    proposal = make.meeting_proposal()
    event = make.session.get_one(Event, proposal.event_id)
    return {"public_id": event.public_id, "proposal_id": proposal.id}


def _own_proposal(make: WebMake, user: User) -> Mapping[str, Any]:
    public_id = _own_event(make, user)["public_id"]
    event = make.session.scalars(select(Event).where(Event.public_id == public_id)).one()
    own = make.session.scalars(select(Registration).where(Registration.event_id == event.id)).one()
    other = make.registration(event, own.side.other)
    pair = (own, other) if own.side is Side.ENTERPRISE else (other, own)
    return {"public_id": public_id, "proposal_id": make.meeting_proposal(*pair).id}


def _fixed(make: WebMake, user: User) -> dict[str, Any]:
    fixed = make.fixed_meeting()
    event = make.session.get_one(Event, fixed.event_id)
    return {"public_id": event.public_id, "fixed_id": fixed.id}


_OFFICE_VIEWS = ("show", "edit", "cancel", "registrations", "register", "export", "wishes", "timetable")
_PARTICIPANTS = ("leave", "wishes", "absences", "agenda", "calendar")

EVENTS: dict[str, tuple[Build, Build]] = {
    **{
        f"office_events.{view}": (_event(), _nowhere())
        for view in (*_OFFICE_VIEWS, "make", "pack", "make_pack", "sign_in")
    },
    "office_events.step": (
        lambda make, user: {"public_id": make.event(state=EventState.DRAFT).public_id, "word": "publish"},
        _nowhere(word="publish"),
    ),
    # Whose phone is asked for stands in the form.
    "office_events.reveal": (_event(), _nowhere()),
    "office_events.cancel_one": (_registration, _registration_elsewhere),
    **{f"office_events.{view}": (_event(), _nowhere()) for view in ("proposals", "propose", "fix")},
    "office_events.withdraw": (
        _proposal,
        lambda make, user: _proposal(make, user) | {"public_id": "nowhere"},
    ),
    "office_events.release": (_fixed, lambda make, user: _fixed(make, user) | {"public_id": "nowhere"}),
    "office_events.publish": (_timetable, _nowhere(number=1)),
    # Drafts are the office's own.
    **{
        f"{audience}_events.{view}": (_event(), _event(state=EventState.DRAFT))
        for audience in ("bank", "insurer", "enterprise")
        for view in ("show", "register")
    },
    # Only to whom it was proposed.
    **{
        f"{audience}_events.answer": (_own_proposal, _proposal)
        for audience in ("bank", "insurer", "enterprise")
    },
    # Only who takes part has wishes, absences and an agenda.
    **{
        f"{audience}_events.{view}": (_own_event, _event())
        for audience in ("bank", "insurer", "enterprise")
        for view in _PARTICIPANTS
    },
}
