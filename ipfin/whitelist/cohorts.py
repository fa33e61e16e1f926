"""What patents of the same year and field are like: the measure for citations and claims.

Decides how a patent is compared with its cohort. A cohort is filing year x IPC subclass; one that is
small leans on its class, section and year. Built once from the whole list, then asked for every firm,
so that firms are never compared with each other directly.

Source of the method: normalisation inside field and year as in the OECD patent quality indicators
(Squicciarini et al. 2013); the shrinkage and its strength are ours.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from ipfin.kernel.identifiers import PatentKind
from ipfin.registry.statuses import Validity
from ipfin.whitelist.facts import PatentFacts
from ipfin.whitelist.scorecard import canonical_json

SHRINKAGE: Final = 10  # a cohort of ten patents weighs as much as its parent
SMALLEST_COHORT: Final = 8  # fewer make no percentile; the next wider group is taken
_PREFIXES: Final = (0, 1, 3, 4)  # year, IPC section, class, subclass: from wide to narrow

Cell = tuple[int, str]


def cells_of(patent: PatentFacts) -> list[Cell]:
    """Return the groups that a patent belongs to, from its year down to its subclass.

    A patent without a filing year belongs to none: its age, and so its measure, is not known.
    """
    if patent.year is None:
        return []
    main = patent.ipc_subclasses[0] if patent.ipc_subclasses else ""
    return [(patent.year, main[:length]) for length in _PREFIXES if length <= len(main)]


@dataclass(frozen=True)
class Cohorts:
    """The whole list, counted. Made by `build_cohorts`.

    `citations` holds (patents, citations) of each cell, `claims` the sorted claim counts of the
    inventions of each cell. `lapsed_listed` says whether the list names lapsed patents at all.
    """

    citations: Mapping[Cell, tuple[int, int]]
    claims: Mapping[Cell, tuple[int, ...]]
    lapsed_listed: bool

    def normalised_citations(self, patent: PatentFacts) -> float | None:
        """Return how many times its cohort's mean a patent is cited; None when that is not known.

        The mean of a cell is (n·m + k·parent)/(n + k) with k = 10; a year leans on the whole list.
        """
        cells = cells_of(patent)
        if patent.cited_by_count is None or not cells:
            return None
        count, total = self._whole
        mean = total / count if count else 0.0
        for cell in cells:
            count, total = self.citations.get(cell, (0, 0))
            mean = (total + SHRINKAGE * mean) / (count + SHRINKAGE)
        return patent.cited_by_count / mean if mean else 0.0

    def claims_percentile(self, patent: PatentFacts) -> float | None:
        """Return the mid-rank of a patent's claims among inventions like it, 0 to 1.

        The narrowest group of at least eight inventions decides; None when even the year has fewer.
        """
        claims = patent.claims_count
        if claims is None:
            return None
        for cell in reversed(cells_of(patent)):
            peers = self.claims.get(cell, ())
            if len(peers) >= SMALLEST_COHORT:
                less = bisect_left(peers, claims)
                return (less + bisect_right(peers, claims)) / 2 / len(peers)
        return None

    @cached_property
    def fingerprint(self) -> str:
        """The digest of everything that a firm's values may depend on."""
        content = {
            "citations": sorted([*cell, *counts] for cell, counts in self.citations.items()),
            "claims": sorted([*cell, list(counts)] for cell, counts in self.claims.items()),
            "lapsed_listed": self.lapsed_listed,
        }
        return hashlib.sha256(canonical_json(content)).hexdigest()

    @cached_property
    def _whole(self) -> tuple[int, int]:
        years = [counts for (_year, prefix), counts in self.citations.items() if not prefix]
        return sum(count for count, _total in years), sum(total for _count, total in years)


def build_cohorts(patents: Iterable[PatentFacts]) -> Cohorts:
    """Return the cohorts of a list. A patent that several firms own counts once, by its number."""
    citations: dict[Cell, tuple[int, int]] = {}
    claims: dict[Cell, list[int]] = {}
    seen: set[str] = set()
    lapsed_listed = False
    for patent in patents:
        if patent.number in seen:
            continue
        seen.add(patent.number)
        lapsed_listed = lapsed_listed or patent.validity is Validity.LAPSED
        if patent.kind is PatentKind.DESIGN:
            continue
        for cell in cells_of(patent):
            if patent.cited_by_count is not None:
                count, total = citations.get(cell, (0, 0))
                citations[cell] = (count + 1, total + patent.cited_by_count)
            if patent.claims_count is not None and patent.kind is PatentKind.INVENTION:
                claims.setdefault(cell, []).append(patent.claims_count)
    ordered = {cell: tuple(sorted(counts)) for cell, counts in claims.items()}
    return Cohorts(citations, ordered, lapsed_listed)
