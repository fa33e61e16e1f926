"""How a firm's name is written so that a search of any length finds it. Pure.

Chinese words are mostly two characters long, which trigram indexes cannot find. So every character
becomes a word of the index and a search becomes a phrase: exact substring semantics from one
character on, on both databases (dependencies.md §3).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container
from functools import cache, lru_cache
from itertools import chain, groupby

_CHARACTERS = re.compile(r"[0-9a-z㐀-䶿一-鿿豈-﫿𠀀-𯨟]", re.IGNORECASE)


_AS_THEY_ARE = re.compile(r"[0-9a-z一-鿿]*")  # each is a word of the index as it stands: most names


def spaced(text: str) -> str:
    """Return `text` as index words: each Chinese character one, each letter or digit one too.

    Letters and digits are split as well, so that a part of a credit code is found like a part of a name.
    """
    if text.isascii() and text.isalnum():  # most codes and all initials
        return " ".join(text.lower())
    if _AS_THEY_ARE.fullmatch(text):
        return " ".join(text)
    return " ".join(_CHARACTERS.findall(unicodedata.normalize("NFKC", text).lower()))


def phrases(query: str) -> list[str]:
    """Return the phrases of a search: its blank-separated parts, each as index words; empty ones left out."""
    parts = (spaced(part) for part in unicodedata.normalize("NFKC", query).split())
    return [part for part in parts if part]


@lru_cache(maxsize=50_000)
def pinyin_key(name: str) -> str:
    """Return the key by which names sort as in a Chinese dictionary: 红旗 -> hong qi.

    Polyphones take the reading of the word that they stand in, else the commonest.
    """
    is_han, read = _reader()
    runs = [name] if is_han(name) else ["".join(run) for _is, run in groupby(name, is_han)]
    return " ".join(chain.from_iterable(map(read, runs))).lower()[:400]


@cache
def _reader() -> tuple[Callable[[str], bool], Callable[[str], tuple[str, ...]]]:
    """Return what tells Han from other text, and what reads a run of either.

    The words, the readings and the parting (the longest word first) are pypinyin's. It parts and reads every
    name anew; names of firms are made of few words and end in few ways, so here each is read once.
    """
    from pypinyin.constants import PHRASES_DICT, RE_HANS, Style
    from pypinyin.converter import UltimateConverter
    from pypinyin.seg.mmseg import p_set

    beginnings: frozenset[str] | set[str] = p_set._set  # its own `in` is a call for each character
    convert = UltimateConverter().convert

    def is_han(text: str) -> bool:
        return RE_HANS.match(text) is not None

    @lru_cache(maxsize=100_000)
    def syllables(word: str) -> tuple[str, ...]:
        return tuple(chain.from_iterable(convert(word, Style.NORMAL, False, "default", strict=True)))

    def read(run: str) -> tuple[str, ...]:
        return han(run) if is_han(run) else syllables(run)

    def han(run: str) -> tuple[str, ...]:
        words: list[str] = []
        start = 0
        while start < len(run):
            end = _end_of_word(run, start, beginnings, PHRASES_DICT)
            words += run[start:] if end is None else [run[start:end]]
            start = end or len(run)
        return tuple(chain.from_iterable(map(syllables, words)))

    return is_han, read


def _end_of_word(run: str, start: int, beginnings: Container[str], words: Container[str]) -> int | None:
    """Return where the longest word that begins at `start` ends, behind one character when there is none.

    None where the rest begins a word and holds none: pypinyin takes it character by character then.
    """
    found = None
    for end in range(start + 1, len(run) + 1):
        part = run[start:end]
        if part not in beginnings:
            return found or start + 1
        if part in words:
            found = end
    return found


def pinyin_initials(name: str) -> str:
    """Return the pinyin initials of `name`: 红旗渠机械 -> hqqjx."""
    return "".join([syllable[0] for syllable in pinyin_key(name).split()])


# Keeps two neighbouring facts from making one phrase: no search contains it.
_BREAK = " zzbreakzz "


def search_text(name: str, credit_code: str | None, former_names: tuple[str, ...] = ()) -> str:
    """Return what the index of one firm holds: names, credit code, pinyin initials."""
    facts = [name, *former_names, credit_code or "", pinyin_initials(name)]
    return _BREAK.join(filter(None, map(spaced, facts)))
