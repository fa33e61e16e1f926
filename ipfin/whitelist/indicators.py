"""The eighteen values behind the score, each with its unit, its source and what absence means.

Decides how facts become values. One rule governs all: what is not known stays unknown, with the
reason; nothing is guessed. How a value is judged is decided by the card (`scorecard`).

Indicators of rights (L1 to L4, T3, T5) need the legal status. Patents of unknown status are left out
and named in a note; when they are more than half, the indicator is unknown. Indicators of technology
(T1, T2, T4) look at everything that is not known to have lapsed. A twin pair counts once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import lcm, log2
from typing import Any, Final, TypeVar

from ipfin.kernel.calendar import add_months, add_years
from ipfin.kernel.identifiers import PatentKind
from ipfin.kernel.text import Text
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
from ipfin.whitelist.notes import Counts, Note, said
from ipfin.whitelist.portfolio import FirmView, of_kind
from ipfin.whitelist.scorecard import CODES

ACQUIRED_MONTHS: Final = 12  # a patent bought less than a year ago counts half
UTILITY_CEILING: Final = 8  # more utility models than this add nothing to L1
UTILITY_SHARE: Final = Fraction(1, 4)
BEST_CITED: Final = 5
FINE: Final = 2**32  # logarithms and ranks are kept in whole parts of this fineness before they are summed
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

Level = TypeVar("Level", TaxCredit, PledgeHistory)


Rule = Callable[[FirmView], Reading]


def raw_values(facts: FirmFacts, on: date, cohorts: Cohorts) -> dict[str, Reading]:
    """Return the reading of every indicator on day `on`, in the order of the sheet."""
    firm = FirmView(facts, on, cohorts)
    return {code: RULES[code](firm) for code in CODES}


def score_inputs(facts: FirmFacts, on: date, cohorts: Cohorts) -> dict[str, Any]:
    """Return everything that `raw_values` looks at, as plain data for the digest on the sheet."""
    return {"facts": facts.as_inputs(), "on": on, "cohorts": cohorts.fingerprint}


# --- Legal -----------------------------------------------------------------------------------------


def effective_patents(firm: FirmView) -> Reading:
    """L1, in inventions: effective inventions + 0.25 x min(effective utility models, 8).

    A patent acquired less than twelve months ago counts half; designs do not count.
    """
    if firm.rights_unknown:
        return firm.rights_unknown
    effective = firm.distinct_effective
    inventions = sum(_halves(p, firm.on) for p in of_kind(effective, PatentKind.INVENTION))
    utility = sum(_halves(p, firm.on) for p in of_kind(effective, PatentKind.UTILITY_MODEL))
    value = Fraction(inventions, 2) + UTILITY_SHARE * min(Fraction(utility, 2), Fraction(UTILITY_CEILING))
    return _known(value, firm.left_out)


def remaining_years(firm: FirmView) -> Reading:
    """L2, in years: the median remaining term of effective inventions (of utility models if none).

    Terms that rest on a filing year alone are counted from 1 January of it, the earliest they can be.
    """
    if firm.rights_unknown:
        return firm.rights_unknown
    effective = firm.effective
    chosen = of_kind(effective, PatentKind.INVENTION) or of_kind(effective, PatentKind.UTILITY_MODEL)
    if not chosen:
        return _known(0, said(Note.NO_LONG_RIGHT))
    ends = sorted(end for end in (patent.term_end() for patent in chosen) if end is not None)
    if not ends:
        return _no_source(Note.NO_TERM)
    only_year = sum(patent.tells_only_year for patent in chosen)
    note = said(Note.ONLY_YEAR, Counts(only_year=only_year)) if only_year else None
    middle = (ends[(len(ends) - 1) // 2], ends[len(ends) // 2])  # more years follow from a later end
    years = sum((years_between(firm.on, end) for end in middle), Fraction(0)) / 2
    return _known(years, note or firm.left_out)


def maintenance_ratio(firm: FirmView) -> Reading:
    """L3, 0 to 1: effective / ever granted. Unknown where the firm's lists name no lapsed patents at all."""
    if firm.rights_unknown:
        return firm.rights_unknown
    if not firm.facts.lapsed_listed:
        return _no_source(Note.NO_LAPSED_LISTED)
    granted = sum(
        patent.validity is Validity.VALID or (patent.was_granted and patent.validity is not Validity.UNKNOWN)
        for patent in firm.facts.patents
    )
    if not granted:
        return _known(0, said(Note.NEVER_GRANTED))
    return _known(Fraction(len(firm.effective), granted), firm.left_out)


def unencumbered_ratio(firm: FirmView) -> Reading:
    """L4, 0 to 1: effective patents that show no refusal ground of pledge registration.

    Unknown where the list tells no legal events: silence about pledges is not freedom from them.
    """
    if firm.rights_unknown:
        return firm.rights_unknown
    if not firm.effective:
        return _known(0, said(Note.NONE_IN_FORCE))
    told = [patent for patent in firm.effective if patent.tells_flags]
    if not told:
        return _no_source(Note.NO_EVENTS)
    free = sum(not flags_of(patent, firm.on) for patent in told)
    return _known(Fraction(free, len(told)), firm.left_out)


# --- Technical -------------------------------------------------------------------------------------


def citation_impact(firm: FirmView) -> Reading:
    """T1: mean of log2(1 + NC) over the best five inventions and utility models.

    NC is citations over the cohort's mean, so age and field are accounted for (`cohorts`).
    """
    if not firm.cohorts.citations:
        return _no_source(Note.NO_CITATIONS)
    if not firm.technical:
        return _known(0, said(Note.NO_TECHNICAL))
    ratios = [r for r in map(firm.cohorts.normalised_citations, firm.technical) if r is not None]
    if not ratios:
        return _no_source(Note.NO_OWN_CITATIONS)
    best = sorted(ratios, reverse=True)[:BEST_CITED]
    return _known(Fraction(sum(map(strength, best)), FINE * len(best)))


def claims_percentile(firm: FirmView) -> Reading:
    """T2, 0 to 1: the median, over inventions, of the mid-rank of their claims in their cohort."""
    if not firm.cohorts.claims:
        return _no_source(Note.NO_CLAIMS)
    inventions = of_kind(firm.technical, PatentKind.INVENTION)
    if not inventions:
        return _known(0, said(Note.NO_INVENTION))
    ranks = [rank for rank in map(firm.cohorts.claims_percentile, inventions) if rank is not None]
    if not ranks:
        return _no_source(Note.NO_OWN_CLAIMS)
    fine = sorted(_half_up(part * FINE, whole) for part, whole in ranks)
    return _known(Fraction(fine[(len(fine) - 1) // 2] + fine[len(fine) // 2], 2 * FINE))


@lru_cache(maxsize=2**18)
def strength(ratio: float) -> int:
    """Return log2(1 + ratio) in whole 2^-32, so that sums of them are exact in any order."""
    return round(log2(1 + ratio) * FINE)


def invention_share(firm: FirmView) -> Reading:
    """T3, 0 to 1: effective inventions / effective patents of a known kind."""
    if firm.rights_unknown:
        return firm.rights_unknown
    if not firm.distinct_effective:
        return _known(0, said(Note.NONE_IN_FORCE))
    of_known_kind = [patent for patent in firm.distinct_effective if patent.kind is not None]
    if not of_known_kind:
        return _no_source(Note.NO_KIND)
    inventions = of_kind(of_known_kind, PatentKind.INVENTION)
    return _known(Fraction(len(inventions), len(of_known_kind)), firm.left_out)


def technology_breadth(firm: FirmView) -> Reading:
    """T4: the effective number of IPC subclasses, 1/HHI, over inventions and utility models.

    A patent in several subclasses is split evenly among them, so that no patent weighs more than one.
    """
    if not firm.technical:
        return _known(0, said(Note.NO_TECHNICAL))
    classed = [set(patent.ipc_subclasses) for patent in firm.technical if patent.ipc_subclasses]
    if not classed:
        return _no_source(Note.NO_CLASS)
    whole = lcm(*(len(subclasses) for subclasses in classed))  # one patent, in parts that always divide
    parts: Counter[str] = Counter()
    for subclasses in classed:
        for subclass in subclasses:
            parts[subclass] += whole // len(subclasses)
    return _known(Fraction((whole * len(classed)) ** 2, sum(part * part for part in parts.values())))


def filing_continuity(firm: FirmView) -> Reading:
    """T5, in years: of the five complete years before `on`, those with a filing that still stands.

    The running year does not count: it would weigh against everyone in January.
    """
    if firm.rights_unknown:
        return firm.rights_unknown
    standing = [patent for patent in firm.facts.patents if patent.is_alive(firm.on)]
    years = {patent.year for patent in standing if patent.year is not None}
    if standing and not years:
        return _no_source(Note.NO_YEAR)
    window = range(firm.on.year - CONTINUITY_YEARS, firm.on.year)
    return _known(len(years.intersection(window)), firm.left_out)


# --- Market and credit: what the firm or a register tells -------------------------------------------


def years_established(firm: FirmView) -> Reading:
    """C1, in years since the day of establishment in the business register."""
    if firm.facts.established_on is None:
        return _undeclared(firm.facts, "C1")
    return _known(years_between(firm.facts.established_on, firm.on))


def best_title(firm: FirmView) -> Reading:
    """M4, in points of title: the best unexpired title; 0 when the firm said that it has none."""
    titles = firm.facts.titles
    if titles is None:
        return _undeclared(firm.facts, "M4")
    held = [TITLE_POINTS[t.title] for t in titles if t.expires_on is None or firm.on < t.expires_on]
    return _known(max(held, default=0))


def _declared(code: str, value_of: Callable[[FirmFacts], Decimal | int | None]) -> Rule:
    """Return the rule of an indicator that is what the firm (or the platform's records) says."""

    def rule(firm: FirmView) -> Reading:
        value = value_of(firm.facts)
        return _undeclared(firm.facts, code) if value is None else _known(value)

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


def _known(value: Decimal | Fraction | int, note: Text | None = None) -> Reading:
    """Return a known reading, rounded half up to a millionth."""
    if isinstance(value, int):
        return Reading(Decimal(value), note=note)
    exact = Fraction(value)
    millionths = _half_up(exact.numerator * 1_000_000, exact.denominator)
    return Reading(Decimal(millionths) / 1_000_000, note=note)


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def _no_source(note: Note) -> Reading:
    return Reading(None, Missing.SOURCE, said(note))


def _undeclared(facts: FirmFacts, code: str) -> Reading:
    if code in facts.asked:
        return Reading(None, Missing.UNDECLARED, said(Note.ASKED))
    return Reading(None, Missing.SOURCE, said(Note.UNDECLARED))


def _halves(patent: PatentFacts, on: date) -> int:
    """Return how many halves a patent counts: one while its acquisition is under twelve months ago."""
    acquired = patent.transferred_in_on
    return 1 if acquired is not None and on < add_months(acquired, ACQUIRED_MONTHS) else 2


@lru_cache(maxsize=2**15)
def years_between(start: date, end: date) -> Fraction:
    """Return the years from `start` to `end`, whole on anniversaries; 0 when `end` is not later."""
    if end <= start:
        return Fraction(0)
    years = end.year - start.year
    if add_years(start, years) > end:
        years -= 1
    last = add_years(start, years)
    return years + Fraction((end - last).days, (add_years(start, years + 1) - last).days)
