"""The use case of scoring: score every firm with the card in force. Scoring again makes new rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.bulk import insert_rows
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import Text, _
from ipfin.registry.service import recount_expired, take_changes
from ipfin.whitelist.cohorts import Measure
from ipfin.whitelist.engine.chunks import Recipe
from ipfin.whitelist.engine.scoring import Scored
from ipfin.whitelist.facts import FirmFacts
from ipfin.whitelist.models import CohortReference, ScorecardVersion, ScoreRun, ScoreSheet
from ipfin.whitelist.packing import pack
from ipfin.whitelist.queries import active_card, firm_facts, firms_to_score
from ipfin.whitelist.queries.cards import first_day_of
from ipfin.whitelist.queries.cohorts import cohorts_of
from ipfin.whitelist.scorecard import SCENARIO_LABELS, Scenario
from ipfin.whitelist.service.cards import card_of, found_card
from ipfin.whitelist.service.cluster import scored_chunks
from ipfin.whitelist.service.cohorts import found_reference
from ipfin.whitelist.service.tally import Tally, gist_of

FIRMS_AT_ONCE = 2_000  # what stands in memory at once: about 30 MB with firms of ten patents
Progress = Callable[[int, int, Text], None]
_SHEET_COLUMNS = (
    "run_id",
    "enterprise_id",
    "grade",
    "score_e4",
    "graded_e4",
    "low_e4",
    "high_e4",
    "coverage_bp",
    "body",
    "gist",
)


def silent(_done: int, _total: int, _message: Text) -> None:
    """Report progress to nobody."""


def _card_for(session: Session, actor: Actor, scenario: Scenario, *, on: date) -> ScorecardVersion:
    version = active_card(session, on, scenario)
    if version is not None:
        return version
    first = first_day_of(session, scenario)
    if first is not None:
        raise Conflict(_("评分卡自%(day)s起启用，不能用来给此前的日子评分。", day=first.isoformat()))
    if scenario is not Scenario.WHITELIST:
        raise Conflict(
            _("用途“%(scenario)s”还没有启用的评分卡，请先起草并启用。", scenario=SCENARIO_LABELS[scenario])
        )
    return found_card(session, actor, on=on)


def run_scores(
    session: Session,
    actor: Actor,
    *,
    on: date,
    scenario: Scenario = Scenario.WHITELIST,
    report: Progress = silent,
    scheduler: str = "",
) -> ScoreRun:
    """Score every firm that holds a patent on the data of day `on` with the card in force on that day.

    The first run for the whitelist founds the card that ships with the product, and says so in the record.

    Args:
        scheduler: the address of a Dask cluster to score on (`cluster`); empty: in this process.

    Raises:
        Conflict: no card was in force on that day, there is no firm to score, or the cluster cannot do it.
    """
    started = time.perf_counter()
    version = _card_for(session, actor, scenario, on=on)
    card = card_of(version)
    if scenario is Scenario.WHITELIST:  # before anything is read: what is written meanwhile keeps its mark
        take_changes(session)
    recount_expired(session, on=on)
    firms = firms_to_score(session)
    if not firms:
        raise Conflict(_("库中还没有持有专利的企业，请先导入名单。"))
    reference = found_reference(session, actor, on=on)
    run = begun(session, actor, version, reference, on=on)
    tally = Tally(card)
    for sheets in score_firms(session, run, firms, report=report, scheduler=scheduler):
        tally.add([sheet.grade for sheet in sheets], [gist_of(sheet) for sheet in sheets])
    tally.write(run)
    run.rescored_count = run.firms_count
    run.seconds_ms = round((time.perf_counter() - started) * 1000)
    session.flush()
    record(
        session,
        actor,
        "whitelist.scores.run",
        f"score_run:{run.id}",
        card=card.title,
        version=card.version,
        firms=run.firms_count,
        inputs_hash=run.inputs_hash,
    )
    report(len(firms), len(firms), _("评分完成"))
    return run


def score_firms(
    session: Session, run: ScoreRun, firms: Sequence[int], *, report: Progress, scheduler: str
) -> Iterator[list[Scored]]:
    """Write the sheets of `firms` into a run, chunk by chunk, and yield them."""
    reference = run.cohort_reference
    if reference is None:
        raise Conflict(_("这次评分没有同类参照，无法计分。"))
    cohorts_of(reference)  # refuses a content that is not what its digest says
    measure = Measure(reference.version, reference.sha256)
    recipe = Recipe(run.card_version.source_text, reference.body, measure, run.data_as_of)
    chunks = [firms[first : first + FIRMS_AT_ONCE] for first in range(0, len(firms), FIRMS_AT_ONCE)]
    known = (_facts_of(session, chunk, run.data_as_of) for chunk in chunks)
    done = 0
    for chunk, scored in zip(chunks, scored_chunks(known, recipe, scheduler), strict=True):
        report(done, len(firms), _("正在计算评分"))
        done += len(chunk)
        rows = (_sheet_row(run.id, firm, sheet) for firm, sheet in zip(chunk, scored, strict=True))
        insert_rows(session, ScoreSheet, _SHEET_COLUMNS, rows)
        yield scored


def _facts_of(session: Session, firms: Sequence[int], on: date) -> list[FirmFacts]:
    facts = firm_facts(session, firms, on)
    return [facts[firm] for firm in firms]


def begun(
    session: Session, actor: Actor, version: ScorecardVersion, reference: CohortReference, *, on: date
) -> ScoreRun:
    """Begin a run of which nothing is counted yet."""
    run = ScoreRun(
        card_version_id=version.id,
        cohort_reference_id=reference.id,
        data_as_of=on,
        firms_count=0,
        grade_counts={},
        inputs_hash="",
        run_by=actor.name,
        run_at=now_utc(),
        seconds_ms=0,
    )
    session.add(run)
    session.flush()
    return run


def _sheet_row(run_id: int, enterprise_id: int, sheet: Scored) -> tuple[object, ...]:
    return (
        run_id,
        enterprise_id,
        sheet.grade,
        sheet.score_e4,
        sheet.graded_e4,
        sheet.low_e4,
        sheet.high_e4,
        sheet.coverage_bp,
        pack(sheet.body),  # rows go to the driver as they are
        gist_of(sheet),
    )
