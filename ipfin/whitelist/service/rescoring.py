"""The use case of scoring only the firms that changed since the last run (增量评分).

Decides when that may be done and what the run holds. It is a whole run of its own: the sheets of firms that
did not change are copied as they stand, so that it equals a full run of the same day to the byte. Terms,
ages and validity move every day by themselves: for another day, another card or another measure everybody
is scored.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import date
from typing import Final

from sqlalchemy import insert, literal, select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.bulk import among
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import _
from ipfin.registry.models import Enterprise
from ipfin.registry.service import take_changes
from ipfin.whitelist.models import ScoreRun, ScoreSheet
from ipfin.whitelist.queries import firms_to_score
from ipfin.whitelist.queries.changes import base_on
from ipfin.whitelist.service.cards import card_of
from ipfin.whitelist.service.scoring import Progress, begun, score_firms, silent
from ipfin.whitelist.service.tally import Tally

_AT_ONCE: Final = 10_000  # gists read together: about a megabyte
_COPIED: Final = (
    "enterprise_id", "grade", "score_e4", "graded_e4", "low_e4", "high_e4", "coverage_bp", "body", "gist",
)  # fmt: skip


def rescore_changed(
    session: Session, actor: Actor, *, on: date, report: Progress = silent, scheduler: str = ""
) -> ScoreRun:
    """Score the firms that changed since the last run for the whitelist, which was of day `on`.

    Raises:
        Conflict: everybody has to be scored (`base_on`), or nothing changed.
    """
    started = time.perf_counter()
    base = base_on(session, on)
    changed = take_changes(session)
    if not changed:
        raise Conflict(_("上次评分以后没有企业发生变动。"))
    version, reference = base.card_version, base.cohort_reference
    if reference is None:
        raise Conflict(_("上次评分没有同类参照，须全量评分。"))
    run = begun(session, actor, version, reference, on=on)
    run.base_run_id = base.id
    _copy(session, base, run, changed)
    firms = firms_to_score(session, among(session, Enterprise.id, changed))
    card = card_of(version)
    for _sheets in score_firms(session, run, firms, report=report, scheduler=scheduler):
        pass  # the sums are taken over all sheets, below
    run.rescored_count = len(firms)
    _sum_up(session, run, Tally(card))
    run.seconds_ms = round((time.perf_counter() - started) * 1000)
    session.flush()
    record(
        session,
        actor,
        "whitelist.scores.rescored",
        f"score_run:{run.id}",
        card=card.title,
        version=card.version,
        changed=len(firms),
        firms=run.firms_count,
        base=base.id,
        inputs_hash=run.inputs_hash,
    )
    report(len(firms), len(firms), _("评分完成"))
    return run


def _copy(session: Session, base: ScoreRun, run: ScoreRun, changed: Collection[int]) -> None:
    same = select(literal(run.id), *(getattr(ScoreSheet, name) for name in _COPIED)).where(
        ScoreSheet.run_id == base.id, ~among(session, ScoreSheet.enterprise_id, sorted(changed))
    )
    session.execute(insert(ScoreSheet).from_select(["run_id", *_COPIED], same))


def _sum_up(session: Session, run: ScoreRun, tally: Tally) -> None:
    rows = session.execute(
        select(ScoreSheet.grade, ScoreSheet.gist)
        .where(ScoreSheet.run_id == run.id)
        .order_by(ScoreSheet.enterprise_id)
    )
    for some in rows.partitions(_AT_ONCE):
        tally.add([row.grade for row in some], [row.gist or b"" for row in some])
    tally.write(run)
