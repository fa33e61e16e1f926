"""Who might want to meet whom, in points with reasons (洽谈建议). Pure.

Decides how well a firm meets what an institution says it is looking for: seven criteria, each with a weight
that the office can change (together 100). What an institution leaves open is not judged. A criterion is met,
and earns its weight, or missed, and earns nothing; where a fact is missing that is said, it earns nothing
and nothing is guessed. A firm that the institution's product does not admit is not suggested. A suggestion
asks nobody and places nobody. The rule with its figures: docs/rules/suggestions.md.

Of a firm only what the reader may see anyway goes in (`FIELDS_READ`, `judged_for`). The facts are given by
the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ipfin.consent.levels import Reader, Sight, sight_of
from ipfin.events.eligibility import GRADES
from ipfin.events.preferences import IP_KIND_LABELS, IpKind, Preference, is_within
from ipfin.kernel.errors import BadInput
from ipfin.kernel.money import Fen, format_wan_yuan
from ipfin.kernel.text import Text, _, listed
from ipfin.registry.industries import division


class Criterion(StrEnum):
    """What a suggestion looks at (撮合要素)."""

    AMOUNT = "amount"  # 金额
    TERM = "term"  # 期限
    INDUSTRY = "industry"  # 行业
    COUNTY = "county"  # 区域
    IP_KIND = "ip_kind"  # 知识产权类型
    GRADE = "grade"  # 白名单等级
    ADMISSION = "admission"  # 产品准入


CRITERION_LABELS: Final[Mapping[Criterion, Text]] = {
    Criterion.AMOUNT: _("金额"),
    Criterion.TERM: _("期限"),
    Criterion.INDUSTRY: _("行业"),
    Criterion.COUNTY: _("区域"),
    Criterion.IP_KIND: _("知识产权类型"),
    Criterion.GRADE: _("白名单等级"),
    Criterion.ADMISSION: _("产品准入"),
}

FULL: Final = 100
DEFAULT_WEIGHTS: Final[Mapping[Criterion, int]] = {
    Criterion.AMOUNT: 25,
    Criterion.TERM: 10,
    Criterion.INDUSTRY: 15,
    Criterion.COUNTY: 10,
    Criterion.IP_KIND: 15,
    Criterion.GRADE: 15,
    Criterion.ADMISSION: 10,
}

_PATENTS: Final = (
    *("firm.as_of", "firm.valid_count", "firm.unknown_count"),
    *("firm.valid_invention_count", "firm.valid_utility_count", "firm.valid_design_count"),
)
FIELDS_READ: Final[Mapping[Criterion, tuple[str, ...]]] = {
    Criterion.AMOUNT: ("registration.amount",),
    Criterion.TERM: ("registration.months",),
    Criterion.INDUSTRY: ("firm.industry_code",),
    Criterion.COUNTY: ("firm.region",),
    Criterion.IP_KIND: _PATENTS,
    Criterion.GRADE: ("firm.grade",),
    Criterion.ADMISSION: ("firm.admission_from", *_PATENTS),
}
"""What of a firm each criterion is made of, as `consent.levels` names it."""


@dataclass(frozen=True, slots=True)
class FirmAtEvent:
    """What is known of a firm that takes part; None and empty: not known.

    Args:
        divisions: the firm's division and everything above it.
        place: the division in words.
        patents: in force; None when no list ever spoke of the firm.
        has_unclear: there are patents of which no list tells whether they are in force.
        is_listed, grade: whether it is on the whitelist today, and as what.
    """

    amount: Fen | None = None
    months: int | None = None
    industry: str = ""
    divisions: frozenset[str] = frozenset()
    place: str = ""
    kinds: frozenset[IpKind] = frozenset()
    patents: int | None = None
    has_unclear: bool = False
    is_listed: bool = False
    grade: str | None = None


class Verdict(StrEnum):
    """How a firm stands to one criterion (比对结果)."""

    MET = "met"  # 符合
    MISSED = "missed"  # 不符合
    UNKNOWN = "unknown"  # 缺少信息，不判断


@dataclass(frozen=True, slots=True)
class Reason:
    """One criterion judged: the points earned (all of its weight or none) and why."""

    criterion: Criterion
    verdict: Verdict
    points: int
    sentence: Text


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A pair that might want to meet; the points of the reasons sum to `score`.

    `most` is what the pair could have reached: the weights of everything that the institution asks for.
    """

    institution: int
    enterprise: int
    score: int
    most: int
    reasons: tuple[Reason, ...]


def check_weights(weights: Mapping[Criterion, int]) -> None:
    """Refuse weights that are not a division of a hundred points.

    Raises:
        BadInput: a criterion is missing, a weight is negative, or they do not sum to 100.
    """
    if set(weights) != set(Criterion) or min(weights.values()) < 0:
        raise BadInput(_("每个要素都要有0以上的权重。"))
    total = sum(weights.values())
    if total != FULL:
        raise BadInput(_("权重合计应为100，现为%(total)d。", total=total))


def judged_for(
    reader: Reader, fields: Mapping[Criterion, Collection[str]] = FIELDS_READ
) -> frozenset[Criterion]:
    """Return the criteria that `reader` may be shown: those whose every field he reads in full."""
    return frozenset(
        criterion
        for criterion, names in fields.items()
        if all(sight_of(reader, name) is Sight.FULL for name in names)
    )


def judge(
    preference: Preference,
    firm: FirmAtEvent,
    weights: Mapping[Criterion, int] = DEFAULT_WEIGHTS,
    criteria: Collection[Criterion] = tuple(Criterion),
) -> tuple[Reason, ...]:
    """Return every criterion that the preference touches, in the order of `Criterion`, with its points.

    Args:
        criteria: those that the reader may be shown; the others are not looked at.
    """
    reasons = []
    for criterion, look in _LOOKS.items():
        seen = look(preference, firm) if criterion in criteria else None
        if seen is not None:
            verdict, sentence = seen
            points = weights[criterion] if verdict is Verdict.MET else 0
            reasons.append(Reason(criterion, verdict, points, sentence))
    return tuple(reasons)


def suggest(
    preferences: Mapping[int, Preference],
    firms: Mapping[int, FirmAtEvent],
    *,
    weights: Mapping[Criterion, int] = DEFAULT_WEIGHTS,
    criteria: Collection[Criterion] = tuple(Criterion),
    without: AbstractSet[tuple[int, int]] = frozenset(),
    most: int = 100,
) -> list[Suggestion]:
    """Return the best pairs, the highest score first; equal ones in the order of their ids.

    Args:
        preferences, firms: by the id of the registration.
        without: (institution, enterprise) pairs that are not to be suggested.

    Pairs that earn nothing, and firms that the institution's product does not admit, are left out.
    """
    found = []
    for house, preference in preferences.items():
        for firm, facts in firms.items():
            if (house, firm) in without:
                continue
            reasons = judge(preference, facts, weights, criteria)
            score = sum(reason.points for reason in reasons)
            if score and not _is_barred(reasons):
                total = sum(weights[reason.criterion] for reason in reasons)
                found.append(Suggestion(house, firm, score, total, reasons))
    return sorted(found, key=lambda one: (-one.score, one.institution, one.enterprise))[:most]


def _is_barred(reasons: Collection[Reason]) -> bool:
    return any(
        reason.criterion is Criterion.ADMISSION and reason.verdict is Verdict.MISSED for reason in reasons
    )


_Seen = tuple[Verdict, Text] | None
_MET, _MISSED, _UNKNOWN = Verdict.MET, Verdict.MISSED, Verdict.UNKNOWN


def _lies_within(value: int, least: int | None, most: int | None) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)


def _amount(preference: Preference, firm: FirmAtEvent) -> _Seen:
    least, most = preference.amount_from, preference.amount_to
    if least is None and most is None:
        return None
    if firm.amount is None:
        return _UNKNOWN, _("企业没有填写意向金额，不判断")
    said = format_wan_yuan(firm.amount)
    if _lies_within(firm.amount, least, most):
        return _MET, _("意向金额%(amount)s在机构的范围内", amount=said)
    return _MISSED, _("意向金额%(amount)s不在机构的范围内", amount=said)


def _term(preference: Preference, firm: FirmAtEvent) -> _Seen:
    least, most = preference.months_from, preference.months_to
    if least is None and most is None:
        return None
    if firm.months is None:
        return _UNKNOWN, _("企业没有填写期限，不判断")
    if _lies_within(firm.months, least, most):
        return _MET, _("期限%(months)d个月在机构的范围内", months=firm.months)
    return _MISSED, _("期限%(months)d个月不在机构的范围内", months=firm.months)


def _industry(preference: Preference, firm: FirmAtEvent) -> _Seen:
    if not preference.industries:
        return None
    name = division(firm.industry)
    if name is None:
        return _UNKNOWN, _("没有企业的行业代码，不判断")
    if is_within(firm.industry, preference.industries):
        return _MET, _("%(industry)s属于机构关注的行业", industry=name)
    return _MISSED, _("%(industry)s不属于机构关注的行业", industry=name)


def _county(preference: Preference, firm: FirmAtEvent) -> _Seen:
    if not preference.counties:
        return None
    if not firm.divisions:
        return _UNKNOWN, _("没有企业所在的县区，不判断")
    if firm.divisions & preference.counties:
        return _MET, _("所在地%(name)s属于机构关注的区域", name=firm.place)
    return _MISSED, _("所在地%(name)s不属于机构关注的区域", name=firm.place)


def _kinds(preference: Preference, firm: FirmAtEvent) -> _Seen:
    if not preference.kinds:
        return None
    shared = [IP_KIND_LABELS[kind] for kind in IpKind if kind in preference.kinds & firm.kinds]
    if shared:
        return _MET, _("有机构接受的有效专利：%(kinds)s", kinds=listed(shared))
    return _unless_unclear(firm) or (_MISSED, _("没有机构接受的类型的有效专利"))


def _unless_unclear(firm: FirmAtEvent) -> _Seen:
    if firm.patents is None:
        return _UNKNOWN, _("没有名单说到企业的专利，不判断")
    if firm.has_unclear:
        return _UNKNOWN, _("企业有的专利没有名单说明是否有效，不判断")
    return None


def _grade(preference: Preference, firm: FirmAtEvent) -> _Seen:
    least = preference.least_grade
    if least is None:
        return None
    if not firm.is_listed:
        return _MISSED, _("不在白名单，没有等级")
    if firm.grade is None:
        return _UNKNOWN, _("在白名单，但没有评级，不判断")
    if GRADES.index(firm.grade) <= GRADES.index(least):
        return _MET, _("白名单%(grade)s级，不低于机构要求的%(least)s级", grade=firm.grade, least=least)
    return _MISSED, _("白名单%(grade)s级，低于机构要求的%(least)s级", grade=firm.grade, least=least)


def _admission(preference: Preference, firm: FirmAtEvent) -> _Seen:
    least = preference.least_patents
    if not preference.only_listed and not least:
        return None
    if preference.only_listed and not firm.is_listed:
        return _MISSED, _("机构的产品只面向白名单企业")
    if least and (firm.patents is None or firm.patents < least):
        return _unless_unclear(firm) or (
            _MISSED,
            _("有效专利%(count)d件，机构的产品要求至少%(least)d件", count=firm.patents or 0, least=least),
        )
    return _MET, _("符合机构产品的准入条件")


_LOOKS: Final[Mapping[Criterion, Callable[[Preference, FirmAtEvent], _Seen]]] = {
    Criterion.AMOUNT: _amount,
    Criterion.TERM: _term,
    Criterion.INDUSTRY: _industry,
    Criterion.COUNTY: _county,
    Criterion.IP_KIND: _kinds,
    Criterion.GRADE: _grade,
    Criterion.ADMISSION: _admission,
}
