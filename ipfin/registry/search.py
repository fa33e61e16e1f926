"""How a firm's name is written so that a search of any length finds it. Pure.

Chinese words are mostly two characters long, which trigram indexes cannot find. So every character
becomes a word of the index and a search becomes a phrase: exact substring semantics from one
character on, on both databases (dependencies.md §3).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pypinyin.core import Pinyin

_WORDS = re.compile(r"[0-9a-z]+|[㐀-䶿一-鿿豈-﫿𠀀-𯨟]", re.IGNORECASE)


def spaced(text: str) -> str:
    """Return `text` as index words: each Chinese character one, each letter or digit one too.

    Letters and digits are split as well, so that a part of a credit code is found like a part of a name.
    """
    pieces: list[str] = []
    for run in _WORDS.findall(unicodedata.normalize("NFKC", text).lower()):
        pieces.extend(run)
    return " ".join(pieces)


def phrases(query: str) -> list[str]:
    """Return the phrases of a search: its blank-separated parts, each as index words; empty ones left out."""
    parts = (spaced(part) for part in unicodedata.normalize("NFKC", query).split())
    return [part for part in parts if part]


@lru_cache(maxsize=50_000)
def pinyin_key(name: str) -> str:
    """Return the key by which names sort as in a Chinese dictionary: 红旗 -> hong qi.

    Polyphones take the reading of the word that they stand in, else the commonest.
    """
    return " ".join(_reader().lazy_pinyin(name)).lower()[:400]


@cache
def _reader() -> Pinyin:
    """Return a reader that spells each word once: names of firms are made of few words."""
    from pypinyin.converter import UltimateConverter
    from pypinyin.core import Pinyin

    class Remembering(UltimateConverter):
        @lru_cache(maxsize=100_000)  # noqa: B019 - one object, kept as long as the process
        def convert(self, words: str, *how: Any, **strictly: Any) -> Any:
            return super().convert(words, *how, **strictly)

    return Pinyin(Remembering())


def pinyin_initials(name: str) -> str:
    """Return the pinyin initials of `name`: 红旗渠机械 -> hqqjx."""
    return "".join(syllable[0] for syllable in pinyin_key(name).split())


# Keeps two neighbouring facts from making one phrase: no search contains it.
_BREAK = " zzbreakzz "


def search_text(name: str, credit_code: str | None, former_names: tuple[str, ...] = ()) -> str:
    """Return what the index of one firm holds: names, credit code, pinyin initials."""
    facts = [name, *former_names, credit_code or "", pinyin_initials(name)]
    return _BREAK.join(filter(None, map(spaced, facts)))
