"""Taking a made-up list in as the worker does, without a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from ipfin.kernel.actor import SYSTEM
from ipfin.lists.columns import Columns
from ipfin.lists.plan import ListPlan
from ipfin.lists.service import commit_list, note_check, plan_list, propose, with_answers
from ipfin.registry.list_kinds import ListKind
from ipfin.registry.models import ImportBatch
from ipfin.registry.reading import RawTable
from ipfin.registry.service import open_batch
from tests.lists import table_of

DAY = date(2026, 3, 5)


def plan_of(
    session: Session,
    table: RawTable,
    kind: ListKind,
    as_of: date = DAY,
    told: Mapping[str, str] | None = None,
) -> ListPlan:
    """Return what a list of this kind would do."""
    columns = propose(session, table, kind).columns
    assert isinstance(columns, Columns)
    found = plan_list(session, table, kind, with_answers(columns, told or {}), as_of=as_of)
    assert isinstance(found, ListPlan)
    assert found.reconciles()
    return found


def take_table(
    session: Session, table: RawTable, kind: ListKind, *, as_of: date = DAY, **told: str
) -> tuple[ImportBatch, ListPlan]:
    """Take a table in and return its batch and plan."""
    found = plan_of(session, table, kind, as_of, told)
    batch = open_batch(
        session,
        SYSTEM,
        filename=table.filename,
        stored_name="x",
        sha256=table.sha256,
        size_bytes=table.size_bytes,
        as_of=as_of,
        kind=kind,
        source="样例来源",
    )
    note_check(session, SYSTEM, batch, found)
    commit_list(session, SYSTEM, batch, found, report=lambda *_said: None)
    return batch, found


def take_in(
    session: Session,
    kind: ListKind,
    header: Sequence[str],
    *rows: Sequence[str],
    as_of: date = DAY,
    **told: str,
) -> ImportBatch:
    """Take rows in and return the batch."""
    return take_table(session, table_of(header, rows), kind, as_of=as_of, **told)[0]


def counts(batch: ImportBatch) -> tuple[int, int, int, int]:
    """Return new, changed, unchanged, refused."""
    return batch.rows_new, batch.rows_changed, batch.rows_unchanged, batch.rows_refused


def story(session: Session, batch: ImportBatch) -> list[tuple[Any, ...]]:
    """Return outcome, code, before and after of every kept row, without what only an undo needs."""
    from ipfin.registry.models import ImportRow

    session.flush()
    rows = session.query(ImportRow).filter_by(batch_id=batch.id).order_by(ImportRow.row_number)
    return [
        (
            row.outcome.value,
            row.code,
            {k: v for k, v in (row.before or {}).items() if not k.startswith("_")},
            row.after or {},
        )
        for row in rows
    ]
