"""Use cases of those who take part: sign up, call off, change who comes.

A seat is counted and given in one transaction under the event's lock, so that no number of people who
sign up at the same time gets more seats than there are. The unique indexes are the second net.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation, OrganisationKind
from ipfin.audit.service import record
from ipfin.config import Settings
from ipfin.events.approval import LONGEST_REASON, Clearance, needs_approval
from ipfin.events.eligibility import Facts, require_eligible, unknown_of
from ipfin.events.lifecycle import (
    LIVING,
    OVER,
    REGISTRATION_LABELS,
    REGISTRATION_LIFECYCLE,
    EventState,
    RegistrationState,
    Side,
)
from ipfin.events.models import Event, Meeting, Registration, Substitution
from ipfin.events.queries import published_timetable, questions_of, side_counts
from ipfin.events.questions import checked_answers
from ipfin.events.registration import (
    Allowance,
    Application,
    arrival,
    check_application,
    require_leaving,
    require_open,
)
from ipfin.events.service.contacts import keep_phone
from ipfin.events.service.events import lock_event
from ipfin.events.service.news import tell_cancelled, tell_confirmed, tell_pending, tell_waiting
from ipfin.events.service.questions import keep_answers
from ipfin.events.service.seats import fill_seats, note, seats_for
from ipfin.events.service.telling import tell_office
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import Conflict, NotAllowed
from ipfin.kernel.text import Text, _
from ipfin.kernel.versions import require_seen
from ipfin.registry.models import Enterprise
from ipfin.registry.queries.regions import region_names

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
    clearance: Clearance = Clearance.NONE,
    grade: str | None = None,
    settings: Settings | None = None,
) -> Registration:
    """Sign a firm up: confirmed while there are seats, else waiting in the order of arrival.

    Where the event asks for approval it is only taken down, unless `clearance` speaks for the firm; so it
    is when the event asks something of firms that is not known of this one. Its people are told how it
    stands.

    Args:
        grade: the firm's grade on the whitelist as of today; None when it has none.

    Raises:
        BadInput: the application cannot be worked with.
        Conflict: registration is closed, the firm is signed up already or not of those whom the event is
            for, or the phone is somebody else's.
    """
    facts = Facts(grade, enterprise.region_code, enterprise.industry_code)
    return _register(
        session,
        actor,
        event,
        Registration(side=Side.ENTERPRISE, enterprise_id=enterprise.id, display_name=enterprise.name),
        application,
        on=on,
        clearance=clearance,
        facts=facts,
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
    clearance: Clearance = Clearance.NONE,
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
        clearance=clearance,
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
    clearance: Clearance,
    settings: Settings | None,
    facts: Facts | None = None,
) -> Registration:
    event = lock_event(session, event.id)
    require_open(event.state, event.registration_closes_on, on)
    side = registration.side
    check_application(application, _allowance(event, side))
    registration.event_id = event.id
    refuse_second(session, registration)
    unknown = _unknown(session, event, facts)
    asked, by_office = questions_of(session, event.id, side), clearance is Clearance.OFFICE
    answers = checked_answers(asked, application.answers, may_lack=by_office)
    taken, waiting = side_counts(session, event.id, side)
    registration.state = arrival(
        seats=seats_for(event, side),
        taken=taken,
        waiting=waiting,
        must_be_approved=needs_approval(event.approval, side, clearance, is_unknown=bool(unknown)),
    )
    registration.absent_slots = []
    registration.registered_by = actor.name
    registration.registered_at = now_utc()
    _fill(session, event, registration, application, settings)
    session.add(registration)
    session.flush()
    keep_answers(session, registration, answers)
    _tell_arrival(session, event, registration, unknown, settings)
    note(session, actor, event, registration, "events.registration.made", state=registration.state)
    return registration


def _unknown(session: Session, event: Event, facts: Facts | None) -> Sequence[Text]:
    """Return what the event asks of firms and is not known of this one; nothing is asked of institutions.

    Raises:
        Conflict: what is known speaks against it.
    """
    if facts is None or not event.criteria:
        return ()
    codes = {*event.counties, *([facts.county] if facts.county else [])}
    require_eligible(event.criteria, facts, region_names(session, codes))
    return unknown_of(event.criteria, facts)


def _tell_arrival(
    session: Session,
    event: Event,
    registration: Registration,
    unknown: Sequence[Text],
    settings: Settings | None,
) -> None:
    if registration.state is RegistrationState.CONFIRMED:
        tell_confirmed(session, event, [registration], _("报名成功，名额已确认。"), settings=settings)
    elif registration.state is RegistrationState.WAITLISTED:
        tell_waiting(session, event, [registration], settings=settings)
    else:
        tell_pending(session, event, registration, unknown=unknown, settings=settings)


def _allowance(event: Event, side: Side) -> Allowance | None:
    """Return how much one institution may bring; None for firms, which bring no desks."""
    if side is Side.ENTERPRISE:
        return None
    desks = min(event.desks_per_institution, event.desk_count)
    return Allowance(event.desk_count > 0, desks, event.persons_per_institution)


def _fill(
    session: Session,
    event: Event,
    registration: Registration,
    application: Application,
    settings: Settings | None,
) -> None:
    keep_phone(
        session,
        registration,
        application.phone,
        shared_reason=application.shared_phone_reason,
        settings=settings,
    )
    registration.contact_name = application.contact_name.strip()[:60]
    registration.contact_post = application.contact_post.strip()[:60]
    registration.second_name = application.second_name.strip()[:60]
    registration.second_post = application.second_post.strip()[:60]
    registration.need = application.need.strip()
    if registration.side is Side.ENTERPRISE:
        registration.amount_fen, registration.desks = application.amount_fen, 0
        registration.months = application.months
    else:
        registration.amount_fen = None
        registration.desks = application.desks if event.desk_count else 0


def refuse_second(session: Session, registration: Registration) -> None:
    """Refuse a registration whose house has another living one of the same event.

    Raises:
        Conflict: it has one.
    """
    same = (
        Registration.enterprise_id == registration.enterprise_id
        if registration.side is Side.ENTERPRISE
        else Registration.organisation_id == registration.organisation_id
    )
    found = session.scalar(
        select(Registration.id).where(
            Registration.event_id == registration.event_id,
            Registration.state.in_(sorted(LIVING)),
            Registration.id.is_distinct_from(registration.id),
            same,
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
    version: int | None = None,
    settings: Settings | None = None,
) -> None:
    """Change who comes, what a firm needs, how many desks an institution has; the seat stays.

    Another person in place of the one named before is kept as a substitution.

    Args:
        version: the `said_version` that the person saw; None does not compare.

    Raises:
        BadInput: the application cannot be worked with.
        Conflict: the registration no longer lives, the timetable is out, or the phone is somebody else's.
        Stale: a colleague or the office changed it meanwhile.
    """
    event, registration = lock_registration(session, registration)
    require_living(registration)
    require_seen(version, registration.said_version)
    require_leaving(event.state)
    check_application(application, _allowance(event, registration.side))
    changes_desks = event.desk_count > 0 and application.desks != registration.desks
    if event.state is EventState.SCHEDULED and changes_desks:
        raise Conflict(_("日程已发布，洽谈席位数不能再改；如有变动请与会务联系。"), field="desks")
    answers = checked_answers(questions_of(session, event.id, registration.side), application.answers)
    keep_substitution(session, actor, registration, application.contact_name)
    _fill(session, event, registration, application, settings)
    registration.said_version += 1
    session.flush()
    keep_answers(session, registration, answers)
    record(
        session,
        actor,
        "events.registration.changed",
        f"registration:{registration.id}",
        name=registration.display_name,
        title=event.title,
        registration=registration.id,
    )


def require_living(registration: Registration) -> None:
    """Refuse to change a registration that binds nobody any more.

    Raises:
        Conflict: it was called off or rejected, or its offer ran out.
    """
    if registration.state in OVER:
        raise Conflict(_("该报名%(state)s，不能再修改。", state=REGISTRATION_LABELS[registration.state]))


def keep_substitution(
    session: Session, actor: Actor, registration: Registration, name: str, *, reason: str = ""
) -> Substitution | None:
    """Keep that another person comes than the one named so far; None when it is the same.

    Called before the registration takes the new name.
    """
    wanted = name.strip()[:60]
    if not registration.contact_name or wanted in ("", registration.contact_name):
        return None
    kept = Substitution(
        registration_id=registration.id,
        former_name=registration.contact_name,
        former_post=registration.contact_post,
        name=wanted,
        reason=reason.strip()[:300],
        replaced_by=actor.name,
        replaced_at=now_utc(),
    )
    session.add(kept)
    return kept


def lock_registration(session: Session, registration: Registration) -> tuple[Event, Registration]:
    """Return a registration and its event as they stand now, under the event's lock."""
    event = lock_event(session, registration.event_id)
    session.refresh(registration)
    return event, registration


def cancel_registration(
    session: Session,
    actor: Actor,
    registration: Registration,
    *,
    reason: str = "",
    settings: Settings | None = None,
    now: datetime | None = None,
) -> list[Registration]:
    """Call a registration off and return those of the waiting who got a seat, or its offer, by it.

    The house is told; after the timetable was published the office is too, because meetings fall out.

    Args:
        reason: why the office calls it off; the house reads it.

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
    lead = (
        _("由%(name)s取消。理由：%(reason)s", name=actor.name, reason=reason.strip()[:LONGEST_REASON])
        if reason.strip()
        else _("由%(name)s取消。", name=actor.name)
    )
    tell_cancelled(session, event, registration, lead, settings=settings)
    promoted = fill_seats(session, actor, event, registration.side, settings=settings, now=now)
    note(session, actor, event, registration, "events.registration.cancelled", reason=reason.strip()[:300])
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
