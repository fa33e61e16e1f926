"""Every row of a batch with what became of it, for the sheet that a person takes away.

Decides how a row is told after the fact: what was refused or changed was kept with the batch; of the
others, those are new whose patent the registry does not have (before the commit) or has from this batch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

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

Progress = Callable[[int, int, Text], None]
ROWS_IN_A_PIECE: Final = 5_000
_NO_PATENT: Final = -1  # stands before every patent of its row


def row_lines(
    session: Session, batch: ImportBatch, table: RawTable, *, report: Progress | None = None
) -> Iterator[RowLine]:
    """Return a line for every row of a checked or written batch, in the order of the list.

    What the batch kept of its rows is read in pieces of `ROWS_IN_A_PIECE` while the lines are taken, so
    that memory holds the list and one piece, however many rows were changed or refused.

    Args:
        report: is told after every piece how many rows of how many are done.

    Raises:
        Conflict: the batch was not checked yet, or was undone: nobody can say any more which rows were new.
    """
    if batch.state in (BatchState.UPLOADED, BatchState.UNDONE):
        raise Conflict(_("“%(file)s”没有预检结果可供下载，请重新上传后预检。", file=batch.filename))
    patents = interpret(
        taken_rows(session, table), ColumnMapping.from_json(batch.mapping), as_of=batch.as_of
    ).patents
    return _told(session, batch, patents, report)


def _told(
    session: Session, batch: ImportBatch, patents: Sequence[ListedPatent], report: Progress | None
) -> Iterator[RowLine]:
    news = _newness(session, batch, patents)
    refused = frozenset(
        session.scalars(
            select(ImportRow.row_number).where(
                ImportRow.batch_id == batch.id, ImportRow.outcome == RowOutcome.REFUSED
            )
        )
    )
    places = [(row, _NO_PATENT) for row in refused]
    for at, patent in enumerate(patents):
        if patent.row not in refused:
            places.append((patent.row, at))
            places.extend((row, at) for row in patent.repeated_rows)
    places.sort()
    for start in range(0, len(places), ROWS_IN_A_PIECE):
        piece = places[start : start + ROWS_IN_A_PIECE]
        kept = _kept(session, batch.id, piece[0][0], piece[-1][0])
        for row, at in piece:
            if at == _NO_PATENT:
                yield from _refusal_lines(kept.get(row, ()))
            else:
                yield from _lines_of(patents[at], row, kept.get(row, ()), bool(news[at]))
        if report is not None:
            report(start + len(piece), len(places), _("正在逐行说明结果"))


def _kept(session: Session, batch_id: int, first: int, last: int) -> dict[int, list[ImportRow]]:
    """Return what the batch keeps of its rows from `first` to `last`, by row."""
    kept: dict[int, list[ImportRow]] = {}
    for row in session.scalars(
        select(ImportRow)
        .where(
            ImportRow.batch_id == batch_id,
            ImportRow.row_number.between(first, last),
        )
        .order_by(ImportRow.row_number, ImportRow.id)
    ):
        kept.setdefault(row.row_number, []).append(row)
    return kept


def _refusal_lines(rows: Sequence[ImportRow]) -> Iterator[RowLine]:
    for row in rows:
        if row.outcome is RowOutcome.REFUSED:
            group = FOREIGN if row.code == FOREIGN_DOCUMENT else ""
            reason = Text.from_json(row.message) if row.message else ""
            yield RowLine(row.row_number, row.outcome, group, "", "", "", row.field, row.value, None, reason)


def _lines_of(patent: ListedPatent, row: int, told: Sequence[ImportRow], is_new: bool) -> Iterator[RowLine]:
    """Yield the lines of one row of a patent: its leading row, or one that repeats it."""
    about = (
        GRANTED if patent.was_granted else APPLICATION,
        patent.application_number or "",
        patent.publication_number or "",
        patent.title,
    )
    if row != patent.row:
        repeats = _("与第%(row)s行为同一专利", row=patent.row)
        yield RowLine(row, RowOutcome.UNCHANGED, *about, reason=repeats)
        return
    changes = next((each for each in told if each.outcome is RowOutcome.CHANGED), None)
    said = next((Text.from_json(each.message) for each in told if each.message), "")
    if changes is None:
        yield RowLine(row, RowOutcome.NEW if is_new else RowOutcome.UNCHANGED, *about, reason=said)
        return
    before, after = changes.before or {}, changes.after or {}
    for name in [name for name in after if name not in FOLLOWS_FROM_OTHERS] or list(after):
        why: str | Text = said if name == HOLDERS or HOLDERS not in after else ""
        yield RowLine(row, RowOutcome.CHANGED, *about, name, before.get(name), after[name], why)


def _newness(session: Session, batch: ImportBatch, patents: Sequence[ListedPatent]) -> bytearray:
    """Return for each patent whether it is new by this batch, 1 or 0."""
    is_written = batch.state is BatchState.COMMITTED
    here = Patent.first_batch_id == batch.id if is_written else None
    numbers = {patent.application_number for patent in patents} - {None}
    roots = {patent.publication_root for patent in patents} - {None}
    known_numbers = _found(session, Patent.application_number, numbers, here)
    known_roots = _found(session, Patent.publication_root, roots, here)
    return bytearray(
        (patent.application_number in known_numbers or patent.publication_root in known_roots) is is_written
        for patent in patents
    )


def _found(
    session: Session, column: Any, values: Iterable[str | None], here: ColumnElement[bool] | None
) -> set[str]:
    found: set[str] = set()
    for chunk in in_chunks(values):
        statement = select(column).where(column.in_(chunk))
        found.update(session.scalars(statement if here is None else statement.where(here)))
    return found
