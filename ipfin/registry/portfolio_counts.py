"""What one patent adds to the counts that stand on its holders. Pure.

The same rule stands in `service.portfolio` as a query, which counts portfolios again; a test holds the two
together. Here it counts the firms that a list brings, whose patents are all in that list: they are written
once, with their counts, instead of being written, counted and written again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from struct import Struct
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
_UNPACKED: Final = Struct(f"<{len(COUNTED)}I")


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
    told: Mapping[str, Sequence[Any]],
    groups: Iterable[int],
    holders: Mapping[int, Collection[int]],
    *,
    on: date,
) -> dict[int, tuple[int, ...]]:
    """Return the counts of each holder, in the order of `COUNTED`.

    Args:
        told: the columns of the patents.
        groups: of each patent, which holders hold it together.
        holders: of each such group, each holder once.
        on: the day on which a patent must be in force to count as valid.
    """
    states = list(zip(*(told[name] for name in _TOLD), strict=True))
    # The counts of a patent in one number, so that adding one patent is one addition; and there are few of
    # them, so that patents of one group that count alike are added at once.
    packed = {state: _packed(counts_of(*state, on=on)) for state in set(states)}
    together = Counter(zip(groups, map(packed.__getitem__, states), strict=True))
    sums: dict[int, int] = {}
    for (group, counts), patents in together.items():
        for firm in holders[group]:
            sums[firm] = sums.get(firm, 0) + counts * patents
    return {firm: _UNPACKED.unpack(total.to_bytes(_UNPACKED.size, "little")) for firm, total in sums.items()}


def _packed(counts: Sequence[int]) -> int:
    return sum(count << place * _BITS for place, count in enumerate(counts))
