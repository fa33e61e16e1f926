"""Does a card rank firms with a pledge higher? A check on a real list, with every pledge left out (结果检验).

Decides what is compared: the companies of one patent list, those with a patent that the list calls
pledged against the others. Nothing that tells of a pledge reaches the score: the mark is taken from the
patent before it becomes a fact (so P09 never enters L4), and the record of loans (C4) is not known from a
list. What the card earns is set against size alone, the plainest ranking there is.

It tells aggregates of companies only, and none where fewer than `FEWEST` firms had the outcome. It fits
nothing: no weight, knot or line of the card may be chosen by it. A list that only says "pledged now" is a
cross-section: it does not tell what came first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from statistics import median
from typing import Any, Final

from ipfin.registry.applicants import ApplicantKind
from ipfin.registry.fields import ListField
from ipfin.registry.listed import ListedPatent, ListReading
from ipfin.registry.patent_facts import subclasses_of
from ipfin.registry.statuses import Flag, Validity
from ipfin.whitelist.cohorts import build_cohorts
from ipfin.whitelist.facts import FirmFacts, PatentFacts
from ipfin.whitelist.indicators import raw_values
from ipfin.whitelist.scorecard import Scorecard
from ipfin.whitelist.scoring import Grade, ScoreSheet, score_many
from ipfin.whitelist.statistics import Concordance, concordance, concordance_gain

FEWEST: Final = 5
"""With fewer firms on a side no figure is told: it would say nothing, and might say it of one firm."""

SIZE_BANDS: Final = (1, 3, 6, 11, 21, 51)  # patents of a firm: 1-2, 3-5, 6-10, 11-20, 21-50, more


@dataclass(frozen=True, slots=True)
class CheckedFirm:
    """One company of the list: its sheet without pledge facts, its size, whether a patent is pledged."""

    sheet: ScoreSheet
    patents: int
    valid_patents: int
    has_pledged: bool

    @property
    def size_band(self) -> int:
        """The place of its number of patents among `SIZE_BANDS`."""
        return sum(self.patents >= lowest for lowest in SIZE_BANDS)


Measure = Callable[[CheckedFirm], float]

MEASURES: Final[Mapping[str, Measure]] = {
    "score": lambda firm: float(firm.sheet.score),
    "graded_score": lambda firm: float(firm.sheet.graded_score),
    "patents": lambda firm: firm.patents,
    "valid_patents": lambda firm: firm.valid_patents,
}


@dataclass(frozen=True, slots=True)
class GroupCheck:
    """How well some firms are put in order. The figures are None with fewer than `FEWEST` on a side."""

    firms: int
    positives: int
    aucs: Mapping[str, Concordance | None]
    within_size: Concordance | None  # the score, among firms of one band of size
    gain: Concordance | None  # the score against the number of patents


@dataclass(frozen=True, slots=True)
class OutcomeCheck:
    """What the check of one list found: in all its companies, and in those with a patent in force.

    Only a patent in force can be pledged, so that the others tell firms with rights from firms without:
    the second group is the one that a whitelist chooses from.
    """

    patents: int
    pledged_patents: int
    coverage: tuple[Decimal, Decimal, Decimal] | None  # lowest, median, highest
    grades: Mapping[Grade, int]
    known: Mapping[str, int]  # of each indicator, for how many firms there is a value
    everybody: GroupCheck
    in_force: GroupCheck


def check_list(reading: ListReading, card: Scorecard, on: date) -> OutcomeCheck:
    """Return how well `card` puts the companies with a pledged patent first, on day `on`."""
    firms = checked_firms(reading, card, on)
    coverages = sorted(firm.sheet.coverage for firm in firms)
    lines = [line for firm in firms for line in firm.sheet.lines]
    return OutcomeCheck(
        patents=len(reading.patents),
        pledged_patents=sum(map(is_pledged, reading.patents)),
        coverage=(coverages[0], Decimal(median(coverages)), coverages[-1]) if coverages else None,
        grades=Counter(firm.sheet.grade for firm in firms),
        known=Counter(line.code for line in lines if line.value is not None),
        everybody=check_group(firms),
        in_force=check_group([firm for firm in firms if firm.valid_patents]),
    )


def check_group(firms: Sequence[CheckedFirm]) -> GroupCheck:
    """Return how well each measure puts those of `firms` with a pledged patent first."""
    positives = [firm for firm in firms if firm.has_pledged]
    without = [firm for firm in firms if not firm.has_pledged]
    told = positives if min(len(positives), len(without)) >= FEWEST else []
    return GroupCheck(
        firms=len(firms),
        positives=len(positives),
        aucs={
            name: concordance(list(map(measure, told)), list(map(measure, without)))
            for name, measure in MEASURES.items()
        },
        within_size=_within_size(told, without),
        gain=concordance_gain(list(map(_both, told)), list(map(_both, without))),
    )


def checked_firms(reading: ListReading, card: Scorecard, on: date) -> list[CheckedFirm]:
    """Return every company of the list, scored from what the list tells without pledges.

    The cohorts are those of the list itself. A patent of several owners counts for each of them.
    """
    tells_flags = _tells_other_burdens(reading)
    facts = {
        listed.key: _facts(without_pledge(listed), tells_flags=tells_flags) for listed in reading.patents
    }
    cohorts = build_cohorts(facts.values())
    lapsed_listed = any(patent.validity is Validity.LAPSED for patent in facts.values())
    holdings = _of_companies(reading.patents)
    patents = [tuple(facts[listed.key] for listed in held) for held in holdings]
    firms = [FirmFacts(patents=held, lapsed_listed=lapsed_listed) for held in patents]
    sheets = score_many([(raw_values(firm, on, cohorts), {}) for firm in firms], card, data_as_of=on)
    return [
        CheckedFirm(
            sheet=sheet,
            patents=len(held),
            valid_patents=sum(patent.is_effective(on) for patent in held),
            has_pledged=any(map(is_pledged, listed)),
        )
        for sheet, held, listed in zip(sheets, patents, holdings, strict=True)
    ]


def is_pledged(listed: ListedPatent) -> bool:
    """Whether the list says of a patent that it is, or was, pledged: the outcome, never a fact here."""
    return Flag.PLEDGED in listed.flags or bool(listed.pledge_count) or bool(listed.pledgee)


def without_pledge(listed: ListedPatent) -> ListedPatent:
    """Return the patent as a list would tell it that knows of no pledges."""
    flags = listed.flags - {Flag.PLEDGED}
    return listed._replace(flags=flags, pledge_count=None, pledgee="", pledgor="")


def _tells_other_burdens(reading: ListReading) -> bool:
    """Whether the list would tell burdens other than pledges; its column of pledges proves nothing."""
    if ListField.LEGAL_EVENTS in reading.mapping.matches:
        return True
    return any(listed.flags - {Flag.PLEDGED} for listed in reading.patents)


def _of_companies(patents: Iterable[ListedPatent]) -> list[list[ListedPatent]]:
    """Return the patents of each company, by the key of its name; persons and public bodies are left out."""
    held: dict[str, list[ListedPatent]] = {}
    for listed in patents:
        for key in {owner.key: None for owner in listed.owners if owner.kind is ApplicantKind.COMPANY}:
            held.setdefault(key, []).append(listed)
    return list(held.values())


def _facts(listed: ListedPatent, *, tells_flags: bool) -> PatentFacts:
    return PatentFacts(
        number=listed.key,
        kind=listed.patent_kind,
        validity=listed.validity,
        filed_on=listed.filed_on,
        filing_year=listed.filing_year,
        granted_on=listed.granted_on,
        was_granted=listed.was_granted,
        expires_on=listed.expires_on,
        ipc_subclasses=subclasses_of(listed.ipc_main, listed.ipc_all),
        claims_count=listed.claims_count,
        cited_by_count=listed.cited_by_count,
        flags=listed.flags,
        tells_flags=tells_flags,
    )


def _within_size(with_pledge: Sequence[CheckedFirm], without: Sequence[CheckedFirm]) -> Concordance | None:
    measure = MEASURES["score"]
    bands = ([firm.size_band for firm in with_pledge], [firm.size_band for firm in without])
    return concordance(list(map(measure, with_pledge)), list(map(measure, without)), bands=bands)


def _both(firm: CheckedFirm) -> tuple[float, float]:
    return MEASURES["score"](firm), MEASURES["patents"](firm)


def check_as_numbers(found: OutcomeCheck) -> dict[str, Any]:
    """Return what was found as plain data, figures to four places."""
    names = ("lowest", "median", "highest")
    return {
        "patents": found.patents,
        "pledged_patents": found.pledged_patents,
        "coverage": None if found.coverage is None else dict(zip(names, found.coverage, strict=True)),
        "grades": {grade.value: found.grades.get(grade, 0) for grade in Grade},
        "indicators_known": dict(sorted(found.known.items())),
        "all_companies": _group_as_numbers(found.everybody),
        "with_a_valid_patent": _group_as_numbers(found.in_force),
    }


def _group_as_numbers(found: GroupCheck) -> dict[str, Any]:
    return {
        "firms": found.firms,
        "positives": found.positives,
        "auc": {name: _as_numbers(auc) for name, auc in found.aucs.items()},
        "auc_within_size": _as_numbers(found.within_size),
        "gain_over_patents": _as_numbers(found.gain),
    }


def _as_numbers(found: Concordance | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "value": _four(found.value),
        "error": _four(found.error),
        "low": _four(found.low),
        "high": _four(found.high),
        "pairs": found.pairs,
    }


def _four(value: float) -> Decimal:
    return Decimal(f"{value:.4f}")
