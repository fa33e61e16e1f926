"""What may be written down of a contact, and how much of it a reader is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ipfin.consent.levels import Reader
from ipfin.consent.purposes import FieldSet, Purpose
from ipfin.kernel.actor import Role
from ipfin.kernel.errors import BadInput
from ipfin.liaison.contacts import MOST_CONTACTS, ContactDetails, changed_fields
from ipfin.liaison.showing import shown

SAID = ContactDetails("张三", "财务总监", "13800001234", "zhang@firm.example")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "长" * 61}, "name"),
        ({"phone": "", "mail": ""}, "phone"),
        ({"phone": "12345"}, "phone"),
        ({"phone": "打这个13800001234"}, "phone"),
        ({"phone": "1" * 31}, "phone"),
        ({"mail": "zhang"}, "mail"),
        ({"mail": "zhang@firm"}, "mail"),
        ({"mail": "a b@firm.cn"}, "mail"),
        ({"mail": f"{'z' * 60}@{'f' * 40}.cn"}, "mail"),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(change, field):
    with pytest.raises(BadInput) as refusal:
        replace(SAID, **change).checked()
    assert refusal.value.field == field


@pytest.mark.parametrize(
    "change",
    [
        {"name": "长" * 60},
        {"mail": ""},
        {"phone": ""},
        {"phone": "123456"},
        {"phone": "0372-1234567"},
        {"phone": "+86 138 0000 1234"},
    ],
)
def test_what_may_be_right_is_taken(change):
    assert replace(SAID, **change).checked() == replace(SAID, **change)


def test_idle_spaces_go():
    assert replace(SAID, name=" 张 三 ", mail=f" {SAID.mail}\n").checked() == replace(SAID, name="张 三")


def test_a_change_is_told_by_its_fields_and_not_by_its_values():
    assert changed_fields(SAID, replace(SAID, phone="13900001234", post="会计")) == ["post", "phone"]
    assert changed_fields(SAID, SAID) == []
    assert MOST_CONTACTS == 20


def of_bank(*consents: tuple[Purpose, FieldSet]) -> Reader:
    return Reader(Role.BANK, purpose=Purpose.FINANCING, consents=frozenset(consents))


CONTACTS_FOR_FINANCING = (Purpose.FINANCING, FieldSet.CONTACTS)


@pytest.mark.parametrize(
    ("reader", "phone"),
    [
        (Reader(Role.ENTERPRISE, is_own=True), "13800001234"),
        (Reader(Role.ENTERPRISE), None),
        (Reader(Role.CITY_OFFICER), "138****1234"),
        (Reader(Role.COUNTY_OFFICER, revealed=True), "13800001234"),
        (Reader(Role.AUDITOR, revealed=True), "138****1234"),
        (Reader(Role.ADMIN, revealed=True), None),
        (Reader(Role.AGENCY), None),
        (Reader(None), None),
        (of_bank(), None),
        (of_bank((Purpose.POST_LOAN, FieldSet.CONTACTS)), None),
        (of_bank((Purpose.FINANCING, FieldSet.DECLARED)), None),
        (of_bank(CONTACTS_FOR_FINANCING), "13800001234"),
    ],
)
def test_who_is_shown_how_much_of_a_contact(reader: Reader, phone: str | None) -> None:
    contact = shown(SAID, reader)
    assert (contact.phone if contact else None) == phone
    if contact is not None:
        assert contact.name == "张三", "whom one speaks of is never masked, only how to call him"
        assert contact.is_masked is ("*" in contact.phone)
        assert ("*" in contact.mail) is contact.is_masked
