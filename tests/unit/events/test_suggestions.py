"""Suggestions: each criterion on both sides of its limit, points that sum up, nothing guessed or closed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ipfin.consent.levels import INSTITUTIONS, Level, Reader, field_named
from ipfin.consent.purposes import FieldSet, Purpose
from ipfin.events.eligibility import GRADES
from ipfin.events.preferences import (
    IpKind,
    Preference,
    check_preference,
    industries_from,
    is_within,
)
from ipfin.events.suggestions import (
    CRITERION_LABELS,
    DEFAULT_WEIGHTS,
    FIELDS_READ,
    Criterion,
    FirmAtEvent,
    Verdict,
    check_weights,
    judge,
    judged_for,
    suggest,
)
from ipfin.kernel.actor import Role
from ipfin.kernel.errors import BadInput
from ipfin.kernel.money import Fen
from ipfin.whitelist.scoring import Grade

RULES = Path(__file__).resolve().parents[3] / "docs" / "rules" / "suggestions.md"
MET, MISSED, UNKNOWN = Verdict.MET, Verdict.MISSED, Verdict.UNKNOWN
FIRM = FirmAtEvent(
    amount=Fen(100),
    months=12,
    industry="C3511",
    divisions=frozenset({"410522", "410500"}),
    place="安阳县",
    kinds=frozenset({IpKind.UTILITY}),
    patents=3,
    is_listed=True,
    grade="B",
)
WANTS_ALL = Preference(
    Fen(100),
    Fen(100),
    12,
    12,
    frozenset({"35"}),
    frozenset({"410522"}),
    frozenset({IpKind.UTILITY}),
    "B",
    only_listed=True,
    least_patents=3,
)


def verdict(preference: Preference, firm: FirmAtEvent) -> Verdict | None:
    found = judge(preference, firm)
    assert len(found) < 2
    return found[0].verdict if found else None


@pytest.mark.parametrize(
    ("preference", "firm", "said"),
    [
        (Preference(), FIRM, None),
        (Preference(amount_from=Fen(100)), FIRM, MET),
        (Preference(amount_from=Fen(101)), FIRM, MISSED),
        (Preference(amount_to=Fen(100)), FIRM, MET),
        (Preference(amount_to=Fen(99)), FIRM, MISSED),
        (Preference(amount_to=Fen(99)), replace(FIRM, amount=None), UNKNOWN),
        (Preference(months_from=12), FIRM, MET),
        (Preference(months_from=13), FIRM, MISSED),
        (Preference(months_to=12), FIRM, MET),
        (Preference(months_to=11), FIRM, MISSED),
        (Preference(months_to=11), replace(FIRM, months=None), UNKNOWN),
        (Preference(industries=frozenset({"C"})), FIRM, MET),
        (Preference(industries=frozenset({"35"})), FIRM, MET),
        (Preference(industries=frozenset({"36", "D"})), FIRM, MISSED),
        (Preference(industries=frozenset({"35"})), replace(FIRM, industry="不详"), UNKNOWN),
        (Preference(counties=frozenset({"410522"})), FIRM, MET),
        (Preference(counties=frozenset({"410500"})), FIRM, MET),  # a city has all below it
        (Preference(counties=frozenset({"410523"})), FIRM, MISSED),
        (Preference(counties=frozenset({"410523"})), replace(FIRM, divisions=frozenset()), UNKNOWN),
        (Preference(kinds=frozenset({IpKind.UTILITY, IpKind.DESIGN})), FIRM, MET),
        (Preference(kinds=frozenset({IpKind.DESIGN})), FIRM, MISSED),
        (Preference(kinds=frozenset({IpKind.DESIGN})), replace(FIRM, has_unclear=True), UNKNOWN),
        (Preference(kinds=frozenset({IpKind.UTILITY})), replace(FIRM, has_unclear=True), MET),
        (Preference(kinds=frozenset({IpKind.DESIGN})), replace(FIRM, patents=None), UNKNOWN),
        (Preference(least_grade="B"), FIRM, MET),
        (Preference(least_grade="A"), FIRM, MISSED),
        (Preference(least_grade="D"), replace(FIRM, is_listed=False, grade=None), MISSED),
        (Preference(least_grade="D"), replace(FIRM, grade=None), UNKNOWN),  # listed, never graded
        (Preference(only_listed=True), replace(FIRM, grade=None), MET),
        (Preference(only_listed=True), replace(FIRM, is_listed=False), MISSED),
        (Preference(least_patents=3), FIRM, MET),
        (Preference(least_patents=4), FIRM, MISSED),
        (Preference(least_patents=4), replace(FIRM, has_unclear=True), UNKNOWN),
        (Preference(least_patents=4), replace(FIRM, patents=None), UNKNOWN),
    ],
)
def test_each_criterion_on_both_sides_of_its_limit(
    preference: Preference, firm: FirmAtEvent, said: Verdict | None
) -> None:
    assert verdict(preference, firm) is said


def test_a_firm_that_meets_everything_has_a_hundred_points() -> None:
    (found,) = suggest({1: WANTS_ALL}, {2: FIRM})
    assert (found.score, found.most) == (100, 100)
    assert [reason.criterion for reason in found.reasons] == list(Criterion)


FIRMS = st.builds(
    FirmAtEvent,
    amount=st.sampled_from([None, Fen(99), Fen(100)]),
    months=st.sampled_from([None, 6, 12]),
    industry=st.sampled_from(["", "C3511", "D44"]),
    divisions=st.sampled_from([frozenset(), frozenset({"410522"}), frozenset({"410523"})]),
    kinds=st.sampled_from([frozenset(), frozenset({IpKind.UTILITY})]),
    patents=st.sampled_from([None, 2, 3]),
    has_unclear=st.booleans(),
    is_listed=st.booleans(),
    grade=st.sampled_from([None, "A", "C"]),
)


@given(
    firm=FIRMS,
    cuts=st.lists(st.integers(0, 100), min_size=6, max_size=6),
    seen=st.sets(st.sampled_from(Criterion)),
)
def test_the_points_of_the_reasons_sum_to_the_score_and_missing_facts_earn_nothing(
    firm: FirmAtEvent, cuts: list[int], seen: set[Criterion]
) -> None:
    bounds = [0, *sorted(cuts), 100]
    weights = {c: bounds[n + 1] - bounds[n] for n, c in enumerate(Criterion)}
    check_weights(weights)
    for found in suggest({1: WANTS_ALL}, {2: firm}, weights=weights, criteria=seen):
        assert found.score == sum(reason.points for reason in found.reasons)
        assert 0 < found.score <= found.most <= 100
        assert {reason.criterion for reason in found.reasons} <= seen
        for reason in found.reasons:
            assert reason.points == (weights[reason.criterion] if reason.verdict is MET else 0)
            assert (reason.verdict is UNKNOWN) == ("不判断" in reason.sentence)


def test_the_best_comes_first_and_whom_the_product_does_not_admit_not_at_all() -> None:
    wants = Preference(amount_from=Fen(100), months_from=12)
    firms = {2: replace(FIRM, months=6), 3: FIRM, 4: replace(FIRM, amount=Fen(1), months=6), 5: FIRM}
    assert [(one.enterprise, one.score) for one in suggest({1: wants}, firms)] == [(3, 35), (5, 35), (2, 25)]
    assert [one.enterprise for one in suggest({1: wants}, firms, without={(1, 3)}, most=1)] == [5]
    assert not suggest({1: replace(wants, least_patents=4)}, firms)
    unclear = {6: replace(FIRM, has_unclear=True)}
    assert suggest({1: replace(wants, least_patents=4)}, unclear)  # not known is not refused


@pytest.mark.parametrize("role", sorted(INSTITUTIONS))
def test_no_institution_is_judged_anything_that_needs_consent(role: Role) -> None:
    assert {field_named(name).level for names in FIELDS_READ.values() for name in names} <= {
        Level.L1,
        Level.L2,
    }
    assert judged_for(Reader(role)) == set(Criterion)
    raised = {**FIELDS_READ, Criterion.AMOUNT: ("fact.revenue_growth_bp",)}
    assert judged_for(Reader(role), raised) == set(Criterion) - {Criterion.AMOUNT}
    purpose = next(iter(Purpose))
    opened = Reader(role, purpose=purpose, consents=frozenset({(purpose, FieldSet.DECLARED)}))
    assert judged_for(opened, raised) == set(Criterion)
    hidden = judge(WANTS_ALL, FIRM, criteria=judged_for(Reader(role), raised))
    assert Criterion.AMOUNT not in {reason.criterion for reason in hidden}


def test_a_field_that_nobody_classified_is_never_a_reason() -> None:
    assert not judged_for(Reader(Role.BANK), {Criterion.TERM: ("registration.unheard_of",)})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({Criterion.AMOUNT: 26}, "101"),
        ({Criterion.AMOUNT: 24}, "99"),
        ({Criterion.AMOUNT: -1, Criterion.TERM: 36}, "0以上"),
    ],
)
def test_weights_are_a_division_of_a_hundred(change: dict[Criterion, int], said: str) -> None:
    check_weights(DEFAULT_WEIGHTS)
    with pytest.raises(BadInput, match=said):
        check_weights({**DEFAULT_WEIGHTS, **change})


@pytest.mark.parametrize(
    ("preference", "field"),
    [
        (Preference(amount_from=Fen(2), amount_to=Fen(1)), "amount_to"),
        (Preference(amount_from=Fen(-1)), "amount_from"),
        (Preference(months_from=2, months_to=1), "months_to"),
        (Preference(months_from=0), "months_from"),
        (Preference(months_to=361), "months_to"),
        (Preference(least_grade="E"), "least_grade"),
        (Preference(least_patents=-1), "least_patents"),
    ],
)
def test_a_preference_that_nobody_can_meet_is_refused_at_its_field(
    preference: Preference, field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        check_preference(preference)
    assert refused.value.field == field
    check_preference(WANTS_ALL)


def test_industries_are_typed_as_people_write_them() -> None:
    assert industries_from("C35、3911 i；c") == {"35", "39", "I", "C"}
    assert industries_from(" ") == set()
    with pytest.raises(BadInput, match="C99"):
        industries_from("C35 C99")
    assert is_within("C3511", {"C"})
    assert not is_within("", {"C"})


def test_grades_are_those_of_the_whitelist() -> None:
    assert list(GRADES) == [grade.value for grade in Grade if grade is not Grade.UNRATED]


def test_the_document_says_what_the_code_does() -> None:
    rows = re.findall(r"^\| (\S+) \| (\d+) \|", RULES.read_text("utf-8"), re.M)
    assert rows == [(str(CRITERION_LABELS[c]), str(DEFAULT_WEIGHTS[c])) for c in Criterion]
