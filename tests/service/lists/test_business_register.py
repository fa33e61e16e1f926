"""A business-register list makes firms, writes dated facts, and never takes two firms for one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.lists.service import propose, undo_list
from ipfin.registry.intake import read_list
from ipfin.registry.lifecycle import BatchState, MatchState
from ipfin.registry.list_kinds import ListKind
from ipfin.registry.models import Enterprise, EnterpriseFact, FactSource, ImportRow, MatchCandidate
from ipfin.registry.resolution.assessment import Tier
from ipfin.registry.service import find_candidates, remember_mapping
from tests.factories import Make, credit_code
from tests.lists import table_of
from tests.service.lists.taking import DAY, counts, plan_of, story, take_in, take_table

HEADER = ("企业名称", "统一社会信用代码", "曾用名", "企业类型", "成立日期", "注册资本", "经营状态", "区县")
REGISTER = ListKind.REGISTER
LATER = date(2026, 6, 5)


def row(
    name: str = "安阳样张机械有限公司",
    code: str = credit_code(901),
    *,
    former: str = "",
    form: str = "有限责任公司",
    capital: str = "500万元人民币",
    status: str = "存续",
    county: str = "文峰区",
) -> list[str]:
    return [name, code, former, form, "2015-06-03", capital, status, county]


def register(session: Session, *rows: list[str], as_of: date = DAY):
    return take_in(session, REGISTER, HEADER, *rows, as_of=as_of)


def firm(session: Session, code: str = credit_code(901)) -> Enterprise:
    session.expire_all()
    return session.scalars(select(Enterprise).where(Enterprise.credit_code == code)).one()


def facts(session: Session, of: Enterprise) -> dict[str, list[tuple[date, str, Decimal | None]]]:
    rows = session.scalars(
        select(EnterpriseFact).where(EnterpriseFact.enterprise_id == of.id).order_by(EnterpriseFact.as_of)
    )
    found: dict[str, list[tuple[date, str, Decimal | None]]] = {}
    for fact in rows:
        assert fact.source is FactSource.LIST
        found.setdefault(fact.kind.value, []).append((fact.as_of, fact.word, fact.number))
    return found


def test_a_new_firm_stands_with_its_columns_and_dated_facts(session: Session, make: Make) -> None:
    make.region("410502", name="文峰区")
    batch = register(session, row(former="安阳样张机械厂"))
    found = firm(session)
    assert counts(batch) == (1, 0, 0, 0)
    assert (found.name, found.region_code, found.established_on) == (
        "安阳样张机械有限公司",
        "410502",
        date(2015, 6, 3),
    )
    assert found.credit_code_checks
    assert facts(session, found) == {
        "legal_form": [(DAY, "有限责任公司", None)],
        "operating_status": [(DAY, "存续", None)],
        "registered_capital": [(DAY, "CNY", Decimal(500_000_000))],
        "former_names": [(DAY, "安阳样张机械厂", None)],
    }
    assert story(session, batch) == [
        ("new", "", {}, {"name": "安阳样张机械有限公司", "credit_code": credit_code(901)})
    ]


@pytest.mark.parametrize("as_of", [DAY, LATER])
def test_the_same_list_again_changes_nothing(session: Session, as_of: date) -> None:
    register(session, row(), row("安阳二号有限公司", credit_code(902)))
    before = session.scalar(select(func.count()).select_from(EnterpriseFact))
    again = register(session, row(), row("安阳二号有限公司", credit_code(902)), as_of=as_of)
    assert counts(again) == (0, 0, 2, 0)
    assert session.scalar(select(func.count()).select_from(EnterpriseFact)) == before


def test_a_later_list_adds_a_fact_and_leaves_the_older_one(session: Session) -> None:
    register(session, row())
    later = register(session, row(status="注销"), as_of=LATER)
    assert counts(later) == (0, 1, 0, 0)
    assert story(session, later) == [("changed", "", {"status": "存续"}, {"status": "注销"})]
    assert facts(session, firm(session))["operating_status"] == [(DAY, "存续", None), (LATER, "注销", None)]


def test_an_older_list_overrides_nothing(session: Session) -> None:
    register(session, row(), as_of=LATER)
    assert counts(register(session, row(status="吊销", county="北关区"), as_of=DAY)) == (0, 0, 1, 0)


def test_a_corrected_list_of_the_same_day_replaces_the_fact_and_its_undo_gives_it_back(
    session: Session,
) -> None:
    register(session, row())
    corrected = register(session, row(status="吊销", capital="600万元人民币"))
    assert counts(corrected) == (0, 1, 0, 0)
    assert facts(session, firm(session))["operating_status"] == [(DAY, "吊销", None)]
    undo_list(session, SYSTEM, corrected)
    assert facts(session, firm(session))["operating_status"] == [(DAY, "存续", None)]
    assert facts(session, firm(session))["registered_capital"] == [(DAY, "CNY", Decimal(500_000_000))]


def test_a_firm_known_by_its_name_gets_its_code_and_keeps_its_patents(session: Session, make: Make) -> None:
    known = make.enterprise(name="安阳样张机械有限公司", credit_code=None)
    make.patent(holders=[known])
    batch = register(session, row())
    assert counts(batch) == (0, 1, 0, 0)
    assert firm(session).id == known.id
    assert firm(session).valid_count == 1
    undo_list(session, SYSTEM, batch)
    session.expire_all()
    assert session.get_one(Enterprise, known.id).credit_code is None
    assert facts(session, known) == {}


def test_the_place_of_registration_does_not_replace_where_a_firm_is_known_to_work(
    session: Session, make: Make
) -> None:
    make.region("410502", name="文峰区")
    make.region("410500", name="安阳市")
    known = make.enterprise(
        name="安阳样张机械有限公司",
        credit_code=credit_code(901),
        region_code="410502",
        locality="河南省 安阳市 文峰区",
    )
    register(session, row(county=""))
    register(session, row(county="文峰区"), as_of=LATER)
    session.refresh(known)
    assert (known.region_code, known.locality) == ("410502", "河南省 安阳市 文峰区")
    make.region("410503", name="北关区")
    moved = register(session, row(county="北关区"), as_of=LATER)
    session.refresh(known)
    assert (known.region_code, known.locality) == ("410503", "北关区")
    assert story(session, moved) == [
        ("changed", "", {"county": "河南省 安阳市 文峰区"}, {"county": "北关区"})
    ]


def test_a_known_code_with_another_name_is_refused_with_both_names(session: Session, make: Make) -> None:
    make.enterprise(name="安阳旧名机械有限公司", credit_code=credit_code(901))
    batch = register(session, row())
    assert counts(batch) == (0, 0, 0, 1)
    refused = session.query(ImportRow).filter_by(batch_id=batch.id).one()
    assert refused.code == "code_has_other_name"
    assert "安阳旧名机械有限公司" in str(refused.message)
    assert firm(session).name == "安阳旧名机械有限公司"


def test_a_known_name_with_another_code_is_refused(session: Session, make: Make) -> None:
    make.enterprise(name="安阳样张机械有限公司", credit_code=credit_code(902))
    assert counts(register(session, row())) == (0, 0, 0, 1)


def test_a_new_name_that_the_list_itself_explains_is_taken_with_its_old_one(
    session: Session, make: Make
) -> None:
    known = make.enterprise(name="安阳旧名机械有限公司", credit_code=credit_code(901))
    batch = register(session, row(former="安阳旧名机械有限公司"))
    assert counts(batch) == (0, 1, 0, 0)
    assert firm(session).id == known.id
    assert firm(session).name == "安阳样张机械有限公司"
    assert story(session, batch)[0][2]["name"] == "安阳旧名机械有限公司"
    undo_list(session, SYSTEM, batch)
    assert firm(session).name == "安阳旧名机械有限公司"


def test_a_former_name_that_is_a_record_of_its_own_goes_to_the_queue_and_nothing_is_merged(
    session: Session, make: Make
) -> None:
    old = make.enterprise(name="安阳旧名机械有限公司", credit_code=None)
    batch = register(session, row(former="安阳旧名机械有限公司"))
    find_candidates(session, SYSTEM, batch_id=batch.id)
    pair = session.scalars(select(MatchCandidate)).one()
    assert {pair.first_id, pair.second_id} == {old.id, firm(session).id}
    assert (pair.tier, pair.state) == (Tier.FORMER_NAME, MatchState.OPEN)


def test_a_row_of_two_records_goes_to_the_queue_when_the_list_explains_it(
    session: Session, make: Make
) -> None:
    coded = make.enterprise(name="安阳旧名机械有限公司", credit_code=credit_code(901))
    named = make.enterprise(name="安阳样张机械有限公司", credit_code=None)
    batch = register(session, row(former="安阳旧名机械有限公司"))
    assert counts(batch) == (0, 1, 0, 0)
    find_candidates(session, SYSTEM, batch_id=batch.id)
    pair = session.scalars(select(MatchCandidate)).one()
    assert {pair.first_id, pair.second_id} == {coded.id, named.id}
    assert named.name == "安阳样张机械有限公司"


def test_an_undone_list_leaves_nothing_of_it(session: Session, make: Make) -> None:
    batch = register(session, row(), row("安阳二号有限公司", credit_code(902)))
    undo_list(session, SYSTEM, batch)
    assert batch.state is BatchState.UNDONE
    assert session.scalar(select(func.count()).select_from(Enterprise)) == 0
    assert session.scalar(select(func.count()).select_from(EnterpriseFact)) == 0


def test_a_list_on_which_a_later_one_builds_is_not_undone(session: Session) -> None:
    first = register(session, row())
    later = register(session, row(status="注销"), as_of=LATER)
    with pytest.raises(Conflict, match=f"批次{later.id}"):
        undo_list(session, SYSTEM, first)
    undo_list(session, SYSTEM, later)
    undo_list(session, SYSTEM, first)
    assert session.scalar(select(func.count()).select_from(Enterprise)) == 0


def test_a_list_whose_firm_holds_patents_by_now_is_not_undone(session: Session, make: Make) -> None:
    batch = register(session, row())
    make.patent(holders=[firm(session)])
    with pytest.raises(Conflict, match="安阳样张机械有限公司"):
        undo_list(session, SYSTEM, batch)


def test_a_patent_list_is_not_undone_under_a_firm_that_a_register_told_of(
    session: Session, make: Make
) -> None:
    patents = make.batch()
    make.enterprise(name="安阳样张机械有限公司", credit_code=credit_code(901), first_batch_id=patents.id)
    told = register(session, row())
    with pytest.raises(Conflict, match=f"批次{told.id}"):
        undo_list(session, SYSTEM, patents)
    undo_list(session, SYSTEM, told)
    undo_list(session, SYSTEM, patents)
    assert session.scalar(select(func.count()).select_from(Enterprise)) == 0


def test_a_firm_that_was_merged_away_is_found_as_its_survivor(session: Session, make: Make) -> None:
    merge = make.enterprise_merge()
    gone, into = merge.merged, merge.survivor
    batch = register(session, row(gone.name, ""))
    assert counts(batch)[0] == 0
    assert facts(session, into)["legal_form"]


def test_a_list_without_name_or_any_telling_column_is_refused_in_words(session: Session) -> None:
    with pytest.raises(BadInput, match="企业名称"):
        plan_of(session, table_of(("甲", "乙"), [["1", "2"]]), REGISTER)


def test_a_confirmed_kind_is_remembered_with_its_columns(session: Session) -> None:
    table = table_of(("甲列", "代号", "乙列"), [["安阳样张有限公司", credit_code(901), "存续"]])
    assert not propose(session, table).is_sure
    columns = propose(session, table, REGISTER).columns.confirmed({"name": 0, "credit_code": 1, "status": 2})
    remember_mapping(session, SYSTEM, columns)
    session.flush()
    again = propose(session, table)
    assert (again.kind, again.is_sure) == (REGISTER, True)
    assert again.columns.column_of("status") == 2
    assert propose(session, table, ListKind.PATENTS).kind is ListKind.PATENTS


@pytest.mark.parametrize(
    ("name", "read", "branches", "malformed"),
    [("安阳_dev.csv", 4378, 911, 0), ("河南其他市_6pct_dev.csv", 8354, 1425, 1)],
)
def test_the_real_register_is_taken_in_whole_and_a_second_time_changes_nothing(
    session: Session, shared_data: Path, name: str, read: int, branches: int, malformed: int
) -> None:
    table = read_list(shared_data / "registry_henan" / name, name)
    found = propose(session, table)
    assert (found.kind, found.is_sure) == (REGISTER, True)
    batch, first = take_table(session, table, REGISTER)
    refused = first.reading.summary()["refusals"]
    assert refused == {"branch": branches} | ({"bad_credit_code": malformed} if malformed else {})
    assert counts(batch) == (read - branches - malformed, 0, 0, branches + malformed)
    assert session.scalar(select(func.count()).select_from(Enterprise)) == batch.rows_new
    again = plan_of(session, table, REGISTER)
    assert (sum(step.outcome.value == "unchanged" for step in again.steps)) == batch.rows_new


def test_the_broken_lines_of_the_real_register_are_refused_in_words(shared_data: Path) -> None:
    with pytest.raises(BadInput, match="表头"):
        read_list(shared_data / "registry_henan" / "broken_lines_dev.txt", "broken_lines_dev.txt")
