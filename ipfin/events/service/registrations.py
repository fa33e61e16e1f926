"""Use cases of those who take part: sign up, call off, change who comes.

A seat is counted and given in one transaction under the event's lock, so that no number of people who
sign up at the same time gets more seats than there are. The unique indexes are the second net.
"""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation, OrganisationKind
from ipfin.accounts.service import house_of
from ipfin.audit.service import record
from ipfin.config import Settings
from ipfin.events.lifecycle import REGISTRATION_LIFECYCLE, EventState, RegistrationState, Side
from ipfin.events.models import Event, Meeting, Registration
from ipfin.events.queries import published_timetable, side_counts
from ipfin.events.registration import (
    Application,
    arrival,
    check_application,
    require_leaving,
    require_open,
)
from ipfin.events.service.contacts import CONTACT
from ipfin.events.service.events import lock_event
from ipfin.events.service.seats import fill_seats, seats_for
from ipfin.events.service.telling import tell_office
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import Conflict, NotAllowed
from ipfin.kernel.text import _
from ipfin.registry.models import Enterprise

# Who may sit at a desk (金融机构): lends, insures or stands surety.
INSTITUTIONS: Final = frozenset({OrganisationKind.BANK, OrganisationKind.INSURER, OrganisationKind.GUARANTOR})


def register_enterprise(
    session: Session,
    actor: Actor,
    event: Event,
    enterprise: Enterprise,
    application: Application,
    *,
    on: date,
    settings: Settings | None = None,
) -> Registration:
    """Sign a firm up: confirmed while there are seats, else waiting in the order of arrival.

    Raises:
        BadInput: the application cannot be worked with.
        Conflict: registration is closed, or the firm is signed up already.
    """
    return _register(
        session,
        actor,
        event,
        Registration(side=Side.ENTERPRISE, enterprise_id=enterprise.id, display_name=enterprise.name),
        application,
        on=on,
        settings=settings,
    )


def register_institution(
    session: Session,
    actor: Actor,
    event: Event,
    organisation: Organisation,
    application: Application,
    *,
    on: date,
    settings: Settings | None = None,
) -> Registration:
    """Sign a bank, insurer or guarantor up with its desks; as `register_enterprise`.

    Raises:
        NotAllowed: the organisation is of another kind.
    """
    if organisation.kind not in INSTITUTIONS:
        raise NotAllowed(_("只有银行、保险和担保机构可以设席洽谈。"))
    return _register(
        session,
        actor,
        event,
        Registration(side=Side.INSTITUTION, organisation_id=organisation.id, display_name=organisation.name),
        application,
        on=on,
        settings=settings,
    )


def _register(
    session: Session,
    actor: Actor,
    event: Event,
    registration: Registration,
    application: Application,
    *,
    on: date,
    settings: Settings | None,
) -> Registration:
    event = lock_event(session, event.id)
    require_open(event.state, event.registration_closes_on, on)
    side = registration.side
    check_application(application, is_institution=side is Side.INSTITUTION, desk_count=event.desk_count)
    _refuse_second(session, event, registration)
    confirmed, waiting = side_counts(session, event.id, side)
    registration.event_id = event.id
    registration.state = arrival(seats=seats_for(event, side), confirmed=confirmed, waiting=waiting)
    registration.absent_slots = []
    registration.registered_by = actor.name
    registration.registered_at = now_utc()
    _fill(registration, application, settings)
    session.add(registration)
    session.flush()
    record(
        session,
        actor,
        "events.registration.made",
        f"event:{event.id}",
        name=registration.display_name,
        title=event.title,
        registration=registration.id,
        state=registration.state,
    )
    return registration


def _fill(registration: Registration, application: Application, settings: Settings | None) -> None:
    registration.contact_name = application.contact_name.strip()[:60]
    registration.contact_sealed = house_of(settings).sealer.seal(application.phone.strip(), CONTACT)
    if registration.side is Side.ENTERPRISE:
        registration.need = application.need.strip()
        registration.amount_fen = application.amount_fen
        registration.desks = 0
    else:
        registration.need, registration.amount_fen = application.need.strip(), None
        registration.desks = application.desks


def _refuse_second(session: Session, event: Event, registration: Registration) -> None:
    same = (
        Registration.enterprise_id == registration.enterprise_id
        if registration.side is Side.ENTERPRISE
        else Registration.organisation_id == registration.organisation_id
    )
    found = session.scalar(
        select(Registration.id).where(
            Registration.event_id == event.id, Registration.state != RegistrationState.CANCELLED, same
        )
    )
    if found is not None:
        raise Conflict(_("%(name)s已报名本活动，无需重复报名。", name=registration.display_name))


def amend_registration(
    session: Session,
    actor: Actor,
    registration: Registration,
    application: Application,
    *,
    settings: Settings | None = None,
) -> None:
    """Change who comes, what a firm needs, how many desks an institution has; the seat stays.

    Raises:
        BadInput: the application cannot be worked with.
        Conflict: the registration is cancelled, or the timetable is out.
    """
    event, registration = lock_registration(session, registration)
    if registration.state is RegistrationState.CANCELLED:
        raise Conflict(_("该报名已取消。"))
    require_leaving(event.state)
    is_institution = registration.side is Side.INSTITUTION
    check_application(application, is_institution=is_institution, desk_count=event.desk_count)
    if event.state is EventState.SCHEDULED and application.desks != registration.desks:
        raise Conflict(_("日程已发布，洽谈席位数不能再改；如有变动请与会务联系。"), field="desks")
    _fill(registration, application, settings)
    session.flush()
    record(
        session,
        actor,
        "events.registration.changed",
        f"registration:{registration.id}",
        name=registration.display_name,
        title=event.title,
        registration=registration.id,
    )


def lock_registration(session: Session, registration: Registration) -> tuple[Event, Registration]:
    """Return a registration and its event as they stand now, under the event's lock."""
    event = lock_event(session, registration.event_id)
    session.refresh(registration)
    return event, registration


def cancel_registration(
    session: Session, actor: Actor, registration: Registration, *, settings: Settings | None = None
) -> list[Registration]:
    """Call a registration off and return those of the waiting who got a seat by it.

    After the timetable was published the office is told, because meetings fall out.

    Raises:
        Conflict: the event is over.
        InvalidTransition: the registration is cancelled already.
    """
    event, registration = lock_registration(session, registration)
    require_leaving(event.state)
    registration.state = REGISTRATION_LIFECYCLE.advance(registration.state, RegistrationState.CANCELLED)
    session.flush()
    lost = _meetings_lost(session, event, registration)
    if lost:
        tell_office(
            session,
            event,
            key=f"registration:{registration.id}:left",
            subject=_("%(name)s在日程发布后取消参会", name=registration.display_name),
            body=_("有%(lost)d场洽谈空出，请重新排期并发布。", lost=lost),
        )
    promoted = fill_seats(session, actor, event, registration.side, settings=settings)
    record(
        session,
        actor,
        "events.registration.cancelled",
        f"event:{event.id}",
        name=registration.display_name,
        title=event.title,
        registration=registration.id,
    )
    return promoted


def _meetings_lost(session: Session, event: Event, registration: Registration) -> int:
    timetable = published_timetable(session, event.id)
    if timetable is None:
        return 0
    column = (
        Meeting.enterprise_registration_id
        if registration.side is Side.ENTERPRISE
        else Meeting.institution_registration_id
    )
    return len(
        session.scalars(
            select(Meeting.id).where(Meeting.timetable_id == timetable.id, column == registration.id)
        ).all()
    )
