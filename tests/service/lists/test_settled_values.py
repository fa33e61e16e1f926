"""A register list never writes over what an accepted correction settled; a later one waits for a decision."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.errors import Conflict
from ipfin.lists.service import undo_list
from ipfin.registry.list_kinds import ListKind
from ipfin.registry.models import Enterprise, FactKind, FactSource, SettledFact, SourceConflict
from ipfin.registry.ownership import ConflictState
from ipfin.registry.queries import facts_of
from ipfin.registry.service import record_fact
from ipfin.registry.service.settling import decide, reopen, settle
from tests.factories import Make
from tests.service.lists.taking import DAY, counts, take_in

HEADER = ("企业名称", "统一社会信用代码", "企业类型", "地址", "经营状态")
CORRECTED, LATER = date(2026, 4, 1), date(2026, 6, 5)
WHY = "已核对营业执照"


@pytest.fixture
def firm(session: Session, make: Make) -> Enterprise:
    """A firm of which an address and a status were corrected after the first list."""
    made = make.enterprise(name="安阳样张机械有限公司", as_of=None)
    register(session, made, DAY)
    made.address = "样例大道88号"
    settle(session, SYSTEM, "address", on=CORRECTED, evidence="更正申请样例", enterprise_id=made.id)
    record_fact(
        session, SYSTEM, made, FactKind.OPERATING_STATUS, as_of=CORRECTED, source=FactSource.CORRECTION,
        word="存续（在营）",
    )  # fmt: skip
    settle(session, SYSTEM, "operating_status", on=CORRECTED, evidence="更正申请样例", enterprise_id=made.id)
    return made


def register(
    session: Session, firm: Enterprise, as_of: date, *, address: str = "旧街1号", status: str = "吊销"
):
    cells = (firm.name, firm.credit_code or "", "有限责任公司", address, status)
    return take_in(session, ListKind.REGISTER, HEADER, cells, as_of=as_of)


def waiting(session: Session) -> dict[str, SourceConflict]:
    session.expire_all()
    return {row.field: row for row in session.scalars(select(SourceConflict).order_by(SourceConflict.id))}


def status(session: Session, firm: Enterprise) -> str:
    return next(fact.word for fact in facts_of(session, firm.id) if fact.kind is FactKind.OPERATING_STATUS)


@pytest.mark.parametrize("address", ["旧街1号", "第三路3号"])  # the old value, and a third one
def test_a_later_list_goes_to_review_and_overwrites_nothing(
    session: Session, firm: Enterprise, address: str
) -> None:
    batch = register(session, firm, LATER, address=address)
    found = waiting(session)
    assert set(found) == {"address", "operating_status"}
    assert (found["address"].held["value"], found["address"].told["value"]) == ("样例大道88号", address)
    assert firm.address == "样例大道88号"
    assert status(session, firm) == "存续（在营）"
    assert counts(batch) == (0, 0, 1, 0)
    said = [doubt["message"]["template"] for doubt in batch.summary["warnings"]]
    assert sum("已核准的更正不一致" in each or "why" in each for each in said) == 2
    undo_list(session, SYSTEM, batch)
    assert waiting(session) == {}


@pytest.mark.parametrize("as_of", [date(2026, 3, 31), CORRECTED])
def test_a_list_of_the_day_of_the_correction_or_before_asks_nobody(
    session: Session, firm: Enterprise, as_of: date
) -> None:
    register(session, firm, as_of)
    assert firm.address == "样例大道88号"
    assert waiting(session) == {}


def test_a_list_that_says_what_was_settled_asks_nobody(session: Session, firm: Enterprise) -> None:
    register(session, firm, LATER, address="样例大道88号", status="存续（在营）")
    assert waiting(session) == {}


def test_the_list_can_be_taken_and_the_correction_restored(session: Session, firm: Enterprise) -> None:
    batch = register(session, firm, LATER)
    found = waiting(session)
    for conflict in found.values():
        decide(session, SYSTEM, conflict, ConflictState.TOLD, reason=WHY)
    assert (firm.address, status(session, firm)) == ("旧街1号", "吊销")
    assert all(row.ended_by_conflict_id for row in session.scalars(select(SettledFact)))
    with pytest.raises(Conflict, match="请先撤销该决定"):
        undo_list(session, SYSTEM, batch)
    for conflict in found.values():
        reopen(session, SYSTEM, conflict, reason=WHY)
    assert (firm.address, status(session, firm)) == ("样例大道88号", "存续（在营）")
    assert not any(row.ended_by_conflict_id for row in session.scalars(select(SettledFact)))


def test_what_was_turned_down_is_not_asked_again(session: Session, firm: Enterprise) -> None:
    register(session, firm, LATER)
    for conflict in waiting(session).values():
        decide(session, SYSTEM, conflict, ConflictState.HELD, reason=WHY)
    register(session, firm, date(2026, 7, 1))
    found = waiting(session)
    assert {row.state for row in found.values()} == {ConflictState.HELD}
    assert len(session.scalars(select(SourceConflict)).all()) == 2
    assert firm.address == "样例大道88号"
