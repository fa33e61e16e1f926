"""Who holds a patent from when to when: one holding ends on the day another begins, none is written over.

Decides how a change of holders is written and taken back; whether one happens is decided in `ownership`.
Another name of the same legal person goes on with its first day: nothing ended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from ipfin.bulk import in_chunks
from ipfin.registry.models import Applicant, PastHolding, PatentApplicant

COLUMNS: Final = ("patent_id", "applicant_id", "position", "since", "batch_id")


@dataclass(frozen=True, slots=True)
class Holding:
    """One holder of one patent: since when, by which list or by what else."""

    applicant_id: int
    person: tuple[str, int]  # the legal person that the name is taken for, else the name itself
    position: int
    since: date | None
    batch_id: int | None
    evidence: str


def begin_changes(session: Session, patent_ids: Collection[int]) -> dict[int, list[Holding]]:
    """Return who holds these patents, in the order of the list."""
    found: defaultdict[int, list[Holding]] = defaultdict(list)
    for chunk in in_chunks(patent_ids):
        rows = session.execute(
            select(PatentApplicant, Applicant.enterprise_id)
            .join(Applicant, Applicant.id == PatentApplicant.applicant_id)
            .where(PatentApplicant.patent_id.in_(chunk))
            .order_by(PatentApplicant.patent_id, PatentApplicant.position)
        )
        for row, enterprise_id in rows:
            found[row.patent_id].append(
                Holding(
                    row.applicant_id,
                    _person(row.applicant_id, enterprise_id),
                    row.position,
                    row.since,
                    row.batch_id,
                    row.evidence,
                )
            )
    session.flush()
    session.expire_all()
    return found


def exchange(
    session: Session,
    known: Mapping[int, Sequence[Holding]],
    wanted: Mapping[int, Sequence[int]],
    *,
    days: Mapping[int, date],
    told_on: Mapping[int, date | None],
    batch_id: int | None = None,
    evidence: str = "",
) -> None:
    """Give patents other holders: who leaves has held until the day, who comes holds since then.

    Args:
        known: the holders as they stand (`begin_changes`), by patent.
        wanted: the applicants that hold it from now on, in order.
        days: the day of the change.
        told_on: the day on which the holders that stand were told last.
        batch_id: the list that tells the change; None where a person settled it, by `evidence`.
    """
    persons = _persons(session, {applicant for ids in wanted.values() for applicant in ids})
    now: list[dict[str, object]] = []
    past: list[dict[str, object]] = []
    for patent_id, applicants in wanted.items():
        before = {holding.person: holding for holding in reversed(known.get(patent_id, ()))}
        for position, applicant_id in enumerate(dict.fromkeys(applicants)):
            old = before.get(persons[applicant_id])
            own = (old.since, old.batch_id, old.evidence) if old else (days[patent_id], batch_id, evidence)
            now.append(_row(patent_id, applicant_id, position, *own))
        staying = {persons[applicant] for applicant in applicants}
        past += [
            {
                **_row(patent_id, holding.applicant_id, holding.position, holding.since, holding.batch_id,
                       holding.evidence),
                "told_on": told_on.get(patent_id),
                "until": max(days[patent_id], holding.since or days[patent_id]),
                "ended_by_batch_id": batch_id,
                "ended_evidence": evidence,
            }
            for holding in known.get(patent_id, ())
            if holding.person not in staying
        ]  # fmt: skip
    for chunk in in_chunks(wanted):
        session.execute(delete(PatentApplicant).where(PatentApplicant.patent_id.in_(chunk)))
    if now:
        session.execute(insert(PatentApplicant), now)
    if past:
        session.execute(insert(PastHolding), past)
    session.flush()
    session.expire_all()


def give_back(
    session: Session, patent_id: int, applicants: Sequence[int], *, batch_id: int | None, evidence: str = ""
) -> None:
    """Give a patent the holders back that it had before a change, with their first days.

    Args:
        batch_id: the list that told the change; with None, the change that `evidence` names.
    """
    ended = PastHolding.ended_by_batch_id
    of_change = (
        PastHolding.patent_id == patent_id,
        ended.is_(None) if batch_id is None else ended == batch_id,
        PastHolding.ended_evidence == evidence,
    )
    past = session.scalars(select(PastHolding).where(*of_change)).all()
    persons = _persons(session, {*applicants, *(row.applicant_id for row in past)})
    was = {persons[row.applicant_id]: (row.since, row.batch_id, row.evidence) for row in past}
    was |= {
        holding.person: (holding.since, holding.batch_id, holding.evidence)
        for holding in begin_changes(session, [patent_id]).get(patent_id, ())
        if holding.batch_id is None or holding.batch_id != batch_id
    }
    session.execute(delete(PatentApplicant).where(PatentApplicant.patent_id == patent_id))
    rows = [
        _row(patent_id, applicant, position, *was.get(persons[applicant], (None, None, "")))
        for position, applicant in enumerate(applicants)
    ]
    if rows:
        session.execute(insert(PatentApplicant), rows)
    session.execute(delete(PastHolding).where(*of_change))
    session.flush()
    session.expire_all()


def _row(
    patent_id: int, applicant_id: int, position: int, since: date | None, batch_id: int | None, evidence: str
) -> dict[str, object]:
    return {
        "patent_id": patent_id,
        "applicant_id": applicant_id,
        "position": position,
        "since": since,
        "batch_id": batch_id,
        "evidence": evidence,
    }


def _person(applicant_id: int, enterprise_id: int | None) -> tuple[str, int]:
    return ("name", applicant_id) if enterprise_id is None else ("firm", enterprise_id)


def _persons(session: Session, applicants: Collection[int]) -> dict[int, tuple[str, int]]:
    found: dict[int, tuple[str, int]] = {}
    for chunk in in_chunks(sorted(applicants)):
        rows = session.execute(select(Applicant.id, Applicant.enterprise_id).where(Applicant.id.in_(chunk)))
        found.update({applicant_id: _person(applicant_id, firm) for applicant_id, firm in rows})
    return found
