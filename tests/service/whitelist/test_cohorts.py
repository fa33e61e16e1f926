"""The measure of all firms is frozen: no list of another firm moves a score, and two persons change it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.errors import BadInput, Conflict, InvalidTransition, NotAllowed
from ipfin.kernel.identifiers import PatentKind
from ipfin.registry.models import Enterprise, ImportBatch
from ipfin.registry.statuses import Validity
from ipfin.whitelist.cohorts import Measure, build_cohorts, count_cohorts
from ipfin.whitelist.models import CohortReference, ScoreRun, ScoreSheet
from ipfin.whitelist.queries import patent_facts
from ipfin.whitelist.queries.cohorts import alike_patents, cohorts_of, reference_in_force
from ipfin.whitelist.rebasing import ReferenceState
from ipfin.whitelist.scoring import ScoreSheet as Sheet
from ipfin.whitelist.service import run_scores
from ipfin.whitelist.service.cohorts import (
    approve_reference,
    found_reference,
    propose_reference,
    withdraw_reference,
)
from tests.factories import Make

DAY = date(2026, 3, 5)
MAKER = Actor(user_id=1, name="甲", role=Role.CITY_OFFICER)
CHECKER = Actor(user_id=2, name="乙", role=Role.CITY_OFFICER)


def a_list(make: Make, *, lapsed: int = 0) -> ImportBatch:
    """Save a list that named so many lapsed patents."""
    return make.batch(summary={"validity": {"valid": 9, "lapsed": lapsed}})


def a_firm(make: Make, batch: ImportBatch, patents: list[dict[str, Any]]) -> Enterprise:
    """Save a firm with these patents, as one list brought them."""
    firm = make.enterprise()
    for facts in patents:
        make.patent(holders=[firm], first_batch_id=batch.id, last_batch_id=batch.id, **facts)
    firm.patent_count = len(patents)
    return firm


def cited(count: int, *, claims: int = 5, **facts: Any) -> dict[str, Any]:
    return {
        "cited_by_count": count,
        "claims_count": claims,
        "filed_on": date(2020, 1, 6),
        "ipc_subclasses": "G06F",
        **facts,
    }


def bodies(session: Session, run: ScoreRun) -> dict[int, str]:
    rows = session.execute(
        select(ScoreSheet.enterprise_id, ScoreSheet.body).where(ScoreSheet.run_id == run.id)
    )
    return {row.enterprise_id: row.body for row in rows}


@pytest.fixture
def firm(make: Make) -> Enterprise:
    return a_firm(make, a_list(make), [cited(2), cited(0), cited(5)])


patents_of_another = st.lists(
    st.fixed_dictionaries(
        {
            "cited_by_count": st.one_of(st.none(), st.integers(0, 500)),
            "claims_count": st.one_of(st.none(), st.integers(0, 60)),
            "filed_on": st.dates(date(2018, 1, 1), date(2022, 12, 31)),
            "kind": st.sampled_from(PatentKind),
            "validity": st.sampled_from(Validity),
            "ipc_subclasses": st.sampled_from(["G06F", "G06F G06N", "H01M", ""]),
        }
    ),
    min_size=1,
    max_size=4,
)


@given(others=patents_of_another, lapsed=st.integers(0, 2))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_another_firm_with_a_list_of_its_own_changes_no_byte_of_a_sheet(
    session: Session, make: Make, firm: Enterprise, others: list[dict[str, Any]], lapsed: int
) -> None:
    before = bodies(session, run_scores(session, MAKER, on=DAY))
    another = a_firm(make, a_list(make, lapsed=lapsed), others)
    after = bodies(session, run_scores(session, MAKER, on=DAY))

    assert set(after) - set(before) == {another.id}
    assert {firm_id: after[firm_id] for firm_id in before} == before


def test_maintenance_is_known_from_the_firm_s_own_list_only(session: Session, make: Make) -> None:
    silent = a_firm(make, a_list(make), [cited(1)])
    told = a_firm(make, a_list(make, lapsed=1), [cited(1)])
    sheets = bodies(session, run_scores(session, MAKER, on=DAY))

    assert Sheet.from_json(sheets[silent.id]).line("L3").value is None
    assert Sheet.from_json(sheets[told.id]).line("L3").value == 1


def test_a_later_list_of_the_firm_s_own_counts_and_so_does_its_own_lapsed_patent(
    session: Session, make: Make
) -> None:
    later = a_firm(make, a_list(make), [cited(1)])
    own = a_firm(make, a_list(make), [cited(1), cited(1, validity=Validity.LAPSED, was_granted=True)])
    newer = a_list(make, lapsed=3)
    for holder in later.applicants[0:1]:
        patent = patent_of(session, holder.id)
        patent.last_batch_id = newer.id
    sheets = bodies(session, run_scores(session, MAKER, on=DAY))

    assert Sheet.from_json(sheets[later.id]).line("L3").value == 1
    assert str(Sheet.from_json(sheets[own.id]).line("L3").value) == "0.5"


def patent_of(session: Session, applicant_id: int) -> Any:
    from ipfin.registry.models import Patent, PatentApplicant

    return session.scalars(
        select(Patent)
        .join(PatentApplicant)
        .where(PatentApplicant.applicant_id == applicant_id)
        .order_by(Patent.id)
    ).first()


@pytest.mark.usefixtures("firm")
def test_the_run_and_every_sheet_name_the_reference(session: Session) -> None:
    run = run_scores(session, MAKER, on=DAY)
    reference = run.cohort_reference
    assert reference is not None
    assert (reference.version, reference.state) == (1, ReferenceState.APPROVED)
    for body in bodies(session, run).values():
        assert Sheet.from_json(body).measure == Measure(1, reference.sha256)
        assert Sheet.from_json(body).as_bytes().decode() == body


def test_the_database_counts_what_the_rules_count(session: Session, make: Make, firm: Enterprise) -> None:
    partner = a_firm(make, a_list(make), [cited(7, kind=PatentKind.UTILITY_MODEL), cited(3, claims=9)])
    make.patent(holders=[firm, partner], **cited(4, ipc_subclasses="H01M G06F"))
    make.patent(holders=[firm], cited_by_count=None, claims_count=None, filed_on=None, filing_year=2019)
    make.patent(holders=[firm], **cited(6, kind=PatentKind.DESIGN))
    found = patent_facts(session, [firm.id, partner.id], DAY)
    every = [patent for patents in found.values() for patent in patents]

    counted, built = count_cohorts(alike_patents(session)), build_cohorts(every)
    assert counted.as_bytes() == built.as_bytes()
    assert counted.patents_count == 6


def proposed(session: Session, make: Make) -> CohortReference:
    found_reference(session, MAKER, on=DAY)
    a_firm(make, a_list(make), [cited(40)])
    return propose_reference(session, MAKER, on=DAY, reason="专利增加较多")


@pytest.mark.usefixtures("firm")
def test_a_new_reference_measures_only_when_a_second_person_approved_it(session: Session, make: Make) -> None:
    waiting = proposed(session, make)
    before = run_scores(session, MAKER, on=DAY)
    assert before.cohort_reference_id != waiting.id

    approve_reference(session, CHECKER, waiting)
    after = run_scores(session, MAKER, on=DAY)
    assert after.cohort_reference_id == waiting.id
    assert after.inputs_hash != before.inputs_hash


@pytest.mark.usefixtures("firm")
def test_nobody_approves_his_own_proposal_nor_one_of_nobody(session: Session, make: Make) -> None:
    waiting = proposed(session, make)
    for person in (MAKER, Actor(user_id=None, name="系统", role=None)):
        with pytest.raises(NotAllowed):
            approve_reference(session, person, waiting)
    assert waiting.state is ReferenceState.PROPOSED


@pytest.mark.usefixtures("firm")
def test_the_database_itself_refuses_one_person_twice(session: Session, make: Make) -> None:
    waiting = proposed(session, make)
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(
            update(CohortReference)
            .where(CohortReference.id == waiting.id)
            .values(
                state=ReferenceState.APPROVED,
                approved_by_user_id=MAKER.user_id,
                approved_at=waiting.proposed_at,
            )
        )


@pytest.mark.usefixtures("firm")
def test_what_is_approved_is_what_was_proposed(session: Session, make: Make) -> None:
    waiting = proposed(session, make)
    content = waiting.body
    a_firm(make, a_list(make), [cited(90)])
    approve_reference(session, CHECKER, waiting)
    in_force = reference_in_force(session)
    assert in_force is not None
    assert (in_force.version, in_force.body) == (2, content)


@pytest.mark.usefixtures("firm")
def test_only_one_proposal_waits_and_it_says_why(session: Session, make: Make) -> None:
    with pytest.raises(Conflict):  # nothing to be replaced yet
        propose_reference(session, MAKER, on=DAY, reason="样例")
    found_reference(session, MAKER, on=DAY)
    with pytest.raises(Conflict):  # nothing changed since
        propose_reference(session, MAKER, on=DAY, reason="样例")
    a_firm(make, a_list(make), [cited(40)])
    with pytest.raises(BadInput):
        propose_reference(session, MAKER, on=DAY, reason=" ")
    waiting = propose_reference(session, MAKER, on=DAY, reason="样例")
    with pytest.raises(Conflict):
        propose_reference(session, MAKER, on=DAY, reason="样例")
    with pytest.raises(BadInput):
        withdraw_reference(session, MAKER, waiting, note=" ")
    withdraw_reference(session, MAKER, waiting, note="不必更换")
    with pytest.raises(InvalidTransition):
        approve_reference(session, CHECKER, waiting)
    assert propose_reference(session, MAKER, on=DAY, reason="样例").version == 3


@pytest.mark.usefixtures("firm")
def test_a_reference_whose_content_was_touched_is_not_used(session: Session) -> None:
    reference = found_reference(session, MAKER, on=DAY)
    assert cohorts_of(reference).fingerprint == reference.sha256
    reference.body = reference.body.replace("2020", "2021")
    with pytest.raises(Conflict):
        run_scores(session, MAKER, on=DAY)
