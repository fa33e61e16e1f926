"""What participants are in the matrix of who may ask whom, and how many requests they made."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation, OrganisationKind
from ipfin.events.asking import Party
from ipfin.events.lifecycle import RegistrationState
from ipfin.events.models import Registration, Wish

_PARTY_OF_KIND = {
    OrganisationKind.BANK: Party.BANK,
    OrganisationKind.INSURER: Party.INSURER,
    OrganisationKind.GUARANTOR: Party.GUARANTOR,
}


def parties_at(session: Session, event_id: int, listed: Collection[int]) -> dict[int, Party]:
    """Return registration id -> what each confirmed participant of an event is.

    Args:
        listed: ids of the enterprises that are on the whitelist today.
    """
    rows = session.execute(
        select(Registration.id, Registration.enterprise_id, Organisation.kind)
        .outerjoin(Organisation, Organisation.id == Registration.organisation_id)
        .where(Registration.event_id == event_id, Registration.state == RegistrationState.CONFIRMED)
    )
    return {
        row_id: (Party.LISTED if firm in listed else Party.FIRM) if kind is None else _PARTY_OF_KIND[kind]
        for row_id, firm, kind in rows
    }


def requests_of(session: Session, registration_id: int) -> int:
    """Return how many requests of a participant stand."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Wish)
            .where(Wish.from_registration_id == registration_id, Wish.is_request)
        )
        or 0
    )
