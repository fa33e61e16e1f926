"""Patents that had to be compared value by value get the digest by which the next list spares that.

Decides only which: those without one. What a digest says is read from the rows as they stand, under their
locks, never from the list: a digest of what does not stand would hide a change for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from sqlalchemy import Table, bindparam, select, type_coerce, update
from sqlalchemy.orm import Session
from sqlalchemy.types import NullType

from ipfin.bulk import in_chunks
from ipfin.registry.models import Patent
from ipfin.registry.row_digests import COMPARED, digests


def remember(session: Session, patent_ids: Sequence[int]) -> None:
    """Keep the digest of each of these patents that has none; everything else of the rows must be written."""
    session.flush()
    table = cast("Table", Patent.__table__)
    columns = [type_coerce(table.c[name], NullType()).label(name) for name in ("id", *COMPARED)]
    asked = select(*columns).with_for_update()
    kept = update(table).where(table.c.id == bindparam("patent"))
    kept = kept.values(told_digest=bindparam("digest"))
    for chunk in in_chunks(patent_ids):
        rows = session.execute(asked.where(table.c.id.in_(chunk), table.c.told_digest.is_(None))).all()
        if not rows:
            continue
        ids, *values = zip(*rows, strict=True)
        found = zip(ids, digests(dict(zip(COMPARED, values, strict=True))), strict=True)
        session.connection().execute(
            kept, [{"patent": number, "digest": digest} for number, digest in found if digest]
        )
