"""Reading of agreed-talks instances in MiniZinc data form (.dzn): an adapter of the benchmark, not of the
product.

Knows the fields nBusiness, nMeetings, nTables, nTotalSlots, nMorningSlots, requested (participant,
participant,
session: 1 morning, 2 afternoon, 3 any), forbidden, fixed (0: none) and precedences (talks that must be
earlier). The redundant lists of talks per participant are not read: in published files they are off by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TOKEN = re.compile(r"\s+|%[^\n]*|(?P<token>[A-Za-z_]\w*|-?\d+|\.\.|\[\||\|\]|[][{}()|,;=])")
MORNING, AFTERNOON, ANY = 1, 2, 3


class NotReadable(ValueError):
    """The file is no such instance; the message says why."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance as its file says it; participants, talks and slots are counted from 1.

    Args:
        requested: (participant, participant, session) of every talk.
        forbidden: the slots that each participant cannot have.
        fixed: the slot of every talk, 0 when it is free.
        earlier: the talks that must be earlier than each talk.
    """

    name: str
    participants: int
    tables: int
    slots: int
    morning: int
    requested: tuple[tuple[int, int, int], ...]
    forbidden: tuple[frozenset[int], ...]
    fixed: tuple[int, ...]
    earlier: tuple[frozenset[int], ...]


def read(path: Path) -> Instance:
    """Read one file.

    Raises:
        NotReadable: it is not complete, or contradicts itself in its numbers.
    """
    try:
        fields = _fields(path.read_text(encoding="utf-8-sig"))
        instance = _instance(path.stem, fields)
    except NotReadable:
        raise
    except (KeyError, ValueError, TypeError, StopIteration, IndexError) as error:
        raise NotReadable(f"{type(error).__name__}: {error}") from error
    _check(instance)
    return instance


def _instance(name: str, fields: dict[str, Any]) -> Instance:
    requested = _rows(fields["requested"])
    people, talks = fields["nBusiness"], len(requested)
    if fields.get("nMeetings", talks) != talks:
        raise NotReadable(f"{talks} talks requested, {fields['nMeetings']} announced")
    return Instance(
        name,
        people,
        fields["nTables"],
        fields["nTotalSlots"],
        fields.get("nMorningSlots", fields["nTotalSlots"]),
        requested,
        _sets(fields.get("forbidden"), people),
        tuple(fields.get("fixed") or [0] * talks),
        _sets(fields.get("precedences"), talks),
    )


def _rows(given: list[Any]) -> tuple[tuple[int, int, int], ...]:
    flat = [number for row in given for number in (row if isinstance(row, list) else [row])]
    if len(flat) % 3:
        raise NotReadable("the talks are no rows of three")
    return tuple((flat[at], flat[at + 1], flat[at + 2]) for at in range(0, len(flat), 3))


def _sets(given: list[Any] | None, count: int) -> tuple[frozenset[int], ...]:
    if not given:
        return (frozenset(),) * count
    return tuple(frozenset([one] if isinstance(one, int) else one) - {0} for one in given)


def _check(instance: Instance) -> None:
    """Refuse numbers that point nowhere."""
    talks, people = range(1, len(instance.requested) + 1), range(1, instance.participants + 1)
    slots = range(instance.slots + 1)
    wrong = [
        (len(instance.forbidden) != len(people), "forbidden slots of another number of participants"),
        (len(instance.fixed) != len(talks), "fixed slots of another number of talks"),
        (len(instance.earlier) != len(talks), "precedences of another number of talks"),
        (any(p not in people for a, b, _ in instance.requested for p in (a, b)), "unknown participant"),
        (any(s not in (MORNING, AFTERNOON, ANY) for _, _, s in instance.requested), "unknown session"),
        (any(t not in slots for some in instance.forbidden for t in some), "unknown forbidden slot"),
        (any(t not in slots for t in instance.fixed), "unknown fixed slot"),
        (any(t not in talks for some in instance.earlier for t in some), "unknown talk in a precedence"),
    ]
    for is_wrong, what in wrong:
        if is_wrong:
            raise NotReadable(what)


def _fields(text: str) -> dict[str, Any]:
    """Every `name = value;` of the file."""
    tokens = _Tokens(text)
    fields: dict[str, Any] = {}
    while tokens.next is not None:
        name = tokens.take()
        tokens.expect("=")
        fields[name] = _value(tokens)
        if tokens.next == ";":
            tokens.take()
    return fields


class _Tokens:
    """The words of the file with one of them seen ahead."""

    def __init__(self, text: str) -> None:
        self._all = _tokens(text)
        self.next: str | None = next(self._all, None)

    def take(self) -> str:
        if self.next is None:
            raise NotReadable("the file ends in the middle of a value")
        word, self.next = self.next, next(self._all, None)
        return word

    def expect(self, word: str) -> None:
        found = self.take()
        if found != word:
            raise NotReadable(f"{word} expected, {found} found")


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise NotReadable(f"unknown sign {text[at]!r}")
        at = match.end()
        if match["token"]:
            yield match["token"]


def _value(tokens: _Tokens) -> Any:
    """A number, a range, a set, a list, a table, or array1d/array2d(index sets, list)."""
    word = tokens.take()
    if word == "{":
        return frozenset(_flat(_until(tokens, "}")))
    if word == "[":
        return _until(tokens, "]")
    if word == "[|":
        return _until(tokens, "|]")
    if word.startswith("array"):
        tokens.expect("(")
        return _until(tokens, ")")[-1]
    number = int(word)
    if tokens.next == "..":
        tokens.take()
        return frozenset(range(number, int(tokens.take()) + 1))
    return number


def _until(tokens: _Tokens, end: str) -> list[Any]:
    members = []
    while tokens.next != end:
        if tokens.next in (",", "|"):
            tokens.take()
            continue
        members.append(_value(tokens))
    tokens.take()
    return members


def _flat(members: list[Any]) -> Iterator[int]:
    for member in members:
        if isinstance(member, int):
            yield member
        else:
            yield from member
