"""The report of a long list, row by row, made in the background and kept as a document.

Decides from how many rows on a page does not wait for the report, and when an order already stands.
What a line says is decided by `registry.export`, how the sheet looks by `row_report`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy.orm import Session

from ipfin.accounts.policy import P, require
from ipfin.accounts.queries.scope import batches_visible_to
from ipfin.config import Settings
from ipfin.documents.models import DocumentKind
from ipfin.documents.safety import file_name
from ipfin.jobs.kinds import Report
from ipfin.jobs.models import JobState
from ipfin.jobs.queries import JobStatus, job_by_key
from ipfin.jobs.service import enqueue
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import NotFound
from ipfin.kernel.text import _
from ipfin.registry.export import row_lines
from ipfin.registry.intake import read_list
from ipfin.registry.list_kinds import ListKind
from ipfin.registry.models import ImportBatch
from ipfin.registry.queries.batches import batch_by_id
from ipfin.reports.row_report import row_report_sheet
from ipfin.reports.service.copies import Copy, copy_head, finished

JOB_KIND: Final = "registry.report_rows"
ROWS_AT_ONCE: Final = 5_000  # the report of a longer list takes longer than a page may


def is_long(batch: ImportBatch) -> bool:
    """Whether the report of a batch has so many rows that a page must not wait for it."""
    return batch.rows_read > ROWS_AT_ONCE


def row_report_job(session: Session, actor: Actor, batch: ImportBatch, *, locale: str) -> JobStatus | None:
    """Return the job that makes, or made, the report of a batch as it stands, for this person."""
    return job_by_key(session, _key(actor, batch, locale))


def made_report(job: JobStatus | None) -> str:
    """Return the code of the report that a job made, "" when there is none."""
    done = job is not None and job.state is JobState.DONE
    return str((job.result or {}).get("code", "")) if job is not None and done else ""


def order_row_report(session: Session, actor: Actor, batch: ImportBatch, *, locale: str) -> int:
    """Ask for the report in the background and return the job's id; a second click finds the first one's.

    Raises:
        NotAllowed: the actor may not take it.
        NotFound: it is no list of patents; of another kind the page tells every row.
    """
    require(actor, P.OFFICE_IMPORT_WRITE)
    require_patents(batch)
    return enqueue(
        session, actor, JOB_KIND, _key(actor, batch, locale), batch_id=batch.id, locale=locale
    ).id  # fmt: skip


def require_patents(batch: ImportBatch) -> None:
    """Refuse the report of a list of another kind.

    Raises:
        NotFound: it is no list of patents.
    """
    if batch.kind is not ListKind.PATENTS:
        raise NotFound(_("只有专利名单有逐行结果表，请查看批次页。"))


def make_row_report(
    session: Session, actor: Actor, batch_id: int, *, settings: Settings, locale: str, report: Report
) -> Copy:
    """Make the report of a batch as a copy that is not issued yet.

    Raises:
        NotAllowed: the actor may not take it.
        NotFound: there is no such batch for the actor, or it is no list of patents.
        Conflict: the batch was undone meanwhile.
    """
    require(actor, P.OFFICE_IMPORT_WRITE)
    batch = batch_by_id(session, batches_visible_to(actor), batch_id)
    require_patents(batch)
    report(0, 1, _("正在读取文件"))
    # The table is nobody's but the reader's: it is let go as soon as its patents are known.
    lines = row_lines(
        session,
        batch,
        read_list(settings.uploads_dir / batch.stored_name, batch.filename),
        report=report,
    )
    head = replace(
        copy_head(actor, _("逐行结果"), settings),
        purpose=_("核对名单"),
        rows=batch.rows_read,
        as_of=batch.as_of,
    )
    content = row_report_sheet(
        lines,
        filename=batch.filename,
        as_of=batch.as_of,
        locale=locale,
        verification=head.verification,
    )
    name = file_name(_("逐行结果"), batch.filename.rsplit(".", 1)[0], suffix=".xlsx")
    return finished(head, DocumentKind.EXPORT_SHEET, name, content, f"batch:{batch.id}", {})


def _key(actor: Actor, batch: ImportBatch, locale: str) -> str:
    """Return the name of the order: a batch that was checked anew or written has another report."""
    return f"batch:{batch.id}:rows:{batch.state.value}:{batch.check_mark}:{actor.user_id}:{locale}"
