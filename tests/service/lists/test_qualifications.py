"""Titles come in as dated facts with their end; the later list is believed."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.errors import BadInput
from ipfin.lists.service import propose, undo_list
from ipfin.registry.list_kinds import ListKind
from ipfin.registry.models import EnterpriseFact, FactKind, FactSource, ImportRow
from ipfin.registry.service import record_fact
from ipfin.whitelist.facts import HeldTitle, Title
from ipfin.whitelist.queries.facts import firm_facts
from tests.factories import Make, credit_code
from tests.lists import table_of
from tests.service.lists.taking import DAY, counts, plan_of, take_in, take_table

HEADER = ("企业名称", "统一社会信用代码", "资质名称", "证书编号", "认定日期", "有效期至")
KIND = ListKind.QUALIFICATIONS
FIRM = "安阳样张机械有限公司"


def row(
    name: str = FIRM, code: str = credit_code(901), title: str = "高新技术企业", until: str = "2028-10-31"
) -> list[str]:
    return [name, code, title, "GR202541000001", "2025-11-01", until]


@pytest.fixture
def firm(make: Make):
    return make.enterprise(name=FIRM, credit_code=credit_code(901))


def titles(session: Session, firm_id: int, on: date = DAY) -> tuple[HeldTitle, ...] | None:
    session.flush()
    return firm_facts(session, [firm_id], on)[firm_id].titles


def test_several_titles_of_one_firm_and_day_stand_beside_each_other(session: Session, firm) -> None:
    batch = take_in(session, KIND, HEADER, row(), row(title="国家专精特新“小巨人”企业", until=""))
    assert counts(batch) == (2, 0, 0, 0)
    assert set(titles(session, firm.id) or ()) == {
        HeldTitle(Title.HIGH_TECH, date(2028, 11, 1)),
        HeldTitle(Title.NATIONAL_LITTLE_GIANT),
    }
    assert counts(take_in(session, KIND, HEADER, row(), row(title="国家专精特新“小巨人”企业", until=""))) == (
        0,
        0,
        2,
        0,
    )


@pytest.mark.parametrize(("on", "holds"), [(date(2028, 10, 31), True), (date(2028, 11, 1), False)])
def test_the_last_day_of_a_title_still_counts(session: Session, firm, on: date, holds: bool) -> None:
    take_in(session, KIND, HEADER, row())
    assert bool(titles(session, firm.id, on)) is holds


def test_a_later_list_that_tells_the_end_supersedes_one_that_did_not(session: Session, firm) -> None:
    take_in(session, KIND, HEADER, row(until=""))
    later = take_in(session, KIND, HEADER, row(until="2026-05-31"), as_of=date(2026, 6, 5))
    assert counts(later) == (0, 1, 0, 0)
    assert session.query(EnterpriseFact).count() == 2
    assert titles(session, firm.id, date(2026, 6, 5)) is None
    assert titles(session, firm.id, DAY) == (HeldTitle(Title.HIGH_TECH),)
    undo_list(session, SYSTEM, later)
    assert titles(session, firm.id, date(2026, 6, 5)) == (HeldTitle(Title.HIGH_TECH),)


def test_an_older_list_changes_nothing(session: Session, firm) -> None:
    take_in(session, KIND, HEADER, row())
    assert counts(take_in(session, KIND, HEADER, row(until=""), as_of=date(2026, 1, 5))) == (0, 0, 1, 0)


def test_what_the_firm_declared_itself_is_not_touched(session: Session, firm) -> None:
    record_fact(
        session,
        SYSTEM,
        firm,
        FactKind.TITLE,
        as_of=DAY,
        source=FactSource.DECLARED,
        word=Title.TECH_SME.value,
    )
    record_fact(
        session,
        SYSTEM,
        firm,
        FactKind.TITLE,
        as_of=DAY,
        source=FactSource.DECLARED,
        word=Title.HIGH_TECH.value,
    )
    take_in(session, KIND, HEADER, row())
    found = session.scalars(select(EnterpriseFact).where(EnterpriseFact.source == FactSource.DECLARED)).all()
    assert {fact.word for fact in found} == {"tech_sme", "high_tech"}


def test_a_firm_that_is_not_known_is_kept_apart_in_words(session: Session, firm) -> None:
    batch = take_in(session, KIND, HEADER, row(), row("安阳没有有限公司", credit_code(902)))
    assert counts(batch) == (1, 0, 0, 1)
    refused = session.query(ImportRow).filter_by(batch_id=batch.id, code="unknown_firm").one()
    assert "工商登记名单" in str(refused.message)
    assert refused.row_number == 3


def test_a_code_and_a_name_of_two_firms_are_refused(session: Session, firm, make: Make) -> None:
    make.enterprise(name="安阳二号有限公司", credit_code=credit_code(902))
    assert counts(take_in(session, KIND, HEADER, row(code=credit_code(902)))) == (0, 0, 0, 1)


def test_a_list_of_one_title_tells_it_by_its_file_or_is_asked(session: Session, firm) -> None:
    header, content = ("序号", "企业名称", "证书编号"), [["1", FIRM, "GR202541000001"]]
    named = table_of(header, content, filename="2025年高新技术企业名单.xlsx")
    found = propose(session, named)
    assert (found.kind, found.is_sure) == (KIND, True)
    batch, _plan = take_table(session, named, KIND, title="high_tech", valid_until="2028-10-31")
    assert counts(batch) == (1, 0, 0, 0)
    assert titles(session, firm.id) == (HeldTitle(Title.HIGH_TECH, date(2028, 11, 1)),)
    with pytest.raises(BadInput, match="资质名称"):
        plan_of(session, table_of(header, content), KIND)
    with pytest.raises(BadInput, match="资质名称"):
        plan_of(session, table_of(header, content), KIND, told={"title": "best_firm"})


def test_a_list_without_any_end_is_told(session: Session, firm) -> None:
    found = plan_of(session, table_of(HEADER, [row(until="")]), KIND)
    assert [doubt.code for doubt in found.reading.warnings] == ["no_end"]


def test_a_repeated_title_counts_once_and_the_longest_end_leads(session: Session, firm) -> None:
    batch = take_in(session, KIND, HEADER, row(until="2026-10-31"), row(until="2028-10-31"))
    assert counts(batch) == (1, 0, 1, 0)
    assert titles(session, firm.id) == (HeldTitle(Title.HIGH_TECH, date(2028, 11, 1)),)


def test_an_undone_list_takes_its_titles_back(session: Session, firm) -> None:
    undo_list(session, SYSTEM, take_in(session, KIND, HEADER, row()))
    assert titles(session, firm.id) is None
