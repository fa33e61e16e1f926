"""What is different between two scorecards, line by line and in words (评分卡版本比较). Pure.

Decides which differences there are and how each reads, in the order of the card. Comments and layout of the
files do not count, as they do not count for a card's digest.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from ipfin.kernel.text import Text, _
from ipfin.whitelist.scorecard import (
    BLOCK_LABELS,
    CODES,
    PROVIDER_LABELS,
    SCENARIO_LABELS,
    Indicator,
    Scorecard,
    plain,
)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: where in the card, and what became of what."""

    place: Text
    sentence: Text


_HEAD: Final = {
    "id": _("评分卡代号"),
    "version": _("版本号"),
    "title": _("名称"),
    "origin": _("来源"),
    "method": _("性质"),
}
_OF_INDICATOR: Final = {
    "name": _("名称"),
    "id": _("代号"),
    "unit": _("单位"),
    "source": _("取值办法"),
    "missing": _("缺项含义"),
    "declare": _("补报办法"),
}


def changes_between(before: Scorecard, after: Scorecard) -> tuple[Change, ...]:
    """Return what `after` says otherwise than `before`; nothing when they are the same card."""
    return (*_of_head(before, after), *_of_lines(before, after), *_of_indicators(before, after))


def knots_words(knots: Sequence[tuple[Decimal, Decimal]]) -> str:
    """Return the knots of an indicator as people read them, in any language: `0→0 · 1→40`."""
    return " · ".join(f"{plain(x)}→{plain(y)}" for x, y in knots)


def _became(before: str, after: str) -> Text:
    return _("由“%(before)s”改为“%(after)s”", before=_said(before), after=_said(after))


def _said(words: str) -> Text:
    """Return words of a card so that the catalogue is asked for them: the shipped cards stand in it."""
    return words if isinstance(words, Text) else Text(words, {})


def _of_head(before: Scorecard, after: Scorecard) -> Iterator[Change]:
    for field, name in _HEAD.items():
        if getattr(before, field) != getattr(after, field):
            yield Change(name, _became(getattr(before, field), getattr(after, field)))
    if before.scenario is not after.scenario:
        said = _became(SCENARIO_LABELS[before.scenario], SCENARIO_LABELS[after.scenario])
        yield Change(_("用途"), said)


def _of_lines(before: Scorecard, after: Scorecard) -> Iterator[Change]:
    pairs = [
        (_("名单或登记缺项计分"), before.missing_source, after.missing_source),
        (_("要求申报而未申报计分"), before.missing_undeclared, after.missing_undeclared),
        *(
            (_("%(grade)s级最低分", grade=letter), lowest, after.lowest_of(letter))
            for letter, lowest in before.grades
        ),
        (_("不评级的覆盖率线"), before.refuse_below, after.refuse_below),
        (_("最高评B级的覆盖率线"), before.cap_below, after.cap_below),
    ]
    for place, old, new in pairs:
        if old != new:
            yield Change(place, _became(plain(old), plain(new)))


def _of_indicators(before: Scorecard, after: Scorecard) -> Iterator[Change]:
    old, new = ({row.code: row for row in card.indicators} for card in (before, after))
    for code in CODES:
        if code in old and code not in new:
            yield Change(_place(old[code]), _("删去（原权重%(weight)s）", weight=plain(old[code].weight)))
        elif code in new and code not in old:
            yield Change(_place(new[code]), _("新增，权重%(weight)s", weight=plain(new[code].weight)))
        elif code in new:
            yield from _of_one(old[code], new[code])


def _of_one(old: Indicator, new: Indicator) -> Iterator[Change]:
    place = _place(new)
    if old.weight != new.weight:
        said = _("权重由%(before)s改为%(after)s", before=plain(old.weight), after=plain(new.weight))
        yield Change(place, said)
    if old.knots != new.knots:
        words = {"before": knots_words(old.knots), "after": knots_words(new.knots)}
        yield Change(place, _("折分点由“%(before)s”改为“%(after)s”", **words))
    if old.block is not new.block:
        yield _change(place, _("评分维度"), BLOCK_LABELS[old.block], BLOCK_LABELS[new.block])
    if old.provided_by is not new.provided_by:
        labels = PROVIDER_LABELS[old.provided_by], PROVIDER_LABELS[new.provided_by]
        yield _change(place, _("数据来源"), *labels)
    for field, name in _OF_INDICATOR.items():
        if getattr(old, field) != getattr(new, field):
            yield _change(place, name, getattr(old, field), getattr(new, field))
    if _advice(old) != _advice(new):
        yield Change(place, _("改善建议的步长、等级或难度有变动"))


def _change(place: Text, name: Text, before: str, after: str) -> Change:
    words = {"what": name, "before": _said(before), "after": _said(after)}
    return Change(place, _("%(what)s由“%(before)s”改为“%(after)s”", **words))


def _advice(row: Indicator) -> tuple[object, ...]:
    return row.actionable, row.step, row.levels, row.effort


def _place(row: Indicator) -> Text:
    return _("%(code)s %(name)s", code=row.code, name=_said(row.name))
