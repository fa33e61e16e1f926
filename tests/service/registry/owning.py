"""Taking made-up patent lists of several sources in, without a file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.kernel.actor import SYSTEM
from ipfin.lists.service import commit_list
from ipfin.registry.intake import Plan, mapping_for, plan
from ipfin.registry.models import Applicant, ImportBatch, PastHolding, Patent, PatentApplicant
from ipfin.registry.service import note_check, open_batch
from tests.lists import HEADER, table_of

FIRST, LATER, LAST = date(2026, 3, 5), date(2026, 4, 1), date(2026, 5, 1)
A, B, C = "安阳样甲机械有限公司", "安阳样乙电气有限公司", "林州样丙铸造有限公司"
NO_EVENTS = HEADER[:-1]


def taken(
    session: Session,
    *rows: Sequence[str],
    as_of: date = FIRST,
    source: str = "甲库",
    header: Sequence[str] = HEADER,
) -> tuple[ImportBatch, Plan]:
    """Take a list in and return its batch and plan."""
    table = table_of(header, [list(cells[: len(header)]) for cells in rows])
    found = plan(session, table, mapping_for(session, table), as_of=as_of, source=source)
    batch = open_batch(
        session,
        SYSTEM,
        filename=f"{source}.xlsx",
        stored_name="x",
        sha256=table.sha256,
        size_bytes=table.size_bytes,
        as_of=as_of,
        source=source,
    )
    note_check(session, SYSTEM, batch, found)
    commit_list(session, SYSTEM, batch, found, report=lambda *_said: None)
    session.expire_all()
    return batch, found


def owners(session: Session, patent: Patent | None = None) -> list[tuple[str, date | None]]:
    """Return who holds the patent (the only one by default), with the day since when."""
    where = () if patent is None else (PatentApplicant.patent_id == patent.id,)
    rows = session.execute(
        select(Applicant.name, PatentApplicant.since)
        .join(PatentApplicant, PatentApplicant.applicant_id == Applicant.id)
        .where(*where)
        .order_by(PatentApplicant.position)
    )
    return [(name, since) for name, since in rows]


def former(session: Session) -> list[tuple[str, date | None, date]]:
    """Return who held patents before, from when until when."""
    rows = session.execute(
        select(Applicant.name, PastHolding.since, PastHolding.until)
        .join(Applicant, Applicant.id == PastHolding.applicant_id)
        .order_by(PastHolding.until, PastHolding.id)
    )
    return [(name, since, until) for name, since, until in rows]


def the_patent(session: Session) -> Patent:
    """Return the only patent."""
    return session.scalars(select(Patent)).one()
