"""How alike two short strings are: Jaro-Winkler, written to be read.

Source: W. E. Winkler, String Comparator Metrics and Enhanced Decision Rules in the Fellegi-Sunter Model
of Record Linkage (1990). One character in a Chinese name weighs as much as a word in English: a high
figure never makes two firms one, it only asks a person.
"""

from __future__ import annotations

from typing import Final

PREFIX_WEIGHT: Final = 0.1
LONGEST_PREFIX: Final = 4


def jaro(left: str, right: str) -> float:
    """Return the mean of the shares of common characters in both and of those in the same order, 0 to 1."""
    if left == right:
        return 1.0
    if not left or not right:
        return 0.0
    pairs = _common(left, right)
    if not pairs:
        return 0.0
    ordered = sorted(place for _, place in pairs)
    moved = sum(left[i] != right[j] for (i, _), j in zip(pairs, ordered, strict=True)) / 2
    common = len(pairs)
    return (common / len(left) + common / len(right) + (common - moved) / common) / 3


def _common(left: str, right: str) -> list[tuple[int, int]]:
    """Return the places of characters that both have no farther apart than half the longer string."""
    reach = max(max(len(left), len(right)) // 2 - 1, 0)
    free = set(range(len(right)))
    pairs = []
    for i, character in enumerate(left):
        for j in range(max(0, i - reach), min(len(right), i + reach + 1)):
            if j in free and right[j] == character:
                free.discard(j)
                pairs.append((i, j))
                break
    return pairs


def jaro_winkler(left: str, right: str) -> float:
    """Return `jaro`, raised for a common beginning of up to four characters."""
    base = jaro(left, right)
    prefix = 0
    for a, b in zip(left[:LONGEST_PREFIX], right[:LONGEST_PREFIX], strict=False):
        if a != b:
            break
        prefix += 1
    return base + prefix * PREFIX_WEIGHT * (1 - base)


def differs_by_one(left: str, right: str) -> bool:
    """Whether two strings of one length differ in exactly one place."""
    return len(left) == len(right) and sum(a != b for a, b in zip(left, right, strict=True)) == 1
