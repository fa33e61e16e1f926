"""Score sheets of many firms at once; `scoring.score_many` is the readable way to the same bytes.

Decides which firms go which way: plain ones by columns, those with twin pairs one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from ipfin.whitelist.cohorts import Cohorts, Measure
from ipfin.whitelist.engine.columns import columns_of, split
from ipfin.whitelist.engine.firms import MILLION, UNKNOWN, FirmColumns
from ipfin.whitelist.engine.ruler import GRADES, Scores, measured
from ipfin.whitelist.engine.spelling import InputSpeller, LineSpeller, Spelled, fixed, note_speller
from ipfin.whitelist.engine.values import OF_PATENTS, values_of_patents
from ipfin.whitelist.facts import FirmFacts, Missing, Reading
from ipfin.whitelist.indicators import RULES, raw_values
from ipfin.whitelist.notes import Note
from ipfin.whitelist.portfolio import FirmView
from ipfin.whitelist.scorecard import Scorecard, canonical_json, plain
from ipfin.whitelist.scoring import SHEET_FORMAT, Grade, Ruler, ScoreSheet, ten_thousandths

if TYPE_CHECKING:
    from ipfin.whitelist.engine.columns import Ints

OF_FIRMS: Final = tuple(code for code in RULES if code not in OF_PATENTS)
_FURTHEST: Final = 2**61  # a declared value beyond this scores as this; the sheet shows it as declared


class Scored(NamedTuple):
    """One firm's sheet as text, with the figures that rows keep of it, in ten-thousandths.

    `points` has one figure for each line, None where the indicator is unknown.
    """

    grade: Grade
    score_e4: int
    graded_e4: int
    low_e4: int
    high_e4: int
    coverage_bp: int
    inputs_hash: str
    points: tuple[int | None, ...]
    body: str


class Scorer:
    """One card and one measure on one day, made ready for many firms."""

    def __init__(self, card: Scorecard, cohorts: Cohorts, measure: Measure | None, on: date) -> None:
        """Make the ruler, and spell what is the same on every sheet."""
        self._cohorts, self._on = cohorts, on
        self._ruler = Ruler(card, measure)
        self._inputs = InputSpeller(on, cohorts.fingerprint)
        self._lines = [LineSpeller(scale.code, plain(scale.weight)) for scale in self._ruler.scales]
        self._notes = note_speller()
        self._e4, self._e6 = Spelled(fixed(4)), Spelled(fixed(6))
        named = "" if measure is None else f'"cohorts":{_json(list(measure))},'
        self._head = (
            f'{{{named}"config_sha256":{_json(self._ruler.digest)},"config_version":{_json(card.version)}'
        )
        self._middle = f',"data_as_of":{_json(on)},"format":{SHEET_FORMAT},"grade":'
        self._model = f',"model_id":{_json(card.id)},"score":"'

    def score(self, firms: Sequence[FirmFacts]) -> list[Scored]:
        """Return the sheets of `firms`, in order."""
        plain_ones, others = split(firms)
        found: dict[int, Scored] = dict(
            zip(plain_ones, self._columns([firms[p] for p in plain_ones]), strict=True)
        )
        for place in others:
            found[place] = self._alone(firms[place])
        return [found[place] for place in range(len(firms))]

    def _alone(self, facts: FirmFacts) -> Scored:
        values = raw_values(facts, self._on, self._cohorts)
        digest = self._inputs.digest(facts)
        return scored_from(self._ruler.sheet(values, self._on, digest))

    def _columns(self, firms: Sequence[FirmFacts]) -> Iterator[Scored]:
        import numpy as np

        if not firms:
            return
        listed = np.array([facts.lapsed_listed for facts in firms], dtype=np.bool_)
        columns = FirmColumns(columns_of(firms, self._on), self._on, self._cohorts, listed)
        computed = values_of_patents(columns)
        said = {code: one.notes.tolist() for code, one in computed.items()}
        told = {code: _told(code, firms, self._on, self._cohorts) for code in OF_FIRMS}
        values = {code: one.values for code, one in computed.items()}
        values |= {
            code: np.array([_millionths(r) for r in many], dtype=np.int64) for code, many in told.items()
        }
        undeclared = {
            code: np.array([r.missing is Missing.UNDECLARED for r in many]) for code, many in told.items()
        }
        scores = measured(self._ruler, values, undeclared)
        counts = list(
            zip(columns.total.tolist(), columns.unknown.tolist(), columns.only_years.tolist(), strict=True)
        )
        lines = [
            self._patent_lines(place, values[scale.code], said[scale.code], counts, scores)
            if scale.code in computed
            else self._told_lines(place, told[scale.code], scores)
            for place, scale in enumerate(self._ruler.scales)
        ]
        yield from self._sheets(firms, list(zip(*lines, strict=True)), scores)

    def _patent_lines(
        self, place: int, values: Ints, notes: list[int], counts: list[tuple[int, int, int]], scores: Scores
    ) -> list[str]:
        spell, e4, e6, said = self._lines[place].line, self._e4, self._e6, self._notes
        return [
            spell(e4[part], '"source"', said[(note, *count)], "null", "null")
            if value == UNKNOWN
            else spell(e4[part], "null", said[(note, *count)], f'"{e4[points]}"', f'"{e6[value]}"')
            for value, note, count, part, points in zip(
                values.tolist(),
                notes,
                counts,
                scores.parts[place].tolist(),
                scores.points[place].tolist(),
                strict=True,
            )
        ]

    def _told_lines(self, place: int, readings: Sequence[Reading], scores: Scores) -> list[str]:
        spell, e4 = self._lines[place].line, self._e4
        silent = {
            missing: (f'"{missing.value}"', self._notes[(int(note), 0, 0, 0)])
            for missing, note in ((Missing.SOURCE, Note.UNDECLARED), (Missing.UNDECLARED, Note.ASKED))
        }
        return [
            spell(e4[part], "null", "null", f'"{e4[points]}"', f'"{plain(reading.value)}"')
            if reading.value is not None
            else spell(e4[part], *silent[reading.missing or Missing.SOURCE], "null", "null")
            for reading, part, points in zip(
                readings, scores.parts[place].tolist(), scores.points[place].tolist(), strict=True
            )
        ]

    def _sheets(
        self, firms: Sequence[FirmFacts], lines: list[tuple[str, ...]], scores: Scores
    ) -> Iterator[Scored]:
        e4, truth = self._e4, {True: "true", False: "false"}
        figures = (scores.grade, scores.score, scores.graded, scores.low, scores.high, scores.coverage)
        rows = zip(*(column.tolist() for column in figures), scores.is_capped.tolist(), strict=True)
        points = scores.points.T.tolist()
        for place, (letter, score, graded, low, high, coverage, is_capped) in enumerate(rows):
            digest, grade = self._inputs.digest(firms[place]), GRADES[letter]
            body = (
                f'{self._head},"coverage":"{e4[coverage]}"{self._middle}"{grade.value}"'
                f',"graded_score":"{e4[graded]}","highest":"{e4[high]}","inputs_hash":"{digest}"'
                f',"is_capped":{truth[is_capped]},"lines":[{",".join(lines[place])}],"lowest":"{e4[low]}"'
                f'{self._model}{e4[score]}"}}'
            )
            known = tuple(None if point == UNKNOWN else point for point in points[place])
            yield Scored(grade, score, graded, low, high, coverage, digest, known, body)


def scored_from(sheet: ScoreSheet) -> Scored:
    """Return a sheet that was computed alone in the form of the others."""
    score, graded, low, high, coverage = map(
        ten_thousandths,
        (sheet.score, sheet.graded_score, sheet.lowest, sheet.highest, sheet.coverage),
    )
    points = tuple(None if line.points is None else ten_thousandths(line.points) for line in sheet.lines)
    body = sheet.as_bytes().decode()
    return Scored(sheet.grade, score, graded, low, high, coverage, sheet.inputs_hash, points, body)


def _told(code: str, firms: Sequence[FirmFacts], on: date, cohorts: Cohorts) -> list[Reading]:
    rule: Any = RULES[code]
    return [rule(FirmView(facts, on, cohorts)) for facts in firms]


def _millionths(reading: Reading) -> int:
    if reading.value is None:
        return UNKNOWN
    return max(-_FURTHEST, min(_FURTHEST, int(reading.value * MILLION)))


def _json(value: object) -> str:
    return canonical_json(value).decode()
