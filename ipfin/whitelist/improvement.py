"""The cheapest way to the next grade (改进建议).

Decides which change of the indicators that a firm can influence (`actionable` on the card) reaches the
next grade with the least effort. Effort is counted in steps x effort; the effort of a step is the card's
own estimate and is shown as one. Of equally cheap ways the one with fewer changes is taken, then the
first by code, then the one that changes the earlier code less. Changes nothing itself.

The answer is exact: every combination of whole steps is considered, those that cannot win are left out
early. Indicators that are unknown are no part of it: what a firm will declare, and what it costs to, is
not known; `explain.unknowns` names them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from ipfin.kernel.text import Text, _
from ipfin.whitelist.explain import unknowns
from ipfin.whitelist.facts import Missing, Reading
from ipfin.whitelist.scorecard import Indicator, Scorecard, plain
from ipfin.whitelist.scoring import GRADE_LABELS, Grade, ScoreSheet, score

MOST_CHOICES: Final = 1000  # of one indicator; a card of finer steps is looked through in whole multiples
_ROUNDS_UP: Final = Fraction(1, 20_000)  # a score this far below a line is rounded onto it


class StepKind(StrEnum):
    """What a firm has to do next (改进方式)."""

    IMPROVE = "improve"  # 改善指标
    DECLARE = "declare"  # 补充资料


@dataclass(frozen=True, slots=True)
class Change:
    """One indicator to change. `before` and `after` are values, None where it only has to be declared."""

    code: str
    before: Decimal | None
    after: Decimal | None
    sentence: Text


@dataclass(frozen=True, slots=True)
class NextStep:
    """The cheapest way on that the card knows; `target` is None where it only makes more known.

    `effort` is steps x effort as the card estimates them; None where nothing is improved.
    """

    kind: StepKind
    target: Grade | None
    changes: tuple[Change, ...]
    sentence: Text
    effort: Decimal | None = None


def next_step(sheet: ScoreSheet, card: Scorecard) -> NextStep | None:
    """Return the cheapest step to the next grade; None at A, or where nothing actionable reaches it.

    A firm of too little coverage has to make more known first: then the step names the fewest unknown
    indicators (heaviest first) whose weight reaches the line, and promises no grade.
    """
    if sheet.grade is Grade.UNRATED:
        return _declare(sheet, card, card.refuse_below)
    if sheet.grade is Grade.A:
        return None
    target = Grade("ABCD"["ABCD".index(sheet.grade.value) - 1])
    if target is Grade.A and sheet.coverage < card.cap_below:
        return _declare(sheet, card, card.cap_below)
    return _improve(sheet, card, target)


def apply_step(sheet: ScoreSheet, card: Scorecard, step: NextStep) -> ScoreSheet:
    """Return the sheet as it would be after an improvement: the proof that the step suffices."""
    values = {line.code: Reading(line.value, line.missing) for line in sheet.lines}
    values |= {change.code: Reading(change.after) for change in step.changes if change.after is not None}
    return score(values, card, data_as_of=sheet.data_as_of, inputs={"if": sheet.inputs_hash})


def _declare(sheet: ScoreSheet, card: Scorecard, line: Decimal) -> NextStep | None:
    """Return the fewest indicators that lift the coverage to `line`; None if all together do not."""
    coverage = sheet.coverage
    changes: list[Change] = []
    for unknown in unknowns(sheet, card):
        if coverage >= line:
            break
        coverage += unknown.weight / 100
        changes.append(Change(unknown.code, None, None, unknown.how))
    if coverage < line:
        return None
    sentence = _(
        "补齐%(count)s项资料后，已知指标可达%(line)s%%的要求。", count=len(changes), line=plain(line * 100)
    )
    return NextStep(StepKind.DECLARE, None, tuple(changes), sentence)


def _improve(sheet: ScoreSheet, card: Scorecard, target: Grade) -> NextStep | None:
    """Return the cheapest changes that reach `target`, None if all together do not."""
    options = [
        _Option(row, line.value)
        for row, line in ((row, sheet.line(row.code)) for row in card.indicators if row.actionable)
        if line.value is not None
    ]
    options.sort(key=lambda option: option.row.code)
    need = Fraction(card.lowest_of(target.value)) - _ROUNDS_UP - _exact_score(sheet, card)
    best = _cheapest(options, need)
    if best is None:
        return None
    by_code = {option.row.code: option for option in options}
    changes = tuple(by_code[code].change_to(value) for code, value in best.picks)
    sentence = _("做到以下%(count)s项可达%(grade)s。", count=len(changes), grade=GRADE_LABELS[target])
    return NextStep(StepKind.IMPROVE, target, changes, sentence, best.effort)


def _exact_score(sheet: ScoreSheet, card: Scorecard) -> Fraction:
    """Return the graded score before it was rounded, from the values on the sheet."""
    granted = {Missing.SOURCE: card.missing_source, Missing.UNDECLARED: card.missing_undeclared}
    total = Fraction(0)
    for line in sheet.lines:
        if line.value is None:
            points = Fraction(granted[line.missing or Missing.SOURCE])
        else:
            points = card.indicator(line.code).points(line.value)
        total += points * Fraction(line.weight) / 100
    return total


@dataclass(frozen=True, slots=True)
class _Option:
    """One indicator that a firm may improve, and its present value."""

    row: Indicator
    present: Decimal

    @property
    def top(self) -> Decimal:
        """The first value, in whole steps or levels, that earns the most points the card gives."""
        row = self.row
        best = next(x for x, y in row.knots if y == row.knots[-1][1])
        if row.levels:
            return max(row.levels[-1], self.present)
        return self.present + row.step * max(Decimal(0), _ceiling((best - self.present) / row.step))

    def gain(self, value: Decimal) -> Fraction:
        """Return what reaching `value` adds to the score."""
        more = self.row.points(value) - self.row.points(self.present)
        return more * Fraction(self.row.weight) / 100

    def choices(self) -> list[tuple[Decimal, Decimal, Fraction]]:
        """Return (value, effort, gain) of every value worth reaching, the cheapest first."""
        found: list[tuple[Decimal, Decimal, Fraction]] = []
        for steps, value in self._ways():
            gain = self.gain(value)
            if gain > (found[-1][2] if found else 0):
                found.append((value, steps * self.row.effort, gain))
        return found

    def _ways(self) -> list[tuple[int, Decimal]]:
        if self.row.levels:
            return list(enumerate((level for level in self.row.levels if level > self.present), 1))
        whole = int((self.top - self.present) / self.row.step)
        stride = -(-whole // MOST_CHOICES) or 1
        counts = [*range(stride, whole, stride), whole] if whole else []
        return [(count, self.present + count * self.row.step) for count in counts]

    def change_to(self, value: Decimal) -> Change:
        """Return the change from the present value to `value`, in words."""
        sentence = _(
            "%(name)s由%(before)s提高到%(after)s（%(unit)s）",
            name=Text(self.row.name, {}),
            before=plain(self.present),
            after=plain(value),
            unit=Text(self.row.unit, {}),
        )
        return Change(self.row.code, self.present, value, sentence)


@dataclass(frozen=True, slots=True, order=True)
class _Way:
    """Changes of some indicators; ordered by what makes one better than another."""

    effort: Decimal
    count: int
    picks: tuple[tuple[str, Decimal], ...]


def _cheapest(options: Sequence[_Option], need: Fraction) -> _Way | None:
    """Return the best way that adds `need`, None if there is none.

    Option by option, only the ways are kept that no other way beats in both gain and order: whatever
    follows, a beaten one stays beaten. A way that can no longer reach `need` is dropped, too.
    """
    every = [option.choices() for option in options]
    still = [sum((choices[-1][2] for choices in every[place:] if choices), Fraction(0)) for place in
             range(len(every) + 1)]  # fmt: skip
    ways = [(Fraction(0), _Way(Decimal(0), 0, ()))]
    for place, (option, choices) in enumerate(zip(options, every, strict=True)):
        bound = min((way.effort for gain, way in ways if gain >= need), default=None)
        longer = [
            (
                min(gain + more, need),
                _Way(way.effort + effort, way.count + 1, (*way.picks, (option.row.code, value))),
            )
            for gain, way in ways
            if gain < need
            for value, effort, more in choices
            if bound is None or way.effort + effort <= bound
        ]
        ways = _unbeaten([(gain, way) for gain, way in ways + longer if gain + still[place + 1] >= need])
    return ways[0][1] if ways and ways[0][0] >= need else None


def _unbeaten(ways: Sequence[tuple[Fraction, _Way]]) -> list[tuple[Fraction, _Way]]:
    kept: list[tuple[Fraction, _Way]] = []
    for gain, way in sorted(ways, key=lambda found: (-found[0], found[1])):
        if not kept or way < kept[-1][1]:
            kept.append((gain, way))
    return kept


def _ceiling(value: Decimal) -> Decimal:
    return value.to_integral_value(ROUND_CEILING)
