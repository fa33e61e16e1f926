"""What firms opened to the institution whose person is asking: noted first, shown then.

Decides that nothing is shown which could not be noted for the firm. What a consent opens is decided in
`consent`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from ipfin.consent.levels import Reader
from ipfin.consent.models import UseKind
from ipfin.consent.purposes import FieldSet, Purpose, page_purpose
from ipfin.consent.queries import consented_ids, opened_facts, reader_for
from ipfin.consent.service import note_uses
from ipfin.kernel.text import Text
from ipfin.liaison.queries import contacts_of, contacts_opened_to
from ipfin.liaison.service import details_of
from ipfin.liaison.showing import ShownContact, shown
from ipfin.registry.models import FACT_KIND_LABELS
from ipfin.reports.declared import declared_words
from ipfin.web.database import current_session, write_if_free
from ipfin.web.i18n import locale_now
from ipfin.web.signing_in import actor, settings


@dataclass(frozen=True, slots=True)
class Reading:
    """What of a firm's page is open to the reader: the purpose, the sets, declared figures and contacts.

    `declared` holds label, value and day of each; `unnoted` says that something is open which is not
    shown, because it could not be noted.
    """

    purpose: Purpose | None
    sets: frozenset[FieldSet] = frozenset()
    declared: tuple[tuple[Text, str, date], ...] = ()
    contacts: tuple[ShownContact, ...] = ()
    unnoted: bool = False

    def shows(self, field_set: FieldSet) -> bool:
        """Whether `field_set` is shown."""
        return field_set in self.sets


def read_opened(enterprise_id: int, on: date) -> Reading:
    """Return what the firm opened to the reader, after noting that he sees it."""
    who = actor()
    reader = reader_for(current_session(), who, enterprise_id, on=on)
    sets = frozenset(each for each in FieldSet if reader.may_read(each))
    purpose = reader.purpose
    if purpose is None or not sets:
        return Reading(purpose)
    if not write_if_free(
        lambda writing: note_uses(writing, who, [(enterprise_id, sets)], kind=UseKind.VIEW, purpose=purpose)
    ):
        return Reading(purpose, unnoted=True)
    return Reading(
        purpose,
        sets,
        _declared(enterprise_id, on) if FieldSet.DECLARED in sets else (),
        _contacts(enterprise_id, reader, purpose, on) if FieldSet.CONTACTS in sets else (),
    )


def _contacts(enterprise_id: int, reader: Reader, purpose: Purpose, on: date) -> tuple[ShownContact, ...]:
    rows = contacts_of(current_session(), contacts_opened_to(actor(), purpose, on), enterprise_id)
    found = (shown(details_of(row, settings=settings()), reader) for row in rows)
    return tuple(contact for contact in found if contact is not None)


def _declared(enterprise_id: int, on: date) -> tuple[tuple[Text, str, date], ...]:
    facts = opened_facts(current_session(), [enterprise_id], on=on).get(enterprise_id, {})
    return tuple(
        (FACT_KIND_LABELS[kind], declared_words(kind.value, fact.number, fact.word, locale_now()), fact.as_of)
        for kind, fact in facts.items()
    )


def opened_in_list(enterprise_ids: Collection[int], on: date) -> frozenset[int]:
    """Return which firms of a page opened their declared figures to the reader."""
    who = actor()
    purpose = page_purpose(who.role)
    if purpose is None:
        return frozenset()
    return consented_ids(
        current_session(),
        enterprise_ids,
        organisation_id=who.organisation_id,
        purpose=purpose,
        field_set=FieldSet.DECLARED,
        on=on,
    )
