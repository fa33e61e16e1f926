"""Outcomes come in as lists: new ones are entered, standing ones left, doubtful ones refused in words."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.kernel.actor import SYSTEM
from ipfin.lists.service import propose, undo_list
from ipfin.outcomes.models import FinancingOutcome
from ipfin.outcomes.rules import OutcomeKind
from ipfin.outcomes.service import withdraw_outcome
from ipfin.registry.lifecycle import RowOutcome
from ipfin.registry.list_kinds import ListKind
from ipfin.registry.models import Enterprise
from tests.factories import Make, credit_code
from tests.lists import table_of
from tests.service.lists.taking import counts, plan_of, take_in

HEADER = ("企业名称", "统一社会信用代码", "融资结果", "发生日期", "放款银行", "合同编号")
KIND = ListKind.OUTCOMES
FIRM = "安阳样张机械有限公司"


def row(
    name: str = FIRM,
    *,
    kind: str = "已放款",
    on: str = "2025-01-06",
    source: str = "样例银行",
    evidence: str = "一号",
) -> list[str]:
    return [name, "", kind, on, source, evidence]


@pytest.fixture
def firm(make: Make) -> Enterprise:
    return make.enterprise(name=FIRM, credit_code=credit_code(901))


def outcomes(session: Session) -> list[FinancingOutcome]:
    session.flush()
    return list(session.scalars(select(FinancingOutcome).order_by(FinancingOutcome.id)))


def test_the_header_tells_the_kind(session: Session) -> None:
    proposal = propose(session, table_of(HEADER, [row()]))
    assert (proposal.kind, proposal.is_sure) == (KIND, True)


def test_new_ones_are_entered_and_an_undo_takes_them_back(session: Session, firm) -> None:
    batch = take_in(session, KIND, HEADER, row(), row(), row(kind="已代偿", on="2025-12-01", evidence="二号"))
    assert counts(batch) == (2, 0, 1, 0)
    told = [(each.enterprise_id, each.kind, each.happened_on, each.source) for each in outcomes(session)]
    assert told == [
        (firm.id, OutcomeKind.LOAN_GRANTED, date(2025, 1, 6), "样例银行"),
        (firm.id, OutcomeKind.COMPENSATED, date(2025, 12, 1), "样例银行"),
    ]
    undo_list(session, SYSTEM, batch)
    assert outcomes(session) == []


def test_the_same_list_again_enters_only_what_was_withdrawn(session: Session, firm) -> None:
    take_in(session, KIND, HEADER, row(), row(evidence="二号"))
    withdraw_outcome(session, SYSTEM, outcomes(session)[0], reason="误登记")
    assert counts(take_in(session, KIND, HEADER, row(), row(evidence="二号"))) == (1, 0, 1, 0)


@pytest.mark.parametrize(
    ("doubtful", "code"),
    [
        (row("安阳无此企业有限公司"), "unknown_firm"),
        (row(kind="逾期"), "no_such_outcome"),
        (row(kind=""), "no_outcome"),
        (row(on=""), "no_day"),
        (row(on="2026-03-06"), "day_in_future"),
        (row(on="1984-01-01"), "not_to_be_entered"),
        (row(kind="已代偿", evidence=""), "not_to_be_entered"),
        (row(source=""), "not_to_be_entered"),
    ],
)
def test_doubtful_rows_are_refused(session: Session, firm, doubtful: list[str], code: str) -> None:
    found = plan_of(session, table_of(HEADER, [row(), doubtful]), KIND)
    assert [refusal.code for refusal in found.refusals] == [code]


def test_what_no_column_tells_is_asked_of_the_whole_list(session: Session, firm) -> None:
    table = table_of(("企业名称", "放款日期"), [[FIRM, "2025-01-06"]])
    found = plan_of(session, table, KIND, told={"kind": "loan_granted", "source": "样例银行"})
    assert [(step.outcome, step.after["source"]) for step in found.steps] == [(RowOutcome.NEW, "样例银行")]
