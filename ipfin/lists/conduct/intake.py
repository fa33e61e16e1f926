"""A conduct list compared with the register of conduct: new records, ends and liftings of known ones.

A record is known by firm, exclusion, first day and reference. A later list may tell its end or that it was
lifted; what a list leaves out ends nothing, because lists are often extracts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from ipfin.conduct.models import ConductRecord
from ipfin.conduct.queries import records_of
from ipfin.conduct.rules import LABELS, ConductCode
from ipfin.conduct.service import note_end, record_conduct, withdraw_conduct
from ipfin.kernel.actor import Actor
from ipfin.kernel.clock import today_in_china
from ipfin.kernel.text import _
from ipfin.lists.cells import Cells
from ipfin.lists.columns import Columns
from ipfin.lists.conduct.fields import SHAPE
from ipfin.lists.conduct.rows import ListedConduct, read_conduct
from ipfin.lists.firm_rows import known_of
from ipfin.lists.plan import ListPlan, Reading, Step
from ipfin.lists.queries import known_firms
from ipfin.lists.service.room import Room
from ipfin.lists.service.writing import keep_rows, later_lists
from ipfin.registry.intake import Progress
from ipfin.registry.lifecycle import RowOutcome
from ipfin.registry.models import Enterprise, ImportBatch, ImportRow
from ipfin.registry.reading import RawTable
from ipfin.registry.service.holders import Dependents
from ipfin.whitelist.service.gate_tasks import follow_records, forget_records

RECORD: Final = "_record"
_KEPT: Final = ("expires_on", "withdrawn_on", "withdrawn_reason", "ended_as", "as_of")
Key = tuple[int, str, date, str]


def plan(session: Session, table: RawTable, columns: Columns, as_of: date) -> ListPlan:
    """Return what the list would do; reads only."""
    cells = Cells(table, columns)
    listed = {conduct.firm.place: conduct for conduct in read_conduct(cells, as_of)}
    rows = [conduct.firm for conduct in listed.values()]
    known = known_firms(session, {row.credit_code for row in rows}, {row.key for row in rows})
    told: dict[Key, list[ListedConduct]] = {}
    for row, firm in known_of(cells, rows, known):
        told.setdefault(_key(firm.id, listed[row.place]), []).append(listed[row.place])
    standing = _standing(session, {firm_id for firm_id, *_rest in told})
    steps = [_step(key, found, standing.get(key), as_of) for key, found in told.items()]
    steps.sort(key=lambda step: step.row)
    figures = {"firms": len({firm_id for firm_id, *_rest in told})}
    return ListPlan(table, Reading(columns, cells.count, cells.doubts, cells.refusals(), figures), steps)


def _key(firm_id: int, listed: ListedConduct) -> Key:
    return firm_id, listed.code, listed.effective_on, listed.reference


def _standing(session: Session, firm_ids: Collection[int]) -> dict[Key, ConductRecord]:
    return {
        (firm_id, row.code.value, row.effective_on, row.reference): row
        for firm_id, rows in records_of(session, sorted(firm_ids)).items()
        for row in rows
    }


def _step(key: Key, found: Sequence[ListedConduct], known: ConductRecord | None, as_of: date) -> Step:
    """Return what the rows of one record do: the first leads, the others repeat it."""
    lead, *others = found
    repeated = tuple(other.firm.row for other in others)
    columns: dict[str, Any] = {
        "code": lead.code,
        "source": lead.authority,
        "evidence": lead.evidence,
        "reference": lead.reference,
        "effective_on": lead.effective_on,
        "expires_on": lead.expires_on,
        "lifted_on": lead.lifted_on,
    }
    if known is None:
        after = {"name": lead.firm.name, "matter": str(LABELS[ConductCode(lead.code)]), **_shown(columns)}
        after |= {"effective_on": lead.effective_on.isoformat(), "authority": lead.authority}
        return Step(lead.firm.row, RowOutcome.NEW, key[0], columns, (), {}, after, repeated)
    changes = _changes(lead, known, as_of)
    if not changes:
        return Step(lead.firm.row, RowOutcome.UNCHANGED, key[0], repeated=repeated)
    old = {"expires_on": known.expires_on, "lifted_on": known.withdrawn_on}
    before = _shown({name: old[name] for name in changes})
    changes = {**changes, "id": known.id}
    return Step(lead.firm.row, RowOutcome.CHANGED, key[0], changes, (), before, _shown(changes), repeated)


def _changes(listed: ListedConduct, known: ConductRecord, as_of: date) -> dict[str, Any]:
    if known.as_of is not None and as_of < known.as_of:
        return {}
    changes: dict[str, Any] = {}
    if listed.expires_on is not None and listed.expires_on != known.expires_on:
        changes["expires_on"] = listed.expires_on
    if listed.lifted_on is not None and listed.lifted_on != known.withdrawn_on:
        changes["lifted_on"] = listed.lifted_on
    return changes


def _shown(columns: dict[str, Any]) -> dict[str, str]:
    """Return ends as people read them: the last day, not the first day without."""
    shown: dict[str, str] = {}
    if "expires_on" in columns:
        end = columns["expires_on"]
        shown["expires"] = (end - timedelta(days=1)).isoformat() if end else ""
    if "lifted_on" in columns:
        shown["lifted_on"] = columns["lifted_on"].isoformat() if columns["lifted_on"] else ""
    return shown


# --- Writing and taking back -------------------------------------------------------------------------


def write(session: Session, actor: Actor, batch: ImportBatch, found: ListPlan, report: Progress) -> None:
    """Write the records of a list, in the caller's transaction."""
    active = [step for step in found.steps if step.outcome in (RowOutcome.NEW, RowOutcome.CHANGED)]
    stories: list[tuple[Step, int | None, dict[str, Any]]] = []
    for done, step in enumerate(active):
        report(done, len(active), _("正在登记失信与处罚记录"))
        if step.outcome is RowOutcome.NEW:
            private = _record(session, actor, batch, step)
        else:
            private = _change(session, actor, batch, step)
        stories.append((step, step.subject_id, private))
    keep_rows(session, batch, stories)
    session.flush()
    touched = {step.subject_id for step in active if step.subject_id is not None}
    rows = [row for found in records_of(session, sorted(touched)).values() for row in found]
    follow_records(session, actor, [row for row in rows if row.as_of == batch.as_of], on=today_in_china())


def _record(session: Session, actor: Actor, batch: ImportBatch, step: Step) -> dict[str, Any]:
    told = step.columns
    entry = record_conduct(
        session,
        actor,
        session.get_one(Enterprise, step.subject_id),
        ConductCode(told["code"]),
        source=told["source"],
        effective_on=told["effective_on"],
        expires_on=told["expires_on"],
        evidence=told["evidence"],
        reference=told["reference"],
        as_of=batch.as_of,
        batch_id=batch.id,
    )
    if told["lifted_on"] is not None:
        _lift(session, actor, batch, entry, told["lifted_on"])
    return {}


def _change(session: Session, actor: Actor, batch: ImportBatch, step: Step) -> dict[str, Any]:
    entry = session.get_one(ConductRecord, step.columns["id"])
    old = {name: getattr(entry, name) for name in _KEPT}
    if "expires_on" in step.columns:
        note_end(session, actor, entry, step.columns["expires_on"])
    if "lifted_on" in step.columns:
        _lift(session, actor, batch, entry, step.columns["lifted_on"])
    entry.as_of = batch.as_of
    kept = {name: value.isoformat() if isinstance(value, date) else value for name, value in old.items()}
    return {RECORD: {"id": entry.id, **kept}}


def _lift(session: Session, actor: Actor, batch: ImportBatch, entry: ConductRecord, on: date) -> None:
    reason = str(_("名单“%(file)s”写明已移出、修复或撤回", file=batch.filename))
    withdraw_conduct(session, actor, entry, on=on, reason=reason)


def undo(session: Session, actor: Actor, batch: ImportBatch, dependents: Sequence[Dependents]) -> None:
    """Take back what a batch wrote: its records go, changed ones get their ends back."""
    rows = session.scalars(
        select(ImportRow).where(ImportRow.batch_id == batch.id, ImportRow.outcome == RowOutcome.CHANGED)
    ).all()
    for row in rows:
        kept = (row.before or {}).get(RECORD)
        if kept:
            values = {name: kept[name] for name in _KEPT if name in kept}
            for name in ("expires_on", "withdrawn_on", "as_of"):
                values[name] = date.fromisoformat(values[name]) if values[name] else None
            session.execute(update(ConductRecord).where(ConductRecord.id == kept["id"]).values(**values))
    gone = select(ConductRecord.id).where(ConductRecord.batch_id == batch.id)
    forget_records(session, session.scalars(gone).all())
    session.execute(delete(ConductRecord).where(ConductRecord.batch_id == batch.id))
    session.expire_all()


ROOM = Room(SHAPE, plan, write, later_lists, undo)
