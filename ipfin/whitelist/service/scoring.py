"""Use cases of scoring: activate a card, score every firm with it. Scoring again makes new rows."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.bulk import insert_rows
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import Text, _
from ipfin.registry.service import recount_expired
from ipfin.whitelist.cohorts import build_cohorts
from ipfin.whitelist.explain import peer_medians
from ipfin.whitelist.indicators import raw_values, score_inputs
from ipfin.whitelist.models import ScorecardVersion, ScoreRun, ScoreSheet
from ipfin.whitelist.queries import active_card, firm_facts, firms_to_score
from ipfin.whitelist.scheme import DEFAULT_CARD, load_card
from ipfin.whitelist.scorecard import Scorecard, card_sha256, plain
from ipfin.whitelist.scoring import Grade, score_many, ten_thousandths
from ipfin.whitelist.scoring import ScoreSheet as Sheet

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
)


def silent(_done: int, _total: int, _message: Text) -> None:
    """Report progress to nobody."""


def activate_card(
    session: Session, actor: Actor, source: Path | bytes = DEFAULT_CARD, *, on: date
) -> ScorecardVersion:
    """Make a scorecard the one that scores from now on; the same card again changes nothing.

    Raises:
        BadInput: the card is not sound.
        Conflict: another card already has this id and version.
    """
    raw = source.read_bytes() if isinstance(source, Path) else source
    card = load_card(raw)
    digest = card_sha256(card)
    current = active_card(session)
    if current is not None and current.sha256 == digest:
        return current
    known = session.scalar(
        select(ScorecardVersion).where(
            ScorecardVersion.card_id == card.id, ScorecardVersion.version == card.version
        )
    )
    if known is not None:
        raise Conflict(
            _(
                "评分卡%(card)s已有%(version)s版，内容改动后须使用新的版本号。",
                card=card.id,
                version=card.version,
            )
        )
    version = ScorecardVersion(
        card_id=card.id,
        version=card.version,
        sha256=digest,
        source_text=raw.decode("utf-8-sig"),
        activated_on=on,
        activated_by=actor.name,
    )
    session.add(version)
    session.flush()
    record(
        session,
        actor,
        "whitelist.card.activated",
        f"card:{version.id}",
        card=card.title,
        version=card.version,
        sha256=digest,
    )
    return version


def card_of(version: ScorecardVersion) -> Scorecard:
    """Return the scorecard that a stored version holds."""
    return load_card(version.source_text.encode())


def run_scores(session: Session, actor: Actor, *, on: date, report: Progress = silent) -> ScoreRun:
    """Score every firm that holds a patent on the data of day `on`.

    Raises:
        Conflict: no card is active, or there is no firm to score.
    """
    started = time.perf_counter()
    version = active_card(session) or activate_card(session, actor, on=on)
    card = card_of(version)
    recount_expired(session, on=on)
    firms = firms_to_score(session)
    if not firms:
        raise Conflict(_("库中还没有持有专利的企业，请先导入名单。"))
    report(0, len(firms), _("正在汇总企业事实"))
    facts = firm_facts(session, firms, on)
    distinct = {patent.number: patent for known in facts.values() for patent in known.patents}
    cohorts = build_cohorts(distinct.values())
    report(len(firms) // 3, len(firms), _("正在计算评分"))
    cases = [(raw_values(facts[firm], on, cohorts), score_inputs(facts[firm], on, cohorts)) for firm in firms]
    sheets = score_many(cases, card, data_as_of=on)
    run = ScoreRun(
        card_version_id=version.id,
        data_as_of=on,
        firms_count=len(firms),
        grade_counts=_grade_counts(sheets),
        inputs_hash=_digest(sheets),
        peer_medians={code: plain(points) for code, points in peer_medians(sheets).items()},
        run_by=actor.name,
        run_at=now_utc(),
        seconds_ms=0,
    )
    session.add(run)
    session.flush()
    report(len(firms) * 2 // 3, len(firms), _("正在保存评分表"))
    insert_rows(
        session,
        ScoreSheet,
        _SHEET_COLUMNS,
        (_sheet_row(run.id, firm, sheet) for firm, sheet in zip(firms, sheets, strict=True)),
    )
    run.seconds_ms = round((time.perf_counter() - started) * 1000)
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


def _grade_counts(sheets: Sequence[Sheet]) -> dict[str, int]:
    counts = Counter(sheet.grade for sheet in sheets)
    return {grade.value: counts[grade] for grade in Grade}


def _digest(sheets: Sequence[Sheet]) -> str:
    digest = hashlib.sha256()
    for sheet in sheets:
        digest.update(sheet.inputs_hash.encode())
    return digest.hexdigest()


def _sheet_row(run_id: int, enterprise_id: int, sheet: Sheet) -> tuple[object, ...]:
    return (
        run_id,
        enterprise_id,
        sheet.grade,
        ten_thousandths(sheet.score),
        ten_thousandths(sheet.graded_score),
        ten_thousandths(sheet.lowest),
        ten_thousandths(sheet.highest),
        int(sheet.coverage * Decimal(10_000)),
        sheet.as_bytes().decode(),
    )
