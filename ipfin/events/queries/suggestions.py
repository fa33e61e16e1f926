"""What institutions look for and what is known of firms, for suggestions.

The grades of the whitelist are another domain's and come in from the caller.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.events.eligibility import GRADES
from ipfin.events.lifecycle import RegistrationState, Side
from ipfin.events.models import MeetingPreference, MeetingProposal, Registration, SuggestionWeights, Wish
from ipfin.events.preferences import IpKind, Preference
from ipfin.events.suggestions import DEFAULT_WEIGHTS, Criterion, FirmAtEvent
from ipfin.registry.models import Enterprise, Region


@dataclass(frozen=True, slots=True)
class Weights:
    """The weights that hold; `number` 0 is the product's own."""

    number: int
    points: Mapping[Criterion, int]


def weights_in_force(session: Session) -> Weights:
    """Return the weights that hold: those that the office set last, else the product's own."""
    row = session.scalar(select(SuggestionWeights).order_by(SuggestionWeights.number.desc()).limit(1))
    if row is None:
        return Weights(0, dict(DEFAULT_WEIGHTS))
    return Weights(row.number, points_of(row))


def points_of(row: SuggestionWeights) -> dict[Criterion, int]:
    """Return the weights of a version, in the order of the criteria."""
    return {criterion: int(row.points[criterion.value]) for criterion in Criterion}


def weights_set(session: Session) -> Sequence[SuggestionWeights]:
    """Return every version of the weights, the latest first."""
    return session.scalars(select(SuggestionWeights).order_by(SuggestionWeights.number.desc())).all()


def preference_of(session: Session, registration: Registration) -> MeetingPreference | None:
    """Return what an institution looks for at an event; else what it looked for last, to start from."""
    return session.scalar(
        select(MeetingPreference)
        .join(Registration, Registration.id == MeetingPreference.registration_id)
        .where(Registration.organisation_id == registration.organisation_id)
        .order_by((Registration.id == registration.id).desc(), Registration.id.desc())
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
        .where(Registration.event_id == event_id, Registration.state == RegistrationState.CONFIRMED)
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
        grades: enterprise id -> grade, or that there is none, of those on the whitelist.
        only: these registrations; None for all.
    """
    statement = (
        select(Registration, Enterprise)
        .join(Enterprise, Enterprise.id == Registration.enterprise_id)
        .where(Registration.event_id == event_id, Registration.state == RegistrationState.CONFIRMED)
        .order_by(Registration.id)
    )
    if only is not None:
        statement = statement.where(Registration.id.in_(only))
    tree = {row.code: row for row in session.scalars(select(Region))}
    return {
        row.id: FirmAtEvent(
            row.amount_fen,
            row.months,
            firm.industry_code,
            _divisions(tree, firm.region_code),
            tree[firm.region_code].name if firm.region_code else "",
            frozenset(_kinds(firm)),
            firm.valid_count if firm.as_of is not None else None,
            firm.unknown_count > 0,
            firm.id in grades,
            grades[firm.id] if grades.get(firm.id) in GRADES else None,
        )
        for row, firm in session.execute(statement)
    }


def _divisions(tree: Mapping[str, Region], code: str | None) -> frozenset[str]:
    """Return a division and all above it."""
    found: set[str] = set()
    while code is not None and code not in found:
        found.add(code)
        code = tree[code].parent_code
    return frozenset(found)


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


def settled_pairs(session: Session, event_id: int) -> set[tuple[int, int]]:
    """Return (institution, enterprise) pairs that the office need not bring together any more.

    Both agreed, one refused, or a proposal stands.
    """
    said: dict[tuple[int, int], list[int]] = {}
    wishes = session.execute(
        select(Registration.side, Wish.from_registration_id, Wish.to_registration_id, Wish.strength)
        .join(Registration, Registration.id == Wish.from_registration_id)
        .where(Wish.event_id == event_id)
    )
    for side, wisher, wished, strength in wishes:
        pair = (wished, wisher) if side is Side.ENTERPRISE else (wisher, wished)
        said.setdefault(pair, []).append(strength)
    settled = {pair for pair, strengths in said.items() if 0 in strengths or len(strengths) == 2}
    proposed = session.execute(
        select(MeetingProposal.institution_registration_id, MeetingProposal.enterprise_registration_id).where(
            MeetingProposal.event_id == event_id, MeetingProposal.withdrawn_at.is_(None)
        )
    )
    return settled | {(house, firm) for house, firm in proposed}
