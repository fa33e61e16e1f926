"""What participants look for and what is known of firms, for suggestions.

The grades of the whitelist are another domain's and come in from the caller.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.events.lifecycle import RegistrationState, Side
from ipfin.events.models import MeetingPreference, Registration, SuggestionWeight
from ipfin.events.suggestions import DEFAULT_WEIGHTS, Criterion, FirmAtEvent, IpKind, Preference
from ipfin.registry.models import Enterprise
from ipfin.registry.queries.regions import region_names


def suggestion_weights(session: Session) -> dict[Criterion, int]:
    """Return the weights in force: those that the office set, or the product's own."""
    kept = {row.criterion: row.points for row in session.scalars(select(SuggestionWeight))}
    return kept or dict(DEFAULT_WEIGHTS)


def preference_of(session: Session, registration: Registration) -> MeetingPreference | None:
    """Return what a participant looks for; else what its organisation looked for last time."""
    own = session.get(MeetingPreference, registration.id)
    if own is not None:
        return own
    same = (
        Registration.enterprise_id == registration.enterprise_id
        if registration.side is Side.ENTERPRISE
        else Registration.organisation_id == registration.organisation_id
    )
    return session.scalar(
        select(MeetingPreference)
        .join(Registration, Registration.id == MeetingPreference.registration_id)
        .where(same)
        .order_by(MeetingPreference.registration_id.desc())
        .limit(1)
    )


def preferences_of(
    session: Session, event_id: int, only: Collection[int] | None = None
) -> dict[int, Preference]:
    """Return registration id -> what an event's confirmed institutions look for, of those who said it.

    Args:
        only: these registrations; None for all.
    """
    statement = (
        select(MeetingPreference)
        .join(Registration, Registration.id == MeetingPreference.registration_id)
        .where(
            Registration.event_id == event_id,
            Registration.side == Side.INSTITUTION,
            Registration.state == RegistrationState.CONFIRMED,
        )
        .order_by(MeetingPreference.registration_id)
    )
    if only is not None:
        statement = statement.where(MeetingPreference.registration_id.in_(only))
    return {row.registration_id: preference_from(row) for row in session.scalars(statement)}


def preference_from(row: MeetingPreference) -> Preference:
    """Return a stored preference as the rules take it."""
    return Preference(
        row.amount_from_fen,
        row.amount_to_fen,
        row.months_from,
        row.months_to,
        frozenset(row.industries),
        frozenset(row.counties),
        frozenset(IpKind(kind) for kind in row.kinds),
        row.least_grade or None,
        row.only_listed,
        row.least_patents,
    )


def firms_at(
    session: Session, event_id: int, grades: Mapping[int, str], only: Collection[int] | None = None
) -> dict[int, FirmAtEvent]:
    """Return registration id -> what is known of an event's confirmed firms.

    Args:
        grades: enterprise id -> grade of those on the whitelist.
        only: these registrations; None for all.
    """
    statement = (
        select(Registration.id, Registration.amount_fen, MeetingPreference.months, Enterprise)
        .join(Enterprise, Enterprise.id == Registration.enterprise_id)
        .outerjoin(MeetingPreference, MeetingPreference.registration_id == Registration.id)
        .where(Registration.event_id == event_id, Registration.state == RegistrationState.CONFIRMED)
        .order_by(Registration.id)
    )
    if only is not None:
        statement = statement.where(Registration.id.in_(only))
    rows = session.execute(statement).all()
    names = region_names(session, {firm.region_code for *_rest, firm in rows if firm.region_code})
    return {
        row_id: FirmAtEvent(
            amount,
            months,
            firm.industry_code,
            firm.region_code or "",
            names.get(firm.region_code or "", ""),
            frozenset(_kinds(firm)),
            grades.get(firm.id),
            firm.valid_count,
        )
        for row_id, amount, months, firm in rows
    }


def _kinds(firm: Enterprise) -> list[IpKind]:
    held = (
        (IpKind.INVENTION, firm.valid_invention_count),
        (IpKind.UTILITY, firm.valid_utility_count),
        (IpKind.DESIGN, firm.valid_design_count),
    )
    return [kind for kind, count in held if count]


def enterprises_at(session: Session, event_id: int) -> list[int]:
    """Return the ids of the enterprises that are confirmed at an event."""
    return list(
        session.scalars(
            select(Registration.enterprise_id).where(
                Registration.event_id == event_id,
                Registration.enterprise_id.is_not(None),
                Registration.state == RegistrationState.CONFIRMED,
            )
        )
    )
