"""The phone of a registration's contact: sealed, opened, brought under another key.

Decides under which key it lies and that whoever looks is recorded; who may look is decided by permissions.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.service import house_of
from ipfin.audit.service import record
from ipfin.config import Settings
from ipfin.events.models import Event, Registration
from ipfin.kernel.actor import Actor

CONTACT: Final = "registration contact"  # what the phone's key is derived for


def phone_of_contact(registration: Registration, *, settings: Settings | None = None) -> str:
    """Return the contact's phone, opened. For counterparts after publication, and to be masked or logged.

    Raises:
        CannotOpen: the key is not here.
    """
    return house_of(settings).sealer.open_sealed(registration.contact_sealed, CONTACT)


def reveal_contact(session: Session, actor: Actor, event: Event, registration: Registration) -> None:
    """Record that the actor asked to see whom a participant named, in full.

    A firm finds it on its own timeline, as it does when one of its contacts is looked at.
    """
    firm = registration.enterprise_id
    whose = f"organisation:{registration.organisation_id}" if firm is None else f"enterprise:{firm}"
    record(
        session,
        actor,
        "events.registration.revealed",
        whose,
        name=registration.display_name,
        title=event.title,
        registration=registration.id,
    )


def reseal_contacts(session: Session, *, settings: Settings | None = None) -> int:
    """Bring every contact's phone under the present key; return how many rows changed."""
    sealer = house_of(settings).sealer
    count = 0
    for row in session.scalars(select(Registration).where(Registration.contact_sealed != "")):
        sealed = sealer.reseal(row.contact_sealed, CONTACT)
        count += sealed != row.contact_sealed
        row.contact_sealed = sealed
    session.flush()
    return count
