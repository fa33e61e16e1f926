"""What one patent adds to the counts that stand on its holders. Pure.

The same rule stands in `service.portfolio` as a query, which counts portfolios again; a test holds the two
together. Here it counts the firms that a list brings, whose patents are all in that list: they are written
once, with their counts, instead of being written, counted and written again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from ipfin.kernel.identifiers import PatentKind
from ipfin.registry.statuses import Validity

COUNTED: Final = (
    "patent_count",
    "granted_count",
    "valid_count",
    "valid_invention_count",
    "valid_utility_count",
    "valid_design_count",
    "pledged_count",
    "pending_count",
    "unknown_count",
)
"""The columns of an enterprise that are counted from its patents."""

NOTHING: Final = (0,) * len(COUNTED)
_TOLD: Final = ("was_granted", "validity", "kind", "is_pledged", "expires_on")
_BITS: Final = 32  # of one count, where all of a patent stand in one number


def counts_of(
    was_granted: bool,
    validity: Validity,
    kind: PatentKind | None,
    is_pledged: bool,
    expires_on: date | None,
    *,
    on: date,
) -> tuple[int, ...]:
    """Return what a patent adds on day `on`, in the order of `COUNTED`: 0 or 1 each."""
    is_valid = validity is Validity.VALID and (expires_on is None or expires_on > on)
    counts = (
        True,
        was_granted or is_valid,
        is_valid,
        is_valid and kind is PatentKind.INVENTION,
        is_valid and kind is PatentKind.UTILITY_MODEL,
        is_valid and kind is PatentKind.DESIGN,
        is_valid and is_pledged,
        validity is Validity.PENDING,
        validity is Validity.UNKNOWN,
    )
    return tuple(map(int, counts))


def totals(
    told: Mapping[str, Sequence[Any]], holders: Iterable[Iterable[int]], *, on: date
) -> dict[int, tuple[int, ...]]:
    """Return the counts of each holder, in the order of `COUNTED`.

    Args:
        told: the columns of the patents.
        holders: of each patent, each holder once.
        on: the day on which a patent must be in force to count as valid.
    """
    states = list(zip(*(told[name] for name in _TOLD), strict=True))
    # The counts of a patent in one number, so that adding one patent is one addition.
    packed = {state: _packed(counts_of(*state, on=on)) for state in set(states)}
    sums: dict[int, int] = {}
    for state, firms in zip(states, holders, strict=True):
        for firm in firms:
            sums[firm] = sums.get(firm, 0) + packed[state]
    return {firm: _unpacked(total) for firm, total in sums.items()}


def _packed(counts: Sequence[int]) -> int:
    return sum(count << place * _BITS for place, count in enumerate(counts))


def _unpacked(total: int) -> tuple[int, ...]:
    mask = (1 << _BITS) - 1
    return tuple(total >> place * _BITS & mask for place in range(len(COUNTED)))
