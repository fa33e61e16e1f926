"""Writing outcomes down and taking them back. Callers own the transaction."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import Conflict
from ipfin.kernel.reasons import checked_reason
from ipfin.kernel.text import _
from ipfin.outcomes.models import FinancingOutcome
from ipfin.outcomes.rules import KIND_LABELS, Statement
from ipfin.registry.models import Enterprise

LONGEST_REASON: Final = 300


def enter_outcome(
    session: Session,
    actor: Actor,
    enterprise: Enterprise,
    said: Statement,
    *,
    on: date,
    batch_id: int | None = None,
) -> FinancingOutcome:
    """Write down what became of `enterprise`.

    Args:
        on: today, as far as the writer is concerned.
        batch_id: the import batch of the list that tells it.

    Raises:
        BadInput: see `Statement.checked`.
        Conflict: the same stands already.
    """
    tidy = said.checked(on)
    twin = session.scalar(
        select(FinancingOutcome.id).where(
            FinancingOutcome.enterprise_id == enterprise.id,
            FinancingOutcome.kind == tidy.kind,
            FinancingOutcome.happened_on == tidy.happened_on,
            FinancingOutcome.evidence == tidy.evidence,
            FinancingOutcome.withdrawn_at.is_(None),
        )
    )
    if twin is not None:
        raise Conflict(_("同一企业、同一日期、同一凭据的这项结果已经登记。"))
    outcome = FinancingOutcome(
        enterprise_id=enterprise.id,
        kind=tidy.kind,
        happened_on=tidy.happened_on,
        source=tidy.source,
        evidence=tidy.evidence,
        entered_by_user_id=actor.user_id,
        entered_by=actor.name,
        entered_at=now_utc(),
        batch_id=batch_id,
    )
    session.add(outcome)
    session.flush()
    record(
        session,
        actor,
        "outcomes.outcome.entered",
        f"enterprise:{enterprise.id}",
        name=enterprise.name,
        kind=KIND_LABELS[tidy.kind],
        day=tidy.happened_on,
        source=tidy.source,
    )
    return outcome


def withdraw_outcome(session: Session, actor: Actor, outcome: FinancingOutcome, *, reason: str) -> None:
    """Take an outcome back that was wrong; the row stays and counts no longer.

    Raises:
        BadInput: no reason.
        Conflict: it was taken back before.
    """
    said = checked_reason(reason, longest=LONGEST_REASON)
    outcome = session.scalars(
        select(FinancingOutcome)
        .where(FinancingOutcome.id == outcome.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if outcome.withdrawn_at is not None:
        raise Conflict(_("这项结果已经撤回。"))
    outcome.withdrawn_at, outcome.withdrawn_by, outcome.withdrawn_reason = now_utc(), actor.name, said
    session.flush()
    record(
        session,
        actor,
        "outcomes.outcome.withdrawn",
        f"enterprise:{outcome.enterprise_id}",
        name=outcome.enterprise.name,
        kind=KIND_LABELS[outcome.kind],
        day=outcome.happened_on,
        reason=said,
    )
