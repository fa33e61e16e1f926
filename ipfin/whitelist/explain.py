"""Why a score is what it is, and what a firm can do about it, in sentences.

Decides reason codes, strengths against peers, what is unknown and how to declare it; the way to the next
grade stands in `improvement`. Reads sheets and cards only; nothing here changes a score.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate
from statistics import median
from typing import Final

from ipfin.kernel.text import Text, _
from ipfin.whitelist.facts import Missing
from ipfin.whitelist.scorecard import Indicator, Scorecard, plain
from ipfin.whitelist.scoring import GRADE_LABELS, SCALE, Grade, ScoreSheet, SheetLine

REASONS_SHOWN: Final = 4
STRENGTHS_SHOWN: Final = 3
SMALLEST_PEER_GROUP: Final = 5  # a median of fewer firms would tell a single firm's figures
_FINEST: Final = Decimal("0.0001")
_CENT: Final = Decimal("0.01")


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


def grade_sentence(sheet: ScoreSheet, card: Scorecard, score: Decimal | None = None) -> Text:
    """Return the sentence that says how the grade came about; `score` is the graded one as it is told."""
    coverage = _percent(sheet.coverage)
    score = sheet.graded_score if score is None else score
    if sheet.grade is Grade.UNRATED:
        return _(
            "资料不足，不评级：已知指标占%(coverage)s%%，低于%(line)s%%。",
            coverage=coverage,
            line=_percent(card.refuse_below),
        )
    if sheet.is_capped:
        return _(
            "评级用分%(score)s，已达A级分数；但已知指标只占%(coverage)s%%，低于%(line)s%%，最高评B级。",
            score=plain(score),
            coverage=coverage,
            line=_percent(card.cap_below),
        )
    return _(
        "评级用分%(score)s，评为%(grade)s；已知指标占%(coverage)s%%。",
        score=plain(score),
        grade=GRADE_LABELS[sheet.grade],
        coverage=coverage,
    )


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
