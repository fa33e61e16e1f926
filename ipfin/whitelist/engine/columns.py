"""Patents of many firms as columns of whole numbers, one firm after the other.

Decides how a patent becomes numbers: days as ordinals, words as places in their enum, -1 or 0 for what
is not known. What the numbers mean for an indicator is decided in `values`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from ipfin.kernel.calendar import add_months
from ipfin.kernel.identifiers import PatentKind
from ipfin.registry.statuses import Validity
from ipfin.whitelist.facts import FirmFacts, PatentFacts
from ipfin.whitelist.gates import flags_of
from ipfin.whitelist.indicators import ACQUIRED_MONTHS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Truths = NDArray[np.bool_]

KINDS: Final = {PatentKind.INVENTION: 0, PatentKind.UTILITY_MODEL: 1, PatentKind.DESIGN: 2, None: 3}
VALIDITIES: Final = {Validity.VALID: 0, Validity.PENDING: 1, Validity.LAPSED: 2, Validity.UNKNOWN: 3}
NO_NUMBER: Final = -1

Key = TypeVar("Key", bound=Hashable)


class Places(Generic[Key]):
    """Distinct values, numbered in the order in which they were met."""

    def __init__(self) -> None:
        self._place_of: dict[Key, int] = {}

    def of(self, key: Key) -> int:
        """Return the number of `key`."""
        return self._place_of.setdefault(key, len(self._place_of))

    @property
    def values(self) -> list[Key]:
        """The values by their number."""
        return list(self._place_of)


@dataclass(frozen=True)
class PatentColumns:
    """The patents of `firms` firms; those of firm i stand at `starts[i]` to `starts[i + 1]`.

    `end` and `half_until` are ordinals of days, 0 where there is none; `cell` and `subclass` are places in
    `cells` (year, main subclass) and `subclasses`. Patent p is of `share_of[p]` subclasses; the pairs
    (`pair_patent`, `subclass`), in the order of patents, tell which.
    """

    firms: int
    starts: Ints
    kind: Ints
    validity: Ints
    year: Ints
    end: Ints
    only_year: Truths
    half_until: Ints
    was_granted: Truths
    tells_flags: Truths
    is_burdened: Truths
    claims: Ints
    cited_by: Ints
    cell: Ints
    cells: Sequence[tuple[int, str]]
    share_of: Ints
    pair_patent: Ints
    subclass: Ints


def is_plain(facts: FirmFacts) -> bool:
    """Whether the columns can tell everything of a firm: twin pairs are left to the readable rules."""
    return not any(patent.is_twin for patent in facts.patents)


def columns_of(firms: Sequence[FirmFacts], on: date) -> PatentColumns:
    """Return the patents of `firms` (plain ones, `is_plain`) as columns for day `on`."""
    import numpy as np

    cells, subclasses = Places[tuple[int, str]](), Places[str]()
    spell = _speller(on, cells)
    rows: list[tuple[int, ...]] = []
    starts = [0]
    pairs: list[tuple[int, int]] = []
    shares: list[int] = []
    for facts in firms:
        for patent in facts.patents:
            distinct = set(patent.ipc_subclasses)
            pairs.extend((len(rows), subclasses.of(subclass)) for subclass in distinct)
            shares.append(len(distinct))
            rows.append(spell(patent))
        starts.append(len(rows))
    table = np.array(rows, dtype=np.int64).reshape(len(rows), 12).T
    paired = np.array(pairs, dtype=np.int64).reshape(len(pairs), 2).T
    truth = table.astype(np.bool_)
    return PatentColumns(
        firms=len(firms),
        starts=np.array(starts, dtype=np.int64),
        kind=table[0],
        validity=table[1],
        year=table[2],
        end=table[3],
        only_year=truth[4],
        half_until=table[5],
        was_granted=truth[6],
        tells_flags=truth[7],
        is_burdened=truth[8],
        claims=table[9],
        cited_by=table[10],
        cell=table[11],
        cells=cells.values,
        share_of=np.array(shares, dtype=np.int64),
        pair_patent=paired[0],
        subclass=paired[1],
    )


def _speller(on: date, cells: Places[tuple[int, str]]) -> Callable[[PatentFacts], tuple[int, ...]]:
    """Return the function that makes a row of numbers of a patent; terms are worked out once for each day."""
    ends: dict[Hashable, int] = {}

    def end_of(patent: PatentFacts) -> int:
        if patent.expires_on is not None:
            return patent.expires_on.toordinal()
        key = (patent.kind, patent.filed_on or patent.filing_year)
        if key not in ends:
            end = patent.term_end()
            ends[key] = 0 if end is None else end.toordinal()
        return ends[key]

    def spell(patent: PatentFacts) -> tuple[int, ...]:
        year = patent.year
        main = patent.ipc_subclasses[0] if patent.ipc_subclasses else ""
        acquired = patent.transferred_in_on
        return (
            KINDS[patent.kind],
            VALIDITIES[patent.validity],
            NO_NUMBER if year is None else year,
            end_of(patent),
            patent.tells_only_year,
            0 if acquired is None else add_months(acquired, ACQUIRED_MONTHS).toordinal(),
            patent.was_granted,
            patent.tells_flags,
            bool(patent.flags or patent.shown_grounds) and bool(flags_of(patent, on)),
            _number(patent.claims_count),
            _number(patent.cited_by_count),
            NO_NUMBER if year is None else cells.of((year, main)),
        )

    return spell


def _number(value: int | None) -> int:
    return NO_NUMBER if value is None else value


def split(firms: Iterable[FirmFacts]) -> tuple[list[int], list[int]]:
    """Return the places of the plain firms, and of those that are left to the readable rules."""
    plain: list[int] = []
    others: list[int] = []
    for place, facts in enumerate(firms):
        (plain if is_plain(facts) else others).append(place)
    return plain, others
