"""Giving, narrowing, withdrawing and using consents, and the questions that lists ask of the ledger."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text, true
from sqlalchemy.orm import Session

from ipfin.accounts.models import OrganisationKind
from ipfin.audit.models import AuditEntry
from ipfin.consent.levels import Sight, sight_of
from ipfin.consent.models import Consent, ConsentAct, ConsentUse, UseKind
from ipfin.consent.purposes import FieldSet, Purpose
from ipfin.consent.queries import (
    ConsentFilter,
    consent_by_public_id,
    consented_ids,
    consents_visible_to,
    ledger_page,
    opened,
    reader_for,
)
from ipfin.consent.rules import ConsentState, Standing
from ipfin.consent.service import (
    give_consents,
    marks,
    narrow_consent,
    note_uses,
    propose,
    set_contact,
    withdraw_consents,
)
from ipfin.db import is_sqlite
from ipfin.kernel.actor import Role
from ipfin.kernel.errors import BadInput, Conflict, InvalidTransition, NotAllowed, NotFound
from ipfin.registry.models import Enterprise
from tests.factories import TODAY, Make

LAST = date(2026, 9, 5)


def own_firm(make: Make):
    """Return a person of a firm, as an actor, and the firm."""
    user = make.user(Role.ENTERPRISE)
    actor = make.actor(user)
    return actor, make.session.get_one(Enterprise, actor.enterprise_id)


def bank_of(make: Make, kind: OrganisationKind = OrganisationKind.BANK):
    bank = make.organisation(kind)
    make.consent_recipient(bank)
    return bank


def given(make: Make, actor, firm, bank, **overrides) -> list[Consent]:
    chosen = {
        "recipient_ids": [bank.id],
        "purpose": Purpose.FINANCING,
        "field_sets": [FieldSet.DECLARED],
        "last": LAST,
        "on": TODAY,
        **overrides,
    }
    return give_consents(make.session, actor, firm, propose(make.session, firm, **chosen))


def reads(session: Session, make: Make, bank, firm, on: date = TODAY) -> bool:
    """Whether a person of `bank` reads the declared figures of `firm`."""
    person = make.actor(make.banker(organisation=bank))
    return sight_of(reader_for(session, person, firm.id, on=on), "fact.tax_credit") is Sight.FULL


@pytest.mark.parametrize(
    ("on", "is_open"),
    [(TODAY - timedelta(days=1), False), (TODAY, True), (LAST, True), (LAST + timedelta(days=1), False)],
)
def test_a_consent_opens_its_days_to_its_recipient_only(
    session, make: Make, on: date, *, is_open: bool
) -> None:
    actor, firm = own_firm(make)
    bank, other = bank_of(make), bank_of(make)
    given(make, actor, firm, bank)
    assert reads(session, make, bank, firm, on) is is_open
    assert reads(session, make, other, firm, on) is False
    asked = {"purpose": Purpose.FINANCING, "field_set": FieldSet.DECLARED, "on": on}
    for among in ([firm.id], Enterprise.id == firm.id, true()):
        found = consented_ids(session, among, organisation_id=bank.id, **asked)
        assert found == ({firm.id} if is_open else set())
    listed = select(Enterprise.id).where(opened(Enterprise.id, organisation_id=bank.id, **asked))
    assert session.scalars(listed).all() == ([firm.id] if is_open else [])


def test_a_consent_opens_neither_another_purpose_nor_another_set_nor_another_firm(session, make) -> None:
    actor, firm = own_firm(make)
    bank, stranger = bank_of(make), make.enterprise()
    given(make, actor, firm, bank)
    person = make.actor(make.banker(organisation=bank))
    reader = reader_for(session, person, firm.id, on=TODAY)
    assert sight_of(reader, "contact.phone") is Sight.NONE
    meeting = reader_for(session, person, firm.id, on=TODAY, purpose=Purpose.MEETING)
    assert sight_of(meeting, "fact.tax_credit") is Sight.NONE
    assert reads(session, make, bank, stranger) is False


def test_a_withdrawal_holds_at_once_and_keeps_the_history(session, make) -> None:
    actor, firm = own_firm(make)
    bank = bank_of(make)
    (consent,) = given(make, actor, firm, bank)
    withdraw_consents(session, actor, [consent])
    assert reads(session, make, bank, firm) is False
    assert consent.standing(TODAY) is Standing.WITHDRAWN
    acts = session.scalars(select(ConsentAct.state).order_by(ConsentAct.id)).all()
    assert acts == [ConsentState.GIVEN, ConsentState.WITHDRAWN]
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions[-2:] == ["consent.given", "consent.withdrawn"]
    with pytest.raises(InvalidTransition):
        withdraw_consents(session, actor, [consent])


def test_giving_again_replaces_and_may_last_longer(session, make) -> None:
    actor, firm = own_firm(make)
    bank = bank_of(make)
    (first,) = given(make, actor, firm, bank)
    (second,) = given(make, actor, firm, bank, last=LAST + timedelta(days=30))
    assert (first.state, second.state) == (ConsentState.REPLACED, ConsentState.GIVEN)
    assert reads(session, make, bank, firm, LAST + timedelta(days=30))
    given(make, actor, firm, bank)
    assert first.statement_sha256 != second.statement_sha256, "each keeps the words of its own day"


def test_narrowing_shortens_and_part_is_withdrawn_alone(session, make) -> None:
    actor, firm = own_firm(make)
    bank = bank_of(make)
    contacts, declared = given(make, actor, firm, bank, field_sets=list(FieldSet))
    narrow_consent(session, actor, declared, last=TODAY, on=TODAY)
    assert reads(session, make, bank, firm, TODAY)
    assert not reads(session, make, bank, firm, TODAY + timedelta(days=1))
    withdraw_consents(session, actor, [contacts])
    assert reads(session, make, bank, firm, TODAY)


def test_each_recipient_and_set_is_a_consent_of_its_own(session, make) -> None:
    actor, firm = own_firm(make)
    banks = [bank_of(make), bank_of(make, OrganisationKind.GUARANTOR)]
    proposals = propose(
        session,
        firm,
        recipient_ids=[bank.id for bank in banks],
        purpose=Purpose.FINANCING,
        field_sets=list(FieldSet),
        last=LAST,
        on=TODAY,
    )
    assert len({proposal.mark for proposal in proposals}) == 4
    kept = give_consents(session, actor, firm, proposals, read=marks(proposals))
    assert [each.statement_sha256 for each in kept] == [proposal.mark for proposal in proposals]


def test_what_the_firm_did_not_read_is_not_kept(session, make) -> None:
    actor, firm = own_firm(make)
    bank = bank_of(make)
    asked = {"recipient_ids": [bank.id], "purpose": Purpose.FINANCING, "field_sets": [FieldSet.DECLARED]}
    read = marks(propose(session, firm, last=LAST, on=TODAY, **asked))
    set_contact(session, make.actor(make.banker(organisation=bank)), "新的联系方式")
    with pytest.raises(Conflict):
        give_consents(session, actor, firm, propose(session, firm, last=LAST, on=TODAY, **asked), read=read)


@pytest.mark.parametrize("role", [Role.CITY_OFFICER, Role.BANK, Role.AUDITOR, Role.ENTERPRISE])
def test_nobody_but_the_firm_itself_gives_or_takes_back(session, make, role) -> None:
    actor, firm = own_firm(make)
    bank = bank_of(make)
    (consent,) = given(make, actor, firm, bank)
    stranger = make.actor(role)
    with pytest.raises(NotAllowed):
        given(make, stranger, firm, bank)
    with pytest.raises(NotAllowed):
        withdraw_consents(session, stranger, [consent])
    with pytest.raises(NotAllowed):
        narrow_consent(session, stranger, consent, last=TODAY, on=TODAY)


@pytest.mark.parametrize(
    ("overrides", "words"),
    [
        ({"field_sets": []}, "内容"),
        ({"recipient_ids": []}, "接收方"),
        ({"recipient_ids": [2_000_000]}, "已停用或不在名单中"),
        ({"purpose": Purpose.INSURANCE}, "用途"),
        ({"last": TODAY - timedelta(days=1)}, "早于今天"),
    ],
)
def test_what_cannot_be_agreed_to_is_refused_in_words(make, overrides, words) -> None:
    actor, firm = own_firm(make)
    with pytest.raises(BadInput, match=words):
        given(make, actor, firm, bank_of(make), **overrides)


def test_an_institution_that_told_no_contact_is_given_nothing(make) -> None:
    actor, firm = own_firm(make)
    with pytest.raises(BadInput, match="联系方式"):
        given(make, actor, firm, make.organisation())


def test_a_use_is_noted_for_each_firm_of_which_something_was_shown(session, make) -> None:
    consent, other = make.consent(), make.enterprise()
    person = make.actor(
        make.banker(organisation=session.get(type(consent.organisation), consent.organisation_id))
    )
    note_uses(
        session,
        person,
        [(consent.enterprise_id, {FieldSet.DECLARED, FieldSet.CONTACTS}), (other.id, set())],
        kind=UseKind.DOWNLOAD,
        purpose=Purpose.FINANCING,
        what="名单",
        code="AAAA",
    )
    (use,) = session.scalars(select(ConsentUse)).all()
    assert (use.enterprise_id, use.sets, use.person) == (
        consent.enterprise_id,
        (FieldSet.CONTACTS, FieldSet.DECLARED),
        person.name,
    )


def test_each_reader_sees_the_ledger_within_his_reach(session, make) -> None:
    county = make.region("410581", "林州市")
    inside = make.consent(make.enterprise(region_code=county.code))
    outside = make.consent()
    officer = make.user(
        Role.COUNTY_OFFICER,
        organisation=make.organisation(OrganisationKind.COUNTY_OFFICE, region_code=county.code),
    )
    bank = make.banker(organisation=outside.organisation)
    firm = make.user(Role.ENTERPRISE, organisation=make.organisation(
        OrganisationKind.ENTERPRISE, enterprise=inside.enterprise))  # fmt: skip
    expected = [
        (make.officer(), {inside.id, outside.id}),
        (make.user(Role.AUDITOR), {inside.id, outside.id}),
        (officer, {inside.id}),
        (bank, {outside.id}),
        (firm, {inside.id}),
        (make.user(Role.ADMIN), set()),
        (make.user(Role.AGENCY), set()),
    ]
    for user, ids in expected:
        page = ledger_page(session, consents_visible_to(make.actor(user)), ConsentFilter(), on=TODAY)
        assert {row.id for row in page.items} == ids, user.role
    with pytest.raises(NotFound):
        consent_by_public_id(session, make.actor(bank), inside.public_id)


def test_the_ledger_narrows_by_standing(session, make) -> None:
    standing = make.consent()
    over = make.consent(until=TODAY)
    gone = make.consent(state=ConsentState.WITHDRAWN, ended_at=make.consent().given_at)
    for word, row in ((Standing.EXPIRED, over), (Standing.WITHDRAWN, gone)):
        page = ledger_page(session, true(), ConsentFilter(word), on=TODAY)
        assert [each.id for each in page.items] == [row.id]
    in_force = ledger_page(session, true(), ConsentFilter(Standing.IN_FORCE), on=TODAY)
    assert standing.id in {row.id for row in in_force.items}
    assert over.id not in {row.id for row in in_force.items}


def test_a_list_asks_the_ledger_by_its_index(session, make) -> None:
    for _number in range(3):
        make.consent()
    bank = make.organisation()
    asked = opened(
        Enterprise.id,
        organisation_id=bank.id,
        purpose=Purpose.FINANCING,
        field_set=FieldSet.DECLARED,
        on=TODAY,
    )
    statement = (
        select(Enterprise.id).where(asked).order_by(Enterprise.valid_count.desc(), Enterprise.id.desc())
    )
    compiled = statement.limit(51).compile(session.get_bind(), compile_kwargs={"literal_binds": True})
    if is_sqlite(session):
        plan = [row[3] for row in session.execute(text(f"EXPLAIN QUERY PLAN {compiled}"))]
        assert any("uq_consent_standing" in step for step in plan), plan
        assert not any(step.startswith("SCAN consent") for step in plan), plan
    else:
        session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = [row[0] for row in session.execute(text(f"EXPLAIN {compiled}"))]
        assert any("uq_consent_standing" in step for step in plan), plan
