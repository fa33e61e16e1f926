"""Taking in a list of any kind: recognise it, map it, compare it, write it, take it back.

The one place where the kinds part: patents go to the registry's own intake, the others to their rooms.
The dry run and the commit stand on the same `plan`. Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ipfin.audit.service import record
from ipfin.bulk import in_chunks
from ipfin.conduct.queries import records_of
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput, Conflict
from ipfin.kernel.text import Text, _
from ipfin.lists.columns import Columns, propose_columns, told_by_title
from ipfin.lists.models import PatentPledge
from ipfin.lists.patent_template import EXPLAINED
from ipfin.lists.plan import ListPlan
from ipfin.lists.recognising import recognise
from ipfin.lists.service.rooms import ROOMS
from ipfin.lists.service.writing import keep_rows
from ipfin.lists.shape import Answer
from ipfin.registry import intake as patents
from ipfin.registry.fields import DROPPED
from ipfin.registry.fields import LABELS as PATENT_LABELS
from ipfin.registry.headers import Mapping as PatentColumns
from ipfin.registry.headers import fingerprint, propose_mapping
from ipfin.registry.intake import Plan, Progress
from ipfin.registry.lifecycle import BATCH_LIFECYCLE, BatchState, RowOutcome
from ipfin.registry.list_kinds import ListKind
from ipfin.registry.models import Enterprise, EnterpriseFact, HeaderMapping, ImportBatch, ImportRow, Patent
from ipfin.registry.reading import RawTable
from ipfin.registry.service import batches
from ipfin.registry.service.batches import Dependents
from ipfin.registry.values import parse_date, shown

AnyColumns = Columns | PatentColumns
AnyListPlan = ListPlan | Plan


@dataclass(frozen=True, slots=True)
class Proposal:
    """The kind that a list most likely is, and its columns. `is_sure`: nobody need choose the kind."""

    kind: ListKind
    columns: AnyColumns
    is_sure: bool = True


def propose(session: Session, table: RawTable, kind: ListKind | None = None) -> Proposal:
    """Return what a list most likely is: as a person confirmed it for this header, else as recognised.

    Args:
        kind: what a person says that it is; None asks for recognition.
    """
    stored = session.get(HeaderMapping, fingerprint(table.header))
    remembered = ListKind(stored.mapping.get("kind", ListKind.PATENTS)) if stored else None
    if kind is None and remembered is None:
        found = recognise(table, [room.shape for room in ROOMS.values()])
        return Proposal(found.kind, found.columns, found.is_sure)
    chosen = kind or remembered or ListKind.PATENTS
    if stored is None or chosen is not remembered:
        return Proposal(chosen, _proposed(table, chosen))
    if chosen is ListKind.PATENTS:
        return Proposal(chosen, PatentColumns.from_json(stored.mapping))
    # What was told of the whole list belongs to that list: it is guessed anew.
    columns = Columns.from_json(ROOMS[chosen].shape, stored.mapping)
    return Proposal(chosen, replace(columns, told=told_by_title(table, ROOMS[chosen].shape)))


def _proposed(table: RawTable, kind: ListKind) -> AnyColumns:
    return propose_mapping(table) if kind is ListKind.PATENTS else propose_columns(table, ROOMS[kind].shape)


def columns_of(batch: ImportBatch) -> AnyColumns:
    """Return the columns that a batch keeps."""
    if batch.kind is ListKind.PATENTS:
        return PatentColumns.from_json(batch.mapping)
    return Columns.from_json(ROOMS[batch.kind].shape, batch.mapping)


def labels_of(kind: ListKind) -> Mapping[str, Text]:
    """Return what each field of a kind is called."""
    if kind is ListKind.PATENTS:
        return {field.value: label for field, label in PATENT_LABELS.items()}
    return ROOMS[kind].shape.labels


def dropped_of(kind: ListKind) -> frozenset[str]:
    """Return the fields of a kind that are recognised and never stored."""
    return frozenset(DROPPED) if kind is ListKind.PATENTS else ROOMS[kind].shape.dropped


def with_answers(columns: Columns, answers: Mapping[str, str]) -> Columns:
    """Return the columns with what a person told of the whole list.

    Raises:
        BadInput: an answer that cannot be, or none where one is needed.
    """
    told: dict[str, str] = {}
    for ask in columns.questions:
        word = answers.get(ask.value, columns.told.get(ask.value, "")).strip()
        if not word and ask.is_needed:
            raise BadInput(_("请填写“%(what)s”：名单中没有这一列。", what=ask.label), field=ask.value)
        if word and ask.answer is Answer.CHOICE and word not in ask.choices:
            raise BadInput(
                _("“%(what)s”不能是“%(word)s”。", what=ask.label, word=shown(word)), field=ask.value
            )
        if word and ask.answer is Answer.DAY:
            day = parse_date(word)
            word = day.isoformat() if day else ""
        if word:
            told[ask.value] = word[:200]
    return replace(columns, told=told)


def plan_list(
    session: Session, table: RawTable, kind: ListKind, columns: AnyColumns, *, as_of: date
) -> AnyListPlan:
    """Compare a list with what stands. Reads only.

    Raises:
        BadInput: the columns lack what a usable list needs.
    """
    if isinstance(columns, PatentColumns):
        return patents.plan(session, table, columns, as_of=as_of)
    for group in columns.open_needs:
        raise BadInput(
            _(
                "未找到“%(field)s”列，也没有可以代替它的列；请指定对应的列，或改选名单种类。",
                field=group[0].label,
            ),
            field=group[0].value,
        )
    return ROOMS[kind].plan(session, table, with_answers(columns, {}), as_of)


def note_check(session: Session, actor: Actor, batch: ImportBatch, found: AnyListPlan) -> None:
    """Keep on the batch what a dry run found, and what its rows would do."""
    batches.note_check(session, actor, batch, found)
    if isinstance(found, ListPlan):
        changed = (step for step in found.steps if step.outcome is RowOutcome.CHANGED)
        keep_rows(session, batch, ((step, None, {}) for step in changed))


def commit_list(
    session: Session, actor: Actor, batch: ImportBatch, found: AnyListPlan, *, report: Progress
) -> None:
    """Write everything that a plan says, in the caller's one transaction.

    Raises:
        Conflict: rows do not reconcile, or the batch cannot be committed from where it stands.
    """
    if isinstance(found, Plan):
        batches.commit_batch(session, actor, batch, found, report=report)
        return
    batches.require_reconciled(found)
    batch.state = BATCH_LIFECYCLE.advance(batch.state, BatchState.COMMITTED)
    batch.committed_at = now_utc()
    batches.keep_counts(batch, found)
    session.flush()
    session.execute(delete(ImportRow).where(ImportRow.batch_id == batch.id))
    batches.keep_refusals(session, batch, found)
    ROOMS[batch.kind].write(session, actor, batch, found, report)
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
    report(len(found.steps), len(found.steps), _("已写入"))


def brings_names(kind: ListKind) -> bool:
    """Whether the firms of a list of this kind are to be compared with all others once it is written."""
    return kind is ListKind.PATENTS or ROOMS[kind].brings_names


def undo_list(
    session: Session, actor: Actor, batch: ImportBatch, *, dependents: Sequence[Dependents] = ()
) -> None:
    """Take back what a batch wrote.

    Args:
        dependents: each says what, above the lists, depends on enterprises that would go.

    Raises:
        Conflict: a later list or another record depends on the batch; the sentence says which.
    """

    def listed(asked: Session, ids: Collection[int]) -> list[Text]:
        return list(_listed_elsewhere(asked, batch, ids))

    everything = (listed, *dependents)
    if batch.kind is ListKind.PATENTS:
        _refuse_pledged(session, batch)
        batches.undo_batch(session, actor, batch, dependents=everything)
        return
    state = BATCH_LIFECYCLE.advance(batch.state, BatchState.UNDONE)
    ROOMS[batch.kind].undo(session, actor, batch, everything)
    batch.state, batch.undone_at = state, now_utc()
    session.flush()
    record(session, actor, "registry.batch.undone", f"batch:{batch.id}", filename=batch.filename)


def _refuse_pledged(session: Session, batch: ImportBatch) -> None:
    found = session.execute(
        select(Patent.application_number, PatentPledge.batch_id)
        .join(PatentPledge, PatentPledge.patent_id == Patent.id)
        .where(Patent.first_batch_id == batch.id)
        .limit(1)
    ).first()
    if found is not None:
        raise Conflict(
            _("批次%(later)s登记过专利%(number)s的质押，请先撤销该批次。", later=found[1], number=found[0])
        )


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
            .where(Enterprise.id.in_(chunk))
            .limit(1)
        )
        if fact is not None:
            yield _("“%(name)s”已有登记的事实，不能撤销带来它的批次。", name=fact)
        for firm_id in records_of(session, chunk):
            name = session.get_one(Enterprise, firm_id).name
            yield _("“%(name)s”已有失信或处罚记录，不能撤销带来它的批次。", name=name)


def change_kind(session: Session, batch: ImportBatch, kind: ListKind) -> None:
    """Take a batch that is not written for a list of another kind; what a dry run found is void."""
    batch.kind = kind
    session.execute(delete(ImportRow).where(ImportRow.batch_id == batch.id))
    batch.rows_read = batch.rows_new = batch.rows_changed = 0
    batch.rows_unchanged = batch.rows_refused = batch.rows_repeated = 0
    session.flush()


def kept_outcomes(batch: ImportBatch) -> Mapping[RowOutcome, int]:
    """Return the outcomes whose rows a batch keeps, with their counts, in the order to show them.

    New patents are many and stand in the registry by themselves, so their rows are not kept.
    """
    shown = {RowOutcome.REFUSED: batch.rows_refused, RowOutcome.CHANGED: batch.rows_changed}
    if batch.kind is not ListKind.PATENTS and batch.state is BatchState.COMMITTED:
        shown[RowOutcome.NEW] = batch.rows_new
    return shown


def explained_columns(kind: ListKind) -> list[tuple[Text, Text, str]]:
    """Return header, explanation and example of each column of the office's own template."""
    if kind is ListKind.PATENTS:
        return [(PATENT_LABELS[field], *told) for field, told in EXPLAINED.items()]
    return [(f.label, f.explained, f.example) for f in ROOMS[kind].shape.fields if f.is_kept]
