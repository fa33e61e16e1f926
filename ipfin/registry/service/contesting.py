"""What a list says otherwise than another source is kept for a person, and let go of with the list.

Decides which disagreements are written; who decides on them is in `deciding`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from ipfin.bulk import in_chunks
from ipfin.kernel.clock import now_utc
from ipfin.kernel.text import Text, _
from ipfin.registry.conflicts import code_of, contest_sentence
from ipfin.registry.contests import Contest
from ipfin.registry.intake import Step
from ipfin.registry.lifecycle import RowOutcome
from ipfin.registry.models import Applicant, ImportBatch, ImportRow, Patent, SettledFact, SourceConflict
from ipfin.registry.ownership import HOLDERS, ConflictState, Verdict


def waiting(steps: Iterable[Step]) -> int:
    """Return how many rows bring something that a person has to look at."""
    return sum(step.contest is not None and step.contest.verdict is not Verdict.SETTLED for step in steps)


def reason_of(step: Step) -> dict[str, Any]:
    """Return code and sentence of a kept row."""
    if step.contest is None:
        return {"code": "", "message": None}
    said = contest_sentence(step.contest, step.listed.row)
    return {"code": code_of(step.contest), "message": said.as_json()}


def keep_unchanged(session: Session, batch: ImportBatch, steps: Iterable[Step]) -> None:
    """Keep the rows that change nothing although they say otherwise, with the reason."""
    rows = [
        {
            "batch_id": batch.id,
            "row_number": step.listed.row,
            "outcome": RowOutcome.UNCHANGED,
            "patent_id": step.patent_id,
            "field": "",
            "value": "",
            **reason_of(step),
        }
        for step in steps
        if step.contest is not None and step.outcome is RowOutcome.UNCHANGED
    ]
    if rows:
        session.execute(insert(ImportRow), rows)


def note(session: Session, batch: ImportBatch, steps: Sequence[Step]) -> None:
    """Put what is contested into the queue; what waited there about owners that changed is superseded."""
    changed = [step.patent_id for step in steps if step.patent_id and "holders" in step.changes]
    _supersede(session, batch, changed)
    keep_unchanged(session, batch, steps)
    contested = [
        (step, step.contest)
        for step in steps
        if step.contest is not None and step.contest.verdict is not Verdict.SETTLED
    ]
    known = _open_already(session, [step.patent_id or 0 for step, _contest in contested])
    names = _names(session, {key for _step, contest in contested for key in (*contest.told, *contest.held)})
    rows = [
        _row(batch, step, contest, names)
        for step, contest in contested
        if (step.patent_id, frozenset(contest.told)) not in known
    ]
    if rows:
        session.execute(insert(SourceConflict), rows)


def _row(batch: ImportBatch, step: Step, contest: Contest, names: dict[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "keys": contest.told,
        "source": batch.source,
        "as_of": batch.as_of.isoformat(),
        "evidence": "",
    }
    told["owners"] = [
        {"key": owner.key, "name": owner.name, "kind": owner.kind.value} for owner in step.listed.owners
    ]
    names = names | {owner.key: owner.name for owner in step.listed.owners}
    held = {
        "keys": contest.held,
        "source": contest.held_source,
        "as_of": contest.held_on.isoformat(),
        "evidence": contest.held_evidence,
        "batch": contest.held_batch_id,
    }
    return {
        "patent_id": step.patent_id,
        "field": HOLDERS,
        "state": ConflictState.OPEN,
        "held": held | {"value": _shown(contest.held, names)},
        "told": told | {"value": _shown(contest.told, names)},
        "is_settled": contest.is_settled,
        "takes_effect": contest.takes_effect,
        "batch_id": batch.id,
        "row_number": step.listed.row,
        "found_at": now_utc(),
        "decided_by": "",
        "reason": "",
    }


def _shown(keys: Sequence[str], names: dict[str, str]) -> str:
    return "、".join(names.get(key, key) for key in keys)


def _names(session: Session, keys: Collection[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for chunk in in_chunks(sorted(keys)):
        rows = session.execute(
            select(Applicant.name_key, Applicant.name).where(Applicant.name_key.in_(chunk))
        )
        found.update(dict(rows.all()))
    return found


def _open_already(session: Session, patent_ids: Sequence[int]) -> set[tuple[int | None, frozenset[str]]]:
    found: set[tuple[int | None, frozenset[str]]] = set()
    for chunk in in_chunks(patent_ids):
        rows = session.scalars(
            select(SourceConflict).where(
                SourceConflict.patent_id.in_(chunk), SourceConflict.state == ConflictState.OPEN
            )
        )
        found.update((row.patent_id, frozenset(row.told["keys"])) for row in rows)
    return found


def _supersede(session: Session, batch: ImportBatch, patent_ids: Sequence[int]) -> None:
    for chunk in in_chunks(patent_ids):
        session.execute(
            update(SourceConflict)
            .where(SourceConflict.patent_id.in_(chunk), SourceConflict.state == ConflictState.OPEN)
            .values(state=ConflictState.SUPERSEDED, superseded_by_batch_id=batch.id)
        )


# --- Taking back ------------------------------------------------------------------------------------


def forget(session: Session, batch: ImportBatch) -> None:
    """Let go of what a batch brought into the queue; what it superseded waits again."""
    session.execute(delete(SourceConflict).where(SourceConflict.batch_id == batch.id))
    session.execute(
        update(SourceConflict)
        .where(SourceConflict.superseded_by_batch_id == batch.id)
        .values(state=ConflictState.OPEN, superseded_by_batch_id=None)
    )


def obstacles(session: Session, batch: ImportBatch) -> list[Text]:
    """Return a sentence when somebody decided on what the batch brought into the queue."""
    decided = (ConflictState.HELD, ConflictState.TOLD)
    found = session.scalar(
        select(SourceConflict.id)
        .where(SourceConflict.batch_id == batch.id, SourceConflict.state.in_(decided))
        .limit(1)
    )
    if found is None:
        return []
    return [_("对本批次引起的来源不一致（第%(id)s项）已作决定，请先撤销该决定。", id=found)]


def settled_since(session: Session, batch: ImportBatch) -> list[Text]:
    """Return a sentence when a person settled the owners of a patent that the batch brought or changed."""
    touched = select(ImportRow.patent_id).where(
        ImportRow.batch_id == batch.id, ImportRow.outcome == RowOutcome.CHANGED
    )
    number = session.scalar(
        select(Patent.application_number)
        .join(SettledFact, SettledFact.patent_id == Patent.id)
        .where(
            (Patent.first_batch_id == batch.id) | Patent.id.in_(touched),
            SettledFact.conflict_id.is_(None),
            SettledFact.recorded_at >= batch.committed_at,
        )
        .limit(1)
    )
    if number is None:
        return []
    return [_("专利%(number)s的权利人在本批次之后已经更正核准，不能撤销本批次。", number=number)]
