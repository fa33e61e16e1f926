"""The eighteen values behind the score, each with its unit, its source and what absence means.

Decides how facts become values. One rule governs all: what is not known stays unknown, with the
reason; nothing is guessed. How a value is judged is decided by the card (`scorecard`).

Indicators of rights (L1 to L4, T3, T5) need the legal status. Patents of unknown status are left out
and named in a note; when they are more than half, the indicator is unknown. Indicators of technology
(T1, T2, T4) look at everything that is not known to have lapsed. A twin pair counts once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import log2
from statistics import median
from typing import Any, Final, TypeVar

from ipfin.kernel.calendar import add_months, add_years
from ipfin.kernel.identifiers import PatentKind
from ipfin.kernel.text import Text, _
from ipfin.registry.statuses import Validity
from ipfin.whitelist.cohorts import Cohorts
from ipfin.whitelist.facts import (
    FirmFacts,
    Missing,
    PatentFacts,
    PledgeHistory,
    Reading,
    TaxCredit,
    Title,
)
from ipfin.whitelist.gates import flags_of
from ipfin.whitelist.scorecard import CODES

ACQUIRED_MONTHS: Final = 12  # a patent bought less than a year ago counts half
UTILITY_CEILING: Final = 8  # more utility models than this add nothing to L1
UTILITY_SHARE: Final = Fraction(1, 4)
BEST_CITED: Final = 5
CONTINUITY_YEARS: Final = 5

TITLE_POINTS: Final[Mapping[Title, int]] = {
    Title.TECH_SME: 40,
    Title.HIGH_TECH: 70,
    Title.PROVINCIAL_SPECIALISED: 80,
    Title.PROVINCIAL_IP: 80,
    Title.NATIONAL_LITTLE_GIANT: 100,
    Title.NATIONAL_IP: 100,
}
TAX_CREDIT_POINTS: Final[Mapping[TaxCredit, int]] = {
    TaxCredit.A: 100,
    TaxCredit.B: 80,
    TaxCredit.M: 60,
    TaxCredit.C: 20,
    TaxCredit.D: 0,
}
PLEDGE_HISTORY_POINTS: Final[Mapping[PledgeHistory, int]] = {
    PledgeHistory.REPAID: 100,
    PledgeHistory.NONE: 50,
    PledgeHistory.EXTENDED: 30,
    PledgeHistory.OVERDUE: 0,
}

DECLARABLE: Final = frozenset({"M1", "M2", "M3", "M4", "M5", "C1", "C2", "C3", "C4"})
"""What a firm can tell itself; only these can be "asked for and not declared"."""

Rule = Callable[[FirmFacts, date, Cohorts], Reading]
Level = TypeVar("Level", TaxCredit, PledgeHistory)


def raw_values(facts: FirmFacts, on: date, cohorts: Cohorts) -> dict[str, Reading]:
    """Return the reading of every indicator on day `on`, in the order of the sheet."""
    return {code: RULES[code](facts, on, cohorts) for code in CODES}


def score_inputs(facts: FirmFacts, on: date, cohorts: Cohorts) -> dict[str, Any]:
    """Return everything that `raw_values` looks at, as plain data for the digest on the sheet."""
    return {"facts": facts.as_inputs(), "on": on, "cohorts": cohorts.fingerprint}


# --- Legal -----------------------------------------------------------------------------------------


def effective_patents(facts: FirmFacts, on: date, _cohorts: Cohorts) -> Reading:
    """L1, in inventions: effective inventions + 0.25 x min(effective utility models, 8).

    A patent acquired less than twelve months ago counts half; designs do not count.
    """
    unknown = _status_unknown(facts.patents)
    if unknown:
        return unknown
    effective = _without_twin_doubles(_effective(facts.patents, on))
    inventions = sum((_presence(p, on) for p in _of_kind(effective, PatentKind.INVENTION)), Fraction(0))
    utility = sum((_presence(p, on) for p in _of_kind(effective, PatentKind.UTILITY_MODEL)), Fraction(0))
    value = inventions + UTILITY_SHARE * min(utility, Fraction(UTILITY_CEILING))
    return _known(value, _left_out(facts.patents))


def remaining_years(facts: FirmFacts, on: date, _cohorts: Cohorts) -> Reading:
    """L2, in years: the median remaining term of effective inventions (of utility models if none).

    Terms that rest on a filing year alone are counted from 1 January of it, the earliest they can be.
    """
    unknown = _status_unknown(facts.patents)
    if unknown:
        return unknown
    effective = _effective(facts.patents, on)
    chosen = _of_kind(effective, PatentKind.INVENTION) or _of_kind(effective, PatentKind.UTILITY_MODEL)
    if not chosen:
        return _known(0, _("没有有效的发明或实用新型。"))
    ends = [end for end in (patent.term_end() for patent in chosen) if end is not None]
    if not ends:
        return _no_source(_("名单没有申请日，也没有申请年，剩余保护期未知。"))
    only_year = sum(patent.tells_only_year for patent in chosen)
    note = _("其中%(count)s件只有申请年，按当年1月1日申请保守计算。", count=only_year) if only_year else None
    return _known(median(_years_between(on, end) for end in ends), note or _left_out(facts.patents))


def maintenance_ratio(facts: FirmFacts, on: date, cohorts: Cohorts) -> Reading:
    """L3, 0 to 1: effective / ever granted. Unknown where the list names no lapsed patents at all."""
    unknown = _status_unknown(facts.patents)
    if unknown:
        return unknown
    listed = cohorts.lapsed_listed if facts.lapsed_listed is None else facts.lapsed_listed
    if not listed:
        return _no_source(_("名单没有列出失效专利，无法计算维持率。"))
    granted = [p for p in _status_known(facts.patents) if p.was_granted or p.validity is Validity.VALID]
    if not granted:
        return _known(0, _("没有曾获授权的专利。"))
    return _known(Fraction(len(_effective(granted, on)), len(granted)), _left_out(facts.patents))


def unencumbered_ratio(facts: FirmFacts, on: date, _cohorts: Cohorts) -> Reading:
    """L4, 0 to 1: effective patents that show no refusal ground of pledge registration.

    Unknown where the list tells no legal events: silence about pledges is not freedom from them.
    """
    unknown = _status_unknown(facts.patents)
    if unknown:
        return unknown
    effective = _effective(facts.patents, on)
    if not effective:
        return _known(0, _("没有有效专利。"))
    told = [patent for patent in effective if patent.tells_flags]
    if not told:
        return _no_source(_("名单没有质押、保全等法律事件，无法判断能否出质。"))
    free = sum(not flags_of(patent, on) for patent in told)
    return _known(Fraction(free, len(told)), _left_out(facts.patents))


# --- Technical -------------------------------------------------------------------------------------


def citation_impact(facts: FirmFacts, on: date, cohorts: Cohorts) -> Reading:
    """T1: mean of log2(1 + NC) over the best five inventions and utility models.

    NC is citations over the cohort's mean, so age and field are accounted for (`cohorts`).
    """
    if not cohorts.citations:
        return _no_source(_("名单没有被引次数。"))
    technical = _without_twin_doubles(_technical(facts.patents, on))
    if not technical:
        return _known(0, _("没有在审或有效的发明、实用新型。"))
    ratios = [r for r in map(cohorts.normalised_citations, technical) if r is not None]
    if not ratios:
        return _no_source(_("该企业的专利没有被引次数或申请年。"))
    best = sorted(ratios, reverse=True)[:BEST_CITED]
    return _known(sum(log2(1 + ratio) for ratio in best) / len(best))


def claims_percentile(facts: FirmFacts, on: date, cohorts: Cohorts) -> Reading:
    """T2, 0 to 1: the median, over inventions, of the mid-rank of their claims in their cohort."""
    if not cohorts.claims:
        return _no_source(_("名单没有权利要求数。"))
    inventions = _of_kind(_technical(facts.patents, on), PatentKind.INVENTION)
    if not inventions:
        return _known(0, _("没有在审或有效的发明。"))
    ranks = [rank for rank in map(cohorts.claims_percentile, inventions) if rank is not None]
    if not ranks:
        return _no_source(_("该企业的发明没有权利要求数，或同类发明太少，无法比较。"))
    return _known(median(ranks))


def invention_share(facts: FirmFacts, on: date, _cohorts: Cohorts) -> Reading:
    """T3, 0 to 1: effective inventions / effective patents of a known kind."""
    unknown = _status_unknown(facts.patents)
    if unknown:
        return unknown
    effective = _without_twin_doubles(_effective(facts.patents, on))
    if not effective:
        return _known(0, _("没有有效专利。"))
    of_known_kind = [patent for patent in effective if patent.kind is not None]
    if not of_known_kind:
        return _no_source(_("名单没有专利类型。"))
    inventions = _of_kind(of_known_kind, PatentKind.INVENTION)
    return _known(Fraction(len(inventions), len(of_known_kind)), _left_out(facts.patents))


def technology_breadth(facts: FirmFacts, on: date, _cohorts: Cohorts) -> Reading:
    """T4: the effective number of IPC subclasses, 1/HHI, over inventions and utility models.

    A patent in several subclasses is split evenly among them, so that no patent weighs more than one.
    """
    technical = _without_twin_doubles(_technical(facts.patents, on))
    if not technical:
        return _known(0, _("没有在审或有效的发明、实用新型。"))
    classed = [set(patent.ipc_subclasses) for patent in technical if patent.ipc_subclasses]
    if not classed:
        return _no_source(_("名单没有国际专利分类。"))
    weights: dict[str, Fraction] = defaultdict(Fraction)
    for subclasses in classed:
        for subclass in subclasses:
            weights[subclass] += Fraction(1, len(subclasses))
    return _known(Fraction(len(classed) ** 2) / sum(weight * weight for weight in weights.values()))


def filing_continuity(facts: FirmFacts, on: date, _cohorts: Cohorts) -> Reading:
    """T5, in years: of the five complete years before `on`, those with a filing that still stands.

    The running year does not count: it would weigh against everyone in January.
    """
    unknown = _status_unknown(facts.patents)
    if unknown:
        return unknown
    standing = [patent for patent in facts.patents if patent.is_alive(on)]
    years = {patent.year for patent in standing if patent.year is not None}
    if standing and not years:
        return _no_source(_("名单没有申请日，也没有申请年。"))
    window = range(on.year - CONTINUITY_YEARS, on.year)
    return _known(len(years.intersection(window)), _left_out(facts.patents))


# --- Market and credit: what the firm or a register tells -------------------------------------------


def years_established(facts: FirmFacts, on: date, _cohorts: Cohorts) -> Reading:
    """C1, in years since the day of establishment in the business register."""
    if facts.established_on is None:
        return _undeclared(facts, "C1")
    return _known(_years_between(facts.established_on, on))


def best_title(facts: FirmFacts, on: date, _cohorts: Cohorts) -> Reading:
    """M4, in points of title: the best unexpired title; 0 when the firm said that it has none."""
    if facts.titles is None:
        return _undeclared(facts, "M4")
    held = [TITLE_POINTS[t.title] for t in facts.titles if t.expires_on is None or on < t.expires_on]
    return _known(max(held, default=0))


def _declared(code: str, value_of: Callable[[FirmFacts], Decimal | int | None]) -> Rule:
    """Return the rule of an indicator that is what the firm (or the platform's records) says."""

    def rule(facts: FirmFacts, _on: date, _cohorts: Cohorts) -> Reading:
        value = value_of(facts)
        return _undeclared(facts, code) if value is None else _known(value)

    return rule


def _points_in(table: Mapping[Level, int], level: Level | None) -> int | None:
    return None if level is None else table[level]


RULES: Final[Mapping[str, Rule]] = {
    "L1": effective_patents,
    "L2": remaining_years,
    "L3": maintenance_ratio,
    "L4": unencumbered_ratio,
    "T1": citation_impact,
    "T2": claims_percentile,
    "T3": invention_share,
    "T4": technology_breadth,
    "T5": filing_continuity,
    "M1": _declared("M1", lambda facts: facts.filed_products),
    "M2": _declared("M2", lambda facts: facts.dealings),
    "M3": _declared("M3", lambda facts: facts.foreign_jurisdictions),
    "M4": best_title,
    "M5": _declared("M5", lambda facts: facts.rd_percent),
    "C1": years_established,
    "C2": _declared("C2", lambda facts: _points_in(TAX_CREDIT_POINTS, facts.tax_credit)),
    "C3": _declared("C3", lambda facts: facts.revenue_growth_percent),
    "C4": _declared("C4", lambda facts: _points_in(PLEDGE_HISTORY_POINTS, facts.pledge_history)),
}


# --- Parts -----------------------------------------------------------------------------------------


def _known(value: Decimal | Fraction | float | int, note: Text | None = None) -> Reading:
    """Return a known reading, rounded half up to a millionth."""
    exact = Fraction(value)
    millionths = (2 * exact.numerator * 1_000_000 + exact.denominator) // (2 * exact.denominator)
    return Reading(Decimal(millionths) / 1_000_000, note=note)


def _no_source(note: Text) -> Reading:
    return Reading(None, Missing.SOURCE, note)


def _undeclared(facts: FirmFacts, code: str) -> Reading:
    if code in facts.asked:
        return Reading(None, Missing.UNDECLARED, _("已要求申报，企业未申报。"))
    return Reading(None, Missing.SOURCE, _("企业尚未申报，也没有其他来源。"))


def _status_known(patents: Iterable[PatentFacts]) -> list[PatentFacts]:
    return [patent for patent in patents if patent.validity is not Validity.UNKNOWN]


def _status_unknown(patents: Sequence[PatentFacts]) -> Reading | None:
    """Return why rights cannot be judged: the status of more than half of the patents is not known."""
    unknown = len(patents) - len(_status_known(patents))
    if 2 * unknown <= len(patents):
        return None
    return _no_source(_("%(total)s件专利中%(count)s件法律状态不明。", total=len(patents), count=unknown))


def _left_out(patents: Sequence[PatentFacts]) -> Text | None:
    unknown = len(patents) - len(_status_known(patents))
    return _("%(count)s件专利法律状态不明，未计入。", count=unknown) if unknown else None


def _effective(patents: Iterable[PatentFacts], on: date) -> list[PatentFacts]:
    return [patent for patent in patents if patent.is_effective(on)]


def _technical(patents: Iterable[PatentFacts], on: date) -> list[PatentFacts]:
    """Return the inventions and utility models that are not known to have ended."""
    return [
        patent
        for patent in patents
        if patent.kind in (PatentKind.INVENTION, PatentKind.UTILITY_MODEL)
        and (patent.validity is Validity.UNKNOWN or patent.is_alive(on))
    ]


def _of_kind(patents: Iterable[PatentFacts], kind: PatentKind) -> list[PatentFacts]:
    return [patent for patent in patents if patent.kind is kind]


def _without_twin_doubles(patents: Sequence[PatentFacts]) -> list[PatentFacts]:
    """Return the patents without utility models whose twin invention is among them.

    Twins know each other by number; where a list only says that there is one, by the day (or year)
    of filing, one invention taking one utility model with it.
    """
    twins = [patent for patent in patents if patent.is_twin]
    inventions = _of_kind(twins, PatentKind.INVENTION)
    doubles: set[str] = set()
    for utility in _of_kind(twins, PatentKind.UTILITY_MODEL):
        other = next((invention for invention in inventions if _are_twins(invention, utility)), None)
        if other is not None:
            inventions.remove(other)
            doubles.add(utility.number)
    return [patent for patent in patents if patent.number not in doubles]


def _are_twins(invention: PatentFacts, utility: PatentFacts) -> bool:
    if invention.twin_number is not None or utility.twin_number is not None:
        return invention.twin_number == utility.number or utility.twin_number == invention.number
    filed = invention.filed_on or invention.filing_year
    return filed is not None and filed == (utility.filed_on or utility.filing_year)


def _presence(patent: PatentFacts, on: date) -> Fraction:
    """Return how much a patent counts: half while its acquisition is less than twelve months ago."""
    acquired = patent.transferred_in_on
    recent = acquired is not None and on < add_months(acquired, ACQUIRED_MONTHS)
    return Fraction(1, 2) if recent else Fraction(1)


def _years_between(start: date, end: date) -> Fraction:
    """Return the years from `start` to `end`, whole on anniversaries; 0 when `end` is not later."""
    if end <= start:
        return Fraction(0)
    years = end.year - start.year
    if add_years(start, years) > end:
        years -= 1
    last = add_years(start, years)
    return years + Fraction((end - last).days, (add_years(start, years + 1) - last).days)
