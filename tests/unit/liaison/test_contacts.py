"""What may be written down of a contact, and how much of it a reader is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.kernel.actor import Role
from ipfin.kernel.errors import BadInput
from ipfin.liaison.contacts import MOST_CONTACTS, ContactDetails, changed_fields
from ipfin.liaison.showing import Showing, masked_mail, masked_phone, showing, shown

SAID = ContactDetails("张三", "财务总监", "13800001234", "zhang@firm.example")
OFFICERS = {Role.CITY_OFFICER, Role.COUNTY_OFFICER}
INSTITUTIONS = {Role.BANK, Role.GUARANTOR, Role.INSURER}


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


@pytest.mark.parametrize("role", [*Role, None])
@pytest.mark.parametrize("consented", [False, True])
@pytest.mark.parametrize("revealed", [False, True])
def test_who_sees_how_much(role, consented, revealed):
    expected = Showing.NONE
    if role is Role.ENTERPRISE:
        expected = Showing.FULL
    elif role in OFFICERS:
        expected = Showing.FULL if revealed else Showing.MASKED
    elif role is Role.AUDITOR:
        expected = Showing.MASKED
    elif role in INSTITUTIONS:
        expected = Showing.FULL if consented else Showing.NONE
    assert showing(role, consented=consented, revealed=revealed) is expected


def test_nothing_is_shown_of_what_is_closed_and_all_of_what_is_open():
    assert shown(SAID, Showing.NONE) is None
    full = shown(SAID, Showing.FULL)
    assert full is not None
    assert (full.phone, full.mail, full.is_masked) == (SAID.phone, SAID.mail, False)
    masked = shown(SAID, Showing.MASKED)
    assert masked is not None
    assert (masked.name, masked.phone, masked.mail) == ("张三", "138******34", "z***@firm.example")


@pytest.mark.parametrize(
    ("plain", "masked"),
    [("13800001234", "138******34"), ("0372-1234567", "037******67"), ("123456", "******"), ("", "")],
)
def test_a_phone_is_told_by_its_ends(plain, masked):
    assert masked_phone(plain) == masked


@pytest.mark.parametrize(
    ("plain", "masked"), [("z@f.cn", "z***@f.cn"), ("zhang@f.cn", "z***@f.cn"), ("", ""), ("x", "***")]
)
def test_a_mail_address_is_told_by_its_first_letter_and_its_house(plain, masked):
    assert masked_mail(plain) == masked


@given(st.from_regex(r"\+?[0-9][0-9 -]{5,28}[0-9]", fullmatch=True))
def test_a_masked_phone_never_holds_more_than_five_digits(phone):
    digits = [c for c in masked_phone(phone) if c.isdigit()]
    assert len(digits) <= 5
    assert len(masked_phone(phone)) == sum(c.isdigit() for c in phone)
