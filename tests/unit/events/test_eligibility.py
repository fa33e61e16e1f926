"""Which firms an event is for: each threshold on both sides, and what is not known is never held against."""

from __future__ import annotations

import pytest

from ipfin.events.approval import Clearance, needs_approval
from ipfin.events.eligibility import (
    GRADES,
    Criteria,
    Criterion,
    Facts,
    Standing,
    conditions,
    judged,
    require_eligible,
    unknown_codes,
    unknown_of,
)
from ipfin.events.lifecycle import ApprovalMode, Side
from ipfin.kernel.errors import Conflict
from ipfin.whitelist.scoring import GRADE_ORDER, Grade

MET, UNKNOWN, UNMET = Standing.MET, Standing.UNKNOWN, Standing.UNMET
NAMES = {"410502": "文峰区", "410526": "滑县", "410500": "安阳市"}
ALL = Criteria("B", ("410502",), ("27",))


def test_the_grades_are_those_of_the_whitelist_the_best_first() -> None:
    rated = [
        grade for grade in sorted(GRADE_ORDER, key=GRADE_ORDER.__getitem__) if grade is not Grade.UNRATED
    ]
    assert [one.value for one in rated] == list(GRADES)


@pytest.mark.parametrize(
    ("least", "own", "standing"),
    [
        ("A", "A", MET),
        ("A", "B", UNMET),
        ("B", "A", MET),
        ("B", "B", MET),
        ("B", "C", UNMET),
        ("C", "C", MET),
        ("C", "D", UNMET),
        ("D", "D", MET),
        ("D", "unrated", UNKNOWN),
        ("D", None, UNKNOWN),
    ],
)
def test_a_grade_is_enough_from_the_least_on(least: str, own: str | None, standing: Standing) -> None:
    assert judged(Criteria(least), Facts(own)) == {Criterion.GRADE: standing}


@pytest.mark.parametrize(
    ("own", "standing"),
    [("410502", MET), ("410526", UNMET), ("410500", UNKNOWN), ("", UNKNOWN), (None, UNKNOWN)],
)
def test_a_firm_is_of_the_county_or_not_and_a_city_says_neither(own: str | None, standing: Standing) -> None:
    assert judged(Criteria(counties=("410502",)), Facts(county=own)) == {Criterion.COUNTY: standing}


@pytest.mark.parametrize(
    ("wanted", "own", "standing"),
    [
        (("27",), "C2720", MET),
        (("27",), "27", MET),
        (("C",), "2720", MET),
        (("65", "27"), "I6510", MET),
        (("27",), "C2620", UNMET),
        (("C",), "I6510", UNMET),
        (("27",), "制药", UNKNOWN),
        (("27",), "", UNKNOWN),
        (("27",), None, UNKNOWN),
    ],
)
def test_an_industry_is_met_by_its_division_or_its_section(
    wanted: tuple[str, ...], own: str | None, standing: Standing
) -> None:
    assert judged(Criteria(industries=wanted), Facts(industry=own)) == {Criterion.INDUSTRY: standing}


def test_an_event_without_criteria_asks_nothing() -> None:
    assert not Criteria()
    assert judged(Criteria(), Facts()) == {}
    require_eligible(Criteria(), Facts())


def test_what_is_not_known_is_named_and_refuses_nobody() -> None:
    require_eligible(ALL, Facts())
    assert [str(what) for what in unknown_of(ALL, Facts())] == ["白名单等级", "所在县区", "所属行业"]
    assert unknown_of(ALL, Facts("A", "410502", "C2720")) == []


def test_a_refusal_says_what_is_missing_and_what_to_do() -> None:
    with pytest.raises(Conflict) as refused:
        require_eligible(ALL, Facts("C", "410526", "I6510"), NAMES)
    assert str(refused.value.message) == (
        "本场限白名单B级及以上的企业，贵企业现为C级；等级提升后可以报名。 "
        "本场限文峰区的企业，贵企业登记在滑县；登记有误的，请申请更正后再报名。 "
        "本场限医药制造业的企业，贵企业登记为软件和信息技术服务业；登记有误的，请申请更正后再报名。"
    )


def test_one_criterion_that_is_not_met_refuses_though_others_are_unknown() -> None:
    with pytest.raises(Conflict, match="C级"):
        require_eligible(ALL, Facts("C"))


@pytest.mark.parametrize("mode", ApprovalMode)
def test_a_missing_fact_goes_to_approval_unless_the_office_signed_up_itself(mode: ApprovalMode) -> None:
    assert needs_approval(mode, Side.ENTERPRISE, Clearance.WHITELISTED, is_unknown=True)
    assert not needs_approval(mode, Side.ENTERPRISE, Clearance.OFFICE, is_unknown=True)


def test_the_criteria_are_told_in_words() -> None:
    told = [str(one) for one in conditions(Criteria("B", ("410502", "410526"), ("C", "27")), NAMES)]
    assert told == ["白名单B级及以上", "县区：文峰区、滑县", "行业：制造业、医药制造业"]


def test_a_code_that_is_none_is_found() -> None:
    assert unknown_codes(["C", "27", "99", "T"]) == ["99", "T"]
