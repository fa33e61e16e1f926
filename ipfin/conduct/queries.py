"""Reading the register of conduct."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.bulk import in_chunks
from ipfin.conduct.models import ConductRecord


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
