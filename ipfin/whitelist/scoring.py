"""From values to a score, a grade and a sheet that can be recomputed byte for byte (评分表).

Decides the arithmetic of the scorecard: what is known counts by its points, what is unknown counts by
the card's rule, and nobody rises by hiding a weak figure. Values come from `indicators`, reasons and
advice from `explain`.

    S   = Σ known w·s / Σ known w                   over what is known, shown
    S_g = Σ known w·s/100 + what the card grants for the unknown    rank and grade use this one
    [S_lo, S_hi]                                    unknown all at 0, all at 100
    coverage = Σ known w / 100

Values count to a millionth of their unit, half up; every sum after that is exact. Points, contributions
and scores are rounded once, half up, to a ten-thousandth; the grade is taken on the rounded score, so
that the sheet proves its own grade. Contributions are cut by largest remainder and sum to S_g exactly.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import Any, Final

from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _
from ipfin.whitelist.cohorts import Measure
from ipfin.whitelist.facts import Missing, Reading
from ipfin.whitelist.scorecard import Indicator, Scorecard, canonical_json, card_sha256, plain

SCALE: Final = 10_000  # a ten-thousandth of a point is the finest that is kept
MILLION: Final = 1_000_000  # values count to the millionth of their unit
SHEET_FORMAT: Final = 1

Inputs = Mapping[str, Any]
Case = tuple[Mapping[str, Reading], Inputs]


class Grade(StrEnum):
    """What the score is worth (等级)."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    UNRATED = "unrated"  # 资料不足，不评级


GRADE_ORDER: Final[Mapping[Grade, int]] = {grade: place for place, grade in enumerate(Grade)}
"""0 is best; UNRATED comes after D."""

GRADE_LABELS: Final[Mapping[Grade, Text]] = {
    Grade.A: _("A级"),
    Grade.B: _("B级"),
    Grade.C: _("C级"),
    Grade.D: _("D级"),
    Grade.UNRATED: _("资料不足，不评级"),
}


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One indicator on the sheet. `contribution` is its share of the graded score.

    Known: `value` in the card's unit and `points` of 100. Unknown: both None and `missing` says why;
    the contribution is then what the card grants.
    """

    code: str
    weight: Decimal
    value: Decimal | None
    points: Decimal | None
    contribution: Decimal
    missing: Missing | None = None
    note: Text | None = None


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """One firm's score, whole. Scores are 0 to 100 with at most four decimals, coverage is 0 to 1.

    `score` is 0 where nothing is known (coverage 0). `is_capped` says that the grade would be higher
    but for the coverage. `measure` names the cohorts that citations and claims were held against; None
    where the values came without them.
    """

    lines: tuple[SheetLine, ...]
    score: Decimal
    graded_score: Decimal
    lowest: Decimal
    highest: Decimal
    coverage: Decimal
    grade: Grade
    is_capped: bool
    model_id: str
    config_version: str
    config_sha256: str
    data_as_of: date
    inputs_hash: str
    measure: Measure | None = None

    def line(self, code: str) -> SheetLine:
        """Return the line of `code`; a code that the card does not use is a KeyError."""
        for line in self.lines:
            if line.code == code:
                return line
        raise KeyError(code)

    def as_json(self) -> dict[str, Any]:
        """Return the sheet as plain data; every number is text, so that nothing is rounded on the way."""
        return {
            "format": SHEET_FORMAT,
            "model_id": self.model_id,
            "config_version": self.config_version,
            "config_sha256": self.config_sha256,
            "data_as_of": self.data_as_of.isoformat(),
            "inputs_hash": self.inputs_hash,
            "score": plain(self.score),
            "graded_score": plain(self.graded_score),
            "lowest": plain(self.lowest),
            "highest": plain(self.highest),
            "coverage": plain(self.coverage),
            "grade": self.grade.value,
            "is_capped": self.is_capped,
            "lines": [_line_as_json(line) for line in self.lines],
            **({} if self.measure is None else {"cohorts": [self.measure.version, self.measure.sha256]}),
        }

    def as_bytes(self) -> bytes:
        """Return the one spelling of the sheet: same inputs, same card, same bytes."""
        return canonical_json(self.as_json())

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | bytes | str) -> ScoreSheet:
        """Return the sheet that `as_json` or `as_bytes` stored.

        Raises:
            BadInput: the sheet is of a format that this version cannot read.
        """
        content = json.loads(stored) if isinstance(stored, bytes | str) else stored
        if content.get("format") != SHEET_FORMAT:
            raise BadInput(_("评分表的格式版本“%(format)s”无法读取。", format=str(content.get("format"))))
        return cls(
            lines=tuple(_line_from_json(line) for line in content["lines"]),
            score=Decimal(content["score"]),
            graded_score=Decimal(content["graded_score"]),
            lowest=Decimal(content["lowest"]),
            highest=Decimal(content["highest"]),
            coverage=Decimal(content["coverage"]),
            grade=Grade(content["grade"]),
            is_capped=content["is_capped"],
            model_id=content["model_id"],
            config_version=content["config_version"],
            config_sha256=content["config_sha256"],
            data_as_of=date.fromisoformat(content["data_as_of"]),
            inputs_hash=content["inputs_hash"],
            measure=Measure(*content["cohorts"]) if "cohorts" in content else None,
        )


def score(
    values: Mapping[str, Reading],
    card: Scorecard,
    *,
    data_as_of: date,
    inputs: Inputs,
    measure: Measure | None = None,
) -> ScoreSheet:
    """Return the score sheet of one firm.

    Args:
        values: a reading for every indicator of the card (`indicators.raw_values`).
        data_as_of: the day that the data speaks of, kept on the sheet.
        inputs: plain data from which `values` were computed; only its digest is kept.
        measure: the version of the cohorts that `values` were computed with.

    Raises:
        BadInput: a value is not a finite number.
        KeyError: a reading is lacking, which is a fault of the program.
    """
    return score_many([(values, inputs)], card, data_as_of=data_as_of, measure=measure)[0]


def score_many(
    cases: Iterable[Case], card: Scorecard, *, data_as_of: date, measure: Measure | None = None
) -> list[ScoreSheet]:
    """Return a sheet for each (values, inputs), in order; each is what `score` gives for it alone."""
    ruler = Ruler(card, measure)
    return [ruler.sheet(values, data_as_of, inputs_digest(inputs)) for values, inputs in cases]


def inputs_digest(inputs: Inputs) -> str:
    """Return the digest by which a sheet names the facts it was computed from."""
    return hashlib.sha256(canonical_json(inputs)).hexdigest()


def grade_for(graded_score: Decimal, coverage: Decimal, card: Scorecard) -> tuple[Grade, bool]:
    """Return the grade and whether too little coverage held it down (封顶B级).

    Lines are inclusive: a score of exactly 75 is an A, a coverage of exactly 60 % is graded.
    """
    if coverage < card.refuse_below:
        return Grade.UNRATED, False
    letter = next((letter for letter, lowest in card.grades if graded_score >= lowest), "D")
    if letter == "A" and coverage < card.cap_below:
        return Grade.B, True
    return Grade(letter), False


def ten_thousandths(value: Decimal) -> int:
    """Return a score of a sheet as whole ten-thousandths, the form in which rows keep it."""
    return int(value * SCALE)


@dataclass(frozen=True, slots=True)
class Scale:
    """One indicator of a ruler: value in millionths -> its share of the score, both whole numbers.

    Share at `starts[i]` is `bases[i]`, and each millionth more adds `slopes[i]`.
    """

    code: str
    weight: Decimal
    starts: tuple[int, ...]
    bases: tuple[int, ...]
    slopes: tuple[int, ...]
    granted: Mapping[Missing, int]
    full: int

    def share(self, millionths: int) -> int:
        """Return what a value brings to the score, in units of the ruler."""
        place = bisect_right(self.starts, millionths) - 1
        if place < 0:
            return self.bases[0]
        return self.bases[place] + (millionths - self.starts[place]) * self.slopes[place]


class Ruler:
    """One card made ready for many firms, in whole numbers.

    `unit` is chosen so that every knot, slope and grant of the card is a whole number of 1/unit points
    of the score: sums stay exact and cost no more than adding integers.
    """

    def __init__(self, card: Scorecard, measure: Measure | None) -> None:
        self.card = card
        self.measure = measure
        self.digest = card_sha256(card)
        grants = (Fraction(card.missing_source), Fraction(card.missing_undeclared), Fraction(100))
        exact = [
            number * Fraction(row.weight) / 100
            for row in card.indicators
            for number in (*_heights(row), *_slopes(row), *grants)
        ]
        self.unit = lcm(*(number.denominator for number in exact))
        self.scales = [self._scale(row) for row in card.indicators]

    def _scale(self, row: Indicator) -> Scale:
        per_point = Fraction(row.weight) * self.unit / 100
        return Scale(
            code=row.code,
            weight=row.weight,
            starts=tuple(int(x * MILLION) for x, _y in row.knots),
            bases=tuple(int(height * per_point) for height in _heights(row)),
            slopes=tuple(int(slope * per_point) for slope in (*_slopes(row), Fraction(0))),
            granted={
                Missing.SOURCE: int(Fraction(self.card.missing_source) * per_point),
                Missing.UNDECLARED: int(Fraction(self.card.missing_undeclared) * per_point),
            },
            full=int(100 * per_point),
        )

    def sheet(self, values: Mapping[str, Reading], data_as_of: date, inputs_hash: str) -> ScoreSheet:
        """Return the sheet of one firm with these values."""
        shares = [_share(scale, values[scale.code]) for scale in self.scales]
        known = [values[scale.code].value is not None for scale in self.scales]
        earned = sum(share for share, is_known in zip(shares, known, strict=True) if is_known)
        reach = sum(scale.full for scale, is_known in zip(self.scales, known, strict=True) if is_known)
        whole = 100 * self.unit
        graded, parts = _split(shares, self.unit)
        coverage = _ratio(reach, whole)
        grade, is_capped = grade_for(graded, coverage, self.card)
        return ScoreSheet(
            lines=tuple(
                _line(scale, values[scale.code], share, part)
                for scale, share, part in zip(self.scales, shares, parts, strict=True)
            ),
            score=_ratio(100 * earned, reach) if reach else Decimal(0),
            graded_score=graded,
            lowest=_ratio(earned, self.unit),
            highest=_ratio(earned + whole - reach, self.unit),
            coverage=coverage,
            grade=grade,
            is_capped=is_capped,
            model_id=self.card.id,
            config_version=self.card.version,
            config_sha256=self.digest,
            data_as_of=data_as_of,
            inputs_hash=inputs_hash,
            measure=self.measure,
        )


def _heights(row: Indicator) -> list[Fraction]:
    return [Fraction(y) for _x, y in row.knots]


def _slopes(row: Indicator) -> list[Fraction]:
    """Points a millionth of the value adds, for each stretch between two knots."""
    return [Fraction(y1 - y0) / Fraction(x1 - x0) / MILLION for (x0, y0), (x1, y1) in pairwise(row.knots)]


def _share(scale: Scale, reading: Reading) -> int:
    """Return what the reading brings to the graded score, in units of the ruler."""
    if reading.value is None:
        return scale.granted[reading.missing or Missing.SOURCE]
    if not reading.value.is_finite():
        raise BadInput(_("指标%(code)s的值“%(value)s”不是数字。", code=scale.code, value=str(reading.value)))
    return scale.share(int((reading.value * MILLION).to_integral_value(ROUND_HALF_UP)))


def _line(scale: Scale, reading: Reading, share: int, part: Decimal) -> SheetLine:
    is_known = reading.value is not None
    return SheetLine(
        code=scale.code,
        weight=scale.weight,
        value=reading.value,
        points=_ratio(100 * share, scale.full) if is_known else None,
        contribution=part,
        missing=reading.missing,
        note=reading.note,
    )


def _split(shares: Sequence[int], unit: int) -> tuple[Decimal, list[Decimal]]:
    """Return the rounded sum of `shares` (in 1/unit) and the parts, which sum to it exactly.

    Largest remainder, ties to the earlier indicator: the house rule for splitting a whole.
    """
    whole = _half_up(sum(shares) * SCALE, unit)
    cut = [divmod(share * SCALE, unit) for share in shares]
    parts = [part for part, _rest in cut]
    left_over = whole - sum(parts)
    if left_over:
        by_remainder = sorted(range(len(cut)), key=lambda place: (-cut[place][1], place))
        for place in by_remainder[:left_over]:
            parts[place] += 1
    return Decimal(whole) / SCALE, [Decimal(part) / SCALE for part in parts]


def _ratio(numerator: int, denominator: int) -> Decimal:
    """Return a ratio that is not negative, to the ten-thousandth, half up."""
    return Decimal(_half_up(numerator * SCALE, denominator)) / SCALE


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)


def _line_as_json(line: SheetLine) -> dict[str, Any]:
    return {
        "code": line.code,
        "weight": plain(line.weight),
        "value": None if line.value is None else plain(line.value),
        "points": None if line.points is None else plain(line.points),
        "contribution": plain(line.contribution),
        "missing": None if line.missing is None else line.missing.value,
        "note": None if line.note is None else line.note.as_json(),
    }


def _line_from_json(stored: Mapping[str, Any]) -> SheetLine:
    return SheetLine(
        code=stored["code"],
        weight=Decimal(stored["weight"]),
        value=None if stored["value"] is None else Decimal(stored["value"]),
        points=None if stored["points"] is None else Decimal(stored["points"]),
        contribution=Decimal(stored["contribution"]),
        missing=None if stored["missing"] is None else Missing(stored["missing"]),
        note=None if stored["note"] is None else Text.from_json(stored["note"]),
    )
