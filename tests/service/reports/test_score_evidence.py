"""The evidence of a score sheet: which rows it rests on, and whether they are still what they were."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from ipfin.kernel.actor import SYSTEM
from ipfin.registry.models import FactKind, FactSource
from ipfin.registry.service import record_fact
from ipfin.reports.service.score_evidence import evidence_of
from ipfin.whitelist.models import ScoreSheet
from ipfin.whitelist.service import run_scores
from tests.factories import TODAY


@pytest.fixture
def firm(make):
    found = make.enterprise(established_on=date(2016, 3, 5))
    batch = make.batch(source="样例局", as_of=date(2026, 2, 28))
    make.patent(holders=[found], first_batch_id=batch.id, last_batch_id=batch.id)
    found.patent_count = 1
    return found


def sheet_of(session, firm) -> ScoreSheet:
    run = run_scores(session, SYSTEM, on=TODAY)
    return session.scalars(
        select(ScoreSheet).where(ScoreSheet.run_id == run.id, ScoreSheet.enterprise_id == firm.id)
    ).one()


def test_evidence_names_lists_facts_and_what_was_superseded_and_says_when_it_changed(session, make, firm):
    for day, percent in ((TODAY - timedelta(days=400), 300), (TODAY - timedelta(days=30), 500)):
        make.fact(firm, kind=FactKind.RD_SHARE_BP, number=Decimal(percent), as_of=day, evidence="审计报告")
    sheet = sheet_of(session, firm)
    found = evidence_of(session, sheet)
    assert found.is_current
    assert (found.of("L1").used, found.of("L1").lists[0].source) == (1, "样例局")
    declared = found.of("M5")
    assert [fact.value for fact in declared.facts] == ["5.00%"]
    assert [fact.value for fact in declared.superseded] == ["3.00%"]
    assert declared.facts[0].document == "审计报告"
    assert [fact.value for fact in found.of("C1").facts] == ["2016-03-05"]
    assert found.of("C2").sentences == []

    said = {"kind": FactKind.RD_SHARE_BP, "source": FactSource.OFFICE, "number": Decimal(700)}
    record_fact(session, SYSTEM, firm, as_of=TODAY + timedelta(days=1), **said)
    later = evidence_of(session, sheet)
    assert later.is_current, "what came after the day of the score is no part of it"
    assert [fact.value for fact in later.of("M5").later] == ["7.00%"]
    record_fact(session, SYSTEM, firm, as_of=TODAY, **said)
    assert not evidence_of(session, sheet).is_current
