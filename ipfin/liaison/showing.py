"""How much of a contact a reader is shown: all, masked, or nothing. Pure, and the one place for it.

`showing` is the whole rule; every page, paper and export that holds a contact asks it, and prints what
`shown` gives back. Contacts are level L3 (personal data): the firm reads its own, the office reads them
masked and in full only one at a time by a logged act, the auditor masked, and an institution nothing
without the firm's consent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ipfin.kernel.actor import Role
from ipfin.liaison.contacts import ContactDetails


class Showing(StrEnum):
    """How much is shown (可见程度)."""

    FULL = "full"  # 全部
    MASKED = "masked"  # 掩码
    NONE = "none"  # 不可见


_WITHOUT_CONSENT: Final[Mapping[Role, Showing]] = {
    Role.ENTERPRISE: Showing.FULL,  # its own; that a firm reaches no other firm is the scope's duty
    Role.CITY_OFFICER: Showing.MASKED,
    Role.COUNTY_OFFICER: Showing.MASKED,
    Role.AUDITOR: Showing.MASKED,
}
_BY_CONSENT: Final = frozenset({Role.BANK, Role.GUARANTOR, Role.INSURER})
_MAY_REVEAL: Final = frozenset({Role.CITY_OFFICER, Role.COUNTY_OFFICER})


def showing(role: Role | None, *, consented: bool = False, revealed: bool = False) -> Showing:
    """Return how much of a firm's contact a reader of `role` is shown.

    Args:
        consented: the firm has given the reader's organisation its consent, in force now.
        revealed: the reader asked for this one contact, and that was logged.
    """
    if role is None:
        return Showing.NONE
    if role in _BY_CONSENT:
        return Showing.FULL if consented else Showing.NONE
    if revealed and role in _MAY_REVEAL:
        return Showing.FULL
    return _WITHOUT_CONSENT.get(role, Showing.NONE)


@dataclass(frozen=True, slots=True)
class ShownContact:
    """A contact as a reader sees it; `is_masked` when more could be shown."""

    name: str
    post: str
    phone: str
    mail: str
    is_masked: bool


def shown(details: ContactDetails, how: Showing) -> ShownContact | None:
    """Return what of `details` is shown, None for nothing."""
    if how is Showing.NONE:
        return None
    masked = how is Showing.MASKED
    phone, mail = details.phone, details.mail
    return ShownContact(
        details.name,
        details.post,
        masked_phone(phone) if masked else phone,
        masked_mail(mail) if masked else mail,
        masked,
    )


def masked_phone(phone: str) -> str:
    """Return a phone number by its first three and last two digits: 138******34; a short one by none."""
    digits = "".join(character for character in phone if character.isdigit())
    if len(digits) < 7:
        return "*" * len(digits)
    return f"{digits[:3]}{'*' * (len(digits) - 5)}{digits[-2:]}"


def masked_mail(mail: str) -> str:
    """Return a mail address by its first letter and its domain: z***@example.cn."""
    name, at, domain = mail.partition("@")
    return f"{name[:1]}***@{domain}" if at and name else "***" if mail else ""
