"""Which passwords are good enough, by two profiles that contradict each other.

`default` follows OWASP ASVS 5.0 chapter 6.2: long, not guessable, nothing about the person or the house, no
rules of composition (6.2.5) and no periodic change (6.2.10). `mlps` follows the classified protection
scheme (等保 2.0, GB/T 22239-2019, 8.1.4.1a: complexity and regular change), whose numbers (8 characters, 3 of
4 kinds, 90 days, last 5) are common practice of assessors and not the standard's own words. An
installation chooses one. How passwords are kept is decided in `hashing`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from ipfin.accounts.guessing import Pattern, guess, spellings
from ipfin.accounts.hashing import LONGEST_PASSWORD, normalised
from ipfin.kernel.text import Text, _

LEAST_EFFORT: Final = 6  # unexplained characters and patterns, see `guessing`
HOUSE_WORDS: Final = frozenset({"ipfin"})
_SHORTEST_LATIN: Final = 4  # shorter pieces of names occur in everything
_SHORTEST_CHINESE: Final = 2

_GUESSABLE: Final[Mapping[Pattern, Text]] = {
    Pattern.WORD: _("密码主要由常见词语构成，容易被猜中，请换用更难猜的内容。"),
    Pattern.SEQUENCE: _("密码主要由连续的字母或数字构成，容易被猜中，请换用更难猜的内容。"),
    Pattern.KEYBOARD: _("密码主要由键盘上相邻的按键构成，容易被猜中，请换用更难猜的内容。"),
    Pattern.REPEAT: _("密码主要由重复的字符构成，容易被猜中，请换用更难猜的内容。"),
    Pattern.NUMBER: _("密码主要由日期、电话或常用数字构成，容易被猜中，请换用更难猜的内容。"),
}


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """One profile. Lengths in characters after normalisation, rotation in days.

    `kinds` of the four kinds (capital letters, small letters, digits, others) must occur; `remembered`
    passwords, the present one included, may not come again.
    """

    shortest: int
    longest: int = LONGEST_PASSWORD
    kinds: int = 0
    rotation_days: int | None = None
    remembered: int = 1

    def refusals(self, password: str, context: Iterable[str] = ()) -> tuple[Text, ...]:
        """Return why `password` is not good enough, in sentences; nothing when it is.

        Args:
            context: words that stand near the person or the house, see `context_words`.
        """
        text = normalised(password)
        found = [self._length(text), self._composition(text)]
        if found[0] is None:
            found += [_context(text, {*context, *HOUSE_WORDS}), _guessable(text)]
        return tuple(sentence for sentence in found if sentence is not None)

    def expires_at(self, changed_at: datetime) -> datetime | None:
        """Return from when on a password set at `changed_at` must be changed; None: never."""
        return None if self.rotation_days is None else changed_at + timedelta(days=self.rotation_days)

    def describe(self) -> Text:
        """Return the rules in one sentence, to stand beside the field."""
        if not self.kinds:
            return _(
                "不少于%(shortest)s个字符，可以是一句话；不要用姓名、单位名和常见词。",
                shortest=self.shortest,
            )
        return _(
            "不少于%(shortest)s个字符，大写字母、小写字母、数字、符号中至少%(kinds)s类；每%(days)s天更换，"
            "不得与最近%(remembered)s次相同。",
            shortest=self.shortest,
            kinds=self.kinds,
            days=self.rotation_days,
            remembered=self.remembered,
        )

    def _length(self, text: str) -> Text | None:
        if len(text) < self.shortest:
            return _(
                "密码至少需要%(shortest)s个字符，现有%(length)s个。", shortest=self.shortest, length=len(text)
            )
        if len(text) > self.longest:
            return _("密码最多%(longest)s个字符，现有%(length)s个。", longest=self.longest, length=len(text))
        return None

    def _composition(self, text: str) -> Text | None:
        if _kinds_in(text) >= self.kinds:
            return None
        return _("密码须包含大写字母、小写字母、数字、符号中的至少%(kinds)s类。", kinds=self.kinds)


DEFAULT: Final = PasswordPolicy(shortest=12)
MLPS: Final = PasswordPolicy(shortest=8, kinds=3, rotation_days=90, remembered=5)
# By the value of the setting `IPFIN_PASSWORD_PROFILE`.
POLICIES: Final[Mapping[str, PasswordPolicy]] = {"default": DEFAULT, "mlps": MLPS}


def _kinds_in(text: str) -> int:
    tests = (
        any("A" <= each <= "Z" for each in text),
        any("a" <= each <= "z" for each in text),
        any("0" <= each <= "9" for each in text),
        re.search(r"[^A-Za-z0-9]", text) is not None,
    )
    return sum(tests)


def _context(text: str, words: Iterable[str]) -> Text | None:
    versions = spellings(text)
    for word in sorted(words, key=lambda each: (-len(each), each)):
        if any(word in version for version in versions):
            return _("密码不能含有与本人、单位或平台有关的“%(word)s”。", word=word)
    return None


def _guessable(text: str) -> Text | None:
    found = guess(text)
    if found.effort >= LEAST_EFFORT:
        return None
    return _GUESSABLE[found.pattern or Pattern.REPEAT]


def context_words(
    *, names: Iterable[str] = (), email: str = "", places: Iterable[str] = ()
) -> frozenset[str]:
    """Return the words that a person's password may not contain, in lower case.

    Args:
        names: of the person and of the organisation; Chinese ones count in pinyin too.
        email: the account's address: its parts before and after the @.
        places: names of cities and the like, with or without 市 or 县 at the end.
    """
    words: set[str] = set()
    for name in names:
        words |= _name_words(name)
    for place in places:
        words |= _name_words(place) | _name_words(place.rstrip("市县区省"))
    local, _at, domain = email.partition("@")
    words.update(re.split(r"[^0-9A-Za-z]+", f"{local} {domain.rpartition('.')[0]}"))
    return frozenset(word.casefold() for word in words if _is_telling(word))


def _name_words(name: str) -> set[str]:
    from pypinyin import lazy_pinyin

    words = set(re.split(r"[\W_]+", normalised(name)))
    for word in tuple(words):
        if not word.isascii():
            words.add("".join(lazy_pinyin(word)))
    return words


def _is_telling(word: str) -> bool:
    return len(word) >= (_SHORTEST_LATIN if word.isascii() else _SHORTEST_CHINESE)
