"""Scoring only the firms that changed gives what scoring everybody gives, to the byte."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.errors import Conflict
from ipfin.lists.service import undo_list
from ipfin.registry.list_kinds import ListKind
from ipfin.registry.models import (
    Applicant,
    Enterprise,
    EnterpriseChange,
    EnterpriseMerge,
    FactKind,
    FactSource,
    ImportBatch,
    Patent,
)
from ipfin.registry.service import decide_same, note_changed, record_fact, recount_expired, undo_merge
from ipfin.registry.service.settling import change_holders
from ipfin.whitelist.models import ScoreRun, ScoreSheet
from ipfin.whitelist.queries.changes import changed_on
from ipfin.whitelist.service import run_scores
from ipfin.whitelist.service.declaring import note_answer
from ipfin.whitelist.service.rescoring import rescore_changed
from tests.factories import Make, credit_code
from tests.lists import number, row
from tests.service.lists.taking import take_in
from tests.service.registry.owning import FIRST, LATER, A, B, C, taken

DAY = date(2026, 6, 30)
D = "安阳样丁化工有限公司"


def told(session: Session, run: ScoreRun) -> dict[str, Any]:
    """Return all that a run says, but its number, its time and how it was made."""
    rows = session.execute(select(ScoreSheet).where(ScoreSheet.run_id == run.id)).scalars().all()
    figures = ("grade", "score_e4", "graded_e4", "low_e4", "high_e4", "coverage_bp", "body", "gist")
    return {
        "sheets": {sheet.enterprise_id: [getattr(sheet, name) for name in figures] for sheet in rows},
        "run": (run.firms_count, run.grade_counts, run.inputs_hash, run.peer_medians, run.data_as_of),
    }


def firm(session: Session, name: str) -> Enterprise:
    session.expire_all()
    return session.scalars(select(Enterprise).where(Enterprise.name == name)).one()


def last_list(session: Session, kind: ListKind) -> ImportBatch:
    rows = select(ImportBatch).where(ImportBatch.kind == kind).order_by(ImportBatch.id.desc()).limit(1)
    return session.scalars(rows).one()


def newer_list(session: Session, _make: Make) -> None:
    taken(session, row(1, firm=A, validity="失效"), row(5, firm=A), as_of=LATER)


def new_firm(session: Session, _make: Make) -> None:
    taken(session, row(7, firm=D), row(2, firm=A), as_of=LATER)


def fact(session: Session, _make: Make) -> None:
    record_fact(
        session, SYSTEM, firm(session, B), FactKind.RD_SHARE_BP, as_of=LATER, source=FactSource.DECLARED,
        number=Decimal(800),
    )  # fmt: skip


def register(session: Session, _make: Make) -> None:
    header = ("企业名称", "统一社会信用代码", "成立日期", "区县")
    take_in(session, ListKind.REGISTER, header, (C, credit_code(903), "2012-06-03", "文峰区"), as_of=LATER)


def undo_register(session: Session, _make: Make) -> None:
    undo_list(session, SYSTEM, last_list(session, ListKind.REGISTER))


def pledge(session: Session, _make: Make) -> None:
    header = ("质押登记号", "专利号", "专利名称", "出质人", "质权人", "登记日")
    cells = ("Y2026980000001", number(3).replace("CN", "ZL"), "一种装置", B, "样例银行", "2026-01-05")
    take_in(session, ListKind.PLEDGES, header, cells, as_of=LATER)


def other_holder(session: Session, _make: Make) -> None:
    patent = session.scalars(
        select(Patent).where(Patent.application_number == number(4).removeprefix("CN"))
    ).one()
    holder = session.scalars(select(Applicant).where(Applicant.name == A)).one()
    change_holders(session, SYSTEM, patent, [holder.id], on=LATER, evidence="更正申请样例")


def merge(session: Session, make: Make) -> None:
    first, second = sorted((firm(session, A), firm(session, B)), key=lambda one: one.id)
    pair = make.match_candidate(first=first, second=second)
    decide_same(session, SYSTEM, pair, survivor_id=first.id, reason="更名", holds=(), follows=())


def undo_the_merge(session: Session, _make: Make) -> None:
    undo_merge(session, SYSTEM, session.scalars(select(EnterpriseMerge)).one(), reason="看错了", follows=())


def undo_newer_list(session: Session, _make: Make) -> None:
    undo_list(session, SYSTEM, last_list(session, ListKind.PATENTS))


def answer(session: Session, _make: Make) -> None:
    note_answer(session, firm(session, A).id, "M1", date(2026, 3, 10))


Act = Callable[[Session, Make], None]
ACTS: list[tuple[Act, set[str]]] = [
    (fact, {B}),
    (register, {C}),
    (undo_register, {C}),
    (pledge, {B}),
    (merge, {A, B}),
    (undo_the_merge, {A, B}),
    (newer_list, {A}),
    (undo_newer_list, {A}),
    (other_holder, {A, C}),
    (new_firm, {D}),
    (answer, {A}),
]


@pytest.fixture
def scored(session: Session, make: Make) -> ScoreRun:
    """The first run over three firms; one was asked to declare and did not."""
    rows = (row(1, firm=A), row(2, firm=A), row(3, firm=B), row(4, firm=C), row(6, firm=C))
    taken(session, *rows, as_of=FIRST)
    make.declaration_request(firm(session, A), code="M1")
    return run_scores(session, SYSTEM, on=DAY)


def test_a_chain_of_runs_of_changed_firms_is_what_full_runs_are(
    session: Session, make: Make, scored: ScoreRun
) -> None:
    base = scored
    for act, changed in ACTS:
        act(session, make)
        session.flush()
        run = rescore_changed(session, SYSTEM, on=DAY)
        with session.begin_nested() as aside:
            whole = told(session, run_scores(session, SYSTEM, on=DAY))
            aside.rollback()
        session.expire_all()
        assert told(session, run) == whole, act.__name__
        assert run.base_run_id == base.id
        # not everybody was scored: only who was touched, and still holds a patent
        holding = {name for name in changed if firm(session, name).patent_count}
        assert run.rescored_count == len(holding), act.__name__
        base = run


def test_a_run_takes_the_marks_off_and_terms_that_end_leave_none(
    session: Session, make: Make, scored: ScoreRun
) -> None:
    assert changed_on(session, DAY) == 0
    with pytest.raises(Conflict, match="没有企业发生变动"):
        rescore_changed(session, SYSTEM, on=DAY)
    recount_expired(session, on=date(2060, 1, 1))
    assert changed_on(session, DAY) == 0
    fact(session, make)
    fact(session, make)
    assert changed_on(session, DAY) == 1
    rescore_changed(session, SYSTEM, on=DAY)
    assert session.scalar(select(func.count()).select_from(EnterpriseChange)) == 0


def test_for_another_day_or_another_measure_everybody_is_scored(
    session: Session, make: Make, scored: ScoreRun
) -> None:
    fact(session, make)
    for day in (date(2026, 6, 29), date(2026, 7, 1)):
        assert changed_on(session, day) is None
        with pytest.raises(Conflict, match="换一天须全量评分"):
            rescore_changed(session, SYSTEM, on=day)
    scored.cohort_reference = make.cohort_reference(version=90)
    session.flush()
    scored.cohort_reference_id, other = None, scored.cohort_reference_id
    with pytest.raises(Conflict, match="换了同类参照"):
        rescore_changed(session, SYSTEM, on=DAY)
    scored.cohort_reference_id, scored.rescored_count = other, None
    with pytest.raises(Conflict, match="旧版本"):
        rescore_changed(session, SYSTEM, on=DAY)


def test_a_firm_that_is_gone_needs_no_mark(session: Session, make: Make) -> None:
    note_changed(session, [make.enterprise().id, 10**6])
    assert session.scalar(select(func.count()).select_from(EnterpriseChange)) == 1
