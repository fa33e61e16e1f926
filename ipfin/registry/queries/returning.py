"""Which batch a corrected sheet of refused rows belongs to, and which of its rows are taken."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import _
from ipfin.registry.lifecycle import BatchState, RowOutcome
from ipfin.registry.models import ImportBatch, ImportRow
from ipfin.registry.reading import RawTable
from ipfin.registry.returned import only_rows, return_mark


def origin_of(session: Session, table: RawTable) -> ImportBatch | None:
    """Return the batch whose refused rows a corrected sheet gives back, None for any other list.

    Raises:
        Conflict: that batch was undone.
    """
    mark = return_mark(table.header)
    batch = session.get(ImportBatch, mark.batch_id) if mark else None
    if mark is None or batch is None or not mark.is_of(batch.sha256):
        return None
    if batch.state is BatchState.UNDONE:
        raise Conflict(
            _("“%(file)s”是批次%(batch)s退回的行，而该批次已撤销；请上传完整的名单。",
              file=table.filename, batch=batch.id)
        )  # fmt: skip
    return batch


def taken_rows(session: Session, table: RawTable) -> RawTable:
    """Return the rows of a table that are to be taken: all, or of a corrected sheet those once refused.

    Raises:
        BadInput: no row of a corrected sheet was refused.
        Conflict: as `origin_of`.
    """
    origin, mark = origin_of(session, table), return_mark(table.header)
    if origin is None or mark is None:
        return table
    refused = select(ImportRow.row_number).where(
        ImportRow.batch_id == origin.id, ImportRow.outcome == RowOutcome.REFUSED
    )
    return only_rows(table, mark, frozenset(session.scalars(refused)))
