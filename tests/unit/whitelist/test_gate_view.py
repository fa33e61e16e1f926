"""How gates are shown: what nobody looked into is never clear, and what blocks says where to object."""

from __future__ import annotations

from datetime import date

from ipfin.conduct.consultation import Look
from ipfin.conduct.rules import ConductCode
from ipfin.kernel.identifiers import PatentKind
from ipfin.registry.statuses import Validity
from ipfin.whitelist.facts import PatentFacts
from ipfin.whitelist.gate_view import GateState, flag_lines, gate_view
from ipfin.whitelist.gates import ConductFact, PledgeFlag, check_gates

ON = date(2026, 3, 5)
PATENT = PatentFacts(number="A", kind=PatentKind.INVENTION, validity=Validity.VALID, was_granted=True)
RECORD = ConductFact(ConductCode.E05, "样例通报", date(2026, 1, 5), evidence="附件3", record_id=7)


def view(records=(), consulted=frozenset(), patents=(PATENT,), looks=(), not_applicable=()):
    result = check_gates(records, patents, ON, consulted=consulted)
    return gate_view(result, looks, days=30, not_applicable=not_applicable)


def test_a_register_that_nobody_looked_into_is_unchecked_and_the_firm_is_not_clear() -> None:
    shown = view()
    assert {line.state for line in shown.lines if line.code.startswith("E")} == {GateState.UNCHECKED}
    assert shown.state is GateState.UNCHECKED


def test_a_look_without_a_record_is_clear_and_says_until_when_it_counts() -> None:
    codes = frozenset(ConductCode)
    shown = view(consulted=codes, looks=[Look(code, ON) for code in codes])
    assert shown.state is GateState.CLEAR
    assert {line.look_counts_to for line in shown.lines if line.code != "V01"} == {date(2026, 4, 3)}


def test_a_register_that_is_not_there_yet_is_told_so_but_its_records_still_block() -> None:
    others = frozenset(ConductCode) - {ConductCode.E06}
    absent = {ConductCode.E06}
    assert view(consulted=others, not_applicable=absent).state is GateState.CLEAR
    blocked = view([ConductFact(ConductCode.E06, "台账", ON)], others, not_applicable=absent)
    assert (blocked.lines[0].code, blocked.state) == ("E06", GateState.BLOCKED)


def test_what_blocks_stands_first_with_basis_remedy_evidence_and_its_record() -> None:
    first = view([RECORD]).lines[0]
    assert (first.code, first.state) == ("E05", GateState.BLOCKED)
    assert first.basis
    assert first.appeal
    [block] = first.blocks
    assert (block.evidence, block.record_id, block.since) == ("附件3", 7, date(2026, 1, 5))


def test_a_firm_without_a_valid_patent_is_blocked_and_one_of_unknown_patents_unchecked() -> None:
    def patent_line(validity: Validity) -> GateState:
        patent = PatentFacts(number="A", kind=PatentKind.INVENTION, validity=validity, was_granted=True)
        return next(line.state for line in view(patents=(patent,)).lines if line.code == "V01")

    assert patent_line(Validity.LAPSED) is GateState.BLOCKED
    assert patent_line(Validity.UNKNOWN) is GateState.UNCHECKED


def test_a_ground_counts_its_patents_and_names_the_latest_list() -> None:
    told = [
        (PledgeFlag.P09, date(2026, 1, 5), "乙库"),
        (PledgeFlag.P09, date(2026, 2, 5), "甲库"),
        (PledgeFlag.P11, date(2026, 1, 5), ""),
    ]
    pledged, pending = flag_lines(told)
    assert (pledged.code, pledged.patents, pledged.as_of) == ("P09", 2, date(2026, 2, 5))
    assert pledged.sources == ("乙库", "甲库")
    assert (pledged.is_waivable, pending.is_waivable) == (False, True)
    assert pending.sources == ()
