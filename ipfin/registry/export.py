"""Every row of a batch with what became of it, for the sheet that a person takes away.

Decides how a row is told after the fact: what was refused or changed was kept with the batch; of the
others, those are new whose patent the registry does not have (before the commit) or has from this batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from ipfin.bulk import in_chunks
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import Text, _
from ipfin.registry.facts_shown import FOLLOWS_FROM_OTHERS
from ipfin.registry.headers import Mapping as ColumnMapping
from ipfin.registry.lifecycle import BatchState, RowOutcome
from ipfin.registry.listed import ListedPatent
from ipfin.registry.listing import interpret
from ipfin.registry.models import ImportBatch, ImportRow, Patent
from ipfin.registry.ownership import HOLDERS
from ipfin.registry.queries.returning import taken_rows
from ipfin.registry.reading import RawTable
from ipfin.registry.row_checks import FOREIGN_DOCUMENT
from ipfin.registry.row_lines import APPLICATION, FOREIGN, GRANTED, RowLine


def row_lines(session: Session, batch: ImportBatch, table: RawTable) -> list[RowLine]:
    """Return a line for every row of a checked or written batch, in the order of the list.

    Raises:
        Conflict: the batch was not checked yet, or was undone: nobody can say any more which rows were new.
    """
    if batch.state in (BatchState.UPLOADED, BatchState.UNDONE):
        raise Conflict(_("“%(file)s”没有预检结果可供下载，请重新上传后预检。", file=batch.filename))
    kept: dict[int, list[ImportRow]] = {}
    for row in session.scalars(select(ImportRow).where(ImportRow.batch_id == batch.id)):
        kept.setdefault(row.row_number, []).append(row)
    table = taken_rows(session, table)
    reading = interpret(table, ColumnMapping.from_json(batch.mapping), as_of=batch.as_of)
    is_new = _newness(session, batch, reading.patents)
    lines = [line for row in kept.values() for line in _refusal_lines(row)]
    for patent in reading.patents:
        lines.extend(_lines_of(patent, kept, is_new(patent)))
    return sorted(lines, key=lambda line: line.row)


def _refusal_lines(rows: Sequence[ImportRow]) -> Iterator[RowLine]:
    for row in rows:
        if row.outcome is RowOutcome.REFUSED:
            group = FOREIGN if row.code == FOREIGN_DOCUMENT else ""
            reason = Text.from_json(row.message) if row.message else ""
            yield RowLine(row.row_number, row.outcome, group, "", "", "", row.field, row.value, None, reason)


def _lines_of(
    patent: ListedPatent, kept: Mapping[int, Sequence[ImportRow]], is_new: bool
) -> Iterator[RowLine]:
    told = kept.get(patent.row, ())
    if any(row.outcome is RowOutcome.REFUSED for row in told):
        return
    changes = next((row for row in told if row.outcome is RowOutcome.CHANGED), None)
    about = (
        GRANTED if patent.was_granted else APPLICATION,
        patent.application_number or "",
        patent.publication_number or "",
        patent.title,
    )
    said = next((Text.from_json(row.message) for row in told if row.message), "")
    if changes is None:
        outcome = RowOutcome.NEW if is_new else RowOutcome.UNCHANGED
        yield RowLine(patent.row, outcome, *about, reason=said)
    else:
        before, after = changes.before or {}, changes.after or {}
        for name in [name for name in after if name not in FOLLOWS_FROM_OTHERS] or list(after):
            why = said if name == HOLDERS or not {HOLDERS} & set(after) else ""
            yield RowLine(patent.row, RowOutcome.CHANGED, *about, name, before.get(name), after[name], why)
    why = _("与第%(row)s行为同一专利", row=patent.row)
    for row_number in patent.repeated_rows:
        yield RowLine(row_number, RowOutcome.UNCHANGED, *about, reason=why)


def _newness(
    session: Session, batch: ImportBatch, patents: Sequence[ListedPatent]
) -> Callable[[ListedPatent], bool]:
    """Return the rule that tells whether a patent is new by this batch."""
    is_written = batch.state is BatchState.COMMITTED
    here = Patent.first_batch_id == batch.id if is_written else None
    numbers = {patent.application_number for patent in patents} - {None}
    roots = {patent.publication_root for patent in patents} - {None}
    known_numbers = _found(session, Patent.application_number, numbers, here)
    known_roots = _found(session, Patent.publication_root, roots, here)

    def is_new(patent: ListedPatent) -> bool:
        found = patent.application_number in known_numbers or patent.publication_root in known_roots
        return found if is_written else not found

    return is_new


def _found(
    session: Session, column: Any, values: Iterable[str | None], here: ColumnElement[bool] | None
) -> set[str]:
    found: set[str] = set()
    for chunk in in_chunks(values):
        statement = select(column).where(column.in_(chunk))
        found.update(session.scalars(statement if here is None else statement.where(here)))
    return found
