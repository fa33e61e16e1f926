"""Columns of official numbers, for lists in which nearly every cell holds another one.

Decides nothing: what a number is worth stands in `identifiers`, and a test holds both to the same answers.
A call for each of a hundred thousand numbers costs more than all else that is asked of their rows, so those
that are written alike are taken apart together: the n-th characters of all of them are one row of bytes (a
lane), and whole lanes are looked up and added. Such numbers differ in the serial alone, so the rule itself is
asked once for each beginning or ending. Whatever is not written plainly, or does not check, is put to the
rule by itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, TypeVar

from ipfin.kernel.errors import BadInput
from ipfin.kernel.identifiers import (
    ApplicationNumber,
    PatentKind,
    PublicationNumber,
    application_check_digit,
    parse_application_number,
    parse_publication_number,
)

T = TypeVar("T")

_DIGITS: Final = "0123456789"
_CHECK_DIGITS: Final = "0123456789X"
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LENGTH: Final = 12  # digits of an application number without the check digit
_BEGINNING: Final = 5  # of these, the digits that tell year and kind
Told = ApplicationNumber | PublicationNumber | BadInput | None


@dataclass(slots=True)
class ApplicationColumn:
    """The application numbers of every row, part by part; None where a row has none."""

    canonical: list[str | None]
    years: list[int | None]
    kinds: list[PatentKind | None]
    is_pct: list[bool]
    odd: dict[int, Told] = field(default_factory=dict)  # by place: all but the plain ones that check

    def put(self, place: int, number: Told) -> None:
        """Let a row have a number, or none where it is not one."""
        told = number if isinstance(number, ApplicationNumber) else None
        self.canonical[place] = told.canonical if told else None
        self.years[place] = told.year if told else None
        self.kinds[place] = told.kind if told else None
        self.is_pct[place] = told is not None and told.is_pct


@dataclass(slots=True)
class PublicationColumn:
    """The publication numbers of every row, part by part; None where a row has none."""

    canonical: list[str | None]
    roots: list[str | None]
    kinds: list[PatentKind | None]
    is_grant: list[bool | None]
    odd: dict[int, Told] = field(default_factory=dict)  # by place: all but the plain Chinese ones

    def put(self, place: int, number: Told) -> None:
        """Let a row have a number, or none where it is not one."""
        told = number if isinstance(number, PublicationNumber) else None
        self.canonical[place] = told.canonical if told else None
        self.roots[place] = told.root if told else None
        self.kinds[place] = told.patent_kind if told else None
        self.is_grant[place] = told.is_grant if told else None


# --- Application numbers ---------------------------------------------------------------------------

# How they are written plainly, by length: where the digits begin, and what stands before the check digit.
_SHAPES: Final = {16: (2, "."), 15: (2, ""), 14: (0, "."), 13: (0, "")}


def application_column(
    texts: Sequence[str] | None, count: int, rule: Callable[[str], Told]
) -> ApplicationColumn:
    """Return the application numbers of a column of `count` cells; None for a column that is not there.

    Args:
        rule: what is said of a cell that is not written plainly, or does not check.
    """
    if texts is None:
        none: list[Any] = [None] * count
        return ApplicationColumn(none, none[:], none[:], [False] * count, dict.fromkeys(range(count)))
    length = _commonest(texts, _SHAPES)
    start, point = _SHAPES[length]
    end = start + _LENGTH
    lanes = _lanes(texts, length)
    odd = _strangers(lanes, [*"CN"[:start], *[_DIGITS] * _LENGTH, *point, _CHECK_DIGITS])
    odd |= _number(_check_digits(lanes[start:end])) ^ _number(lanes[-1])
    beginnings = [text[start : start + _BEGINNING] for text in texts]
    told = _asked(beginnings, _of_beginning)
    by_pct = {one for one, number in told.items() if number.is_pct}
    column = ApplicationColumn(
        [text[start:] for text in texts] if point else [f"{text[start:end]}.{text[end:]}" for text in texts],
        list(map({one: number.year for one, number in told.items()}.get, beginnings)),
        list(map({one: number.kind for one, number in told.items()}.get, beginnings)),
        [one in by_pct for one in beginnings],
    )
    _put_odd(column, texts, _places(odd, len(texts)) | _without(beginnings, told), rule)
    return column


def _of_beginning(digits: str) -> ApplicationNumber:
    if not (digits.isascii() and digits.isdigit()):
        raise BadInput("not plain")
    return parse_application_number(digits.ljust(_LENGTH, "0"))


def _check_digits(lanes: Sequence[bytes]) -> bytes:
    """Return the check digits that belong to lanes of digits; each adds its part of the sum, modulo 11."""
    total = sum(_number(lane.translate(_weighted(place))) for place, lane in enumerate(lanes))
    return total.to_bytes(len(lanes[0]), "little").translate(_remainders())


@cache
def _weighted(place: int) -> bytes:
    """Return the table from a digit at `place` to its part of the sum, as the rule tells it."""
    table = bytearray(256)
    for digit in _DIGITS:
        alone = digit.rjust(place + 1, "0").ljust(_LENGTH, "0")
        table[ord(digit)] = _CHECK_DIGITS.index(application_check_digit(alone))
    return bytes(table)


@cache
def _remainders() -> bytes:
    return bytes(ord(_CHECK_DIGITS[total % len(_CHECK_DIGITS)]) for total in range(256))


# --- Publication numbers ---------------------------------------------------------------------------

_SERIAL_ENDS: Final = {10: 9, 11: 9, 12: 11, 13: 11}  # CN, 7 or 9 digits, the kind code: by length


def publication_column(
    texts: Sequence[str] | None, count: int, rule: Callable[[str], Told]
) -> PublicationColumn:
    """Return the publication numbers of a column of `count` cells; None for a column that is not there.

    Args:
        rule: what is said of a cell that is not a Chinese number, or not written plainly.
    """
    if texts is None:
        none: list[Any] = [None] * count
        return PublicationColumn(none, none[:], none[:], none[:])
    length = _commonest(texts, _SERIAL_ENDS)
    end = _SERIAL_ENDS[length]
    lanes = _lanes(texts, length)
    code = [_LETTERS, _DIGITS][: length - end]
    odd = _strangers(lanes, ["C", "N", *[_DIGITS] * (end - 2), *code])
    # The first digit of the serial and the kind code tell all but the serial; one slice is one text less.
    ends = [text[2 :: end - 2] if len(code) == 1 else text[2:3] + text[end:] for text in texts]
    told = _asked(ends, lambda one: _of_ends(one, end))
    letters = {one: number.root[end:] for one, number in told.items()}
    roots = [text[:end] for text in texts]
    if any(letters.values()):
        roots = [root + letters.get(one, "") for root, one in zip(roots, ends, strict=True)]
    column = PublicationColumn(
        list(texts),
        list(roots),
        list(map({one: number.patent_kind for one, number in told.items()}.get, ends)),
        list(map({one: number.is_grant for one, number in told.items()}.get, ends)),
    )
    _put_odd(column, texts, _places(odd, len(texts)) | _without(ends, told), rule)
    return column


def _of_ends(ends: str, end: int) -> PublicationNumber:
    sample = f"CN{ends[:1].ljust(end - 2, '0')}{ends[1:]}"
    number = parse_publication_number(sample)
    if number.canonical != sample or number.kind_code != ends[1:]:
        raise BadInput("not plain")  # what looks like a kind code is something else
    return number


# --- Lanes -----------------------------------------------------------------------------------------


def _commonest(texts: Sequence[str], shapes: Collection[int]) -> int:
    """Return the length of most texts, among those that have a shape."""
    counts = Counter(map(len, texts))
    return max(shapes, key=lambda length: counts[length])


def _lanes(texts: Sequence[str], length: int) -> list[bytes]:
    """Return the n-th characters of all texts, for each n. One of another length is all question marks."""
    together = "".join(texts)
    if set(map(len, texts)) != {length}:
        together = "".join([text if len(text) == length else "?" * length for text in texts])
    one_byte_each = together.encode("latin-1", "replace")
    return [one_byte_each[place::length] for place in range(length)]


def _number(lane: bytes) -> int:
    """Return a lane as one long number: lanes are added and compared at once while no byte runs over."""
    return int.from_bytes(lane, "little")


def _strangers(lanes: Sequence[bytes], allowed: Sequence[str]) -> int:
    """Return a lane that is 0 where every character is one that may stand at its place."""
    return sum(_number(lane.translate(_not_among(some))) for lane, some in zip(lanes, allowed, strict=True))


@cache
def _not_among(allowed: str) -> bytes:
    return bytes(chr(code) not in allowed for code in range(256))


def _places(lane: int, count: int) -> set[int]:
    """Return where a lane is not 0."""
    return {found.start() for found in re.finditer(rb"[^\0]", lane.to_bytes(count, "little"))}


def _without(keys: Sequence[str], told: Mapping[str, Any]) -> set[int]:
    """Return the places of the keys of which the rule would say nothing."""
    if set(keys) == set(told):
        return set()
    return {place for place, key in enumerate(keys) if key not in told}


def _asked(keys: Iterable[str], rule: Callable[[str], T]) -> dict[str, T]:
    """Return what the rule says of each distinct key; what it refuses is left out."""
    told: dict[str, T] = {}
    for key in set(keys):
        try:
            told[key] = rule(key)
        except BadInput:
            continue
    return told


def _put_odd(
    column: ApplicationColumn | PublicationColumn,
    texts: Sequence[str],
    places: set[int],
    rule: Callable[[str], Told],
) -> None:
    known: dict[str, Told] = {}
    for place in sorted(places):
        text = texts[place]
        if text not in known:
            known[text] = rule(text)
        column.odd[place] = known[text]
        column.put(place, known[text])
