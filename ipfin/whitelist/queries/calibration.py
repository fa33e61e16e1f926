"""What there is to calibrate the card on: firms with an outcome, and the points that they had before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.bulk import in_chunks
from ipfin.kernel.clock import in_china
from ipfin.outcomes.queries import kind_counts, results
from ipfin.outcomes.rules import OutcomeKind, Result, Standing
from ipfin.whitelist.calibration import Calibration, Case, calibrate, coefficients_borne
from ipfin.whitelist.models import ScorecardVersion, ScoreRun, ScoreSheet
from ipfin.whitelist.queries.runs import latest_run
from ipfin.whitelist.scheme import load_card
from ipfin.whitelist.scorecard import Block, Scorecard
from ipfin.whitelist.scoring import ScoreSheet as Sheet
from ipfin.whitelist.statistics import Concordance, concordance

SCORE: Final = "score"  # the graded score, where the sample bears one coefficient only
_TENTH_THOUSANDTH: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class CalibrationState:
    """How far the outcomes go, and what can be said of them.

    `unscored` are firms that went well or badly but had no score before their loan: a score that was made
    afterwards may know what it is asked to foretell. `fit` and `separation` are None below the bounds.
    """

    on: date
    kinds: Mapping[OutcomeKind, int]
    standings: Mapping[Standing, int]
    unscored: int
    goods: int
    bads: int
    fit: Calibration | None
    separation: Concordance | None  # of the graded score, firms that went well against those that did not


def calibration_state(session: Session, on: date) -> CalibrationState:
    """Return what is known on day `on`; the fit is made of the four blocks, or of the score alone."""
    found = results(session, on)
    decided = {firm: result for firm, result in found.items() if result.standing in _DECIDED}
    cases = _cases(session, decided)
    bads = sum(case.is_bad for case in cases)
    goods = len(cases) - bads
    names = _measures(goods, bads)
    scores = {
        is_bad: [float(c.points[SCORE]) for c in cases if c.is_bad is is_bad] for is_bad in (True, False)
    }
    return CalibrationState(
        on=on,
        kinds=kind_counts(session),
        standings=Counter(result.standing for result in found.values()),
        unscored=len(decided) - len(cases),
        goods=goods,
        bads=bads,
        fit=calibrate(cases, names) if names else None,
        separation=concordance(scores[False], scores[True]) if names else None,
    )


_DECIDED: Final = frozenset({Standing.GOOD, Standing.BAD})


def _measures(goods: int, bads: int) -> tuple[str, ...]:
    """Return what may be fitted: the four blocks, else the score alone, else nothing."""
    blocks = tuple(block.value for block in Block)
    borne = coefficients_borne(goods, bads, len(blocks))
    return blocks if borne == len(blocks) else (SCORE,) if borne else ()


def _cases(session: Session, decided: Mapping[int, Result]) -> list[Case]:
    """Return the firms with a sheet of the present card that was made and dated before their loan."""
    run = latest_run(session)
    if run is None:
        return []
    chosen = _sheets_before(session, decided, run.card_version.card_id)
    cards: dict[int, Scorecard] = {}
    cases: list[Case] = []
    for chunk in in_chunks(sorted(chosen.values())):
        rows = session.execute(
            select(ScoreSheet.enterprise_id, ScoreSheet.body, ScorecardVersion)
            .join(ScoreRun, ScoreRun.id == ScoreSheet.run_id)
            .join(ScorecardVersion, ScorecardVersion.id == ScoreRun.card_version_id)
            .where(ScoreSheet.id.in_(chunk))
            .order_by(ScoreSheet.enterprise_id)
        )
        for firm, body, version in rows:
            if version.id not in cards:
                cards[version.id] = load_card(version.source_text.encode())
            points = points_of(Sheet.from_json(body), cards[version.id])
            cases.append(Case(points, decided[firm].standing is Standing.BAD))
    return cases


def _sheets_before(session: Session, decided: Mapping[int, Result], card_id: str) -> dict[int, int]:
    """Return for each firm its last sheet before the loan, as firm -> sheet."""
    chosen: dict[int, int] = {}
    for chunk in in_chunks(sorted(decided)):
        rows: Sequence[tuple[int, int, date, date]] = [
            (firm, sheet, data_as_of, in_china(run_at).date())
            for firm, sheet, data_as_of, run_at in session.execute(
                select(ScoreSheet.enterprise_id, ScoreSheet.id, ScoreRun.data_as_of, ScoreRun.run_at)
                .join(ScoreRun, ScoreRun.id == ScoreSheet.run_id)
                .join(ScorecardVersion, ScorecardVersion.id == ScoreRun.card_version_id)
                .where(ScoreSheet.enterprise_id.in_(chunk), ScorecardVersion.card_id == card_id)
                .order_by(ScoreRun.data_as_of, ScoreRun.id)
            )
        ]
        for firm, sheet, data_as_of, run_on in rows:
            if max(data_as_of, run_on) <= decided[firm].since:
                chosen[firm] = sheet
    return chosen


def points_of(sheet: Sheet, card: Scorecard) -> dict[str, Decimal]:
    """Return the graded score, and of each block the points earned in per cent of its weight."""
    block_of = {row.code: row.block for row in card.indicators}
    earned = dict.fromkeys(Block, Decimal(0))
    weights = dict.fromkeys(Block, Decimal(0))
    for line in sheet.lines:
        earned[block_of[line.code]] += line.contribution
        weights[block_of[line.code]] += line.weight
    points = {
        block.value: (100 * earned[block] / weights[block]).quantize(_TENTH_THOUSANDTH)
        if weights[block]
        else Decimal(0)
        for block in Block
    }
    return {SCORE: sheet.graded_score, **points}
