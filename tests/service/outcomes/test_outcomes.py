"""Outcomes are written once with source and evidence, withdrawn where wrong, and calibrate nothing early."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, true
from sqlalchemy.orm import Session

from ipfin.accounts.models import OrganisationKind
from ipfin.audit.models import AuditEntry
from ipfin.kernel.actor import SYSTEM, Role
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.outcomes.queries import OutcomeFilter, firm_named, outcomes_page, outcomes_visible_to
from ipfin.outcomes.rules import OutcomeKind, Standing, Statement
from ipfin.outcomes.service import enter_outcome, withdraw_outcome
from ipfin.whitelist.calibration import FEWEST_BADS
from ipfin.whitelist.models import ScoreRun
from ipfin.whitelist.queries.calibration import calibration_state
from tests.factories import TODAY, Make, credit_code

LOAN = date(2025, 1, 6)
SAID = Statement(OutcomeKind.LOAN_GRANTED, LOAN, "样例银行", "一号")


def test_an_outcome_stands_once_until_it_is_withdrawn(session: Session, make: Make) -> None:
    firm = make.enterprise()
    first = enter_outcome(session, SYSTEM, firm, SAID, on=TODAY)
    with pytest.raises(Conflict):
        enter_outcome(session, SYSTEM, firm, SAID, on=TODAY)
    with pytest.raises(BadInput):
        withdraw_outcome(session, SYSTEM, first, reason=" ")
    withdraw_outcome(session, SYSTEM, first, reason="重复")
    with pytest.raises(Conflict):
        withdraw_outcome(session, SYSTEM, first, reason="重复")
    second = enter_outcome(session, SYSTEM, firm, SAID, on=TODAY)
    assert [row.id for row in outcomes_page(session, true(), OutcomeFilter()).items] == [second.id]
    gone = outcomes_page(session, true(), OutcomeFilter(withdrawn=True)).items
    assert [(row.id, row.withdrawn_reason) for row in gone] == [(first.id, "重复")]
    acts = session.scalars(select(AuditEntry.action).where(AuditEntry.subject == f"enterprise:{firm.id}"))
    assert list(acts) == [
        "outcomes.outcome.entered",
        "outcomes.outcome.withdrawn",
        "outcomes.outcome.entered",
    ]


def test_a_firm_is_found_by_whole_name_or_code_only(session: Session, make: Make) -> None:
    firm = make.enterprise(name="安阳样张机械有限公司", credit_code=credit_code(901))
    assert firm_named(session, true(), " 安阳样张机械有限公司 ") == firm
    assert firm_named(session, true(), credit_code(901).lower()) == firm
    for words in ("样张机械", ""):
        with pytest.raises(BadInput):
            firm_named(session, true(), words)


def test_a_county_reads_its_own_firms_outcomes(session: Session, make: Make) -> None:
    own, other = (make.region().code for _each in range(2))
    mine = make.outcome(make.enterprise(region_code=own))
    make.outcome(make.enterprise(region_code=other))
    house = make.organisation(OrganisationKind.COUNTY_OFFICE, region_code=own)
    county = make.actor(make.user(Role.COUNTY_OFFICER, organisation=house))
    page = outcomes_page(session, outcomes_visible_to(county), OutcomeFilter())
    assert [row.id for row in page.items] == [mine.id]


def test_below_the_bounds_there_are_counts_and_no_fit(session: Session, make: Make) -> None:
    scored, unscored, young, only = (make.enterprise() for _each in range(4))
    run = a_run(make, date(2024, 12, 31))
    make.score_sheet(scored, run=run)
    for firm in (scored, unscored):
        make.outcome(firm, happened_on=LOAN)
    make.outcome(young, happened_on=TODAY)
    make.outcome(only, kind=OutcomeKind.PLEDGED)
    make.outcome(
        only, kind=OutcomeKind.OVERDUE90, evidence="样例", withdrawn_at=run.run_at, withdrawn_reason="误"
    )
    state = calibration_state(session, TODAY)
    assert state.standings == {Standing.GOOD: 2, Standing.OPEN: 1, Standing.NO_LOAN: 1}
    assert (state.goods, state.bads, state.unscored) == (1, 0, 1)
    assert (state.fit, state.separation) == (None, None)


@pytest.mark.parametrize(("scored_on", "usable"), [(LOAN, 1), (LOAN + timedelta(days=1), 0)])
def test_a_score_made_after_the_loan_is_not_used(
    session: Session, make: Make, scored_on: date, usable: int
) -> None:
    firm = make.enterprise()
    make.score_sheet(firm, run=a_run(make, scored_on))
    make.outcome(firm, happened_on=LOAN)
    state = calibration_state(session, TODAY)
    assert (state.goods, state.unscored) == (usable, 1 - usable)


def test_a_score_of_an_earlier_day_that_was_made_later_is_not_used(session: Session, make: Make) -> None:
    firm = make.enterprise()
    make.score_sheet(firm, run=a_run(make, LOAN, run_on=LOAN + timedelta(days=1)))
    make.outcome(firm, happened_on=LOAN)
    assert calibration_state(session, TODAY).unscored == 1


def test_from_thirty_bads_the_score_is_calibrated_and_one_less_is_not(session: Session, make: Make) -> None:
    run = a_run(make, date(2024, 12, 31))
    for place in range(2 * FEWEST_BADS):
        is_bad = place < FEWEST_BADS
        firm = make.enterprise()
        low = place % 4 == 0 if not is_bad else place % 4 != 0
        grade_points = 400_000 if low else 700_000
        make.score_sheet(firm, run=run, graded_e4=grade_points, readings={"L1": Decimal(1)})
        make.outcome(firm, happened_on=LOAN)
        if is_bad:
            last = make.outcome(
                firm, kind=OutcomeKind.COMPENSATED, evidence="样例", happened_on=date(2025, 9, 1)
            )
    state = calibration_state(session, TODAY)
    assert (state.goods, state.bads) == (FEWEST_BADS, FEWEST_BADS)
    assert state.fit is not None
    assert list(state.fit.weights) == ["score"]
    assert state.fit.weights["score"].value == pytest.approx(1, abs=1e-4)
    assert state.separation is not None
    withdraw_outcome(session, SYSTEM, last, reason="误登记")
    state = calibration_state(session, TODAY)
    assert (state.bads, state.fit, state.separation) == (FEWEST_BADS - 1, None, None)


def a_run(make: Make, scored_on: date, *, run_on: date | None = None) -> ScoreRun:
    made = run_on or scored_on
    at = datetime(made.year, made.month, made.day, 2, tzinfo=UTC)
    return make.score_run(data_as_of=scored_on, run_at=at)
