"""The pledge flag of patents follows what lists and registrations tell, whenever either of them changed."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.bulk import in_chunks
from ipfin.registry.burdens import flags_with_pledges, has_pledge
from ipfin.registry.models import Patent
from ipfin.registry.queries.ownership import pledges_of
from ipfin.registry.service import portfolio


def follow_pledges(session: Session, patent_ids: Collection[int]) -> set[int]:
    """Write the flags of these patents anew; return the enterprises that hold one that changed."""
    session.flush()
    changed: list[int] = []
    for chunk in in_chunks(sorted(patent_ids)):
        pledges = pledges_of(session, chunk)
        for patent in session.scalars(select(Patent).where(Patent.id.in_(chunk))):
            told_on = (patent.flags_as_of or patent.as_of) if patent.tells_flags else None
            flags = flags_with_pledges(patent.listed_flags, told_on, pledges.get(patent.id, ()))
            if flags != patent.flags:
                patent.flags, patent.is_pledged = flags, has_pledge(flags)
                changed.append(patent.id)
    session.flush()
    return portfolio.holders_of(session, changed)
