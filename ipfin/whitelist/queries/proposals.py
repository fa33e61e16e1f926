"""Which institutions proposed which firms, of a round and of those that wait for one."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.whitelist.models import CandidateProposal


def proposers_of(session: Session, round_id: int, enterprise_ids: Collection[int]) -> dict[int, list[str]]:
    """Return the institutions that proposed each of these candidates of a round, by name."""
    rows = session.execute(
        select(CandidateProposal.enterprise_id, CandidateProposal.organisation_name)
        .where(
            CandidateProposal.round_id == round_id,
            CandidateProposal.enterprise_id.in_(list(enterprise_ids)),
        )
        .distinct()
        .order_by(CandidateProposal.organisation_name)
    )
    found: dict[int, list[str]] = {}
    for enterprise_id, name in rows:
        found.setdefault(enterprise_id, []).append(name)
    return found


def waiting_proposals(session: Session) -> int:
    """Return how many proposals wait for the next round."""
    waiting = select(func.count()).select_from(CandidateProposal)
    return session.scalar(waiting.where(CandidateProposal.round_id.is_(None))) or 0
