"""Use cases of the registry: a list handed in, checked, committed, undone. Callers own the transaction.

Nothing here commits. What is new or changed is decided in `intake`; this module writes it, so that a
batch is there whole or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import chain, islice
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.bulk import in_chunks, insert_spelled, spelled, take_ids
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.collector import collector_at_rest
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.text import Text, _
from ipfin.registry.conflicts import conflicts
from ipfin.registry.intake import Plan, Progress, Step
from ipfin.registry.lifecycle import BATCH_LIFECYCLE, BatchState, RowOutcome
from ipfin.registry.list_kinds import ListKind
from ipfin.registry.models import (
    HeaderMapping,
    ImportBatch,
    ImportRow,
    Patent,
)
from ipfin.registry.row_digests import digests
from ipfin.registry.service import changes, confirming, contesting, holders, joining, portfolio, remembering
from ipfin.registry.service.any_plan import AnyMapping, AnyPlan

_MOST_KEPT = 200  # doubts that a batch keeps in words


def _silent(_done: int, _total: int, _message: Text) -> None:
    """Report progress to nobody."""


def open_batch(
    session: Session,
    actor: Actor,
    *,
    filename: str,
    stored_name: str,
    sha256: str,
    size_bytes: int,
    as_of: date,
    source: str = "",
    kind: ListKind = ListKind.PATENTS,
) -> ImportBatch:
    """Record that a file was handed in. Nothing of it is in the registry yet.

    Args:
        filename: what the person calls it; shown, never used as a path.
        stored_name: the generated name under which the bytes lie.
        as_of: the day that the list speaks of.
        source: who gave the list, in words.
    """
    batch = ImportBatch(
        kind=kind,
        state=BatchState.UPLOADED,
        filename=filename[:255],
        stored_name=stored_name,
        sha256=sha256,
        size_bytes=size_bytes,
        as_of=as_of,
        source=source[:120],
        uploaded_by_user_id=actor.user_id,
        uploaded_by=actor.name,
        uploaded_at=now_utc(),
        mapping={},
        summary={},
    )
    session.add(batch)
    session.flush()
    record(
        session, actor, "registry.batch.uploaded", f"batch:{batch.id}", filename=batch.filename, sha256=sha256
    )
    return batch


def note_preview(
    session: Session, batch: ImportBatch, mapping: AnyMapping, preview: Mapping[str, Any]
) -> None:
    """Keep on a batch how its columns were found and what a person is shown of them."""
    batch.mapping = mapping.as_json()
    batch.summary = {"preview": dict(preview)}
    session.flush()


def remember_mapping(session: Session, actor: Actor, mapping: AnyMapping) -> None:
    """Keep a mapping that a person confirmed, for every later list with the same header."""
    session.merge(
        HeaderMapping(
            fingerprint=mapping.fingerprint,
            mapping=mapping.as_json(),
            confirmed_by=actor.name,
            confirmed_at=now_utc(),
        )
    )


def note_check(session: Session, actor: Actor, batch: ImportBatch, plan: AnyPlan) -> None:
    """Keep on the batch what a dry run found; what rows would change and why others are refused is kept too.

    A file that is committed at once, as the command does, has its rows written again by the commit.
    """
    require_reconciled(plan)
    if batch.state is not BatchState.CHECKED:
        batch.state = BATCH_LIFECYCLE.advance(batch.state, BatchState.CHECKED)
    batch.failure = None
    keep_counts(batch, plan)
    session.execute(delete(ImportRow).where(ImportRow.batch_id == batch.id))
    keep_refusals(session, batch, plan)
    if isinstance(plan, Plan):  # the other rooms keep the changes of their rows themselves
        _keep_changes(session, batch, plan.changed)
        contesting.keep_unchanged(session, batch, plan.differing.values())
    record(
        session,
        actor,
        "registry.batch.checked",
        f"batch:{batch.id}",
        filename=batch.filename,
        rows_read=batch.rows_read,
        rows_refused=batch.rows_refused,
    )


def queue_commit(batch: ImportBatch, *, seen: str) -> None:
    """Mark a checked batch as handed to the worker.

    Args:
        seen: the `check_mark` of the dry run that the person looked at.

    Raises:
        InvalidTransition: the batch was not checked, or is committed already.
        Conflict: it was checked anew since, with another result.
    """
    if batch.state is BatchState.CHECKED and seen != batch.check_mark:
        raise Conflict(
            _("“%(file)s”刚刚重新预检过，结果与您看到的不同，请核对后再写入。", file=batch.filename)
        )
    batch.state = BATCH_LIFECYCLE.advance(batch.state, BatchState.QUEUED)


@collector_at_rest()
def commit_batch(
    session: Session, actor: Actor, batch: ImportBatch, plan: Plan, *, report: Progress = _silent
) -> None:
    """Write everything that `plan` says, in the caller's one transaction.

    Raises:
        Conflict: rows do not reconcile, or the batch cannot be committed from where it stands.
    """
    require_reconciled(plan)
    batch.state = BATCH_LIFECYCLE.advance(batch.state, BatchState.COMMITTED)
    batch.committed_at = now_utc()
    keep_counts(batch, plan)
    session.flush()
    total, changed = len(plan.taken), plan.changed
    report(0, total, _("正在写入专利"))
    ids = _insert_patents(session, batch, plan)
    session.execute(delete(ImportRow).where(ImportRow.batch_id == batch.id))
    touched_by_joining = joining.join(session, batch, changed)
    _update_patents(session, batch, changed)
    confirming.confirm(session, batch, plan)
    keep_refusals(session, batch, plan)
    report(total // 2, total, _("正在登记申请人与企业"))
    touched = holders.link(session, batch, plan, ids) | touched_by_joining
    contesting.note(session, batch, list(plan.differing.values()))
    report(total * 3 // 4, total, _("正在统计企业专利"))
    portfolio.recount(session, touched | portfolio.holders_of(session, [s.patent_id or 0 for s in changed]))
    changes.note_brought(session, batch.id)
    remembering.remember(session, plan.compared)
    portfolio.note_as_of(session, plan, batch.as_of)
    portfolio.refresh_plans(session)
    record_commit(session, actor, batch)
    report(total, total, _("已写入"))


def record_commit(session: Session, actor: Actor, batch: ImportBatch) -> None:
    """Record that a batch of any kind was written, with the counts that stand on it."""
    record(
        session,
        actor,
        "registry.batch.committed",
        f"batch:{batch.id}",
        filename=batch.filename,
        sha256=batch.sha256,
        rows_read=batch.rows_read,
        rows_new=batch.rows_new,
        rows_changed=batch.rows_changed,
        rows_unchanged=batch.rows_unchanged,
        rows_refused=batch.rows_refused,
    )


def note_failure(session: Session, actor: Actor, batch: ImportBatch, reason: Text) -> None:
    """Record that a commit failed; nothing of it was written."""
    batch.state = BATCH_LIFECYCLE.advance(batch.state, BatchState.FAILED)
    batch.failure = reason.as_json()
    record(
        session,
        actor,
        "registry.batch.failed",
        f"batch:{batch.id}",
        filename=batch.filename,
        reason=str(reason),
    )


def require_reconciled(plan: AnyPlan) -> None:
    """Raise a Conflict when rows read and outcomes do not add up."""
    if not plan.reconciles():
        raise Conflict(
            _(
                "行数对不上：读入%(read)s行，各结果合计%(sum)s行。未写入任何内容，请联系管理员。",
                read=plan.reading.rows_read,
                sum=sum(plan.count(outcome) for outcome in RowOutcome),
            )
        )


def keep_counts(batch: ImportBatch, plan: AnyPlan) -> None:
    """Keep on a batch how it was read and what became of its rows.

    Raises:
        BadInput: the file is not the one that was handed in.
    """
    table, reading = plan.table, plan.reading
    if table.sha256 != batch.sha256:
        raise BadInput(_("文件内容在预检后发生了变化，请重新上传。"))
    batch.sheet = table.sheet[:120]
    batch.header_row = table.header_row
    batch.header_fingerprint = reading.mapping.fingerprint
    batch.mapping = reading.mapping.as_json()
    batch.rows_read = reading.rows_read
    batch.rows_new = plan.count(RowOutcome.NEW)
    batch.rows_changed = plan.count(RowOutcome.CHANGED)
    batch.rows_unchanged = plan.count(RowOutcome.UNCHANGED)
    batch.rows_refused = plan.count(RowOutcome.REFUSED)
    batch.rows_repeated = plan.rows_repeated
    steps = list(plan.differing.values()) if isinstance(plan, Plan) else []
    withheld = [step for step in steps if step.withheld]
    doubtful = [step for step in steps if step.withheld or step.contest]
    older = list(conflicts(doubtful, batch.as_of))
    batch.summary = {
        "preview": (batch.summary or {}).get("preview", {}),
        **reading.summary(),
        "notes": [note.as_json() for note in table.notes],
        "missing_fields": [name.value for name in reading.missing_fields],
        "rows_withheld": len(withheld),
        "rows_contested": contesting.waiting(steps),
        "warnings": [
            {
                "row": w.row,
                "field": w.field.value if w.field else "",
                "code": w.code,
                "message": w.message.as_json(),
            }
            for w in islice(chain(older, reading.warnings), _MOST_KEPT)
        ],
        "warnings_count": len(reading.warnings) + len(older),
    }


def keep_refusals(session: Session, batch: ImportBatch, plan: AnyPlan) -> None:
    """Keep the rows that were refused, with their reasons."""
    if not plan.refusals:
        return
    session.execute(
        insert(ImportRow),
        [
            {
                "batch_id": batch.id,
                "row_number": refusal.row,
                "outcome": RowOutcome.REFUSED,
                "field": refusal.field.value if refusal.field else "",
                "code": refusal.code,
                "value": refusal.value[:200],
                "message": refusal.message.as_json(),
            }
            for refusal in plan.refusals
        ],
    )


def _insert_patents(session: Session, batch: ImportBatch, plan: Plan) -> list[int]:
    if not plan.new:
        return []
    ids = take_ids(session, Patent, len(plan.new))
    whose = dict.fromkeys(("first_batch_id", "last_batch_id", "holders_batch_id"), batch.id)
    own = {"as_of": batch.as_of, "source": batch.source, **whose}
    facts = plan.facts.at(plan.new)
    told = dict(zip(facts, spelled(session, facts.values()), strict=True))
    shared = zip(own, spelled(session, ([value] for value in own.values())), strict=True)
    columns = {"id": ids, **told, "told_digest": digests(told)}
    insert_spelled(session, Patent, columns | {name: list(one) * len(ids) for name, one in shared})
    return ids


def _update_patents(session: Session, batch: ImportBatch, steps: Sequence[Step]) -> None:
    _keep_changes(session, batch, steps)
    for step in steps:
        facts = {name: value for name, value in step.changes.items() if name != "holders"}
        values = {**facts, "last_batch_id": batch.id}
        if "holders_as_of" in facts:
            values["holders_batch_id"] = batch.id
        if step.standing is None or batch.as_of >= step.standing.as_of:  # an older list fills gaps only
            values |= {"as_of": batch.as_of, "source": batch.source}
        session.execute(update(Patent).where(Patent.id == step.patent_id).values(**values))


def _keep_changes(session: Session, batch: ImportBatch, steps: Sequence[Step]) -> None:
    """Keep what rows change, with the old values; asked before they are written over."""
    kept: list[dict[str, Any]] = []
    previous = _day_and_batch(session, [step.patent_id or 0 for step in steps])
    for step in steps:
        before = {**step.before, **previous[step.patent_id or 0]}
        kept.append(
            {
                "batch_id": batch.id,
                "row_number": step.listed.row,
                "outcome": RowOutcome.CHANGED,
                "patent_id": step.patent_id,
                "field": "",
                "value": "",
                **contesting.reason_of(step),
                "before": portfolio.as_json(before),
                "after": portfolio.as_json(step.changes),
            }
        )
    if kept:
        session.execute(insert(ImportRow), kept)


_WHENCE = ("as_of", "source", "last_batch_id", "holders_batch_id")


def _day_and_batch(session: Session, ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    for chunk in in_chunks(ids):
        rows = session.execute(
            select(
                Patent.id, Patent.as_of, Patent.source, Patent.last_batch_id, Patent.holders_batch_id
            ).where(Patent.id.in_(chunk))
        )
        found.update({row.id: {name: getattr(row, name) for name in _WHENCE} for row in rows})
    return found
