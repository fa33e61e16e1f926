"""Addresses of the event pages: of an event that the person may see or takes part in, and of another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from ipfin.accounts.models import User
from ipfin.accounts.sealing import token_hash
from ipfin.events.lifecycle import EventKind, EventState, Side, TimetableState
from ipfin.events.materials import Audience
from ipfin.events.models import Event, Meeting, Registration
from ipfin.registry.models import Enterprise
from tests.making.base import NOW
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


def _asked(make: WebMake, user: User) -> Mapping[str, Any]:
    """An event that the person's firm was invited to."""
    event = make.event()
    make.event_invitation(event, enterprise=make.session.get(Enterprise, user.organisation.enterprise_id))
    return {"public_id": event.public_id}


def _material(make: WebMake, user: User, audience: Audience = Audience.EVERYBODY) -> dict[str, Any]:
    """A file that was kept on the disk."""
    event = make.event()
    document = make.issued_document(None, subject=f"event:{event.id}:material")
    row = make.material(event, document_id=document.id, audience=audience)
    return {"public_id": event.public_id, "material_id": row.id}


def _trained(make: WebMake, user: User) -> dict[str, Any]:
    """A revoked record: it shows its page, and makes no paper."""
    row = make.training_record(revoked_at=NOW, revoked_by="用户", revoked_reason="样例理由")
    return {"public_id": make.session.get_one(Event, row.event_id).public_id, "record_id": row.id}


def _trained_elsewhere(make: WebMake, user: User) -> dict[str, Any]:
    return _trained(make, user) | {"public_id": make.event().public_id}


def _own_training(make: WebMake, user: User) -> Mapping[str, Any]:
    public_id = _own_event(make, user)["public_id"]
    event = make.session.scalars(select(Event).where(Event.public_id == public_id)).one()
    own = make.session.scalars(select(Registration).where(Registration.event_id == event.id)).one()
    row = make.training_record(own, revoked_at=NOW, revoked_by="用户", revoked_reason="样例理由")
    return {"record_id": row.id}


def _foreign_training(make: WebMake, user: User) -> Mapping[str, Any]:
    return {"record_id": make.training_record().id}


def _registration(make: WebMake, user: User) -> Mapping[str, Any]:
    event: Event = make.event()
    return {"public_id": event.public_id, "registration_id": make.registration(event).id}


def _registration_elsewhere(make: WebMake, user: User) -> Mapping[str, Any]:
    return {"public_id": make.event().public_id, "registration_id": make.registration().id}


def _registration_below(make: WebMake, user: User) -> Mapping[str, Any]:
    """Of a firm of the county that the person works for, when it is one."""
    firm = make.enterprise(region_code=user.organisation.region_code)
    event: Event = make.event()
    return {"public_id": event.public_id, "registration_id": make.registration(event, enterprise=firm).id}


def _badge(make: WebMake, user: User) -> Mapping[str, Any]:
    token = f"aZ09bY18cX27{make.number():04}"
    make.check_in_code(token_digest=token_hash(token))
    return {"token": token}


def _timetable(make: WebMake, user: User) -> Mapping[str, Any]:
    event = make.event(state=EventState.CLOSED)
    return {"public_id": event.public_id, "number": make.timetable(event).number}


def _holding(make: WebMake, user: User) -> Mapping[str, Any]:
    """An event whose timetable is out."""
    event = make.event(state=EventState.SCHEDULED)
    make.meeting(make.timetable(event, state=TimetableState.PUBLISHED))
    return {"public_id": event.public_id}


def _question(make: WebMake, user: User) -> Mapping[str, Any]:
    question = make.question()
    return {
        "public_id": make.session.get_one(Event, question.event_id).public_id,
        "question_id": question.id,
    }


def _item(make: WebMake, user: User) -> Mapping[str, Any]:
    line = make.programme_line()
    return {"public_id": make.session.get_one(Event, line.event_id).public_id, "line_id": line.id}


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


def _minimum(make: WebMake, user: User) -> dict[str, Any]:
    row = make.meeting_minimum()
    event = make.session.get_one(Event, row.event_id)
    return {"public_id": event.public_id, "registration_id": row.registration_id}


def _order(make: WebMake, user: User) -> dict[str, Any]:
    row = make.meeting_order()
    return {"public_id": make.session.get_one(Event, row.event_id).public_id, "order_id": row.id}


def _own_meeting(make: WebMake, user: User) -> Mapping[str, Any]:
    """A meeting of the person's house at an event, by the other's registration."""
    event = make.event(state=EventState.SCHEDULED)
    if user.organisation.enterprise_id is None:
        own = make.registration(event, Side.INSTITUTION, organisation=user.organisation)
        meeting = make.held_meeting(event, institution_registration=own)
        other = meeting.enterprise_registration_id
    else:
        firm = make.session.get_one(Enterprise, user.organisation.enterprise_id)
        own = make.registration(event, enterprise=firm)
        meeting = make.held_meeting(event, enterprise_registration=own)
        other = meeting.institution_registration_id
    return {"public_id": event.public_id, "counterpart": other}


def _foreign_meeting(make: WebMake, user: User) -> Mapping[str, Any]:
    """The person takes part; the meeting is of two others."""
    own = _own_meeting(make, user)
    event = make.event(state=EventState.SCHEDULED)
    if user.organisation.enterprise_id is None:
        make.registration(event, Side.INSTITUTION, organisation=user.organisation)
    else:
        firm = make.session.get_one(Enterprise, user.organisation.enterprise_id)
        make.registration(event, enterprise=firm)
    meeting = make.held_meeting(event)
    is_firm = user.organisation.enterprise_id is not None
    other = meeting.institution_registration_id if is_firm else meeting.enterprise_registration_id
    return {**own, "public_id": event.public_id, "counterpart": other}


def _own_step(make: WebMake, user: User) -> Mapping[str, Any]:
    address = _own_meeting(make, user)
    step = make.follow_up(make.session.scalars(select(Meeting).order_by(Meeting.id.desc())).first())
    return {**address, "step_id": step.id}


def _foreign_step(make: WebMake, user: User) -> Mapping[str, Any]:
    address = _own_meeting(make, user)
    return {**address, "step_id": make.follow_up().id}


def _held(make: WebMake, user: User) -> Mapping[str, Any]:
    event = make.event(state=EventState.SCHEDULED)
    make.held_meeting(event)
    return {"public_id": event.public_id}


def _pair(make: WebMake, user: User) -> Mapping[str, Any]:
    event = make.event(state=EventState.SCHEDULED)
    meeting = make.held_meeting(event)
    return {
        "public_id": event.public_id,
        "enterprise": meeting.enterprise_registration_id,
        "institution": meeting.institution_registration_id,
    }


def _pair_elsewhere(make: WebMake, user: User) -> Mapping[str, Any]:
    return {**_pair(make, user), "public_id": make.event().public_id}


def _step_of_pair(make: WebMake, user: User) -> Mapping[str, Any]:
    address = _pair(make, user)
    step = make.follow_up(make.session.scalars(select(Meeting).order_by(Meeting.id.desc())).first())
    return {**address, "step_id": step.id}


def _step_elsewhere(make: WebMake, user: User) -> Mapping[str, Any]:
    return {**_pair(make, user), "step_id": make.follow_up().id}


_OFFICE_VIEWS = (
    *("show", "edit", "copy", "programme", "save_item", "questions", "save_question", "cancel"),
    *("registrations", "register", "export", "wishes", "timetable"),
)
_OF_ONE = ("cancel_one", "registration", "answer_one", "extend_one", "restore_one", "substitute_one")
_PARTICIPANTS = (
    *("leave", "reply", "substitute_person", "wishes", "absences", "agenda", "calendar", "badge"),
    *("results", "export_results", "feedback"),
)

EVENTS: dict[str, tuple[Build, Build]] = {
    **{
        f"office_events.{view}": (_event(), _nowhere())
        for view in (*_OFFICE_VIEWS, "make", "pack", "make_pack", "check_in", "look", "wall")
    },
    # With nobody to print, which is refused in words and sets no paper.
    "office_events.sheet": (
        lambda make, user: {"public_id": make.event().public_id, "word": "signs"},
        _nowhere(word="signs"),
    ),
    **{
        f"office_events.{view}": (_holding, _nowhere())
        for view in ("replan", "preview_replan", "apply_replan")
    },
    **{
        f"office_events.{view}": (_held, _nowhere())
        for view in ("results", "chase", "issue_results", "minutes", "issue_event_minutes")
    },
    **{
        f"office_events.{view}": (_event(), _nowhere()) for view in ("qr_code", "reminders", "plan_reminders")
    },
    **{
        f"office_events.{view}": (_event(), _nowhere())
        for view in ("invitations", "invite", "export_invitations")
    },
    "enterprise_events.decline": (_asked, _event()),
    **{f"office_events.{view}": (_event(), _nowhere()) for view in ("materials", "upload_material")},
    **{
        f"office_events.{view}": (_material, lambda make, user: _material(make, user) | {"public_id": "none"})
        for view in ("material", "open_material", "drop_material")
    },
    "public_events.material": (_material, lambda make, user: _material(make, user, Audience.REGISTERED)),
    **{
        f"{audience}_events.material": (
            _material,
            lambda make, user: _material(make, user, Audience.REGISTERED),
        )
        for audience in ("bank", "insurer", "enterprise")
    },
    **{
        f"office_events.{view}": (_event(), _nowhere())
        for view in ("training", "set_training", "make_training", "note_companions", "certificates")
    },
    **{
        f"office_events.{view}": (_trained, _trained_elsewhere)
        for view in ("certificate", "revoke_training", "remake_training")
    },
    **{
        f"{audience}_events.certificate": (_own_training, _foreign_training)
        for audience in ("bank", "insurer", "enterprise")
    },
    "public_short_links.follow": (
        lambda make, user: {"code": make.short_link().code},
        lambda make, user: {"code": "nowhere"},
    ),
    "office_events.pair": (_pair, _pair_elsewhere),
    "office_events.withdraw_step": (_step_of_pair, _step_elsewhere),
    "office_events.step": (
        lambda make, user: {"public_id": make.event(state=EventState.DRAFT).public_id, "word": "publish"},
        _nowhere(word="publish"),
    ),
    # Whose phone is asked for stands in the form.
    "office_events.reveal": (_event(), _nowhere()),
    **{f"office_events.{view}": (_event(), _nowhere()) for view in ("proposals", "propose", "fix")},
    "office_events.withdraw": (
        _proposal,
        lambda make, user: _proposal(make, user) | {"public_id": "nowhere"},
    ),
    "office_events.remove_question": (
        _question,
        lambda make, user: {**_question(make, user), "public_id": make.event().public_id},
    ),
    "office_events.drop_item": (
        _item,
        lambda make, user: {**_item(make, user), "public_id": make.event().public_id},
    ),
    **{f"office_events.{view}": (_event(), _nowhere()) for view in ("demands", "save_minimum", "save_order")},
    "office_events.remove_minimum": (
        _minimum,
        lambda make, user: _minimum(make, user) | {"public_id": "nowhere"},
    ),
    "office_events.remove_order": (_order, lambda make, user: _order(make, user) | {"public_id": "nowhere"}),
    "office_events.release": (_fixed, lambda make, user: _fixed(make, user) | {"public_id": "nowhere"}),
    **{
        f"office_events.{view}": (_registration_below, _registration_elsewhere)
        for view in ("arrive", "comes_along", "write_visit")
    },
    **{
        f"office_events.{view}": (_registration, _registration_elsewhere)
        for view in ("missing", "comes_late", "undo_mark")
    },
    "office_events.visits": (_event(kind=EventKind.VISIT), _nowhere()),
    "public_check_in.show": (_badge, lambda make, user: {"token": "aZ09bY18cX27dW00"}),
    **{f"office_events.{view}": (_registration, _registration_elsewhere) for view in _OF_ONE},
    **{f"office_events.{view}": (_event(), _nowhere()) for view in ("approvals", "decide")},
    "office_events.publish": (_timetable, _nowhere(number=1)),
    "office_events.lock": (_timetable, _nowhere(number=1)),
    "office_events.proof": (_timetable, _nowhere(number=1)),
    # Drafts are the office's own.
    **{
        f"{audience}_events.{view}": (_event(), _event(state=EventState.DRAFT))
        for audience in ("bank", "insurer", "enterprise")
        for view in ("show", "register")
    },
    # Only institutions have preferences.
    **{f"{audience}_events.preferences": (_own_event, _event()) for audience in ("bank", "insurer")},
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
    # Only one's own meetings, and of later steps only one's own.
    **{
        f"{audience}_events.result": (_own_meeting, _foreign_meeting)
        for audience in ("bank", "insurer", "enterprise")
    },
    **{
        f"{audience}_events.{view}": addresses
        for audience in ("bank", "insurer")
        for view, addresses in (
            ("add_step", (_own_meeting, _foreign_meeting)),
            ("withdraw_step", (_own_step, _foreign_step)),
        )
    },
}
