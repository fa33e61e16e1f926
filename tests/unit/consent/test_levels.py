"""Who is shown which field: the matrix of readers and levels, what is closed by default, the masks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.consent.levels import (
    FIELDS,
    INSTITUTIONS,
    Level,
    Reader,
    Sight,
    mask_code,
    mask_mail,
    mask_name,
    mask_phone,
    shown,
    sight_of,
)
from ipfin.consent.purposes import FieldSet, Purpose, page_purpose
from ipfin.kernel.actor import Role
from ipfin.registry.models import FactKind

FULL, MASKED, NONE = Sight.FULL, Sight.MASKED, Sight.NONE
WATCHING = frozenset({Role.CITY_OFFICER, Role.COUNTY_OFFICER, Role.AUDITOR})
OPENED = frozenset({(Purpose.FINANCING, FieldSet.CONTACTS), (Purpose.FINANCING, FieldSet.DECLARED)})
READERS = {
    "city": Reader(Role.CITY_OFFICER),
    "city, asked for one": Reader(Role.CITY_OFFICER, revealed=True),
    "auditor, asked for one": Reader(Role.AUDITOR, revealed=True),
    "county": Reader(Role.COUNTY_OFFICER),
    "bank": Reader(Role.BANK, purpose=Purpose.FINANCING),
    "bank with consent": Reader(Role.BANK, purpose=Purpose.FINANCING, consents=OPENED),
    "bank, other purpose": Reader(Role.BANK, purpose=Purpose.POST_LOAN, consents=OPENED),
    "bank without purpose": Reader(Role.BANK, consents=OPENED),
    "guarantor with consent": Reader(Role.GUARANTOR, purpose=Purpose.FINANCING, consents=OPENED),
    "insurer": Reader(Role.INSURER, purpose=Purpose.INSURANCE),
    "own firm": Reader(Role.ENTERPRISE, is_own=True),
    "other firm": Reader(Role.ENTERPRISE),
    "agency": Reader(Role.AGENCY),
    "auditor": Reader(Role.AUDITOR),
    "administrator": Reader(Role.ADMIN),
    "visitor": Reader(None),
}
# reader -> public field, shared field, declared figure, contact, secret
MATRIX = {
    "city": (FULL, FULL, FULL, MASKED, NONE),
    "city, asked for one": (FULL, FULL, FULL, FULL, NONE),
    "county": (FULL, FULL, FULL, MASKED, NONE),
    "auditor, asked for one": (FULL, FULL, FULL, MASKED, NONE),
    "bank": (FULL, FULL, NONE, NONE, NONE),
    "bank with consent": (FULL, FULL, FULL, FULL, NONE),
    "bank, other purpose": (FULL, FULL, NONE, NONE, NONE),
    "bank without purpose": (FULL, FULL, NONE, NONE, NONE),
    "guarantor with consent": (FULL, FULL, FULL, FULL, NONE),
    "insurer": (FULL, FULL, NONE, NONE, NONE),
    "own firm": (FULL, FULL, FULL, FULL, NONE),
    "other firm": (FULL, NONE, NONE, NONE, NONE),
    "agency": (FULL, NONE, NONE, NONE, NONE),
    "auditor": (FULL, FULL, FULL, MASKED, NONE),
    "administrator": (NONE, NONE, NONE, NONE, NONE),
    "visitor": (FULL, NONE, NONE, NONE, NONE),
}
NAMED = ("firm.name", "score.reasons", "fact.tax_credit", "contact.phone", "user.password_hash")


@pytest.mark.parametrize("who", sorted(READERS))
def test_each_reader_is_shown_what_the_matrix_says(who: str) -> None:
    assert tuple(sight_of(READERS[who], name) for name in NAMED) == MATRIX[who]


@pytest.mark.parametrize("name", ["firm.visits", "firm.tags", "firm.merge_history"])
@pytest.mark.parametrize("who", sorted(READERS))
def test_what_the_office_writes_for_itself_stays_with_it(who: str, name: str) -> None:
    assert sight_of(READERS[who], name) is (FULL if READERS[who].role in WATCHING else NONE)


@pytest.mark.parametrize("who", sorted(READERS))
def test_a_field_that_nobody_classified_is_closed_to_everybody(who: str) -> None:
    assert sight_of(READERS[who], "firm.something_new") is NONE


def test_every_field_has_a_source_and_every_opened_one_a_set() -> None:
    assert all(str(field.source) for field in FIELDS.values())
    without = [
        name for name, field in FIELDS.items() if (field.level is Level.L3) != (field.field_set is not None)
    ]
    assert without == ["fact.evidence"], "the firm's proof is for the office alone: nobody else can be let in"


def test_every_kind_of_fact_is_classified() -> None:
    assert {f"fact.{kind.value}" for kind in FactKind} <= set(FIELDS)


@given(
    role=st.sampled_from([*Role, None]),
    is_own=st.booleans(),
    purpose=st.sampled_from([*Purpose, None]),
    consents=st.frozensets(st.tuples(st.sampled_from(Purpose), st.sampled_from(FieldSet))),
    name=st.sampled_from(sorted(FIELDS)),
)
@settings(max_examples=200)
def test_without_a_consent_for_this_purpose_no_institution_reads_what_needs_one(
    role, is_own, purpose, consents, name
) -> None:
    found = sight_of(Reader(role, is_own, purpose, consents), name)
    field = FIELDS[name]
    if field.level is Level.L4 and not (field.for_office and role in WATCHING):
        assert found is NONE
    if role in INSTITUTIONS and field.level is Level.L3:
        assert (found is FULL) == ((purpose, field.field_set) in consents)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("13812345678", "138****5678"),
        ("+86 138 1234 5678", "+86 138 **** 5678"),
        ("12345", "1****"),
        ("", ""),
    ],
)
def test_a_phone_number_keeps_its_ends(number: str, said: str) -> None:
    assert mask_phone(number) == said


@pytest.mark.parametrize(("name", "said"), [("张三", "张*"), ("欧阳震华", "欧*"), (" 李 ", "李*"), ("", "")])
def test_a_persons_name_keeps_its_first_character(name: str, said: str) -> None:
    assert mask_name(name) == said


@pytest.mark.parametrize(
    ("address", "said"),
    [("zhang@example.test", "z***@example.test"), ("@x.test", "***@x.test"), ("", ""), ("x", "***")],
)
def test_a_mail_address_keeps_its_domain(address: str, said: str) -> None:
    assert mask_mail(address) == said


@given(st.text(max_size=24))
def test_a_masked_code_never_tells_its_middle(code: str) -> None:
    masked = mask_code(code)
    assert len(masked) == len(code.strip())
    assert set(masked[6:-2]) <= {"*"}


@given(st.text(alphabet="0123456789", min_size=5, max_size=20))
def test_a_masked_phone_hides_four_digits(number: str) -> None:
    assert mask_phone(number).count("*") == 4


def test_a_value_is_shown_masked_or_not_at_all() -> None:
    assert shown(READERS["own firm"], "contact.phone", "13812345678") == "13812345678"
    assert shown(READERS["auditor"], "contact.phone", "13812345678") == "138****5678"
    assert shown(READERS["auditor"], "contact.post", "财务负责人") == "财务负责人"
    assert shown(READERS["bank"], "contact.phone", "13812345678") is None


@pytest.mark.parametrize(
    ("role", "purpose"),
    [
        (Role.BANK, Purpose.FINANCING),
        (Role.GUARANTOR, Purpose.FINANCING),
        (Role.INSURER, Purpose.INSURANCE),
        (Role.AGENCY, None),
        (Role.CITY_OFFICER, None),
        (None, None),
    ],
)
def test_an_institution_reads_a_firms_page_for_its_own_business(role, purpose) -> None:
    assert page_purpose(role) is purpose
