"""Whose rows a query returns: every role against its own and somebody else's."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.accounts.models import Organisation, OrganisationKind, User
from ipfin.accounts.policy import VISITOR
from ipfin.accounts.queries import (
    actor_for,
    audit_subjects_visible_to,
    batches_visible_to,
    enterprises_visible_to,
    facts_visible_to,
    import_rows_visible_to,
    of_visible_enterprises,
    of_visible_organisations,
    of_visible_users,
    organisations_visible_to,
    patents_visible_to,
    regions_below,
    users_visible_to,
)
from ipfin.accounts.scopes import Thing
from ipfin.audit.models import AuditEntry
from ipfin.audit.service import record
from ipfin.jobs.models import Job
from ipfin.kernel.actor import SYSTEM, Actor, Role
from ipfin.registry.models import (
    Applicant,
    Enterprise,
    EnterpriseFact,
    ImportBatch,
    ImportRow,
    Patent,
    PatentApplicant,
)
from ipfin.registry.statuses import LegalStatus, Validity
from tests.factories import Make


class Town:
    """Two counties, the first with a township below; a listed and an unlisted firm in each."""

    def __init__(self, make: Make) -> None:
        self.north, self.south = make.region(), make.region()
        self.township = make.region(parent_code=self.north.code)
        self.listed_north = make.enterprise(region_code=self.township.code, valid_count=2, granted_count=2)
        self.unlisted_north = make.enterprise(region_code=self.north.code, valid_count=0)
        self.listed_south = make.enterprise(region_code=self.south.code, valid_count=1, granted_count=1)
        self.unlisted_south = make.enterprise(region_code=self.south.code, valid_count=0)
        self.nowhere = make.enterprise(region_code=None, valid_count=0)
        self.firms = {
            "north+": self.listed_north,
            "north-": self.unlisted_north,
            "south+": self.listed_south,
            "south-": self.unlisted_south,
            "nowhere-": self.nowhere,
        }


@pytest.fixture
def town(make: Make) -> Town:
    return Town(make)


def actor_of(session: Session, make: Make, town: Town, role: Role) -> Actor:
    """Return an actor of `role`; the county is the north, the firm the unlisted one there."""
    if role is Role.COUNTY_OFFICER:
        office = make.organisation(OrganisationKind.COUNTY_OFFICE, region_code=town.north.code)
        return actor_for(session, make.user(role, organisation=office))
    if role is Role.ENTERPRISE:
        firm = make.organisation(OrganisationKind.ENTERPRISE, enterprise=town.unlisted_north)
        return actor_for(session, make.user(role, organisation=firm))
    return actor_for(session, make.user(role))


ALL = {"north+", "north-", "south+", "south-", "nowhere-"}
FIRMS_SEEN: dict[Role, set[str]] = {
    Role.CITY_OFFICER: ALL,
    Role.AUDITOR: ALL,
    Role.COUNTY_OFFICER: {"north+", "north-"},
    Role.BANK: {"north+", "south+"},
    Role.GUARANTOR: {"north+", "south+"},
    Role.INSURER: {"north+", "south+"},
    Role.ENTERPRISE: {"north-"},
    Role.AGENCY: set(),
    Role.ADMIN: set(),
}


def seen(session: Session, town: Town, condition: object) -> set[str]:
    ids = set(session.scalars(select(Enterprise.id).where(condition)))  # type: ignore[arg-type]
    return {name for name, firm in town.firms.items() if firm.id in ids}


@pytest.mark.parametrize("role", Role)
def test_a_role_sees_its_firms_and_no_other(session: Session, make: Make, town: Town, role: Role) -> None:
    actor = actor_of(session, make, town, role)
    assert seen(session, town, enterprises_visible_to(actor)) == FIRMS_SEEN[role]


@pytest.mark.parametrize("role", Role)
def test_a_role_sees_the_patents_of_its_firms(session: Session, make: Make, town: Town, role: Role) -> None:
    # Lapsed ones, because a valid patent would make its firm a listed one.
    lapsed = {"validity": Validity.LAPSED, "legal_status": LegalStatus.LAPSED_FEE}
    patents = {name: make.patent(holders=[firm], **lapsed).id for name, firm in town.firms.items()}
    nobody_s = make.patent(holders=[make.applicant()]).id
    actor = actor_of(session, make, town, role)
    found = set(session.scalars(select(Patent.id).where(patents_visible_to(actor))))
    expected = {patents[name] for name in FIRMS_SEEN[role]}
    assert found - {nobody_s} == expected
    assert (nobody_s in found) == (role in (Role.CITY_OFFICER, Role.AUDITOR))


def test_a_patent_held_together_is_seen_by_each_holder_once(session: Session, make: Make, town: Town) -> None:
    patent = make.patent(holders=[town.unlisted_north, town.listed_south])
    for role in (Role.ENTERPRISE, Role.COUNTY_OFFICER, Role.BANK):
        actor = actor_of(session, make, town, role)
        found = session.scalars(select(Patent.id).where(patents_visible_to(actor))).all()
        assert found == [patent.id]


def test_a_condition_means_the_same_in_a_query_that_names_the_same_tables(
    session: Session, make: Make, town: Town
) -> None:
    patent = make.patent(holders=[town.unlisted_north, town.listed_south])
    actor = actor_of(session, make, town, Role.ENTERPRISE)
    together = (
        select(Patent.id)
        .join(PatentApplicant, PatentApplicant.patent_id == Patent.id)
        .join(Applicant, Applicant.id == PatentApplicant.applicant_id)
        .join(Enterprise, Enterprise.id == Applicant.enterprise_id)
        .where(Enterprise.id == town.listed_south.id, patents_visible_to(actor))
    )
    assert session.scalars(together).all() == [patent.id]
    hidden = of_visible_enterprises(actor, Thing.ENTERPRISE, Applicant.enterprise_id)
    assert session.scalars(together.where(hidden)).all() == []


@pytest.mark.parametrize("role", Role)
def test_contacts_are_for_the_office_and_the_firm_itself(
    session: Session, make: Make, town: Town, role: Role
) -> None:
    actor = actor_of(session, make, town, role)
    closed = {Role.BANK, Role.GUARANTOR, Role.INSURER}
    expected = set() if role in closed else FIRMS_SEEN[role]
    assert seen(session, town, enterprises_visible_to(actor, Thing.ENTERPRISE_CONTACT)) == expected


@pytest.mark.parametrize("role", Role)
def test_dated_facts_are_never_shown_to_an_institution(
    session: Session, make: Make, town: Town, role: Role
) -> None:
    facts = {name: make.fact(enterprise_id=firm.id).id for name, firm in town.firms.items()}
    actor = actor_of(session, make, town, role)
    found = set(session.scalars(select(EnterpriseFact.id).where(facts_visible_to(actor))))
    closed = {Role.BANK, Role.GUARANTOR, Role.INSURER}
    assert found == {facts[name] for name in (set() if role in closed else FIRMS_SEEN[role])}


@pytest.mark.parametrize("role", Role)
def test_a_column_with_a_firm_s_id_is_scoped_like_the_firm(
    session: Session, make: Make, town: Town, role: Role
) -> None:
    actor = actor_of(session, make, town, role)
    same = of_visible_enterprises(actor, Thing.ENTERPRISE, Enterprise.id)
    assert seen(session, town, same) == FIRMS_SEEN[role]


@pytest.mark.parametrize("role", Role)
def test_batches_are_the_office_s_and_their_rows_the_region_s(
    session: Session, make: Make, town: Town, role: Role
) -> None:
    batch = make.batch()
    north = make.import_row(batch=batch, patent_id=make.patent(holders=[town.listed_north]).id)
    south = make.import_row(batch=batch, patent_id=make.patent(holders=[town.listed_south]).id)
    refused = make.import_row(batch=batch, patent_id=None)
    actor = actor_of(session, make, town, role)
    batches = set(session.scalars(select(ImportBatch.id).where(batches_visible_to(actor))))
    rows = set(session.scalars(select(ImportRow.id).where(import_rows_visible_to(actor))))
    office = {Role.CITY_OFFICER, Role.COUNTY_OFFICER, Role.AUDITOR}
    assert (batch.id in batches) == (role in office)
    if role is Role.COUNTY_OFFICER:
        assert rows == {north.id}
    else:
        assert rows == ({north.id, south.id, refused.id} if role in office else set())


@pytest.mark.parametrize("role", Role)
def test_people_are_listed_to_the_administrator_and_everybody_to_himself(
    session: Session, make: Make, town: Town, role: Role
) -> None:
    other = make.user()
    actor = actor_of(session, make, town, role)
    found = set(session.scalars(select(User.id).where(users_visible_to(actor))))
    assert actor.user_id in found
    assert (other.id in found) == (role is Role.ADMIN)


@pytest.mark.parametrize("role", Role)
def test_organisations_are_listed_to_whoever_works_with_them(
    session: Session, make: Make, town: Town, role: Role
) -> None:
    other = make.organisation()
    actor = actor_of(session, make, town, role)
    found = set(session.scalars(select(Organisation.id).where(organisations_visible_to(actor))))
    assert actor.organisation_id in found
    assert (other.id in found) == (role in (Role.CITY_OFFICER, Role.AUDITOR, Role.ADMIN))


@pytest.mark.parametrize("role", Role)
def test_the_log_is_the_auditor_s_and_the_city_s_a_county_reads_of_its_firms(
    session: Session, make: Make, town: Town, role: Role
) -> None:
    for name, firm in town.firms.items():
        record(session, SYSTEM, "access.denied", f"enterprise:{firm.id}", path=name)
    record(session, SYSTEM, "access.denied", "user:1", path="a user")
    actor = actor_of(session, make, town, role)
    found = session.scalars(select(AuditEntry.subject).where(audit_subjects_visible_to(actor))).all()
    if role in (Role.CITY_OFFICER, Role.AUDITOR):
        assert len(found) == 6
    elif role is Role.COUNTY_OFFICER:
        assert set(found) == {f"enterprise:{town.listed_north.id}", f"enterprise:{town.unlisted_north.id}"}
    else:
        assert found == []


@pytest.mark.parametrize("role", Role)
def test_own_means_the_actor_s_own_organisation_and_own_self(
    session: Session, make: Make, town: Town, role: Role
) -> None:
    actor = actor_of(session, make, town, role)
    mine, theirs = make.job(asked_by_user_id=actor.user_id), make.job(asked_by_user_id=make.user().id)
    jobs = set(
        session.scalars(select(Job.id).where(of_visible_users(actor, Thing.JOB, Job.asked_by_user_id)))
    )
    assert mine.id in jobs
    assert (theirs.id in jobs) == (role in (Role.CITY_OFFICER, Role.ADMIN))
    documents = of_visible_organisations(actor, Thing.DOCUMENT, Organisation.id)
    organisations = set(session.scalars(select(Organisation.id).where(documents)))
    other = make.organisation()
    if role in (Role.CITY_OFFICER, Role.AUDITOR):
        assert actor.organisation_id in organisations
    else:
        assert organisations == (set() if role is Role.ADMIN else {actor.organisation_id})
    assert other.id not in organisations


CONDITIONS = [
    (Enterprise, enterprises_visible_to),
    (Patent, patents_visible_to),
    (EnterpriseFact, facts_visible_to),
    (ImportBatch, batches_visible_to),
    (ImportRow, import_rows_visible_to),
    (User, users_visible_to),
    (Organisation, organisations_visible_to),
    (AuditEntry, audit_subjects_visible_to),
]


def test_a_visitor_sees_nothing_and_the_system_everything(session: Session, make: Make) -> None:
    make.one_of_everything()
    record(session, SYSTEM, "access.denied", "enterprise:1", path="/")
    for kind, condition in CONDITIONS:
        everything = len(session.scalars(select(kind)).all())
        assert everything > 0, kind
        assert session.scalars(select(kind).where(condition(VISITOR))).all() == [], kind
        assert len(session.scalars(select(kind).where(condition(SYSTEM))).all()) == everything, kind


def test_a_county_without_a_region_sees_nothing(session: Session, make: Make, town: Town) -> None:
    lost = Actor(user_id=1, name="样例", role=Role.COUNTY_OFFICER)
    assert seen(session, town, enterprises_visible_to(lost)) == set()


def test_an_enterprise_s_user_without_a_firm_sees_nothing(session: Session, make: Make, town: Town) -> None:
    lost = Actor(user_id=1, name="样例", role=Role.ENTERPRISE)
    assert seen(session, town, enterprises_visible_to(lost)) == set()


def test_regions_are_found_at_any_depth(session: Session, make: Make) -> None:
    codes = [make.region().code]
    for _depth in range(4):
        codes.append(make.region(parent_code=codes[-1]).code)
    make.region()
    assert regions_below(session, codes[0]) == set(codes)
    assert regions_below(session, codes[3]) == set(codes[3:])


def test_a_ring_of_regions_does_not_run_for_ever(session: Session, make: Make) -> None:
    one = make.region()
    other = make.region(parent_code=one.code)
    one.parent_code = other.code
    session.flush()
    assert regions_below(session, one.code) == {one.code, other.code}


def test_an_actor_knows_his_organisation_and_only_a_county_its_regions(
    session: Session, make: Make, town: Town
) -> None:
    county = actor_of(session, make, town, Role.COUNTY_OFFICER)
    bank = actor_of(session, make, town, Role.BANK)
    firm = actor_of(session, make, town, Role.ENTERPRISE)
    assert county.region_codes == {town.north.code, town.township.code}
    assert bank.region_codes == firm.region_codes == frozenset()
    assert firm.enterprise_id == town.unlisted_north.id
    assert bank.enterprise_id is None
    assert bank.organisation_name
