"""Which firms changed since they were scored: marks that writers leave and a score run takes off.

Decides how marks are written and taken. Whoever writes what a score is computed from (patents, holders,
facts, the day of foundation) marks the firms in the same transaction; `portfolio.recount` does so for
everything that touches patents.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from ipfin.bulk import among
from ipfin.registry.models import Enterprise, EnterpriseChange


def note_changed(session: Session, enterprise_ids: Collection[int]) -> None:
    """Mark firms as changed; one that does not exist any more needs no mark."""
    if not enterprise_ids:
        return
    session.flush()
    found = select(Enterprise.id).where(among(session, Enterprise.id, sorted(set(enterprise_ids))))
    session.execute(insert(EnterpriseChange).from_select(["enterprise_id"], found))


def note_brought(session: Session, batch_id: int) -> None:
    """Mark the firms that a list brought: they are written with their counts, so nobody counts them anew."""
    found = select(Enterprise.id).where(Enterprise.first_batch_id == batch_id)
    session.execute(insert(EnterpriseChange).from_select(["enterprise_id"], found))


def take_changes(session: Session) -> set[int]:
    """Return the firms that are marked and take their marks off.

    Called before facts are read: what is written meanwhile keeps its mark, and is read again next time.
    """
    taken = delete(EnterpriseChange).returning(EnterpriseChange.enterprise_id)
    return set(session.scalars(taken.execution_options(synchronize_session=False)))
