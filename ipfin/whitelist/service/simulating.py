"""The use case of a simulation: try a draft on the readings of the last run; nobody's score changes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.text import _
from ipfin.registry.industries import section
from ipfin.registry.models import Enterprise, EnterpriseFact, FactKind
from ipfin.whitelist.activation import DraftState
from ipfin.whitelist.capital import band
from ipfin.whitelist.models import CardDraft, CardSimulation, ScoreRun, ScoreSheet
from ipfin.whitelist.queries import active_card, latest_run
from ipfin.whitelist.scheme import load_card
from ipfin.whitelist.scorecard import Scorecard, card_sha256
from ipfin.whitelist.scoring import Grade
from ipfin.whitelist.service.cards import card_of
from ipfin.whitelist.service.scoring import Progress, silent
from ipfin.whitelist.simulation import Grouping, digest_of, readings_of, simulate


def simulate_draft(
    session: Session, actor: Actor, draft: CardDraft, *, line: Grade, on: date, report: Progress = silent
) -> CardSimulation:
    """Try a draft on the readings of the last run, against the card in force for the same use.

    Where no card is in force for that use, it is compared with the card of the run.

    Args:
        line: the lowest grade that is selected.

    Raises:
        BadInput: the draft is no sound card, or the line is no grade.
        Conflict: the draft is submitted or closed, or nothing was scored yet.
    """
    if draft.state is not DraftState.DRAFT:  # what was said of a submitted one's simulation stands
        raise Conflict(_("只有起草中的草稿可以模拟。"))
    if line is Grade.UNRATED:
        raise BadInput(_("入选线须为A至D中的一级。"), field="minimum_grade")
    card, run = load_card(draft.text.encode()), latest_run(session)
    if run is None:
        raise Conflict(_("还没有评分，没有数据可供模拟；请先评分。"))
    version = active_card(session, on, card.scenario) or run.card_version
    found = _tried(session, run, card_of(version), card, line, report)
    kept = CardSimulation(
        draft=draft,
        run_id=run.id,
        card_sha256=card_sha256(card),
        minimum_grade=line,
        found=found,
        digest=digest_of(found),
        computed_by=actor.name,
        computed_at=now_utc(),
    )
    session.add(kept)
    session.flush()
    record(
        session,
        actor,
        "whitelist.draft.simulated",
        f"card_draft:{draft.id}",
        number=draft.id,
        entered=len(found["entered"]),
        left=len(found["left"]),
        digest=kept.digest,
    )
    report(2, 2, _("模拟完成"))
    return kept


def try_card(session: Session, run: ScoreRun, card: Scorecard, *, line: Grade, on: date) -> dict[str, Any]:
    """Return what a card that is no draft would change; nothing is kept."""
    version = active_card(session, on, card.scenario) or run.card_version
    return _tried(session, run, card_of(version), card, line, silent)


def _tried(
    session: Session, run: ScoreRun, current: Scorecard, card: Scorecard, line: Grade, report: Progress
) -> dict[str, Any]:
    report(0, 2, _("正在读取最近一次评分"))
    rows = session.execute(
        select(ScoreSheet.enterprise_id, ScoreSheet.body)
        .where(ScoreSheet.run_id == run.id)
        .order_by(ScoreSheet.enterprise_id)
    ).all()
    codes = [row.code for row in (*current.indicators, *card.indicators)]
    readings = readings_of([json.loads(row.body) for row in rows], codes)
    firms = [row.enterprise_id for row in rows]
    report(1, 2, _("正在按草稿计算"))
    return simulate(readings, firms, current, card, line, _groups(session, run.id, firms))


def _groups(session: Session, run_id: int, firms: Sequence[int]) -> dict[Grouping, list[str]]:
    """Return for each grouping the group of every firm; what no register told is the empty group."""
    of_run = select(ScoreSheet.enterprise_id).where(ScoreSheet.run_id == run_id)
    known = {
        row.id: row
        for row in session.execute(
            select(Enterprise.id, Enterprise.region_code, Enterprise.industry_code).where(
                Enterprise.id.in_(of_run)
            )
        )
    }
    facts: dict[tuple[int, FactKind], tuple[Decimal | None, str]] = {}
    told = select(
        EnterpriseFact.enterprise_id, EnterpriseFact.kind, EnterpriseFact.number, EnterpriseFact.word
    ).where(
        EnterpriseFact.enterprise_id.in_(of_run),
        EnterpriseFact.kind.in_((FactKind.REGISTERED_CAPITAL, FactKind.LEGAL_FORM)),
    )
    for firm, kind, number, word in session.execute(told.order_by(EnterpriseFact.as_of, EnterpriseFact.id)):
        facts[firm, kind] = (number, word)
    nothing = (None, "")
    return {
        Grouping.COUNTY: [known[firm].region_code or "" for firm in firms],
        Grouping.INDUSTRY: [section(known[firm].industry_code) for firm in firms],
        Grouping.CAPITAL: [band(*facts.get((firm, FactKind.REGISTERED_CAPITAL), nothing)) for firm in firms],
        Grouping.LEGAL_FORM: [facts.get((firm, FactKind.LEGAL_FORM), nothing)[1] for firm in firms],
    }
