"""Whom a registration form can be filled in with: persons that the house itself wrote down.

Decides which of them come first. A house sees its own record only, so nobody's consent is needed.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from ipfin.accounts.service import phone_of
from ipfin.events.models import Registration
from ipfin.events.service import phone_of_contact
from ipfin.kernel.text import Text, _
from ipfin.liaison.queries import contacts_of, contacts_visible_to
from ipfin.liaison.service import details_of
from ipfin.web.signing_in import actor, person, settings


@dataclass(frozen=True, slots=True)
class Known:
    """A person that the form can be filled in with; `key` stands in the address of the page."""

    key: str
    source: Text
    name: str
    post: str
    phone: str


def known_persons(session: Session, last: Registration | None) -> list[Known]:
    """Return whom the house may send, the most likely first: as last time, its contacts, oneself."""
    found = []
    if last is not None:
        phone = phone_of_contact(last, settings=settings())
        found.append(Known("last", _("上次报名"), last.contact_name, last.contact_post, phone))
    found.extend(_contacts(session))
    own_phone = phone_of(person().user, settings=settings())
    found.append(Known("me", _("当前用户"), actor().name, "", own_phone))
    return found


def _contacts(session: Session) -> list[Known]:
    firm = actor().enterprise_id
    if firm is None:
        return []
    rows = contacts_of(session, contacts_visible_to(actor()), firm)
    told = ((row, details_of(row, settings=settings())) for row in rows)
    return [
        Known(f"contact-{row.id}", _("企业档案联系人"), said.name, said.post, said.phone)
        for row, said in told
        if said.phone
    ]


def picked(persons: list[Known], key: str) -> Known:
    """Return the person that was asked for, else the first."""
    return next((known for known in persons if known.key == key), persons[0])
