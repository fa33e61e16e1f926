"""How facts become values, and what stays unknown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ipfin.kernel.identifiers import PatentKind
from ipfin.registry.statuses import Flag, Validity
from ipfin.whitelist.cohorts import build_cohorts
from ipfin.whitelist.facts import (
    FirmFacts,
    HeldTitle,
    Missing,
    PatentFacts,
    PledgeHistory,
    TaxCredit,
    Title,
)
from ipfin.whitelist.indicators import (
    DECLARABLE,
    PLEDGE_HISTORY_POINTS,
    TAX_CREDIT_POINTS,
    TITLE_POINTS,
    raw_values,
    score_inputs,
)
from ipfin.whitelist.scheme import default_card
from ipfin.whitelist.scorecard import CODES, Provider
from ipfin.whitelist.scoring import Grade, inputs_digest, score
from tests.unit.whitelist.scoring_cases import table

ON = date(2025, 6, 30)
INVENTION, UTILITY, DESIGN = PatentKind
NUMBERS = iter(range(10**9))


def patent(kind=INVENTION, validity=Validity.VALID, **facts):
    facts.setdefault("number", f"P{next(NUMBERS)}")
    facts.setdefault("was_granted", validity is Validity.VALID)
    return PatentFacts(kind=kind, validity=validity, **facts)


def lapsed(**facts):
    return patent(validity=Validity.LAPSED, was_granted=True, **facts)


def values_of(*patents, peers=(), on=ON, **facts):
    cohorts = build_cohorts([*patents, *peers])
    return raw_values(FirmFacts(patents=patents, **facts), on, cohorts)


def value(code, *patents, **facts):
    return values_of(*patents, **facts)[code].value


# --- Rights ----------------------------------------------------------------------------------------


def acquired(text):
    return None if text == "-" else date.fromisoformat(text)


@pytest.mark.parametrize("row", table("From facts to values", 1))
def test_effective_patents_follow_the_worked_table(row):
    since = acquired(row["acquired on"])
    inventions = [patent(transferred_in_on=since) for _ in range(int(row["inventions"]))]
    utility = [patent(UTILITY, transferred_in_on=since) for _ in range(int(row["utility models"]))]
    assert value("L1", *inventions, *utility) == Decimal(row["value"])


def test_designs_pending_and_lapsed_patents_are_no_effective_patents():
    assert value("L1", patent(DESIGN), patent(validity=Validity.PENDING), lapsed()) == 0


def test_a_right_whose_term_is_over_is_not_effective_even_if_the_list_says_so():
    assert value("L1", patent(expires_on=ON)) == 0
    assert value("L1", patent(expires_on=date(2025, 7, 1))) == 1
    assert value("L1", patent(filed_on=date(2005, 6, 30))) == 0
    assert value("L1", patent(filed_on=date(2005, 7, 1))) == 1


def test_a_filing_year_alone_proves_no_end():
    assert value("L1", patent(filing_year=2005)) == 1


def test_a_twin_pair_counts_once_as_the_invention():
    pair = [patent(number="A", twin_number="B"), patent(UTILITY, number="B", twin_number="A")]
    assert value("L1", *pair) == 1
    assert value("T3", *pair) == 1


def test_a_twin_pair_is_found_from_one_side_or_from_the_day_of_filing():
    day, twin = date(2020, 1, 2), frozenset({Flag.TWIN_FILING})
    assert value("L1", patent(number="A"), patent(UTILITY, number="B", twin_number="A")) == Decimal("1.25")
    assert value("L1", patent(number="A", flags=twin), patent(UTILITY, number="B", twin_number="A")) == 1
    assert value("L1", patent(flags=twin, filed_on=day), patent(UTILITY, flags=twin, filed_on=day)) == 1
    assert (
        value("L1", patent(flags=twin, filing_year=2020), patent(UTILITY, flags=twin, filing_year=2020)) == 1
    )
    other = date(2020, 1, 3)
    assert value(
        "L1", patent(flags=twin, filed_on=day), patent(UTILITY, flags=twin, filed_on=other)
    ) == Decimal("1.25")


def test_one_twin_invention_takes_one_utility_model_with_it():
    day, twin = date(2020, 1, 2), frozenset({Flag.TWIN_FILING})
    utilities = [patent(UTILITY, flags=twin, filed_on=day) for _ in range(3)]
    assert value("L1", patent(flags=twin, filed_on=day), *utilities) == Decimal("1.5")


def test_a_twin_utility_model_alone_counts():
    assert value("L1", patent(UTILITY, twin_number="X")) == Decimal("0.25")
    pending = patent(number="A", twin_number="B", validity=Validity.PENDING)
    assert value("L1", pending, patent(UTILITY, number="B", twin_number="A")) == Decimal("0.25")


@pytest.mark.parametrize("row", table("From facts to values", 2))
def test_remaining_years_follow_the_worked_table(row):
    filed = row["filed"]
    when = {"filing_year": int(filed)} if len(filed) == 4 else {"filed_on": date.fromisoformat(filed)}
    reading = values_of(patent(PatentKind(row["kind"]), **when))["L2"]
    assert reading.value == Decimal(row["value"])
    sheet = score(
        values_of(patent(PatentKind(row["kind"]), **when)), default_card(), data_as_of=ON, inputs={}
    )
    assert sheet.line("L2").points == Decimal(row["points"])
    assert ("只有申请年" in str(reading.note)) == (len(filed) == 4)


def test_remaining_years_are_the_median_of_inventions_before_utility_models():
    ends = [date(2030, 6, 30), date(2035, 6, 30), date(2027, 6, 30)]
    inventions = [patent(expires_on=end) for end in ends]
    assert value("L2", *inventions, patent(UTILITY, expires_on=date(2026, 6, 30))) == 5
    assert value("L2", *inventions[:2]) == Decimal("7.5")


def test_remaining_years_are_unknown_without_day_and_year():
    reading = values_of(patent())["L2"]
    assert (reading.value, reading.missing) == (None, Missing.SOURCE)
    assert "申请日" in reading.note


def test_the_maintenance_ratio_counts_granted_patents_only():
    never = patent(validity=Validity.LAPSED, was_granted=False)
    assert value(
        "L3",
        *(patent(), patent(UTILITY), lapsed(), never, patent(validity=Validity.PENDING)),
        lapsed_listed=True,
    ) == Decimal("0.666667")


def test_the_maintenance_ratio_is_unknown_when_the_list_names_no_lapsed_patent():
    assert values_of(patent(), peers=[lapsed()])["L3"].missing is Missing.SOURCE
    assert value("L3", patent(), lapsed_listed=True) == 1


def test_a_firm_without_a_grant_has_maintained_nothing():
    assert value("L3", patent(validity=Validity.PENDING), lapsed_listed=True) == 0


def test_pledgeable_share_counts_only_patents_whose_events_are_told():
    told = {"tells_flags": True}
    pledged = patent(flags=frozenset({Flag.PLEDGED}), **told)
    assert value("L4", patent(**told), pledged) == Decimal("0.5")
    assert value("L4", patent(**told), pledged, patent()) == Decimal("0.5")
    assert values_of(patent())["L4"].missing is Missing.SOURCE
    assert value("L4", lapsed()) == 0


@pytest.mark.parametrize("code", ["L1", "L2", "L3", "L4", "T3", "T5"])
def test_without_a_status_column_rights_stay_unknown(code):
    unknown = [
        patent(validity=Validity.UNKNOWN, filed_on=date(2020, 1, 1), tells_flags=True) for _ in range(2)
    ]
    reading = values_of(*unknown, peers=[lapsed()])[code]
    assert (reading.value, reading.missing) == (None, Missing.SOURCE)
    assert "2件专利中2件法律状态不明" in reading.note


def test_half_of_unknown_status_is_left_out_and_named_more_is_unknown():
    known, unknown = patent(filed_on=date(2020, 1, 1)), patent(validity=Validity.UNKNOWN)
    reading = values_of(known, unknown)["L1"]
    assert reading.value == 1
    assert "1件专利法律状态不明，未计入" in reading.note
    assert values_of(known, unknown, patent(validity=Validity.UNKNOWN))["L1"].value is None


# --- Technology ------------------------------------------------------------------------------------


def cited_list():
    common = {"filing_year": 2020, "claims_count": 5}
    return [
        *(patent(ipc_subclasses=("G06F",), cited_by_count=4, **common) for _ in range(10)),
        *(patent(ipc_subclasses=("G06N",), cited_by_count=1, **common) for _ in range(20)),
    ]


@pytest.mark.parametrize("row", table("From facts to values", 3))
def test_citations_follow_the_worked_table(row):
    cohorts = build_cohorts(cited_list())
    asked = patent(filing_year=2020, ipc_subclasses=(row["subclass"],), cited_by_count=int(row["citations"]))
    assert cohorts.normalised_citations(asked) == pytest.approx(
        float(row["times the cohort's mean"]), abs=1e-12
    )
    reading = raw_values(FirmFacts((asked,)), ON, cohorts)["T1"]
    assert reading.value == Decimal(row["log2(1 + NC)"])


def test_citation_impact_is_the_mean_of_the_best_five():
    cohorts = build_cohorts(cited_list())
    many = [
        patent(filing_year=2020, ipc_subclasses=("G06F",), cited_by_count=n) for n in (9, 9, 9, 3, 3, 0, 0)
    ]
    assert raw_values(FirmFacts(tuple(many)), ON, cohorts)["T1"].value == Decimal("1.6")


def test_lapsed_patents_and_designs_have_no_impact():
    cohorts = build_cohorts(cited_list())
    dead = lapsed(filing_year=2020, ipc_subclasses=("G06F",), cited_by_count=90)
    design = patent(DESIGN, filing_year=2020, cited_by_count=90)
    assert raw_values(FirmFacts((dead, design)), ON, cohorts)["T1"].value == 0


def test_without_citations_impact_is_unknown_and_not_zero():
    assert values_of(patent(filing_year=2020))["T1"].missing is Missing.SOURCE
    bare = values_of(patent(filing_year=2020), peers=cited_list())
    assert bare["T1"].missing is Missing.SOURCE
    assert values_of(patent(cited_by_count=3), peers=cited_list())["T1"].missing is Missing.SOURCE  # no year


def test_a_list_without_a_single_citation_divides_by_nothing():
    assert value("T1", patent(filing_year=2024, cited_by_count=0)) == 0


def claimed(claims, subclass="G06F", **facts):
    return patent(filing_year=2020, ipc_subclasses=(subclass,), claims_count=claims, **facts)


def test_claims_are_ranked_in_the_middle_of_equals():
    peers = [claimed(n) for n in (1, 2, 3, 4, 5, 5, 7, 8)]
    cohorts = build_cohorts(peers)
    assert [cohorts.claims_percentile(peer) for peer in peers] == [
        (1, 16), (3, 16), (5, 16), (7, 16), (10, 16), (10, 16), (13, 16), (15, 16),
    ]  # fmt: skip
    assert raw_values(FirmFacts(tuple(peers[:3])), ON, cohorts)["T2"].value == Decimal("0.1875")


def test_a_small_cohort_widens_to_its_class_then_section_then_year():
    eight = [claimed(n) for n in range(8)]
    assert build_cohorts(eight).claims_percentile(claimed(3)) == (7, 16)
    for neighbour in ("G06N", "G01B", "H01M"):
        mixed = [claimed(n) for n in range(7)] + [claimed(9, neighbour)]
        assert build_cohorts(mixed).claims_percentile(claimed(3)) == (7, 16), neighbour
    seven = [claimed(n) for n in range(7)]
    assert build_cohorts(seven).claims_percentile(claimed(3)) is None
    assert values_of(*seven)["T2"].missing is Missing.SOURCE


def test_the_narrowest_group_that_is_large_enough_decides():
    own, others = [claimed(n) for n in range(8)], [claimed(99, "H01M") for _ in range(8)]
    assert build_cohorts([*own, *others]).claims_percentile(claimed(3)) == (7, 16)


def test_claims_of_utility_models_are_no_measure_for_inventions():
    peers = [claimed(n) for n in range(8)]
    utility = [claimed(1, kind=UTILITY) for _ in range(50)]
    assert build_cohorts([*peers, *utility]).claims_percentile(claimed(3)) == (7, 16)


def test_without_claim_counts_the_rank_is_unknown_and_without_inventions_zero():
    assert values_of(patent())["T2"].missing is Missing.SOURCE
    assert value("T2", patent(UTILITY), peers=[claimed(n) for n in range(8)]) == 0


def test_a_patent_of_two_owners_counts_once_in_its_cohort():
    shared = claimed(4, number="SHARED", cited_by_count=2)
    assert build_cohorts([shared, shared]).claims == build_cohorts([shared]).claims
    assert build_cohorts([shared, shared]).citations == build_cohorts([shared]).citations


def test_invention_share_counts_designs_below_the_line():
    assert value("T3", patent(), patent(UTILITY), patent(DESIGN), patent(DESIGN), lapsed()) == Decimal("0.25")
    assert value("T3", lapsed()) == 0
    assert value("T3", patent(), patent(None)) == 1
    assert values_of(patent(None))["T3"].missing is Missing.SOURCE


def test_breadth_is_the_effective_number_of_subclasses():
    def in_(*subclasses, kind=INVENTION):
        return patent(kind, ipc_subclasses=subclasses)

    assert value("T4", in_("G06F"), in_("G06F", kind=UTILITY)) == 1
    assert value("T4", in_("G06F"), in_("H01M")) == 2
    assert value("T4", in_("G06F", "H01M"), in_("G06F", "H01M")) == 2
    assert value("T4", in_("G06F"), in_("G06F"), in_("G06F"), in_("H01M")) == Decimal("1.6")
    assert value("T4", in_("G06F", "G06F")) == 1
    assert value("T4", patent(DESIGN)) == 0
    assert values_of(patent())["T4"].missing is Missing.SOURCE


def test_breadth_does_not_need_the_legal_status():
    assert value("T4", patent(validity=Validity.UNKNOWN, ipc_subclasses=("G06F",))) == 1


def test_continuity_counts_complete_years_with_a_filing_that_still_stands():
    filed = [patent(filed_on=date(year, 12, 31)) for year in (2019, 2020, 2024, 2025)]
    assert value("T5", *filed) == 2  # 2020 and 2024; 2019 is too old, 2025 still runs
    assert value("T5", lapsed(filing_year=2024), patent(validity=Validity.PENDING, filing_year=2023)) == 1
    assert value("T5", patent(filing_year=2024), patent(filing_year=2024)) == 1
    assert values_of(patent())["T5"].missing is Missing.SOURCE
    assert value("T5", lapsed()) == 0


# --- What a firm declares --------------------------------------------------------------------------


def test_declared_figures_are_taken_as_they_are():
    told = values_of(
        filed_products=2,
        dealings=0,
        foreign_jurisdictions=3,
        rd_percent=Decimal("5.25"),
        revenue_growth_percent=Decimal("-12.5"),
    )
    assert [told[code].value for code in ("M1", "M2", "M3", "M5", "C3")] == [
        2, 0, 3, Decimal("5.25"), Decimal("-12.5"),
    ]  # fmt: skip


def test_what_nobody_said_is_unknown_until_it_was_asked_for():
    for code in sorted(DECLARABLE):
        assert values_of()[code].missing is Missing.SOURCE
        assert values_of(asked=frozenset({code}))[code].missing is Missing.UNDECLARED


def test_what_a_list_lacks_is_never_called_undeclared():
    readings = values_of(patent(validity=Validity.UNKNOWN), asked=frozenset(CODES))
    lacking = {code for code, reading in readings.items() if reading.missing is Missing.UNDECLARED}
    assert lacking == DECLARABLE


def test_the_card_and_the_rules_agree_on_who_provides_what():
    provided = {row.code for row in default_card().indicators if row.provided_by is not Provider.LIST}
    assert provided == DECLARABLE


def test_every_unknown_value_has_a_sentence():
    readings = values_of(patent(validity=Validity.UNKNOWN))
    assert [code for code, reading in readings.items() if reading.value is None and not reading.note] == []


def test_the_best_title_counts_until_the_day_it_ends():
    high, sme = HeldTitle(Title.HIGH_TECH, expires_on=date(2025, 7, 1)), HeldTitle(Title.TECH_SME)
    assert value("M4", titles=(sme, high)) == 70
    assert value("M4", titles=(sme, high), on=date(2025, 7, 1)) == 40
    assert value("M4", titles=()) == 0
    assert set(TITLE_POINTS) == set(Title)


def test_levels_of_the_card_are_the_points_that_facts_can_take():
    card = default_card()
    assert card.indicator("M4").levels == tuple(sorted({0, *TITLE_POINTS.values()}))
    assert card.indicator("C2").levels == tuple(sorted(TAX_CREDIT_POINTS.values()))


def test_tax_credit_and_pledge_history_have_the_points_of_the_card():
    assert [value("C2", tax_credit=grade) for grade in TaxCredit] == [100, 80, 60, 20, 0]
    assert [value("C4", pledge_history=kept) for kept in PledgeHistory] == [100, 50, 30, 0]
    assert set(PLEDGE_HISTORY_POINTS) == set(PledgeHistory)


@pytest.mark.parametrize(
    ("established", "years"),
    [
        (date(2022, 6, 30), "3"),
        (date(2022, 7, 1), "2.99726"),
        (date(2022, 6, 29), "3.00274"),
        (date(2024, 2, 29), "1.334247"),
        (ON, "0"),
        (date(2026, 1, 1), "0"),
    ],
)
def test_years_since_establishment_are_whole_on_anniversaries(established, years):
    assert value("C1", established_on=established) == Decimal(years)


# --- All together ----------------------------------------------------------------------------------


def bare_list(**columns):
    own = [
        patent(filed_on=date(2020 + n, 3, 1), ipc_subclasses=("G06F",), tells_flags=True, **columns)
        for n in range(5)
    ]
    return [*own, lapsed(filed_on=date(2019, 3, 1), **columns)]


def test_a_bare_list_and_the_register_reach_47_of_100_points_and_51_with_claims():
    for columns, coverage in (({}, "0.47"), ({"claims_count": 9}, "0.51")):
        own = bare_list(**columns)
        peers = [patent(filing_year=2020 + n % 5, **columns) for n in range(50)]
        readings = values_of(*own, peers=peers, established_on=date(2015, 1, 1), lapsed_listed=True)
        sheet = score(readings, default_card(), data_as_of=ON, inputs={})
        assert (sheet.coverage, sheet.grade) == (Decimal(coverage), Grade.UNRATED)


def test_a_firm_without_patents_has_zeros_and_no_crash():
    readings = values_of(lapsed_listed=True)
    assert [readings[code].value for code in ("L1", "L2", "L3", "L4", "T3", "T4", "T5")] == [0] * 7


def test_readings_come_in_the_order_of_the_sheet():
    assert tuple(values_of()) == CODES


def test_the_digest_of_inputs_ignores_the_order_of_patents_and_sees_every_fact():
    one, two = patent(number="A"), patent(number="B")
    cohorts = build_cohorts([one, two])

    def digest(facts, on=ON, measured=cohorts):
        return inputs_digest(score_inputs(facts, on, measured))

    base = digest(FirmFacts((one, two)))
    assert digest(FirmFacts((two, one))) == base
    others = {
        digest(FirmFacts((one,))),
        digest(FirmFacts((one, two), filed_products=0)),
        digest(FirmFacts((one, two), titles=())),
        digest(FirmFacts((one, two), rd_percent=Decimal("1.5"))),
        digest(FirmFacts((one, two), asked=frozenset({"M1"}))),
        digest(FirmFacts((one, two)), on=date(2025, 7, 1)),
        digest(
            FirmFacts((one, two)),
            measured=build_cohorts([one, two, lapsed(filing_year=2020, cited_by_count=1)]),
        ),
        digest(FirmFacts((one, two), lapsed_listed=True)),
    }
    assert len(others | {base}) == 9


kinds = st.sampled_from([*PatentKind, None])
patents = st.builds(
    patent,
    kind=kinds,
    validity=st.sampled_from(Validity),
    filing_year=st.one_of(st.none(), st.integers(1990, 2025)),
    filed_on=st.one_of(st.none(), st.dates(date(1990, 1, 1), ON)),
    was_granted=st.booleans(),
    ipc_subclasses=st.lists(st.sampled_from(["G06F", "G06N", "H01M"]), max_size=3).map(tuple),
    claims_count=st.one_of(st.none(), st.integers(0, 40)),
    cited_by_count=st.one_of(st.none(), st.integers(0, 40)),
    flags=st.frozensets(st.sampled_from(Flag), max_size=3),
    tells_flags=st.booleans(),
)


@given(st.lists(patents, max_size=8), st.lists(patents, max_size=12))
@settings(deadline=None, max_examples=25)
def test_any_firm_has_a_reading_for_every_indicator_within_its_range(own, peers):
    readings = raw_values(FirmFacts(tuple(own)), ON, build_cohorts([*own, *peers]))
    for code in ("L3", "L4", "T2", "T3"):
        assert readings[code].value is None or 0 <= readings[code].value <= 1
    assert readings["T5"].value is None or 0 <= readings["T5"].value <= 5
    for reading in readings.values():
        assert reading.value is None or reading.value >= 0
    sheet = score(readings, default_card(), data_as_of=ON, inputs={})
    assert sheet.lowest <= sheet.graded_score <= sheet.highest


@given(st.lists(patents, max_size=6), st.lists(patents, min_size=1, max_size=6))
@settings(deadline=None, max_examples=25)
def test_another_firm_changes_no_value_while_the_cohorts_stay(own, others):
    cohorts = build_cohorts([*own, *others])
    alone = raw_values(FirmFacts(tuple(own)), ON, cohorts)
    raw_values(FirmFacts(tuple(others)), ON, cohorts)
    assert raw_values(FirmFacts(tuple(own)), ON, cohorts) == alone


@given(st.lists(patents, max_size=8), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=25)
def test_the_order_of_patents_changes_nothing(own, chance):
    turned = list(own)
    chance.shuffle(turned)
    cohorts = build_cohorts(own)
    assert build_cohorts(turned).fingerprint == cohorts.fingerprint
    assert raw_values(FirmFacts(tuple(turned)), ON, cohorts) == raw_values(FirmFacts(tuple(own)), ON, cohorts)
