"""Misconduct comes in as dated records with source and end, and an extract ends nothing."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.conduct.models import ConductRecord
from ipfin.conduct.rules import ConductCode, counts_on
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.lists.service import propose, undo_list
from ipfin.registry.list_kinds import ListKind
from ipfin.registry.models import Enterprise, ImportRow
from tests.factories import Make, credit_code
from tests.lists import number, table_of
from tests.service.lists.taking import DAY, counts, plan_of, take_in

HEADER = ("企业名称", "统一社会信用代码", "失信类型", "案号", "列入日期", "有效期至", "移出日期", "执行法院")
KIND = ListKind.CONDUCT
FIRM = "安阳样张机械有限公司"
LATER = date(2026, 6, 5)


def row(
    name: str = FIRM,
    *,
    matter: str = "失信被执行人",
    case: str = "（2026）豫0502执1号",
    since: str = "2026-01-05",
    until: str = "2029-01-04",
    lifted: str = "",
    court: str = "样例人民法院",
) -> list[str]:
    return [name, "", matter, case, since, until, lifted, court]


@pytest.fixture
def firm(make: Make) -> Enterprise:
    return make.enterprise(name=FIRM, credit_code=credit_code(901))


def records(session: Session) -> list[ConductRecord]:
    session.flush()
    return list(session.scalars(select(ConductRecord).order_by(ConductRecord.id)))


def counts_for(record: ConductRecord, on: date) -> bool:
    return counts_on(record.effective_on, record.expires_on, record.withdrawn_on, on)


def test_a_record_stands_with_its_source_and_its_last_day_still_counts(session: Session, firm) -> None:
    batch = take_in(session, KIND, HEADER, row())
    assert counts(batch) == (1, 0, 0, 0)
    [record] = records(session)
    assert (record.enterprise_id, record.code, record.source) == (firm.id, ConductCode.E01, "样例人民法院")
    assert (record.reference, record.batch_id) == ("（2026）豫0502执1号", batch.id)
    assert counts_for(record, date(2029, 1, 4))
    assert not counts_for(record, date(2029, 1, 5))


def test_the_same_list_again_changes_nothing(session: Session, firm) -> None:
    take_in(session, KIND, HEADER, row(), row(case="二号"))
    assert counts(take_in(session, KIND, HEADER, row(), row(case="二号"), as_of=LATER)) == (0, 0, 2, 0)
    assert len(records(session)) == 2


def test_a_later_list_tells_that_a_record_was_lifted_and_its_undo_brings_it_back(
    session: Session, firm
) -> None:
    take_in(session, KIND, HEADER, row())
    later = take_in(session, KIND, HEADER, row(lifted="2026-05-01"), as_of=LATER)
    assert counts(later) == (0, 1, 0, 0)
    assert not counts_for(records(session)[0], date(2026, 5, 1))
    assert counts_for(records(session)[0], date(2026, 4, 30))
    undo_list(session, SYSTEM, later)
    assert records(session)[0].withdrawn_on is None


def test_an_older_list_lifts_nothing_and_an_extract_ends_nothing(session: Session, firm) -> None:
    take_in(session, KIND, HEADER, row(), as_of=LATER)
    assert counts(take_in(session, KIND, HEADER, row(lifted="2026-02-01"), as_of=DAY)) == (0, 0, 1, 0)
    assert counts(take_in(session, KIND, HEADER, row(until=""), as_of=LATER)) == (0, 0, 1, 0)
    assert records(session)[0].expires_on == date(2029, 1, 5)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"court": ""}, "no_source"),
        ({"since": ""}, "no_day"),
        ({"since": "2026-03-06"}, "day_in_future"),
        ({"until": "2026-01-04"}, "days_out_of_order"),
        ({"lifted": "2026-01-04"}, "days_out_of_order"),
        ({"matter": "行政处罚"}, "no_exclusion"),
        ({"name": "张三"}, "person"),
        ({"name": "安阳没有有限公司"}, "unknown_firm"),
    ],
)
def test_a_row_that_cannot_be_recorded_is_refused_in_words(
    session: Session, firm, changes: dict[str, str], code: str
) -> None:
    batch = take_in(session, KIND, HEADER, row(case="二号"), row(**changes))
    assert counts(batch) == (1, 0, 0, 1)
    assert session.query(ImportRow).filter_by(batch_id=batch.id, code=code).one().row_number == 3


@pytest.mark.parametrize(
    "changes", [{"since": "2026-03-05"}, {"until": "2026-01-05"}, {"lifted": "2026-01-05"}]
)
def test_the_first_day_is_the_last_that_may_be(session: Session, firm, changes: dict[str, str]) -> None:
    assert counts(take_in(session, KIND, HEADER, row(**changes))) == (1, 0, 0, 0)


def test_a_list_of_irregular_filings_is_told_from_a_patent_list(session: Session, firm) -> None:
    header = ("序号", "申请号", "申请人", "通报日期", "非正常类型")
    table = table_of(
        header, [["1", number(1), FIRM, "2026-01-05", "编造"]], filename="非正常专利申请名单.xlsx"
    )
    found = propose(session, table)
    assert (found.kind, found.is_sure, found.columns.told) == (KIND, True, {"matter": "E05"})
    with pytest.raises(BadInput, match="认定机关"):
        plan_of(session, table, KIND)
    assert len(plan_of(session, table, KIND, told={"authority": "国家知识产权局"}).steps) == 1


def test_an_undone_list_leaves_no_record_and_one_that_is_built_on_stays(session: Session, firm) -> None:
    first = take_in(session, KIND, HEADER, row())
    later = take_in(session, KIND, HEADER, row(lifted="2026-05-01"), as_of=LATER)
    with pytest.raises(Conflict, match=f"批次{later.id}"):
        undo_list(session, SYSTEM, first)
    undo_list(session, SYSTEM, later)
    undo_list(session, SYSTEM, first)
    assert records(session) == []
