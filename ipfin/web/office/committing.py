"""Handing a checked batch to the worker, and taking it up again when its job stopped on the way.

Decides what a second click means and when a batch whose writing never ended may be tried anew. What is
written, and that it is all or nothing, is decided in the registry and the worker.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from ipfin.jobs.queries import JobStatus, job_by_key
from ipfin.jobs.service import enqueue
from ipfin.kernel.actor import Actor
from ipfin.kernel.errors import Conflict
from ipfin.kernel.text import _
from ipfin.registry.lifecycle import BATCH_LABELS, BatchState
from ipfin.registry.models import ImportBatch
from ipfin.registry.service import note_failure, queue_commit

_COLUMNS_OPEN = frozenset({BatchState.UPLOADED, BatchState.CHECKED, BatchState.FAILED})


def commit_job(session: Session, batch: ImportBatch) -> JobStatus | None:
    """Return the job that writes, or wrote, a batch."""
    return job_by_key(session, _key(batch))


def is_stranded(batch: ImportBatch, job: JobStatus | None) -> bool:
    """Whether a batch waits for a job that will not come: it was stopped, or failed before it wrote."""
    return batch.state is BatchState.QUEUED and (job is None or job.is_over)


def ask_to_commit(session: Session, actor: Actor, batch: ImportBatch, *, seen: str) -> int:
    """Hand a batch to the worker and return the job's id; a second click finds the first one's job.

    Args:
        seen: the mark of the dry run that the person looked at.

    Raises:
        InvalidTransition: the batch is not checked.
        Conflict: it was checked anew since.
    """
    job = commit_job(session, batch)
    if job is not None and batch.state is BatchState.COMMITTED:
        return job.id
    if batch.state is not BatchState.QUEUED:
        queue_commit(batch, seen=seen)
    return enqueue(session, actor, "registry.commit_batch", _key(batch), batch_id=batch.id).id


def open_for_columns(session: Session, actor: Actor, batch: ImportBatch) -> None:
    """Let a batch be checked anew; one that is stranded is noted as failed first.

    Raises:
        Conflict: it is being written, written or undone.
    """
    if is_stranded(batch, commit_job(session, batch)):
        note_failure(session, actor, batch, _("写入任务没有完成，改为重新预检。"))
    require_open_columns(session, batch)


def require_open_columns(session: Session, batch: ImportBatch) -> None:
    """Refuse to choose the columns of a batch that is past it.

    Raises:
        Conflict: it is being written, written or undone.
    """
    if batch.state in _COLUMNS_OPEN or is_stranded(batch, commit_job(session, batch)):
        return
    raise Conflict(
        _("“%(file)s”的状态为“%(state)s”，不能再核对各列；如需更正，请重新上传。",
          file=batch.filename, state=BATCH_LABELS[batch.state])
    )  # fmt: skip


def _key(batch: ImportBatch) -> str:
    return f"batch:{batch.id}:commit"
