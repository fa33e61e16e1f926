"""Reading the register of conduct."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.bulk import in_chunks
from ipfin.conduct.consultation import Look
from ipfin.conduct.models import ConductRecord, RegisterConsultation
from ipfin.conduct.rules import ConductCode


def records_of(session: Session, enterprise_ids: Collection[int]) -> dict[int, list[ConductRecord]]:
    """Return every record of these enterprises, in force or not, by enterprise id."""
    found: dict[int, list[ConductRecord]] = {}
    for chunk in in_chunks(enterprise_ids):
        rows: Sequence[ConductRecord] = session.scalars(
            select(ConductRecord)
            .where(ConductRecord.enterprise_id.in_(chunk))
            .order_by(ConductRecord.effective_on, ConductRecord.id)
        ).all()
        for row in rows:
            found.setdefault(row.enterprise_id, []).append(row)
    return found


def last_consultations(session: Session, on: date) -> dict[ConductCode, RegisterConsultation]:
    """Return the last look into each register up to day `on`."""
    rows = session.scalars(
        select(RegisterConsultation)
        .where(RegisterConsultation.consulted_on <= on)
        .order_by(RegisterConsultation.consulted_on, RegisterConsultation.id)
    )
    return {row.code: row for row in rows}


def looks(session: Session, on: date) -> list[Look]:
    """Return the last look into each register up to day `on`, for the rules."""
    return [Look(code, row.consulted_on) for code, row in last_consultations(session, on).items()]


def consultations(session: Session, *, limit: int = 100) -> Sequence[RegisterConsultation]:
    """Return the latest looks into registers, the last first."""
    return session.scalars(
        select(RegisterConsultation)
        .order_by(RegisterConsultation.consulted_on.desc(), RegisterConsultation.id.desc())
        .limit(limit)
    ).all()
