"""The phone of a registration's contact: sealed, opened, told apart, brought under another key.

Decides under which key it lies and that whoever looks is recorded; who may look is decided by permissions.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.service import house_of
from ipfin.audit.service import record
from ipfin.config import Settings
from ipfin.events.lifecycle import LIVING
from ipfin.events.models import Event, Registration
from ipfin.events.phones import normal_phone, phone_is_taken
from ipfin.kernel.actor import Actor

CONTACT: Final = "registration contact"  # what the phone's key is derived for
FROM_BEFORE: Final = "登记早于一机一号"  # two rows of before that share a phone: said in the row, to nobody


def keep_phone(
    session: Session,
    registration: Registration,
    phone: str,
    *,
    shared_reason: str = "",
    settings: Settings | None = None,
) -> None:
    """Seal a phone into a registration whose event is locked, unless somebody else comes under it.

    Args:
        shared_reason: why the office lets two come under one phone; kept only when two do.

    Raises:
        Conflict: a living registration of the event has this phone.
    """
    sealer = house_of(settings).sealer
    keys = sealer.fingerprints(normal_phone(phone), CONTACT)
    if registration.phone_key not in keys:  # else it is the phone of before, shared or not
        taken = phone_is_shared(session, registration, keys)
        if taken and not shared_reason.strip():
            raise phone_is_taken()
        registration.shared_phone_reason = shared_reason.strip()[:200] if taken else ""
        registration.phone_key = keys[0]
    registration.contact_sealed = sealer.seal(phone.strip(), CONTACT)


def refuse_shared_phone(
    session: Session, registration: Registration, *, settings: Settings | None = None
) -> None:
    """Refuse to let a registration live again whose phone somebody else comes under by now.

    Raises:
        Conflict: see `keep_phone`.
    """
    if not registration.phone_key or registration.shared_phone_reason:
        return
    phone = phone_of_contact(registration, settings=settings)
    keys = house_of(settings).sealer.fingerprints(normal_phone(phone), CONTACT)
    if phone_is_shared(session, registration, keys):
        raise phone_is_taken()


def phone_is_shared(session: Session, registration: Registration, keys: tuple[str, ...]) -> bool:
    """Whether another living registration of the same event has one of these digests."""
    return (
        session.scalar(
            select(Registration.id)
            .where(
                Registration.event_id == registration.event_id,
                Registration.phone_key.in_(keys),
                Registration.state.in_(sorted(LIVING)),
                Registration.id.is_distinct_from(registration.id),
            )
            .limit(1)
        )
        is not None
    )


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
    """Bring every contact's phone and its digest under the present key; return how many rows changed.

    Rows of before the digest get theirs; of two that share a phone already the later says so.
    """
    sealer = house_of(settings).sealer
    count = 0
    seen: set[tuple[int, str]] = set()
    rows = select(Registration).where(Registration.contact_sealed != "").order_by(Registration.id)
    for row in session.scalars(rows):
        sealed = sealer.reseal(row.contact_sealed, CONTACT)
        phone = normal_phone(sealer.open_sealed(sealed, CONTACT))
        key = sealer.fingerprint(phone, CONTACT)
        count += (sealed, key) != (row.contact_sealed, row.phone_key)
        row.contact_sealed, row.phone_key = sealed, key
        if row.state in LIVING:
            if (row.event_id, key) in seen and not row.shared_phone_reason:
                row.shared_phone_reason = FROM_BEFORE
            seen.add((row.event_id, key))
    session.flush()
    return count
