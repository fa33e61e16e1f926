"""Who is told what about an event: in the inbox, and by mail where the installation sends any."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation, OrganisationKind
from ipfin.config import Settings, settings_from_environment
from ipfin.events.lifecycle import RegistrationState, Side
from ipfin.events.models import Event, Registration
from ipfin.events.queries import people_of
from ipfin.kernel.actor import Role
from ipfin.kernel.text import Text
from ipfin.notices.service import tell, tell_role


def tell_participants(
    session: Session,
    event: Event,
    *,
    key: str,
    subject: Text,
    body: Text,
    states: Collection[RegistrationState] = (RegistrationState.CONFIRMED,),
    settings: Settings | None = None,
) -> None:
    """Tell the people of everybody whose registration is in one of `states` the same thing."""
    rows = session.scalars(
        select(Registration)
        .where(Registration.event_id == event.id, Registration.state.in_(sorted(states)))
        .order_by(Registration.id)
    ).all()
    tell_each(session, event, [(row, subject, body) for row in rows], key=key, settings=settings)


def tell_each(
    session: Session,
    event: Event,
    told: Sequence[tuple[Registration, Text, Text]],
    *,
    key: str,
    page: str = "",
    settings: Settings | None = None,
) -> int:
    """Tell the people behind each registration its own sentences: (registration, subject, body).

    Args:
        key: what it is about; "{row}" in it stands for the registration's number.
        page: of the event's pages the one that it is about; empty for the event itself.

    Returns:
        How many people were told who had not been.
    """
    registrations = [row for row, _subject, _body in told]
    people = people_of(session, registrations)
    links = _links(session, event, registrations)
    sender = mail_sender(settings)
    path = f"/{page}" if page else ""
    return sum(
        tell(
            session,
            people[row.id],
            key.replace("{row}", str(row.id)),
            subject,
            body,
            links[row.id] + path,
            by_mail_from=sender,
        )
        for row, subject, body in told
    )


def tell_office(session: Session, event: Event, *, key: str, subject: Text, body: Text) -> None:
    """Tell the city's officers something that they must act on."""
    tell_role(session, [Role.CITY_OFFICER], key, subject, body, f"/office/events/{event.public_id}")


def mail_sender(settings: Settings | None) -> str:
    """Return the platform's address for mails; empty where no mail server is set."""
    settings = settings or settings_from_environment()
    return settings.public_url if settings.mail_server else ""


def _links(session: Session, event: Event, rows: Collection[Registration]) -> dict[int, str]:
    houses = {row.organisation_id for row in rows if row.organisation_id is not None}
    # A firm that signs up asks nothing here: it would ask under the event's lock.
    insurers = set(
        session.scalars(
            select(Organisation.id).where(
                Organisation.id.in_(houses), Organisation.kind == OrganisationKind.INSURER
            )
        )
        if houses
        else ()
    )

    def prefix(row: Registration) -> str:
        if row.side is Side.ENTERPRISE:
            return "/ent"
        return "/ins" if row.organisation_id in insurers else "/bank"

    return {row.id: f"{prefix(row)}/events/{event.public_id}" for row in rows}
