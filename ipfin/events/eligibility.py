"""Which firms may sign up for an event (报名条件): grade, county, industry. Pure.

Decides from the event's criteria and from facts that come in: the grade is known elsewhere, county and
industry stand in the register. A fact that is not known is never held against a firm: somebody of the
office looks at it first. A fact that speaks against it is a refusal, with what is missing and what to do.
Institutions are not asked for any of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import reduce
from typing import Final

from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import Text, _, listed
from ipfin.registry.industries import DIVISIONS, SECTION_LABELS, division_code, section

GRADES: Final = ("A", "B", "C", "D")
"""The grades of the whitelist, the best first; whoever is not graded has none."""

NO_NAMES: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True)
class Criteria:
    """What an event asks of firms; what is empty asks nothing.

    Args:
        least_grade: the lowest grade that may sign up.
        counties: codes of divisions (GB/T 2260).
        industries: sections ("C") and divisions ("27") of GB/T 4754-2017; any of them will do.
    """

    least_grade: str = ""
    counties: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.least_grade or self.counties or self.industries)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a firm: its grade in force, where it is, what it does; None and "" are unknown."""

    grade: str | None = None
    county: str | None = None
    industry: str | None = None


class Criterion(StrEnum):
    """What an event can ask of a firm (报名条件)."""

    GRADE = "grade"  # 白名单等级
    COUNTY = "county"  # 所在县区
    INDUSTRY = "industry"  # 所属行业


CRITERION_LABELS: Final[Mapping[Criterion, Text]] = {
    Criterion.GRADE: _("白名单等级"),
    Criterion.COUNTY: _("所在县区"),
    Criterion.INDUSTRY: _("所属行业"),
}


class Standing(StrEnum):
    """How a firm stands to one criterion."""

    MET = "met"  # 符合
    UNKNOWN = "unknown"  # 待核
    UNMET = "unmet"  # 不符合


def judged(criteria: Criteria, facts: Facts) -> dict[Criterion, Standing]:
    """Return how a firm stands to each criterion that the event has."""
    found: dict[Criterion, Standing] = {}
    if criteria.least_grade:
        found[Criterion.GRADE] = _of_grade(criteria.least_grade, facts.grade)
    if criteria.counties:
        # Codes that end with 00 are cities: in which county the firm is, is not known.
        is_known = bool(facts.county) and not str(facts.county).endswith("00")
        found[Criterion.COUNTY] = _standing(is_known, facts.county in criteria.counties)
    if criteria.industries:
        code = facts.industry or ""
        own = {division_code(code), section(code)}
        found[Criterion.INDUSTRY] = _standing(
            division_code(code) is not None, bool(own & set(criteria.industries))
        )
    return found


def _of_grade(least: str, own: str | None) -> Standing:
    if own not in GRADES:
        return Standing.UNKNOWN
    return _standing(True, GRADES.index(own) <= GRADES.index(least))


def _standing(is_known: bool, is_met: bool) -> Standing:
    if not is_known:
        return Standing.UNKNOWN
    return Standing.MET if is_met else Standing.UNMET


def unknown_of(criteria: Criteria, facts: Facts) -> list[Text]:
    """Return what somebody must look at before the firm can get a seat."""
    return [
        CRITERION_LABELS[criterion]
        for criterion, standing in judged(criteria, facts).items()
        if standing is Standing.UNKNOWN
    ]


def require_eligible(criteria: Criteria, facts: Facts, names: Mapping[str, str] = NO_NAMES) -> None:
    """Refuse a firm whose known facts do not meet the criteria.

    Args:
        names: code of a county -> its name.

    Raises:
        Conflict: says each criterion that is not met, how the firm stands, and what to do.
    """
    reasons = [
        _reason(criterion, criteria, facts, names)
        for criterion, standing in judged(criteria, facts).items()
        if standing is Standing.UNMET
    ]
    if reasons:
        raise Conflict(reduce(_followed, reasons))


def _followed(first: Text, rest: Text) -> Text:
    return Text("%(first)s %(rest)s", {"first": first, "rest": rest})


def _reason(criterion: Criterion, criteria: Criteria, facts: Facts, names: Mapping[str, str]) -> Text:
    if criterion is Criterion.GRADE:
        return _(
            "本场限白名单%(least)s级及以上的企业，贵企业现为%(own)s级；等级提升后可以报名。",
            least=criteria.least_grade,
            own=facts.grade or "",
        )
    if criterion is Criterion.COUNTY:
        return _(
            "本场限%(wanted)s的企业，贵企业登记在%(own)s；登记有误的，请申请更正后再报名。",
            wanted=listed(names.get(code, code) for code in criteria.counties),
            own=names.get(facts.county or "", facts.county or ""),
        )
    return _(
        "本场限%(wanted)s的企业，贵企业登记为%(own)s；登记有误的，请申请更正后再报名。",
        wanted=listed(industry_words(criteria.industries)),
        own=DIVISIONS[division_code(facts.industry or "") or ""],
    )


def conditions(criteria: Criteria, names: Mapping[str, str] = NO_NAMES) -> Iterator[Text]:
    """Yield the criteria as everybody reads them."""
    if criteria.least_grade:
        yield _("白名单%(least)s级及以上", least=criteria.least_grade)
    if criteria.counties:
        yield _("县区：%(names)s", names=listed(names.get(code, code) for code in criteria.counties))
    if criteria.industries:
        yield _("行业：%(names)s", names=listed(industry_words(criteria.industries)))


def industry_words(codes: Collection[str]) -> list[Text]:
    """Return the words for sections and divisions."""
    return [SECTION_LABELS.get(code) or DIVISIONS[code] for code in codes]


def unknown_codes(codes: Collection[str]) -> list[str]:
    """Return what is neither a section nor a division."""
    return [code for code in codes if code not in SECTION_LABELS and code not in DIVISIONS]
