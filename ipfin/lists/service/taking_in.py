"""Taking in a list of any kind: recognise it, map it, compare it, write it.

The one place where the kinds part: patents go to the registry's own intake, the others to their rooms.
The dry run and the commit stand on the same `plan`. Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import delete
from sqlalchemy.orm import Session

from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import now_utc
from ipfin.kernel.errors import BadInput
from ipfin.kernel.text import Text, _
from ipfin.lists.columns import Columns, propose_columns, told_by_title
from ipfin.lists.patent_template import CHOICES, EXPLAINED
from ipfin.lists.plan import ListPlan
from ipfin.lists.recognising import recognise
from ipfin.lists.service.rooms import ROOMS
from ipfin.lists.service.writing import keep_rows
from ipfin.lists.shape import Answer
from ipfin.registry import intake as patents
from ipfin.registry.fields import DROPPED
from ipfin.registry.fields import LABELS as PATENT_LABELS
from ipfin.registry.headers import Mapping as PatentColumns
from ipfin.registry.headers import propose_mapping
from ipfin.registry.intake import Plan, Progress, confirmation_of
from ipfin.registry.lifecycle import BATCH_LIFECYCLE, BatchState, RowGroup, RowOutcome
from ipfin.registry.list_kinds import LIST_KIND_LABELS, ListKind
from ipfin.registry.models import HeaderMapping, ImportBatch, ImportRow
from ipfin.registry.queries.returning import origin_of, taken_rows
from ipfin.registry.reading import RawTable
from ipfin.registry.returned import mapping_by_name
from ipfin.registry.service import batches, portfolio
from ipfin.registry.values import parse_date, shown

AnyColumns = Columns | PatentColumns
AnyListPlan = ListPlan | Plan


@dataclass(frozen=True, slots=True)
class Proposal:
    """The kind that a list most likely is, and its columns. `is_sure`: nobody need choose the kind.

    A corrected sheet of refused rows has the `origin` that it gives rows back of; of another list
    `confirmed` is who said so of a list with this header.
    """

    kind: ListKind
    columns: AnyColumns
    is_sure: bool = True
    origin: ImportBatch | None = None
    confirmed: HeaderMapping | None = None


def propose(session: Session, table: RawTable, kind: ListKind | None = None) -> Proposal:
    """Return what a list is: as the batch that it corrects, as a person confirmed, else as recognised.

    Args:
        kind: what a person says that it is; None asks for recognition.

    Raises:
        BadInput: a corrected sheet is said to be of another kind than its batch.
        Conflict: the batch that a sheet corrects was undone.
    """
    origin = origin_of(session, table)
    if origin is not None:
        return _returned(table, origin, kind)
    stored = confirmation_of(session, table)
    if stored is not None and kind in (None, stored.kind):
        return Proposal(stored.kind, _confirmed(session, table, stored), confirmed=stored)
    if kind is not None:
        return Proposal(kind, _proposed(table, kind))
    found = recognise(table, [room.shape for room in ROOMS.values()])
    return Proposal(found.kind, found.columns, found.is_sure)


def _returned(table: RawTable, origin: ImportBatch, kind: ListKind | None) -> Proposal:
    if kind not in (None, origin.kind):
        raise BadInput(
            _(
                "“%(file)s”是批次%(batch)s退回的行，种类与该批次相同（%(kind)s），不能改为其他种类。",
                file=table.filename,
                batch=origin.id,
                kind=LIST_KIND_LABELS[origin.kind],
            )
        )
    columns = columns_of(origin)
    if isinstance(columns, Columns):
        return Proposal(origin.kind, columns.by_name(table.header), origin=origin)
    return Proposal(origin.kind, mapping_by_name(columns, table.header), origin=origin)


def _confirmed(session: Session, table: RawTable, stored: HeaderMapping) -> AnyColumns:
    if stored.kind is ListKind.PATENTS:
        return patents.mapping_for(session, table)
    shape = ROOMS[stored.kind].shape
    # The names as this list spells them; what was told of the whole list belongs to that list only.
    columns = Columns.from_json(shape, {**stored.mapping, "header": list(table.header)})
    return replace(columns, told=told_by_title(table, shape))


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
    session: Session, table: RawTable, kind: ListKind, columns: AnyColumns, *, as_of: date, source: str = ""
) -> AnyListPlan:
    """Compare a list with what stands. Reads only.

    Args:
        as_of: the day that the list speaks of.
        source: who gave the list, in words.

    Raises:
        BadInput: the columns lack what a usable list needs, or no row of a corrected sheet was refused.
        Conflict: the batch that a sheet corrects was undone.
    """
    if isinstance(columns, PatentColumns):
        return patents.plan(session, table, columns, as_of=as_of, source=source)
    for group in columns.open_needs:
        raise BadInput(
            _(
                "未找到“%(field)s”列，也没有可以代替它的列；请指定对应的列，或改选名单种类。",
                field=group[0].label,
            ),
            field=group[0].value,
        )
    return ROOMS[kind].plan(session, taken_rows(session, table), with_answers(columns, {}), as_of)


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
    portfolio.refresh_plans(session)
    batches.record_commit(session, actor, batch)
    report(len(found.steps), len(found.steps), _("已写入"))


def brings_names(kind: ListKind) -> bool:
    """Whether the firms of a list of this kind are to be compared with all others once it is written."""
    return kind is ListKind.PATENTS or ROOMS[kind].brings_names


def change_kind(session: Session, batch: ImportBatch, kind: ListKind) -> None:
    """Take a batch that is not written for a list of another kind; what a dry run found is void."""
    batch.kind = kind
    session.execute(delete(ImportRow).where(ImportRow.batch_id == batch.id))
    batch.rows_read = batch.rows_new = batch.rows_changed = 0
    batch.rows_unchanged = batch.rows_refused = batch.rows_repeated = 0
    session.flush()


def kept_groups(batch: ImportBatch) -> Mapping[RowGroup, int]:
    """Return the groups of rows that a batch keeps, with their counts, in the order to show them.

    New patents are many and stand in the registry by themselves, so their rows are not kept. Foreign
    documents are told apart of patent lists only.
    """
    foreign = int((batch.summary or {}).get("rows_foreign", 0))
    kept = {
        RowGroup.REFUSED: batch.rows_refused - foreign,
        RowGroup.CHANGED: batch.rows_changed,
        RowGroup.FOREIGN: foreign,
    }
    if batch.kind is not ListKind.PATENTS and batch.state is BatchState.COMMITTED:
        kept[RowGroup.NEW] = batch.rows_new
    return kept


def explained_columns(kind: ListKind) -> list[tuple[Text, Text, str, tuple[str, ...]]]:
    """Return header, explanation, example and offered words of each column of the office's own template."""
    if kind is ListKind.PATENTS:
        return [(PATENT_LABELS[field], *told, CHOICES.get(field, ())) for field, told in EXPLAINED.items()]
    return [(f.label, f.explained, f.example, f.choices) for f in ROOMS[kind].shape.fields if f.is_kept]
