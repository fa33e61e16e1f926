"""Where a title or a firm's name is broken into lines, so that no line holds a last lonely character.

Decides the breaks only; how wide a line may be is decided by the page. GB/T 9704-2012, 7.3.1: a title is
broken where its sense allows, words stay whole, and lines are of well-proportioned length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import accumulate, pairwise

_BEFORE = re.compile(
    r"股份有限公司|有限责任公司|有限公司|分公司|分行|支行|合作社|研究院|（|《|〔|“|的函|的通知|工作|关于"
)
_AFTER = re.compile(r"关于|公司|[的）》〕”、，；与和及]|（[^（）]*）|省|市|县")
_WHOLE = re.compile(
    r"[0-9A-Za-z.,%+\-]+[年月日号届期]?|（[^（）]{1,10}）|《[^《》]{1,12}》|第[一二三四五六七八九十]+[季期届批次]度?"
)
_NOT_AT_START = "，。、；：？！）》〕”…—·"
_NOT_AT_END = "（《〔“"

_INSIDE_WORD = 60  # a break inside a number or a bracket costs as much as lines 8 characters apart
_POOR_PLACE = 14


def balanced(text: str, widest: float) -> list[str]:
    """Return `text` in as few lines as fit `widest` (in full-width characters), well proportioned.

    A Latin letter or a digit counts half. No line is wider than `widest`; joined, the lines are `text`.

    Raises:
        ValueError: `widest` is below 2, so that a character and its punctuation have no room.
    """
    if widest < 2:
        raise ValueError("a line takes at least two characters")
    return [text] if _width(text) <= widest else list(_divided(text, widest))


@lru_cache(maxsize=512)  # the title of an event stands on each of hundreds of badges
def _divided(text: str, widest: float) -> tuple[str, ...]:
    costs = _break_costs(text)
    count = 2
    while True:
        lines = _best(text, count, widest, costs)
        if lines is not None:
            return tuple(lines)
        count += 1


def _best(text: str, count: int, widest: float, costs: list[float]) -> list[str] | None:
    """Return the cheapest division into `count` lines: unevenness squared plus what each break costs."""
    edges = [0.0, *accumulate(_width(letter) for letter in text)]
    ideal = edges[-1] / count
    reached: dict[int, tuple[float, tuple[int, ...]]] = {0: (0.0, (0,))}
    for _line in range(count):
        options = [
            (cost + (width - ideal) ** 2 + costs[end], (*bounds, end))
            for start, (cost, bounds) in reached.items()
            for end, width in _line_ends(edges, start, widest)
        ]
        reached = {bounds[-1]: (cost, bounds) for cost, bounds in sorted(options, reverse=True)}
    if len(text) not in reached:
        return None
    return [text[a:b] for a, b in pairwise(reached[len(text)][1])]


def _line_ends(edges: list[float], start: int, widest: float) -> Iterator[tuple[int, float]]:
    """Yield where a line from `start` can end, and how wide it is then."""
    for end in range(start + 1, len(edges)):
        width = edges[end] - edges[start]
        if width > widest:
            return
        yield end, width


def _break_costs(text: str) -> list[float]:
    """Return for each place what a break before that character costs."""
    costs = [float(_POOR_PLACE)] * (len(text) + 1)
    for place in {m.start() for m in _BEFORE.finditer(text)} | {m.end() for m in _AFTER.finditer(text)}:
        costs[place] = 0
    for match in _WHOLE.finditer(text):
        for place in range(match.start() + 1, match.end()):
            costs[place] = _INSIDE_WORD
    for place in range(1, len(text)):
        if text[place] in _NOT_AT_START or text[place - 1] in _NOT_AT_END:
            costs[place] = 4 * _INSIDE_WORD
    costs[-1] = 0
    return costs


def _width(text: str) -> float:
    return sum(0.55 if ord(letter) < 0x2000 else 1.0 for letter in text)


def wrapped(text: str, room: float, widths: Mapping[int, float]) -> list[str]:
    """Return `text` in lines no wider than `room`, filled one after the other.

    `widths` gives the width of each character in the unit of `room`; a line end in the text stays one.
    Closing punctuation is never put at the start of a line, and a number or a Latin word is broken only
    when it fills a line by itself. Joined without the line ends, the lines are `text` but for blanks at
    the breaks.
    """
    lines: list[str] = []
    for part in text.splitlines() or [""]:
        lines += _filled(part, room, widths)
    return lines


def _filled(part: str, room: float, widths: Mapping[int, float]) -> list[str]:
    advance = [widths[ord(letter)] for letter in part]
    if sum(advance) <= room:
        return [part]
    lines: list[str] = []
    start = 0
    while start < len(part):
        end, used = start, 0.0
        while end < len(part) and (used := used + advance[end]) <= room:
            end += 1
        if end < len(part):
            end = _lawful_end(part, start, max(end, start + 1))
        lines.append(part[start:end].strip(" ") if lines else part[start:end].rstrip(" "))
        start = end
    return lines


def _lawful_end(part: str, start: int, end: int) -> int:
    """Move a break back to where one is allowed; if it is nowhere in the line, leave it."""
    for place in range(end, start, -1):
        inside_word = _is_word(part[place - 1]) and _is_word(part[place])
        if not inside_word and part[place] not in _NOT_AT_START and part[place - 1] not in _NOT_AT_END:
            return place
    return end


def _is_word(letter: str) -> bool:
    return letter.isascii() and (letter.isalnum() or letter in ".-/_%")
