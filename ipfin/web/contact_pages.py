"""Contacts of a firm on a page: the form, and the lines as the reader may see them.

The office's pages and the firm's own use the same; how much is shown is decided by the levels
of the fields (`consent.levels`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _
from sqlalchemy.orm import Session
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length

from ipfin.consent.levels import Reader
from ipfin.kernel.actor import Role
from ipfin.kernel.text import Text
from ipfin.liaison.contacts import CONTACT_SOURCE_LABELS, LONGEST_MAIL, LONGEST_NAME, ContactDetails
from ipfin.liaison.models import EnterpriseContact
from ipfin.liaison.queries import contact_by_id, contacts_of, contacts_visible_to
from ipfin.liaison.service import details_of
from ipfin.liaison.showing import ShownContact, shown
from ipfin.registry.models import Enterprise
from ipfin.web.forms import BaseForm
from ipfin.web.signing_in import actor, settings


class ContactForm(BaseForm):
    """A person to call."""

    name = StringField(_("姓名"), [InputRequired(_("请填写姓名。")), Length(max=LONGEST_NAME)])
    post = StringField(_("职务"), [Length(max=LONGEST_NAME)])
    phone = StringField(_("电话"), [Length(max=30)])
    mail = StringField(_("邮箱"), [Length(max=LONGEST_MAIL)])
    is_main = BooleanField(_("设为主联系人"))

    def details(self, before: ContactDetails | None = None) -> ContactDetails:
        """Return what was said; with `before`, an empty phone or mail address stays what it was.

        So the office can correct a post without being shown the phone.
        """
        phone, mail = self.phone.data or "", self.mail.data or ""
        if before is not None:
            phone, mail = phone.strip() or before.phone, mail.strip() or before.mail
        return ContactDetails(self.name.data or "", self.post.data or "", phone, mail)


class PressForm(BaseForm):
    """A button: nothing to fill in, the token is what counts."""


@dataclass(frozen=True, slots=True)
class ContactLine:
    """One contact of a list; `contact` is what the reader may see of it."""

    id: int
    contact: ShownContact
    is_main: bool
    source: Text
    recorded_by: str
    recorded_at: datetime


def contact_lines(
    session: Session, firm: Enterprise, revealed: Collection[int] = ()
) -> Sequence[ContactLine]:
    """Return the contacts of `firm` as the reader may see them, the main one first.

    Args:
        revealed: ids that the reader asked to see in full, which the caller has recorded.
    """
    role = actor().role
    lines = []
    for place, row in enumerate(contacts_of(session, contacts_visible_to(actor()), firm.id)):
        reader = Reader(role, is_own=role is Role.ENTERPRISE, revealed=row.id in revealed)
        contact = shown(details_of(row, settings=settings()), reader)
        if contact is not None:
            is_main = place == 0 and row.main_since is not None
            source = CONTACT_SOURCE_LABELS[row.source]
            lines.append(ContactLine(row.id, contact, is_main, source, row.recorded_by, row.recorded_at))
    return lines


def visible_contact(session: Session, firm: Enterprise, contact_id: int) -> EnterpriseContact:
    """Return one contact of `firm`.

    Raises:
        NotFound: there is none, or not for this person.
    """
    return contact_by_id(session, contacts_visible_to(actor()), firm.id, contact_id)
