"""What persons recorded of the refusal grounds of patents, and how the grounds of one patent stand."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ipfin.bulk import in_chunks
from ipfin.kernel.errors import NotFound
from ipfin.kernel.text import _
from ipfin.registry.models import Patent, PatentApplicant, PatentFlag
from ipfin.registry.statuses import Flag
from ipfin.whitelist.facts import PatentFacts
from ipfin.whitelist.patent_flags import FlagRecord, FlagStanding, Told, grounds_recorded, standings

Grounds = tuple[frozenset[str], frozenset[str]]
"""The codes of the grounds that are recorded as there, and as looked into and not there."""


def records_of_patents(session: Session, patent_ids: Collection[int]) -> dict[int, list[FlagRecord]]:
    """Return every record of these patents, in force or not, the earliest first."""
    found: dict[int, list[FlagRecord]] = {}
    if not patent_ids or session.scalar(select(PatentFlag.id).limit(1)) is None:
        return found
    for chunk in in_chunks(sorted(patent_ids)):
        rows = session.scalars(
            select(PatentFlag)
            .where(PatentFlag.patent_id.in_(chunk))
            .order_by(PatentFlag.effective_on, PatentFlag.id)
        )
        for row in rows:
            found.setdefault(row.patent_id, []).append(record_from(row))
    return found


def record_from(row: PatentFlag) -> FlagRecord:
    """Return a row as the rules read it."""
    return FlagRecord(
        record_id=row.id,
        code=row.code,
        word=row.word,
        source=row.source,
        effective_on=row.effective_on,
        evidence=row.evidence,
        expires_on=row.expires_on,
        withdrawn_on=row.withdrawn_on,
    )


def grounds_on(session: Session, flags_on: Mapping[int, date | None], on: date) -> dict[int, Grounds]:
    """Return what is recorded of each patent that has a record, for day `on`.

    Args:
        flags_on: by patent, the day of the list that told its burdens last.
    """
    records = records_of_patents(session, flags_on)
    return {patent: grounds_recorded(rows, flags_on[patent], on) for patent, rows in records.items()}


def holders_of(session: Session, patent_ids: Collection[int]) -> dict[int, int]:
    """Return how many applicants each patent has."""
    found: dict[int, int] = {}
    for chunk in in_chunks(sorted(patent_ids)):
        rows = session.execute(
            select(PatentApplicant.patent_id, func.count())
            .where(PatentApplicant.patent_id.in_(chunk))
            .group_by(PatentApplicant.patent_id)
        )
        found.update(dict(rows.all()))
    return found


def standings_of(
    session: Session, patent: Patent, on: date, *, due: date | None = None
) -> list[FlagStanding]:
    """Return how the twelve grounds of a patent stand on day `on`; whoever asks may see the patent."""
    records = records_of_patents(session, [patent.id]).get(patent.id, [])
    told = told_of(patent, holders_of(session, [patent.id]).get(patent.id, 0))
    facts = facts_of_patent(patent, grounds_recorded(records, patent.flags_as_of, on))
    return standings(facts, told, records, on, due=due)


def told_of(patent: Patent, holders: int) -> Told:
    """Return what else lists tell of a patent."""
    flags_on = (patent.flags_as_of or patent.as_of) if patent.tells_flags else None
    return Told(holders, patent.source, patent.status_as_of or patent.as_of, flags_on)


def facts_of_patent(patent: Patent, grounds: Grounds = (frozenset(), frozenset())) -> PatentFacts:
    """Return the facts of one patent as far as a page tells them."""
    return PatentFacts(
        number=patent.application_number or patent.publication_root or "",
        kind=patent.kind,
        validity=patent.validity,
        filed_on=patent.filed_on,
        filing_year=patent.filing_year,
        granted_on=patent.granted_on,
        was_granted=patent.was_granted,
        expires_on=patent.expires_on,
        flags=frozenset(map(Flag, patent.flags.split())),
        tells_flags=patent.tells_flags,
        shown_grounds=grounds[0],
        cleared_grounds=grounds[1],
    )


def flag_rows(session: Session, patent_id: int) -> Sequence[PatentFlag]:
    """Return every record of a patent, the latest first."""
    return session.scalars(
        select(PatentFlag)
        .where(PatentFlag.patent_id == patent_id)
        .order_by(PatentFlag.effective_on.desc(), PatentFlag.id.desc())
    ).all()


def flag_row(session: Session, patent_id: int, flag_id: int) -> PatentFlag:
    """Return one record of a patent.

    Raises:
        NotFound: the patent has no such record.
    """
    found = session.scalar(
        select(PatentFlag).where(PatentFlag.id == flag_id, PatentFlag.patent_id == patent_id)
    )
    if found is None:
        raise NotFound(_("没有这条记录，或您无权查看。"))
    return found
