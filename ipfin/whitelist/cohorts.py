"""What patents of the same year and field are like: the measure for citations and claims.

Decides how a patent is compared with its cohort. A cohort is filing year x IPC subclass; one that is
small leans on its class, section and year. Counted once and then kept (`rebasing`): a later list adds
to no cohort, so that a firm's score never moves because another firm came in.

Source of the method: normalisation inside field and year as in the OECD patent quality indicators
(Squicciarini et al. 2013); the shrinkage and its strength are ours.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any, Final, NamedTuple

from ipfin.kernel.identifiers import PatentKind
from ipfin.whitelist.facts import PatentFacts
from ipfin.whitelist.scorecard import canonical_json

SHRINKAGE: Final = 10  # a cohort of ten patents weighs as much as its parent
SMALLEST_COHORT: Final = 8  # fewer make no percentile; the next wider group is taken
_PREFIXES: Final = (0, 1, 3, 4)  # year, IPC section, class, subclass: from wide to narrow

NO_GROUP: Final = -1
LOOKED_UP: Final = 512
"""Counts of claims below this have their rank in a table, which must not grow with a slip of the pen."""
_END: Final = 2**31  # after the claims of a group; no patent has so many

Cell = tuple[int, str]


class Measure(NamedTuple):
    """By which version of the cohorts a sheet was made, so that anybody can make it again."""

    version: int
    sha256: str


class Alike(NamedTuple):
    """Patents that no cohort can tell apart, counted."""

    year: int | None
    subclass: str  # the main one; "" when the list tells none
    kind: PatentKind | None
    claims: int | None
    cited_by: int | None
    patents: int


def cells_of(patent: PatentFacts) -> list[Cell]:
    """Return the groups that a patent belongs to, from its year down to its subclass.

    A patent without a filing year belongs to none: its age, and so its measure, is not known.
    """
    return cells_at(patent.year, patent.ipc_subclasses[0] if patent.ipc_subclasses else "")


def cells_at(year: int | None, main: str) -> list[Cell]:
    """Return the groups of a filing year and a main subclass."""
    if year is None:
        return []
    return [(year, main[:length]) for length in _PREFIXES if length <= len(main)]


class Steps(NamedTuple):
    """The claims of a cell, rising, and how many inventions lie below each of them and below the end."""

    claims: tuple[int, ...]
    below: tuple[int, ...]


@dataclass(frozen=True)
class Cohorts:
    """A whole list, counted. Made by `build_cohorts` or `count_cohorts`, kept by `as_bytes`.

    `citations` holds (patents, citations) of each cell; `claims` how many inventions of each cell have
    how many claims, as (claims, inventions) by rising claims.
    """

    citations: Mapping[Cell, tuple[int, int]]
    claims: Mapping[Cell, tuple[tuple[int, int], ...]]

    def mean_of(self, cells: Iterable[Cell]) -> float:
        """Return the citations to be expected of a patent of these cells (wide to narrow).

        The mean of a cell is (n·m + k·parent)/(n + k) with k = 10; a year leans on the whole list.
        """
        count, total = self._whole
        mean = total / count if count else 0.0
        for cell in cells:
            count, total = self.citations.get(cell, (0, 0))
            mean = (total + SHRINKAGE * mean) / (count + SHRINKAGE)
        return mean

    def mean_at(self, place: Cell) -> float:
        """Return `mean_of` the cells of a filing year and a main subclass, worked out once."""
        found = self._means.get(place)
        if found is None:
            found = self._means[place] = self.mean_of(cells_at(*place))
        return found

    def normalised_citations(self, patent: PatentFacts) -> float | None:
        """Return how many times its cohort's mean a patent is cited; None when that is not known."""
        cells = cells_of(patent)
        if patent.cited_by_count is None or not cells:
            return None
        mean = self.mean_of(cells)
        return patent.cited_by_count / mean if mean else 0.0

    def claims_percentile(self, patent: PatentFacts) -> tuple[int, int] | None:
        """Return the mid-rank of a patent's claims among inventions like it, as (part, whole).

        The narrowest group of at least eight inventions decides; None when even the year has fewer.
        """
        claims = patent.claims_count
        return None if claims is None else self.rank_of(cells_of(patent), claims)

    def rank_of(self, cells: Sequence[Cell], claims: int) -> tuple[int, int] | None:
        """Return the mid-rank of `claims` in the narrowest large enough of `cells` (wide to narrow)."""
        cell = self.deciding(cells)
        if cell is None:
            return None
        values, below = self._ranks[cell]
        place = bisect_left(values, claims)
        equal = below[place + 1] - below[place] if values[place : place + 1] == (claims,) else 0
        return 2 * below[place] + equal, 2 * below[-1]

    def deciding(self, cells: Sequence[Cell]) -> Cell | None:
        """Return the narrowest of `cells` (wide to narrow) that is large enough to rank claims in."""
        for cell in reversed(cells):
            if cell in self._ranks and self._ranks[cell].below[-1] >= SMALLEST_COHORT:
                return cell
        return None

    def group_at(self, place: Cell) -> int:
        """Return the number of the group that decides at a filing year and a main subclass, or `NO_GROUP`."""
        found = self._groups.get(place)
        if found is None:
            cell = self.deciding(cells_at(*place))
            found = self._groups[place] = NO_GROUP if cell is None else self._number_of[cell]
        return found

    @cached_property
    def claims_table(self) -> tuple[Any, Any, Any]:
        """All groups in one row for the engine: (group, claims) as one number, how many lie below; the sizes.

        Each group ends with a step that no count of claims reaches.
        """
        import numpy as np

        rows = list(self._ranks.values())
        keys = [(place << 32) + claims for place, row in enumerate(rows) for claims in (*row.claims, _END)]
        below = [count for row in rows for count in row.below]
        whole = [row.below[-1] for row in rows]
        return tuple(np.array(each, dtype=np.int64) for each in (keys, below, whole))  # type: ignore[return-value]

    @cached_property
    def claims_ranks(self) -> tuple[Any, Any]:
        """Where each group begins in a long row of doubled mid-ranks, and that row: an entry a claims count.

        From 0 to one beyond the most of the group, which is also for all that have more, but at most to
        `LOOKED_UP`: counts from there on are searched in `claims_table`.
        """
        import numpy as np

        most = np.array([row.claims[-1] for row in self._ranks.values()], dtype=np.int64)
        sizes = np.minimum(most + 2, LOOKED_UP + 1)
        first = np.concatenate(([0], np.cumsum(sizes)))
        group = np.repeat(np.arange(len(sizes)), sizes)
        return first, self.doubled_ranks(group, np.arange(len(group)) - first[group])

    def doubled_ranks(self, group: Any, claims: Any) -> Any:
        """Return twice the mid-rank of each count of claims in a group (by its number): searched."""
        import numpy as np

        keys, below, _whole = self.claims_table
        key = (group << 32) + claims
        at = np.searchsorted(keys, key)
        return 2 * below[at] + np.where(
            keys[at] == key, below[np.minimum(at + 1, len(below) - 1)] - below[at], 0
        )

    @property
    def patents_count(self) -> int:
        """How many patents with a year and a citation count were counted."""
        return self._whole[0]

    @cached_property
    def fingerprint(self) -> str:
        """The digest of everything that a firm's values may depend on: that of `as_bytes`."""
        return hashlib.sha256(self.as_bytes()).hexdigest()

    def as_bytes(self) -> bytes:
        """Return the one spelling of the cohorts: canonical JSON, in the order of year and field."""
        return canonical_json(
            {
                "citations": sorted([*cell, *counts] for cell, counts in self.citations.items()),
                "claims": sorted([*cell, [list(row) for row in rows]] for cell, rows in self.claims.items()),
            }
        )

    @classmethod
    def from_bytes(cls, stored: bytes) -> Cohorts:
        """Return the cohorts that `as_bytes` spelled."""
        content: dict[str, list[list[Any]]] = json.loads(stored)
        return cls(
            {(year, field): (count, total) for year, field, count, total in content["citations"]},
            {
                (year, field): tuple((claims, count) for claims, count in rows)
                for year, field, rows in content["claims"]
            },
        )

    @cached_property
    def _whole(self) -> tuple[int, int]:
        years = [counts for (_year, prefix), counts in self.citations.items() if not prefix]
        return sum(count for count, _total in years), sum(total for _count, total in years)

    @cached_property
    def _groups(self) -> dict[Cell, int]:
        return {}

    @cached_property
    def _number_of(self) -> dict[Cell, int]:
        return {cell: place for place, cell in enumerate(self._ranks)}

    @cached_property
    def _means(self) -> dict[Cell, float]:
        return {}

    @cached_property
    def _ranks(self) -> dict[Cell, Steps]:
        return {
            cell: Steps(
                tuple(claims for claims, _count in rows),
                tuple(accumulate((count for _claims, count in rows), initial=0)),
            )
            for cell, rows in self.claims.items()
        }


def build_cohorts(patents: Iterable[PatentFacts]) -> Cohorts:
    """Return the cohorts of a list. A patent that several firms own counts once, by its number."""
    distinct = {patent.number: patent for patent in reversed(list(patents))}
    return count_cohorts(
        Alike(
            patent.year,
            patent.ipc_subclasses[0] if patent.ipc_subclasses else "",
            patent.kind,
            patent.claims_count,
            patent.cited_by_count,
            1,
        )
        for patent in distinct.values()
    )


def count_cohorts(groups: Iterable[Alike]) -> Cohorts:
    """Return the cohorts of patents that were counted group by group. Designs belong to none."""
    citations: dict[Cell, tuple[int, int]] = {}
    claims: dict[Cell, Counter[int]] = {}
    for group in groups:
        if group.kind is PatentKind.DESIGN:
            continue
        for cell in cells_at(group.year, group.subclass):
            if group.cited_by is not None:
                count, total = citations.get(cell, (0, 0))
                citations[cell] = (count + group.patents, total + group.cited_by * group.patents)
            if group.claims is not None and group.kind is PatentKind.INVENTION:
                claims.setdefault(cell, Counter())[group.claims] += group.patents
    return Cohorts(citations, {cell: tuple(sorted(counts.items())) for cell, counts in claims.items()})
