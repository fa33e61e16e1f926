"""A round is published only as far as the guard lets it, whatever its rows say."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from ipfin.audit.models import AuditEntry
from ipfin.conduct.models import RegisterConsultation
from ipfin.conduct.rules import ConductCode
from ipfin.conduct.service import log_consultation, record_conduct
from ipfin.kernel.actor import Actor, Role
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.registry.models import Enterprise, FactKind, FactSource
from ipfin.registry.service import record_fact
from ipfin.registry.statuses import Validity
from ipfin.whitelist.admission import EntryOutcome, RoundState
from ipfin.whitelist.models import Admission, RoundEntry, WhitelistRound
from ipfin.whitelist.publication import ReviewTally
from ipfin.whitelist.queries import current_admission
from ipfin.whitelist.scoring import Grade
from ipfin.whitelist.service import prepare_round, publish_round, submit_round, waive_register
from tests.factories import Make

DAY = date(2026, 3, 5)
MAKER = Actor(user_id=1, name="甲", role=Role.CITY_OFFICER)
CHECKER = Actor(user_id=2, name="乙", role=Role.CITY_OFFICER)
NEEDED = [ConductCode.E01, ConductCode.E02, ConductCode.E03, ConductCode.E04, ConductCode.E05]


@pytest.fixture
def firm(make: Make) -> Enterprise:
    """Return a firm whose sheet has the grade A, with a patent in force."""
    firm = make.enterprise(name="样例甲有限公司")
    make.patent(holders=[firm])
    return firm


@pytest.fixture
def submitted(session: Session, make: Make, firm: Enterprise) -> WhitelistRound:
    """Return a round that would admit the firm, and whose notice is over."""
    return submitted_with(session, make, firm)


def submitted_with(
    session: Session, make: Make, *firms: Enterprise, grade: Grade = Grade.A
) -> WhitelistRound:
    run = make.score_run(firms_count=len(firms))
    for each in firms:
        make.score_sheet(each, run=run, grade=grade)
    round_ = prepare_round(session, MAKER, run, title="样张批次", minimum_grade=Grade.C, valid_from=DAY)
    submit_round(session, MAKER, round_, on=DAY)
    return under_notice(session, round_)


def under_notice(session: Session, round_: WhitelistRound) -> WhitelistRound:
    """Let the round have been under notice, until yesterday."""
    round_.state, round_.noticed_by_user_id = RoundState.NOTICED, CHECKER.user_id
    round_.notice_from, round_.notice_last_day = DAY - timedelta(days=7), DAY - timedelta(days=1)
    session.flush()
    return round_


def entry_of(session: Session, round_: WhitelistRound, firm: Enterprise) -> RoundEntry:
    session.expire_all()
    return session.scalars(
        select(RoundEntry).where(RoundEntry.round_id == round_.id, RoundEntry.enterprise_id == firm.id)
    ).one()


def admitted(session: Session) -> int:
    return len(session.scalars(select(Admission)).all())


def test_a_round_whose_registers_were_read_admits_its_firms(session, make, firm, submitted) -> None:
    make.consult_everything(DAY)

    assert publish_round(session, CHECKER, submitted, on=DAY) == 1
    assert current_admission(session, firm.id, DAY) is not None


@pytest.mark.parametrize("left_out", NEEDED)
def test_a_register_that_nobody_read_stops_the_round(session, make, submitted, left_out) -> None:
    make.consult_everything(DAY)
    session.query(RegisterConsultation).filter_by(code=left_out).delete()

    with pytest.raises(Conflict, match=left_out.value):
        publish_round(session, CHECKER, submitted, on=DAY)
    assert submitted.state is RoundState.NOTICED
    assert admitted(session) == 0


@pytest.mark.parametrize(("age", "counts"), [(0, True), (29, True), (30, False)])
def test_a_look_counts_for_thirty_days_the_first_one_included(session, make, submitted, age, counts) -> None:
    make.consult_everything(DAY - timedelta(days=age))

    if counts:
        assert publish_round(session, CHECKER, submitted, on=DAY) == 1
    else:
        with pytest.raises(Conflict, match="未查询不等于没有"):
            publish_round(session, CHECKER, submitted, on=DAY)


def test_a_look_of_tomorrow_is_none(session, make, submitted) -> None:
    make.consult_everything(DAY + timedelta(days=1))

    with pytest.raises(Conflict, match="未查询"):
        publish_round(session, CHECKER, submitted, on=DAY)
    with pytest.raises(BadInput, match="今天"):
        log_consultation(
            session,
            MAKER,
            ConductCode.E01,
            register="名册",
            covers="全部",
            on=DAY + timedelta(days=1),
            today=DAY,
        )


def test_a_register_may_be_waived_by_name_and_reason_before_the_second_person_looks(
    session, make, firm
) -> None:
    run = make.score_run()
    make.score_sheet(firm, run=run)
    round_ = prepare_round(session, MAKER, run, title="样张批次", valid_from=DAY)
    with pytest.raises(BadInput, match="理由"):
        waive_register(session, MAKER, round_, ConductCode.E01, reason=" ")
    for code in NEEDED:
        waive_register(session, MAKER, round_, code, reason="名册网站停机")
    submit_round(session, MAKER, round_, on=DAY)
    with pytest.raises(Conflict, match="退回"):
        waive_register(session, MAKER, round_, ConductCode.E01, reason="再说")

    assert publish_round(session, CHECKER, under_notice(session, round_), on=DAY) == 1


def test_an_entry_that_was_set_by_hand_refuses_the_round(session, make, firm) -> None:
    """Without a grade nobody is admitted, whatever stands in the row."""
    make.consult_everything(DAY)
    round_ = submitted_with(session, make, firm, grade=Grade.UNRATED)
    entry_of(session, round_, firm).outcome = EntryOutcome.ADMITTED
    session.flush()

    with pytest.raises(Conflict, match=r"样例甲有限公司.*覆盖率不足"):
        publish_round(session, CHECKER, round_, on=DAY)
    assert admitted(session) == 0


def test_an_entry_below_the_line_that_was_set_by_hand_refuses_the_round(session, make, firm) -> None:
    make.consult_everything(DAY)
    round_ = submitted_with(session, make, firm, grade=Grade.D)
    session.execute(update(RoundEntry).values(outcome=EntryOutcome.ADMITTED))

    with pytest.raises(Conflict, match="低于入选线"):
        publish_round(session, CHECKER, round_, on=DAY)


def test_an_excluded_entry_that_was_set_by_hand_is_not_admitted(session, make, firm) -> None:
    make.consult_everything(DAY)
    record_conduct(session, MAKER, firm, ConductCode.E05, source="通报", effective_on=DAY)
    round_ = submitted_with(session, make, firm)
    entry_of(session, round_, firm).outcome = EntryOutcome.ADMITTED
    session.flush()

    with pytest.raises(Conflict, match="复核人所见"):
        publish_round(session, CHECKER, round_, on=DAY)
    assert admitted(session) == 0


def _conduct(session: Session, make: Make, firm: Enterprise) -> None:
    record_conduct(session, MAKER, firm, ConductCode.E04, source="公示系统", effective_on=DAY)


def _fact(session: Session, make: Make, firm: Enterprise) -> None:
    record_fact(session, MAKER, firm, FactKind.RD_SHARE_BP, as_of=DAY, source=FactSource.DECLARED, number=500)


def _another_patent(session: Session, make: Make, firm: Enterprise) -> None:
    make.patent(holders=[firm])


@pytest.mark.parametrize("happens", [_conduct, _fact, _another_patent])
def test_what_moves_after_submission_holds_that_firm_back_and_no_other(
    session: Session,
    make: Make,
    firm: Enterprise,
    happens: Callable[[Session, Make, Enterprise], None],
) -> None:
    make.consult_everything(DAY)
    other = make.enterprise(name="样例乙有限公司")
    make.patent(holders=[other])
    round_ = submitted_with(session, make, firm, other)
    happens(session, make, firm)

    assert publish_round(session, CHECKER, round_, on=DAY) == 1

    held = entry_of(session, round_, firm)
    assert held.outcome is EntryOutcome.HELD
    assert held.reasons
    assert current_admission(session, firm.id, DAY) is None
    assert current_admission(session, other.id, DAY) is not None
    noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "whitelist.entry.held")).all()
    assert [json.loads(entry.detail)["name"] for entry in noted] == [firm.name]


@pytest.mark.parametrize(("expires", "is_held"), [(date(2026, 3, 10), False), (date(2026, 3, 11), True)])
def test_conduct_that_begins_after_the_draft_counts_on_the_day_of_publication(
    session, make, firm, submitted, expires, is_held
) -> None:
    """The gate is looked at on 10 March, not on the day of the scores."""
    make.consult_everything(DAY)
    record_conduct(
        session,
        MAKER,
        firm,
        ConductCode.E05,
        source="通报",
        effective_on=date(2026, 3, 6),
        expires_on=expires,
    )

    assert publish_round(session, CHECKER, submitted, on=date(2026, 3, 10)) == (0 if is_held else 1)


def test_a_firm_of_whose_patents_nobody_knows_the_status_is_held_back(session, make) -> None:
    make.consult_everything(DAY)
    firm = make.enterprise()
    make.patent(holders=[firm], validity=Validity.UNKNOWN)
    round_ = submitted_with(session, make, firm)

    assert publish_round(session, CHECKER, round_, on=DAY) == 0
    assert "有效未知" in str(entry_of(session, round_, firm).reasons)


@pytest.mark.parametrize(
    ("said", "count"),
    [({}, 0), ({"reviewers": 1}, 0), ({"reviewers": 2}, 1), ({"reviewers": 2, "open_conflicts": 1}, 0)],
)
def test_a_screened_round_needs_two_reviewers_without_conflict(
    session, make, firm, submitted, said, count
) -> None:
    make.consult_everything(DAY)
    screening = {firm.id: ReviewTally(**said)} if said else {}

    assert publish_round(session, CHECKER, submitted, on=DAY, screening=screening) == count


def test_no_admission_begins_before_its_publication(session, make, firm, submitted) -> None:
    make.consult_everything(DAY)
    earlier = make.admission(enterprise=firm, valid_from=date(2026, 1, 1), valid_until=date(2027, 1, 1))
    day = DAY + timedelta(days=4)

    assert publish_round(session, CHECKER, submitted, on=day) == 1

    session.expire_all()
    assert earlier.ended_on == day
    now = current_admission(session, firm.id, day)
    assert now is not None
    assert (now.round_id, now.valid_from, now.valid_until) == (submitted.id, day, date(2027, 3, 5))
    before = current_admission(session, firm.id, day - timedelta(days=1))
    assert before is earlier


def test_the_table_itself_takes_no_admission_without_a_grade(session, make) -> None:
    with pytest.raises(IntegrityError):
        make.admission(grade=Grade.UNRATED)
