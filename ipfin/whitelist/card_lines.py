"""Where in the text of a card a refusal belongs (出错的行), so that a page can point at it. Pure.

Decides nothing of a card: it looks up the line of a place that `scheme` named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from ipfin.kernel.errors import BadInput
from ipfin.whitelist.scheme import LINE, load_card
from ipfin.whitelist.scorecard import Scorecard

_HEADER: Final = re.compile(r"^\s*\[\s*([^\[\]]+?)\s*\]")
_KEY: Final = re.compile(r"^\s*\"?([A-Za-z0-9_-]+)\"?\s*=")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a text is no card: a sentence, the line (from 1) where one was found, and what stands there."""

    sentence: str
    line: int | None
    content: str


def read_draft(text: str) -> tuple[Scorecard | None, Fault | None]:
    """Return the card that `text` holds, or why it holds none."""
    try:
        return load_card(text.encode()), None
    except BadInput as refusal:
        line = line_of(text, refusal.field or "")
        lines = text.splitlines()
        content = lines[line - 1].strip() if line is not None and line <= len(lines) else ""
        return None, Fault(refusal.message, line, content[:200])


def line_of(text: str, place: str) -> int | None:
    """Return the line (from 1) of `place`: that of its key, else of the section around it; None without."""
    if place.startswith(LINE):
        return int(place.removeprefix(LINE))
    if not place:
        return None
    section, _dot, key = place.rpartition(".")
    best: int | None = None
    now = ""
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header:
            now = re.sub(r"[\s\"]", "", header[1])
            if now == place:
                return number
            if now == section or (best is None and now.startswith(f"{place}.")):
                best = number
            continue
        said = _KEY.match(line)
        if said and now == section and said[1] == key:
            return number
    return best
