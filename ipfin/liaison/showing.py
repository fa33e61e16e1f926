"""A contact as a reader sees it. Pure; how much of each field is shown is decided in `consent.levels`."""

from __future__ import annotations

from dataclasses import dataclass

from ipfin.consent import levels
from ipfin.consent.levels import Reader, Sight, sight_of
from ipfin.liaison.contacts import ContactDetails


@dataclass(frozen=True, slots=True)
class ShownContact:
    """A contact as a reader sees it; `is_masked` when more could be shown."""

    name: str
    post: str
    phone: str
    mail: str
    is_masked: bool


def shown(details: ContactDetails, reader: Reader) -> ShownContact | None:
    """Return what of `details` is shown to `reader`, None for nothing."""
    name = levels.shown(reader, "contact.name", details.name)
    if name is None:
        return None
    return ShownContact(
        name=name,
        post=levels.shown(reader, "contact.post", details.post) or "",
        phone=levels.shown(reader, "contact.phone", details.phone) or "",
        mail=levels.shown(reader, "contact.mail", details.mail) or "",
        is_masked=sight_of(reader, "contact.phone") is Sight.MASKED,
    )
