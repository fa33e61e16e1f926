"""Scores are kept, rounds need two persons, nobody enters without data."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.conduct.rules import ConductCode
from ipfin.conduct.service import record_conduct, withdraw_conduct
from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.errors import BadInput, Conflict, InvalidTransition, NotAllowed
from ipfin.registry.models import Enterprise
from ipfin.whitelist.admission import EntryOutcome, RoundState
from ipfin.whitelist.models import Admission, RoundEntry, ScoreRun, WhitelistRound
from ipfin.whitelist.queries import active_card, current_admission, entry_counts
from ipfin.whitelist.scoring import Grade
from ipfin.whitelist.service import (
    end_admission,
    found_card,
    open_notice,
    prepare_round,
    publish_round,
    reconciles,
    return_round,
    run_scores,
    submit_round,
    withdraw_round,
)
from tests.factories import Make

DAY = date(2026, 3, 5)
MAKER = Actor(user_id=1, name="甲", role=Role.CITY_OFFICER)
CHECKER = Actor(user_id=2, name="乙", role=Role.CITY_OFFICER)


@pytest.fixture
def firm(make: Make) -> Enterprise:
    """Return a firm that holds a patent, with noise around it."""
    firm = make.enterprise()
    make.patent(holders=[firm])
    firm.patent_count = firm.granted_count = firm.valid_count = 1
    make.consult_everything(DAY)
    return firm


def drafted(session: Session, minimum_grade: Grade = Grade.C) -> WhitelistRound:
    run = run_scores(session, MAKER, on=DAY)
    return prepare_round(session, MAKER, run, title="样张批次", minimum_grade=minimum_grade, valid_from=DAY)


def outcome_of(session: Session, round_: WhitelistRound, firm: Enterprise) -> EntryOutcome:
    query = select(RoundEntry.outcome).where(
        RoundEntry.round_id == round_.id, RoundEntry.enterprise_id == firm.id
    )
    return session.scalars(query).one()


@pytest.mark.usefixtures("firm")
def test_every_scored_firm_has_one_grade_and_one_outcome(session: Session) -> None:
    round_ = drafted(session)

    assert sum(round_.run.grade_counts.values()) == round_.run.firms_count
    assert reconciles(session, round_)
    assert sum(entry_counts(session, round_.id).values()) == round_.run.firms_count


def test_a_firm_of_which_only_patents_are_known_waits_in_reserve(session: Session, firm: Enterprise) -> None:
    round_ = drafted(session, Grade.D)

    assert outcome_of(session, round_, firm) is EntryOutcome.RESERVE
    submit_round(session, MAKER, round_, on=DAY)
    after = open_notice(session, CHECKER, round_, on=DAY).last_day + timedelta(days=1)
    assert publish_round(session, CHECKER, round_, on=after) == 0
    assert current_admission(session, firm.id, after) is None


@pytest.mark.parametrize(
    ("effective", "expires", "excluded"),
    [
        (DAY, None, True),
        (date(2026, 3, 6), None, False),
        (date(2026, 1, 1), DAY, False),
        (date(2026, 1, 1), date(2026, 3, 6), True),
    ],
)
def test_conduct_excludes_from_its_first_day_until_the_day_before_it_expires(
    session: Session, firm: Enterprise, effective: date, expires: date | None, excluded: bool
) -> None:
    record_conduct(
        session, MAKER, firm, ConductCode.E05, source="通报", effective_on=effective, expires_on=expires
    )

    assert (outcome_of(session, drafted(session), firm) is EntryOutcome.EXCLUDED) is excluded


def test_withdrawn_conduct_no_longer_excludes(session: Session, firm: Enterprise) -> None:
    entry = record_conduct(
        session, MAKER, firm, ConductCode.E05, source="通报", effective_on=date(2026, 1, 1)
    )
    withdraw_conduct(session, MAKER, entry, on=DAY, reason="通报机关更正")

    assert outcome_of(session, drafted(session), firm) is EntryOutcome.RESERVE


@pytest.mark.usefixtures("firm")
def test_nobody_publishes_what_he_submitted(session: Session) -> None:
    round_ = drafted(session)
    submit_round(session, MAKER, round_, on=DAY)

    with pytest.raises(NotAllowed, match="另一名工作人员"):
        open_notice(session, MAKER, round_, on=DAY)
    assert round_.state is RoundState.SUBMITTED
    after = open_notice(session, CHECKER, round_, on=DAY).last_day + timedelta(days=1)
    with pytest.raises(NotAllowed, match="另一名工作人员"):
        publish_round(session, MAKER, round_, on=after)
    assert round_.state is RoundState.NOTICED


@pytest.mark.usefixtures("firm")
def test_a_draft_is_not_published_without_being_submitted(session: Session) -> None:
    round_ = drafted(session)
    for act in (open_notice, publish_round):
        with pytest.raises(InvalidTransition):
            act(session, CHECKER, round_, on=DAY)


@pytest.mark.usefixtures("firm")
def test_a_returned_round_may_be_submitted_again(session: Session) -> None:
    round_ = drafted(session)
    submit_round(session, MAKER, round_, on=DAY)
    with pytest.raises(BadInput, match="理由"):
        return_round(session, CHECKER, round_, note=" ")

    return_round(session, CHECKER, round_, note="请核对第3家")

    assert (round_.state, round_.submitted_by_user_id) == (RoundState.DRAFT, None)
    submit_round(session, MAKER, round_, on=DAY)


@pytest.mark.usefixtures("firm")
def test_a_second_round_waits_until_the_first_is_done(session: Session) -> None:
    round_ = drafted(session)
    with pytest.raises(Conflict, match="第1批"):
        drafted(session)
    withdraw_round(session, MAKER, round_)

    assert drafted(session).number == 2


@pytest.mark.parametrize(
    ("on", "holds"), [(date(2026, 3, 5), True), (date(2026, 12, 31), True), (date(2027, 1, 1), False)]
)
def test_an_admission_holds_until_the_day_before_its_end(
    session: Session, firm: Enterprise, make: Make, on: date, holds: bool
) -> None:
    make.admission(enterprise=firm, valid_from=DAY, valid_until=date(2027, 1, 1))

    assert (current_admission(session, firm.id, on) is not None) is holds


def test_a_firm_taken_off_the_list_is_off_from_that_day(
    session: Session, firm: Enterprise, make: Make
) -> None:
    admission: Admission = make.admission(
        enterprise=firm, valid_from=date(2026, 1, 1), valid_until=date(2027, 1, 1)
    )

    end_admission(session, CHECKER, admission, on=DAY, reason="企业注销")

    assert current_admission(session, firm.id, date(2026, 3, 4)) is not None
    assert current_admission(session, firm.id, DAY) is None
    with pytest.raises(Conflict):
        end_admission(session, CHECKER, admission, on=DAY, reason="再次")


def test_scoring_again_makes_a_new_run_and_keeps_the_old_one(session: Session, firm: Enterprise) -> None:
    first = run_scores(session, MAKER, on=DAY)
    second = run_scores(session, MAKER, on=DAY)

    assert first.id != second.id
    assert first.inputs_hash == second.inputs_hash
    assert len(session.scalars(select(ScoreRun).where(ScoreRun.id.in_([first.id, second.id]))).all()) == 2
    assert firm.id


def test_founding_with_the_same_card_twice_is_once(session: Session) -> None:
    version = found_card(session, MAKER, on=DAY)

    assert found_card(session, MAKER, on=DAY) is version
    assert active_card(session, DAY) is version
