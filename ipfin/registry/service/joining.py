"""Two records of one patent become one, and two again when the batch that showed it is undone.

One list named a patent by its application number only, another by its publication number only; a third one
has both. The record with the application number stays. What the other one was is kept with the batch, and
the batch that brought it is marked, so that it cannot be undone before this one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from ipfin.bulk import take_ids
from ipfin.registry.intake import Standing, Step
from ipfin.registry.lifecycle import RowOutcome
from ipfin.registry.models import (
    ImportBatch,
    ImportRow,
    PastHolding,
    Patent,
    PatentApplicant,
    PatentFlag,
    SourceConflict,
)
from ipfin.registry.service import holders, portfolio

_FOLLOWING: tuple[Any, ...] = (PastHolding, SourceConflict, PatentFlag)
JOINED = "joined"  # the code of rows that tell of a joining; they are rows of no list


def join(session: Session, batch: ImportBatch, steps: Sequence[Step]) -> set[int]:
    """Take the second half of every joined patent away; return the enterprises that held it.

    Called before the first half is given the publication number, which two patents cannot have.
    """
    touched: set[int] = set()
    for step in steps:
        if step.standing and step.standing.halves:
            touched |= portfolio.holders_of(session, [step.standing.halves[1].id])
            _take_away(session, batch, step, step.standing.halves[1])
    return touched


def _take_away(session: Session, batch: ImportBatch, step: Step, other: Standing) -> None:
    gone = session.get_one(Patent, other.id)
    named = list(session.scalars(select(ImportRow.id).where(ImportRow.patent_id == other.id)))
    own = {"as_of": gone.as_of, "first_batch_id": gone.first_batch_id, "last_batch_id": gone.last_batch_id}
    own["holders_batch_id"] = gone.holders_batch_id
    kept = {**other.facts, **own, "source": gone.source, "holders": other.holders, "rows": named}
    kept["moved"] = {
        model.__tablename__: list(session.scalars(select(model.id).where(model.patent_id == other.id)))
        for model in _FOLLOWING
    }
    told = {"row_number": 0, "outcome": RowOutcome.UNCHANGED, "patent_id": step.patent_id, "code": JOINED}
    marks = [
        {**told, "batch_id": batch.id, "value": "", "before": portfolio.as_json(kept)},
        {**told, "batch_id": gone.first_batch_id, "value": str(batch.id), "before": None},
    ]
    session.execute(update(ImportRow).where(ImportRow.id.in_(named)).values(patent_id=step.patent_id))
    for model in _FOLLOWING:
        moving = update(model).where(model.patent_id == other.id)
        session.execute(moving.values(patent_id=step.patent_id))
    session.execute(delete(PatentApplicant).where(PatentApplicant.patent_id == other.id))
    session.expunge(gone)
    session.execute(delete(Patent).where(Patent.id == other.id))
    session.execute(insert(ImportRow), marks)


def part(session: Session, batch: ImportBatch) -> set[int]:
    """Give back the patents that the batch took away; return the enterprises that hold them.

    Called after the first halves have their old values again.
    """
    touched: set[int] = set()
    of_joining = ImportRow.code == JOINED
    joined = session.scalars(
        select(ImportRow).where(of_joining, ImportRow.batch_id == batch.id, ImportRow.before.is_not(None))
    ).all()
    for row in joined:
        kept = portfolio.from_json(row.before or {})
        keys, named, moved = kept.pop("holders"), kept.pop("rows"), kept.pop("moved", {})
        (patent_id,) = take_ids(session, Patent, 1)
        session.execute(insert(Patent).values(id=patent_id, **kept))
        touched |= holders.replace(session, patent_id, keys, batch)
        for model in _FOLLOWING:
            ids = moved.get(model.__tablename__, ())
            session.execute(update(model).where(model.id.in_(ids)).values(patent_id=patent_id))
        session.execute(update(ImportRow).where(ImportRow.id.in_(named)).values(patent_id=patent_id))
    session.execute(delete(ImportRow).where(of_joining, ImportRow.batch_id == batch.id))
    session.execute(delete(ImportRow).where(of_joining, ImportRow.value == str(batch.id)))
    return touched
