"""Writing contacts and visits. Callers own the transaction.

Every act is recorded on the firm's timeline without what it was about: an audit entry can never be
deleted, so no name, phone or mail address of a person may stand in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.accounts.service import house_of
from ipfin.audit.service import record
from ipfin.config import Settings
from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.text import _
from ipfin.liaison.contacts import MOST_CONTACTS, ContactDetails, ContactSource, changed_fields
from ipfin.liaison.models import EnterpriseContact, EnterpriseVisit
from ipfin.liaison.visits import LONGEST_LINE, VisitDetails
from ipfin.registry.models import Enterprise

PHONE: Final = "enterprise contact phone"  # what the keys are derived for
MAIL: Final = "enterprise contact mail"


# --- Contacts ---------------------------------------------------------------------------------------


def details_of(contact: EnterpriseContact, *, settings: Settings | None = None) -> ContactDetails:
    """Return a contact with phone and mail opened. What of it may be shown is decided in `showing`.

    Raises:
        CannotOpen: the key is not here.
    """
    sealer = house_of(settings).sealer
    return ContactDetails(
        contact.name,
        contact.post,
        sealer.open_sealed(contact.phone_sealed, PHONE),
        sealer.open_sealed(contact.mail_sealed, MAIL),
    )


def add_contact(
    session: Session,
    actor: Actor,
    firm: Enterprise,
    said: ContactDetails,
    *,
    is_main: bool = False,
    settings: Settings | None = None,
) -> EnterpriseContact:
    """Write down a person to call at `firm`; the first one is the main contact.

    Raises:
        BadInput: see `ContactDetails.checked`.
        Conflict: the firm has as many as it may.
        CannotSeal: the installation has no usable secret.
    """
    tidy = said.checked()
    known = session.scalar(
        select(func.count()).select_from(EnterpriseContact).where(EnterpriseContact.enterprise_id == firm.id)
    )
    if (known or 0) >= MOST_CONTACTS:
        raise Conflict(_("最多登记%(most)s名联系人，请先删除不再使用的。", most=MOST_CONTACTS))
    contact = EnterpriseContact(
        enterprise_id=firm.id, main_since=now_utc() if is_main or not known else None, source=_source(actor)
    )
    _write(contact, actor, tidy, settings)
    session.add(contact)
    session.flush()
    _note(session, actor, "added", firm, contact)
    return contact


def amend_contact(
    session: Session,
    actor: Actor,
    firm: Enterprise,
    contact: EnterpriseContact,
    said: ContactDetails,
    *,
    settings: Settings | None = None,
) -> None:
    """Change what is known of a contact; the log says which fields, not what they held.

    Raises:
        BadInput: see `ContactDetails.checked`.
        CannotSeal: the installation has no usable secret.
    """
    tidy = said.checked()
    changed = changed_fields(details_of(contact, settings=settings), tidy)
    if not changed:
        return
    contact.source = _source(actor)
    _write(contact, actor, tidy, settings)
    session.flush()
    _note(session, actor, "changed", firm, contact, fields=changed)


def name_main_contact(session: Session, actor: Actor, firm: Enterprise, contact: EnterpriseContact) -> None:
    """Make `contact` the main one of its firm."""
    contact.main_since = now_utc()
    session.flush()
    _note(session, actor, "main", firm, contact)


def remove_contact(session: Session, actor: Actor, firm: Enterprise, contact: EnterpriseContact) -> None:
    """Take a contact out for good: nothing of the person is kept."""
    session.delete(contact)
    session.flush()
    _note(session, actor, "removed", firm, contact)


def reveal_contact(
    session: Session,
    actor: Actor,
    firm: Enterprise,
    contact: EnterpriseContact,
    *,
    settings: Settings | None = None,
) -> ContactDetails:
    """Return a contact in full, and record that the actor asked for it.

    Also for whoever hands one to another organisation: each such look leaves its line in the log.
    """
    _note(session, actor, "revealed", firm, contact)
    return details_of(contact, settings=settings)


def reseal_enterprise_contacts(session: Session, *, settings: Settings | None = None) -> int:
    """Bring every contact under the present key; return how many rows changed."""
    sealer = house_of(settings).sealer
    count = 0
    for row in session.scalars(select(EnterpriseContact)):
        phone, mail = sealer.reseal(row.phone_sealed, PHONE), sealer.reseal(row.mail_sealed, MAIL)
        count += (phone, mail) != (row.phone_sealed, row.mail_sealed)
        row.phone_sealed, row.mail_sealed = phone, mail
    session.flush()
    return count


def _source(actor: Actor) -> ContactSource:
    return ContactSource.FIRM if actor.role is Role.ENTERPRISE else ContactSource.OFFICE


def _write(contact: EnterpriseContact, actor: Actor, said: ContactDetails, settings: Settings | None) -> None:
    sealer = house_of(settings).sealer
    contact.name, contact.post = said.name, said.post
    contact.phone_sealed, contact.mail_sealed = sealer.seal(said.phone, PHONE), sealer.seal(said.mail, MAIL)
    contact.recorded_by, contact.recorded_at = actor.name, now_utc()


def _note(
    session: Session,
    actor: Actor,
    what: str,
    firm: Enterprise,
    contact: EnterpriseContact,
    *,
    fields: Sequence[str] = (),
) -> None:
    action, subject = f"liaison.contact.{what}", f"enterprise:{firm.id}"
    record(session, actor, action, subject, name=firm.name, contact=contact.id, fields=list(fields))


# --- Visits -----------------------------------------------------------------------------------------


def record_visit(
    session: Session, actor: Actor, firm: Enterprise, said: VisitDetails, *, on: date, origin: str = ""
) -> EnterpriseVisit:
    """Write down a visit to `firm`.

    Args:
        origin: what it is written down from, such as "registration:17"; only one that stands has it.

    Raises:
        BadInput: see `VisitDetails.checked`.
    """
    visit = EnterpriseVisit(
        enterprise_id=firm.id,
        recorded_by_user_id=actor.user_id,
        recorded_by=actor.name,
        recorded_at=now_utc(),
        origin=origin,
    )
    _write_visit(visit, said.checked(on))
    session.add(visit)
    session.flush()
    _note_visit(session, actor, "recorded", firm, visit)
    return visit


def amend_visit(
    session: Session, actor: Actor, firm: Enterprise, visit: EnterpriseVisit, said: VisitDetails, *, on: date
) -> None:
    """Change the record of a visit; a follow-up that was done keeps its text and day.

    Raises:
        BadInput: see `VisitDetails.checked`.
        Conflict: the follow-up was done, and the change concerns it.
    """
    tidy = said.checked(on)
    if visit.done_on is not None and (tidy.follow_up, tidy.due_on) != (visit.follow_up, visit.follow_up_due):
        raise Conflict(_("跟进事项已完成，要修改请先重新打开。"), field="follow_up")
    _write_visit(visit, tidy)
    session.flush()
    _note_visit(session, actor, "changed", firm, visit)


def finish_follow_up(
    session: Session, actor: Actor, firm: Enterprise, visit: EnterpriseVisit, *, note: str, on: date
) -> None:
    """Say that what was to follow has been done, and how.

    Raises:
        BadInput: no note.
        Conflict: nothing is open.
    """
    if visit.follow_up_due is None or visit.done_on is not None:
        raise Conflict(_("没有待完成的跟进事项。"))
    visit.done_on, visit.done_note, visit.done_by = on, _said(note, "note"), actor.name
    session.flush()
    _note_visit(session, actor, "done", firm, visit)


def reopen_follow_up(session: Session, actor: Actor, firm: Enterprise, visit: EnterpriseVisit) -> None:
    """Say that what was to follow is not done after all.

    Raises:
        Conflict: it was not said to be done.
    """
    if visit.done_on is None:
        raise Conflict(_("跟进事项没有标记为完成。"))
    visit.done_on, visit.done_note, visit.done_by = None, "", ""
    session.flush()
    _note_visit(session, actor, "reopened", firm, visit)


def void_visit(
    session: Session, actor: Actor, firm: Enterprise, visit: EnterpriseVisit, *, reason: str
) -> None:
    """Take back a record that was written by mistake; it is kept and no longer listed.

    Raises:
        BadInput: no reason.
    """
    visit.void_reason, visit.voided_at = _said(reason, "reason"), now_utc()
    session.flush()
    _note_visit(session, actor, "voided", firm, visit)


def _said(text: str, field: str) -> str:
    tidy = " ".join(text.split())[:LONGEST_LINE]
    if not tidy:
        raise BadInput(_("请写明情况。"), field=field)
    return tidy


def _write_visit(visit: EnterpriseVisit, said: VisitDetails) -> None:
    visit.visited_on, visit.officers, visit.persons = said.visited_on, said.officers, said.persons
    visit.topics, visit.needs = said.topics, said.needs
    visit.follow_up, visit.follow_up_due = said.follow_up, said.due_on


def _note_visit(session: Session, actor: Actor, what: str, firm: Enterprise, visit: EnterpriseVisit) -> None:
    record(
        session,
        actor,
        f"liaison.visit.{what}",
        f"enterprise:{firm.id}",
        name=firm.name,
        day=visit.visited_on.isoformat(),
        visit=visit.id,
    )
