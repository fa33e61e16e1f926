"""Taking back what a list wrote, and saying beforehand what stands in the way, for every kind alike.

Decides what of the lists depends on a batch: pledges of its patents, other lists, facts and records of its
firms; what stands above is named by callers.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.bulk import in_chunks
from ipfin.conduct.queries import records_of
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import Text, _
from ipfin.lists.service.rooms import ROOMS
from ipfin.registry.lifecycle import BATCH_LIFECYCLE, BatchState
from ipfin.registry.list_kinds import ListKind
from ipfin.registry.models import Enterprise, EnterpriseFact, ImportBatch, ImportRow, Patent, PatentPledge
from ipfin.registry.service import portfolio, undoing
from ipfin.registry.service.holders import Dependents


def undo_list(
    session: Session, actor: Actor, batch: ImportBatch, *, dependents: Sequence[Dependents] = ()
) -> None:
    """Take back what a batch wrote.

    Args:
        dependents: each says what, above the lists, depends on enterprises that would go.

    Raises:
        Conflict: a later list or another record depends on the batch; the sentence says which.
    """
    state = BATCH_LIFECYCLE.advance(batch.state, BatchState.UNDONE)
    told = _built_on(session, batch)
    if told:
        raise Conflict(told[0])
    everything = _with_lists(batch, dependents)
    if batch.kind is ListKind.PATENTS:
        undoing.undo_batch(session, actor, batch, dependents=everything)
        return
    ROOMS[batch.kind].undo(session, actor, batch, everything)
    portfolio.refresh_plans(session)
    batch.state, batch.undone_at = state, now_utc()
    session.flush()
    record(session, actor, "registry.batch.undone", f"batch:{batch.id}", filename=batch.filename)


def obstacles_to_undo(
    session: Session, batch: ImportBatch, *, dependents: Sequence[Dependents] = ()
) -> list[Text]:
    """Return a sentence for everything that an undo of a committed batch would be refused for; reads only."""
    told, everything = _built_on(session, batch), _with_lists(batch, dependents)
    if batch.kind is ListKind.PATENTS:
        return told + undoing.obstacles_to_undo(session, batch, dependents=everything)
    return told + undoing.obstacles_of_firms(session, batch, everything)


def _built_on(session: Session, batch: ImportBatch) -> list[Text]:
    return (
        _pledged(session, batch)
        if batch.kind is ListKind.PATENTS
        else ROOMS[batch.kind].built_on(session, batch)
    )


def _with_lists(batch: ImportBatch, dependents: Sequence[Dependents]) -> tuple[Dependents, ...]:
    def listed(session: Session, ids: Collection[int]) -> list[Text]:
        return list(_listed_elsewhere(session, batch, ids))

    return listed, *dependents


def _pledged(session: Session, batch: ImportBatch) -> list[Text]:
    found = session.execute(
        select(Patent.application_number, PatentPledge.batch_id)
        .join(PatentPledge, PatentPledge.patent_id == Patent.id)
        .where(Patent.first_batch_id == batch.id)
        .limit(1)
    ).first()
    if found is None:
        return []
    return [_("批次%(later)s登记过专利%(number)s的质押，请先撤销该批次。", later=found[1], number=found[0])]


def _listed_elsewhere(session: Session, batch: ImportBatch, ids: Collection[int]) -> Iterator[Text]:
    """Say which other list, or which fact, depends on one of these enterprises."""
    for chunk in in_chunks(sorted(ids)):
        found = session.execute(
            select(ImportBatch.id, ImportBatch.filename, Enterprise.name)
            .join(ImportRow, ImportRow.batch_id == ImportBatch.id)
            .join(Enterprise, Enterprise.id == ImportRow.enterprise_id)
            .where(
                Enterprise.id.in_(chunk),
                ImportBatch.id != batch.id,
                ImportBatch.state == BatchState.COMMITTED,
            )
            .limit(1)
        ).first()
        if found is not None:
            yield _(
                "批次%(later)s（%(filename)s）登记过“%(name)s”的情况，请先撤销该批次。",
                later=found[0],
                filename=found[1],
                name=found[2],
            )
        fact = session.scalar(
            select(Enterprise.name)
            .join(EnterpriseFact, EnterpriseFact.enterprise_id == Enterprise.id)
            .where(Enterprise.id.in_(chunk), EnterpriseFact.batch_id.is_distinct_from(batch.id))
            .limit(1)
        )
        if found is None and fact is not None:  # that of another list is told by its batch
            yield _("“%(name)s”已有登记的事实，不能撤销带来它的批次。", name=fact)
        for firm_id, records in records_of(session, chunk).items():
            if all(entry.batch_id == batch.id for entry in records):
                continue
            name = session.get_one(Enterprise, firm_id).name
            yield _("“%(name)s”已有失信或处罚记录，不能撤销带来它的批次。", name=name)
