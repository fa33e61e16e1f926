"""On which patents a figure rests, and how its evidence reads."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given, settings

from ipfin.kernel.identifiers import PatentKind
from ipfin.kernel.text import _
from ipfin.registry.statuses import Validity
from ipfin.whitelist.cohorts import build_cohorts
from ipfin.whitelist.evidence import Evidence, FactTold, ListTold, narrowed_to, patents_used
from ipfin.whitelist.facts import FirmFacts, PatentFacts
from ipfin.whitelist.indicators import raw_values
from ipfin.whitelist.portfolio import FirmView
from tests.unit.whitelist.test_engine import ON, firms

INVENTION = PatentFacts("1", PatentKind.INVENTION, Validity.VALID)
UTILITY = PatentFacts("2", PatentKind.UTILITY_MODEL, Validity.VALID)


@given(firms)
@settings(deadline=None, max_examples=60)
def test_the_patents_named_as_evidence_alone_give_the_same_value(facts: FirmFacts) -> None:
    cohorts = build_cohorts(facts.patents)
    values = raw_values(facts, ON, cohorts)
    for code, used in patents_used(FirmView(facts, ON, cohorts)).items():
        if values[code].value is not None:
            alone = raw_values(replace(facts, patents=tuple(used)), ON, cohorts)
            assert alone[code].value == values[code].value, code


def test_a_list_of_patents_is_narrowed_to_where_the_used_ones_stand() -> None:
    assert narrowed_to("L2", [INVENTION]) == {"validity": "valid", "kind": "invention"}
    assert narrowed_to("L1", [INVENTION, UTILITY]) == {"validity": "valid"}
    assert narrowed_to("T1", [INVENTION, UTILITY]) == {}


def test_evidence_names_lists_with_day_and_count_and_facts_with_source_and_document() -> None:
    told = Evidence(
        "L1", used=3, lists=(ListTold("样例局", date(2026, 2, 28), 2), ListTold("", date(2025, 1, 1), 1))
    )
    assert [str(said) for said in told.sentences] == [
        "计入3件专利：样例局名单（数据日期2026-02-28，2件）、来源未注明的名单（数据日期2025-01-01，1件）。"
    ]
    old = FactTold("B", _("企业申报"), date(2025, 3, 1), date(2025, 3, 2))
    new = replace(old, value="A", as_of=date(2026, 3, 1), document="证明-1")
    said = [str(each) for each in Evidence("C2", facts=(new,), superseded=(old,)).sentences]
    assert said == [
        "采用：A：企业申报，数据日期2026-03-01，2025-03-02登记，依据证明-1。",
        "已被较新的一条替代：B：企业申报，数据日期2025-03-01，2025-03-02登记。",
    ]
    assert [str(each) for each in Evidence("L1", used=0).sentences] == ["名下没有可计入的专利。"]
    assert Evidence("M1").sentences == []
