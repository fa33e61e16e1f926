"""A bank pushes firms and is told the agreed facts; the office makes candidates of them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.accounts.models import OrganisationKind
from ipfin.audit.models import AuditEntry
from ipfin.conduct.rules import ConductCode
from ipfin.kernel.actor import Role
from ipfin.kernel.errors import BadInput, Conflict, NotAllowed
from ipfin.pushes import service
from ipfin.pushes.answers import LineState, Match
from ipfin.pushes.queries import lines_of
from ipfin.pushes.rows import rows_of_text
from ipfin.pushes.service import decide_lines, push_candidates
from ipfin.whitelist.queries.proposals import proposers_of, waiting_proposals
from ipfin.whitelist.scoring import Grade
from ipfin.whitelist.service import prepare_round, withdraw_round
from tests.factories import TODAY, Make, credit_code


def pushed(session: Session, actor, text: str, on: date = TODAY):
    push = push_candidates(session, actor, rows_of_text(text), note="样例", on=on)
    return push, lines_of(session, push.id)


@pytest.fixture
def firm(make: Make):
    return make.enterprise(name="安阳样张机械有限公司", credit_code=credit_code(9), **held(3))


def held(count: int) -> dict[str, int]:
    """The figures of a firm with so many valid patents, one of them an invention."""
    return {
        **dict.fromkeys(("patent_count", "granted_count", "valid_count"), count),
        "valid_invention_count": 1,
        "valid_utility_count": count - 1,
    }


def test_rows_are_found_by_code_or_exact_name_and_never_by_likeness(session, make: Make, firm) -> None:
    bank = make.actor(make.banker())
    other = make.enterprise(name="安阳样板铸造有限公司", credit_code=credit_code(10), **held(1))
    unlisted = make.enterprise(name="安阳样品农业有限公司")
    rows = [firm.credit_code, firm.name, other.name, "安阳样张机械", unlisted.name, "123",
            f"{firm.credit_code},{other.name}"]  # fmt: skip
    push, lines = pushed(session, bank, "\n".join(rows))
    assert [line.match for line in lines] == [
        Match.CODE, Match.REPEATED, Match.NAME, Match.NONE, Match.NONE, Match.UNREADABLE, Match.DIFFERENT
    ]  # fmt: skip
    assert (push.rows_count, push.found_count) == (7, 2)
    assert all(line.valid_count is None for line in lines if line.enterprise_id is None)


def test_the_answer_is_the_agreed_facts_of_the_day(session, make: Make, firm) -> None:
    bank = make.actor(make.banker())
    make.conduct_record(firm, code=ConductCode.E06, effective_on=TODAY, expires_on=None)
    _push, [line] = pushed(session, bank, firm.name)
    facts = (line.valid_count, line.invention_count, line.is_admitted, line.grade, line.is_irregular)
    assert facts == (3, 1, False, None, False)  # arrears with the fund are nobody's business here
    since = TODAY - timedelta(days=3)
    make.conduct_record(firm, code=ConductCode.E05, effective_on=since, expires_on=TODAY + timedelta(days=1))
    make.admission(firm, valid_from=since, valid_until=TODAY + timedelta(days=1))
    for on, expected in ((TODAY, (True, Grade.A, True)), (TODAY + timedelta(days=1), (False, None, False))):
        _push, [line] = pushed(session, bank, firm.name, on)
        assert (line.is_admitted, line.grade, line.is_irregular) == expected


def test_every_firm_is_logged_and_the_push_once(session, make: Make, firm) -> None:
    pushed(session, make.actor(make.banker()), f"{firm.name}\n样例无此公司")
    logged = dict(
        session.execute(
            select(AuditEntry.action, func.count())
            .where(AuditEntry.action.startswith("pushes."))
            .group_by(AuditEntry.action)
        ).all()
    )
    assert logged == {"pushes.firm.answered": 1, "pushes.push.made": 1}


def test_an_institution_may_ask_so_many_a_day_and_not_one_more(
    session, make: Make, firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MOST_ROWS_A_DAY", 2)
    bank, other = make.actor(make.banker()), make.actor(make.banker())
    pushed(session, bank, f"{firm.name}\n样例乙公司")
    with pytest.raises(Conflict):
        pushed(session, bank, firm.name)
    pushed(session, bank, firm.name, TODAY + timedelta(days=1))
    pushed(session, other, firm.name)


def test_only_institutions_push(session, make: Make, firm) -> None:
    for role in (Role.CITY_OFFICER, Role.ENTERPRISE, Role.AGENCY):
        with pytest.raises(NotAllowed):
            pushed(session, make.actor(make.user(role)), firm.name)


def test_a_confirmed_firm_is_a_candidate_of_the_next_round_under_the_banks_name(
    session, make: Make, firm
) -> None:
    banker, officer = make.banker(), make.actor(make.officer())
    push, [line] = pushed(session, make.actor(banker), firm.name)
    with pytest.raises(BadInput):
        decide_lines(session, officer, push, [line.id], is_confirmed=False, reason=" ", on=TODAY)
    assert decide_lines(session, officer, push, [line.id], is_confirmed=True, on=TODAY) == 1
    assert line.state is LineState.CONFIRMED
    assert waiting_proposals(session) == 1
    with pytest.raises(Conflict):
        decide_lines(session, officer, push, [line.id], is_confirmed=True, on=TODAY)
    sheet = make.score_sheet(firm)
    round_ = prepare_round(session, officer, sheet.run, title="样例", valid_from=TODAY)
    assert proposers_of(session, round_.id, [firm.id]) == {firm.id: [banker.organisation.name]}
    assert waiting_proposals(session) == 0
    withdraw_round(session, officer, round_, note="样例")
    assert waiting_proposals(session) == 1


def test_a_proposal_whose_firm_is_not_in_the_run_waits_on(session, make: Make, firm) -> None:
    bank = make.organisation(OrganisationKind.BANK)
    make.proposal(firm, organisation=bank)
    prepare_round(session, make.actor(make.officer()), make.score_sheet().run, title="样例", valid_from=TODAY)
    assert waiting_proposals(session) == 1
