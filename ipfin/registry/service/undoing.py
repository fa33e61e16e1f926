"""Taking back what a batch wrote, and saying beforehand what stands in the way.

Decides what depends on a batch: a later list that changed the same patents, a merge of one of its firms,
and whatever callers from above the registry name.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.bulk import in_chunks
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import Text, _
from ipfin.registry.lifecycle import BATCH_LIFECYCLE, BatchState, RowOutcome
from ipfin.registry.models import (
    Applicant,
    Enterprise,
    ImportBatch,
    ImportRow,
    Patent,
    PatentApplicant,
    PatentFlag,
    PatentPledge,
)
from ipfin.registry.queries import stands_for_itself
from ipfin.registry.service import burdens, confirming, contesting, holders, joining, portfolio
from ipfin.registry.service.holders import Dependents

_MOST_TOLD = 5  # later batches that are named


def undo_batch(
    session: Session, actor: Actor, batch: ImportBatch, *, dependents: Sequence[Dependents] = ()
) -> None:
    """Take back what a batch wrote: new patents go, changed ones get their old values back.

    Args:
        dependents: each says what, above the registry, depends on enterprises that would go.

    Raises:
        Conflict: a later list or another record depends on the batch; the sentence says which.
    """
    state = BATCH_LIFECYCLE.advance(batch.state, BatchState.UNDONE)
    later = _later_batches(session, batch)
    if later:
        raise Conflict(later[0])
    decided = contesting.obstacles(session, batch) + contesting.settled_since(session, batch)
    decided += _flagged(session, batch)
    if decided:
        raise Conflict(decided[0])
    new_ids = list(session.scalars(select(Patent.id).where(Patent.first_batch_id == batch.id)))
    touched = portfolio.holders_of(session, new_ids)
    changed_ids = _changed_by(session, batch)
    touched |= _restore_changed(session, batch)
    touched |= joining.part(session, batch)
    confirming.unconfirm(session, batch)
    contesting.forget(session, batch)
    for chunk in in_chunks(new_ids):
        _forget_rows(session, chunk)
        session.execute(delete(PatentApplicant).where(PatentApplicant.patent_id.in_(chunk)))
        session.execute(delete(Patent).where(Patent.id.in_(chunk)))
    touched |= burdens.follow_pledges(session, changed_ids)
    portfolio.recount(session, touched)
    holders.drop_orphans(session, batch, dependents)
    portfolio.refresh_plans(session)
    batch.state = state
    batch.undone_at = now_utc()
    record(session, actor, "registry.batch.undone", f"batch:{batch.id}", filename=batch.filename)


def obstacles_to_undo(
    session: Session, batch: ImportBatch, *, dependents: Sequence[Dependents] = ()
) -> list[Text]:
    """Return a sentence for everything that an undo of a committed batch would be refused for; reads only."""
    return (
        _later_batches(session, batch)
        + contesting.obstacles(session, batch)
        + contesting.settled_since(session, batch)
        + _flagged(session, batch)
        + obstacles_of_firms(session, batch, dependents)
    )


def _flagged(session: Session, batch: ImportBatch) -> list[Text]:
    number = session.scalar(
        select(func.coalesce(Patent.application_number, Patent.publication_root))
        .join(PatentFlag, PatentFlag.patent_id == Patent.id)
        .where(Patent.first_batch_id == batch.id)
        .limit(1)
    )
    return [_("专利%(number)s等已登记质押登记情形，本批次不能撤销。", number=number)] if number else []


def obstacles_of_firms(session: Session, batch: ImportBatch, dependents: Sequence[Dependents]) -> list[Text]:
    """Return a sentence for everything that depends on the enterprises that would go with a batch."""
    firms = _firms_of_the_batch_alone(session, batch)
    if not firms:
        return []
    return holders.merges_into(session, firms) + [
        reason for ask in dependents for reason in ask(session, firms)
    ]


def _firms_of_the_batch_alone(session: Session, batch: ImportBatch) -> list[int]:
    """Return the enterprises that came with a batch and hold no patent of another one."""
    elsewhere = (
        select(Applicant.enterprise_id)
        .join(PatentApplicant, PatentApplicant.applicant_id == Applicant.id)
        .join(Patent, Patent.id == PatentApplicant.patent_id)
        .where(Patent.first_batch_id != batch.id, Applicant.enterprise_id.is_not(None))
    )
    own = and_(Enterprise.first_batch_id == batch.id, stands_for_itself(), ~Enterprise.id.in_(elsewhere))
    return list(session.scalars(select(Enterprise.id).where(own)))


def _later_batches(session: Session, batch: ImportBatch) -> list[Text]:
    """Return a sentence for each later batch that changed a patent which this one brought or changed."""
    own = select(ImportRow.patent_id).where(ImportRow.batch_id == batch.id, ImportRow.patent_id.is_not(None))
    found = session.execute(
        select(ImportBatch.id, ImportBatch.filename, func.count())
        .join(ImportRow, ImportRow.batch_id == ImportBatch.id)
        .join(Patent, Patent.id == ImportRow.patent_id)
        .where(
            ImportBatch.id != batch.id,
            ImportBatch.state == BatchState.COMMITTED,
            ImportBatch.committed_at >= batch.committed_at,
            ImportRow.outcome == RowOutcome.CHANGED,
            or_(Patent.first_batch_id == batch.id, Patent.id.in_(own)),
        )
        .group_by(ImportBatch.id, ImportBatch.filename)
        .order_by(ImportBatch.id.desc())
        .limit(_MOST_TOLD)
    )
    return [
        _(
            "批次%(later)s（%(filename)s）在本批次之上变更了%(count)s件专利，请先撤销该批次。",
            later=later,
            filename=filename,
            count=count,
        )
        for later, filename, count in found
    ]


def _forget_rows(session: Session, patent_ids: Sequence[int]) -> None:
    """Let go of patents that are deleted: rows of undone batches keep what they did, dry runs are void."""
    named = ImportRow.patent_id.in_(patent_ids)
    written = select(ImportBatch.id).where(ImportBatch.state.in_((BatchState.COMMITTED, BatchState.UNDONE)))
    session.execute(delete(ImportRow).where(named, ImportRow.batch_id.not_in(written)))
    session.execute(update(ImportRow).where(named).values(patent_id=None))


def _changed_by(session: Session, batch: ImportBatch) -> list[int]:
    """Return the patents whose values or days the batch moved and that have pledges to follow."""
    changed = select(ImportRow.patent_id).where(
        ImportRow.batch_id == batch.id, ImportRow.outcome == RowOutcome.CHANGED
    )
    return list(
        session.scalars(select(PatentPledge.patent_id).where(PatentPledge.patent_id.in_(changed)).distinct())
    )


def _restore_changed(session: Session, batch: ImportBatch) -> set[int]:
    rows = session.scalars(
        select(ImportRow).where(ImportRow.batch_id == batch.id, ImportRow.outcome == RowOutcome.CHANGED)
    ).all()
    ids = [row.patent_id for row in rows if row.patent_id is not None]
    touched = portfolio.holders_of(session, ids)
    for row in rows:
        before = portfolio.from_json(row.before or {})
        keys = before.pop("holders", None)
        session.execute(update(Patent).where(Patent.id == row.patent_id).values(**before))
        if keys is not None and row.patent_id is not None:
            touched |= holders.replace(session, row.patent_id, keys, batch)
    return touched
