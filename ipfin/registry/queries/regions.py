"""Names of divisions for codes that were counted or listed: looked up afterwards, joined to nothing."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ipfin.bulk import in_chunks
from ipfin.registry.models import Region


def named_regions(session: Session, counts: Select[str | None, int]) -> list[tuple[str, str, int]]:
    """Return (code, name, firms), by code, of a query of codes and counts."""
    counted = {code: count for code, count in session.execute(counts) if code is not None}
    names = region_names(session, counted)
    return [(code, names[code], counted[code]) for code in sorted(counted)]


def region_names(session: Session, codes: Collection[str]) -> dict[str, str]:
    """Return the names of divisions by code."""
    found: dict[str, str] = {}
    for chunk in in_chunks(sorted(codes)):
        rows = session.execute(select(Region.code, Region.name).where(Region.code.in_(chunk)))
        found.update(rows.all())
    return found
