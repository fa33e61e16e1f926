"""Who might want to meet whom, in points with reasons (洽谈建议). Pure.

Decides how well a firm meets what an institution says it is looking for: seven criteria, each with a weight
that the office can change (together 100), each met or not. What an institution does not restrict and what
nobody knows of a firm earns nothing and is not counted against anybody, so the most that a pair can reach is
the sum of the weights that the institution's preferences touch. A suggestion asks nobody and places nobody.

Only what the other side may read anyway goes in: what a firm wrote into its registration, and fields that
the State or this platform publishes (`FIELDS_READ`). The facts are given by the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ipfin.kernel.errors import BadInput
from ipfin.kernel.money import Fen, format_wan_yuan
from ipfin.kernel.text import Text, _, listed


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

FIELDS_READ: Final = (
    *("firm.industry_code", "firm.region", "firm.grade", "firm.admission_from"),
    *("firm.valid_count", "firm.valid_invention_count", "firm.valid_utility_count"),
    "firm.valid_design_count",
)
"""The fields of a firm that reasons are made of; a test holds them against the levels of `consent`."""


class IpKind(StrEnum):
    """What kind of right a firm holds in force (知识产权类型)."""

    INVENTION = "invention"  # 发明
    UTILITY = "utility"  # 实用新型
    DESIGN = "design"  # 外观设计


IP_KIND_LABELS: Final[Mapping[IpKind, Text]] = {
    IpKind.INVENTION: _("发明"),
    IpKind.UTILITY: _("实用新型"),
    IpKind.DESIGN: _("外观设计"),
}

GRADES: Final = ("A", "B", "C", "D")  # best first, as the whitelist grades
LONGEST_TERM: Final = 360  # months
MOST_PATENTS: Final = 100_000


@dataclass(frozen=True, slots=True)
class Preference:
    """What an institution looks for; what it leaves open is not judged.

    Args:
        amount_from, amount_to: of the loan or cover, fen, both included.
        months_from, months_to: of the term, both included.
        industries: beginnings of industry codes (GB/T 4754), such as "C35".
        counties: codes of divisions, with everything below them.
        least_grade: the worst grade that it takes, "A" to "D".
        only_listed, least_patents: what its product admits: firms on the whitelist only, firms with at
            least so many patents in force.
    """

    amount_from: Fen | None = None
    amount_to: Fen | None = None
    months_from: int | None = None
    months_to: int | None = None
    industries: frozenset[str] = frozenset()
    counties: frozenset[str] = frozenset()
    kinds: frozenset[IpKind] = frozenset()
    least_grade: str | None = None
    only_listed: bool = False
    least_patents: int = 0


@dataclass(frozen=True, slots=True)
class FirmAtEvent:
    """What is known of a firm that takes part; None and empty: not known.

    `grade` is that of the whitelist and None for a firm that is not on it.
    """

    amount: Fen | None = None
    months: int | None = None
    industry: str = ""
    county: str = ""
    county_name: str = ""
    kinds: frozenset[IpKind] = frozenset()
    grade: str | None = None
    patents: int = 0


@dataclass(frozen=True, slots=True)
class Reason:
    """One criterion judged: the points earned (all or none) and why."""

    criterion: Criterion
    points: int
    sentence: Text

    @property
    def is_met(self) -> bool:
        """Whether the firm meets it."""
        return self.points > 0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A pair that might want to meet; `most` is what it could have reached, the points sum to `score`."""

    institution: int
    enterprise: int
    score: int
    most: int
    reasons: tuple[Reason, ...]

    @property
    def met(self) -> list[Reason]:
        """The reasons that speak for it."""
        return [reason for reason in self.reasons if reason.is_met]


def check_preference(preference: Preference) -> None:
    """Refuse a preference that nobody can meet.

    Raises:
        BadInput: a range that is empty, a grade that is none, or a number beyond reason.
    """
    ranges = (
        ("amount_to", preference.amount_from, preference.amount_to, _("金额的上限不能小于下限。")),
        ("months_to", preference.months_from, preference.months_to, _("期限的上限不能小于下限。")),
    )
    for field, least, most, sentence in ranges:
        if least is not None and most is not None and most < least:
            raise BadInput(sentence, field=field)
    for field, months in (("months_from", preference.months_from), ("months_to", preference.months_to)):
        check_months(months, field=field)
    if preference.least_grade is not None and preference.least_grade not in GRADES:
        raise BadInput(_("最低等级应为A、B、C或D。"), field="least_grade")
    if not 0 <= preference.least_patents <= MOST_PATENTS:
        raise BadInput(_("有效专利件数应在0到%(most)d之间。", most=MOST_PATENTS), field="least_patents")


def check_months(months: int | None, *, field: str) -> None:
    """Refuse a term that is none.

    Raises:
        BadInput: below one month or beyond thirty years.
    """
    if months is not None and not 1 <= months <= LONGEST_TERM:
        raise BadInput(_("期限应在1到%(most)d个月之间。", most=LONGEST_TERM), field=field)


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


def judge(
    preference: Preference, firm: FirmAtEvent, weights: Mapping[Criterion, int] = DEFAULT_WEIGHTS
) -> tuple[Reason, ...]:
    """Return every criterion that the preference touches, in the order of `Criterion`, with its points."""
    reasons = []
    for criterion, look in _LOOKS.items():
        seen = look(preference, firm)
        if seen is not None:
            is_met, sentence = seen
            reasons.append(Reason(criterion, weights[criterion] if is_met else 0, sentence))
    return tuple(reasons)


def suggest(
    preferences: Mapping[int, Preference],
    firms: Mapping[int, FirmAtEvent],
    *,
    weights: Mapping[Criterion, int] = DEFAULT_WEIGHTS,
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
            reasons = judge(preference, facts, weights)
            score = sum(reason.points for reason in reasons)
            if score and not _is_barred(reasons, weights):
                total = sum(weights[reason.criterion] for reason in reasons)
                found.append(Suggestion(house, firm, score, total, reasons))
    return sorted(found, key=lambda one: (-one.score, one.institution, one.enterprise))[:most]


def _is_barred(reasons: Iterable[Reason], weights: Mapping[Criterion, int]) -> bool:
    """Whether the product does not admit the firm; with a weight of 0 admission is not looked at."""
    return any(
        reason.criterion is Criterion.ADMISSION and not reason.is_met and weights[Criterion.ADMISSION]
        for reason in reasons
    )


_Seen = tuple[bool, Text] | None


def _amount(preference: Preference, firm: FirmAtEvent) -> _Seen:
    least, most = preference.amount_from, preference.amount_to
    if (least is None and most is None) or firm.amount is None:
        return None
    is_met = (least is None or firm.amount >= least) and (most is None or firm.amount <= most)
    said = format_wan_yuan(firm.amount)
    if is_met:
        return True, _("意向金额%(amount)s在机构的范围内", amount=said)
    return False, _("意向金额%(amount)s不在机构的范围内", amount=said)


def _term(preference: Preference, firm: FirmAtEvent) -> _Seen:
    least, most = preference.months_from, preference.months_to
    if (least is None and most is None) or firm.months is None:
        return None
    if (least is None or firm.months >= least) and (most is None or firm.months <= most):
        return True, _("期限%(months)d个月在机构的范围内", months=firm.months)
    return False, _("期限%(months)d个月不在机构的范围内", months=firm.months)


def _industry(preference: Preference, firm: FirmAtEvent) -> _Seen:
    if not preference.industries or not firm.industry:
        return None
    if firm.industry.startswith(tuple(preference.industries)):
        return True, _("行业%(code)s属于机构关注的行业", code=firm.industry)
    return False, _("行业%(code)s不属于机构关注的行业", code=firm.industry)


def _county(preference: Preference, firm: FirmAtEvent) -> _Seen:
    if not preference.counties or not firm.county:
        return None
    name = firm.county_name or firm.county
    if firm.county in preference.counties:
        return True, _("所在地%(name)s属于机构关注的区域", name=name)
    return False, _("所在地%(name)s不属于机构关注的区域", name=name)


def _kinds(preference: Preference, firm: FirmAtEvent) -> _Seen:
    if not preference.kinds:
        return None
    shared = [IP_KIND_LABELS[kind] for kind in IpKind if kind in preference.kinds & firm.kinds]
    if shared:
        return True, _("有机构接受的有效专利：%(kinds)s", kinds=listed(shared))
    return False, _("没有机构接受的类型的有效专利")


def _grade(preference: Preference, firm: FirmAtEvent) -> _Seen:
    if preference.least_grade is None:
        return None
    if firm.grade is None:
        return False, _("不在白名单，没有等级")
    if GRADES.index(firm.grade) <= GRADES.index(preference.least_grade):
        return True, _("白名单%(grade)s级，不低于机构要求的%(least)s级", grade=firm.grade, least=preference.least_grade)
    return False, _("白名单%(grade)s级，低于机构要求的%(least)s级", grade=firm.grade, least=preference.least_grade)


def _admission(preference: Preference, firm: FirmAtEvent) -> _Seen:
    if not preference.only_listed and not preference.least_patents:
        return None
    if preference.only_listed and firm.grade is None:
        return False, _("机构的产品只面向白名单企业")
    if firm.patents < preference.least_patents:
        return False, _(
            "有效专利%(count)d件，机构的产品要求至少%(least)d件",
            count=firm.patents,
            least=preference.least_patents,
        )
    return True, _("符合机构产品的准入条件")


_LOOKS: Final[Mapping[Criterion, Callable[[Preference, FirmAtEvent], _Seen]]] = {
    Criterion.AMOUNT: _amount,
    Criterion.TERM: _term,
    Criterion.INDUSTRY: _industry,
    Criterion.COUNTY: _county,
    Criterion.IP_KIND: _kinds,
    Criterion.GRADE: _grade,
    Criterion.ADMISSION: _admission,
}
