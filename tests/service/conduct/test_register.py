"""The register kept by hand: entered with proof, ended once, over by rule; the page and the rule agree."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, true
from sqlalchemy.orm import Session

from ipfin.conduct.models import ConductRecord
from ipfin.conduct.queries import RecordFilter, counting_on, ends_by_time, register_page, term_rules
from ipfin.conduct.rules import ConductCode, EndKind, counts_on
from ipfin.conduct.service import HandRecord, end_by_hand, enter_by_hand, set_rule
from ipfin.documents.proofs import Proof
from ipfin.kernel.actor import SYSTEM
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.lists.queries import firm_said
from ipfin.registry.models import FactKind
from ipfin.whitelist.queries import firm_facts, gates_of
from tests.factories import TODAY, Make, credit_code

PDF = Proof("决定书.pdf", "application/pdf", b"%PDF-1.7 sample")
SINCE = date(2025, 3, 5)


def said(**changes) -> HandRecord:
    defaults = {
        "code": ConductCode.E06,
        "source": "样例资金池",
        "effective_on": SINCE,
        "last_day": None,
        "reference": "台账1号",
        "evidence": "",
    }
    return HandRecord(**defaults | changes)


def blocks(session: Session, firm_id: int, on: date) -> list[str]:
    found = gates_of(session, firm_facts(session, [firm_id], on), on)[firm_id]
    return [block.code for block in found.blocks if block.code.startswith("E")]


def test_a_record_entered_by_hand_keeps_its_document_and_counts(session, make: Make, tmp_path: Path) -> None:
    firm = make.enterprise()
    entry = enter_by_hand(session, SYSTEM, firm, said(), PDF, today=TODAY, directory=tmp_path)
    assert entry.evidence_document.filename == "决定书.pdf"
    assert entry.expires_on is None
    assert blocks(session, firm.id, TODAY) == ["E06"]
    with pytest.raises(Conflict):
        enter_by_hand(session, SYSTEM, firm, said(), PDF, today=TODAY, directory=tmp_path)


def test_the_last_day_that_was_said_still_counts(session, make: Make, tmp_path: Path) -> None:
    firm = make.enterprise()
    entry = enter_by_hand(session, SYSTEM, firm, said(last_day=TODAY), PDF, today=TODAY, directory=tmp_path)
    assert entry.expires_on == TODAY + timedelta(days=1)
    assert blocks(session, firm.id, TODAY) == ["E06"]
    assert blocks(session, firm.id, TODAY + timedelta(days=1)) == []


@pytest.mark.parametrize(
    ("changes", "proof", "field"),
    [
        ({}, None, "proof"),
        ({"source": " "}, PDF, "source"),
        ({"effective_on": TODAY + timedelta(days=1)}, PDF, "effective_on"),
        ({"last_day": SINCE - timedelta(days=1)}, PDF, "expires_on"),
    ],
)
def test_what_is_missing_or_out_of_order_is_refused_at_its_field(
    session, make: Make, tmp_path, changes, proof, field
) -> None:
    with pytest.raises(BadInput) as refused:
        enter_by_hand(
            session, SYSTEM, make.enterprise(), said(**changes), proof, today=TODAY, directory=tmp_path
        )
    assert refused.value.field == field


def test_a_repair_needs_its_proof_and_ends_the_record_once(session, make: Make, tmp_path: Path) -> None:
    entry = make.conduct_record(effective_on=SINCE)

    def end(kind: EndKind, proof: Proof | None, on: date = TODAY) -> ConductRecord:
        return end_by_hand(
            session, SYSTEM, entry, kind, on=on, reason="信用修复决定", proof=proof, today=TODAY,
            directory=tmp_path,
        )  # fmt: skip

    for on in (SINCE - timedelta(days=1), TODAY + timedelta(days=1)):
        with pytest.raises(BadInput) as refused:
            end(EndKind.REPAIRED, PDF, on)
        assert refused.value.field == "on"
    with pytest.raises(BadInput) as refused:
        end(EndKind.REPAIRED, None)
    assert refused.value.field == "proof"
    ended = end(EndKind.REPAIRED, PDF)
    assert (ended.withdrawn_on, ended.ended_as) == (TODAY, EndKind.REPAIRED)
    assert ended.proof_document.filename == "决定书.pdf"
    assert blocks(session, entry.enterprise_id, TODAY - timedelta(days=1)) == [entry.code.value]
    assert blocks(session, entry.enterprise_id, TODAY) == []
    with pytest.raises(Conflict):
        end(EndKind.REMOVED, None)


def test_a_rule_ends_records_by_time_on_gate_and_page_alike(session, make: Make) -> None:
    firm = make.enterprise()
    old = make.conduct_record(firm, code=ConductCode.E05, effective_on=date(2023, 12, 31), expires_on=None)
    new = make.conduct_record(firm, code=ConductCode.E05, effective_on=date(2024, 1, 1), expires_on=None)
    make.conduct_record(firm, code=ConductCode.E02, effective_on=date(2024, 1, 1), expires_on=None)
    make.conduct_record(firm, code=ConductCode.E05, effective_on=SINCE, withdrawn_on=TODAY)
    make.conduct_record(firm, code=ConductCode.E05, effective_on=SINCE, expires_on=TODAY)
    set_rule(
        session, SYSTEM, ConductCode.E05, months=12, basis="样例办法第一条", valid_from=date(2024, 1, 1),
        is_confirmed=False,
    )  # fmt: skip
    rules = term_rules(session)
    assert (ends_by_time(rules, old), ends_by_time(rules, new)) == (None, date(2025, 1, 1))
    rows = session.scalars(select(ConductRecord)).all()
    for on in (date(2023, 12, 31), date(2024, 12, 31), date(2025, 1, 1), SINCE, TODAY - timedelta(1), TODAY):
        by_rule = {
            row.id
            for row in rows
            if counts_on(row.effective_on, ends_by_time(rules, row), row.withdrawn_on, on)
        }
        listed = set(session.scalars(select(ConductRecord.id).where(counting_on(rules, on))))
        assert listed == by_rule
        page = register_page(session, true(), RecordFilter(on), cursor=None)
        over = register_page(session, true(), RecordFilter(on, counting=False), cursor=None)
        assert ({row.id for row in page.items}, over.total) == (by_rule, len(rows) - len(by_rule))
        assert len(blocks(session, firm.id, on)) == len(by_rule)


@pytest.mark.parametrize(("basis", "months"), [(" ", 12), ("样例办法", 0), ("样例办法", 121)])
def test_a_rule_needs_a_basis_and_a_term_within_bounds(session, basis: str, months: int) -> None:
    with pytest.raises(BadInput):
        set_rule(
            session, SYSTEM, ConductCode.E05, months=months, basis=basis, valid_from=TODAY, is_confirmed=False
        )


def test_the_registers_word_that_a_firm_was_struck_off_excludes_it_from_its_day(session, make: Make) -> None:
    firm = make.enterprise()
    make.fact(firm, kind=FactKind.OPERATING_STATUS, word="吊销，未注销", number=None, as_of=SINCE)
    make.fact(
        firm, kind=FactKind.OPERATING_STATUS, word="存续", number=None, as_of=SINCE + timedelta(days=30)
    )
    assert blocks(session, firm.id, SINCE - timedelta(days=1)) == []
    assert blocks(session, firm.id, SINCE) == ["E04"]
    assert blocks(session, firm.id, SINCE + timedelta(days=30)) == []


def test_a_firm_is_named_by_code_or_exact_name_and_never_by_likeness(session, make: Make) -> None:
    firm = make.enterprise(name="安阳样张机械有限公司", credit_code=credit_code(77))
    assert firm_said(session, true(), credit_code(77).lower()).id == firm.id
    assert firm_said(session, true(), " 安阳样张机械有限公司 ").id == firm.id
    for like in ("安阳样张机械", "样张", ""):
        with pytest.raises(BadInput):
            firm_said(session, true(), like)
