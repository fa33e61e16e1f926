"""How guessable a password is: what is left of it once everything that guessers try first is taken away.

Decides the patterns (common words, runs on the keyboard, sequences, repetition, dates and phone numbers)
and counts what they do not explain. Whether that is enough is decided in `passwords`.

The word list (common_words.txt) is our own: the stems that stand in every list of leaked passwords, Western
and Chinese, without their decorations. `Password2024!`, `P@ssw0rd` and `password123456` are all one stem
plus patterns, so a few hundred stems refuse far more than ten thousand literal passwords would.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final


class Pattern(StrEnum):
    """What a part of a password is made of."""

    WORD = "word"  # 常见词
    SEQUENCE = "sequence"  # 连续字符
    KEYBOARD = "keyboard"  # 键盘相邻键
    REPEAT = "repeat"  # 重复
    NUMBER = "number"  # 日期、年份、手机号


@dataclass(frozen=True, slots=True)
class Guess:
    """What guessing a password takes.

    `effort` counts the characters that no pattern explains, and each explained part as one more.
    `pattern` is the one that explains most; None when none explains anything.
    """

    effort: int
    pattern: Pattern | None


_WORD_LIST: Final = Path(__file__).with_name("common_words.txt")

_ROWS: Final = ("`1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "!@#$%^&*()_+")
_COLUMNS: Final = ("1qaz", "2wsx", "3edc", "4rfv", "5tgb", "6yhn", "7ujm", "8ik,", "9ol.", "0p;/")
_PADS: Final = ("789", "456", "123", "147", "258", "369", "159", "357")
_LEET: Final = str.maketrans("0134578@$!", "oleasteasi")
_LEET_I: Final = str.maketrans("0134578@$!", "oieasteasi")
_SHORTEST_SEQUENCE: Final = 3
_SHORTEST_RUN: Final = 4

_DATE: Final = re.compile(r"(?:19|20)\d\d(?:[-./]?(?:0?[1-9]|1[0-2])[-./]?(?:0?[1-9]|[12]\d|3[01]))?")
_PHONE: Final = re.compile(r"1[3-9]\d{9}")
_SAME: Final = re.compile(r"(.)\1{2,}", re.DOTALL)
_BLOCK: Final = re.compile(r"(.{2,}?)\1+", re.DOTALL)


def guess(password: str) -> Guess:
    """Return what guessing `password` takes, longest pattern first and no character counted twice.

    What is one piece written several times takes no more than the piece and the repeating.
    """
    return _guess(password.casefold())


def _guess(plain: str) -> Guess:
    found = _by_parts(plain)
    for length in range(1, len(plain) // 2 + 1):
        if len(plain) % length == 0 and plain == plain[:length] * (len(plain) // length):
            effort = _guess(plain[:length]).effort + 1
            if effort < found.effort:
                found = Guess(effort, Pattern.REPEAT)
    return found


def _by_parts(plain: str) -> Guess:
    parts = sorted(_parts(plain), key=lambda part: (part[0] - part[1], part[0]))
    taken = [False] * len(plain)
    explained: Counter[Pattern] = Counter()
    count = 0
    for start, end, pattern in parts:
        if not any(taken[start:end]):
            taken[start:end] = [True] * (end - start)
            explained[pattern] += end - start
            count += 1
    main = explained.most_common(1)[0][0] if explained else None
    return Guess(taken.count(False) + count, main)


def spellings(text: str) -> frozenset[str]:
    """Return `text` in lower case, as it is and with the usual look-alikes (4 for a, $ for s) undone."""
    lower = text.casefold()
    return frozenset({lower, lower.translate(_LEET), lower.translate(_LEET_I)})


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Return the stems of the word list."""
    lines = _WORD_LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _parts(plain: str) -> Iterator[tuple[int, int, Pattern]]:
    """Yield start, end and kind of everything in `plain` that a pattern explains."""
    yield from _words(plain)
    yield from _sequences(plain)
    yield from _runs(plain)
    for found in _SAME.finditer(plain):
        yield found.start(), found.end(), Pattern.REPEAT
    for found in _BLOCK.finditer(plain):
        yield found.start() + len(found[1]), found.end(), Pattern.REPEAT
    for number in (_DATE, _PHONE):
        for found in number.finditer(plain):
            yield found.start(), found.end(), Pattern.NUMBER


def _words(plain: str) -> Iterator[tuple[int, int, Pattern]]:
    for variant in spellings(plain):
        for word in common_words():
            kind = Pattern.NUMBER if word.isdigit() else Pattern.WORD
            at = variant.find(word)
            while at >= 0:
                yield at, at + len(word), kind
                at = variant.find(word, at + 1)


def _runs(plain: str) -> Iterator[tuple[int, int, Pattern]]:
    """Yield neighbouring keys, in either direction."""
    for lines, shortest in ((_ROWS, _SHORTEST_RUN), (_COLUMNS, _SHORTEST_RUN), (_PADS, 3)):
        for line in lines:
            for keys in (line, line[::-1]):
                yield from _longest_runs(plain, keys, shortest)


def _longest_runs(plain: str, keys: str, shortest: int) -> Iterator[tuple[int, int, Pattern]]:
    start = 0
    while start <= len(plain) - shortest:
        end = start + shortest
        if plain[start:end] not in keys:
            start += 1
            continue
        while end < len(plain) and plain[start : end + 1] in keys:
            end += 1
        yield start, end, Pattern.KEYBOARD
        start = end


def _sequences(plain: str) -> Iterator[tuple[int, int, Pattern]]:
    """Yield `abcd`, `4321` and the like: letters or digits that follow one another."""
    start = 0
    while start < len(plain) - 1:
        step = ord(plain[start + 1]) - ord(plain[start])
        end = start + 1
        while end < len(plain) and plain[end].isalnum() and ord(plain[end]) - ord(plain[end - 1]) == step:
            end += 1
        if abs(step) == 1 and end - start >= _SHORTEST_SEQUENCE:
            yield start, end, Pattern.SEQUENCE
        start = max(end - 1, start + 1)
