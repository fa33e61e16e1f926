"""Firms that institutions proposed: kept until a round has them among its candidates.

A proposal changes no score and no outcome: it says in the round who named the firm. One whose firm the
round's score run does not hold waits on.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.registry.models import Enterprise
from ipfin.whitelist.models import CandidateProposal, RoundEntry


def propose_candidate(
    session: Session,
    actor: Actor,
    enterprise: Enterprise,
    *,
    organisation_id: int,
    organisation_name: str,
    on: date,
) -> CandidateProposal:
    """Let a firm that an institution proposed wait for the next round; saying it again changes nothing."""
    waiting = session.scalar(
        select(CandidateProposal).where(
            CandidateProposal.enterprise_id == enterprise.id,
            CandidateProposal.organisation_id == organisation_id,
            CandidateProposal.round_id.is_(None),
        )
    )
    if waiting is not None:
        return waiting
    proposal = CandidateProposal(
        enterprise_id=enterprise.id,
        organisation_id=organisation_id,
        organisation_name=organisation_name,
        confirmed_on=on,
        confirmed_by_user_id=actor.user_id,
        confirmed_by=actor.name,
        confirmed_at=now_utc(),
    )
    session.add(proposal)
    session.flush()
    record(
        session,
        actor,
        "whitelist.candidate.proposed",
        f"enterprise:{enterprise.id}",
        name=enterprise.name,
        organisation=organisation_name,
    )
    return proposal


def take_proposals(session: Session, round_id: int) -> None:
    """Tie the waiting proposals to a round that has their firms among its candidates."""
    candidates = select(RoundEntry.enterprise_id).where(RoundEntry.round_id == round_id)
    session.execute(
        update(CandidateProposal)
        .where(CandidateProposal.round_id.is_(None), CandidateProposal.enterprise_id.in_(candidates))
        .values(round_id=round_id)
        .execution_options(synchronize_session="fetch")
    )


def release_proposals(session: Session, round_id: int) -> None:
    """Let the proposals of a round that is given up wait for the next one.

    One that was made again meanwhile waits already, so the earlier one stays with the round.
    """
    mine = session.scalars(select(CandidateProposal).where(CandidateProposal.round_id == round_id)).all()
    waiting = {
        (row.enterprise_id, row.organisation_id)
        for row in session.scalars(select(CandidateProposal).where(CandidateProposal.round_id.is_(None)))
    }
    for row in mine:
        if (row.enterprise_id, row.organisation_id) not in waiting:
            row.round_id = None
    session.flush()
