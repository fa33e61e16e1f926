"""Another person of the same house in place of the one named before; the seat and its talks stay."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from ipfin.config import Settings
from ipfin.events.lifecycle import EventState, RegistrationState
from ipfin.events.models import Registration
from ipfin.events.registration import check_person, require_leaving
from ipfin.events.service.contacts import keep_phone
from ipfin.events.service.registrations import keep_substitution, lock_registration, require_living
from ipfin.events.service.seats import note
from ipfin.events.service.telling import tell_office
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import _
from ipfin.kernel.versions import require_seen


@dataclass(frozen=True, slots=True)
class Person:
    """Who comes instead."""

    name: str
    phone: str
    post: str = ""


def substitute(
    session: Session,
    actor: Actor,
    registration: Registration,
    person: Person,
    *,
    reason: str = "",
    version: int | None = None,
    shared_phone_reason: str = "",
    settings: Settings | None = None,
) -> None:
    """Let another person come in place of the first; who came in whose place is kept.

    After publication the office is told, because the name stands on paper already.

    Args:
        version: the `said_version` that the person saw; None does not compare.

    Raises:
        BadInput: no name or phone, or the same person.
        Conflict: the registration no longer lives, the event is over, or the phone is somebody else's.
        Stale: a colleague or the office said something else meanwhile.
    """
    event, registration = lock_registration(session, registration)
    require_living(registration)
    require_seen(version, registration.said_version)
    require_leaving(event.state)
    check_person(person.name, person.phone)
    kept = keep_substitution(session, actor, registration, person.name, reason=reason)
    if kept is None:
        raise BadInput(_("参会人没有变化；只改电话或职务，请用“修改报名信息”。"), field="contact_name")
    keep_phone(session, registration, person.phone, shared_reason=shared_phone_reason, settings=settings)
    registration.contact_name = person.name.strip()[:60]
    registration.contact_post = person.post.strip()[:60]
    registration.said_version += 1
    session.flush()
    note(session, actor, event, registration, "events.registration.replaced")
    if event.state is EventState.SCHEDULED and registration.state is RegistrationState.CONFIRMED:
        tell_office(
            session,
            event,
            key=f"substitution:{kept.id}",
            subject=_("%(name)s在日程发布后更换参会人", name=registration.display_name),
            body=_(
                "由%(former)s改为%(name)s，请更换胸牌和签到表。",
                former=kept.former_name,
                name=kept.name,
            ),
        )
