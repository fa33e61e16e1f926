"""Reading the lists that were handed in: batches by page, and the rows of one by what became of them.

Every list takes the condition of what the actor may see (from `accounts.queries.scope`); what becomes of
a row is decided in `registry.intake` and in the rooms of `lists`.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from ipfin.kernel.errors import NotFound
from ipfin.kernel.paging import Page, decode_cursor, page_of
from ipfin.kernel.text import _
from ipfin.registry.lifecycle import BatchState, RowGroup, RowOutcome
from ipfin.registry.models import (
    ImportBatch,
    ImportRow,
)
from ipfin.registry.queries import keyset
from ipfin.registry.row_checks import FOREIGN_DOCUMENT


def batches_page(
    session: Session, visible: ColumnElement[bool], *, cursor: str | None, size: int = 50
) -> Page[ImportBatch]:
    """Return one page of import batches, the latest first."""
    place = decode_cursor(cursor, order="latest", types=(int,)) if cursor else None
    statement = keyset(
        select(ImportBatch).where(visible), ImportBatch.id, ImportBatch.id, place, ascending=False, size=size
    )
    rows = session.scalars(statement).all()
    return page_of(rows, size=size, cursor=place, place=lambda batch: ((batch.id,), batch.id), order="latest")


def unwritten_batches(
    session: Session, visible: ColumnElement[bool], *, most: int = 5
) -> Sequence[ImportBatch]:
    """Return the batches that somebody began and nobody wrote, the latest first."""
    begun = ImportBatch.state.in_((BatchState.UPLOADED, BatchState.CHECKED, BatchState.FAILED))
    return session.scalars(
        select(ImportBatch).where(visible, begun).order_by(ImportBatch.id.desc()).limit(most)
    ).all()


def batch_by_id(session: Session, visible: ColumnElement[bool], batch_id: int) -> ImportBatch:
    """Return a batch.

    Raises:
        NotFound: there is none, or not for this actor.
    """
    batch = session.scalar(select(ImportBatch).where(ImportBatch.id == batch_id, visible))
    if batch is None:
        raise NotFound(_("没有这个导入批次，或您无权查看。"))
    return batch


def rows_page(
    session: Session,
    visible: ColumnElement[bool],
    batch_id: int,
    group: RowGroup,
    *,
    cursor: str | None = None,
    size: int = 50,
) -> Page[ImportRow]:
    """Return one page of a batch's rows of one group, in the order of the file."""
    place = decode_cursor(cursor, order="row", types=(int,)) if cursor else None
    where = and_(ImportRow.batch_id == batch_id, _of_group(group), visible)
    statement = keyset(
        select(ImportRow).where(where), ImportRow.row_number, ImportRow.id, place, ascending=True, size=size
    )
    rows = session.scalars(statement).all()
    total = session.scalar(select(func.count()).select_from(ImportRow).where(where))
    return page_of(
        rows, size=size, cursor=place, place=lambda row: ((row.row_number,), row.id), order="row", total=total
    )


def _of_group(group: RowGroup) -> ColumnElement[bool]:
    if group is RowGroup.CHANGED:
        return ImportRow.outcome == RowOutcome.CHANGED
    if group is RowGroup.NEW:
        return ImportRow.outcome == RowOutcome.NEW
    is_foreign = ImportRow.code == FOREIGN_DOCUMENT
    return and_(
        ImportRow.outcome == RowOutcome.REFUSED, is_foreign if group is RowGroup.FOREIGN else ~is_foreign
    )


def refusals_of(session: Session, batch_id: int) -> Sequence[ImportRow]:
    """Return every row of a batch that was refused for a person to correct, in the order of the file."""
    return session.scalars(
        select(ImportRow)
        .where(ImportRow.batch_id == batch_id, _of_group(RowGroup.REFUSED))
        .order_by(ImportRow.row_number, ImportRow.id)
    ).all()


def is_known_file(session: Session, sha256: str) -> bool:
    """Whether a file of these very bytes was committed before and still stands."""
    standing = ImportBatch.state.in_((BatchState.COMMITTED, BatchState.QUEUED))
    return (
        session.scalar(select(ImportBatch.id).where(ImportBatch.sha256 == sha256, standing).limit(1))
        is not None
    )
