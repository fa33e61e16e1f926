"""What excludes a firm, and what keeps a patent from being pledged."""

from __future__ import annotations

from datetime import date

import pytest

from ipfin.conduct.rules import ConductCode
from ipfin.kernel.identifiers import PatentKind
from ipfin.registry.statuses import Flag, Validity
from ipfin.whitelist.facts import PatentFacts
from ipfin.whitelist.gates import (
    GATE_APPEALS,
    GATE_BASES,
    LISTED,
    NO_VALID_PATENT,
    PLEDGE_FLAG_LABELS,
    WAIVABLE,
    ConductFact,
    PledgeFlag,
    check_gates,
    flags_of,
    status_fact,
    struck_off,
)

ON = date(2025, 6, 30)
ALL = frozenset(ConductCode)


def patent(**facts):
    defaults = {"number": "A", "kind": PatentKind.INVENTION, "validity": Validity.VALID, "was_granted": True}
    return PatentFacts(**defaults | facts)


def record(code=ConductCode.E05, **facts):
    return ConductFact(
        **{"code": code, "source": "2025年第1批通报", "effective_on": date(2025, 1, 1)} | facts
    )


@pytest.mark.parametrize(
    ("word", "is_out"),
    [
        ("吊销", True),
        ("吊销，未注销", True),
        ("注销", True),
        ("清算", True),
        ("存续（在营、开业、在册）", False),
        ("未注销", False),
        ("在营（未吊销）", False),
        ("", False),
    ],
)
def test_the_registers_word_for_a_struck_off_firm_is_an_exclusion(word: str, is_out: bool):
    assert struck_off(word) is is_out
    fact = status_fact(word, ON)
    assert (fact is not None) is is_out
    if fact is not None:
        assert (fact.code, fact.effective_on, fact.evidence) == (ConductCode.E04, ON, word)


# --- Firms -----------------------------------------------------------------------------------------


def test_a_firm_with_a_valid_patent_and_no_record_passes():
    result = check_gates([], [patent()], ON, consulted=ALL)
    assert (result.passed, result.blocks, result.unchecked) == (True, (), ())


@pytest.mark.parametrize("code", ConductCode)
def test_every_conduct_record_blocks_with_source_day_evidence_and_a_way_to_object(code):
    fact = record(code, evidence="附件3", expires_on=date(2026, 1, 1))
    result = check_gates([fact], [patent()], ON, consulted=ALL)
    (block,) = result.blocks
    assert not result.passed
    assert (block.code, block.source, block.evidence) == (code.value, "2025年第1批通报", "附件3")
    assert (block.since, block.expires_on) == (date(2025, 1, 1), date(2026, 1, 1))
    assert "2025年第1批通报" in block.sentence
    assert "2026-01-01前" in block.sentence
    assert block.basis == GATE_BASES[code]
    assert block.appeal == GATE_APPEALS[code]


@pytest.mark.parametrize(
    ("facts", "blocks"),
    [
        ({"effective_on": date(2025, 6, 30)}, True),
        ({"effective_on": date(2025, 7, 1)}, False),
        ({"expires_on": date(2025, 7, 1)}, True),
        ({"expires_on": date(2025, 6, 30)}, False),
        ({"withdrawn_on": date(2025, 7, 1)}, True),
        ({"withdrawn_on": date(2025, 6, 30)}, False),
    ],
)
def test_a_record_counts_from_its_first_day_until_expiry_or_withdrawal(facts, blocks):
    assert check_gates([record(**facts)], [patent()], ON).passed is not blocks


def test_blocks_stand_in_the_order_of_codes_and_days():
    facts = [
        record(ConductCode.E06),
        record(ConductCode.E01, effective_on=date(2025, 3, 1)),
        record(ConductCode.E01),
    ]
    result = check_gates(facts, [], ON, consulted=ALL)
    assert [(block.code, block.since) for block in result.blocks] == [
        ("E01", date(2025, 1, 1)),
        ("E01", date(2025, 3, 1)),
        ("E06", date(2025, 1, 1)),
        (NO_VALID_PATENT, None),
    ]


def test_a_register_that_nobody_consulted_neither_blocks_nor_clears():
    result = check_gates([record(ConductCode.E02)], [patent()], ON, consulted=frozenset({ConductCode.E01}))
    assert result.unchecked == ("E03", "E04", "E05", "E06", "E07")
    assert check_gates([], [patent()], ON).passed


@pytest.mark.parametrize(
    ("facts", "passes"),
    [
        ({}, True),
        ({"validity": Validity.PENDING, "was_granted": False}, False),
        ({"validity": Validity.LAPSED}, False),
        ({"expires_on": date(2025, 7, 1)}, True),
        ({"expires_on": ON}, False),
        ({"flags": frozenset({Flag.PLEDGED})}, True),
        ({"kind": PatentKind.DESIGN}, True),
    ],
)
def test_at_least_one_granted_patent_must_be_in_force_encumbered_or_not(facts, passes):
    result = check_gates([], [patent(**facts)], ON, consulted=ALL)
    assert result.passed is passes
    assert [block.code for block in result.blocks] == ([] if passes else [NO_VALID_PATENT])


def test_an_unknown_status_leaves_the_patent_gate_unchecked():
    unknown = patent(validity=Validity.UNKNOWN)
    result = check_gates([], [unknown], ON, consulted=ALL)
    assert (result.passed, result.unchecked) == (True, (NO_VALID_PATENT,))
    assert check_gates([], [unknown, patent()], ON, consulted=ALL).unchecked == ()


def test_a_firm_without_patents_does_not_pass():
    assert not check_gates([], [], ON).passed


# --- Patents ---------------------------------------------------------------------------------------


def flagged(*flags, **facts):
    return flags_of(patent(flags=frozenset(flags), **facts), ON)


def test_a_clean_valid_patent_shows_no_ground():
    assert flagged() == frozenset()
    assert flagged(Flag.TRANSFERRED, Flag.LICENSED, Flag.LITIGATED, Flag.RESTORED) == frozenset()


@pytest.mark.parametrize(
    ("flag", "ground"),
    [
        (Flag.FEE_OVERDUE, PledgeFlag.P04),
        (Flag.PRESERVED, PledgeFlag.P05),
        (Flag.SUSPENDED, PledgeFlag.P05),
        (Flag.PLEDGED, PledgeFlag.P09),
        (Flag.INVALIDATION_PENDING, PledgeFlag.P11),
    ],
)
def test_events_of_a_list_show_their_ground(flag, ground):
    assert flagged(flag) == {ground}


def test_an_ended_right_and_a_right_that_never_was_are_told_apart():
    assert flagged(validity=Validity.LAPSED, was_granted=True) == {PledgeFlag.P02}
    assert flagged(validity=Validity.LAPSED, was_granted=False) == {PledgeFlag.P03}
    assert flagged(validity=Validity.PENDING, was_granted=False) == {PledgeFlag.P03}
    assert flagged(validity=Validity.UNKNOWN, was_granted=False) == frozenset()


def test_a_right_ends_with_its_term_whatever_the_list_says():
    assert flagged(expires_on=ON) == {PledgeFlag.P02}
    assert flagged(expires_on=date(2025, 7, 1)) == frozenset()


def test_only_the_utility_model_of_a_twin_pair_is_flagged():
    assert flagged(Flag.TWIN_FILING, kind=PatentKind.UTILITY_MODEL) == {PledgeFlag.P10}
    assert flagged(kind=PatentKind.UTILITY_MODEL, twin_number="B") == {PledgeFlag.P10}
    assert flagged(Flag.TWIN_FILING) == frozenset()


@pytest.mark.parametrize(
    ("expires_on", "flags"),
    [(date(2027, 6, 29), {"P06"}), (date(2027, 6, 30), {"P06"}), (date(2027, 7, 1), set())],
)
def test_the_right_must_last_through_the_day_on_which_the_debt_falls_due(expires_on, flags):
    asked = patent(expires_on=expires_on)
    assert flags_of(asked, ON, loan_term_end=date(2027, 6, 30)) == flags
    assert flags_of(asked, ON) == frozenset()


def test_the_term_may_rest_on_the_filing_day_or_conservatively_on_its_year():
    due = date(2027, 6, 30)
    assert flags_of(patent(filed_on=date(2007, 6, 30)), ON, due) == {PledgeFlag.P06}
    assert flags_of(patent(filed_on=date(2007, 7, 1)), ON, due) == frozenset()
    assert flags_of(patent(filing_year=2007), ON, due) == {PledgeFlag.P06}
    assert flags_of(patent(filing_year=2008), ON, due) == frozenset()
    assert flags_of(patent(), ON, due) == frozenset()
    assert flags_of(patent(kind=None, filed_on=date(1990, 1, 1)), ON, due) == frozenset()


def test_all_twelve_grounds_have_a_label_and_two_can_be_waived():
    assert set(PLEDGE_FLAG_LABELS) == set(PledgeFlag)
    assert len(PledgeFlag) == 12
    assert {PledgeFlag.P10, PledgeFlag.P11} == WAIVABLE
    assert set(PledgeFlag) - LISTED == {"P01", "P07", "P08", "P12"}


def test_every_gate_has_a_basis_and_a_way_to_object():
    assert set(GATE_BASES) == set(GATE_APPEALS) == set(ConductCode)
