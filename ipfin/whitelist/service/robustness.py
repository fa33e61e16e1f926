"""The use case of robustness: see how the sheets of a run stand under other weights. Changes no sheet."""

from __future__ import annotations

import json
import time

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.bulk import insert_rows
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.text import _
from ipfin.whitelist.models import RobustnessRun, ScoreSheet, SheetRobustness
from ipfin.whitelist.panel import panel, share_bp, summary
from ipfin.whitelist.queries import robustness_of_run, run_by_id
from ipfin.whitelist.robustness import DRAWS, KAPPA, SEED, FirmRobustness, examine, is_edge
from ipfin.whitelist.scoring import ScoreSheet as Sheet
from ipfin.whitelist.service.cards import card_of
from ipfin.whitelist.service.scoring import Progress, silent

_COLUMNS = (
    "sheet_id",
    "robustness_run_id",
    "grade_holds_bp",
    "grade_holds_uniform_bp",
    "in_list_bp",
    "is_edge",
    "low_grade",
    "high_grade",
    "without",
)


def examine_run(
    session: Session, actor: Actor, run_id: int, *, report: Progress = silent, draws: int = DRAWS
) -> RobustnessRun:
    """Examine a score run, once: a run that was examined is returned as it is.

    Raises:
        NotFound: there is no such run.
    """
    started = time.perf_counter()
    run = run_by_id(session, run_id)
    known = robustness_of_run(session, run_id)
    if known is not None:
        return known
    report(0, 2, _("正在抽取权重"))
    rows = session.execute(
        select(ScoreSheet.id, ScoreSheet.body).where(ScoreSheet.run_id == run_id).order_by(ScoreSheet.id)
    ).all()
    card = card_of(run.card_version)
    sheets = [Sheet.from_json(row.body) for row in rows]
    found = examine(sheets, card, draws=draws, seed=SEED, kappa=KAPPA)
    kept = RobustnessRun(
        run_id=run_id,
        draws=draws,
        seed=found.seed,
        kappa=found.kappa,
        cut=found.cut,
        rated_count=found.rated,
        edge_count=found.edge_count(),
        found=summary(found, panel(sheets, card, found.cut)),
        numpy_version=found.numpy_version,
        computed_by=actor.name,
        computed_at=now_utc(),
        seconds_ms=0,
    )
    session.add(kept)
    session.flush()
    report(1, 2, _("正在保存检验结果"))
    insert_rows(
        session,
        SheetRobustness,
        _COLUMNS,
        (_row(row.id, kept.id, firm, draws) for row, firm in zip(rows, found.firms, strict=True)),
    )
    kept.seconds_ms = round((time.perf_counter() - started) * 1000)
    record(
        session,
        actor,
        "whitelist.robustness.examined",
        f"score_run:{run_id}",
        run=run_id,
        draws=draws,
        edge=kept.edge_count,
    )
    report(2, 2, _("稳健性检验完成"))
    return kept


def _row(sheet_id: int, kept_id: int, firm: FirmRobustness, draws: int) -> tuple[object, ...]:
    def share(count: int | None) -> int | None:
        return None if count is None else share_bp(count, draws)

    return (
        sheet_id,
        kept_id,
        share(firm.holds()),
        share(firm.holds_uniform()),
        share(firm.times_in),
        firm.times_in is not None and is_edge(firm.times_in, draws),
        firm.low_grade,
        firm.high_grade,
        json.dumps({block.value: grade.value for block, grade in (firm.without or {}).items()}),
    )
