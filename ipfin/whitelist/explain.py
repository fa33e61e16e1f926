"""Why a score is what it is, and what a firm can do about it, in sentences.

Decides reason codes, strengths against peers, what is unknown and how to declare it, and the cheapest
next step. Reads sheets and cards only; nothing here changes a score.

The cheapest step is the smallest change of indicators that a firm can influence (`actionable` on the
card) that reaches the next grade. "Smallest" is counted in steps x effort; the effort of a step is the
card's own estimate and is shown as one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import accumulate
from statistics import median
from typing import Final

from ipfin.kernel.text import Text, _
from ipfin.whitelist.facts import Missing, Reading
from ipfin.whitelist.scorecard import Indicator, Scorecard, plain
from ipfin.whitelist.scoring import GRADE_LABELS, SCALE, Grade, ScoreSheet, SheetLine, score

REASONS_SHOWN: Final = 4
STRENGTHS_SHOWN: Final = 3
SMALLEST_PEER_GROUP: Final = 5  # a median of fewer firms would tell a single firm's figures
_FINEST: Final = Decimal("0.0001")
_CENT: Final = Decimal("0.01")
_ROUNDS_UP: Final = Fraction(1, 20_000)  # a score this far below a line is rounded onto it


@dataclass(frozen=True, slots=True)
class Reason:
    """One indicator's effect, in points of the score: a loss against 100, or a lead over peers."""

    code: str
    amount: Decimal
    sentence: Text


@dataclass(frozen=True, slots=True)
class Unknown:
    """One indicator without a value, what knowing it could add at most, and how to make it known."""

    code: str
    weight: Decimal
    missing: Missing
    could_add: Decimal
    sentence: Text
    how: Text


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
    """The cheapest way on that the card knows; `target` is None where it only makes more known."""

    kind: StepKind
    target: Grade | None
    changes: tuple[Change, ...]
    sentence: Text


def reasons(sheet: ScoreSheet, card: Scorecard, top: int = REASONS_SHOWN) -> list[Reason]:
    """Return where known indicators lose most, w·(100 - s)/100 descending, ties by code.

    Indicators that lose nothing are no reasons, and unknown ones stand in `unknowns`.
    """
    losses = [
        (line.code, _share(line.weight, 100 - line.points)) for line in sheet.lines if line.points is not None
    ]
    worst = sorted(((-loss, code) for code, loss in losses if loss > 0))[:top]
    return [Reason(code, -loss, _loss_sentence(sheet.line(code), card, -loss)) for loss, code in worst]


def peer_medians(sheets: Iterable[ScoreSheet]) -> dict[str, Decimal]:
    """Return the median points of each indicator over the sheets on which it is known.

    An indicator known of fewer than five firms has none: the median would tell on a single firm.
    """
    points: dict[str, list[Decimal]] = {}
    for sheet in sheets:
        for line in sheet.lines:
            if line.points is not None:
                points.setdefault(line.code, []).append(line.points)
    return {code: median(many) for code, many in points.items() if len(many) >= SMALLEST_PEER_GROUP}


def medians_of(counted: Mapping[str, Mapping[int, int]]) -> dict[str, Decimal]:
    """Return what `peer_medians` does, from how many firms have which points (in ten-thousandths)."""
    found: dict[str, Decimal] = {}
    for code, firms in counted.items():
        known = sum(firms.values())
        if known < SMALLEST_PEER_GROUP:
            continue
        ordered = sorted(firms.items())
        upto = list(accumulate(count for _points, count in ordered))
        middle = [ordered[bisect_right(upto, place)][0] for place in ((known - 1) // 2, known // 2)]
        found[code] = Decimal(sum(middle)) / (2 * SCALE)
    return found


def strengths(
    sheet: ScoreSheet, card: Scorecard, medians: Mapping[str, Decimal], top: int = STRENGTHS_SHOWN
) -> list[Reason]:
    """Return where a firm leads its peers most, w·(s - median)/100 descending, ties by code."""
    leads = [
        (line.code, _share(line.weight, line.points - medians[line.code]))
        for line in sheet.lines
        if line.points is not None and line.code in medians
    ]
    best = sorted(((-lead, code) for code, lead in leads if lead > 0))[:top]
    return [Reason(code, -lead, _lead_sentence(sheet.line(code), card, -lead)) for lead, code in best]


def unknowns(sheet: ScoreSheet, card: Scorecard) -> list[Unknown]:
    """Return what is not known, heaviest first (ties by code), with the way to make it known."""
    missing = sorted((line for line in sheet.lines if line.points is None), key=_heaviest_first)
    return [_unknown(line, card.indicator(line.code)) for line in missing]


def grade_sentence(sheet: ScoreSheet, card: Scorecard) -> Text:
    """Return the sentence that says how the grade came about."""
    coverage = _percent(sheet.coverage)
    if sheet.grade is Grade.UNRATED:
        return _(
            "资料不足，不评级：已知指标占%(coverage)s%%，低于%(line)s%%。",
            coverage=coverage,
            line=_percent(card.refuse_below),
        )
    if sheet.is_capped:
        return _(
            "评级用分%(score)s，已达A级分数；但已知指标只占%(coverage)s%%，低于%(line)s%%，最高评B级。",
            score=plain(sheet.graded_score),
            coverage=coverage,
            line=_percent(card.cap_below),
        )
    return _(
        "评级用分%(score)s，评为%(grade)s；已知指标占%(coverage)s%%。",
        score=plain(sheet.graded_score),
        grade=GRADE_LABELS[sheet.grade],
        coverage=coverage,
    )


# --- The next step ---------------------------------------------------------------------------------


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
        "补齐%(count)s项资料后，已知指标可达%(line)s%%的要求。", count=len(changes), line=_percent(line)
    )
    return NextStep(StepKind.DECLARE, None, tuple(changes), sentence)


def _improve(sheet: ScoreSheet, card: Scorecard, target: Grade) -> NextStep | None:
    """Return the cheapest changes that reach `target`: one indicator if one suffices, else several.

    Several are chosen greedily: what can add most goes to its top, until one suffices for the rest.
    """
    options = [
        _Option(row, line.value)
        for row, line in ((row, sheet.line(row.code)) for row in card.indicators if row.actionable)
        if line.value is not None
    ]
    need = Fraction(card.lowest_of(target.value)) - _ROUNDS_UP - _exact_score(sheet, card)
    changes: list[Change] = []
    while options:
        single = _cheapest(options, need)
        if single is not None:
            changes.append(single)
            return _improvement(target, changes)
        most = min(options, key=lambda option: (-option.gain(option.top), option.row.code))
        if most.gain(most.top) <= 0:
            return None
        options.remove(most)
        changes.append(most.change_to(most.top))
        need -= most.gain(most.top)
    return None


def _improvement(target: Grade, changes: Sequence[Change]) -> NextStep:
    sentence = _("做到以下%(count)s项可达%(grade)s。", count=len(changes), grade=GRADE_LABELS[target])
    return NextStep(StepKind.IMPROVE, target, tuple(changes), sentence)


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

    def first_that_adds(self, need: Fraction) -> Decimal | None:
        """Return the smallest value, in whole steps or levels from the present, that adds `need`."""
        if self.gain(self.top) < need:
            return None
        if self.row.levels:
            return next(level for level in self.row.levels if self.gain(level) >= need)
        low, high = 0, int((self.top - self.present) / self.row.step)
        while high - low > 1:  # points never fall, so the first step that suffices is found by halving
            middle = (low + high) // 2
            suffices = self.gain(self.present + middle * self.row.step) >= need
            low, high = (low, middle) if suffices else (middle, high)
        return self.present + high * self.row.step

    def effort(self, value: Decimal) -> Decimal:
        """Return steps x effort to reach `value`."""
        if self.row.levels:
            steps = Decimal(sum(self.present < level <= value for level in self.row.levels))
        else:
            steps = (value - self.present) / self.row.step
        return steps * self.row.effort

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


def _cheapest(options: Iterable[_Option], need: Fraction) -> Change | None:
    """Return the single change that adds `need` at the lowest effort, ties by code."""
    reaching = [(option, option.first_that_adds(need)) for option in options]
    priced = [
        (option.effort(value), option.row.code, option.change_to(value))
        for option, value in reaching
        if value is not None
    ]
    return min(priced, key=lambda price: price[:2])[2] if priced else None


def _ceiling(value: Decimal) -> Decimal:
    return value.to_integral_value(ROUND_CEILING)


# --- Sentences -------------------------------------------------------------------------------------


def _loss_sentence(line: SheetLine, card: Scorecard, loss: Decimal) -> Text:
    return _(
        "%(name)s得%(points)s分（满分100，权重%(weight)s），少得%(loss)s分",
        name=Text(card.indicator(line.code).name, {}),
        points=_told(line.points or Decimal(0)),
        weight=plain(line.weight),
        loss=_told(loss),
    )


def _lead_sentence(line: SheetLine, card: Scorecard, lead: Decimal) -> Text:
    return _(
        "%(name)s得%(points)s分，比同类企业中位数多得%(lead)s分",
        name=Text(card.indicator(line.code).name, {}),
        points=_told(line.points or Decimal(0)),
        lead=_told(lead),
    )


def _unknown(line: SheetLine, row: Indicator) -> Unknown:
    could_add = line.weight - line.contribution
    return Unknown(
        code=line.code,
        weight=line.weight,
        missing=line.missing or Missing.SOURCE,
        could_add=could_add,
        sentence=_(
            "%(name)s未知，最多可再得%(points)s分：%(why)s",
            name=Text(row.name, {}),
            points=_told(could_add),
            why=line.note or Text(row.missing, {}),
        ),
        how=Text(row.declare, {}),
    )


def _heaviest_first(line: SheetLine) -> tuple[Decimal, str]:
    return -line.weight, line.code


def _share(weight: Decimal, points: Decimal) -> Decimal:
    """Return w·points/100 to the ten-thousandth; points on a sheet carry no more."""
    return (weight * points / 100).quantize(_FINEST)


def _told(points: Decimal) -> str:
    """Return points as a sentence tells them, to the cent: as the table beside it does."""
    return plain(points.quantize(_CENT, ROUND_HALF_UP))


def _percent(share: Decimal) -> str:
    return plain(share * 100)
